"""Advice on the wording of questions."""

from __future__ import annotations

from collections.abc import Iterator

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules.advice import phrasing
from survey_app.questionnaires.rules.advice.answers import judged
from survey_app.questionnaires.rules.advice.remark import Advice, Severity
from survey_app.questionnaires.rules.advice.texts import Document, options_of, questions, texts


def wording_advice(document: Document) -> Iterator[Advice]:
    """Look at each question and row in its original language: Vietnamese, or the first that it has."""
    explained = " ".join(text.get("vi", "") for _path, text in texts(document))
    for path, asked, opinion in _asked(document):
        language = "vi" if "vi" in asked else next(iter(asked), "vi")
        words = asked.get(language, "")
        if opinion:
            yield from _double_barrelled(path, words, language)
        yield from _leading(path, words, language)
        yield from _long(path, words, language)
        yield from _abbreviated(path, words, explained)


def _asked(document: Document) -> Iterator[tuple[str, Document, bool]]:
    """Path, wording, and whether one opinion is asked for it."""
    for question in questions(document):
        yield f"items.{question['id']}", question["text"], question["type"] == "scale"
        rated = judged(options_of(question, document)) is not None
        for row in question.get("rows", ()):
            yield f"items.{row['id']}", row["text"], rated


def _double_barrelled(path: str, words: str, language: str) -> Iterator[Advice]:
    if joint := phrasing.joined_by(words, language):
        yield Advice(
            path,
            Severity.ADVICE,
            "double_barrelled",
            _("câu có thể hỏi hai điều cùng lúc (“%(joint)s”) mà chỉ nhận một câu trả lời", joint=joint),
            _("Tách thành hai câu, hoặc chỉ hỏi điều quan trọng hơn"),
        )


def _leading(path: str, words: str, language: str) -> Iterator[Advice]:
    if pushing := phrasing.leading_words(words, language):
        yield Advice(
            path,
            Severity.WARNING,
            "leading",
            _("lời “%(words)s” gợi ý câu trả lời", words=pushing),
            _("Hỏi trung lập, ví dụ “Ông/Bà đánh giá … ở mức nào?”"),
        )


def _long(path: str, words: str, language: str) -> Iterator[Advice]:
    if long := phrasing.too_many_words(words, language):
        yield Advice(
            path,
            Severity.ADVICE,
            "long_question",
            _("câu dài %(words)s tiếng, nên không quá %(most)s tiếng", words=long[0], most=long[1]),
            _("Viết ngắn lại, chuyển phần giải thích sang lời hướng dẫn"),
        )


def _abbreviated(path: str, words: str, explained: str) -> Iterator[Advice]:
    unknown = [one for one in phrasing.abbreviations(words) if not phrasing.explains(explained, one)]
    if unknown:
        yield Advice(
            path,
            Severity.ADVICE,
            "abbreviation",
            _("chữ viết tắt %(words)s chưa được giải thích", words=", ".join(unknown)),
            _("Viết đầy đủ, hoặc ghi đầy đủ một lần kèm chữ tắt trong ngoặc"),
        )


def repetition_advice(document: Document) -> Iterator[Advice]:
    """Find questions of one section that ask in the same words."""
    for section in document["sections"]:
        first: dict[str, str] = {}
        asked = [one for question in section["questions"] for one in (question, *question.get("rows", ()))]
        for one in asked:
            words = one["text"].get("vi", "").casefold()
            if words and words in first:
                yield Advice(
                    f"items.{one['id']}",
                    Severity.WARNING,
                    "duplicate_labels",
                    _("lời câu hỏi trùng với câu %(id)s", id=first[words]),
                    _("Sửa lời cho khác nhau, hoặc bỏ một câu"),
                )
            first.setdefault(words, one["id"])

"""A document in a reader's words, page by page: what is asked, with which answers, of whom. Drafts too, as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules.drafting import GENERAL, RECIPE
from survey_app.questionnaires.rules.form import MissingCode, QuestionType
from survey_app.questionnaires.rules.wording import excerpt

Document = Mapping[str, Any]

QUESTIONS_ON_A_PAGE = 50
BYTES_ON_A_PAGE = 40_000
ANSWERS_SHOWN = 20
"""More answers than this are counted, not listed: a list of provinces would hide the questions."""


@dataclass(frozen=True, slots=True)
class QuestionOutline:
    """One question. `conditions` say in words when it is asked; `hidden_answers` counts what is not listed."""

    id: str
    number: int
    kind: str
    text: str
    help: str
    required: bool
    answers: tuple[str, ...]
    hidden_answers: int
    rows: tuple[tuple[str, str], ...]
    conditions: tuple[str, ...]

    @property
    def bytes(self) -> int:
        """Return how much there is to show."""
        words = (self.text, self.help, *self.answers, *(text for _id, text in self.rows), *self.conditions)
        return sum(len(one.encode()) for one in words)


@dataclass(frozen=True, slots=True)
class SectionOutline:
    """A section, or the part of it that is on this page (`continued` from the page before)."""

    id: str
    title: str
    help: str
    questions: tuple[QuestionOutline, ...]
    continued: bool = False


def type_words(kind: str) -> str:
    """Return the type of a question in the reader's words."""
    return {
        QuestionType.SCALE: _("Thang năm mức"),
        QuestionType.SINGLE: _("Chọn một"),
        QuestionType.MULTIPLE: _("Chọn nhiều"),
        QuestionType.ROWS: _("Bảng nhiều dòng"),
        QuestionType.NUMBER: _("Số"),
        QuestionType.SHORT_TEXT: _("Chữ ngắn"),
        QuestionType.LONG_TEXT: _("Chữ dài"),
        QuestionType.DATE: _("Ngày"),
    }[QuestionType(kind)]


def part_words(part: str) -> str:
    """Return the name of a part of a draft, or of what changed last, in the reader's words."""
    kind, _colon, key = part.partition(":")
    return {
        GENERAL: _("Thông tin chung"),
        RECIPE: _("Cách tính chỉ số"),
        "question": _("Câu %(id)s", id=key),
        "section": _("Phần %(id)s", id=key),
        "scale": _("Bộ phương án %(id)s", id=key),
        "yaml": _("Nội dung tệp"),
        "created": _("Tạo bản nháp"),
        "restored": _("Khôi phục bản trước"),
        "added": _("Thêm câu %(id)s", id=key),
        "removed": _("Xóa câu %(id)s", id=key),
        "removed-section": _("Xóa phần %(id)s", id=key),
        "moved": _("Chuyển chỗ câu %(id)s", id=key),
        "moved-section": _("Chuyển chỗ phần %(id)s", id=key),
    }.get(kind, part)


def part_of_path(path: str, questions: Mapping[str, str]) -> str:
    """Return the part of a document that a remark or difference with this `path` (`items.<id>`, ...) is about.

    `questions` tells the question of each item (`questions_of_items`).
    """
    kind, _dot, key = path.partition(".")
    if kind == "items":
        return f"question:{questions.get(key, key)}"
    if kind == "sections":
        return f"section:{key}"
    if kind == "scales":
        return f"scale:{key}"
    return RECIPE if kind == "recipe" else GENERAL


def questions_of_items(document: Document) -> dict[str, str]:
    """Return the id of the question to which each question or row belongs, by id."""
    found: dict[str, str] = {}
    for section in document["sections"]:
        for question in section["questions"]:
            found |= dict.fromkeys((question["id"], *_row_ids(question)), question["id"])
    return found


def _row_ids(question: Document) -> list[str]:
    return [row["id"] for row in question.get("rows", ())]


def in_language(wording: Mapping[str, str] | None, language: str) -> str:
    """Return words in `language`, else in Vietnamese, else in any language that has them."""
    if not wording:
        return ""
    return wording.get(language) or wording.get("vi") or next(iter(wording.values()))


def outline(document: Document, language: str, *, limit: int = 2000) -> list[SectionOutline]:
    """Return all sections with their questions; words longer than `limit` are cut."""
    teller = _Teller(document, language, limit)
    return list(teller.sections())


class _Teller:
    """Puts one document into words of one language."""

    def __init__(self, document: Document, language: str, limit: int) -> None:
        self._document, self._language, self._limit = document, language, limit
        self._asked = {
            id: (words, question)
            for section in document["sections"]
            for question in section["questions"]
            for id, words in _items(question)  # noqa: A001  (ids are called id throughout)
        }

    def sections(self) -> Iterator[SectionOutline]:
        number = 0
        for section in self._document["sections"]:
            questions = []
            for question in section["questions"]:
                number += 1
                questions.append(self._question(question, number))
            title, help_words = self._say(section["title"]), self._say(section.get("help"))
            yield SectionOutline(section["id"], title, help_words, tuple(questions))

    def _question(self, question: Document, number: int) -> QuestionOutline:
        answers = [*self._labels(question).values()]
        return QuestionOutline(
            id=question["id"],
            number=number,
            kind=question["type"],
            text=self._say(question["text"]),
            help=self._say(question.get("help")),
            required=question.get("required", False),
            answers=tuple(answers[:ANSWERS_SHOWN]),
            hidden_answers=max(0, len(answers) - ANSWERS_SHOWN),
            rows=tuple((row["id"], self._say(row["text"])) for row in question.get("rows", ())),
            conditions=tuple(self._condition(one) for one in question.get("show_if", ())),
        )

    def _labels(self, question: Document) -> dict[int, str]:
        options = question.get("options") or self._document.get("scales", {}).get(question.get("scale"), ())
        found = {option["code"]: excerpt(self._say(option["label"]), 200) for option in options}
        missing = self._document.get("missing_answers", {})
        for name in question.get("missing", ()):
            found[MissingCode[name.upper()]] = self._say(missing.get(name)) or name
        return found

    def _condition(self, condition: Document) -> str:
        words, question = self._asked.get(condition["item"], ({}, {}))
        labels = self._labels(question)
        codes = [f"“{labels.get(code, code)}”" for code in condition["codes"]]
        return _(
            "câu %(id)s (%(words)s) được trả lời %(answers)s",
            id=condition["item"],
            words=excerpt(self._say(words), 60) or "?",
            answers=_(" hoặc ").join(codes),
        )

    def _say(self, wording: Mapping[str, str] | None) -> str:
        return excerpt(in_language(wording, self._language), self._limit)


def _items(question: Document) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield question["id"], question["text"]
    for row in question.get("rows", ()):
        yield row["id"], row["text"]


def pages(sections: Sequence[SectionOutline]) -> list[list[SectionOutline]]:
    """Cut sections into pages that a slow line can carry: by number of questions and by bytes of words."""
    found: list[list[SectionOutline]] = [[]]
    room, left = QUESTIONS_ON_A_PAGE, BYTES_ON_A_PAGE
    for section in sections:
        here: list[QuestionOutline] = []
        begun = False
        for question in section.questions:
            if (room == 0 or question.bytes > left) and room < QUESTIONS_ON_A_PAGE:
                found[-1] += _part(section, here, begun)
                begun, here = begun or bool(here), []
                found.append([])
                room, left = QUESTIONS_ON_A_PAGE, BYTES_ON_A_PAGE
            here.append(question)
            room, left = room - 1, left - question.bytes
        found[-1] += _part(section, here, begun)
    return found


def _part(section: SectionOutline, questions: list[QuestionOutline], begun: bool) -> list[SectionOutline]:
    if not questions:
        return []
    return [SectionOutline(section.id, section.title, section.help, tuple(questions), begun)]

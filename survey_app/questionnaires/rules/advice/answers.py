"""Advice on sets of answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules.advice.polarity import balance
from survey_app.questionnaires.rules.advice.remark import Advice, Severity
from survey_app.questionnaires.rules.advice.texts import Document, questions

MOST_OPTIONS = 12
"""Answers that one looks through on a telephone before scrolling. Our own rule."""


def judged(options: Sequence[Document]) -> tuple[int, int] | None:
    """Return the numbers of good and bad points, None for answers that are no scale between two poles."""
    for language in ("vi", "en"):
        labels = [option["label"].get(language, "") for option in options]
        if labels and all(labels):
            return balance(labels, language)
    return None


def answer_advice(document: Document) -> Iterator[Advice]:
    """Look at every named scale and every list of options."""
    sets = [(f"scales.{name}", options) for name, options in document.get("scales", {}).items()]
    sets += [(f"items.{one['id']}", one["options"]) for one in questions(document) if "options" in one]
    for path, options in sets:
        yield from _unbalanced(path, options)
        yield from _too_many(path, options)
        yield from _repeated(path, options)


def _unbalanced(path: str, options: Sequence[Document]) -> Iterator[Advice]:
    good, bad = judged(options) or (0, 0)
    if good != bad:
        yield Advice(
            path,
            Severity.WARNING,
            "unbalanced_scale",
            _(
                "có %(good)s mức tốt nhưng %(bad)s mức xấu, nên câu trả lời bị kéo về một phía",
                good=good,
                bad=bad,
            ),
            _("Đặt số mức tốt và số mức xấu bằng nhau; có mức giữa hay không đều được"),
        )


def _too_many(path: str, options: Sequence[Document]) -> Iterator[Advice]:
    if len(options) > MOST_OPTIONS:
        yield Advice(
            path,
            Severity.ADVICE,
            "too_many_options",
            _("có %(count)s phương án, khó xem hết trên điện thoại", count=len(options)),
            _("Gộp còn %(most)s phương án trở xuống, hoặc chia thành hai câu", most=MOST_OPTIONS),
        )


def _repeated(path: str, options: Sequence[Document]) -> Iterator[Advice]:
    labels = (
        (language, words.casefold().strip())
        for option in options
        for language, words in option["label"].items()
    )
    for (language, label), count in Counter(labels).items():
        if count > 1:
            yield Advice(
                path,
                Severity.WARNING,
                "duplicate_labels",
                _("hai phương án cùng ghi “%(label)s” (%(language)s)", label=label, language=language),
                _("Sửa lời cho khác nhau, hoặc bỏ một phương án"),
            )

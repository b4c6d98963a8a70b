"""Compares sets of answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules.difference.change import (
    Difference,
    Document,
    Kind,
    not_scored,
    shown,
    text_differences,
)

Options = Sequence[Document]


def scale_differences(old: Document, new: Document, scored: frozenset[str]) -> Iterator[Difference]:
    """Compare scales of the same name, once for all questions that use them."""
    before, after = old.get("scales", {}), new.get("scales", {})
    counting = _scales_of(old, scored) | _scales_of(new, scored)
    for name in dict.fromkeys((*before, *after)):
        path = f"scales.{name}"
        if name in before and name in after:
            yield from set_differences(path, before[name], after[name], name in counting)
        else:
            kind = Kind.ADDED if name in after else Kind.REMOVED
            reason = _("bộ phương án được so ở từng câu hỏi dùng nó")
            old_words, new_words = described(before.get(name, ())), described(after.get(name, ()))
            yield Difference(path, kind, old_words, new_words, False, reason)


def _scales_of(document: Document, scored: frozenset[str]) -> set[str]:
    return {
        question["scale"]
        for section in document["sections"]
        for question in section["questions"]
        if "scale" in question
        and not scored.isdisjoint({question["id"], *(row["id"] for row in question.get("rows", ()))})
    }


def set_differences(path: str, old: Options, new: Options, scored: bool) -> Iterator[Difference]:
    """Compare two sets of answers: their codes and order as one difference, then the words of each answer."""
    kind = Kind.SCALE if scored else Kind.OPTIONS
    if [_bones(one) for one in old] != [_bones(one) for one in new]:
        reason = _("các mức trả lời khác trước, nên tỷ lệ không so được") if scored else not_scored()
        yield Difference(path, kind, described(old), described(new), scored, reason)
    labels = {option["code"]: option["label"] for option in new}
    for option in old:
        if option["code"] in labels:
            yield from text_differences(path, option["label"], labels[option["code"]], scored=scored)


def _bones(option: Document) -> tuple[int, bool]:
    return option["code"], option.get("specify", False)


def described(options: Options) -> str:
    """Return a set of answers as words."""
    return "; ".join(f"{option['code']} = {shown(option['label'])}" for option in options)

"""Compares questions and rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules.difference.answers import set_differences
from survey_app.questionnaires.rules.difference.change import (
    Difference,
    Document,
    Kind,
    not_scored,
    shown,
    text_differences,
)

_BOUNDS = ("minimum", "maximum", "max_length")


def item_differences(old: Document, new: Document, scored: frozenset[str]) -> Iterator[Difference]:
    """Compare questions of the same id, and name those added and removed."""
    before, after = _by_id(old), _by_id(new)
    for name in dict.fromkeys((*before, *after)):
        if name not in after:
            yield _gone(before[name], scored)
        elif name not in before:
            yield _come(after[name], scored)
        else:
            yield from _question(before[name], after[name], old, new, scored)


def _by_id(document: Document) -> dict[str, Document]:
    return {one["id"]: one for section in document["sections"] for one in section["questions"]}


def _counts(asked: Document, scored: frozenset[str]) -> bool:
    return not scored.isdisjoint({asked["id"], *(row["id"] for row in asked.get("rows", ()))})


def _gone(asked: Document, scored: frozenset[str]) -> Difference:
    counts = _counts(asked, scored)
    reason = _("chỉ số mất một tiêu chí, không cùng nội dung với trước") if counts else not_scored()
    return Difference(f"items.{asked['id']}", Kind.REMOVED, shown(asked["text"]), "", counts, reason)


def _come(asked: Document, scored: frozenset[str]) -> Difference:
    counts = _counts(asked, scored)
    reason = _("chỉ số thêm một tiêu chí, không cùng nội dung với trước") if counts else not_scored()
    return Difference(f"items.{asked['id']}", Kind.ADDED, "", shown(asked["text"]), counts, reason)


def _question(
    old: Document, new: Document, old_document: Document, new_document: Document, scored: frozenset[str]
) -> Iterator[Difference]:
    path, counts = f"items.{old['id']}", _counts(old, scored) or _counts(new, scored)
    yield from text_differences(path, old["text"], new["text"], scored=counts)
    yield from text_differences(path, old.get("help", {}), new.get("help", {}), scored=counts)
    yield from _rows(old, new, scored)
    yield from _kind_of_question(path, old, new, counts)
    yield from _options(path, (old, old_document), (new, new_document), counts)
    yield from _routing(path, old, new, counts)


def _rows(old: Document, new: Document, scored: frozenset[str]) -> Iterator[Difference]:
    before = {row["id"]: row for row in old.get("rows", ())}
    after = {row["id"]: row for row in new.get("rows", ())}
    for name in dict.fromkeys((*before, *after)):
        if name not in after:
            yield _gone(before[name], scored)
        elif name not in before:
            yield _come(after[name], scored)
        else:
            path = f"items.{name}"
            yield from text_differences(
                path, before[name]["text"], after[name]["text"], scored=name in scored
            )


def _kind_of_question(path: str, old: Document, new: Document, counts: bool) -> Iterator[Difference]:
    if old["type"] != new["type"]:
        kind = Kind.SCALE if counts else Kind.OPTIONS
        reason = _("cách hỏi khác trước, nên câu trả lời không so được") if counts else not_scored()
        yield Difference(path, kind, old["type"], new["type"], counts, reason)
    before, after = _limits(old), _limits(new)
    if before != after:
        yield Difference(path, Kind.OPTIONS, before, after, False, not_scored())


def _limits(question: Document) -> str:
    return ", ".join(f"{key}: {question[key]}" for key in _BOUNDS if key in question)


def _options(
    path: str, old: tuple[Document, Document], new: tuple[Document, Document], counts: bool
) -> Iterator[Difference]:
    """Compare what can be answered. Scales of one name have been compared already."""
    (before, _document), (after, _other) = old, new
    if before.get("scale") != after.get("scale") or "options" in before:
        yield from set_differences(path, _answers(*old), _answers(*new), counts)
    if before.get("missing", []) != after.get("missing", []):
        offered, offers = (", ".join(one.get("missing", ())) for one in (before, after))
        reason = (
            _("người không có ý kiến được trả lời khác trước, nên số người được tính thay đổi")
            if counts
            else not_scored()
        )
        yield Difference(path, Kind.OPTIONS, offered, offers, counts, reason)


def _answers(question: Document, document: Document) -> list[Document]:
    answers: list[Document] = question.get("options") or document.get("scales", {}).get(
        question.get("scale"), []
    )
    return answers


def _routing(path: str, old: Document, new: Document, counts: bool) -> Iterator[Difference]:
    changed = _("câu hỏi được hỏi cho nhóm người khác trước") if counts else not_scored()
    if _gates(old) != _gates(new):
        yield Difference(path, Kind.ROUTING, _route(old), _route(new), counts, changed)
    before, after = bool(old.get("required")), bool(new.get("required"))
    if before != after:
        forced = _("bắt buộc hay không làm thay đổi những ai trả lời") if counts else not_scored()
        was, now = (_("bắt buộc") if one else _("không bắt buộc") for one in (before, after))
        yield Difference(path, Kind.ROUTING, was, now, counts, forced)


def _gates(question: Document) -> set[tuple[Any, ...]]:
    return {(gate["item"], frozenset(gate["codes"])) for gate in question.get("show_if", ())}


def _route(question: Document) -> str:
    gates = question.get("show_if", ())
    return "; ".join(f"{gate['item']} = {'/'.join(map(str, gate['codes']))}" for gate in gates)

"""Compares how the index is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules.difference.change import (
    ORIGINAL,
    Difference,
    Document,
    Kind,
    Text,
)

_METHODS = ("score", "aggregation", "blanks")


@dataclass(frozen=True, slots=True)
class _Part:
    """A content, factor or criterion, with the id of what it belongs to."""

    parent: str
    label: Text
    weight: float | None
    is_criterion: bool


def scored_items(document: Document) -> frozenset[str]:
    """Return the ids of the items that the index counts; none without a recipe."""
    return frozenset(name for name, part in _parts(document).items() if part.is_criterion)


def _parts(document: Document) -> dict[str, _Part]:
    parts: dict[str, _Part] = {}
    for content in document.get("recipe", {}).get("contents", ()):
        parts[content["id"]] = _part("", content)
        parts |= _criteria(content)
        for factor in content.get("factors", ()):
            parts[factor["id"]] = _part(content["id"], factor)
            parts |= _criteria(factor)
    return parts


def _criteria(parent: Document) -> dict[str, _Part]:
    return {one["item"]: _part(parent["id"], one) for one in parent.get("criteria", ())}


def _part(parent: str, one: Document) -> _Part:
    return _Part(parent, one.get("label", {}), one.get("weight"), "item" in one)


def recipe_differences(old: Document, new: Document) -> Iterator[Difference]:
    """Compare the recipes: whether there is one, the methods, then each content, factor and criterion."""
    before, after = old.get("recipe"), new.get("recipe")
    if before is None or after is None:
        if before is not after:
            reason = _("chỉ số có ở một phiên bản mà không có ở phiên bản kia")
            had, has = (_("có chỉ số") if one else _("không có chỉ số") for one in (before, after))
            yield Difference("recipe", Kind.RECIPE, had, has, True, reason)
        return
    yield from _methods(before, after)
    weighted = "weights" in (before["aggregation"], after["aggregation"])
    yield from _structure(_parts(old), _parts(new), weighted=weighted)


def _methods(old: Document, new: Document) -> Iterator[Difference]:
    for key in _METHODS:
        if old[key] != new[key]:
            reason = _("cách tính chỉ số khác trước, nên số không so được")
            yield Difference("recipe", Kind.RECIPE, old[key], new[key], True, reason)
    for key in ("alternatives", "status_note"):
        if old.get(key) != new.get(key):
            reason = _("cách tính chính không đổi")
            yield Difference("recipe", Kind.RECIPE, _words(old.get(key)), _words(new.get(key)), False, reason)


def _words(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(_words(one.get("label", one["id"])) for one in value)
    return str(value.get(ORIGINAL, "")) if isinstance(value, Mapping) else str(value or "")


def _structure(old: dict[str, _Part], new: dict[str, _Part], *, weighted: bool) -> Iterator[Difference]:
    for name in dict.fromkeys((*old, *new)):
        if name in old and name in new:
            yield from _changed(f"recipe.{name}", old[name], new[name], weighted=weighted)
        else:
            kind = Kind.ADDED if name in new else Kind.REMOVED
            old_words, new_words = (_label(name, one.get(name)) for one in (old, new))
            reason = _("chỉ số gồm các phần khác trước")
            yield Difference(f"recipe.{name}", kind, old_words, new_words, True, reason)


def _changed(path: str, old: _Part, new: _Part, *, weighted: bool) -> Iterator[Difference]:
    if old.parent != new.parent:
        reason = _("phần này được tính vào chỗ khác trong chỉ số")
        yield Difference(path, Kind.RECIPE, old.parent, new.parent, True, reason)
    if old.weight != new.weight:
        reason = _("trọng số khác trước") if weighted else _("cách tính không dùng trọng số")
        before, after = ("" if one is None else str(one) for one in (old.weight, new.weight))
        yield Difference(path, Kind.RECIPE, before, after, weighted, reason)
    if old.label != new.label:
        reason = _("chỉ là tên gọi của chỉ số thành phần")
        before, after = (one.label.get(ORIGINAL, "") for one in (old, new))
        yield Difference(path, Kind.RECIPE, before, after, False, reason)


def _label(name: str, part: _Part | None) -> str:
    return "" if part is None else part.label.get(ORIGINAL, name)

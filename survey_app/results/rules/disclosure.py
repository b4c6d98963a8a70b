"""Disclosure control: what of a result may be published.

The smallest cell is 10 responses. A figure on fewer is hidden; a composite is hidden when one of its criteria
is, because the others and the composite would give it away; and what is hidden in one office must not follow
from the total minus the visible offices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

SMALLEST_CELL = 10

NUMBERS = frozenset(
    {"estimate", "se", "ci_low", "ci_high", "n", "n_min", "df", "deff", "deff_wr", "interval"}
)
"""Keys of a figure that vanish when it is hidden."""

Document = Mapping[str, Any]
Hidden = dict[str, dict[str, "Reason | None"]]
"""Scope (office code) -> node id -> why it is hidden; None when it is shown."""


class Reason(StrEnum):
    """Why a figure is not published."""

    FEW = "under_10"
    PART = "part_under_10"
    PROTECTS = "protects_others"


def suppress(result: Document) -> dict[str, Any]:
    """Return the publishable copy of a result document; `result` itself is left alone.

    Every figure of the copy has a key `hidden`: None, or a `Reason`; a hidden figure has no numbers, not even
    n. Numbers of responses by channel and by flag follow the same rule.
    """
    criteria = result["criteria"]
    below = criteria_of(result)
    whole = {node["id"]: _by_size(node["n"]) for node in criteria}
    offices = _hide_in_offices(result["offices"], criteria)
    return {
        **result,
        "population": _population(result["population"]),
        **_scope(result, whole, below),
        "offices": [
            {**office, **_scope(office, offices[office["code"]], below)} for office in result["offices"]
        ],
        "sensitivity": _sensitivity(result, whole),
    }


def criteria_of(result: Document) -> dict[str, frozenset[str]]:
    """Map each node's id to the ids of the criteria it is made of (a criterion to itself)."""
    below = {node["id"]: frozenset({node["id"]}) for node in result["criteria"]}
    below["overall"] = frozenset(below)
    for level, key in (("contents", "content"), ("factors", "factor")):
        for node in result[level]:
            below[node["id"]] = frozenset(
                leaf["id"] for leaf in result["criteria"] if leaf[key] == node["id"]
            )
    return below


def cells_to_hide(sizes: Mapping[str, int]) -> dict[str, Reason | None]:
    """Decide which cells of one total are hidden, given the number of responses in each.

    First every cell under 10. Then, while the hidden cells hold 1 to 9 responses together or only one of them
    holds any (their sum follows from the total), the smallest visible cell joins them; equal ones by name.
    When no visible cell is left, the total itself is under 10 or is the only cell.
    """
    hidden = {name: _by_size(size) for name, size in sizes.items()}
    candidates = sorted((size, name) for name, size in sizes.items() if hidden[name] is None)
    for _, name in candidates:
        held = [size for other, size in sizes.items() if hidden[other] is not None and size > 0]
        if not held or (len(held) > 1 and sum(held) >= SMALLEST_CELL):
            break
        hidden[name] = Reason.PROTECTS
    return hidden


def _by_size(size: int) -> Reason | None:
    return Reason.FEW if size < SMALLEST_CELL else None


def _hide_in_offices(offices: Sequence[Document], criteria: Sequence[Document]) -> Hidden:
    """Hide each criterion over the offices on its own: each has its own total to subtract from."""
    hidden: Hidden = {office["code"]: {} for office in offices}
    for position, criterion in enumerate(criteria):
        sizes = {office["code"]: office["criteria"][position]["n"] for office in offices}
        for code, reason in cells_to_hide(sizes).items():
            hidden[code][criterion["id"]] = reason
    return hidden


def _scope(
    scope: Document, hidden: Mapping[str, Reason | None], below: Mapping[str, frozenset[str]]
) -> dict[str, Any]:
    """Return the four levels of one scope, hiding a composite with any of its criteria."""
    levels: dict[str, Any] = {
        level: [_figure(node, _reason(node, below[node["id"]], hidden)) for node in scope[level]]
        for level in ("contents", "factors", "criteria")
    }
    overall = scope["overall"]
    return {"overall": _figure(overall, _reason(overall, below["overall"], hidden)), **levels}


def _reason(node: Document, criteria: frozenset[str], hidden: Mapping[str, Reason | None]) -> Reason | None:
    reasons = {hidden[criterion] for criterion in criteria}
    if Reason.FEW in reasons:
        return _by_size(node["n"]) or Reason.PART
    return Reason.PROTECTS if Reason.PROTECTS in reasons else None


def _figure(node: Document, reason: Reason | None) -> dict[str, Any]:
    kept = dict(node) if reason is None else {key: None if key in NUMBERS else node[key] for key in node}
    return {**kept, "hidden": reason}


def _population(population: Document) -> dict[str, Any]:
    responses = population["responses"]
    few = _by_size(responses) is not None
    return {
        **population,
        "responses": None if few else responses,
        "channels": _counts(population["channels"], "channel"),
        "flagged": _flagged(population["flagged"], responses),
    }


def _counts(rows: Sequence[Document], key: str) -> list[dict[str, Any]]:
    hidden = cells_to_hide({row[key]: row["responses"] for row in rows})
    return [{**row, "responses": row["responses"] if hidden[row[key]] is None else None} for row in rows]


def _flagged(flagged: Document, responses: int) -> dict[str, Any]:
    """Hide a flag on a few responses, and one on all but a few, which names those few as well."""
    rows = _counts(flagged["reasons"], "flag")
    return {
        "responses": _part(flagged["responses"], responses),
        "reasons": [row | {"responses": _part(row["responses"], responses)} for row in rows],
    }


def _part(count: int | None, whole: int) -> int | None:
    """Return `count` unless it, or what it leaves of `whole`, is 1 to 9."""
    few = count is None or any(0 < part < SMALLEST_CELL for part in (count, whole - count))
    return None if few else count


def _sensitivity(result: Document, whole: Mapping[str, Reason | None]) -> dict[str, Any]:
    """Hide the index without flagged responses when 1 to 9 were left out: the difference is theirs."""
    other, unflagged = result["sensitivity"]["other_score"], result["sensitivity"]["without_flagged"]
    reason = _reason(result["overall"], frozenset(whole), whole)
    left_out = unflagged["left_out"]
    difference = Reason.FEW if 0 < left_out < SMALLEST_CELL else None
    remaining = _by_size(unflagged["overall"]["n"])
    return {
        "other_score": {**other, "overall": _figure(other["overall"], reason)},
        "without_flagged": {
            **unflagged,
            "left_out": left_out if difference is None and remaining is None else None,
            "overall": _figure(unflagged["overall"], reason or difference or remaining),
        },
    }

"""Disclosure control: what of a result may be published.

The smallest cell is 10 responses. A figure on fewer is hidden; a composite is hidden when one of its criteria
is, because the others and the composite would give it away; and what is hidden in one office must not follow
from the total minus the visible offices.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from survey_app.results.rules.cells import Reason, by_size, cells_to_hide, is_small
from survey_app.results.rules.instruments import cells_of, public_instruments

NUMBERS = frozenset(
    {"estimate", "se", "ci_low", "ci_high", "n", "n_min", "df", "deff", "deff_wr", "interval"}
)
"""Keys of a figure that vanish when it is hidden."""

STAFF_ONLY = frozenset({"weight_min", "weight_max", "smallest_class"})
"""Keys of a weighting step's report that are not published."""

LEVELS = ("contents", "factors", "criteria")

Document = Mapping[str, Any]
Hidden = dict[str, dict[str, "Reason | None"]]
"""Scope (office code) -> node id -> why it is hidden; None when it is shown."""


def suppress(result: Document) -> dict[str, Any]:
    """Return the publishable copy of a result document; `result` itself is left alone.

    Every figure of the copy has a key `hidden`: None, or a `Reason`; a hidden figure has no numbers, not even
    n. Numbers of responses by channel and by flag follow the same rule.
    """
    criteria = result["criteria"]
    below = criteria_of(result)
    whole = {node["id"]: by_size(node["n"]) for node in criteria}
    hidden = _hide_in_offices(result["offices"], criteria)
    levels = _scope(result, whole, below)
    offices = [office | _scope(office, hidden[office["code"]], below) for office in result["offices"]]
    return {
        **result,
        "method": _method(result["method"], intervals_of([levels, *offices])),
        "population": _population(result["population"]),
        **levels,
        "offices": offices,
        "instruments": public_instruments(
            result.get("instruments", ()),
            _reason(result["overall"], frozenset(whole), whole),
            cells_of(result),
            {code for code, reasons in hidden.items() if any(reasons.values())},
        ),
        "sensitivity": _sensitivity(result, whole),
    }


def figures_hidden(scope: Document, reason: Reason) -> dict[str, Any]:
    """Return an office with every figure hidden for `reason`."""
    levels = {level: [_figure(node, reason) for node in scope[level]] for level in LEVELS}
    return {**scope, "overall": _figure(scope["overall"], reason), **levels}


def figures_of(scope: Document) -> Iterator[Document]:
    """Yield every figure of the whole campaign or of one office."""
    yield scope["overall"]
    for level in LEVELS:
        yield from scope[level]


def intervals_of(scopes: Sequence[Document]) -> dict[str, int]:
    """Count the visible figures of some scopes by their kind of interval."""
    kinds = Counter(figure["interval"] for scope in scopes for figure in figures_of(scope))
    return {kind: kinds[kind] for kind in sorted(kind for kind in kinds if kind)}


def _method(method: Document, intervals: dict[str, int]) -> dict[str, Any]:
    """Count the intervals of visible figures only, and leave out the state of the data: it counts responses."""
    public = {key: value for key, value in method.items() if key != "data"} | {"intervals": intervals}
    if "weights" in method:
        public["weights"] = _weights(method["weights"])
    return public


def _weights(weights: Document) -> dict[str, Any]:
    """Leave out what tells how few responses share a weight: their range, and factors of classes under 10."""
    steps = []
    for step in weights["report"]:
        few = step["smallest_class"] is not None and by_size(step["smallest_class"]) is not None
        hidden = {"g_min": None, "g_max": None} if few else {}
        kept = {key: value for key, value in step.items() if key not in STAFF_ONLY}
        at_bounds = None if is_small(step["at_bounds"]) else step["at_bounds"]
        steps.append(kept | hidden | {"at_bounds": at_bounds})
    return {**weights, "report": steps}


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
        for level in LEVELS
    }
    overall = scope["overall"]
    return {"overall": _figure(overall, _reason(overall, below["overall"], hidden)), **levels}


def _reason(node: Document, criteria: frozenset[str], hidden: Mapping[str, Reason | None]) -> Reason | None:
    reasons = {hidden[criterion] for criterion in criteria}
    if Reason.FEW in reasons:
        return by_size(node["n"]) or Reason.PART
    return Reason.PROTECTS if Reason.PROTECTS in reasons else None


def _figure(node: Document, reason: Reason | None) -> dict[str, Any]:
    kept = dict(node) if reason is None else {key: None if key in NUMBERS else node[key] for key in node}
    return {**kept, "hidden": reason}


def _population(population: Document) -> dict[str, Any]:
    responses = population["responses"]
    few = by_size(responses) is not None
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
    return None if count is None or is_small(count) or is_small(whole - count) else count


def _sensitivity(result: Document, whole: Mapping[str, Reason | None]) -> dict[str, Any]:
    """Hide the index without flagged responses when it, or what it leaves out, rests on 1 to 9."""
    other, unflagged = result["sensitivity"]["other_score"], result["sensitivity"]["without_flagged"]
    reason = _reason(result["overall"], frozenset(whole), whole)
    left_out, remaining = unflagged["left_out"], by_size(unflagged["overall"]["n_min"])
    # of the answers to the least answered criterion, those left out may be few though the flagged are many
    fewer = result["overall"]["n_min"] - unflagged["overall"]["n_min"]
    difference = Reason.FEW if is_small(left_out) or is_small(fewer) else None
    shown = {
        "other_score": {**other, "overall": _figure(other["overall"], reason)},
        "without_flagged": {
            **unflagged,
            "left_out": left_out if difference is None and remaining is None else None,
            "overall": _figure(unflagged["overall"], reason or difference or remaining),
        },
    }
    return shown | _unweighted(result["sensitivity"], reason)


def _unweighted(sensitivity: Document, reason: Reason | None) -> dict[str, Any]:
    """Hide the index with equal weights when 1 to 9 responses make the difference, in all or within offices."""
    if "unweighted" not in sensitivity:
        return {}
    equal = sensitivity["unweighted"]
    # a run that was computed before these were counted is treated as if they were few
    within = equal.get("within_offices", 1)
    few = Reason.FEW if is_small(equal["reweighted"]) or is_small(within) else None
    count = equal["reweighted"] if few is None else None
    return {"unweighted": {"reweighted": count, "overall": _figure(equal["overall"], reason or few)}}

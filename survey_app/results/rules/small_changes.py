"""Counts and side results that are not published because they changed by 1 to 9 responses since a publication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from survey_app.results.rules.cells import Reason, is_small
from survey_app.results.rules.instruments import (
    cells_changed_too_little,
    changed_too_little,
    hidden_instruments,
)
from survey_app.results.rules.release import Release

Document = Mapping[str, Any]


def without_small_changes(public: Document, release: Release, earlier: Sequence[Release]) -> dict[str, Any]:
    """Hide counts by channel and flag, and the index without flags or weights, where 1 to 9 changed since.

    So it is with the index by instrument.
    """
    new = release.counts
    population, unflagged = public["population"], public["sensitivity"]["without_flagged"]
    channels = _moving(new.channels, [one.counts.channels for one in earlier])
    flags = _moving(new.flags, [one.counts.flags for one in earlier])
    few = _some_small(new.unflagged, [one.counts.unflagged for one in earlier])
    hidden = {"without_flagged": _hidden_unflagged(unflagged)} if few else {}
    if _some_small(new.unweighted, [one.counts.unweighted for one in earlier]):
        hidden |= {"unweighted": _hidden_unweighted(public["sensitivity"]["unweighted"])}
    if any(_instruments_moved(release, one) for one in earlier):
        public = {**public, "instruments": hidden_instruments(public.get("instruments", ()))}
    return {
        **public,
        "population": {
            **population,
            "channels": _without(population["channels"], "channel", channels),
            "flagged": {
                "responses": None if few else population["flagged"]["responses"],
                "reasons": _without(population["flagged"]["reasons"], "flag", flags),
            },
        },
        "sensitivity": public["sensitivity"] | hidden,
    }


def _instruments_moved(new: Release, then: Release) -> bool:
    reweighted = new.counts.weighting != then.counts.weighting
    unseen = new.hidden[0] | new.kept | then.hidden[0] | then.kept
    return changed_too_little(
        new.counts.instruments, then.counts.instruments, reweighted=reweighted
    ) or cells_changed_too_little(new.counts.cells, then.counts.cells, unseen, reweighted=reweighted)


def _some_small(new: Sequence[int], earlier: Sequence[Sequence[int]]) -> bool:
    return any(is_small(now - before) for then in earlier for now, before in zip(new, then, strict=True))


def _moving(new: Mapping[str, int], earlier: Sequence[Mapping[str, int]]) -> set[str]:
    """Return every count that changed since a publication after which some changed by 1 to 9.

    All of them, because the change of one follows from those of the others.
    """
    moving: set[str] = set()
    for then in earlier:
        changed = {name: new.get(name, 0) - then.get(name, 0) for name in {*new, *then}}
        if any(is_small(change) for change in changed.values()):
            moving |= {name for name, change in changed.items() if change}
    return moving


def _without(rows: Sequence[Document], key: str, names: set[str]) -> list[Document]:
    return [{**row, "responses": None} if row[key] in names else row for row in rows]


def _hidden_unflagged(unflagged: Document) -> dict[str, Any]:
    return {**unflagged, "left_out": None, "overall": _hidden_figure(unflagged["overall"])}


def _hidden_unweighted(unweighted: Document) -> dict[str, Any]:
    return {**unweighted, "reweighted": None, "overall": _hidden_figure(unweighted["overall"])}


def _hidden_figure(figure: Document) -> dict[str, Any]:
    return dict.fromkeys(figure) | {"hidden": Reason.FEW}

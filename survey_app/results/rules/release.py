"""Disclosure over time: what a publication may show beside everything that was published before.

Whoever kept an earlier page can subtract it from a later one. So no published figure may differ from an
earlier one by 1 to 9 responses, and no such difference may follow from others. Where too few responses came
since, the earlier figures stay: an office keeps its own, or the whole campaign does. What stays as it was
tells nothing new, and the responses that wait are counted as soon as they are ten.

Other weights are another sum over the same responses: two such sums of one group give away its parts, however large
the group is. So where weights changed, every figure must rest on at least 10 new responses, whichever they are, or
the whole campaign keeps its figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from survey_app.results.rules.cells import SMALLEST_CELL, cells_to_hide, is_small
from survey_app.results.rules.instruments import Cells, cells_of, counts_of

Document = Mapping[str, Any]
Sizes = npt.NDArray[np.int64]

EQUAL_WEIGHTS = "equal"
"""`Counts.weighting` of volunteers without a weight set."""


@dataclass(frozen=True)
class Counts:
    """How many responses the figures of a complete result rest on.

    Attributes
    ----------
    responses : int
    total : tuple of int
        Responses with an answer to any criterion, then answers to each criterion.
    offices : dict of str to tuple of int
        Office code to the same for each office.
    channels, flags : dict of str to int
    unflagged : tuple of int
        Responses with a flag; responses without one that count, and answers to their least answered criterion.
    unweighted : tuple of int
        Responses with another weight than most, in all and within offices; zeros where weights are equal.
    weighting : str
        Which weights and which errors: the same for two results if every response weighs the same in both.
    instruments : dict of str to tuple of int
        Responses by channel and instrument, and those of them in offices whose figures are hidden.
    cells : dict of str to dict of str to int
        Responses with an answer by channel and instrument, then by office code.
    """

    responses: int
    total: tuple[int, ...]
    offices: dict[str, tuple[int, ...]]
    channels: dict[str, int]
    flags: dict[str, int]
    unflagged: tuple[int, ...]
    unweighted: tuple[int, ...] = (0, 0)
    weighting: str = EQUAL_WEIGHTS
    instruments: Mapping[str, Sequence[int]] = field(default_factory=dict)
    cells: Cells = field(default_factory=dict)

    @classmethod
    def of(cls, result: Document) -> Counts:
        """Count a complete result document."""
        population, unflagged = result["population"], result["sensitivity"]["without_flagged"]
        equal = result["sensitivity"].get("unweighted")
        return cls(
            responses=population["responses"],
            total=_sizes(result),
            offices={office["code"]: _sizes(office) for office in result["offices"]},
            channels={row["channel"]: row["responses"] for row in population["channels"]},
            flags={row["flag"]: row["responses"] for row in population["flagged"]["reasons"]},
            unflagged=(unflagged["left_out"], unflagged["overall"]["n"], unflagged["overall"]["n_min"]),
            unweighted=(equal["reweighted"], equal.get("within_offices", 1)) if equal else (0, 0),
            weighting=result["method"]["data"].get("weighting", EQUAL_WEIGHTS),
            instruments=counts_of(result.get("instruments", ())),
            cells=cells_of(result),
        )


@dataclass(frozen=True)
class Release:
    """A publication: what it was computed from, and the offices whose earlier figures it kept."""

    counts: Counts
    kept: frozenset[str] = frozenset()
    hidden: list[frozenset[str]] = field(init=False)
    """For each number of `Counts.total`: the offices whose own is not shown; derived from `counts`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", _hidden_offices(self.counts))

    def as_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return vars(self.counts) | {"kept": sorted(self.kept)}

    @classmethod
    def from_json(cls, stored: Document) -> Release:
        """Read a stored publication."""
        counts = Counts(
            responses=stored["responses"],
            total=tuple(stored["total"]),
            offices={code: tuple(sizes) for code, sizes in stored["offices"].items()},
            channels=dict(stored["channels"]),
            flags=dict(stored["flags"]),
            unflagged=tuple(stored["unflagged"]),
            unweighted=tuple(stored.get("unweighted", (0, 0))),
            weighting=stored.get("weighting", EQUAL_WEIGHTS),
            instruments={name: tuple(sizes) for name, sizes in stored.get("instruments", {}).items()},
            cells=stored.get("cells", {}),
        )
        return cls(counts, frozenset(stored["kept"]))


def _sizes(scope: Document) -> tuple[int, ...]:
    return (scope["overall"]["n"], *(node["n"] for node in scope["criteria"]))


def offices_to_keep(new: Counts, earlier: Sequence[Release]) -> frozenset[str] | None:
    """Say which offices must keep their earlier figures; None when the whole campaign must.

    `earlier` is in the order of publication. For responses and for each criterion:

    1. the total differs from each earlier one by 0 or by at least 10, else the whole campaign keeps its figures;
    2. so does an office from each of its figures that was shown, else that office keeps its own;
    3. so does every group of responses that a reader finds by subtracting published figures from the totals of
       one or of two publications (`_History`). Else the office that changed least keeps its figures too.

    Fewer responses than before (another treatment of blanks) also keep everything, and so do other weights, unless
    every figure that is shown has at least 10 responses that no earlier one has.
    """
    if any(_grew_too_little(new, one.counts) for one in earlier):
        return None
    if any(new.weighting != one.counts.weighting and not _is_renewed(new, one.counts) for one in earlier):
        return None
    keep = {code for one in earlier for code in one.counts.offices if _changed_too_little(code, new, one)}
    release = Release(new, frozenset(keep))
    while (table := _History.of([*earlier, release]).small_group()) is not None:
        changes = _visible_changes(release, earlier, table)
        if not changes:
            return None
        release = Release(new, release.kept | {min(changes)[1]})
    return release.kept


def _grew_too_little(new: Counts, then: Counts) -> bool:
    pairs = [((new.responses, *new.total), (then.responses, *then.total))]
    pairs += [(new.offices.get(code, (0,)), sizes) for code, sizes in then.offices.items()]
    fell = any(now < before for nows, befores in pairs for now, before in zip(nows, befores, strict=False))
    return fell or any(
        before >= SMALLEST_CELL and is_small(now - before) for now, before in zip(*pairs[0], strict=True)
    )


def _is_renewed(new: Counts, then: Counts) -> bool:
    """Say whether each office that is shown, and those hidden together, hold at least 10 more in every table.

    Whatever a reader adds up from `new` and from earlier publications then rests on these new responses too, since
    no earlier figure holds them.
    """
    for at, hidden in enumerate(_hidden_offices(new)):
        grown = {
            code: sizes[at] - (then.offices[code][at] if code in then.offices else 0)
            for code, sizes in new.offices.items()
        }
        groups = [one for code, one in grown.items() if code not in hidden]
        if any(new.offices[code][at] for code in hidden):
            groups.append(sum(grown[code] for code in hidden))
        if min(groups, default=0) < SMALLEST_CELL:
            return False
    return True


def _changed_too_little(code: str, new: Counts, then: Release) -> bool:
    """Say whether a figure of this office that was shown then differs by 1 to 9 responses now."""
    if code in then.kept or code not in new.offices:
        return False
    pairs = zip(new.offices[code], then.counts.offices[code], then.hidden, strict=True)
    return any(is_small(now - before) and code not in hidden for now, before, hidden in pairs)


def _visible_changes(release: Release, earlier: Sequence[Release], table: int) -> list[tuple[int, str]]:
    """Return by how much each office changed that is shown and could join those that keep their figures."""
    before = earlier[-1].counts.offices if earlier else {}
    unseen = release.hidden[table] | release.kept
    changes = [
        (sizes[table] - before.get(code, (0,) * len(sizes))[table], code)
        for code, sizes in release.counts.offices.items()
        if code not in unseen
    ]
    return [(change, code) for change, code in changes if change]


@dataclass(frozen=True)
class _History:
    """All publications as one system of sums.

    A published figure of an office is a sum over its first responses, so two of them in turn give a block. What
    a total holds beyond the blocks is a pool. Blocks are safe (rule 2). A pool is a group that a reader knows
    as well, and so is the difference of two pools; an office whose pooled responses are a whole block drops out
    of it, because that block is known by itself.

    Attributes
    ----------
    sizes : array (publications, tables, offices)
        Responses so far.
    known : array (publications, tables, offices)
        Those of them in blocks: the size when the office was last shown.
    closing : array (publications, tables, offices)
        The size when the office is shown next (now or later); -1 if it has not been.
    shown : array (publications, tables, offices) of bool
    """

    sizes: Sizes
    known: Sizes
    closing: Sizes
    shown: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, releases: Sequence[Release]) -> _History:
        codes = sorted({code for one in releases for code in one.counts.offices})
        tables = range(len(releases[0].counts.total))
        none = (0,) * len(tables)
        sizes = np.array([[one.counts.offices.get(code, none) for code in codes] for one in releases])
        unseen = [[one.hidden[at] | one.kept for at in tables] for one in releases]
        shown = np.array([[[code not in cells for code in codes] for cells in one] for one in unseen])
        sizes = sizes.swapaxes(1, 2)
        known, closing = np.zeros_like(sizes), np.full_like(sizes, -1)
        for time in range(len(releases)):
            before = known[time - 1] if time else 0
            known[time] = np.where(shown[time], sizes[time], before)
        for time in reversed(range(len(releases))):
            after = closing[time + 1] if time + 1 < len(releases) else -1
            closing[time] = np.where(shown[time], sizes[time], after)
        return cls(sizes, known, closing, shown)

    def small_group(self) -> int | None:
        """Return a table in which a pool, or the difference of two, is a group of 1 to 9; None if none is."""
        for later in reversed(range(len(self.sizes))):
            groups = [(later, self._pool(later))]
            groups += [(one, self._difference(one, later)) for one in range(later)]
            for earlier, group in groups:
                # a total under 10 is not published, so it has no pool
                totals = self.sizes[[earlier, later]].sum(axis=2).min(axis=0)
                small = np.flatnonzero(group.is_small() & (totals >= SMALLEST_CELL))
                if small.size:
                    return int(small[0])
        return None

    def _pool(self, time: int) -> _Group:
        pooled, after = self.sizes[time] - self.known[time], self.closing[time] - self.sizes[time]
        is_open = self.closing[time] < 0
        return _Group(
            inside=np.where(is_open | (after > 0), pooled, 0),
            outside=np.where(pooled > 0, after, 0),
            is_open=is_open & (pooled > 0),
        )

    def _difference(self, earlier: int, later: int) -> _Group:
        """Take the pool of `earlier` from that of `later`; for an office shown between, two blocks are touched."""
        between, last = self.known[later] > self.known[earlier], self._pool(later)
        first, new = self.sizes[earlier] - self.known[earlier], self.sizes[later] - self.sizes[earlier]
        is_open = self.closing[later] < 0
        others = first + np.where(is_open, 0, self.closing[later] - self.sizes[later])
        rest = self.closing[earlier] - self.sizes[earlier]
        return _Group(
            inside=np.where(
                between,
                np.where(first > 0, rest, 0) + last.inside,
                np.where(is_open | (others > 0), new, 0),
            ),
            outside=np.where(
                between, np.where(rest > 0, first, 0) + last.outside, np.where(new > 0, others, 0)
            ),
            is_open=np.where(between, last.is_open, is_open & (new > 0)),
        )


@dataclass(frozen=True)
class _Group:
    """A group of responses by table and office, and what its offices' blocks hold besides.

    `outside` follows from `inside` where every block is closed: `is_open` says where one is not.
    """

    inside: Sizes
    outside: Sizes
    is_open: npt.NDArray[np.bool_]

    def is_small(self) -> npt.NDArray[np.bool_]:
        """Say for each table whether the group, or what its blocks hold besides, is 1 to 9 responses."""
        inside, outside = self.inside.sum(axis=1), self.outside.sum(axis=1)
        closed = ~self.is_open.any(axis=1)
        small = (inside > 0) & (inside < SMALLEST_CELL)
        return np.asarray(small | (closed & (outside > 0) & (outside < SMALLEST_CELL)))


def _hidden_offices(counts: Counts) -> list[frozenset[str]]:
    """Return who is hidden in each table; the overall index of an office is, where any of its criteria is."""
    hidden = []
    for at in range(len(counts.total)):
        reasons = cells_to_hide({code: sizes[at] for code, sizes in counts.offices.items()})
        hidden.append(frozenset(code for code, reason in reasons.items() if reason is not None))
    return [frozenset().union(*hidden), *hidden[1:]]

"""What a reader can work out from the published figures: cells that can be solved or bounded.

The reader knows the published counts, how cells add up, and that counts are whole and not negative. All tables
that fit are possible; a small hidden cell is safe when in one of them it is not small.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import scipy  # submodules load on first use, so importing this module stays fast

from survey_app.estimation.codes import BoolArray, FloatArray, IntArray, UnableToEstimate
from survey_app.estimation.disclosure.tables import Label, Table, UnusableTable, small_cells

ROUNDING = 1e-6
"""Distance of a figure of the solver to a whole number below which it is one."""


class UnsolvableAudit(UnableToEstimate):
    """The solver gave up, so nothing can be said about a cell."""


Combination: TypeAlias = tuple[tuple[Label, float], ...]


@dataclass(frozen=True)
class Exposure:
    """A small cell that the published figures give away.

    Attributes
    ----------
    cell : int
        Its place in the table.
    label : tuple
    count : int
        What it holds.
    low, high : int
        What a reader can tell: it holds from `low` to `high`, and `high` is below the minimum.
    combination : tuple of (label, multiplier)
        How: this sum of published figures is `high` and nothing in it is negative, so the cell holds no more.
        Total - visible parts = hidden part, for one. Empty where it takes the fact that counts are whole.
    """

    cell: int
    label: Label
    count: int
    low: int
    high: int
    combination: Combination

    @property
    def solved(self) -> bool:
        """Whether the reader knows the count itself."""
        return self.low == self.high


def exposures(table: Table, hidden: BoolArray, minimum: int) -> tuple[Exposure, ...]:
    """Small cells that are published, or that follow from what is published.

    Parameters
    ----------
    table : Table
    hidden : array (cells,) of bool
        Cells that are not published; those that nobody publishes need not be marked.
    minimum : int
        Smallest count that may be known, 10 for instance.

    Returns
    -------
    tuple of Exposure
        In the order of the table; empty when it may be published.

    Raises
    ------
    UnusableTable, UnsolvableAudit

    Notes
    -----
    The largest value of each small hidden cell over all tables that fit is a linear programme; its dual is the
    `combination`. It is solved for whole numbers where the linear one is not whole already.

    References
    ----------
    A. Hundepool et al., Statistical Disclosure Control (Wiley 2012), 4.4 (auditing).
    """
    small = small_cells(table, minimum)
    if hidden.shape != small.shape or hidden.dtype != np.bool_:
        raise UnusableTable(f"hidden: expected one boolean a cell ({small.size}), got shape {hidden.shape}.")
    reader = Reader(table, table.publishable & ~hidden, minimum)
    found = [_published(table, int(cell)) for cell in np.flatnonzero(small & reader.known)]
    found += reader.exposed(np.flatnonzero(small & ~reader.known))
    return tuple(sorted(found, key=lambda exposure: exposure.cell))


def _published(table: Table, cell: int) -> Exposure:
    count, label = int(table.counts[cell]), table.labels[cell]
    return Exposure(cell, label, count, count, count, ((label, 1.0),))


@dataclass(frozen=True)
class Reader:
    """Somebody who knows the `known` cells of a table."""

    table: Table
    known: BoolArray
    minimum: int

    @cached_property
    def single(self) -> IntArray:
        """For each group a known cell that holds nothing else, or -1: the reader knows the group."""
        cell = np.full(self.table.sizes.size, -1, dtype=np.int64)
        alone = np.flatnonzero(self.known & (np.diff(self.table.membership.indptr) == 1))
        cell[self.table.membership[alone].indices] = alone
        return cell

    @cached_property
    def equations(self) -> IntArray:
        """Known cells that hold groups the reader does not know."""
        open_groups = np.asarray(self.table.membership @ (self.single < 0).astype(np.int64))
        return np.flatnonzero(self.known & (open_groups > 0))

    @cached_property
    def component(self) -> IntArray:
        """For each group a number shared by the groups that equations link to it; -1 for a known group."""
        unknown = np.flatnonzero(self.single < 0)
        links = self.table.membership[self.equations][:, unknown]
        _, labels = scipy.sparse.csgraph.connected_components(links.T @ links, directed=False)
        component = np.full(self.single.size, -1, dtype=np.int64)
        component[unknown] = labels
        return component

    def groups_of(self, cell: int) -> IntArray:
        """Groups that a cell is the sum of."""
        start, end = self.table.membership.indptr[cell : cell + 2]
        return np.asarray(self.table.membership.indices[start:end])

    def exposed(self, cells: IntArray) -> list[Exposure]:
        """Those of some small hidden cells whose largest possible count is small."""
        found = []
        reached = np.zeros(self.known.size, dtype=np.int64)
        for cell in cells:
            if reached[cell] < self.minimum:
                result = self.audit(int(cell))
                if isinstance(result, Exposure):
                    found.append(result)
                else:
                    reached = np.maximum(reached, self.table.membership @ result)
        return found

    def audit(self, cell: int) -> Exposure | IntArray:
        """The exposure of a hidden cell, or the groups of a table that fits in which the cell is not small."""
        system = self._system(cell)
        largest = system.extreme(largest=True)
        if largest.value < self.minimum - ROUNDING:
            return self._exposure(cell, system, largest)
        if not system.fits(np.round(largest.groups)):
            largest = system.extreme(largest=True, whole=True)
            if largest.value < self.minimum - ROUNDING:
                return self._exposure(cell, system, largest)
        possible = self.table.sizes.copy()
        possible[system.groups] = np.round(largest.groups)
        return possible

    def _system(self, cell: int) -> "_System":
        inside = self.groups_of(cell)
        parts = np.unique(self.component[inside])
        groups = np.flatnonzero(np.isin(self.component, parts[parts >= 0]))
        known = inside[self.component[inside] < 0]
        rows = self.equations[np.diff(self.table.membership[self.equations][:, groups].indptr) > 0]
        matrix = self.table.membership[rows]
        fixed = np.where(self.component < 0, self.table.sizes, 0)
        return _System(
            groups=groups,
            rows=rows,
            matrix=matrix[:, groups],
            sums=self.table.counts[rows] - matrix @ fixed,
            wanted=np.isin(groups, inside).astype(np.float64),
            constant=int(self.table.sizes[known].sum()),
            bound=float(2 * self.table.sizes.sum() + self.minimum * self.table.sizes.size),
        )

    def _exposure(self, cell: int, system: "_System", largest: "_Extreme") -> Exposure:
        smallest = system.extreme(largest=False)
        return Exposure(
            cell=cell,
            label=self.table.labels[cell],
            count=int(self.table.counts[cell]),
            low=int(np.ceil(smallest.value - ROUNDING)),
            high=int(np.floor(largest.value + ROUNDING)),
            combination=self._combination(cell, system, largest.dual),
        )

    def _combination(self, cell: int, system: "_System", dual: FloatArray | None) -> Combination:
        """Published cells times multipliers; their unknown groups cover the cell, their known ones cancel."""
        if dual is None:
            return ()
        multipliers = np.zeros(self.known.size)
        multipliers[system.rows] = dual
        wanted = np.zeros(self.single.size)
        wanted[self.groups_of(cell)] = 1.0
        known = np.flatnonzero(self.single >= 0)
        multipliers[self.single[known]] += (wanted - self.table.membership.T @ multipliers)[known]
        used = np.flatnonzero(np.abs(multipliers) > ROUNDING)
        return tuple((self.table.labels[at], float(np.round(multipliers[at], 6))) for at in used)


@dataclass(frozen=True)
class _Extreme:
    """Largest or smallest count of a cell, the groups that give it, and what each equation adds to it."""

    value: float
    groups: FloatArray
    dual: FloatArray | None


@dataclass(frozen=True)
class _System:
    """What a reader knows about the groups linked to one cell: matrix @ groups = sums, groups >= 0.

    `rows` are the cells of the equations; the cell is `constant` + `wanted` @ groups. `bound` is more than any
    group needs to hold: without it, what no figure limits would be infinite.
    """

    groups: IntArray
    rows: IntArray
    matrix: Any
    sums: IntArray
    wanted: FloatArray
    constant: int
    bound: float

    def extreme(self, *, largest: bool, whole: bool = False) -> _Extreme:
        """Solve for the largest or smallest count of the cell."""
        if not self.groups.size:
            return _Extreme(float(self.constant), np.zeros(0), np.zeros(self.rows.size))
        sign = -1.0 if largest else 1.0
        result = scipy.optimize.linprog(
            sign * self.wanted,
            A_eq=self.matrix if self.rows.size else None,
            b_eq=self.sums if self.rows.size else None,
            bounds=(0, self.bound),
            integrality=1 if whole else 0,
            method="highs",
        )
        if result.status != 0:
            raise UnsolvableAudit(
                f"The solver failed on a system of {self.groups.size} groups: {result.message}"
            )
        dual = None if whole else sign * result.eqlin.marginals
        return _Extreme(self.constant + sign * float(result.fun), result.x, dual)

    def fits(self, groups: FloatArray) -> bool:
        """Whether whole-number groups give exactly the published figures."""
        return bool((self.matrix @ groups == self.sums).all())

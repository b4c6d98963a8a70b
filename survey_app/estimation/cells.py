"""Rows sorted by domain and sampled unit, read in blocks, summed over runs: the groundwork of `composite`.

Nothing here is ever as large as domains x rows: a response lies in one domain, so every (domain, unit) with
rows is one run of the sorted rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import BoolArray, FloatArray, IntArray, UnableToEstimate
from survey_app.estimation.design import Design

ROWS_AT_ONCE = 16_384
"""Rows of a block: its arrays stay in the processor's cache."""
Scores = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Runs:
    """Runs of sorted rows that share a domain and a unit of one level.

    Attributes
    ----------
    starts : array (c,)
        First sorted row of each run.
    code : array (c,)
        Code of the unit (or stratum) of each run.
    """

    starts: IntArray
    code: IntArray


@dataclass(frozen=True)
class SortedRows:
    """The rows of all domains, sorted by domain, then by every level of the design.

    Attributes
    ----------
    order : array (m,)
        Row numbers; rows outside every domain are left out.
    position : array (m,)
        Index into `present` of each sorted row's domain.
    present : array (g,)
        Codes of the domains that hold rows.
    domains : Runs
        One run a domain.
    parents, units : tuples of Runs
        Stage by stage: the strata or units that were drawn from, and the units drawn.
    """

    order: IntArray
    position: IntArray
    present: IntArray
    domains: Runs
    parents: tuple[Runs, ...]
    units: tuple[Runs, ...]

    def blocks(self) -> Iterator[slice]:
        """Slices of about `ROWS_AT_ONCE` sorted rows that never cut a deepest unit."""
        starts, first = self.units[-1].starts, 0
        while first < self.order.size:
            following = int(np.searchsorted(starts, first + ROWS_AT_ONCE))
            last = int(starts[following]) if following < starts.size else self.order.size
            yield slice(first, last)
            first = last


def sort_rows(design: Design, domains: IntArray) -> SortedRows:
    """Sort the rows with a domain code >= 0 by domain and deepest unit."""
    deepest = design.stages[-1].unit
    inside = np.flatnonzero(domains >= 0)
    key = domains[inside] * np.int64(design.stages[-1].parent.size) + deepest[inside]
    order = inside if (key[1:] >= key[:-1]).all() else inside[np.argsort(key, kind="stable")]
    domain = domains[order]
    by_domain = _runs(domain, domain)
    units = tuple(_runs(domain, stage.unit[order]) for stage in design.stages)
    parents = tuple(_runs(domain, stage.parent[stage.unit[order]]) for stage in design.stages)
    position = np.repeat(np.arange(by_domain.starts.size), np.diff(by_domain.starts, append=order.size))
    return SortedRows(order, position, by_domain.code, by_domain, parents, units)


def _runs(domain: IntArray, code: IntArray) -> Runs:
    change = np.ones(code.size, dtype=np.bool_)
    change[1:] = (domain[1:] != domain[:-1]) | (code[1:] != code[:-1])
    starts = np.flatnonzero(change)
    return Runs(starts, code[starts])


def run_of(runs: Runs, rows: IntArray) -> IntArray:
    """Number of the run that each sorted row lies in."""
    return np.asarray(np.searchsorted(runs.starts, rows, side="right") - 1, dtype=np.int64)


def sums_of_runs(columns: FloatArray, runs: Runs, within: Runs) -> FloatArray:
    """Add up (k, runs of `within`) to the coarser `runs`: array (k, runs)."""
    if runs.starts.size == within.starts.size:
        return columns
    sums: FloatArray = np.add.reduceat(columns, np.searchsorted(within.starts, runs.starts), axis=1)
    return sums


def add_block(sums: FloatArray, block: FloatArray, runs: Runs, rows: slice) -> None:
    """Add the block's columns (k, rows) to the sums (k, runs) of the runs they lie in."""
    first = int(np.searchsorted(runs.starts, rows.start, side="right")) - 1
    last = int(np.searchsorted(runs.starts, rows.stop))
    starts = np.maximum(runs.starts[first:last] - rows.start, 0)
    sums[:, first:last] += np.add.reduceat(block, starts, axis=1)


class UnusableScores(UnableToEstimate):
    """Scores, coefficients or domains have a wrong shape or values outside their range."""


def block_of(scores: Scores, design: Design, rows: IntArray) -> tuple[FloatArray, BoolArray, FloatArray]:
    """One block, item by row: values (zero where missing), which are used, and the rows' weights.

    float64 whatever the precision of `scores`: sums of float32 drift.
    """
    values = np.ascontiguousarray(scores[rows].T, dtype=np.float64)
    weight = design.weights[rows]
    given = ~np.isnan(values)
    values[~given] = 0.0
    if values.size and not (values.min() >= 0 and values.max() <= 1):
        raise UnusableScores("Item scores must lie in [0, 1] (NaN where missing). Rescale the items.")
    used = given & (weight > 0)
    return values, used, weight


@dataclass(frozen=True)
class Linearisation:
    """Linearised scores of the nodes of a recipe, by domain.

    Attributes
    ----------
    mean, scale : arrays (items, domains present)
        Item means, and 1 / weights of the answers (zero where nobody answered).
    coefficients : array (nodes, items)
    """

    mean: FloatArray
    scale: FloatArray
    coefficients: FloatArray

    def node_scores(
        self, scores: Scores, design: Design, rows: SortedRows, block: slice
    ) -> tuple[FloatArray, FloatArray]:
        """Weighted linearised scores (nodes, rows of the block), and the weights of the rows."""
        values, used, weight = block_of(scores, design, rows.order[block])
        domain = rows.position[block]
        item_scores = (values - self.mean[:, domain]) * self.scale[:, domain]
        item_scores *= used * weight
        return self.coefficients @ item_scores, weight

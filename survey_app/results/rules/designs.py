"""How the respondents of a campaign came to be there, as a design that estimates are computed under.

Volunteers: every response is its own sampling unit with weight 1, strata are the offices that have responses, and
there is no finite population. A drawn sample: strata, sampling units, population counts and weights as they came
in with the responses.

Figures of the whole campaign must not give away what a hidden office holds. A standard error is an equation for
the totals of the sampling units, so whatever an office that is hidden adds to it appears there only in sums over at
least 10 responses: volunteers of hidden offices share one stratum (`rules.cells.merged_cells`), and sampling units
with a few responses of hidden offices are computed as one unit (`protected`). An office's own figures need neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from survey_app.estimation.codes import encode, encode_pairs
from survey_app.estimation.design import Design, LonelyRule
from survey_app.results.rules.cells import SMALLEST_CELL
from survey_app.results.rules.scoring import BoolArray, FloatArray

IntArray = npt.NDArray[np.int64]
Labels = npt.NDArray[Any]


@dataclass(frozen=True)
class Drawn:
    """A probability sample of n responses, column by column.

    Attributes
    ----------
    strata : array (n,), optional
        First-stage strata; absent: one.
    psus : tuple of arrays (n,)
        Units drawn, first stage first; empty: every response was drawn by itself.
    fpcs : tuple of arrays (n,)
        Population counts of units at each stage; empty: as if drawn with replacement.
    weights : array (n,), optional
        Design weights; absent: computed from `fpcs`.
    """

    strata: Labels | None
    psus: tuple[Labels, ...]
    fpcs: tuple[FloatArray, ...]
    weights: FloatArray | None

    def design(self, lonely: LonelyRule) -> Design:
        """Return the design.

        Raises
        ------
        survey_app.estimation.codes.UnableToEstimate
        """
        return Design.create(
            weights=self.weights,
            strata=self.strata,
            psus=self.psus or None,
            fpc=self.fpcs or None,
            lonely_psu=lonely,
        )


def voluntary_design(offices: IntArray, merged: frozenset[int] = frozenset()) -> Design:
    """Return the design of volunteers, the offices of `merged` as one stratum.

    "adjust" matters where a stratum holds one response only.
    """
    together = offices.max(initial=0) + 1
    cells = np.where(np.isin(offices, list(merged)), together, offices)
    return Design.create(weights=np.ones(cells.size), strata=cells, lonely_psu="adjust")


def sample_facts(drawn: Drawn, lonely: LonelyRule) -> dict[str, Any]:
    """Return how the sample was drawn in numbers that say nothing of a single unit."""
    size = len(drawn.psus[0]) if drawn.psus else None
    return {
        "strata": 1 if drawn.strata is None else int(np.unique(drawn.strata).size),
        "units": _units_by_stage(drawn.psus) if size else [],
        "population_counts": len(drawn.fpcs),
        "lonely_psu": lonely,
    }


def _units_by_stage(psus: Sequence[Labels]) -> list[int]:
    counts, codes = [], encode(psus[0], "psus")[0]
    counts.append(int(codes.max()) + 1)
    for column in psus[1:]:
        codes, _outer, _inner = encode_pairs(codes, encode(column, "psus")[0])
        counts.append(int(codes.max()) + 1)
    return counts


def protected(drawn: Drawn, hidden: BoolArray, answered: BoolArray) -> Drawn:
    """Return the sample with units joined until each holds no or at least 10 responses of hidden offices.

    Parameters
    ----------
    drawn : Drawn
        With weights.
    hidden : array (n,) of bool
        Responses of offices with a hidden figure.
    answered : array (n, k) of bool
        Which criteria each response answers: of each criterion a unit holds no or at least 10 hidden answers too.

    Notes
    -----
    Units are joined with their neighbours, and strata with those whose units they share; the variance is then of the
    first stage as if drawn with replacement. It is on average a little too large, never systematically too small:
    joined units are a random grouping, joined strata add their difference (K. Wolter, Introduction to Variance
    Estimation, Springer 2007, section 2.5, "collapsed strata").
    """
    strata = (
        encode(drawn.strata, "strata")[0] if drawn.strata is not None else np.zeros(hidden.size, np.int64)
    )
    inside = encode(drawn.psus[0], "psus")[0] if drawn.psus else np.arange(hidden.size)
    units, stratum_of_unit, _codes = encode_pairs(strata, inside)
    groups = _groups(_hidden_counts(units, stratum_of_unit.size, hidden, answered))
    strata_now = _joined_strata(stratum_of_unit, groups)
    if np.unique(groups).size < 2:
        # one unit has no variance: nothing but the single responses of everybody is left to compute it from
        return replace(drawn, strata=None, psus=(), fpcs=())
    return replace(drawn, strata=strata_now[units], psus=(groups[units],), fpcs=())


def _hidden_counts(units: IntArray, count: int, hidden: BoolArray, answered: BoolArray) -> IntArray:
    """Count each unit's hidden responses, then its hidden answers to each criterion: array (units, 1 + k)."""
    columns = [np.bincount(units[hidden], minlength=count)]
    columns += [np.bincount(units[hidden & column], minlength=count) for column in answered.T]
    return np.column_stack(columns)


def _groups(counts: IntArray) -> IntArray:
    """Return the group of each unit: its own if it holds nothing hidden, else one that holds enough of it."""
    groups = np.arange(len(counts))
    members: list[int] = []
    held, last = np.zeros(counts.shape[1], dtype=np.int64), -1
    for unit in np.flatnonzero(counts[:, 0]):
        members.append(int(unit))
        held += counts[unit]
        if (held >= SMALLEST_CELL).all():
            groups[members], last, members = members[0], members[0], []
            held[:] = 0
    if members:
        groups[members] = last if last >= 0 else members[0]
    return groups


def _joined_strata(stratum_of_unit: IntArray, groups: IntArray) -> IntArray:
    """Return the stratum of each unit, joined where a group lies in several, or where a single one is left."""
    joined = _components(stratum_of_unit, stratum_of_unit[groups])[stratum_of_unit]
    while joined.max() > 0:
        held = np.bincount(joined[np.unique(groups)])
        single = (held == 1) & (np.bincount(joined) > 1)
        if not single.any():
            break
        numbers = np.arange(held.size)
        joined = _components(numbers, np.where(single, (numbers + 1) % held.size, numbers))[joined]
    return joined


def _components(one: IntArray, other: IntArray) -> IntArray:
    """Return the component of each node under the links between `one` and `other`."""
    count = int(one.max()) + 1
    links = scipy.sparse.coo_array((np.ones(one.size), (one, other)), shape=(count, count))
    _number, labels = scipy.sparse.csgraph.connected_components(links, directed=False)
    return np.asarray(labels, dtype=np.int64)

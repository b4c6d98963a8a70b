"""Preston's multistage rescaled bootstrap: half of the units of every parent at every stage."""

import numpy as np

from survey_app.estimation.codes import BoolArray, FloatArray, IntArray, UnableToEstimate
from survey_app.estimation.design import Design
from survey_app.estimation.replicates import ReplicateDesign
from survey_app.estimation.replication.factors import (
    NothingToReplicate,
    check_count,
    check_lonely,
    first_stage,
    replicated,
    share_left,
)
from survey_app.estimation.sampling.selection import Seed, generator
from survey_app.estimation.stages import Stage


class NegativeReplicateWeight(UnableToEstimate):
    """A rescaled replicate weight would fall below zero."""


def mrbbootstrap(design: Design, *, replicates: int, seed: Seed, mse: bool = False) -> ReplicateDesign:
    r"""Multistage rescaled bootstrap, with the finite populations of all stages.

    Parameters
    ----------
    design : Design
        Lonely units need the rule "remove" or "certainty": they stay in every replicate.
    replicates : int
    seed : int or numpy Generator
    mse : bool
        Squares around the full-sample estimate instead of the mean of the replicates.

    Raises
    ------
    LonelyPSU, NothingToReplicate, AdjustedTooEarly, UnusableReplicateCount, UnusableSeed
    NegativeReplicateWeight
        Nearly all PSUs were taken, and few units in each.

    Notes
    -----
    In each parent m = floor(n/2) of the n units are drawn without replacement, delta = 1 if drawn. A row's
    weight is multiplied by ``1 + sum_s lambda_s (delta_s n_s/m_s - 1) prod_{t<s} delta_t sqrt(n_t/m_t)`` over
    the stages s, with ``lambda_s^2 = F_s m_s (1 - n_s/N_s) / (n_s - m_s)`` and F the product of the sampling
    fractions before stage s. Units of a parent that was taken whole all stay. Scale 1, rscales 1/(R - 1).

    References
    ----------
    J. Preston, Survey Methodology 35 (2009), 227-234; R survey, `as.svrepdesign(type = "mrbbootstrap")`.
    """
    first_stage(design)
    count, rng = check_count(replicates), generator(seed)
    for number in range(1, len(design.stages) + 1):
        check_lonely(design, number)
    first_row = np.unique(design.stages[-1].unit, return_index=True)[1]
    halves = [_Halves(stage, first_row) for stage in design.stages]
    if not any((half.spread > 0).any() for half in halves):
        raise NothingToReplicate(
            "No stratum has two units of a larger population, so nothing can be re-drawn. Check strata and fpc."
        )
    factors = np.column_stack([_factors(halves, rng) for _ in range(count)])
    _check_sign(factors, first_row)
    rscales = np.full(count, 1.0 / (count - 1))
    return replicated(design, factors, scale=1.0, rscales=rscales, mse=mse, stage=len(design.stages))


class _Halves:
    """What drawing half of the units of one stage needs, computed once for all replicates.

    Attributes
    ----------
    unit, parent : arrays (L,)
        Unit of this stage, and its parent, of each unit of the last stage.
    spread, raised : arrays (P,)
        lambda and n/m of each parent; 0 and 1 where its units all stay.
    """

    def __init__(self, stage: Stage, rows: IntArray) -> None:
        left, size = share_left(stage), stage.sampled
        stay = (size == 1) | (left == 0)
        self.drawn: IntArray = np.where(stay, size, size // 2)
        others = np.maximum(size - self.drawn, 1)
        self.spread: FloatArray = np.where(stay, 0.0, np.sqrt(stage.share * self.drawn * left / others))
        self.raised: FloatArray = size / self.drawn
        self.unit: IntArray = stage.unit[rows]
        self.parent: IntArray = stage.parent[self.unit]
        self._parents = stage.parent
        self._start = np.searchsorted(stage.parent, np.arange(size.size))

    def draw(self, rng: np.random.Generator) -> BoolArray:
        """Which units (U,) are in this replicate's part of their parent."""
        order = np.lexsort((rng.random(self._parents.size), self._parents))
        place = np.empty_like(order)
        place[order] = np.arange(order.size)
        return np.asarray(place - self._start[self._parents] < self.drawn[self._parents])


def _factors(halves: list[_Halves], rng: np.random.Generator) -> FloatArray:
    """The factor of every unit of the last stage (L,) in one replicate."""
    factor, before = np.ones(halves[0].unit.size), np.ones(halves[0].unit.size)
    for half in halves:
        kept, raised = half.draw(rng)[half.unit], half.raised[half.parent]
        factor += before * half.spread[half.parent] * (kept * raised - 1.0)
        before *= kept * np.sqrt(raised)
    return factor


def _check_sign(factors: FloatArray, rows: IntArray) -> None:
    negative = (factors < 0).any(axis=1)
    if negative.any():
        raise NegativeReplicateWeight(
            f"{int(negative.sum())} units (first: that of row {rows[np.argmax(negative)]}) would get negative "
            "replicate weights: nearly all PSUs of their stratum were taken. Take the PSUs as strata, or use "
            "ultimate_cluster with subbootstrap."
        )

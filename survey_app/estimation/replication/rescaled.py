"""Preston's multistage rescaled bootstrap: half of the units of every parent at every stage."""

import numpy as np

from survey_app.estimation.codes import BoolArray, FloatArray, UnableToEstimate
from survey_app.estimation.design import Design, Stage
from survey_app.estimation.replicates import ReplicateDesign
from survey_app.estimation.replication.factors import (
    NothingToReplicate,
    check_count,
    check_lonely,
    first_stage,
    share_left,
)
from survey_app.estimation.sampling.selection import Seed, generator


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
    halves = [_Halves(stage) for stage in design.stages]
    if not any((half.spread > 0).any() for half in halves):
        raise NothingToReplicate(
            "No stratum has two units of a larger population, so nothing can be re-drawn. Check strata and fpc."
        )
    weights = np.empty((design.size, count))
    for replicate in range(count):
        weights[:, replicate] = design.weights * _factors(halves, rng)
    _check_sign(weights)
    rscales = np.full(count, 1.0 / (count - 1))
    return ReplicateDesign.create(
        weights=design.weights, replicate_weights=weights, scale=1.0, rscales=rscales, mse=mse
    )


class _Halves:
    """What drawing half of the units of one stage needs, computed once for all replicates.

    Attributes
    ----------
    spread : array (P,)
        lambda of each parent; zero where its units all stay.
    raised : array (P,)
        n/m of each parent.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        left = share_left(stage)
        self.stay: BoolArray = (stage.sampled == 1) | (left == 0)
        self.drawn = np.where(self.stay, stage.sampled, stage.sampled // 2)
        others = np.maximum(stage.sampled - self.drawn, 1)
        self.spread: FloatArray = np.where(self.stay, 0.0, np.sqrt(stage.share * self.drawn * left / others))
        self.raised: FloatArray = stage.sampled / self.drawn
        self.start = np.searchsorted(stage.parent, np.arange(stage.sampled.size))

    def draw(self, rng: np.random.Generator) -> BoolArray:
        """Which units (U,) are in this replicate's half of their parent."""
        parent = self.stage.parent
        order = np.lexsort((rng.random(parent.size), parent))
        place = np.empty_like(order)
        place[order] = np.arange(order.size)
        return np.asarray(place - self.start[parent] < self.drawn[parent])


def _factors(halves: list[_Halves], rng: np.random.Generator) -> FloatArray:
    """The factor of every row (n,) in one replicate."""
    size = halves[0].stage.unit.size
    factor, before = np.ones(size), np.ones(size)
    for half in halves:
        unit = half.stage.unit
        parent = half.stage.parent[unit]
        kept = half.draw(rng)[unit]
        raised = half.raised[parent]
        factor += before * half.spread[parent] * (kept * raised - 1.0)
        before *= kept * np.sqrt(raised)
    return factor


def _check_sign(weights: FloatArray) -> None:
    negative = (weights < 0).any(axis=1)
    if negative.any():
        raise NegativeReplicateWeight(
            f"{int(negative.sum())} rows (first: row {int(np.argmax(negative))}) would get negative replicate "
            "weights: nearly all PSUs of their stratum were taken. Take the PSUs as strata, or use ultimate_cluster "
            "with subbootstrap."
        )

"""Bootstraps of the first stage: PSUs re-drawn inside their strata."""

import numpy as np

from survey_app.estimation.codes import FloatArray, IntArray
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


def bootstrap(design: Design, *, replicates: int, seed: Seed, mse: bool = False) -> ReplicateDesign:
    """Canty and Davison's bootstrap: n of n PSUs, from a population of N made of copies of them.

    Parameters
    ----------
    design : Design
        Without a population count, PSUs are re-drawn with replacement. Lonely PSUs need the rule "remove" or
        "certainty".
    replicates : int
    seed : int or numpy Generator
    mse : bool
        Squares around the full-sample estimate instead of the mean of the replicates.

    Raises
    ------
    LonelyPSU, NothingToReplicate, AdjustedTooEarly, UnusableReplicateCount, UnusableSeed

    Notes
    -----
    Scale m / ((m - 1)(R - 1)) with m the harmonic mean of the PSUs a stratum left to chance, as R does: exact
    when all have the same number of PSUs. Where they differ much and are few, prefer `subbootstrap`.

    References
    ----------
    A. J. Canty, A. C. Davison, The Statistician 48 (1999), 379-391; R survey, `bootweights`.
    """
    stage, count = _resampled(design), check_count(replicates)
    rng, factors = generator(seed), np.ones((stage.parent.size, count))
    varying = _varying(stage)
    for stratum in varying:
        factors[stage.parent == stratum] = _copies(stage, int(stratum), count, rng)
    mean_size = 1.0 / float(np.mean(1.0 / stage.sampled[varying]))
    return replicated(design, factors, scale=mean_size / ((mean_size - 1) * (count - 1)), mse=mse)


def subbootstrap(design: Design, *, replicates: int, seed: Seed, mse: bool = False) -> ReplicateDesign:
    """Rao and Wu's bootstrap: n - 1 of the n PSUs of a stratum with replacement, raised by n/(n - 1).

    Finite populations are left out, which is conservative, but strata taken whole are kept as they are.
    Parameters and errors as `bootstrap`; scale 1/(R - 1).

    References
    ----------
    J. N. K. Rao, C. F. J. Wu, Journal of the American Statistical Association 83 (1988), 231-241; R survey,
    `subbootweights`.
    """
    stage, count = _resampled(design), check_count(replicates)
    rng, factors = generator(seed), np.ones((stage.parent.size, count))
    for stratum in _varying(stage):
        size = int(stage.sampled[stratum])
        drawn = rng.multinomial(size - 1, np.full(size, 1.0 / size), size=count)
        factors[stage.parent == stratum] = drawn.T * (size / (size - 1))
    return replicated(design, factors, scale=1.0 / (count - 1), mse=mse)


def _resampled(design: Design) -> Stage:
    stage = first_stage(design)
    check_lonely(design)
    return stage


def _varying(stage: Stage) -> IntArray:
    varying = np.flatnonzero((stage.sampled > 1) & (share_left(stage) > 0))
    if not varying.size:
        raise NothingToReplicate(
            "No stratum has two PSUs of a larger population, so nothing can be re-drawn. Check strata and fpc."
        )
    return varying


def _copies(stage: Stage, stratum: int, count: int, rng: np.random.Generator) -> FloatArray:
    """How often each of the n units of a stratum is drawn in each replicate: array (n, R)."""
    size, population = int(stage.sampled[stratum]), float(stage.population[stratum])
    if np.isinf(population):
        return rng.multinomial(size, np.full(size, 1.0 / size), size=count).T.astype(np.float64)
    copies, extra = divmod(round(population), size)
    colours = np.full(size, copies)
    # who has one copy more is left to chance, once for all replicates
    colours[rng.permutation(size)[:extra]] += 1
    return rng.multivariate_hypergeometric(colours, size, size=count).T.astype(np.float64)

"""From factors a unit to a replicate design: the groundwork of all kinds of replicates."""

import numpy as np

from survey_app.estimation.codes import BoolArray, FloatArray, UnableToEstimate
from survey_app.estimation.design import Design
from survey_app.estimation.replicates import ReplicateDesign
from survey_app.estimation.stages import Stage
from survey_app.estimation.variance import LonelyPSU


class NothingToReplicate(UnableToEstimate):
    """The design has no rows, or no part of the population was left to chance."""


class AdjustedTooEarly(UnableToEstimate):
    """Weights were adjusted to known totals before the replicates were made."""


class UnusableReplicateCount(UnableToEstimate):
    """The number of replicates is not a whole number above one."""


def first_stage(design: Design) -> Stage:
    """The first stage of a design that replicates can be made of.

    Raises
    ------
    NothingToReplicate, AdjustedTooEarly
    """
    if not design.size:
        raise NothingToReplicate("The design has no rows. Give it the sampled rows.")
    if design.adjustments:
        raise AdjustedTooEarly(
            "The weights were adjusted to known totals already, so the replicates would not show what that does "
            "to the variance. Make the replicates from the unadjusted design, then use "
            "readjustment.readjusted."
        )
    return design.stages[0]


def share_left(stage: Stage) -> FloatArray:
    """Finite-population correction 1 - n/N of each parent (P,); zero where all units were taken."""
    left = 1.0 - stage.sampled / stage.population
    # the threshold of variance.parent_factors: rounding in a count is not a share left to chance
    left[left < 1e-7] = 0.0
    return left


def lonely_parents(stage: Stage) -> BoolArray:
    """Parents (P,) with one sampled unit of several."""
    return np.asarray((stage.sampled == 1) & (share_left(stage) > 0))


def check_lonely(design: Design, number: int = 1) -> None:
    """Refuse lonely units unless the design's rule leaves them out of the variance.

    Raises
    ------
    LonelyPSU
    """
    stage = design.stages[number - 1]
    lonely = lonely_parents(stage)
    if lonely.any() and design.lonely_psu not in ("remove", "certainty"):
        raise LonelyPSU(
            f"Stratum {stage.labels[np.argmax(lonely)]} has only one PSU at stage {number} ({int(lonely.sum())} "
            'such), which cannot be re-drawn. Merge it with a similar one, or choose lonely_psu="certainty" or '
            '"remove".'
        )


def check_count(replicates: int) -> int:
    """A number of replicates that can show a spread.

    Raises
    ------
    UnusableReplicateCount
    """
    if isinstance(replicates, bool) or not isinstance(replicates, int | np.integer) or replicates < 2:
        raise UnusableReplicateCount(f"replicates={replicates!r}: give a whole number above 1, such as 200.")
    return int(replicates)


def replicated(
    design: Design,
    factors: FloatArray,
    *,
    scale: float,
    rscales: FloatArray | None = None,
    mse: bool,
    degf: int | None = None,
    stage: int = 1,
) -> ReplicateDesign:
    """Replicate weights from factors of sampled units.

    Parameters
    ----------
    design : Design
    factors : array (U, R)
        By which each replicate multiplies the weights of a unit's rows.
    scale, rscales, mse
        As `ReplicateDesign.create`.
    degf : int, optional
        Rank of the factors minus one, where it is known beforehand.
    stage : int
        Whose units they are, counted from 1.

    Returns
    -------
    ReplicateDesign
        `degf` is the rank of the replicate weights minus one.
    """
    units = design.stages[stage - 1]
    weighted = np.zeros(units.parent.size, dtype=np.bool_)
    weighted[units.unit[design.weights > 0]] = True
    if degf is None or not weighted.all():
        # rows of one unit have proportional weights, so the rank of the units' factors is that of the rows
        degf = int(np.linalg.matrix_rank(factors[weighted])) - 1
    weights = factors[units.unit]
    weights *= design.weights[:, None]
    return ReplicateDesign.create(
        weights=design.weights, replicate_weights=weights, scale=scale, rscales=rscales, mse=mse, degf=degf
    )

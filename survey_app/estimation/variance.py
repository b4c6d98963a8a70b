"""Covariance of weighted totals (Taylor-linearised or from replicates), and degrees of freedom."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from survey_app.estimation.codes import BoolArray, FloatArray, IntArray, UnableToEstimate
from survey_app.estimation.design import Design
from survey_app.estimation.replicates import (
    ReplicateDesign,
    covariance_of_replicates,
    degrees_of_freedom_of,
)
from survey_app.estimation.stages import Stage

AnyDesign: TypeAlias = Design | ReplicateDesign
Recompute: TypeAlias = Callable[[FloatArray], FloatArray]
"""Weights (n, R) of R samples to the statistics (R, k) computed with each."""


class LonelyPSU(UnableToEstimate):
    """A stratum holds one sampled PSU of several, so its variance cannot be estimated."""


def covariance(
    estimate: FloatArray, design: AnyDesign, *, scores: FloatArray, recompute: Recompute
) -> FloatArray:
    """Covariance matrix (k, k) of k estimates, by whichever way the design knows.

    Parameters
    ----------
    estimate : array (k,)
    design : Design or ReplicateDesign
        Of n rows.
    scores : array (n, k)
        Weighted linearised scores, for a `Design` (see `covariance_of_totals`).
    recompute : callable
        The same statistics with other weights, for a `ReplicateDesign`: weights (n, R) to an array (R, k).

    Raises
    ------
    LonelyPSU
    """
    if isinstance(design, ReplicateDesign):
        return covariance_of_replicates(estimate, recompute(design.replicate_weights), design)
    return covariance_of_totals(scores, design)


def covariance_of_totals(scores: FloatArray, design: Design) -> FloatArray:
    r"""Covariance matrix of the column sums of weighted, linearised scores.

    Parameters
    ----------
    scores : array (n, k)
        Weighted linearised scores, zero outside a domain: w (y - mean) / sum(w) for a mean, w y for a total.
    design : Design
        Of the same n rows.

    Returns
    -------
    array (k, k)
        Symmetric, positive semi-definite.

    Raises
    ------
    LonelyPSU
        See `parent_factors`.

    Notes
    -----
    Scores first become residuals of every adjustment of the weights (`adjustments.Adjustment`).
    Sum over stages and parents of ``share (1 - n/N) n/(n - 1) sum_i (z_i - z)(z_i - z)'`` with z_i the total
    of unit i of the parent and z their mean. n counts all sampled units, also those without a domain row.

    References
    ----------
    T. Lumley, Complex Surveys (Wiley 2010), section 2.2; R survey 4.5, `svyrecvar`.
    """
    for adjustment in design.adjustments:
        scores = adjustment.residuals(scores)
    covariance = np.zeros((scores.shape[1], scores.shape[1]))
    for number, stage in enumerate(design.stages, 1):
        factor, centred_at_mean = parent_factors(design, number)
        totals = unit_totals(scores, stage)
        centre = (
            _sums_of_runs(totals, stage.parent, stage.sampled.size) / np.maximum(stage.sampled, 1)[:, None]
        )
        if number == 1 and centred_at_mean.any():
            centre[centred_at_mean] = totals.mean(axis=0)
        deviations = (totals - centre[stage.parent]) * np.sqrt(factor)[stage.parent][:, None]
        covariance += deviations.T @ deviations
    return covariance


def unit_totals(scores: FloatArray, stage: Stage) -> FloatArray:
    """Sums of `scores` (n, k) over the rows of each unit: array (U, k)."""
    order = np.argsort(stage.unit, kind="stable")
    return _sums_of_runs(scores[order], stage.unit[order], stage.parent.size)


def _sums_of_runs(rows: FloatArray, codes: IntArray, count: int) -> FloatArray:
    """Column sums of `rows` (m, k) by sorted `codes`, each of 0..count-1 present: array (count, k)."""
    if count == codes.size or not codes.size:
        return rows if codes.size else np.zeros((count, rows.shape[1]))
    sums: FloatArray = np.add.reduceat(rows, np.searchsorted(codes, np.arange(count)), axis=0)
    return sums


def parent_factors(design: Design, number: int) -> tuple[FloatArray, BoolArray]:
    """What the squared deviations inside each parent of a stage are multiplied with.

    Parameters
    ----------
    design : Design
    number : int
        Stage, counted from 1.

    Returns
    -------
    factor : array (P,)
        share (1 - n/N) n/(n - 1), after the lonely-PSU rule.
    centred_at_mean : array (P,) of bool
        Parents whose only unit is compared with the mean of all units of the stage (rule "adjust"). At a
        later stage "all units" are those of the same parent, so the difference is zero there.

    Raises
    ------
    LonelyPSU
        Rule "fail" and a parent with one sampled unit of several; or rule "average" and no other parent.

    Notes
    -----
    A parent whose units were all taken (n = N) has no sampling variance and is never lonely; nor is one under
    a stage drawn with replacement, whose variance holds that of all later stages.
    """
    stage = design.stages[number - 1]
    remaining = 1.0 - stage.sampled / stage.population
    # the same threshold as R survey: rounding in a fraction is not a stratum with variance
    remaining[remaining < 1e-7] = 0.0
    lonely = (stage.sampled == 1) & (remaining > 0) & (stage.share > 0)
    factor = stage.share * remaining * stage.sampled / np.maximum(stage.sampled - 1, 1)
    if lonely.any():
        factor = _factor_after_rule(design, number, factor, lonely)
    return factor, lonely & (design.lonely_psu == "adjust")


def _factor_after_rule(design: Design, number: int, factor: FloatArray, lonely: BoolArray) -> FloatArray:
    if design.lonely_psu == "adjust":
        return factor
    if design.lonely_psu in ("remove", "certainty"):
        return np.where(lonely, 0.0, factor)
    # at a later stage the only other parents lie in other units, whose variance says nothing about this one
    if design.lonely_psu == "fail" or lonely.all() or number > 1:
        label = design.stages[number - 1].labels[np.argmax(lonely)]
        raise LonelyPSU(
            f"Stratum {label} has only one PSU at stage {number} ({int(lonely.sum())} such). Merge it with "
            'a similar one, or choose lonely_psu="adjust", "certainty" or "remove" (or "average" at stage 1).'
        )
    return np.where(lonely, 0.0, factor * lonely.size / (lonely.size - lonely.sum()))


def degrees_of_freedom(design: AnyDesign, rows: BoolArray | None = None) -> int:
    """PSUs minus strata, counting only those that hold one of the given rows with a positive weight.

    Of a replicate design: the rank of those rows' replicate weights, minus one.

    Parameters
    ----------
    design : Design or ReplicateDesign
    rows : array (n,) of bool, optional
        Rows of a domain with an answer; absent: all.

    Returns
    -------
    int
        0 when no row counts.
    """
    if isinstance(design, ReplicateDesign):
        return degrees_of_freedom_of(design, rows)
    counted = design.weights > 0 if rows is None else rows & (design.weights > 0)
    stage = design.stages[0]
    present = np.zeros(stage.parent.size, dtype=np.bool_)
    present[stage.unit[counted]] = True
    return int(present.sum()) - int(np.unique(stage.parent[present]).size)

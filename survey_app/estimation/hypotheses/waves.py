"""Change and trend between waves of a survey, which may share PSUs or respondents.

Two waves in the same villages differ less by chance than two waves in different ones: what they share cancels
in the difference. The covariance of the waves comes from the PSUs that both hold.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import (
    FloatArray,
    IntArray,
    Labels,
    UnableToEstimate,
    encode,
    freeze_arrays,
    is_missing,
)
from survey_app.estimation.design import Design
from survey_app.estimation.hypotheses.comparisons import UnitEstimates
from survey_app.estimation.hypotheses.ttest import NothingToCompare, NoVariation, TTest, t_test
from survey_app.estimation.means import Domain, mean, rows_inside
from survey_app.estimation.variance import covariance_of_totals, parent_factors, unit_totals

Weighting = Literal["precision", "equal"]


class UnusableWaves(UnableToEstimate):
    """Waves, their PSU labels or their times do not fit each other."""


@dataclass(frozen=True)
class Wave:
    """One wave's estimate; build it with `mean_wave`, or from the scores of any linearised estimate.

    Attributes
    ----------
    estimate : float
    scores : array (n,)
        Weighted linearised scores (`variance.covariance_of_totals`).
    design : Design
        Of the wave's n rows.
    df : int
    psus : array (n,), optional
        PSU of each row under the name it bears in every wave; absent: no PSU is shared with another wave.
    strata : array (n,), optional
        Needed where PSU names repeat between strata.
    """

    estimate: float
    scores: FloatArray
    design: Design
    df: int
    psus: Labels | None = None
    strata: Labels | None = None

    def __post_init__(self) -> None:
        freeze_arrays(self)


def mean_wave(
    values: npt.ArrayLike,
    design: Design,
    *,
    psus: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
    domain: Domain = None,
) -> Wave:
    """The mean of one column in one wave.

    Parameters
    ----------
    values : array-like (n,)
        NaN = missing.
    design : Design
    psus, strata : array-like (n,), optional
        See `Wave`. For a panel drawn without clusters: the respondents' numbers.
    domain : array (n,) of bool, optional

    Raises
    ------
    NothingToCompare, MismatchedValues, LonelyPSU
    """
    found = mean(values, design, domain=domain)
    if found.n.size != 1 or found.n[0] == 0:
        raise NothingToCompare("A wave needs one column with an answer and a positive weight.")
    answers = np.asarray(values, dtype=np.float64).reshape(-1)
    used = rows_inside(design, domain) & ~np.isnan(answers)
    weights = design.weights * used
    scores = weights * np.where(used, answers - found.estimate[0], 0.0) / weights.sum()
    return Wave(
        float(found.estimate[0]),
        scores,
        design,
        int(found.df_domain[0]),
        None if psus is None else np.array(psus),
        None if strata is None else np.array(strata),
    )


def joint_covariance(waves: tuple[Wave, ...]) -> FloatArray:
    """Covariance matrix of the estimates of k waves.

    Returns
    -------
    array (k, k)
        Positive semi-definite.

    Raises
    ------
    UnusableWaves, LonelyPSU

    Notes
    -----
    Each wave has its own variance. The covariance of two waves is ``sum_i d_1i d_2i`` over the PSUs that both
    hold, with ``d_i = sqrt((1 - n/N) n/(n - 1)) (z_i - z)`` centred in its own wave and stratum: exact for
    waves in the same PSUs, pulled towards zero (so that a change looks no more certain than it is) where few
    are shared. Later stages are taken as drawn anew in each wave.

    References
    ----------
    L. Kish, Survey Sampling (Wiley 1965), section 12.4; Y. G. Berger, Survey Methodology 30 (2004), 113-123.
    """
    _check_types(waves)
    deviations = [_deviations_by_psu(wave) for wave in waves]
    covariance = np.diag([_own_variance(wave) for wave in waves])
    for i, first in enumerate(deviations):
        for j, second in enumerate(deviations[:i]):
            shared = sorted(first.keys() & second.keys(), key=repr)
            covariance[i, j] = covariance[j, i] = sum(first[name] * second[name] for name in shared)
    return covariance


def change(before: Wave, after: Wave, *, level: float = 0.95) -> TTest:
    """Test whether the figure changed from one wave to the next: `after` minus `before`.

    Returns
    -------
    TTest
        df is the smaller of the two.

    Raises
    ------
    UnusableWaves, NoVariation, TooFewDegreesOfFreedom, LonelyPSU
    """
    return _combination((before, after), np.array([-1.0, 1.0]), joint_covariance((before, after)), level)


def trend(
    waves: tuple[Wave, ...],
    times: npt.ArrayLike,
    *,
    weighting: Weighting = "precision",
    level: float = 0.95,
) -> TTest:
    """Slope of a straight line through the waves.

    Parameters
    ----------
    waves : tuple of k >= 2 Wave
    times : array-like (k,)
        In any unit, such as years; the slope is per unit.
    weighting : {"precision", "equal"}
        Weigh waves by 1 / variance, or all the same.
    level : float

    Returns
    -------
    TTest
        Its standard error uses the joint covariance of the waves; df is the smallest of theirs.

    Raises
    ------
    UnusableWaves, NoVariation, TooFewDegreesOfFreedom, LonelyPSU
    """
    moments = np.array(times, dtype=np.float64)
    if weighting not in get_args(Weighting):
        raise UnusableWaves(f"weighting={weighting!r}: choose one of {', '.join(get_args(Weighting))}.")
    if moments.shape != (len(waves),) or not np.isfinite(moments).all() or np.unique(moments).size < 2:
        raise UnusableWaves(
            f"{len(waves)} waves and times {moments.tolist()}: give each wave its time, at least two of them."
        )
    covariance = joint_covariance(waves)
    variances = np.diag(covariance)
    if weighting == "precision" and not (variances > 0).all():
        raise NoVariation("A wave has no variance, so it cannot be weighed. Use weighting='equal'.")
    weights = 1 / variances if weighting == "precision" else np.ones(moments.size)
    centred = moments - np.average(moments, weights=weights)
    return _combination(waves, weights * centred / (weights * centred**2).sum(), covariance, level)


def as_units(waves: tuple[Wave, ...]) -> UnitEstimates:
    """The waves as units, to compare each with each (`comparisons.all_pairs`)."""
    return UnitEstimates.create(
        [wave.estimate for wave in waves], joint_covariance(waves), [wave.df for wave in waves]
    )


def _combination(
    waves: tuple[Wave, ...], coefficients: FloatArray, covariance: FloatArray, level: float
) -> TTest:
    estimate = float(coefficients @ [wave.estimate for wave in waves])
    variance = float(coefficients @ covariance @ coefficients)
    # waves that move together leave rounding noise, of either sign, where the variance is zero
    noise = 1e-14 * float(np.abs(coefficients) @ np.abs(covariance) @ np.abs(coefficients))
    se = float(np.sqrt(variance)) if variance > noise else 0.0
    return t_test(estimate, se, min(wave.df for wave in waves), level=level)


def _check_types(waves: tuple[Wave, ...]) -> None:
    """PSU 7 and PSU "7" would silently be strangers."""
    for columns in ([wave.psus for wave in waves], [wave.strata for wave in waves]):
        types = {
            "text" if column.dtype.kind in "OUS" else "numbers" for column in columns if column is not None
        }
        if len(types) > 1:
            raise UnusableWaves(
                "PSUs or strata are named by numbers in one wave and by text in another. Convert them to one."
            )


def _own_variance(wave: Wave) -> float:
    return float(covariance_of_totals(wave.scores[:, None], wave.design)[0, 0])


def _deviations_by_psu(wave: Wave) -> dict[tuple[object, ...], float]:
    """Scaled deviation of every PSU's total from its stratum's mean, by the PSU's name."""
    if wave.psus is None:
        return {}
    scores = wave.scores[:, None]
    for adjustment in wave.design.adjustments:
        scores = adjustment.residuals(scores)
    stage = wave.design.stages[0]
    factor, centred_at_mean = parent_factors(wave.design, 1)
    totals = unit_totals(scores, stage)[:, 0]
    centre = np.bincount(stage.parent, totals, stage.sampled.size) / np.maximum(stage.sampled, 1)
    centre[centred_at_mean] = totals.mean()
    deviations = (totals - centre[stage.parent]) * np.sqrt(factor)[stage.parent]
    return dict(zip(_names(wave, stage.unit), deviations.tolist(), strict=True))


def _names(wave: Wave, unit: IntArray) -> list[tuple[object, ...]]:
    """The name of every PSU, in the order of the design's codes."""
    columns = [column for column in (wave.strata, wave.psus) if column is not None]
    for column in columns:
        if column.shape != unit.shape or is_missing(column).any():
            raise UnusableWaves(f"PSU and stratum names: give each of the wave's {unit.size} rows one.")
    _, first = np.unique(unit, return_index=True)
    names = list(zip(*(column[first].tolist() for column in columns), strict=True))
    codes = [encode(column, "names")[0] for column in columns]
    pairs = np.unique(np.column_stack([unit, *codes]), axis=0)
    if len(pairs) != len(names) or len(set(names)) != len(names):
        raise UnusableWaves(
            "PSU names do not match the design's PSUs one to one. Where they repeat between strata, pass strata."
        )
    return names

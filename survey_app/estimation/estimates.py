"""Estimates with their joint covariance, design effects and intervals, of ratios of weighted totals."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import BoolArray, FloatArray, IntArray, UnableToEstimate, freeze_arrays
from survey_app.estimation.intervals import t_interval
from survey_app.estimation.variance import AnyDesign, covariance, degrees_of_freedom


class MismatchedValues(UnableToEstimate):
    """Values, domain or coefficients do not fit the design or each other."""


@dataclass(frozen=True)
class Estimates:
    """Estimates of k quantities with their joint covariance.

    Attributes
    ----------
    estimate, se, ci_low, ci_high : arrays (k,)
        NaN where no row has a value. The interval is Wald-t with `df_domain`.
    n : array (k,)
        Rows with a value and a positive weight.
    df : int
        PSUs minus strata of the full design (replicates: their rank minus one).
    df_domain : array (k,)
        The same, counting PSUs and strata that hold such a row.
    deff, deff_wr : arrays (k,)
        Variance over that of simple random sampling of n rows without replacement from N = sum of their
        weights, and with replacement. NaN where undefined: `deff` when N <= n.
    vcov : array (k, k)
        Covariance matrix.
    level : float
        Confidence level of the interval.
    """

    estimate: FloatArray
    se: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    n: IntArray
    df: int
    df_domain: IntArray
    deff: FloatArray
    deff_wr: FloatArray
    vcov: FloatArray
    level: float

    def __post_init__(self) -> None:
        freeze_arrays(self)


@dataclass(frozen=True)
class WeightedRatios:
    """k ratios of weighted totals: what means, proportions, totals and ratios have in common.

    Attributes
    ----------
    above : array (n, k)
        Zero where not used.
    below : array (n, k), optional
        The same; absent: plain totals.
    used : array (n, k) of bool
        Cells with a value, inside the domain and with a positive weight.
    """

    above: FloatArray
    below: FloatArray | None
    used: BoolArray

    def of(self, weights: FloatArray) -> FloatArray:
        """The ratios with each of R sets of weights (n, R): array (R, k), NaN where undefined."""
        totals: FloatArray = weights.T @ self.above
        if self.below is None:
            return totals
        return divide(totals, weights.T @ self.below)


def estimates_of(ratios: WeightedRatios, design: AnyDesign, level: float) -> Estimates:
    """Estimates, variance, design effects and intervals of ratios of weighted totals.

    Raises
    ------
    LonelyPSU
    """
    weight = design.weights[:, None] * ratios.used
    estimate = _point(ratios, weight)
    known = ~np.isnan(estimate)
    scale = np.where(known, 1.0, 0.0)
    if ratios.below is not None:
        scale = np.divide(1.0, (weight * ratios.below).sum(axis=0), out=np.zeros(known.size), where=known)
    residual = _residuals(ratios, estimate)
    vcov = covariance(estimate, design, scores=weight * residual * scale, recompute=ratios.of)
    # a constant column leaves rounding noise where the variance is zero
    floor = (1e-12 * (weight * np.abs(ratios.above)).sum(axis=0) * scale) ** 2
    vcov = _without_noise(vcov, floor, known)
    n = ratios.used.sum(axis=0)
    simple_wr, remaining = _simple_random_variance(residual, weight, scale, n)
    simple_wr[simple_wr <= floor] = 0.0
    df = _degrees_by_column(design, ratios.used)
    se = np.sqrt(np.diag(vcov))
    low, high = t_interval(estimate, se, df, level)
    return Estimates(
        estimate=estimate,
        se=se,
        ci_low=low,
        ci_high=high,
        n=n,
        df=degrees_of_freedom(design),
        df_domain=df,
        deff=divide(se**2, simple_wr * remaining),
        deff_wr=divide(se**2, simple_wr),
        vcov=vcov,
        level=level,
    )


def _point(ratios: WeightedRatios, weight: FloatArray) -> FloatArray:
    totals = (weight * ratios.above).sum(axis=0)
    if ratios.below is None:
        return np.where(ratios.used.any(axis=0), totals, np.nan)
    return divide(totals, (weight * ratios.below).sum(axis=0))


def _residuals(ratios: WeightedRatios, estimate: FloatArray) -> FloatArray:
    if ratios.below is None:
        return ratios.above
    return np.where(np.isnan(estimate), 0.0, ratios.above - np.nan_to_num(estimate) * ratios.below)


def _without_noise(vcov: FloatArray, floor: FloatArray, known: BoolArray) -> FloatArray:
    cleaned = vcov.copy()
    noise = np.diag(vcov) <= floor
    cleaned[noise] = cleaned[:, noise] = 0.0
    cleaned[~known] = cleaned[:, ~known] = np.nan
    return cleaned


def _degrees_by_column(design: AnyDesign, used: BoolArray) -> IntArray:
    """Degrees of freedom of every column; columns that use the same rows are counted once."""
    found: dict[bytes, int] = {}
    for column in used.T:
        key = np.packbits(column).tobytes()
        if key not in found:
            found[key] = degrees_of_freedom(design, column)
    return np.array([found[np.packbits(column).tobytes()] for column in used.T], dtype=np.int64)


def contrast(estimates: Estimates, coefficients: npt.ArrayLike) -> Estimates:
    """Linear combinations of estimates, with their covariance.

    Parameters
    ----------
    estimates : Estimates
        Of k quantities.
    coefficients : array-like (k,) or (m, k)

    Returns
    -------
    Estimates
        Of m combinations. `n` and `df_domain` are the smallest of the quantities combined; design effects are
        NaN (`composite.composite_index` gives those of an index).

    Raises
    ------
    MismatchedValues
    """
    rows = np.atleast_2d(np.asarray(coefficients, dtype=np.float64))
    if rows.shape[1] != estimates.estimate.size:
        raise MismatchedValues(f"{rows.shape[1]} coefficients for {estimates.estimate.size} estimates.")
    undefined = ((rows != 0) & np.isnan(estimates.estimate)).any(axis=1)
    estimate = np.where(undefined, np.nan, rows @ np.nan_to_num(estimates.estimate))
    parts = np.nan_to_num(estimates.vcov)
    vcov = rows @ parts @ rows.T
    # shares that add up to one leave rounding noise, of either sign, where the variance is zero
    noise = np.diag(vcov) <= 1e-14 * np.diag(np.abs(rows) @ np.abs(parts) @ np.abs(rows).T)
    vcov[noise] = vcov[:, noise] = 0.0
    vcov[undefined] = vcov[:, undefined] = np.nan
    se = np.sqrt(np.diag(vcov))
    df = _smallest(estimates.df_domain, rows != 0)
    low, high = t_interval(estimate, se, df, estimates.level)
    return Estimates(
        estimate=estimate,
        se=se,
        ci_low=low,
        ci_high=high,
        n=_smallest(estimates.n, rows != 0),
        df=estimates.df,
        df_domain=df,
        deff=np.full(estimate.size, np.nan),
        deff_wr=np.full(estimate.size, np.nan),
        vcov=vcov,
        level=estimates.level,
    )


def divide(above: FloatArray, below: FloatArray) -> FloatArray:
    """above / below, NaN where below is zero."""
    undefined = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    quotient: FloatArray = np.divide(above, below, out=undefined, where=below != 0)
    return quotient


def _smallest(numbers: IntArray, used: BoolArray) -> IntArray:
    smallest: IntArray = np.where(used, numbers, numbers.max(initial=0)).min(
        axis=1, initial=numbers.max(initial=0)
    )
    return smallest


def _simple_random_variance(
    residual: FloatArray, weight: FloatArray, scale: FloatArray, n: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Variance under simple random sampling with replacement; the factor 1 - n/N without (NaN if N <= n)."""
    size, count = weight.sum(axis=0), n.astype(np.float64)
    centred = residual - divide((weight * residual).sum(axis=0), size)
    spread = divide((weight * centred**2).sum(axis=0), size) * divide(count, count - 1)
    remaining = np.where(size > count, 1 - divide(count, size), np.nan)
    return spread * (size * scale) ** 2 / np.maximum(count, 1), remaining

"""Many units compared with each other, with a reference, or with the overall figure."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import FloatArray, IntArray, Labels, UnableToEstimate, freeze_arrays
from survey_app.estimation.estimates import Estimates
from survey_app.estimation.hypotheses.multiplicity import adjust
from survey_app.estimation.hypotheses.ttest import two_sided_p
from survey_app.estimation.intervals import t_interval
from survey_app.estimation.means import Domain, indicators, mean
from survey_app.estimation.variance import AnyDesign

ROUNDING = 1e-14
"""Variance of a difference below this share of its parts' variances is rounding noise."""


class UnusableUnits(UnableToEstimate):
    """Estimates of units are missing, cannot be compared or do not fit their covariance."""


@dataclass(frozen=True)
class UnitEstimates:
    """One estimate for each of k units; build it with `create` or `of`.

    Attributes
    ----------
    estimate : array (k,)
    vcov : array (k, k)
        Joint covariance; zeros off the diagonal between independent units.
    df : array (k,)
        Degrees of freedom, at least 1; infinite for a normal distribution.
    """

    estimate: FloatArray
    vcov: FloatArray
    df: FloatArray

    def __post_init__(self) -> None:
        freeze_arrays(self)

    @classmethod
    def create(cls, estimate: npt.ArrayLike, vcov: npt.ArrayLike, df: npt.ArrayLike) -> "UnitEstimates":
        """Check estimates (k,), covariance (k, k) and degrees of freedom (one, or one a unit).

        Raises
        ------
        UnusableUnits
        """
        centre, spread = np.array(estimate, dtype=np.float64), np.array(vcov, dtype=np.float64)
        if centre.ndim != 1 or spread.shape != (centre.size, centre.size):
            raise UnusableUnits(
                f"Estimates of shape {centre.shape} and covariance of shape {spread.shape}: give (k,) and (k, k)."
            )
        degrees = np.array(np.broadcast_to(np.asarray(df, dtype=np.float64), centre.shape))
        usable = np.isfinite(centre) & np.isfinite(spread).all(axis=1) & (np.diag(spread) >= 0)
        usable &= degrees >= 1
        if not usable.all():
            raise UnusableUnits(
                f"Units at positions {np.flatnonzero(~usable)[:5].tolist()} have no estimate, no variance or no "
                "degree of freedom. Leave them out or merge them with others."
            )
        if not np.allclose(spread, spread.T, atol=1e-12 * np.diag(spread).max(initial=0.0)):
            raise UnusableUnits("The covariance is not symmetric. Give the covariance of the estimates.")
        return cls(centre, spread, degrees)

    @classmethod
    def of(cls, estimates: Estimates) -> "UnitEstimates":
        """Every estimate a unit, with the degrees of freedom of its domain."""
        return cls.create(estimates.estimate, estimates.vcov, estimates.df_domain)

    def differences(self, first: IntArray, second: IntArray) -> tuple[FloatArray, FloatArray]:
        """Estimates of `first` minus `second`, and standard errors (zero where rounding noise)."""
        own = np.diag(self.vcov)
        parts = own[first] + own[second]
        variance = parts - 2 * self.vcov[first, second]
        se = np.sqrt(np.where(variance > ROUNDING * parts, variance, 0.0))
        return self.estimate[first] - self.estimate[second], se

    def difference_df(self, first: IntArray, second: IntArray) -> FloatArray:
        """Degrees of freedom of differences: Welch's between independent units, else the smaller of the two.

        References
        ----------
        B. L. Welch, Biometrika 34 (1947), 28-35.
        """
        own = np.diag(self.vcov)
        smaller = np.minimum(self.df[first], self.df[second])
        parts = own[first] ** 2 / self.df[first] + own[second] ** 2 / self.df[second]
        independent = (self.vcov[first, second] == 0) & (parts > 0)
        return np.divide((own[first] + own[second]) ** 2, parts, out=smaller, where=independent)


@dataclass(frozen=True)
class Comparisons:
    """m differences between units.

    Attributes
    ----------
    first, second : int arrays (m,)
        Positions of the units; `estimate` is first minus second.
    estimate, se, t, df : arrays (m,)
        df by `UnitEstimates.difference_df`. Without estimated variance t is 0 and p is 1: equal answers in a
        sample are no proof.
    p_value, p_adjusted : arrays (m,)
        Two-sided; the second accounts for all m comparisons.
    ci_low, ci_high : arrays (m,)
        Interval of each difference by itself; NaN without estimated variance.
    adjustment : str
    level : float
    """

    first: IntArray
    second: IntArray
    estimate: FloatArray
    se: FloatArray
    t: FloatArray
    df: FloatArray
    p_value: FloatArray
    p_adjusted: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    adjustment: str
    level: float

    def __post_init__(self) -> None:
        freeze_arrays(self)


def all_pairs(units: UnitEstimates, *, adjustment: str = "holm", level: float = 0.95) -> Comparisons:
    """Compare every unit with every other: m = k (k - 1) / 2.

    Parameters
    ----------
    units : UnitEstimates
    adjustment : one of `multiplicity.ADJUSTMENTS`
    level : float

    Raises
    ------
    UnknownAdjustment, UnknownLevel
    """
    first, second = np.triu_indices(units.estimate.size, 1)
    return _compare(units, first, second, adjustment, level)


def with_reference(
    units: UnitEstimates, reference: int, *, adjustment: str = "holm", level: float = 0.95
) -> Comparisons:
    """Compare every other unit with the one at position `reference` (negative: from the end).

    With `estimates_by_unit` the reference -1 is the overall figure.

    Raises
    ------
    UnusableUnits, UnknownAdjustment, UnknownLevel
    """
    count = units.estimate.size
    if not -count <= reference < count:
        raise UnusableUnits(f"reference={reference}: there are {count} units, counted from 0.")
    first = np.delete(np.arange(count), reference)
    second = np.full_like(first, reference % count)
    return _compare(units, first, second, adjustment, level)


def estimates_by_unit(
    values: npt.ArrayLike,
    units: npt.ArrayLike,
    design: AnyDesign,
    *,
    domain: Domain = None,
    level: float = 0.95,
) -> tuple[Labels, Estimates]:
    """Means of every unit and, last, of all units together, with their joint covariance.

    Parameters
    ----------
    values, units : array-like (n,)
        NaN = missing; rows without a unit count nowhere.
    design, domain, level
        As `means.mean`.

    Returns
    -------
    labels : array (k,)
        Sorted codes of the units.
    estimates : Estimates
        k + 1 of them.
    """
    labels, member = indicators(units)
    answers = np.asarray(values, dtype=np.float64)
    if answers.shape != (member.shape[0],):
        raise UnusableUnits(f"Values of shape {answers.shape} for {member.shape[0]} rows with units.")
    everywhere = ~np.isnan(member).any(axis=1, keepdims=True)
    columns = np.where(np.hstack([member == 1, everywhere]), answers[:, None], np.nan)
    return labels, mean(columns, design, domain=domain, level=level)


def _compare(
    units: UnitEstimates, first: IntArray, second: IntArray, adjustment: str, level: float
) -> Comparisons:
    estimate, se = units.differences(first, second)
    df = units.difference_df(first, second)
    varies = se > 0
    t = np.divide(estimate, se, out=np.zeros_like(estimate), where=varies)
    p_value = two_sided_p(t, df)
    low, high = t_interval(estimate, np.where(varies, se, np.nan), df, level)
    return Comparisons(
        first, second, estimate, se, t, df, p_value, adjust(p_value, adjustment), low, high, adjustment, level
    )

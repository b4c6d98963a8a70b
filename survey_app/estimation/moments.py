"""Population variances and covariances with their standard errors."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import FloatArray, IntArray
from survey_app.estimation.estimates import Estimates, WeightedRatios, divide, estimates_of
from survey_app.estimation.means import Domain, Missing, columns_of, mean, used_cells
from survey_app.estimation.variance import AnyDesign

ROUNDING = 1e-12
"""Deviations from the mean below this share of it are rounding noise of a constant column."""


def population_variance(
    values: npt.ArrayLike,
    design: AnyDesign,
    *,
    domain: Domain = None,
    missing: Missing = "itemwise",
    level: float = 0.95,
) -> Estimates:
    """Variances of columns in the population.

    Parameters
    ----------
    values : array-like (n,) or (n, k)
        NaN = missing.
    design : Design or ReplicateDesign
        Of the same n rows.
    domain : array (n,) of bool, optional
        Rows to estimate for; absent: all.
    missing : {"itemwise", "listwise"}
    level : float

    Returns
    -------
    Estimates
        NaN where fewer than two rows have a value.

    Raises
    ------
    MismatchedValues, LonelyPSU

    Notes
    -----
    n/(n - 1) times the weighted mean of (y - ybar)^2, linearised as a mean (ybar adds nothing at first order).
    n counts the rows of the domain with a value and a positive weight (as in R survey since 4.2; before, a
    design without replicates counted rows without a value too).

    References
    ----------
    R survey 4.5, `svyvar`.
    """
    found = mean(values, design, domain=domain, missing=missing, level=level)
    centred = _centred(values, found.estimate, design, domain, missing)
    return _products(centred, centred, found.n, design, level)


def population_covariance(
    values: npt.ArrayLike, design: AnyDesign, *, domain: Domain = None, level: float = 0.95
) -> Estimates:
    """Variances and covariances of k columns in the population, over rows complete in all of them.

    Parameters as `population_variance`.

    Returns
    -------
    Estimates
        Of the k x k matrix, row after row (k k quantities; the matrix is symmetric), with their covariance.

    Raises
    ------
    MismatchedValues, LonelyPSU
    """
    found = mean(values, design, domain=domain, missing="listwise", level=level)
    centred = _centred(values, found.estimate, design, domain, "listwise")
    row, column = np.indices((found.n.size, found.n.size)).reshape(2, -1)
    return _products(centred[:, row], centred[:, column], found.n[row], design, level)


def _centred(
    values: npt.ArrayLike, means: FloatArray, design: AnyDesign, domain: Domain, missing: Missing
) -> FloatArray:
    """Deviations (n, k) from the means, NaN where a cell is not used."""
    columns = columns_of(values, design)
    centred = columns - means
    used = used_cells([columns], design, domain, missing)
    centred[~used] = np.nan
    largest = np.abs(np.where(used, centred, 0.0)).max(axis=0, initial=0.0)
    centred[used & (largest <= ROUNDING * np.abs(means))] = 0.0
    return centred


def _products(one: FloatArray, other: FloatArray, n: IntArray, design: AnyDesign, level: float) -> Estimates:
    used = ~np.isnan(one) & ~np.isnan(other) & (n > 1)
    one, other = np.where(used, one, 0.0), np.where(used, other, 0.0)
    factor = n / np.maximum(n - 1, 1)
    below = used.astype(np.float64)
    moments = _Moments(factor * one * other, below, used, one=one, other=other, factor=factor)
    return replace(estimates_of(moments, design, level), n=n)


@dataclass(frozen=True)
class _Moments(WeightedRatios):
    """Mean products of deviations; each replicate has its own means to deviate from.

    Attributes
    ----------
    one, other : arrays (n, k)
        Deviations from the full-sample means, zero where not used.
    factor : array (k,)
        n/(n - 1).
    """

    one: FloatArray
    other: FloatArray
    factor: FloatArray

    def of(self, weights: FloatArray) -> FloatArray:
        """The moments with each of R sets of weights (n, R): array (R, k), NaN where undefined."""
        size = weights.T @ self.used.astype(np.float64)
        products = divide(weights.T @ (self.one * self.other), size)
        shift = divide(weights.T @ self.one, size) * divide(weights.T @ self.other, size)
        return np.asarray(self.factor * (products - shift), dtype=np.float64)

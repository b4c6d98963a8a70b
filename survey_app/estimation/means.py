"""Weighted means, totals, proportions and ratios with linearised standard errors.

A domain is the full design with zero scores outside it; rows are never filtered before estimating. A missing
value is a domain too: the rows that hold a value, column by column (`itemwise`, the default) or of all
columns at once (`listwise`). Estimates for many domains with their covariance are the item-wise estimates of
columns that are missing outside their domain.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import BoolArray, FloatArray, Labels, as_numbers, encode, is_missing
from survey_app.estimation.estimates import Estimates, MismatchedValues, WeightedRatios, estimates_of
from survey_app.estimation.variance import AnyDesign

Missing = Literal["itemwise", "listwise"]
Domain: TypeAlias = BoolArray | None


@dataclass(frozen=True)
class WeightingEffect:
    """Kish's design effect from unequal weights, the effective sample size and the number of rows."""

    deff: float
    n_eff: float
    n: int


def mean(
    values: npt.ArrayLike,
    design: AnyDesign,
    *,
    domain: Domain = None,
    missing: Missing = "itemwise",
    level: float = 0.95,
) -> Estimates:
    """Weighted means.

    Parameters
    ----------
    values : array-like (n,) or (n, k)
        NaN = missing.
    design : Design or ReplicateDesign
        Of the same n rows.
    domain : array (n,) of bool, optional
        Rows to estimate for; absent: all.
    missing : {"itemwise", "listwise"}
        Use each column's own answers, or only rows complete in all columns.
    level : float

    Returns
    -------
    Estimates

    Raises
    ------
    MismatchedValues, LonelyPSU

    Notes
    -----
    Score w (y - mean) / sum(w).
    """
    (columns,), used = _support([columns_of(values, design)], design, domain, missing)
    return estimates_of(WeightedRatios(columns, used.astype(np.float64), used), design, level)


def total(
    values: npt.ArrayLike,
    design: AnyDesign,
    *,
    domain: Domain = None,
    missing: Missing = "itemwise",
    level: float = 0.95,
) -> Estimates:
    """Weighted totals; parameters as `mean`. Score w y. An empty domain is undefined (NaN), not zero."""
    (columns,), used = _support([columns_of(values, design)], design, domain, missing)
    return estimates_of(WeightedRatios(columns, None, used), design, level)


def ratio(
    numerators: npt.ArrayLike,
    denominators: npt.ArrayLike,
    design: AnyDesign,
    *,
    domain: Domain = None,
    missing: Missing = "itemwise",
    level: float = 0.95,
) -> Estimates:
    """Ratios R of weighted totals, column by column; a pair with a missing part is missing.

    Other parameters as `mean`. Score w (y - R x) / sum(w x).
    """
    pair = [columns_of(numerators, design), columns_of(denominators, design)]
    (above, below), used = _support(pair, design, domain, missing)
    return estimates_of(WeightedRatios(above, below, used), design, level)


def proportion(
    codes: npt.ArrayLike, design: AnyDesign, *, domain: Domain = None, level: float = 0.95
) -> tuple[Labels, Estimates]:
    """Shares of every level of a categorical column, among rows with a code.

    Parameters as `mean`. For an interval fit for shares near 0 or 1 see `intervals.display_interval`.

    Returns
    -------
    labels : array (k,)
        The sorted levels.
    estimates : Estimates
        In that order.
    """
    labels, columns = indicators(codes)
    return labels, mean(columns, design, domain=domain, level=level)


def indicators(codes: npt.ArrayLike) -> tuple[Labels, FloatArray]:
    """0/1 columns of the levels of a categorical column; rows without a code are NaN throughout.

    Returns
    -------
    labels : array (k,)
    columns : array (n, k)
    """
    values = np.asarray(codes)
    given = ~is_missing(values)
    levels, labels = encode(values[given], "codes")
    columns = np.full((values.size, labels.size), np.nan)
    columns[given] = levels[:, None] == np.arange(labels.size)
    return labels, columns


def kish(design: AnyDesign, domain: Domain = None) -> WeightingEffect:
    """Design effect of unequal weights n sum(w^2) / (sum w)^2, over rows with a positive weight.

    References
    ----------
    L. Kish, Survey Sampling (Wiley 1965), section 11.7.
    """
    weights = design.weights if domain is None else design.weights[domain]
    n = int((weights > 0).sum())
    if n == 0:
        return WeightingEffect(deff=np.nan, n_eff=np.nan, n=0)
    effect = n * float((weights**2).sum()) / float(weights.sum()) ** 2
    return WeightingEffect(deff=effect, n_eff=n / effect, n=n)


def columns_of(values: npt.ArrayLike, design: AnyDesign) -> FloatArray:
    """Values as columns (n, k) of the design's n rows; NaN is missing.

    Raises
    ------
    MismatchedValues
    """
    columns = as_numbers(values, "values", MismatchedValues)
    columns = columns[:, None] if columns.ndim == 1 else columns
    if columns.ndim != 2 or columns.shape[0] != design.size:
        raise MismatchedValues(f"Values of shape {columns.shape} for a design of {design.size} rows.")
    if np.isinf(columns).any():
        raise MismatchedValues("Values contain infinity. Use NaN for a missing value.")
    return columns


def rows_inside(design: AnyDesign, domain: Domain) -> BoolArray:
    """Rows (n,) of the domain with a positive weight; without a domain all with a positive weight.

    Raises
    ------
    MismatchedValues
    """
    inside: BoolArray = design.weights > 0
    if domain is None:
        return inside
    chosen = np.asarray(domain)
    if chosen.shape != inside.shape or chosen.dtype != np.bool_:
        raise MismatchedValues(f"A domain is one boolean a row; got {chosen.dtype} of shape {chosen.shape}.")
    return inside & chosen


def used_cells(arrays: list[FloatArray], design: AnyDesign, domain: Domain, missing: Missing) -> BoolArray:
    """Cells (n, k) with a value in every array, inside the domain and with a positive weight.

    Raises
    ------
    MismatchedValues
    """
    if len({array.shape for array in arrays}) != 1:
        raise MismatchedValues("Numerators and denominators have different shapes.")
    if missing not in get_args(Missing):
        raise MismatchedValues(f"missing={missing!r}: choose one of {', '.join(get_args(Missing))}.")
    used = np.repeat(rows_inside(design, domain)[:, None], arrays[0].shape[1], axis=1)
    for array in arrays:
        used &= ~np.isnan(array)
    if missing == "listwise":
        used &= used.all(axis=1, keepdims=True)
    return used


def _support(
    arrays: list[FloatArray], design: AnyDesign, domain: Domain, missing: Missing
) -> tuple[list[FloatArray], BoolArray]:
    """The arrays with zeros for unused cells, and the used cells."""
    used = used_cells(arrays, design, domain, missing)
    return [np.where(used, array, 0.0) for array in arrays], used

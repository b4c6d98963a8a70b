"""Means, shares, totals, quantiles and composite indices from a PSU table alone.

They equal those of `means`, `quantiles` and `composite` on the rows (ultimate clusters): every one of them is a
function of the PSUs' histograms. A domain is a set of whole PSUs. Answers that are missing are missing item by
item.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import BoolArray, FloatArray, IntArray
from survey_app.estimation.design import Design
from survey_app.estimation.estimates import Estimates, MismatchedValues, divide
from survey_app.estimation.intervals import t_interval
from survey_app.estimation.psu_tables.histograms import Scale
from survey_app.estimation.psu_tables.tables import PSUTable
from survey_app.estimation.variance import covariance_of_totals, degrees_of_freedom


def share_values(scale: Scale, *codes: int) -> FloatArray:
    """Values whose mean is the share of the given codes among the answers: array (K,).

    ``share_values(Scale(0, 5, missing=0), 4, 5)`` is the top-2-box share of a five-point item.

    Raises
    ------
    MismatchedValues
    """
    absent = [code for code in codes if code not in scale.codes or code == scale.missing]
    if absent or not codes:
        raise MismatchedValues(f"Codes {absent}: no answers of the scale {scale.lowest}..{scale.highest}.")
    return np.where(np.isnan(scale.values), np.nan, np.isin(scale.codes, codes))


@dataclass(frozen=True)
class Moments:
    """A linear statistic of the histograms, PSU by PSU.

    Attributes
    ----------
    values : array (J, K)
        Value of each code, zero where it is no answer.
    size, total : arrays (P, J)
        Weights of the answers, and weighted values; zero outside the domain.
    histogram, counts : arrays (J, K)
        Weights and rows of the codes that are answers, in the domain.
    n : array (J,)
        Answers.
    present : array (P, J) of bool
        PSUs with an answer.
    """

    values: FloatArray
    size: FloatArray
    total: FloatArray
    histogram: FloatArray
    counts: IntArray
    n: IntArray
    present: BoolArray


def moments(table: PSUTable, values: npt.ArrayLike, domain: BoolArray | None = None) -> Moments:
    """Moments of `values` in the PSUs of a domain.

    Parameters
    ----------
    table : PSUTable
    values : array-like (K,) or (J, K)
        Value of each code of the scale, NaN where it is no answer; for all items or item by item.
    domain : array (P,) of bool, optional

    Raises
    ------
    MismatchedValues
    """
    weights, counts = table.weights, table.counts
    items, codes = weights.shape[1:]
    value = np.asarray(values, dtype=np.float64)
    if value.shape not in ((codes,), (items, codes)) or np.isinf(value).any():
        raise MismatchedValues(f"Values of shape {value.shape} for {items} items with {codes} codes.")
    value = np.broadcast_to(value, (items, codes))
    given = ~np.isnan(value)
    if domain is not None:
        if domain.shape != (table.psus.size,) or domain.dtype != np.bool_:
            raise MismatchedValues(f"A domain is one boolean a PSU ({table.psus.size}); got {domain.shape}.")
        weights, counts = weights * domain[:, None, None], counts * domain[:, None, None]
    known = np.where(given, value, 0.0)
    # items first, so that each is one product of matrices
    size, sums = np.moveaxis(np.matmul(weights.transpose(1, 0, 2), np.stack([given, known], axis=-1)), 2, 0)
    rows = counts.sum(axis=0) * given
    return Moments(
        values=known,
        size=size.T,
        total=sums.T,
        histogram=weights.sum(axis=0) * given,
        counts=rows,
        n=rows.sum(axis=1),
        present=size.T > 0,
    )


def mean(
    table: PSUTable,
    values: npt.ArrayLike,
    design: Design,
    *,
    domain: BoolArray | None = None,
    level: float = 0.95,
) -> Estimates:
    """Means of all items; a share, such as top-2-box, is the mean of `share_values`.

    Parameters
    ----------
    table : PSUTable
    values : array-like (K,) or (J, K)
        See `moments`; `table.scale.values` for the codes themselves.
    design : Design
        `PSUTable.design`.
    domain : array (P,) of bool, optional
    level : float

    Returns
    -------
    Estimates
        With the covariance between the items.

    Raises
    ------
    MismatchedValues, LonelyPSU
    """
    found = moments(table, values, domain)
    size = found.size.sum(axis=0)
    centre = divide(found.total.sum(axis=0), size)
    scores = found.total - np.nan_to_num(centre) * found.size
    return _estimates(found, design, centre, scores, np.where(size > 0, size, 1.0), level)


def total(
    table: PSUTable,
    values: npt.ArrayLike,
    design: Design,
    *,
    domain: BoolArray | None = None,
    level: float = 0.95,
) -> Estimates:
    """Weighted totals of all items; parameters as `mean`."""
    found = moments(table, values, domain)
    sums = np.where(found.n > 0, found.total.sum(axis=0), np.nan)
    return _estimates(found, design, sums, found.total, np.ones(sums.size), level)


def _estimates(
    found: Moments,
    design: Design,
    estimate: FloatArray,
    scores: FloatArray,
    denominator: FloatArray,
    level: float,
) -> Estimates:
    """Estimates with PSU scores / denominator."""
    vcov = covariance_of_totals(scores / denominator, design)
    magnitude = (found.histogram * np.abs(found.values)).sum(axis=1) / denominator
    # a constant item leaves rounding noise where the variance is zero
    floor = (1e-12 * magnitude) ** 2
    noise, unknown = np.diag(vcov) <= floor, np.isnan(estimate)
    vcov[noise] = vcov[:, noise] = 0.0
    vcov[unknown] = vcov[:, unknown] = np.nan
    simple, remaining = simple_random_variance(found.histogram, found.values, found.n, denominator)
    simple[simple <= floor] = 0.0
    se = np.sqrt(np.diag(vcov))
    df = degrees_of_freedom_of_columns(found.present, design)
    low, high = t_interval(estimate, se, df, level)
    return Estimates(
        estimate=estimate,
        se=se,
        ci_low=low,
        ci_high=high,
        n=found.n,
        df=degrees_of_freedom(design),
        df_domain=df,
        deff=divide(se**2, simple * remaining),
        deff_wr=divide(se**2, simple),
        vcov=vcov,
        level=level,
    )


def degrees_of_freedom_of_columns(present: BoolArray, design: Design) -> IntArray:
    """Degrees of freedom of each column of PSUs (P, k)."""
    # all items are usually answered in the same PSUs
    alike = bool((present == present[:, :1]).all())
    df = [degrees_of_freedom(design, rows) for rows in (present[:, :1] if alike else present).T]
    return np.full(present.shape[1], df[0]) if alike else np.array(df, dtype=np.int64)


def simple_random_variance(
    histogram: FloatArray, values: FloatArray, n: IntArray, denominator: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Variance under simple random sampling with replacement, and 1 - n/N (NaN where N <= n).

    Parameters
    ----------
    histogram : array (..., J, K)
        Weights of the codes.
    values : array (J, K)
    n, denominator : arrays (..., J)
        Answers; what the totals are divided by.
    """
    size, count = histogram.sum(axis=-1), n.astype(np.float64)
    centre = divide((histogram * values).sum(axis=-1), size)
    squares = (histogram * (values - centre[..., None]) ** 2).sum(axis=-1)
    spread = divide(squares, size) * divide(count, count - 1)
    remaining = np.where(size > count, 1 - divide(count, size), np.nan)
    return spread * (size / denominator) ** 2 / np.maximum(count, 1), remaining


def composite(
    table: PSUTable,
    values: npt.ArrayLike,
    coefficients: npt.ArrayLike,
    design: Design,
    *,
    domain: BoolArray | None = None,
    level: float = 0.95,
) -> Estimates:
    """Nodes of a composite index: linear combinations of item means.

    The covariance between items of the same respondents needs no more than the PSUs' totals, so it is in every
    standard error; items may miss answers one by one.

    Parameters
    ----------
    table, values, design, domain, level
        As `mean`.
    coefficients : array-like (nodes, J)

    Returns
    -------
    Estimates
        `n` counts the answers to the least answered item of a node, `df_domain` the PSUs and strata with an
        answer to any of them. Design effects are NaN: they need the respondents (`composite`). For an interval
        inside [0, 1] see `intervals.display_interval`.

    Raises
    ------
    MismatchedValues, LonelyPSU
    """
    recipe = np.atleast_2d(np.asarray(coefficients, dtype=np.float64))
    if recipe.shape[1] != len(table.items) or not np.isfinite(recipe).all():
        raise MismatchedValues(f"Coefficients of shape {recipe.shape} for {len(table.items)} items.")
    found, uses = moments(table, values, domain), recipe != 0
    size = found.size.sum(axis=0)
    means = divide(found.total.sum(axis=0), size)
    scores = divide(found.total - np.nan_to_num(means) * found.size, size)
    unknown = (uses & np.isnan(means)).any(axis=1) | ~uses.any(axis=1)
    estimate = np.where(unknown, np.nan, recipe @ np.nan_to_num(means))
    vcov = covariance_of_totals(np.nan_to_num(scores) @ recipe.T, design)
    noise = np.diag(vcov) <= (1e-12 * (np.abs(recipe) @ np.nan_to_num(np.abs(means)))) ** 2
    vcov[noise] = vcov[:, noise] = 0.0
    vcov[unknown] = vcov[:, unknown] = np.nan
    se, present = np.sqrt(np.diag(vcov)), found.present @ uses.T
    df = degrees_of_freedom_of_columns(present, design)
    low, high = t_interval(estimate, se, df, level)
    undefined = np.full(estimate.size, np.nan)
    return Estimates(
        estimate=estimate,
        se=se,
        ci_low=low,
        ci_high=high,
        n=np.array([found.n[row].min(initial=found.n.max(initial=0)) for row in uses], dtype=np.int64),
        df=degrees_of_freedom(design),
        df_domain=df,
        deff=undefined,
        deff_wr=undefined.copy(),
        vcov=vcov,
        level=level,
    )

"""Allocating a sample over strata: proportional, equal, Neyman and power, in whole numbers with an exact total.

Every rule gives each stratum a multiple of its measure, but never less than the minimum and never more than
the stratum holds: what a stratum cannot take goes to the others, by the same rule. Whole numbers follow by
largest remainder.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import (
    BoolArray,
    FloatArray,
    IntArray,
    UnableToEstimate,
    as_numbers,
    freeze_arrays,
)

Numbers = npt.ArrayLike


class UnusableAllocation(UnableToEstimate):
    """The total cannot be allocated: stratum figures are unusable, or it is too small or too large."""


@dataclass(frozen=True)
class Allocation:
    """Sample sizes by stratum.

    Attributes
    ----------
    sizes : array (H,)
        Whole numbers with the sum asked for.
    take_all : array (H,) of bool
        Strata of which everybody is in the sample.
    at_minimum : array (H,) of bool
        Strata that have more than their share because of the minimum.
    """

    sizes: IntArray
    take_all: BoolArray
    at_minimum: BoolArray

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def by_label(self, labels: Iterable[Any]) -> dict[Any, int]:
        """Sample size by stratum code, for `draws.stratified`; labels in the order of the strata."""
        return dict(zip(labels, self.sizes.tolist(), strict=True))


def proportional(total: int, populations: Numbers, *, minimum: int = 1) -> Allocation:
    """n_h proportional to N_h: equal weights for everybody, as far as minimum and rounding allow.

    Parameters
    ----------
    total : int
        Sample size over all strata.
    populations : array-like (H,)
        People in each stratum, whole numbers.
    minimum : int
        Least sample of a stratum (all of a smaller one). Two are needed for a standard error.

    Raises
    ------
    UnusableAllocation
    """
    return _allocate(total, populations, _figures(populations, "populations"), minimum)


def equal(total: int, populations: Numbers, *, minimum: int = 1) -> Allocation:
    """n_h equal: about the same precision in every stratum; parameters as `proportional`."""
    return _allocate(total, populations, np.ones_like(_figures(populations, "populations")), minimum)


def neyman(
    total: int, populations: Numbers, deviations: Numbers, *, costs: Numbers | None = None, minimum: int = 1
) -> Allocation:
    """n_h proportional to N_h S_h / sqrt(c_h): the smallest variance of the overall mean.

    Parameters
    ----------
    total, populations, minimum
        As `proportional`.
    deviations : array-like (H,)
        Standard deviation S_h of each stratum, known or guessed; sqrt(p (1 - p)) for a proportion.
    costs : array-like (H,), optional
        Cost c_h of one interview; absent: equal.

    Raises
    ------
    UnusableAllocation

    References
    ----------
    W. G. Cochran, Sampling Techniques (3rd ed., Wiley 1977), 5.5 and 5.8.
    """
    prices = np.ones_like(_figures(populations, "populations")) if costs is None else _figures(costs, "costs")
    if (prices <= 0).any():
        raise UnusableAllocation(f"costs: stratum {int(np.argmax(prices <= 0))} costs nothing. Give a price.")
    sizes, spread = _figures(populations, "populations"), _figures(deviations, "deviations")
    _check_lengths(sizes, spread, prices)
    return _allocate(total, populations, sizes * spread / np.sqrt(prices), minimum)


def power(
    total: int,
    populations: Numbers,
    variations: Numbers,
    *,
    exponent: float = 0.5,
    importance: Numbers | None = None,
    minimum: int = 1,
) -> Allocation:
    """n_h proportional to X_h^q CV_h: between equal precision of the strata (q = 0) and Neyman (q = 1).

    Parameters
    ----------
    total, populations, minimum
        As `proportional`.
    variations : array-like (H,)
        Coefficient of variation S_h / mean_h of each stratum.
    exponent : float
        q, from 0 to 1.
    importance : array-like (H,), optional
        Measure of size X_h; absent: N_h. With the stratum totals of the variable, q = 1 is `neyman`.

    Raises
    ------
    UnusableAllocation

    References
    ----------
    M. D. Bankier, The American Statistician 42 (1988), 174-177.
    """
    if not 0 <= exponent <= 1:
        raise UnusableAllocation(f"exponent={exponent}: choose a number from 0 to 1.")
    measure = _figures(populations if importance is None else importance, "importance")
    variation = _figures(variations, "variations")
    _check_lengths(_figures(populations, "populations"), measure, variation)
    return _allocate(total, populations, measure**exponent * variation, minimum)


def largest_remainder(shares: Numbers) -> IntArray:
    """Whole numbers with the (whole) sum of the shares, each a share rounded down or up.

    The largest fractions are rounded up; of equal ones the larger share, then the earlier.

    Raises
    ------
    UnusableAllocation
        If a share is negative or not a number, or the sum is not whole.
    """
    exact = _figures(shares, "shares")
    total = round(float(exact.sum()))
    if abs(float(exact.sum()) - total) > 1e-6:
        raise UnusableAllocation(f"Shares with the sum {float(exact.sum()):g}: make it a whole number.")
    # a share such as 2.9999999999 is a whole number after rounding errors
    whole = np.floor(exact + 1e-9).astype(np.int64)
    fraction = np.round(exact - whole, 9)
    order = np.lexsort((np.arange(exact.size), -exact, -fraction))
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def _allocate(total: int, populations: Numbers, measure: FloatArray, minimum: int) -> Allocation:
    most = _figures(populations, "populations")
    _check_lengths(most, measure)
    if (most != np.floor(most)).any() or (most < 1).any():
        raise UnusableAllocation("populations: give whole numbers of at least 1; leave empty strata out.")
    least = np.minimum(float(minimum), most)
    _check_total(total, minimum, least, most, measure)
    sizes = largest_remainder(_bounded_shares(float(total), measure, least, most))
    unbounded = total * measure / measure.sum() if measure.any() else np.zeros(most.size)
    return Allocation(sizes, sizes == most, (sizes == least) & (unbounded < least) & (sizes < most))


def _bounded_shares(total: float, measure: FloatArray, least: FloatArray, most: FloatArray) -> FloatArray:
    """clip(t measure, least, most) with the t that gives the total; the sum rises with t, piecewise linearly."""
    used = measure > 0
    turns = np.unique(np.concatenate([[0.0], (least[used] / measure[used]), (most[used] / measure[used])]))
    low, high = 0, turns.size - 1
    while high - low > 1:
        middle = (low + high) // 2
        below = np.clip(turns[middle] * measure, least, most).sum() <= total
        low, high = (middle, high) if below else (low, middle)
    first, last = (np.clip(turns[at] * measure, least, most) for at in (low, high))
    if last.sum() == first.sum():
        return np.asarray(first, dtype=np.float64)
    return np.asarray(first + (last - first) * (total - first.sum()) / (last.sum() - first.sum()))


def _check_total(total: int, minimum: int, least: FloatArray, most: FloatArray, measure: FloatArray) -> None:
    if minimum < 1 or minimum != int(minimum) or total != int(total):
        raise UnusableAllocation(f"total={total}, minimum={minimum}: give whole numbers, minimum at least 1.")
    if not least.sum() <= total <= most.sum():
        raise UnusableAllocation(
            f"{total} cannot be allocated: the minimum of {minimum} a stratum needs {least.sum():.0f} and "
            f"everybody is {most.sum():.0f}. Change the total, the minimum or the strata."
        )
    reachable = np.where(measure > 0, most, least).sum()
    if total > reachable:
        raise UnusableAllocation(
            f"{total} cannot be allocated: {int((measure == 0).sum())} strata have no share (first: stratum "
            f"{int(np.argmax(measure == 0))}), and the others with the minimum hold {reachable:.0f}. "
            "Give those strata a positive deviation or measure."
        )


def _check_lengths(*columns: FloatArray) -> None:
    if len({column.shape for column in columns}) != 1:
        raise UnusableAllocation(
            f"Stratum figures of different lengths: {', '.join(str(column.size) for column in columns)}."
        )


def _figures(numbers: Numbers, name: str) -> FloatArray:
    figures = as_numbers(numbers, name, UnusableAllocation)
    bad = ~(np.isfinite(figures) & (figures >= 0))
    if figures.ndim != 1 or not figures.size or bad.any():
        raise UnusableAllocation(
            f"{name}: give one finite number >= 0 for each stratum (first wrong: stratum "
            f"{int(np.argmax(bad.ravel())) if bad.size else 0})."
        )
    return figures

"""Checks of planning figures, each a named refusal, and normal quantiles."""

import numpy as np
import numpy.typing as npt
import scipy  # submodules load on first use, so importing this module stays fast

from survey_app.estimation.codes import FloatArray, IntArray, UnableToEstimate

Numbers = npt.ArrayLike


class UnusablePlan(UnableToEstimate):
    """A planning figure is missing, contradictory or outside its range."""


def between(name: str, numbers: Numbers, low: float, high: float, *, with_high: bool = False) -> FloatArray:
    """The numbers as an array (k,), each above `low` and below `high` (or equal to `high`).

    Raises
    ------
    UnusablePlan
    """
    try:
        figures = np.atleast_1d(np.asarray(numbers, dtype=np.float64))
    except (TypeError, ValueError) as error:
        raise UnusablePlan(f"{name}: not numbers ({error}). Give numbers.") from error
    good = (figures > low) & ((figures <= high) if with_high else (figures < high))
    if figures.ndim != 1 or not figures.size or not good.all():
        wrong = figures[~good].ravel()[:1]
        raise UnusablePlan(
            f"{name}: {wrong[0] if wrong.size else figures.shape} cannot be used. Give one number a domain, "
            f"above {low:g} and {'at most' if with_high else 'below'} {high:g}."
        )
    return figures


def populations(numbers: Numbers) -> FloatArray:
    """Numbers of people, at least 1; infinity stands for no finite-population correction.

    Raises
    ------
    UnusablePlan
    """
    return np.maximum(between("population", numbers, 1 - 1e-9, np.inf, with_high=True), 1.0)


def one_a_domain(**figures: FloatArray) -> dict[str, FloatArray]:
    """The figures repeated to a common length.

    Raises
    ------
    UnusablePlan
        If two of them have different lengths, neither 1.
    """
    lengths = {name: array.size for name, array in figures.items() if array.size > 1}
    if len(set(lengths.values())) > 1:
        raise UnusablePlan(f"Figures of different lengths: {lengths}. Give one number, or one a domain.")
    size = max(lengths.values(), default=1)
    return {name: np.broadcast_to(array, size) for name, array in figures.items()}


def normal_quantile(probability: float, name: str) -> float:
    """Quantile of the standard normal distribution.

    Raises
    ------
    UnusablePlan
        If the probability is not inside (0, 1).
    """
    return float(scipy.special.ndtri(between(name, probability, 0, 1)[0]))


def z_of_level(level: float) -> float:
    """Normal quantile of a two-sided confidence level: 1.96 for 0.95.

    Raises
    ------
    UnusablePlan
    """
    return normal_quantile((1 + between("level", level, 0, 1)[0]) / 2, "level")


def round_up(sizes: FloatArray) -> IntArray:
    """Whole numbers not below the sizes, save for rounding errors."""
    return np.ceil(sizes - 1e-9 * np.maximum(sizes, 1)).astype(np.int64)

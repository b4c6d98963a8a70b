"""Selecting units from one list: simple random, systematic, and with probability proportional to size."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import FloatArray, IntArray, UnableToEstimate, as_numbers

Seed: TypeAlias = int | np.random.Generator

ALMOST_CERTAIN = 1 - 1e-9
"""An inclusion probability above this is certainty: the rest is rounding of the size measures."""


class UnusableSeed(UnableToEstimate):
    """A draw needs a non-negative whole number or a generator, so that it can be repeated."""


class UnusableTake(UnableToEstimate):
    """The number of units asked for is not a whole number from 1 to the length of the list."""


class UnusableSize(UnableToEstimate):
    """A size measure is missing, zero, negative or infinite."""


def generator(seed: Seed) -> np.random.Generator:
    """The generator of a seed, or the generator itself.

    Raises
    ------
    UnusableSeed
    """
    if isinstance(seed, np.random.Generator):
        return seed
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise UnusableSeed(f"seed={seed!r}: give a whole number >= 0, or a numpy Generator.")
    return np.random.default_rng(int(seed))


def simple_random(population: int, take: int, rng: np.random.Generator) -> IntArray:
    """Sorted positions of `take` of `population` units, every subset equally likely, without replacement.

    Raises
    ------
    UnusableTake
    """
    check_take(population, take)
    chosen = rng.choice(population, size=take, replace=False, shuffle=False)
    return np.sort(chosen).astype(np.int64)


def systematic(probabilities: FloatArray, rng: np.random.Generator) -> IntArray:
    """Sorted positions of a systematic sample with a random start and the given inclusion probabilities.

    Parameters
    ----------
    probabilities : array (N,)
        In (0, 1], with a whole sum n (`inclusion_probabilities`); equal ones are n/N. Certain units are taken.

    Returns
    -------
    array (n,)

    Notes
    -----
    The units lie end to end on a line, each as long as its probability; those under the points u, u + 1, ...
    are taken, u uniform in [0, 1). A fractional interval N/n gives exactly n units and exact probabilities.

    References
    ----------
    W. G. Madow, Annals of Mathematical Statistics 20 (1949), 333-354.
    C.-E. Särndal, B. Swensson, J. Wretman, Model Assisted Survey Sampling (Springer 1992), 3.4 and 3.6.2.
    """
    return systematic_from(probabilities, float(rng.random()))


def systematic_from(probabilities: FloatArray, start: float) -> IntArray:
    """Positions of the systematic sample with the given start in [0, 1); see `systematic`."""
    certain = probabilities >= ALMOST_CERTAIN
    others = np.flatnonzero(~certain)
    ends = np.cumsum(probabilities[others])
    count = round(float(ends[-1])) if others.size else 0
    ends[-1:] = count  # the sum of the probabilities, without its rounding error
    # a start just below 1 must not be rounded past the end of the line
    points = np.minimum(start + np.arange(count), np.nextafter(count, 0))
    hit = others[np.searchsorted(ends, points, side="right")]
    return np.sort(np.concatenate([np.flatnonzero(certain), hit])).astype(np.int64)


def inclusion_probabilities(sizes: npt.ArrayLike, take: int) -> FloatArray:
    """Inclusion probabilities proportional to size, at most 1.

    Parameters
    ----------
    sizes : array-like (N,)
        Size measures, positive.
    take : int
        Units to be drawn.

    Returns
    -------
    array (N,)
        With sum `take`. Exactly 1 for certainty units.

    Raises
    ------
    UnusableSize, UnusableTake

    Notes
    -----
    Units with n x / sum(x) >= 1 are taken with certainty, and the rest of the sample is drawn from the other
    units in the same way, until none exceeds 1.

    References
    ----------
    C.-E. Särndal, B. Swensson, J. Wretman, Model Assisted Survey Sampling (Springer 1992), 3.6.1.
    """
    measure = _checked_sizes(sizes)
    check_take(measure.size, take)
    probabilities = np.ones(measure.size)
    others = np.arange(measure.size)
    while take < measure.size and others.size:
        left = take - (measure.size - others.size)
        if left == 0:
            raise UnusableSize("Sizes differ so much that some units could never be drawn. Stratify by size.")
        share = measure[others] * (left / measure[others].sum())
        if not (share >= ALMOST_CERTAIN).any():
            probabilities[others] = share
            break
        others = others[share < ALMOST_CERTAIN]
    return probabilities


def check_take(population: int, take: float) -> None:
    """Refuse a sample size that is not a whole number between 1 and the length of the list.

    Raises
    ------
    UnusableTake
    """
    if not 1 <= take <= population or take != int(take):
        raise UnusableTake(
            f"{take:g} units asked for from a list of {population}. Ask for a whole number from 1 to "
            f"{population}; leave a list out of the frame if nobody on it shall be asked."
        )


def _checked_sizes(sizes: npt.ArrayLike) -> FloatArray:
    measure = as_numbers(sizes, "sizes", UnusableSize)
    bad = ~(np.isfinite(measure) & (measure > 0))
    if measure.ndim != 1 or bad.any():
        raise UnusableSize(
            f"Sizes must be one column of positive numbers; {int(bad.sum())} are missing, infinite, zero or "
            f"negative (first: position {int(np.argmax(bad.ravel())) if bad.size else 0}). A unit of size 0 can "
            "never be drawn: give it a small size, join it to a neighbour, or leave it out of the frame."
        )
    return measure

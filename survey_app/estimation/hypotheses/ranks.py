"""Confidence intervals of ranks: which places in a league table a unit may really hold.

Rank 1 is the largest estimate. The rank of a unit in a tie is every place that the tied units share; an interval
covers it when it holds all of them. The percentiles of simulated ranks, an often seen shortcut, are not offered:
among nearly equal units they miss the true rank far more often than they say (Mogstad et al., below).

References
----------
M. Klein, T. Wright, J. Wieczorek, Journal of the Royal Statistical Society A 183 (2020), 589-606.
M. Mogstad, J. P. Romano, A. M. Shaikh, D. Wilhelm, Review of Economic Studies 91 (2024), 476-518.
J. P. Romano, M. Wolf, Journal of the American Statistical Association 100 (2005), 94-108.
"""

from dataclasses import dataclass

import numpy as np
import scipy  # submodules load on first use, so importing this module stays fast

from survey_app.estimation.codes import BoolArray, FloatArray, IntArray, freeze_arrays
from survey_app.estimation.hypotheses.comparisons import UnitEstimates
from survey_app.estimation.hypotheses.multiplicity import holm
from survey_app.estimation.hypotheses.ttest import UnableToTest
from survey_app.estimation.intervals import UnknownLevel, t_interval

DRAWS = 10_000


class TooFewDraws(UnableToTest):
    """So few simulations that the quantile asked for lies beyond the largest."""


@dataclass(frozen=True)
class RankIntervals:
    """The places that each of k units may hold.

    Attributes
    ----------
    low, high : int arrays (k,)
        Best and worst place, 1 = largest estimate.
    better : array (k, k) of bool
        better[i, j]: i is established to be above j.
    simultaneous : bool
        True: all intervals cover at once with probability `level` at least; False: each by itself.
    level : float
    method : str
    """

    low: IntArray
    high: IntArray
    better: BoolArray
    simultaneous: bool
    level: float
    method: str

    def __post_init__(self) -> None:
        freeze_arrays(self)


def ranks_from_intervals(units: UnitEstimates, *, level: float = 0.95) -> RankIntervals:
    """Ranks from simultaneous intervals of the estimates: i is above j when their intervals do not touch.

    Returns
    -------
    RankIntervals
        Simultaneous. Simple to show in a figure, wider than `ranks_from_differences`.

    Raises
    ------
    UnknownLevel

    Notes
    -----
    Each interval has level^(1/k) (Sidak), which holds for independent and for correlated normal estimates.
    """
    each = level ** (1 / max(units.estimate.size, 1)) if 0 < level < 1 else level
    low, high = t_interval(units.estimate, np.sqrt(np.diag(units.vcov)), units.df, each)
    better = low[:, None] > high[None, :]
    # two units without variance are never told apart: equal answers in a sample are no proof
    better &= _statistics(units)[1] > 0
    return _intervals(better, level, "intervals", simultaneous=True)


def ranks_from_differences(
    units: UnitEstimates,
    *,
    rng: np.random.Generator,
    level: float = 0.95,
    draws: int = DRAWS,
) -> RankIntervals:
    """Ranks from all pairwise differences, step-down, with simulated critical values.

    Parameters
    ----------
    units : UnitEstimates
    rng : numpy Generator
    level : float
    draws : int
        Simulations; a step costs draws x k^2.

    Returns
    -------
    RankIntervals
        Simultaneous; the narrowest of the simultaneous ones.

    Raises
    ------
    UnknownLevel, TooFewDraws

    Notes
    -----
    Hypotheses "i is not above j" for all ordered pairs are tested by (estimate_i - estimate_j) / se_ij, turned
    into the normal score of its probability under Student's t with the df of that pair, so that a unit with few
    PSUs widens its own comparisons only. The critical value is the quantile of the largest statistic
    of normal errors with the given covariance; rejected hypotheses leave the maximum, until none is rejected
    any more. A pair without variance is never told apart.
    """
    errors = _errors(units, rng, draws, level)
    statistic, se = _statistics(units)
    better = np.zeros(se.shape, dtype=np.bool_)
    while True:
        critical = _quantile(_largest(errors, se, (se > 0) & ~better), level)
        found = statistic > critical
        if not (found & ~better).any():
            return _intervals(better, level, "differences", simultaneous=True)
        better |= found


def ranks_from_holm(units: UnitEstimates, *, level: float = 0.95) -> RankIntervals:
    """As `ranks_from_differences` without simulation: Holm's p-values, which ignore correlation.

    Raises
    ------
    UnknownLevel
    """
    _check_level(level)
    statistic, se = _statistics(units)
    above = se > 0
    p_value = scipy.special.ndtr(-statistic[above])
    better = np.zeros(se.shape, dtype=np.bool_)
    better[above] = holm(p_value) <= 1 - level
    return _intervals(better, level, "holm", simultaneous=True)


def ranks_by_simulation(
    units: UnitEstimates,
    *,
    rng: np.random.Generator,
    level: float = 0.95,
    draws: int = DRAWS,
) -> RankIntervals:
    """The rank of each unit by itself, by a parametric bootstrap of its differences from all others.

    Parameters, errors and method as `ranks_from_differences`, but with a critical value for each unit.

    Returns
    -------
    RankIntervals
        Not simultaneous: for the head of one unit who asks for that unit's place. `better` is the claim made
        on behalf of either unit.
    """
    errors = _errors(units, rng, draws, level)
    statistic, se = _statistics(units)
    count = units.estimate.size
    low, high = np.ones(count, dtype=np.int64), np.full(count, count)
    claims = np.zeros(se.shape, dtype=np.bool_)
    for unit in range(count):
        above, below = _step_down_for(unit, errors, statistic, se, level)
        low[unit] += above.sum()
        high[unit] -= below.sum()
        claims[above, unit] = claims[unit, below] = True
    return RankIntervals(low, high, claims, simultaneous=False, level=level, method="simulation")


def _step_down_for(
    unit: int, errors: FloatArray, statistic: FloatArray, se: FloatArray, level: float
) -> tuple[BoolArray, BoolArray]:
    """Which others are established above and below one unit."""
    varies = se[unit] > 0
    scaled = np.divide(errors[:, [unit]] - errors, se[unit], out=np.zeros_like(errors), where=varies)
    above, below = np.zeros_like(varies), np.zeros_like(varies)
    while True:
        largest = np.maximum(
            scaled.max(axis=1, where=varies & ~below, initial=-np.inf),
            (-scaled).max(axis=1, where=varies & ~above, initial=-np.inf),
        )
        critical = _quantile(largest, level)
        new_below, new_above = statistic[unit] > critical, -statistic[unit] > critical
        if not ((new_below & ~below) | (new_above & ~above)).any():
            return above, below
        above, below = above | new_above, below | new_below


def _intervals(better: BoolArray, level: float, method: str, *, simultaneous: bool) -> RankIntervals:
    low = 1 + better.sum(axis=0)
    high = better.shape[0] - better.sum(axis=1)
    return RankIntervals(low, high, better, simultaneous, level, method)


def _statistics(units: UnitEstimates) -> tuple[FloatArray, FloatArray]:
    """Normal score of every ordered pair (0 without variance), and its standard error: arrays (k, k)."""
    count = units.estimate.size
    first, second = np.divmod(np.arange(count**2), count)
    estimate, se = (part.reshape(count, count) for part in units.differences(first, second))
    np.fill_diagonal(se, 0.0)
    t = np.divide(estimate, se, out=np.zeros_like(estimate), where=se > 0)
    df = units.difference_df(first, second).reshape(count, count)
    return np.sign(t) * -scipy.special.ndtri(scipy.special.stdtr(df, -np.abs(t))), se


def _errors(units: UnitEstimates, rng: np.random.Generator, draws: int, level: float) -> FloatArray:
    """Simulated errors (draws, k) of the estimates: normal with their covariance."""
    _check_level(level)
    if draws * (1 - level) < 1:
        raise TooFewDraws(
            f"{draws} draws cannot show a level of {level}. Use {round(10 / (1 - level))} or more."
        )
    values, vectors = np.linalg.eigh(units.vcov)
    scaled = vectors * np.sqrt(np.maximum(values, 0.0))
    return np.asarray(rng.standard_normal((draws, values.size)) @ scaled.T, dtype=np.float64)


def _largest(errors: FloatArray, se: FloatArray, pairs: BoolArray) -> FloatArray:
    """Largest simulated statistic over the given ordered pairs: array (draws,)."""
    largest = np.full(errors.shape[0], -np.inf)
    for unit, others in enumerate(pairs):
        if others.any():
            scaled = (errors[:, [unit]] - errors[:, others]) / se[unit, others]
            np.maximum(largest, scaled.max(axis=1), out=largest)
    return largest


def _quantile(largest: FloatArray, level: float) -> float:
    # the upper end of the quantile's simulation error: too few draws make intervals wider, not wrong
    share = level + 2 * np.sqrt(level * (1 - level) / largest.size)
    place = min(int(np.ceil(share * (largest.size + 1))), largest.size)
    # never below zero: the order of two estimates is not evidence for its reverse
    return max(float(np.partition(largest, place - 1)[place - 1]), 0.0)


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise UnknownLevel(f"level={level}: give a confidence level between 0 and 1, such as 0.95.")

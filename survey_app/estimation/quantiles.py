"""Weighted quantiles with intervals: an interval for the distribution function, turned back into values.

The distribution function F at the estimated quantile is a proportion, so its interval comes from
`intervals` and holds for every design and domain; the quantiles at its two limits are the limits (Woodruff).
`quantile_rules` holds the definitions of a quantile.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from survey_app.estimation.codes import BoolArray, FloatArray, IntArray, UnableToEstimate, freeze_arrays
from survey_app.estimation.intervals import METHODS, ROUNDING, Interval, t_interval, t_quantile
from survey_app.estimation.means import Domain, Missing, columns_of, mean, used_cells
from survey_app.estimation.quantile_rules import RULES, SortedSample, UnknownRule, quantiles_of
from survey_app.estimation.replicates import ReplicateDesign, covariance_of_replicates
from survey_app.estimation.variance import AnyDesign, degrees_of_freedom

WOODRUFF = ("mean", "beta", "xlogit", "asin")
INTERVALS = (*WOODRUFF, "score", "quantile")


class UnusableProbability(UnableToEstimate):
    """A probability that is not a number between 0 and 1."""


class UnusableInterval(UnableToEstimate):
    """An unknown kind of interval, one the design cannot give, or one that has no limits in these data."""


@dataclass(frozen=True)
class Quantiles:
    """P quantiles of k columns.

    Attributes
    ----------
    probabilities : array (P,)
    estimate, se, ci_low, ci_high : arrays (k, P)
        NaN where undefined: no row has a value, or a limit of F lies outside [0, 1] (limits are not clipped).
        `se` is the length of the interval over 2 t.
    n : array (k,)
        Rows with a value and a positive weight.
    df : int
        Degrees of freedom of the full design.
    df_domain : array (k,)
        The same, counting PSUs and strata that hold such a row; used for the intervals.
    level : float
    """

    probabilities: FloatArray
    estimate: FloatArray
    se: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    n: IntArray
    df: int
    df_domain: IntArray
    level: float

    def __post_init__(self) -> None:
        freeze_arrays(self)


def quantile(
    values: npt.ArrayLike,
    design: AnyDesign,
    probabilities: float | Sequence[float],
    *,
    rule: str = "math",
    interval: str = "mean",
    domain: Domain = None,
    missing: Missing = "itemwise",
    level: float = 0.95,
) -> Quantiles:
    """Weighted quantiles of one or many columns.

    Parameters
    ----------
    values : array-like (n,) or (n, k)
        NaN = missing.
    design : Design or ReplicateDesign
        Of the same n rows.
    probabilities : float or sequence of P floats
        In [0, 1]; 0.5 is the median.
    rule : one of `quantile_rules.RULES`
        "math" is the smallest value y with F(y) >= p.
    interval : {"mean", "beta", "xlogit", "asin", "score", "quantile"}
        Interval for F at the estimate, as in `intervals.proportion_interval`; "score": the values at which a
        test of F(y) = p is just not rejected; "quantile" (replicate designs only): estimate -+ t se with the
        variance of the replicates' own quantiles (not for jackknife weights, under which it is inconsistent).
    domain : array (n,) of bool, optional
        Rows to estimate for; absent: all.
    missing : {"itemwise", "listwise"}
    level : float

    Returns
    -------
    Quantiles

    Raises
    ------
    UnknownRule, UnusableProbability, UnusableInterval, MismatchedValues, UnknownLevel, LonelyPSU

    Notes
    -----
    Where everybody is at or below the estimate, F is 1 with no estimated variance: "mean" gives the
    degenerate interval R gives, and the other Woodruff intervals are undefined.

    References
    ----------
    R. S. Woodruff, Journal of the American Statistical Association 47 (1952), 635-646.
    C. A. Francisco, W. A. Fuller, Annals of Statistics 19 (1991), 454-469.
    R survey 4.5, `svyquantile`.
    """
    p = _checked_probabilities(probabilities)
    _check_choices(rule, interval, design)
    columns = columns_of(values, design)
    used = used_cells([columns], design, domain, missing)
    df = np.array([degrees_of_freedom(design, column) for column in used.T], dtype=np.int64)
    shape = (columns.shape[1], p.size)
    estimate, low, high = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    for k in range(columns.shape[1]):
        column = _Column.of(columns[:, k], used[:, k], int(df[k]), design, rule, level)
        estimate[k] = column.quantiles(p)
        low[k], high[k] = _limits(column, p, estimate[k], interval)
    return Quantiles(
        probabilities=p,
        estimate=estimate,
        se=(high - low) / (2 * t_quantile(df, level))[:, None],
        ci_low=low,
        ci_high=high,
        n=used.sum(axis=0),
        df=degrees_of_freedom(design),
        df_domain=df,
        level=level,
    )


def _checked_probabilities(probabilities: float | Sequence[float]) -> FloatArray:
    p = np.atleast_1d(np.array(probabilities, dtype=np.float64))
    if p.ndim != 1 or not ((p >= 0) & (p <= 1)).all():
        raise UnusableProbability(
            f"probabilities={probabilities}: give numbers between 0 and 1, such as 0.5."
        )
    return p


def _check_choices(rule: str, interval: str, design: AnyDesign) -> None:
    if rule not in RULES:
        raise UnknownRule(f"rule={rule!r}: choose one of {', '.join(RULES)}.")
    if interval not in INTERVALS:
        raise UnusableInterval(f"interval={interval!r}: choose one of {', '.join(INTERVALS)}.")
    if interval == "quantile" and not isinstance(design, ReplicateDesign):
        raise UnusableInterval(
            f"interval='quantile' needs replicate weights. Choose one of {', '.join(INTERVALS[:-1])}."
        )


@dataclass(frozen=True)
class _Column:
    """One column of answers with what its quantiles and their limits need."""

    values: FloatArray  # (n,), NaN where not used
    used: BoolArray
    df: int
    design: AnyDesign
    rule: str
    level: float
    order: IntArray  # used rows by ascending value
    sample: SortedSample

    @classmethod
    def of(
        cls, values: FloatArray, used: BoolArray, df: int, design: AnyDesign, rule: str, level: float
    ) -> "_Column":
        rows = np.flatnonzero(used)
        order = rows[np.argsort(values[rows], kind="stable")]
        sample = SortedSample(values[order], design.weights[order])
        return cls(np.where(used, values, np.nan), used, df, design, rule, level, order, sample)

    def quantiles(self, p: FloatArray) -> FloatArray:
        return quantiles_of(self.sample, p, self.rule)

    def distribution(self, at: FloatArray) -> tuple[FloatArray, FloatArray]:
        """F at each of m values, and its standard error; exactly 1 where everybody is at or below."""
        below = np.where(self.used[:, None], self.values[:, None] <= at, np.nan)
        shares = mean(below, self.design, level=self.level)
        share = np.where(np.abs(shares.estimate - 1) <= ROUNDING, 1.0, shares.estimate)
        return share, np.where(share == 1, 0.0, shares.se)


def _limits(column: _Column, p: FloatArray, estimate: FloatArray, kind: str) -> Interval:
    if column.df < 1:
        # no t, hence no limits; but a stratum with one PSU of several is refused like everywhere
        column.distribution(estimate)
        return np.full(p.shape, np.nan), np.full(p.shape, np.nan)
    if kind == "quantile":
        return _replicate_limits(column, p, estimate)
    if kind == "score":
        return _score_limits(column, p)
    return _woodruff_limits(column, estimate, kind)


def _woodruff_limits(column: _Column, estimate: FloatArray, kind: str) -> Interval:
    share, se = column.distribution(estimate)
    n, df = np.full(share.shape, float(column.order.size)), np.full(share.shape, float(column.df))
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = METHODS[kind](share, se, n, df, column.level)
    undefined = np.isnan(low) | np.isnan(high)
    low, high = np.where(undefined, np.nan, low), np.where(undefined, np.nan, high)
    return (
        column.quantiles(np.where(low < 0, np.nan, low)),
        column.quantiles(np.where(high > 1, np.nan, high)),
    )


def _replicate_limits(column: _Column, p: FloatArray, estimate: FloatArray) -> Interval:
    design = column.design
    assert isinstance(design, ReplicateDesign)
    weights = design.replicate_weights[column.order]
    if (weights < 0).any():
        raise UnusableInterval(
            "interval='quantile': a sample with negative weights has no quantiles, and some replicate weights "
            "are negative. Choose another interval, such as 'mean' or 'xlogit'."
        )
    replicates = np.array(
        [quantiles_of(column.sample.weighing(one), p, column.rule) for one in weights.T], dtype=np.float64
    )
    se = np.sqrt(np.diag(covariance_of_replicates(estimate, replicates, design)))
    return t_interval(estimate, se, np.full(p.shape, column.df), column.level)


def _score_limits(column: _Column, p: FloatArray) -> Interval:
    """Both limits of every p: where (p - F) / se crosses t and -t.

    The share of ROWS (not of weights) at or below a crossing is turned into a value, as in R.
    """
    critical = float(t_quantile(column.df, column.level))
    low, high = (
        np.array([_rows_below_crossing(column, one, bound) for one in p]) for bound in (critical, -critical)
    )
    return column.quantiles(low / column.order.size), column.quantiles(high / column.order.size)


def _rows_below_crossing(column: _Column, p: float, critical: float) -> int:
    """Rows at or below the value at which (p - F) / se - critical changes its sign.

    The search keeps to the range of the values without a hundredth of their interquartile range at either
    end. In clustered samples the sign may change more than once. Starting interval, tolerance and algorithm
    (Brent's) are R's, so that both nearly always settle on the same change.
    """
    values = column.sample.values

    def excess(at: float) -> float:
        share, se = column.distribution(np.array([at]))
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.clip((p - share[0]) / se[0], -1e100, 1e100)) - critical

    margin = float(np.subtract(*np.quantile(values, [0.75, 0.25]))) / 100
    start, end = float(values[0]) + margin, float(values[-1]) - margin
    if not excess(start) >= 0 >= excess(end):
        raise UnusableInterval(
            f"interval='score': the test at p = {p:g} rejects no value at one end, so there is no limit "
            "there. Choose another interval, such as 'xlogit', or a p nearer 0.5."
        )
    crossing = scipy.optimize.brentq(excess, start, end, xtol=0.01 / np.sqrt(values.size))
    return int(np.searchsorted(values, crossing, side="right"))

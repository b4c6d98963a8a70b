"""Quantiles of ordinal answers from a PSU table, with Woodruff's intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from survey_app.estimation.codes import BoolArray, FloatArray, IntArray
from survey_app.estimation.design import Design
from survey_app.estimation.intervals import METHODS, ROUNDING, t_quantile
from survey_app.estimation.psu_tables.estimates import mean, moments
from survey_app.estimation.psu_tables.tables import PSUTable
from survey_app.estimation.quantile_rules import cumulate
from survey_app.estimation.quantiles import WOODRUFF, Quantiles, UnusableInterval, UnusableProbability


def quantile(
    table: PSUTable,
    design: Design,
    probabilities: float | Sequence[float],
    *,
    interval: str = "mean",
    domain: BoolArray | None = None,
    level: float = 0.95,
) -> Quantiles:
    """The smallest answer code y with F(y) >= p, item by item.

    Parameters
    ----------
    table : PSUTable
    design : Design
        `PSUTable.design`.
    probabilities : float or sequence of Q floats
        In [0, 1].
    interval : {"mean", "beta", "xlogit", "asin"}
        Interval for F at the estimate, turned back into codes (`quantiles.quantile`).
    domain : array (P,) of bool, optional
    level : float

    Returns
    -------
    Quantiles
        Arrays (J, Q).

    Raises
    ------
    UnusableProbability, UnusableInterval, MismatchedValues, LonelyPSU

    References
    ----------
    R. S. Woodruff, Journal of the American Statistical Association 47 (1952), 635-646.
    """
    p = np.atleast_1d(np.asarray(probabilities, dtype=np.float64))
    if p.ndim != 1 or not ((p >= 0) & (p <= 1)).all():
        raise UnusableProbability(
            f"probabilities={probabilities}: give numbers between 0 and 1, such as 0.5."
        )
    if interval not in WOODRUFF:
        raise UnusableInterval(f"interval={interval!r}: choose one of {', '.join(WOODRUFF)}.")
    codes = table.scale.values
    found = moments(table, codes, domain)
    columns = [_Item.of(codes, *sums) for sums in zip(found.histogram, found.counts, strict=True)]
    estimate = np.array([item.inverse(p) for item in columns])
    low, high = np.full(estimate.shape, np.nan), np.full(estimate.shape, np.nan)
    answers = mean(table, codes, design, domain=domain, level=level)
    for column, at in enumerate(estimate.T):
        below = np.where(np.isnan(codes), np.nan, codes <= np.nan_to_num(at)[:, None])
        shares = mean(table, below, design, domain=domain, level=level)
        share = np.where(np.abs(shares.estimate - 1) <= ROUNDING, 1.0, shares.estimate)
        se = np.where(share == 1, 0.0, shares.se)
        with np.errstate(divide="ignore", invalid="ignore"):
            n, df = answers.n.astype(np.float64), answers.df_domain.astype(np.float64)
            limits = np.array(METHODS[interval](share, se, n, df, level))
        # a limit that cannot be had leaves the other without a meaning, as in `quantiles.quantile`
        limits = np.where((df >= 1) & ~np.isnan(limits).any(axis=0), limits, np.nan)
        low[:, column], high[:, column] = (_each(columns, limit) for limit in limits)
    return Quantiles(
        probabilities=p,
        estimate=estimate,
        se=(high - low) / (2 * t_quantile(answers.df_domain, level))[:, None],
        ci_low=low,
        ci_high=high,
        n=answers.n,
        df=answers.df,
        df_domain=answers.df_domain,
        level=level,
    )


@dataclass(frozen=True)
class _Item:
    """The codes of an item that were given, their weights up to each, and whether one row gave the lowest."""

    codes: FloatArray
    upto: FloatArray
    single: bool

    @classmethod
    def of(cls, codes: FloatArray, weights: FloatArray, counts: IntArray) -> "_Item":
        held = weights > 0
        return cls(codes[held], cumulate(weights[held]), bool(counts[held][:1].sum() == 1))

    def inverse(self, p: FloatArray) -> FloatArray:
        """Smallest code with F >= p; NaN where p is NaN or outside [0, 1]."""
        found = np.full(p.shape, np.nan)
        asked = (p >= 0) & (p <= 1) & (self.upto.size > 0)
        if asked.any():
            # as `quantile_rules` on the rows: where the lowest row is passed over, and on which side of a step p is
            low = np.searchsorted(self.upto, p[asked] * self.upto[-1], side="right") - 1
            low = np.maximum(low, 0 if self.single else -1)
            exact = (self.upto / self.upto[-1])[np.maximum(low, 0)] == p[asked]
            found[asked] = self.codes[np.where(exact, low, np.minimum(low + 1, self.upto.size - 1))]
        return found


def _each(items: list[_Item], p: FloatArray) -> FloatArray:
    return np.array([item.inverse(one)[0] for item, one in zip(items, p[:, None], strict=True)])

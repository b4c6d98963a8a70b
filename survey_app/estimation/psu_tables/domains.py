"""Means of all items in many domains at once, each domain a set of whole PSUs (strata, provinces, communes).

For a crossing of domains number its cells. The cost grows with the PSUs, not with domains x PSUs.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import BoolArray, FloatArray, IntArray, Labels, encode_pairs, freeze_arrays
from survey_app.estimation.design import Design
from survey_app.estimation.estimates import MismatchedValues, divide
from survey_app.estimation.intervals import t_interval
from survey_app.estimation.psu_tables.estimates import moments, simple_random_variance
from survey_app.estimation.psu_tables.tables import PSUTable
from survey_app.estimation.variance import parent_factors


@dataclass(frozen=True)
class DomainMeans:
    """Means of J items in D domains: arrays (D, J), NaN where nobody answered.

    Attributes
    ----------
    estimate, se, ci_low, ci_high, deff, deff_wr : float arrays
        As in `estimates.Estimates`; the intervals are Wald-t with `df`.
    n : int array
        Answers with a positive weight.
    df : int array
        PSUs minus strata, counting those with such an answer.
    level : float
    """

    estimate: FloatArray
    se: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    deff: FloatArray
    deff_wr: FloatArray
    n: IntArray
    df: IntArray
    level: float

    def __post_init__(self) -> None:
        freeze_arrays(self)


def domain_means(
    table: PSUTable,
    values: npt.ArrayLike,
    design: Design,
    domains: npt.NDArray[np.integer],
    domain_count: int,
    *,
    level: float = 0.95,
) -> DomainMeans:
    """Means in domains.

    Parameters
    ----------
    table, values, design, level
        As `psu_tables.estimates.mean`.
    domains : int array (P,)
        Domain 0..domain_count-1 of each PSU; -1: in none.
    domain_count : int

    Raises
    ------
    MismatchedValues, LonelyPSU

    Notes
    -----
    A domain keeps the full design: a stratum counts all its PSUs, with zero scores in those outside.
    """
    codes = np.asarray(domains)
    if codes.shape != (table.psus.size,) or codes.dtype.kind not in "iu":
        raise MismatchedValues(f"Domains are one integer a PSU ({table.psus.size}); got {codes.shape}.")
    if codes.size and (codes.min() < -1 or codes.max() >= domain_count):
        raise MismatchedValues(f"Domain codes must lie between -1 and domain_count - 1 = {domain_count - 1}.")
    found, inside = moments(table, values), np.flatnonzero(codes >= 0)
    order = inside[np.argsort(codes[inside], kind="stable")]
    groups = _Groups(codes[order].astype(np.int64), domain_count)
    size, sums = groups.sums(found.size[order]), groups.sums(found.total[order])
    centre, scale = divide(sums, size), divide(np.ones_like(size), size)
    residual = found.total[order] - np.nan_to_num(centre)[groups.domain] * found.size[order]
    scores = residual * np.nan_to_num(scale)[groups.domain]
    given = ~np.isnan(np.broadcast_to(np.asarray(values, dtype=np.float64), found.values.shape))
    histogram = groups.sums(table.weights[order]) * given
    n = (groups.sums(table.counts[order]) * given).sum(axis=2)
    floor = (1e-12 * divide((histogram * np.abs(found.values)).sum(axis=2), size)) ** 2
    variance = groups.variance(scores, design, order)
    variance = np.where(np.isnan(centre), np.nan, np.where(variance <= floor, 0.0, variance))
    simple, remaining = simple_random_variance(histogram, found.values, n, np.where(size > 0, size, 1.0))
    simple[simple <= floor] = 0.0
    df = groups.degrees_of_freedom(found.present[order], design, order)
    low, high = t_interval(centre, np.sqrt(variance), df, level)
    deff, deff_wr = divide(variance, simple * remaining), divide(variance, simple)
    return DomainMeans(centre, np.sqrt(variance), low, high, deff, deff_wr, n, df, level)


@dataclass(frozen=True)
class _Groups:
    """Sorted PSUs of the domains; `domain` (m,) never decreases."""

    domain: IntArray
    count: int

    def sums(self, parts: Labels) -> Labels:
        """Sums of the PSUs (m, ...) by domain (D, ...)."""
        return _sums(parts, self.domain, self.count)

    def variance(self, scores: FloatArray, design: Design, psus: IntArray) -> FloatArray:
        """Sum over strata of factor times the squared deviations of all sampled PSUs, by domain."""
        stage = design.stages[0]
        factor, centred_at_mean = parent_factors(design, 1)
        pair, domain, stratum = encode_pairs(self.domain, stage.parent[psus])
        order = np.argsort(pair, kind="stable")
        centre = _sums(scores[order], pair[order], domain.size) / stage.sampled[stratum][:, None]
        # the linearised scores of a mean add up to zero
        centre[centred_at_mean[stratum]] = 0.0
        squares = (scores - centre[pair]) ** 2 * factor[stage.parent[psus]][:, None]
        absent = stage.sampled[stratum] - np.bincount(pair, minlength=domain.size)
        others = centre**2 * (factor[stratum] * absent)[:, None]
        return self.sums(squares) + _sums(others, domain, self.count)

    def degrees_of_freedom(self, present: BoolArray, design: Design, psus: IntArray) -> IntArray:
        pair, domain, _ = encode_pairs(self.domain, design.stages[0].parent[psus])
        order = np.argsort(pair, kind="stable")
        strata = _sums(present[order].astype(np.int64), pair[order], domain.size) > 0
        return np.asarray(
            self.sums(present.astype(np.int64)) - _sums(strata.astype(np.int64), domain, self.count),
            dtype=np.int64,
        )


def _sums(parts: Labels, codes: IntArray, count: int) -> Labels:
    """Sums of `parts` (m, ...) by sorted codes (m,): array (count, ...)."""
    sums = np.zeros((count, *parts.shape[1:]), dtype=parts.dtype)
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    if starts.size:
        sums[codes[starts]] = np.add.reduceat(parts, starts)
    return sums

"""Design-based rank tests: do groups differ in location, whatever the shape of the distribution?"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy  # submodules load on first use, so importing this module stays fast

from survey_app.estimation.codes import BoolArray, FloatArray, IntArray, encode, freeze_arrays, is_missing
from survey_app.estimation.hypotheses.ttest import (
    NothingToCompare,
    NoVariation,
    TooFewDegreesOfFreedom,
    UnableToTest,
    two_sided_p,
)
from survey_app.estimation.means import Domain, rows_inside, total
from survey_app.estimation.variance import AnyDesign, degrees_of_freedom

RANK_SCORES: dict[str, Callable[[FloatArray], FloatArray]] = {
    "wilcoxon": lambda share: share,
    "KruskalWallis": lambda share: share,
    "vanderWaerden": lambda share: np.asarray(scipy.special.ndtri(share), dtype=np.float64),
    "median": lambda share: (share > 0.5).astype(np.float64),
}
"""Scores of the rank of a value, given as a share of the population."""


class UnknownRankTest(UnableToTest):
    """No rank test of that name."""


@dataclass(frozen=True)
class RankTest:
    """Groups compared by their mean rank scores.

    Attributes
    ----------
    estimate : array (g - 1,)
        Mean rank score of every group but the first (in the order of their codes) minus that of the first.
    statistic : float
        Two groups: Student's t; more: a Wald chi-square, whose share of `df_num` is compared with F.
    df_num, df : int
        Groups minus one; PSUs minus strata, minus `df_num`.
    p_value : float
    """

    estimate: FloatArray
    statistic: float
    df_num: int
    df: int
    p_value: float

    def __post_init__(self) -> None:
        freeze_arrays(self)


def rank_test(
    values: npt.ArrayLike,
    groups: npt.ArrayLike,
    design: AnyDesign,
    *,
    test: str = "wilcoxon",
    domain: Domain = None,
) -> RankTest:
    """Compare groups by ranks estimated for the population.

    Parameters
    ----------
    values : array-like (n,)
        NaN = missing.
    groups : array-like (n,)
        Codes of two or more groups; rows without a code are left out.
    design : Design or ReplicateDesign
    test : one of RANK_SCORES
    domain : array (n,) of bool, optional

    Returns
    -------
    RankTest

    Raises
    ------
    UnknownRankTest, NothingToCompare, NoVariation, TooFewDegreesOfFreedom, LonelyPSU

    Notes
    -----
    The rank of a value is the weighted share of the population below it, plus half its own weight; tied rows
    share the plain average of theirs in row order, as in R. Scores are taken as fixed in the variance.

    References
    ----------
    T. Lumley, A. J. Scott, Biometrika 100 (2013), 831-842; R survey, `svyranktest`.
    """
    if test not in RANK_SCORES:
        raise UnknownRankTest(f"test={test!r}: choose one of {', '.join(RANK_SCORES)}.")
    answers, codes = np.asarray(values, dtype=np.float64), np.asarray(groups)
    if answers.shape != (design.size,) or codes.shape != (design.size,):
        raise NothingToCompare(
            f"Values of shape {answers.shape} and groups of shape {codes.shape} for {design.size} rows."
        )
    counted = rows_inside(design, domain) & ~np.isnan(answers) & ~is_missing(codes)
    group, labels = encode(codes[counted], "groups")
    if labels.size < 2:
        raise NothingToCompare(f"{labels.size} groups have answers; a rank test compares at least two.")
    scores = RANK_SCORES[test](_rank_shares(answers[counted], design.weights[counted]))
    return _compare(scores, group, labels.size, counted, design)


def _rank_shares(values: FloatArray, weights: FloatArray) -> FloatArray:
    order = np.argsort(values, kind="stable")
    below = np.empty_like(weights)
    below[order] = np.cumsum(weights[order]) - weights[order] / 2
    _, tie, count = np.unique(values, return_inverse=True, return_counts=True)
    shares: FloatArray = (np.bincount(tie, below) / count)[tie] / weights.sum()
    return shares


def _compare(
    scores: FloatArray, group: IntArray, count: int, counted: BoolArray, design: AnyDesign
) -> RankTest:
    weights = design.weights[counted]
    size = np.bincount(group, weights, count)
    means = np.bincount(group, weights * scores, count) / size
    influence = np.zeros((design.size, count))
    influence[counted] = (group[:, None] == np.arange(count)) * ((scores - means[group]) / size[group])[
        :, None
    ]
    vcov = total(influence[:, 1:] - influence[:, :1], design).vcov
    estimate, df_num = means[1:] - means[0], count - 1
    df = degrees_of_freedom(design, counted) - df_num
    if df < 1:
        raise TooFewDegreesOfFreedom(f"{df} degrees of freedom for {count} groups: merge groups or strata.")
    if np.linalg.matrix_rank(vcov, hermitian=True) < df_num:
        raise NoVariation("The ranks of some groups do not vary between PSUs, so they cannot be compared.")
    if df_num == 1:
        t = estimate / np.sqrt(vcov[0])
        return RankTest(estimate, float(t[0]), 1, df, float(two_sided_p(t, df)[0]))
    wald = float(estimate @ np.linalg.solve(vcov, estimate))
    return RankTest(estimate, wald, df_num, df, float(scipy.special.fdtrc(df_num, df, wald / df_num)))

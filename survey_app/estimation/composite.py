"""Composite indices: any linear recipe of item means, for all respondents and for many domains at once.

A recipe's criteria, factors, contents and overall index are each a linear combination of item means. The
whole combination is linearised into one score per respondent, so the covariance between the items of the same
respondent is in every standard error. Missing answers are treated item by item: a respondent counts wherever
he or she answered, and nobody is dropped from an item for having skipped another.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from survey_app.estimation.cells import Scores, UnusableScores, sort_rows
from survey_app.estimation.codes import BoolArray, FloatArray, IntArray, freeze_arrays
from survey_app.estimation.design import Design
from survey_app.estimation.estimates import divide
from survey_app.estimation.intervals import ROUNDING, display_interval, t_interval
from survey_app.estimation.node_sums import DomainSums, Recipe, sum_by_domain


@dataclass(frozen=True)
class NodeEstimates:
    """Estimates of every node of the recipe: arrays (nodes,) or (domains, nodes).

    Attributes
    ----------
    estimate, se : float arrays
        NaN where an item with a non-zero coefficient has no answer.
    ci_low, ci_high, interval_method : float and str arrays
        `intervals.display_interval` for nodes that are weighted averages (coefficients >= 0 with sum 1);
        Wald-t, "mean", for other combinations.
    n : int array
        Respondents with a positive weight and an answer to at least one item of the node.
    n_min_item : int array
        Answers to the least answered item of the node.
    df : int array
        PSUs minus strata, counting those that hold such a respondent.
    deff, deff_wr : float arrays
        Variance over that of the same linearised score under simple random sampling of n respondents without
        replacement from N = sum of their weights, and with replacement. NaN where undefined: `deff` when
        N <= n (as with weights 1), both when nothing varies.
    """

    estimate: FloatArray
    se: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    n: IntArray
    n_min_item: IntArray
    df: IntArray
    deff: FloatArray
    deff_wr: FloatArray
    interval_method: npt.NDArray[np.str_]

    def __post_init__(self) -> None:
        freeze_arrays(self)


@dataclass(frozen=True)
class CompositeIndex:
    """`overall` has arrays (nodes,), `domains` arrays (domain_count, nodes)."""

    overall: NodeEstimates
    domains: NodeEstimates
    level: float


def composite_index(
    *,
    scores: Scores,
    coefficients: FloatArray,
    design: Design,
    domains: npt.NDArray[np.integer] | None = None,
    domain_count: int = 0,
    level: float = 0.95,
) -> CompositeIndex:
    """Estimate every node of a linear recipe, overall and by domain.

    Parameters
    ----------
    scores : float array (n, items)
        Item scores in [0, 1]; NaN = missing.
    coefficients : float array (nodes, items)
        Each node as a combination of item means. Rows usually sum to 1.
    design : Design
        Of the same n rows; its weights may have been adjusted to known totals.
    domains : int array (n,), optional
        Domain code 0..domain_count-1 of each row; -1 lies in none (but counts overall).
    domain_count : int
    level : float
        Confidence level.

    Returns
    -------
    CompositeIndex

    Raises
    ------
    UnusableScores, LonelyPSU, UnknownLevel

    Notes
    -----
    Item j has mean T_j / S_j with S_j the weights of its answers. Node k has estimate ``sum_j c_kj T_j /
    S_j`` and respondent i the score ``w_i sum_j c_kj (y_ij - mean_j) / S_j`` over the items he or she
    answered. A domain keeps the full design, with zero scores outside it. Adjusted weights make residuals of
    the scores (`adjustments.Adjustment`), at the price of a third pass. Two passes over the rows, in
    blocks; memory grows with the rows and with domains x nodes, never with domains x rows. Equal input
    gives equal bytes.

    References
    ----------
    T. Lumley, Complex Surveys (Wiley 2010), section 2.2.
    """
    recipe = Recipe.of(_checked_coefficients(scores, coefficients, design))
    codes = _checked_domains(domains, domain_count, design)
    everyone = sort_rows(design, np.zeros(design.size, dtype=np.int64))
    whole = _estimate(sum_by_domain(scores, recipe, design, everyone, 1), recipe, level)
    parts = sum_by_domain(scores, recipe, design, sort_rows(design, codes), domain_count)
    overall = NodeEstimates(**{name: array[0].copy() for name, array in vars(whole).items()})
    return CompositeIndex(overall=overall, domains=_estimate(parts, recipe, level), level=level)


def _checked_coefficients(scores: Scores, coefficients: FloatArray, design: Design) -> FloatArray:
    checked = np.array(coefficients, dtype=np.float64)
    if scores.ndim != 2 or scores.shape[0] != design.size:
        raise UnusableScores(f"Scores of shape {scores.shape} for a design of {design.size} rows.")
    if checked.ndim != 2 or checked.shape[1] != scores.shape[1]:
        raise UnusableScores(
            f"Coefficients of shape {checked.shape} for {scores.shape[1]} items: give nodes x items."
        )
    if not np.isfinite(checked).all():
        raise UnusableScores("Coefficients must be finite. Use 0 for an item that is not in a node.")
    return checked


def _checked_domains(domains: npt.NDArray[np.integer] | None, domain_count: int, design: Design) -> IntArray:
    if domains is None:
        return np.full(design.size, -1, dtype=np.int64)
    codes = np.asarray(domains)
    if codes.shape != (design.size,) or codes.dtype.kind not in "iu":
        raise UnusableScores(f"Domains are one integer a row; got {codes.dtype} of shape {codes.shape}.")
    if codes.size and (codes.min() < -1 or codes.max() >= domain_count):
        raise UnusableScores(f"Domain codes must lie between -1 and domain_count - 1 = {domain_count - 1}.")
    return codes.astype(np.int64)


def _estimate(sums: DomainSums, recipe: Recipe, level: float) -> NodeEstimates:
    undefined = (sums.answers == 0) @ recipe.uses.T | ~recipe.uses.any(axis=1)
    estimate = np.where(undefined, np.nan, sums.mean @ recipe.coefficients.T)
    rounding = ROUNDING * np.abs(recipe.coefficients).sum(axis=1)
    se = np.sqrt(sums.variance)
    se = np.where(undefined, np.nan, np.where(se <= rounding, 0.0, se))
    n_min_item = _least_answers(sums, recipe)
    # without any variance only the number of answers speaks, and the least answered item speaks least
    n = np.where(se == 0, n_min_item, sums.respondents)
    low, high, method = _intervals(estimate, se, n, sums.df, averages=recipe.averages, level=level)
    deff, deff_wr = _design_effects(se, sums, rounding)
    return NodeEstimates(
        estimate=estimate,
        se=se,
        ci_low=low,
        ci_high=high,
        n=sums.respondents,
        n_min_item=n_min_item,
        df=sums.df,
        deff=deff,
        deff_wr=deff_wr,
        interval_method=method,
    )


def _least_answers(sums: DomainSums, recipe: Recipe) -> IntArray:
    least = np.zeros(sums.respondents.shape, dtype=np.int64)
    for node, items in enumerate(recipe.items):
        if items.size:
            least[:, node] = sums.answers[:, items].min(axis=1)
    return least


def _design_effects(se: FloatArray, sums: DomainSums, rounding: FloatArray) -> tuple[FloatArray, FloatArray]:
    n = sums.respondents.astype(np.float64)
    simple_wr = sums.people * sums.simple / np.maximum(n - 1, 1)
    simple_wr[(n < 2) | (simple_wr <= rounding**2)] = 0.0
    remaining = np.where(sums.people > n, 1 - divide(n, sums.people), 0.0)
    return divide(se**2, simple_wr * remaining), divide(se**2, simple_wr)


def _intervals(
    estimate: FloatArray, se: FloatArray, n: IntArray, df: IntArray, *, averages: BoolArray, level: float
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.str_]]:
    low, high = t_interval(estimate, se, df, level)
    method = np.where(np.isnan(low), "none", "mean").astype(np.dtype("U15"))
    shown = display_interval(estimate[:, averages], se[:, averages], n[:, averages], df[:, averages], level)
    low[:, averages], high[:, averages], method[:, averages] = shown
    return low, high, method

"""Means, totals, proportions, ratios, indices: what rests on ratios of weighted totals."""

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import scipy  # submodules load on first use, so importing this module stays fast

from survey_app.estimation.codes import BoolArray, FloatArray, is_missing
from survey_app.estimation.estimates import Estimates, WeightedRatios, contrast
from survey_app.estimation.intervals import METHODS, Interval, proportion_interval, t_interval, t_quantile
from survey_app.estimation.means import Domain, Missing, indicators, mean, proportion, ratio, total
from survey_app.estimation.replicates import ReplicateDesign, covariance_of_replicates
from survey_app.estimation.requests.keys import UnusableRequest
from survey_app.estimation.requests.problem import Fields, Problem, fields_of, result_of
from survey_app.estimation.requests.tables import level_text, spellings
from survey_app.estimation.variance import AnyDesign, degrees_of_freedom


class _Estimator(Protocol):
    def __call__(
        self,
        values: npt.ArrayLike,
        design: AnyDesign,
        *,
        domain: Domain = None,
        missing: Missing = "itemwise",
        level: float = 0.95,
    ) -> Estimates: ...


_ESTIMATORS: dict[str, _Estimator] = {"mean": mean, "total": total}


def mean_or_total(problem: Problem) -> Fields:
    """Means or totals of numeric columns, or of every level of categorical ones; list-wise with `na_rm`."""
    labels, values = problem.quantities(*problem.request.variables())
    estimator = _ESTIMATORS[problem.request.estimator]
    found = estimator(values, problem.design, domain=problem.domain, missing="listwise", level=problem.level)
    return result_of(found, labels)


def proportions(problem: Problem) -> Fields:
    """Shares of every level of one column."""
    (column,) = problem.request.variables(1)
    levels, found = proportion(
        problem.categories(column), problem.design, domain=problem.domain, level=problem.level
    )
    return result_of(found, [f"{column}{level_text(level)}" for level in levels])


def ratio_of_totals(problem: Problem) -> Fields:
    """The ratio of the totals of two columns."""
    above, below = problem.request.variables(2)
    values = problem.numbers(above, below)
    found = ratio(values[:, 0], values[:, 1], problem.design, domain=problem.domain, level=problem.level)
    return result_of(found, [f"{above}/{below}"])


def by_groups(problem: Problem) -> Fields:
    """A mean, total or ratio in every crossing of the levels of `by`, with their joint covariance."""
    names, found = _grouped(problem)
    return result_of(found, names)


def contrast_of_groups(problem: Problem) -> Fields:
    """A linear combination of the groups' estimates, with its t statistic and p-value."""
    names, found = _grouped(problem)
    weights = problem.request.need("contrast", "an object: group to coefficient")
    combined = contrast(found, [_coefficients(weights, _aliases(names))])
    return fields_of(combined, 0, "contrast") | t_statistic(combined)


def index(problem: Problem) -> Fields:
    """A linear combination of means: a composite index, with the covariance between its items."""
    weights = problem.request.need("contrast", "an object: variable to coefficient")
    labels, values = problem.quantities(*problem.request.variables())
    means = mean(values, problem.design, domain=problem.domain, missing="listwise", level=problem.level)
    return fields_of(contrast(means, [_coefficients(weights, {name: name for name in labels})]), 0, "index")


def interval_of_proportion(problem: Problem) -> Fields:
    """One level's share with an interval by `options.method`, on the answers and df of the domain."""
    (column,) = problem.request.variables(1)
    wanted = problem.request.need("level_value", "the level whose share is asked")
    method = problem.request.options.get("method", "xlogit")
    if method not in METHODS:
        raise UnusableRequest(f"options.method: {method!r}. Choose one of {', '.join(METHODS)}.")
    share = _share(problem, column, wanted)
    found = mean(share, problem.design, domain=problem.domain, level=problem.level)
    low, high = proportion_interval(
        found.estimate, found.se, found.n, found.df_domain, method=method, level=problem.level
    )
    if method == "logit" and isinstance(problem.design, ReplicateDesign):
        low, high = _interval_of_logits(share, problem, problem.design) or (low, high)
    return {
        "label": f"P({column}={wanted})",
        "estimate": found.estimate[0],
        "se": found.se[0],
        "ci_low": low[0],
        "ci_high": high[0],
        "df": found.df_domain[0],
        "n": found.n[0],
    }


def _interval_of_logits(share: FloatArray, problem: Problem, design: ReplicateDesign) -> Interval | None:
    """As R: from the logit of every replicate's own proportion; None where one of them is 0 or 1."""
    used = (problem.inside & ~np.isnan(share))[:, None]
    ratios = WeightedRatios(np.where(used, share[:, None], 0.0), used.astype(np.float64), used)
    logit = scipy.special.logit
    centre, logits = logit(ratios.of(design.weights[:, None])[0]), logit(ratios.of(design.replicate_weights))
    if not (np.isfinite(centre).all() and np.isfinite(logits).all()):
        return None
    variance = covariance_of_replicates(centre, logits, design)[0]
    half = t_quantile(degrees_of_freedom(design, used[:, 0]), problem.level) * np.sqrt(variance)
    return scipy.special.expit(centre - half), scipy.special.expit(centre + half)


def t_statistic(found: Estimates) -> Fields:
    """Estimate over its standard error, against Student's t with the df of the full design."""
    statistic = found.estimate[0] / found.se[0] if found.se[0] > 0 else np.nan
    low, high = t_interval(found.estimate, found.se, found.df, found.level)
    return {
        "t": statistic,
        "p_value": 2 * scipy.special.stdtr(found.df, -abs(statistic)),
        "ci_low": low[0],
        "ci_high": high[0],
    }


def _share(problem: Problem, column: str, wanted: Any) -> FloatArray:
    codes = problem.table.factor(column)
    levels, shares = indicators(codes)
    chosen = [level_text(level) in spellings(wanted) for level in levels]
    if not any(chosen):
        known = ", ".join(level_text(level) for level in levels)
        raise UnusableRequest(f"level_value: {wanted!r} is no level of {column!r}. Its levels: {known}.")
    return shares[:, chosen.index(True)]


def _grouped(problem: Problem) -> tuple[list[str], Estimates]:
    statistic = problem.request.rest.get("statistic", "mean")
    if statistic not in {*_ESTIMATORS, "ratio"}:
        raise UnusableRequest(f"statistic: {statistic!r}. Choose mean, total or ratio.")
    groups = _groups(problem)
    masks = np.column_stack([mask for _, mask in groups])
    options: dict[str, Any] = {"domain": problem.domain, "level": problem.level}
    if statistic == "ratio":
        above, below = problem.numbers(*problem.request.variables(2)).T
        found = ratio(_within(above, masks), _within(below, masks), problem.design, **options)
        return [name for name, _ in groups], found
    labels, values = problem.quantities(*problem.request.variables())
    # as without groups: a row that lacks one variable drops out of all
    values[np.isnan(values).any(axis=1)] = np.nan
    columns = np.column_stack([_within(column, masks) for column in values.T])
    single = len(labels) == 1
    names = [name if single else f"{name}:{label}" for label in labels for name, _ in groups]
    return names, _ESTIMATORS[statistic](columns, problem.design, **options)


def _within(column: FloatArray, masks: BoolArray) -> FloatArray:
    """A column once for every group, missing outside it: array (n, groups)."""
    return np.where(masks, column[:, None], np.nan)


def _groups(problem: Problem) -> list[tuple[str, BoolArray]]:
    """Label and rows of every crossing that holds a row; the first variable's levels change fastest."""
    names = problem.request.need("by", "a list of grouping columns")
    groups: list[tuple[list[str], BoolArray]] = [([], problem.inside)]
    for name in reversed(names):
        codes = problem.table.factor(name)
        given = ~is_missing(codes)
        levels = np.unique(codes[given])
        groups = [
            ([f"{name}={level_text(level)}", *label], mask & (codes == level))
            for label, mask in groups
            for level in levels
        ]
    found = [(",".join(label), mask) for label, mask in groups if mask.any()]
    if not found:
        raise UnusableRequest(f"by: no row of the domain has a level of {', '.join(names)}.")
    return found


def _aliases(names: list[str]) -> dict[str, str]:
    """What a group may be called in `contrast`: `stype=E,sch_wide=No`, or shorter `E.No`."""
    short = {".".join(part.split("=", 1)[1] for part in name.split(",")): name for name in names}
    return short | {name: name for name in names}


def _coefficients(weights: Any, names: dict[str, str]) -> list[float]:
    if not isinstance(weights, dict):
        raise UnusableRequest("contrast: give an object of names and coefficients.")
    unknown = sorted(set(weights) - set(names))
    if unknown:
        raise UnusableRequest(f"contrast: {unknown[0]!r} is none of {', '.join(sorted(names))}.")
    given = {names[key]: float(value) for key, value in weights.items()}
    return [given.get(name, 0.0) for name in dict.fromkeys(names.values())]

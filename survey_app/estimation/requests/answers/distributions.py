"""Quantiles, variances and smooth functions of means."""

from typing import Any

from survey_app.estimation.means import mean, total
from survey_app.estimation.moments import population_variance
from survey_app.estimation.nonlinear import nonlinear
from survey_app.estimation.quantiles import Quantiles, quantile
from survey_app.estimation.requests.keys import UnusableRequest
from survey_app.estimation.requests.problem import Fields, Problem, fields_of, result_of


def quantiles(problem: Problem) -> Fields:
    """Quantiles of one column at `options.p`, by `options.qrule`, with `options.interval`."""
    (column,) = problem.request.variables(1)
    options = problem.request.options
    wanted = _probabilities(options.get("p"))
    found = quantile(
        problem.numbers(column)[:, 0],
        problem.design,
        wanted,
        rule=options.get("qrule", "math"),
        interval=options.get("interval", "mean"),
        domain=problem.domain,
        level=problem.level,
    )
    rows = [_row(found, k, f"p={p:g}") for k, p in enumerate(wanted)]
    return rows[0] if len(rows) == 1 else {"rows": rows}


def _probabilities(given: Any) -> list[float]:
    wanted = given if isinstance(given, list) else [given]
    if not wanted or not all(isinstance(p, int | float) for p in wanted):
        raise UnusableRequest("options.p: missing. Give a list of probabilities, such as [0.25, 0.5, 0.75].")
    return [float(p) for p in wanted]


def _row(found: Quantiles, k: int, label: str) -> Fields:
    return {
        "label": label,
        "estimate": found.estimate[0, k],
        "se": found.se[0, k],
        "ci_low": found.ci_low[0, k],
        "ci_high": found.ci_high[0, k],
        "df": found.df,
        "df_domain": found.df_domain[0],
        "n": found.n[0],
    }


def variances(problem: Problem) -> Fields:
    """Population variances of numeric columns."""
    columns = problem.request.variables()
    found = population_variance(
        problem.numbers(*columns),
        problem.design,
        domain=problem.domain,
        missing="listwise",
        level=problem.level,
    )
    return result_of(found, columns)


def function_of_means(problem: Problem) -> Fields:
    """A smooth function of means (or totals), by the delta method."""
    text = str(problem.request.need("expression", "an expression of the variables, such as log(a / b)"))
    statistic = problem.request.rest.get("statistic", "mean")
    if statistic not in ("mean", "total"):
        raise UnusableRequest(f"statistic: {statistic!r}. Choose mean or total.")
    labels, values = problem.quantities(*problem.request.variables())
    estimator = mean if statistic == "mean" else total
    found = estimator(values, problem.design, domain=problem.domain, missing="listwise", level=problem.level)
    return fields_of(nonlinear(found, labels, text), 0, text)

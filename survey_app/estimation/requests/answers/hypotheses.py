"""Tests and regressions."""

from typing import Any

import numpy as np

from survey_app.estimation.codes import FloatArray, is_missing
from survey_app.estimation.hypotheses.association import independence
from survey_app.estimation.hypotheses.rank_tests import rank_test
from survey_app.estimation.hypotheses.regression import Regression, linear, logistic
from survey_app.estimation.hypotheses.ttest import TTest, one_sample, two_sample
from survey_app.estimation.requests.formulas import read_formula, response
from survey_app.estimation.requests.keys import UnusableRequest
from survey_app.estimation.requests.problem import Fields, Problem
from survey_app.estimation.requests.tables import level_text

_FAMILIES = {"gaussian": linear, "quasibinomial": logistic, "binomial": logistic}


def t_test(problem: Problem) -> Fields:
    """`y~0`: is the mean zero; `y~group`: have two groups the same mean."""
    formula = read_formula(_formula(problem))
    values = response(problem, formula.left)
    found: TTest
    if not formula.right:
        found = one_sample(values, problem.design, domain=problem.domain, level=problem.level)
    elif len(formula.right) == 1:
        groups = problem.table.factor(formula.right[0])
        found = two_sample(values, groups, problem.design, domain=problem.domain, level=problem.level)
    else:
        raise UnusableRequest("formula: a t test has one grouping column on the right side.")
    names = ("estimate", "se", "t", "df", "p_value", "ci_low", "ci_high")
    return {"label": _formula(problem)} | {name: getattr(found, name) for name in names}


def chi_square(problem: Problem) -> Fields:
    """Are two categorical columns independent: `options.statistic`, "F" by default."""
    rows, columns = (problem.table.factor(name) for name in problem.request.variables(2))
    statistic = problem.request.options.get("statistic", "F")
    found = independence(rows, columns, problem.design, statistic=statistic, domain=problem.domain)
    return {
        "label": statistic,
        "statistic": found.statistic,
        "df_num": found.df_num,
        "df_den": found.df_den,
        "p_value": found.p_value,
    }


def rank_comparison(problem: Problem) -> Fields:
    """Do groups differ in rank: `options.test`, "wilcoxon" by default."""
    formula = read_formula(_formula(problem))
    if len(formula.right) != 1:
        raise UnusableRequest("formula: a rank test has one grouping column on the right side.")
    found = rank_test(
        response(problem, formula.left),
        problem.table.factor(formula.right[0]),
        problem.design,
        test=problem.request.options.get("test", "wilcoxon"),
        domain=problem.domain,
    )
    single = found.estimate.size == 1
    return {
        "label": _formula(problem),
        "estimate": found.estimate[0] if single else found.estimate,
        "statistic": found.statistic,
        "df": found.df,
        "p_value": found.p_value,
    }


def regression(problem: Problem) -> Fields:
    """Linear (`options.family` "gaussian") or logistic ("quasibinomial") regression."""
    family = problem.request.options.get("family", "gaussian")
    if family not in _FAMILIES:
        raise UnusableRequest(f"options.family: {family!r}. Choose one of {', '.join(_FAMILIES)}.")
    formula = read_formula(_formula(problem))
    labels, x = _predictors(problem, formula.right)
    found = _FAMILIES[family](
        response(problem, formula.left), x, problem.design, domain=problem.domain, level=problem.level
    )
    return {"rows": [_row(found, k, label) for k, label in enumerate(labels)], "vcov": found.vcov}


def _formula(problem: Problem) -> str:
    return str(problem.request.need("formula", "a formula such as y~group"))


def _predictors(problem: Problem, columns: tuple[str, ...]) -> tuple[list[str], FloatArray]:
    """The intercept, numeric columns, and a 0/1 column for every level of the others but the first."""
    labels, parts = ["(Intercept)"], [np.ones(problem.design.size)]
    for column in columns:
        if problem.table.is_numeric(column):
            labels, parts = [*labels, column], [*parts, problem.table.numbers(column)]
            continue
        codes = problem.table.text(column)
        missing = is_missing(codes)
        for level in np.unique(codes[~missing])[1:]:
            labels.append(f"{column}{level_text(level)}")
            parts.append(np.where(missing, np.nan, codes == level))
    return labels, np.column_stack(parts)


def _row(found: Regression, k: int, label: str) -> dict[str, Any]:
    return {
        "label": label,
        "estimate": found.coefficients[k],
        "se": found.se[k],
        "ci_low": found.ci_low[k],
        "ci_high": found.ci_high[k],
        "df": found.df,
        "p_value": found.p_value[k],
    }

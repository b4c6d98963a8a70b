"""The formulas of a request: a response on the left of `~`, the groups or predictors on the right."""

import re
from dataclasses import dataclass

import numpy as np

from survey_app.estimation.codes import FloatArray
from survey_app.estimation.nonlinear import Expression
from survey_app.estimation.requests.keys import UnusableRequest
from survey_app.estimation.requests.problem import Problem

_INSULATED = re.compile(r"I\((?P<inside>.*)\)")
_COMPARISON = re.compile(r"(?P<column>[\w.]+)\s*==\s*(?P<quote>['\"])(?P<value>.*)(?P=quote)")


@dataclass(frozen=True)
class Formula:
    """`left ~ right[0] + right[1] + ...`; `right` is empty for `~0` and `~1`."""

    left: str
    right: tuple[str, ...]


def read_formula(text: str) -> Formula:
    """Split a formula.

    Raises
    ------
    UnusableRequest
        Not of the form `y ~ x`, `y ~ x + z` or `y ~ 0`.
    """
    sides = text.split("~")
    if len(sides) != 2 or not all(side.strip() for side in sides):
        raise UnusableRequest(f"formula: {text!r}. Write response~group, response~0 or response~x+z.")
    terms = tuple(term.strip() for term in sides[1].split("+"))
    if terms in (("0",), ("1",)):
        return Formula(sides[0].strip(), ())
    if not all(re.fullmatch(r"[\w.]+", term) for term in terms):
        raise UnusableRequest(f"formula: {text!r}. The right side must be column names joined by +.")
    return Formula(sides[0].strip(), terms)


def response(problem: Problem, left: str) -> FloatArray:
    """The left side of a formula: a column, `I(a - b)` or `I(column == 'level')` (n,); NaN where missing.

    As in R, rows without a value are left out of a formula, whatever `na_rm` says.

    Raises
    ------
    UnusableRequest, MissingColumn, NotNumeric
    """
    insulated = _INSULATED.fullmatch(left)
    if insulated is None:
        return problem.table.numbers(left)
    comparison = _COMPARISON.fullmatch(insulated["inside"].strip())
    if comparison is not None:
        cells = problem.table.text(comparison["column"])
        return np.where(cells == "", np.nan, (cells == comparison["value"]).astype(np.float64))
    expression = Expression.parse(insulated["inside"])
    return expression.value({name: problem.table.numbers(name) for name in expression.names})

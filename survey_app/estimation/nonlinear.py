"""Smooth functions of estimates, such as a ratio of two means, by the delta method.

Functions are written as formulas of names and numbers with + - * / ^ (or **), parentheses and the functions
of `FUNCTIONS`. A formula is parsed and checked, never executed: nothing else has a meaning in it.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from survey_app.estimation.codes import FloatArray, UnableToEstimate
from survey_app.estimation.estimates import Estimates, MismatchedValues, contrast
from survey_app.estimation.intervals import t_interval

Smooth: TypeAlias = Callable[[FloatArray], FloatArray]

FUNCTIONS: dict[str, tuple[Smooth, Smooth]] = {
    "log": (np.log, lambda x: 1 / x),
    "exp": (np.exp, np.exp),
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "log10": (np.log10, lambda x: 1 / (x * np.log(10))),
    "log2": (np.log2, lambda x: 1 / (x * np.log(2))),
    "log1p": (np.log1p, lambda x: 1 / (1 + x)),
    "expm1": (np.expm1, np.exp),
}
"""Name to function and derivative."""
LONGEST = 1000
"""Characters of a formula: nobody writes a longer one by hand; long sums are `estimates.contrast`s."""
DEEPEST = 100
"""Operations inside each other; more would exhaust the stack."""
_ALLOWED = f"A formula holds names, numbers, + - * / ^, parentheses and {', '.join(FUNCTIONS)}."


class UnreadableExpression(UnableToEstimate):
    """A formula holds something that has no meaning in it, or a name without an estimate."""


class UndefinedExpression(UnableToEstimate):
    """A formula has no finite value or no slope at the estimates."""


def nonlinear(estimates: Estimates, names: Sequence[str], formulas: str | Sequence[str]) -> Estimates:
    """Smooth functions of estimates, with their covariance.

    Parameters
    ----------
    estimates : Estimates
        Of k quantities.
    names : sequence of str
        What the formulas call them, in that order.
    formulas : str or sequence of str
        Such as ``"a / b"`` or ``"sqrt(a * b)"``; names that are not plain stand in backticks.

    Returns
    -------
    Estimates
        One for each formula, as `estimates.contrast` returns them. NaN where an estimate used is NaN.

    Raises
    ------
    UnreadableExpression, UndefinedExpression, MismatchedValues

    Notes
    -----
    ``vcov = J V J'`` with V the covariance of the estimates (linearised or from replicates) and J the exact
    partial derivatives at the estimates.

    References
    ----------
    K. M. Wolter, Introduction to Variance Estimation (Springer 2007), chapter 6; R survey, `svycontrast`.
    """
    if len(names) != estimates.estimate.size or len(set(names)) != len(names):
        raise MismatchedValues(
            f"{len(set(names))} different names for {estimates.estimate.size} estimates: give each its own."
        )
    known = dict(zip(names, map(float, estimates.estimate), strict=True))
    parsed = [
        Expression.parse(formula) for formula in ([formulas] if isinstance(formulas, str) else formulas)
    ]
    values, slopes = np.empty(len(parsed)), np.zeros((len(parsed), len(names)))
    for row, expression in enumerate(parsed):
        values[row], partial = expression.linearise(known)
        for name, slope in partial.items():
            # an undefined estimate makes its function undefined, whatever the slope
            slopes[row, names.index(name)] = 1.0 if np.isnan(values[row]) else slope
    linear = contrast(estimates, slopes)
    low, high = t_interval(values, linear.se, linear.df_domain, estimates.level)
    return replace(linear, estimate=values, ci_low=low, ci_high=high)


@dataclass(frozen=True)
class Expression:
    """A parsed formula; make it with `parse`.

    Attributes
    ----------
    text : str
    names : tuple of str
        The names in it, in the order in which they first occur.
    tree : ast.expr
        Names, numbers, operators and calls of `FUNCTIONS` only.
    """

    text: str
    names: tuple[str, ...]
    tree: ast.expr

    @classmethod
    def parse(cls, text: str) -> "Expression":
        """Read a formula.

        Raises
        ------
        UnreadableExpression
            Quotes the offending part.
        """
        if len(text) > LONGEST:
            raise UnreadableExpression(f"The formula has {len(text)} characters; at most {LONGEST} are read.")
        try:
            tree = _parsed(text)
            names = tuple(dict.fromkeys(_names(tree)))
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            if isinstance(error, UnreadableExpression):
                raise
            raise UnreadableExpression(f"{text!r} cannot be read. {_ALLOWED}") from error
        return cls(text, names, tree)

    def value(self, values: Mapping[str, FloatArray | float]) -> FloatArray:
        """The formula at the values of its names, elementwise; NaN where one of them is NaN.

        Raises
        ------
        UnreadableExpression, UndefinedExpression
        """
        return _evaluate(self.tree, self._duals(values, slopes=False)).value

    def linearise(self, values: Mapping[str, float]) -> tuple[float, dict[str, float]]:
        """The formula's value and its exact partial derivative to each name.

        Raises
        ------
        UnreadableExpression, UndefinedExpression
        """
        found = _evaluate(self.tree, self._duals(values, slopes=True))
        slopes = np.broadcast_to(found.slope, len(self.names))
        if np.isfinite(found.value) and not np.isfinite(slopes).all():
            raise UndefinedExpression(
                f"{self.text!r} has no slope at its estimates, so no standard error. Use a function that is smooth "
                "there."
            )
        return float(found.value), dict(zip(self.names, map(float, slopes), strict=True))

    def _duals(self, values: Mapping[str, FloatArray | float], *, slopes: bool) -> dict[str, "_Dual"]:
        unknown = [name for name in self.names if name not in values]
        if unknown:
            raise UnreadableExpression(
                f"{self.text!r}: nothing is called {unknown[0]!r}. Known are {', '.join(map(str, values))}."
            )
        directions = np.eye(len(self.names)) if slopes else np.zeros((len(self.names), 1))
        return {
            name: _Dual(np.asarray(values[name], dtype=np.float64), direction)
            for name, direction in zip(self.names, directions, strict=True)
        }


@dataclass(frozen=True)
class _Dual:
    """A value and its slope in each of k directions (forward-mode differentiation)."""

    value: FloatArray
    slope: FloatArray


def _parsed(text: str) -> ast.expr:
    """Python's reading of the formula, with R's power sign and quoted names."""
    quoted: list[str] = []

    def place(name: re.Match[str]) -> str:
        quoted.append(name[1])
        return f" __{len(quoted) - 1}__ "

    if "#" in text or "__" in re.sub("`[^`]+`", "", text):
        raise UnreadableExpression(f"{text!r} contains # or __. {_ALLOWED}")
    plain = re.sub("`([^`]+)`", place, text).replace("^", "**")
    tree = ast.parse(" ".join(plain.split()), mode="eval").body
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id.startswith("__"):
            node.id = quoted[int(node.id.strip("_"))]
    return tree


def _quote(node: ast.expr) -> str:
    return ast.unparse(node).replace(" ** ", "^")


def _names(node: ast.expr, depth: int = 0) -> Iterator[str]:
    """The names of a formula from left to right; refuses every part that is no formula."""
    if depth > DEEPEST:
        raise UnreadableExpression(
            f"More than {DEEPEST} operations inside each other. Write a shorter formula."
        )
    match node:
        case ast.Name(id=name):
            yield name
        case ast.Constant(value=float() | int() as number) if not isinstance(number, bool):
            if not abs(number) < 1e300:
                raise UnreadableExpression(f"{_quote(node)} is too large a number.")
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=inside):
            yield from _names(inside, depth + 1)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
            yield from _names(left, depth + 1)
            yield from _names(right, depth + 1)
        case ast.Call(func=ast.Name(id=function), args=[inside], keywords=[]) if function in FUNCTIONS:
            yield from _names(inside, depth + 1)
        case _:
            raise UnreadableExpression(f"{_quote(node)!r} has no meaning in a formula. {_ALLOWED}")


def _evaluate(node: ast.expr, names: Mapping[str, _Dual]) -> _Dual:
    """The value and slopes of a checked formula."""
    match node:
        case ast.Name(id=name):
            return names[name]
        case ast.Constant(value=float() | int() as number):
            return _Dual(np.asarray(float(number)), np.zeros(1))
        case ast.UnaryOp(op=sign, operand=inside):
            part = _evaluate(inside, names)
            return part if isinstance(sign, ast.UAdd) else _Dual(-part.value, -part.slope)
        case ast.BinOp(left=left, op=operator, right=right):
            parts = [_evaluate(left, names), _evaluate(right, names)]
            step: Callable[..., _Dual] = _OPERATORS[type(operator)]
        case ast.Call(func=ast.Name(id=function), args=[inside]):
            parts, step = [_evaluate(inside, names)], _chain_rule(function)
        case _:  # pragma: no cover - nothing else is parsed
            raise UnreadableExpression(_ALLOWED)
    with np.errstate(all="ignore"):
        found = step(*parts)
    missing = np.isnan(sum(part.value for part in parts))
    if (~np.isfinite(found.value) & ~missing).any():
        raise UndefinedExpression(
            f"{_quote(node)!r} has no finite value at its estimates. Check for a zero divisor, the logarithm or "
            "root of a number that is not positive, or too high a power."
        )
    return found


def _chain_rule(function: str) -> Callable[[_Dual], _Dual]:
    plain, derivative = FUNCTIONS[function]
    return lambda x: _Dual(plain(x.value), derivative(x.value) * x.slope)


def _divide(x: _Dual, y: _Dual) -> _Dual:
    quotient = x.value / y.value
    return _Dual(quotient, (x.slope - quotient * y.slope) / y.value)


def _power(x: _Dual, y: _Dual) -> _Dual:
    power = x.value**y.value
    slope = np.where(y.value == 0, 0.0, y.value * x.value ** (y.value - 1)) * x.slope
    if y.slope.any():
        slope = slope + power * np.log(x.value) * y.slope
    return _Dual(power, slope)


_OPERATORS: dict[type[ast.operator], Callable[[_Dual, _Dual], _Dual]] = {
    ast.Add: lambda x, y: _Dual(x.value + y.value, x.slope + y.slope),
    ast.Sub: lambda x, y: _Dual(x.value - y.value, x.slope - y.slope),
    ast.Mult: lambda x, y: _Dual(x.value * y.value, x.slope * y.value + x.value * y.slope),
    ast.Div: _divide,
    ast.Pow: _power,
}

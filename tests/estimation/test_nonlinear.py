import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.design import Design
from survey_app.estimation.estimates import MismatchedValues
from survey_app.estimation.means import mean, ratio, total
from survey_app.estimation.nonlinear import (
    Expression,
    UndefinedExpression,
    UnreadableExpression,
    nonlinear,
)
from survey_app.estimation.replication.jackknife import jk1

Y = np.array([[3.0, 2.0], [4, 4], [7, 5], [9, 11], [2, 1], [6, 3]])
DESIGN = Design.create(weights=[1, 2, 1, 3, 2, 1], psus=[1, 1, 2, 3, 3, 4])
AT = {"a": 4.0, "b": 2.5, "điểm số": 2.0}


def test_a_ratio_of_totals_is_the_ratio_estimator() -> None:
    found = nonlinear(total(Y, DESIGN), ["a", "b"], "a / b")
    direct = ratio(Y[:, 0], Y[:, 1], DESIGN)
    assert [found.estimate[0], found.se[0]] == pytest.approx([direct.estimate[0], direct.se[0]], rel=1e-12)
    assert [found.ci_low[0], found.ci_high[0]] == pytest.approx([direct.ci_low[0], direct.ci_high[0]])


def test_a_linear_formula_of_replicates_has_the_variance_of_its_replicates() -> None:
    replicated = jk1(DESIGN)
    found = nonlinear(mean(Y, replicated), ["a", "b"], "2 * a - b / 4")
    direct = mean(2 * Y[:, 0] - Y[:, 1] / 4, replicated)
    assert [found.estimate[0], found.se[0]] == pytest.approx([direct.estimate[0], direct.se[0]])


def test_several_formulas_have_a_joint_covariance() -> None:
    found = nonlinear(mean(Y, DESIGN), ["a", "b"], ["a + b", "a - b"])
    variances = np.diag(mean(Y, DESIGN).vcov)
    assert found.vcov[0, 1] == pytest.approx(variances[0] - variances[1])
    assert found.df_domain.tolist() == [3, 3]


def test_an_undefined_estimate_makes_its_formulas_undefined() -> None:
    empty = np.column_stack([Y[:, 0], np.full(6, np.nan)])
    found = nonlinear(mean(empty, DESIGN), ["a", "b"], ["a^2", "a * b"])
    assert np.isnan(found.se).tolist() == [False, True]
    assert np.isnan(found.estimate).tolist() == [False, True]


def test_names_must_fit_the_estimates() -> None:
    with pytest.raises(MismatchedValues, match="1 different names for 2 estimates"):
        nonlinear(mean(Y, DESIGN), ["a", "a"], "a")


@pytest.mark.parametrize(
    ("formula", "value", "slope"),
    # slope: the derivative to a at a = 4, by hand
    [
        ("a", 4, 1),
        ("-a^2", -16, -8),
        ("a**2 - +3", 13, 8),
        ("(a - 1) / (a + 1)", 0.6, 2 / 25),
        ("log(a)", np.log(4), 0.25),
        ("exp(-a/2)", np.exp(-2), -np.exp(-2) / 2),
        ("sqrt(a * b)", np.sqrt(10), 2.5 / 2 / np.sqrt(10)),
        ("log10(a) + log2(a)", np.log10(4) + 2, (1 / np.log(10) + 1 / np.log(2)) / 4),
        ("log1p(a) * expm1(a)", np.log(5) * np.expm1(4), np.expm1(4) / 5 + np.log(5) * np.exp(4)),
        ("2^a", 16, 16 * np.log(2)),
        ("a^a", 256, 256 * (np.log(4) + 1)),
        ("2^3^2 + 0 * a", 512, 0),
        ("a^-1", 0.25, -1 / 16),
        ("`điểm số` * a^0", 2, 0),
        ("1e2\n + a", 104, 1),
    ],
)
def test_values_and_slopes_are_exact(formula: str, value: float, slope: float) -> None:
    found, slopes = Expression.parse(formula).linearise(AT)
    assert found == pytest.approx(value, rel=1e-14)
    assert slopes.get("a", 0) == pytest.approx(slope, rel=1e-13)


@given(st.floats(0.2, 5), st.floats(0.2, 5))
@settings(deadline=None, max_examples=50)
def test_slopes_agree_with_differences(a: float, b: float) -> None:
    expression = Expression.parse("log(a^b + sqrt(a/b)) * exp(-a) / (1 + b)^a - log10(a*b)")
    _, slopes = expression.linearise({"a": a, "b": b})
    step = 1e-6
    up, down = (float(expression.value({"a": a + side, "b": b})) for side in (step, -step))
    assert slopes["a"] == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-7)


def test_names_stand_in_the_order_in_which_they_occur() -> None:
    assert Expression.parse("b / (a + b) - `điểm số`").names == ("b", "a", "điểm số")


def test_columns_are_computed_elementwise_and_keep_missing_values() -> None:
    found = Expression.parse("a - log(b)").value({"a": np.array([1.0, 2, np.nan]), "b": np.ones(3)})
    assert np.array_equal(found, [1, 2, np.nan], equal_nan=True)


@pytest.mark.parametrize(
    ("formula", "part"),
    [
        ("__import__('os')", "__"),
        ("a.b", "'a.b'"),
        ("a[0]", r"'a\[0\]'"),
        ("sin(a)", r"'sin\(a\)'"),
        ("log(a, 2)", r"'log\(a, 2\)'"),
        ("log(x=a)", r"'log\(x=a\)'"),
        ("(lambda: a)()", "lambda"),
        ("a if b else a", "'a if b else a'"),
        ("a // b", "'a // b'"),
        ("a % b", "'a % b'"),
        ("a < b", "'a < b'"),
        ("'a' + b", "\"'a'\""),
        ("True + a", "'True'"),
        ("1j * a", "'1j'"),
        ("(a, b)", r"'\(a, b\)'"),
        ("a # b", "#"),
        ("a +", "'a \\+' cannot be read"),
        ("", "cannot be read"),
        ("a = 1", "cannot be read"),
        ("1e999 * a", "too large"),
        ("a\0", "cannot be read"),
        ("(" * 400 + "a" + ")" * 400, "cannot be read"),
        ("a" * 1001, "1001 characters"),
    ],
)
def test_anything_else_is_refused_and_named(formula: str, part: str) -> None:
    with pytest.raises(UnreadableExpression, match=part):
        Expression.parse(formula)


@pytest.mark.parametrize("formula", ["-" * 101 + "a", "+".join("a" * 102), "-" * 990 + "a"])
def test_deep_nesting_is_refused(formula: str) -> None:
    with pytest.raises(UnreadableExpression, match=r"operations inside each other|cannot be read"):
        Expression.parse(formula)


def test_a_hundred_operations_are_computed() -> None:
    assert Expression.parse("+".join("a" * 101)).linearise(AT) == (404, {"a": 101})


def test_an_unknown_name_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnreadableExpression, match=r"nothing is called 'c'\. Known are a, b"):
        Expression.parse("a / c").value(AT)


@pytest.mark.parametrize(
    ("formula", "part"),
    [
        ("a / (b - 2.5)", r"'a / \(b - 2.5\)'"),
        ("1 + log(b - a)", r"'log\(b - a\)'"),
        ("sqrt(b - a)", r"'sqrt\(b - a\)'"),
        ("(b - a)^0.5", r"'\(b - a\)\^0.5'"),
        ("1 / exp(exp(a^a))", r"'exp\(exp\(a\^a\)\)'"),
        ("0^(b - a)", r"'0\^\(b - a\)'"),
    ],
)
def test_an_undefined_part_is_named(formula: str, part: str) -> None:
    with pytest.raises(UndefinedExpression, match=part):
        Expression.parse(formula).linearise(AT)


@pytest.mark.parametrize("formula", ["sqrt(a - 4)", "(a - 4)^0.3", "(b - a)^a * (a - 4)^b"])
def test_a_kink_has_no_standard_error(formula: str) -> None:
    with pytest.raises(UndefinedExpression, match="no slope"):
        Expression.parse(formula).linearise({"a": 4.0, "b": 0.5})

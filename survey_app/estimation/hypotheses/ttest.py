"""Design-based t tests: a mean against a value, two groups, two domains."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy  # submodules load on first use, so importing this module stays fast

from survey_app.estimation.codes import BoolArray, FloatArray, UnableToEstimate, encode, is_missing
from survey_app.estimation.estimates import Estimates, contrast
from survey_app.estimation.intervals import t_interval
from survey_app.estimation.means import Domain, mean, rows_inside
from survey_app.estimation.variance import AnyDesign, degrees_of_freedom


class UnableToTest(UnableToEstimate):
    """Base of the refusals of tests."""


class NothingToCompare(UnableToTest):
    """A group, domain or table has no answers, or there are not the two groups a test needs."""


class NoVariation(UnableToTest):
    """The estimated standard error is zero, so no difference can be weighed against it."""


class TooFewDegreesOfFreedom(UnableToTest):
    """The design has too few PSUs for a test."""


@dataclass(frozen=True)
class TTest:
    """A quantity against its hypothesised value.

    Attributes
    ----------
    estimate, se : float
        Mean, difference of means, change or slope.
    t : float
        (estimate - null) / se.
    df : int
    p_value : float
        Two-sided.
    ci_low, ci_high : float
        estimate -+ t(df) se.
    null, level : float
        Hypothesised value; confidence level of the interval.
    """

    estimate: float
    se: float
    t: float
    df: int
    p_value: float
    ci_low: float
    ci_high: float
    null: float
    level: float


def one_sample(
    values: npt.ArrayLike,
    design: AnyDesign,
    *,
    null: float = 0.0,
    domain: Domain = None,
    level: float = 0.95,
) -> TTest:
    """Test whether a mean equals `null`; for pairs, give their differences.

    Parameters
    ----------
    values : array-like (n,)
        NaN = missing.
    design : Design or ReplicateDesign
        Of the same n rows.
    null : float
    domain : array (n,) of bool, optional
    level : float

    Returns
    -------
    TTest
        df = PSUs minus strata (of the domain) minus one; as in R, missing values do not lower it.

    Raises
    ------
    NothingToCompare, NoVariation, TooFewDegreesOfFreedom, MismatchedValues, LonelyPSU

    References
    ----------
    R survey, `svyttest(y ~ 0, design)`; T. Lumley, Complex Surveys (Wiley 2010), section 2.2.
    """
    found = mean(values, design, domain=domain, level=level)
    _check_answers(found, ("the values",))
    df = degrees_of_freedom(design, domain) - 1
    return t_test(float(found.estimate[0]), float(found.se[0]), df, null=null, level=level)


def two_sample(
    values: npt.ArrayLike,
    groups: npt.ArrayLike,
    design: AnyDesign,
    *,
    domain: Domain = None,
    level: float = 0.95,
) -> TTest:
    """Test whether two groups have the same mean.

    Parameters
    ----------
    values : array-like (n,)
    groups : array-like (n,)
        Codes of exactly two groups among the rows that count (in the domain, with a value); absent codes
        (NaN, None, empty) leave the row out.
    design, domain, level
        As `one_sample`.

    Returns
    -------
    TTest
        Mean of the group whose code sorts last minus mean of the other; df = PSUs minus strata that hold a
        row that counts, minus one: those of the regression on a group indicator.

    Raises
    ------
    NothingToCompare, NoVariation, TooFewDegreesOfFreedom, MismatchedValues, LonelyPSU

    References
    ----------
    R survey, `svyttest(y ~ group, design)`.
    """
    codes, answers = np.asarray(groups), np.asarray(values, dtype=np.float64)
    if codes.shape != (design.size,) or answers.shape != (design.size,):
        raise NothingToCompare(
            f"Values of shape {answers.shape} and groups of shape {codes.shape} for {design.size} rows: "
            "give one of each a row."
        )
    counted = rows_inside(design, domain) & ~is_missing(codes) & ~np.isnan(answers)
    groups_of_rows, labels = encode(codes[counted], "groups")
    if labels.size != 2:
        raise NothingToCompare(f"A t test compares two groups; {labels.size} have answers: {_names(labels)}.")
    first, second = np.zeros_like(counted), np.zeros_like(counted)
    first[counted], second[counted] = groups_of_rows == 0, groups_of_rows == 1
    return difference(answers, second, first, design, level=level)


def difference(
    values: npt.ArrayLike,
    first: BoolArray,
    second: BoolArray,
    design: AnyDesign,
    *,
    level: float = 0.95,
) -> TTest:
    """Test whether two domains, which may overlap, have the same mean, from their joint covariance.

    Parameters
    ----------
    values : array-like (n,)
    first, second : arrays (n,) of bool
    design, level
        As `one_sample`.

    Returns
    -------
    TTest
        Mean of `first` minus mean of `second`; df = PSUs minus strata that hold a row of either with a
        value, minus one.

    Raises
    ------
    NothingToCompare, NoVariation, TooFewDegreesOfFreedom, MismatchedValues, LonelyPSU
    """
    answers = np.asarray(values, dtype=np.float64)
    domains = [rows_inside(design, domain) for domain in (first, second)]
    columns = np.column_stack([np.where(rows, answers, np.nan) for rows in domains])
    means = mean(columns, design, level=level)
    _check_answers(means, ("the first domain", "the second domain"))
    found = contrast(means, [1, -1])
    df = degrees_of_freedom(design, (domains[0] | domains[1]) & ~np.isnan(answers)) - 1
    return t_test(float(found.estimate[0]), float(found.se[0]), df, level=level)


def t_test(estimate: float, se: float, df: int, *, null: float = 0.0, level: float = 0.95) -> TTest:
    """t test of any estimate with a standard error and degrees of freedom.

    Raises
    ------
    NoVariation, TooFewDegreesOfFreedom, UnknownLevel
    """
    if df < 1:
        raise TooFewDegreesOfFreedom(
            f"{df} degrees of freedom: a test needs at least 1. Sample more PSUs, or merge strata."
        )
    if not se > 0:
        raise NoVariation(
            f"The standard error is {se:g}: the estimate {estimate:g} does not vary in this sample, so it cannot "
            "be tested. Report it without a test."
        )
    t = (estimate - null) / se
    low, high = t_interval(estimate, se, df, level)
    p_value = float(two_sided_p(np.array(t), df))
    return TTest(estimate, se, t, df, p_value, float(low), float(high), null, level)


def two_sided_p(t: FloatArray, df: npt.ArrayLike) -> FloatArray:
    """P(|T| >= |t|) for Student's t with `df` degrees of freedom; shapes as broadcast."""
    tail: FloatArray = scipy.special.stdtr(np.asarray(df, dtype=np.float64), -np.abs(t))
    return 2 * tail


def _check_answers(found: Estimates, names: tuple[str, ...]) -> None:
    if found.n.size != len(names):
        raise NothingToCompare(f"Values of {found.n.size} columns: a t test takes one column.")
    for name, n in zip(names, found.n.tolist(), strict=True):
        if n == 0:
            raise NothingToCompare(f"No row of {name} has a value and a positive weight.")


def _names(labels: npt.NDArray[Any]) -> str:
    return ", ".join(str(label) for label in labels[:5]) or "none"

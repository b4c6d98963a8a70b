"""Linear and logistic regression with variances of the sampling design."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy  # submodules load on first use, so importing this module stays fast

from survey_app.estimation.codes import FloatArray, UnableToEstimate, freeze_arrays
from survey_app.estimation.design import NegativeWeight
from survey_app.estimation.hypotheses.ttest import TooFewDegreesOfFreedom, two_sided_p
from survey_app.estimation.intervals import t_interval
from survey_app.estimation.means import Domain, rows_inside
from survey_app.estimation.replicates import ReplicateDesign
from survey_app.estimation.variance import AnyDesign, covariance, degrees_of_freedom

MAX_ITERATIONS = 50
TOLERANCE = 1e-8
"""Relative change of the deviance at which R's `glm` stops."""
LARGE_STEP = 0.1
"""Coefficients that run off to infinity change the linear predictor by about 1 in every step."""


class UnusableVariables(UnableToEstimate):
    """Outcome and variables do not fit the design, or one is a combination of the others."""


class NoConvergence(UnableToEstimate):
    """Logistic regression found no finite coefficients."""


@dataclass(frozen=True)
class Regression:
    """Coefficients of a regression.

    Attributes
    ----------
    coefficients, se, t, p_value, ci_low, ci_high : arrays (p,)
        In the order of the columns of x; p-values two-sided.
    vcov : array (p, p)
    df : int
        PSUs minus strata that hold a row that counts, minus p, plus one.
    n : int
        Rows that count.
    """

    coefficients: FloatArray
    se: FloatArray
    t: FloatArray
    p_value: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    vcov: FloatArray
    df: int
    n: int

    def __post_init__(self) -> None:
        freeze_arrays(self)


def linear(
    y: npt.ArrayLike, x: npt.ArrayLike, design: AnyDesign, *, domain: Domain = None, level: float = 0.95
) -> Regression:
    """Weighted least squares.

    Parameters
    ----------
    y : array-like (n,)
    x : array-like (n, p)
        Explanatory variables with the column of ones for the intercept, if one is wanted. Rows with a NaN
        in `y` or `x` are left out.
    design : Design or ReplicateDesign
    domain : array (n,) of bool, optional
    level : float

    Returns
    -------
    Regression

    Raises
    ------
    UnusableVariables, TooFewDegreesOfFreedom, LonelyPSU
    NegativeWeight
        Of a replicate: the fit to it would not exist.

    Notes
    -----
    Variance of the totals of ``w (y - x'b) A^-1 x``, A = X'WX; replicates are fitted anew.

    References
    ----------
    D. A. Binder, International Statistical Review 51 (1983), 279-292; R survey, `svyglm`.
    """
    return _fit(y, x, design, _least_squares, domain, level)


def logistic(
    y: npt.ArrayLike, x: npt.ArrayLike, design: AnyDesign, *, domain: Domain = None, level: float = 0.95
) -> Regression:
    """Logistic regression of an outcome in [0, 1] (R's `quasibinomial`); everything else as `linear`.

    Raises
    ------
    UnusableVariables, NoConvergence, TooFewDegreesOfFreedom, LonelyPSU, NegativeWeight
        As `linear`.
    """
    outcome = np.asarray(y, dtype=np.float64)
    if ((outcome < 0) | (outcome > 1)).any():
        raise UnusableVariables("The outcome of a logistic regression lies in [0, 1]; code it as 0 and 1.")
    return _fit(outcome, x, design, _fisher_scoring, domain, level)


Fit = Callable[[FloatArray, FloatArray, FloatArray], tuple[FloatArray, FloatArray]]
"""Outcome (m,), variables (m, p) and weights (m,) to coefficients (p,) and their influences (m, p)."""


def _fit(
    y: npt.ArrayLike,
    x: npt.ArrayLike,
    design: AnyDesign,
    fit: Fit,
    domain: Domain,
    level: float,
) -> Regression:
    outcome, variables = _checked_columns(y, x, design.size)
    if isinstance(design, ReplicateDesign) and (design.replicate_weights < 0).any():
        raise NegativeWeight(
            "Some replicate weights are negative, and a regression cannot be fitted with negative weights. "
            "Use the design itself (strata, PSUs, fpc), or replicates of another kind."
        )
    counted = rows_inside(design, domain) & ~np.isnan(outcome) & ~np.isnan(variables).any(axis=1)
    outcome, variables = outcome[counted], variables[counted]
    _check_rank(variables, design.weights[counted])
    # weights around 1: R starts from them, and logistic steps lose no digits
    scale = design.weights[counted].mean()
    weights = design.weights[counted] / scale
    coefficients, influence = fit(outcome, variables, weights)
    scores = np.zeros((design.size, coefficients.size))
    scores[counted] = weights[:, None] * influence

    def recompute(replicates: FloatArray) -> FloatArray:
        return np.array([fit(outcome, variables, column / scale)[0] for column in replicates[counted].T])

    vcov = covariance(coefficients, design, scores=scores, recompute=recompute)
    df = degrees_of_freedom(design, counted) - coefficients.size + 1
    return _result(coefficients, vcov, df, int(counted.sum()), level)


def _checked_columns(y: npt.ArrayLike, x: npt.ArrayLike, size: int) -> tuple[FloatArray, FloatArray]:
    outcome, variables = np.asarray(y, dtype=np.float64), np.asarray(x, dtype=np.float64)
    if outcome.shape != (size,) or variables.ndim != 2 or variables.shape[0] != size:
        raise UnusableVariables(
            f"An outcome of shape {outcome.shape} and variables of shape {variables.shape} for "
            f"{size} rows: give (n,) and (n, p)."
        )
    if np.isinf(outcome).any() or np.isinf(variables).any():
        raise UnusableVariables("Outcome or variables contain infinity. Use NaN for a missing value.")
    return outcome, variables


def _result(coefficients: FloatArray, vcov: FloatArray, df: int, n: int, level: float) -> Regression:
    if df < 1:
        raise TooFewDegreesOfFreedom(
            f"{df} degrees of freedom for {coefficients.size} coefficients: use fewer variables."
        )
    se = np.sqrt(np.diag(vcov))
    # a perfect fit leaves no residual: its coefficients are certain, and t is infinite (or undefined at 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = coefficients / se
    low, high = t_interval(coefficients, se, df, level)
    return Regression(coefficients, se, t, two_sided_p(t, df), low, high, vcov, df, n)


def _check_rank(variables: FloatArray, weights: FloatArray) -> None:
    if variables.shape[0] == 0:
        raise UnusableVariables("No row has an outcome, all variables and a positive weight.")
    weighted = variables * np.sqrt(weights)[:, None]
    length = np.linalg.norm(weighted, axis=0)
    if not length.all() or np.linalg.matrix_rank(weighted / length) < variables.shape[1]:
        raise UnusableVariables(
            "A variable is constant at zero, or a combination of the others, among the rows that count: "
            "leave it out."
        )


def _least_squares(y: FloatArray, x: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    root = np.sqrt(weights)
    upper = np.linalg.qr(x * root[:, None])
    inverse_root = np.linalg.inv(upper.R)
    coefficients = inverse_root @ (upper.Q.T @ (y * root))
    residual = y - x @ coefficients
    return coefficients, residual[:, None] * x @ (inverse_root @ inverse_root.T)


def _fisher_scoring(y: FloatArray, x: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    predictor = scipy.special.logit((weights * y + 0.5) / (weights + 1))
    deviance = np.inf
    for _ in range(MAX_ITERATIONS):
        fitted = scipy.special.expit(predictor)
        spread = fitted * (1 - fitted)
        information = (x * (weights * spread)[:, None]).T @ x
        if not spread.all() or np.linalg.matrix_rank(information, hermitian=True) < x.shape[1]:
            break
        inverse = np.linalg.inv(information)
        coefficients = inverse @ (x.T @ (weights * (spread * predictor + y - fitted)))
        before, predictor = predictor, x @ coefficients
        last, deviance = deviance, _deviance(y, predictor, weights)
        settled = abs(deviance - last) < TOLERANCE * (deviance + 0.1)
        if settled and np.abs(predictor - before).max() < LARGE_STEP:
            # as in R the information is that of the last step, a step of 1e-4 or so before the end
            working = (y - scipy.special.expit(predictor)) * spread / _binomial_variance(predictor)
            return coefficients, working[:, None] * x @ inverse
    raise NoConvergence(
        "Logistic regression found no finite coefficients: a variable separates the outcomes 0 and 1 "
        "completely. Merge its categories or leave it out."
    )


def _deviance(y: FloatArray, predictor: FloatArray, weights: FloatArray) -> float:
    above, below = scipy.special.expit(predictor), scipy.special.expit(-predictor)
    divergence = scipy.special.rel_entr(y, above) + scipy.special.rel_entr(1 - y, below)
    return float(2 * (weights * divergence).sum())


def _binomial_variance(predictor: FloatArray) -> FloatArray:
    variance: FloatArray = scipy.special.expit(predictor) * scipy.special.expit(-predictor)
    return variance

"""How far calibration moves weights: factors g(u) of a linear predictor u, their slope and their integral.

Calibrated weights w g(x' b) minimise a distance to the weights w among all that reproduce the totals. Its dual
is smooth and convex in b, with gradient sum(w g x) - totals: `value` is the part of it that belongs to a row.

References
----------
J.-C. Deville, C.-E. Särndal, Journal of the American Statistical Association 87 (1992), 376-382, cases 1, 2, 6
and 7; R survey 4.5, `cal.linear`, `cal.raking`, `cal.logit`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy  # submodules load on first use, so importing this module stays fast

from survey_app.estimation.codes import FloatArray, UnableToEstimate

LARGEST_EXPONENT = 700.0
"""exp() of more overflows; a factor of exp(700) is no answer to any calibration."""


class UnusableBounds(UnableToEstimate):
    """Bounds of a step are no numbers, in the wrong order, or absent where the method needs them."""


class UnknownDistance(UnableToEstimate):
    """No calibration method of that name."""


@dataclass(frozen=True)
class Distance:
    """Factors of one method with its bounds; all functions take and return arrays of one shape."""

    factor: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]
    value: Callable[[FloatArray], FloatArray]


def distance(method: str, bounds: tuple[float, float]) -> Distance:
    """The distance of a method: "linear" and "raking" (truncated at the bounds), or "logit".

    Parameters
    ----------
    method : {"linear", "raking", "logit"}
    bounds : (lower, upper)
        Of g; may be infinite except for "logit", which needs lower < 1 < upper.

    Raises
    ------
    UnknownDistance, UnusableBounds
    """
    lower, upper = (float(bound) for bound in bounds)
    if method not in ("linear", "raking", "logit"):
        raise UnknownDistance(f"method={method!r}: choose linear, raking or logit.")
    if not lower < upper or upper <= 0:
        raise UnusableBounds(
            f"bounds [{lower:g}, {upper:g}]: give a lower and a larger, positive upper bound."
        )
    if method == "logit":
        if not -np.inf < lower < 1 < upper < np.inf:
            raise UnusableBounds(f"bounds [{lower:g}, {upper:g}]: logit needs finite lower < 1 < upper.")
        return _logit(lower, upper)
    if method == "linear":
        return _truncated(_linear, lower - 1, upper - 1, (lower, upper))
    edges = np.log(max(lower, 0.0)) if lower > 0 else -np.inf, min(np.log(upper), LARGEST_EXPONENT)
    return _truncated(_exponential, *edges, (max(lower, 0.0), float(np.exp(edges[1]))))


def _linear(u: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    return 1 + u, np.ones_like(u), u + u**2 / 2


def _exponential(u: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    factor = np.exp(u)
    return factor, factor, factor


def _truncated(
    free: Callable[[FloatArray], tuple[FloatArray, FloatArray, FloatArray]],
    low: float,
    high: float,
    bounds: tuple[float, float],
) -> Distance:
    """Cut a free distance off at the predictors `low` and `high`, where its factor reaches the bounds."""

    def factor(u: FloatArray) -> FloatArray:
        return np.clip(free(np.clip(u, low, high))[0], *bounds)

    def slope(u: FloatArray) -> FloatArray:
        inside = np.clip(u, low, high)
        return np.where((u > low) & (u < high), free(inside)[1], 0.0)

    def value(u: FloatArray) -> FloatArray:
        inside = np.clip(u, low, high)
        return free(inside)[2] + factor(u) * (u - inside)

    return Distance(factor, slope, value)


def _logit(lower: float, upper: float) -> Distance:
    steepness = (upper - lower) / ((upper - 1) * (1 - lower))
    offset = np.log((1 - lower) / (upper - 1))

    def share(u: FloatArray) -> FloatArray:
        return np.asarray(scipy.special.expit(steepness * u + offset), dtype=np.float64)

    def factor(u: FloatArray) -> FloatArray:
        return lower + (upper - lower) * share(u)

    def slope(u: FloatArray) -> FloatArray:
        return (upper - lower) * steepness * share(u) * (1 - share(u))

    def value(u: FloatArray) -> FloatArray:
        integral = np.logaddexp(0.0, steepness * u + offset) / steepness
        return np.asarray(lower * u + (upper - lower) * integral, dtype=np.float64)

    return Distance(factor, slope, value)

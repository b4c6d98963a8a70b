"""Twelve definitions of the quantile of a weighted sample, under the names R survey gives them.

`hf1` to `hf9` extend the nine definitions of Hyndman and Fan to weights; `math` is `hf1`, `school` (the mean
of the two values where the distribution function steps at p exactly) is `hf2`, `shahvaish` is that of Shah
and Vaish. The discrete ones invert the weighted distribution function F; the others interpolate between the
rows' plotting positions.

Notes
-----
* Where a step of F falls on p, rounding decides which side p is on. Weights are summed in extended precision
  and compared in double precision, with the expressions R uses, so both decide alike.
* Below the first step of F (p smaller than the share of the smallest row) the discrete rules give the second
  smallest value and `hf4` extrapolates, as in R. It matters for lower limits of very small samples.
* Between equal values interpolation gives exactly that value. (R's `hf4` may miss it by rounding, and then
  the share of rows at or below it, hence its interval, misses all of them.)
* Interpolating rules depend on how ties are ordered when tied rows have different weights: in the order of
  the rows, as in R. `shahvaish` takes half a weight off on its own scale and so depends on that scale.

References
----------
R. J. Hyndman, Y. Fan, American Statistician 50 (1996), 361-365.
B. V. Shah, A. K. Vaish, Proceedings of the Section on Survey Research Methods (American Statistical
Association 2006), 3642-3646.
R survey 4.5, `svyquantile` and its vignette on quantile rules.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from survey_app.estimation.codes import BoolArray, FloatArray, IntArray, UnableToEstimate


class UnknownRule(UnableToEstimate):
    """No definition of a quantile of that name."""


@dataclass(frozen=True)
class SortedSample:
    """Rows with positive weights, by ascending value.

    Attributes
    ----------
    values, weights : arrays (m,)
    """

    values: FloatArray
    weights: FloatArray

    @classmethod
    def of(cls, values: FloatArray, weights: FloatArray) -> "SortedSample":
        """Sort; ties keep the order of their rows, and rows of weight zero are left out."""
        order = np.argsort(values, kind="stable")
        return cls(values[order], weights[order]).weighing(weights[order])

    def weighing(self, weights: FloatArray) -> "SortedSample":
        """The same rows with other weights (m,), without those that now weigh nothing."""
        kept = weights > 0
        return replace(self, values=self.values[kept], weights=weights[kept])

    @property
    def cumulated(self) -> FloatArray:
        """Weights up to and including each row."""
        return cumulate(self.weights)


def cumulate(weights: FloatArray) -> FloatArray:
    """Sums of the weights up to each, rounded once each."""
    return np.cumsum(weights, dtype=np.longdouble).astype(np.float64)


def quantiles_of(sample: SortedSample, probabilities: FloatArray, rule: str) -> FloatArray:
    """Quantiles of a weighted sample.

    Parameters
    ----------
    sample : SortedSample
    probabilities : array (P,)
        In [0, 1]; NaN gives NaN.
    rule : one of RULES

    Returns
    -------
    array (P,)
        NaN where the sample is empty.

    Raises
    ------
    UnknownRule
    """
    if rule not in RULES:
        raise UnknownRule(f"rule={rule!r}: choose one of {', '.join(RULES)}.")
    found = np.full(probabilities.shape, np.nan)
    asked = ~np.isnan(probabilities)
    if sample.values.size == 1:
        found[asked] = sample.values[0]
    elif sample.values.size:
        found[asked] = RULES[rule](sample, probabilities[asked])
    return found


@dataclass(frozen=True)
class _Steps:
    """The steps of the distribution function before and after each p."""

    low: IntArray
    high: IntArray
    exact: BoolArray  # the lower step ends at p
    share: FloatArray  # of the weights, up to each row

    @classmethod
    def around(cls, upto: FloatArray, p: FloatArray) -> "_Steps":
        low = np.maximum(np.searchsorted(upto, p * upto[-1], side="right") - 1, 0)
        share = upto / upto[-1]
        return cls(low, np.minimum(low + 1, share.size - 1), share[low] == p, share)


def _inverse(sample: SortedSample, p: FloatArray) -> FloatArray:
    steps = _Steps.around(sample.cumulated, p)
    return sample.values[np.where(steps.exact, steps.low, steps.high)]


def _averaged_inverse(sample: SortedSample, p: FloatArray) -> FloatArray:
    steps = _Steps.around(sample.cumulated, p)
    lower = np.where(steps.exact, steps.low, steps.high)
    return np.asarray((sample.values[lower] + sample.values[steps.high]) / 2, dtype=np.float64)


def _nearest_even(sample: SortedSample, p: FloatArray) -> FloatArray:
    """Step at the even one of the distinct values, counted from one."""
    values, first = np.unique(sample.values, return_index=True)
    steps = _Steps.around(cumulate(np.add.reduceat(sample.weights, first)), p)
    lower = steps.exact & (steps.low % 2 == 1)
    return values[np.where(lower, steps.low, steps.high)]


def _interpolated_inverse(sample: SortedSample, p: FloatArray) -> FloatArray:
    steps = _Steps.around(sample.cumulated, p)
    low, high = sample.values[steps.low], sample.values[steps.high]
    above, below = p - steps.share[steps.low], steps.share[steps.high] - p
    fraction = np.divide(above, below + above, out=np.zeros_like(p), where=low < high)
    return np.where(low < high, low * (1 - fraction) + high * fraction, low)


def _between(values: FloatArray, position: FloatArray, p: FloatArray) -> FloatArray:
    """Interpolate linearly between ascending plotting positions, constant beyond the first and last."""
    after = np.clip(np.searchsorted(position, p), 1, position.size - 1)
    start, length = position[after - 1], position[after] - position[after - 1]
    low, high = values[after - 1], values[after]
    fraction = np.clip((p - start) / length, 0.0, 1.0)
    return np.where(fraction == 1, high, low + (high - low) * fraction)


def _hf5(sample: SortedSample, p: FloatArray) -> FloatArray:
    upto = sample.cumulated
    return _between(sample.values, (upto - sample.weights / 2) / upto[-1], p)


def _hf6(sample: SortedSample, p: FloatArray) -> FloatArray:
    upto = sample.cumulated
    return _between(sample.values, upto / (upto[-1] + sample.weights[-1]), p)


def _hf7(sample: SortedSample, p: FloatArray) -> FloatArray:
    upto = sample.cumulated
    return _between(sample.values, np.append(0.0, upto[:-1]) / upto[-2], p)


def _hf8(sample: SortedSample, p: FloatArray) -> FloatArray:
    upto = sample.cumulated
    position = (np.append(0.0, upto[:-1]) / 3 + upto * 2 / 3) / (upto[-1] + sample.weights[-1] / 3)
    return _between(sample.values, position, p)


def _hf9(sample: SortedSample, p: FloatArray) -> FloatArray:
    upto = sample.cumulated
    position = (np.append(0.0, upto[:-1]) * 3 / 8 + upto * 5 / 8) / (upto[-1] + sample.weights[-1] / 4)
    return _between(sample.values, position, p)


def _shah_vaish(sample: SortedSample, p: FloatArray) -> FloatArray:
    """Step function through (S_k + (1 - w_k) / 2) / (n + 1), S_k the sum of weights scaled to mean one."""
    size = sample.values.size
    scaled = cumulate(sample.weights / (sample.cumulated[-1] / size))
    # large weights put the positions out of order: each position has one value, the mean of those it is given
    position, group = np.unique((scaled + 0.5 - sample.weights / 2) / (size + 1), return_inverse=True)
    values = np.bincount(group, sample.values) / np.bincount(group)
    return values[np.maximum(np.searchsorted(position, p, side="right") - 1, 0)]


RULES: dict[str, Callable[[SortedSample, FloatArray], FloatArray]] = {
    "math": _inverse,
    "school": _averaged_inverse,
    "shahvaish": _shah_vaish,
    "hf1": _inverse,
    "hf2": _averaged_inverse,
    "hf3": _nearest_even,
    "hf4": _interpolated_inverse,
    "hf5": _hf5,
    "hf6": _hf6,
    "hf7": _hf7,
    "hf8": _hf8,
    "hf9": _hf9,
}

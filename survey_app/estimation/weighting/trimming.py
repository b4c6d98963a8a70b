"""Trimming: no weight below or above given bounds, the sum of the weights kept."""

from dataclasses import dataclass

import numpy as np

from survey_app.estimation.adjustments import Adjustment
from survey_app.estimation.codes import FloatArray, UnableToEstimate
from survey_app.estimation.design import checked_weights
from survey_app.estimation.weighting.distances import UnusableBounds
from survey_app.estimation.weighting.report import WeightingReport
from survey_app.estimation.weighting.steps import SomeDesign, apply_step

MAX_ITERATIONS = 10_000
ROUNDING = 1e-13


class ImpossibleTrimming(UnableToEstimate):
    """The weights cannot be brought within the bounds without changing their sum."""


@dataclass(frozen=True)
class Trimming:
    """A trimming; build it with `Trimming.create`."""

    lower: float
    upper: float
    strict: bool

    @classmethod
    def create(cls, *, lower: float = 0.0, upper: float = np.inf, strict: bool = True) -> "Trimming":
        """Bounds of the weights.

        Parameters
        ----------
        lower, upper : float
        strict : bool
            Repeat until every weight is within the bounds; otherwise the excess of the first round may push
            some weights beyond them.

        Raises
        ------
        UnusableBounds
        """
        if not (lower < upper and upper > 0):
            raise UnusableBounds(
                f"bounds [{lower:g}, {upper:g}]: give a lower and a larger, positive upper bound."
            )
        return cls(float(lower), float(upper), strict)

    def adjust(self, weights: FloatArray) -> tuple[FloatArray, WeightingReport]:
        """Cut weights (n,) off at the bounds, and spread what is cut equally over the rows that were within.

        Rows of weight 0 are not in the sample and keep it.

        Raises
        ------
        ImpossibleTrimming, MissingWeight, NegativeWeight, WeightsSumToZero

        References
        ----------
        R survey 4.5, `trimWeights`.
        """
        before = checked_weights(weights)
        rows = before > 0
        trimmed, rounds = self._trimmed(before[rows])
        after = np.zeros_like(before)
        after[rows] = trimmed
        at_bounds = int((trimmed <= self.lower).sum()), int((trimmed >= self.upper).sum())
        return after, WeightingReport.of("trimming", before, after, iterations=rounds, at_bounds=at_bounds)

    def adjustments(self, before: FloatArray, after: FloatArray) -> tuple[Adjustment, ...]:
        """Trimming adds no regression; earlier adjustments stay."""
        return ()

    def _trimmed(self, weights: FloatArray) -> tuple[FloatArray, int]:
        mean = float(weights.mean()) if weights.size else 1.0
        if self.strict and not self.lower <= mean <= self.upper:
            raise ImpossibleTrimming(
                f"The mean weight {mean:g} lies outside [{self.lower:g}, {self.upper:g}]. Choose bounds around it."
            )
        for rounds in range(MAX_ITERATIONS):
            outside = (weights < self.lower) | (weights > self.upper)
            cut = np.clip(weights, self.lower, self.upper)
            excess = float((weights - cut).sum())
            # what is left after many rounds is below the last digit of the sum
            if not outside.any() or (rounds and np.abs(weights - cut).sum() <= ROUNDING * weights.sum()):
                return cut, rounds
            if outside.all() and abs(excess) > ROUNDING * weights.sum():
                break
            weights = np.where(outside, cut, weights + excess / max(int((~outside).sum()), 1))
            if (weights < 0).any():
                break
            if not self.strict:
                return weights, 1
        raise ImpossibleTrimming(
            f"Nothing can take up what trimming to [{self.lower:g}, {self.upper:g}] cuts off. Widen the bounds."
        )


def trim(
    design: SomeDesign, *, lower: float = 0.0, upper: float = np.inf, strict: bool = True
) -> tuple[SomeDesign, WeightingReport]:
    """Trim the weights of a design; see `Trimming`."""
    return apply_step(Trimming.create(lower=lower, upper=upper, strict=strict), design)

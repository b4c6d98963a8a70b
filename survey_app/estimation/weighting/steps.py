"""A weighting step on a design: weights, replicate weights, and what becomes of the variance."""

from typing import Protocol, TypeVar

from survey_app.estimation.adjustments import Adjustment
from survey_app.estimation.codes import FloatArray
from survey_app.estimation.design import Design
from survey_app.estimation.replicates import ReplicateDesign
from survey_app.estimation.replication.readjustment import readjusted
from survey_app.estimation.weighting.report import WeightingReport

SomeDesign = TypeVar("SomeDesign", Design, ReplicateDesign)


class WeightingStep(Protocol):
    """What every step can do."""

    def adjust(self, weights: FloatArray) -> tuple[FloatArray, WeightingReport]:
        """New weights from weights (n,)."""
        ...

    def adjustments(self, before: FloatArray, after: FloatArray) -> tuple[Adjustment, ...]:
        """What the change of weights does to a linearised variance; empty: nothing."""
        ...


def apply_step(step: WeightingStep, design: SomeDesign) -> tuple[SomeDesign, WeightingReport]:
    """Take a weighting step on a design.

    Parameters
    ----------
    step : PostStratification, Raking, Calibration, Trimming or NonresponseAdjustment
    design : Design or ReplicateDesign
        Of the same n rows.

    Returns
    -------
    design : of the same kind
        A `Design` remembers what the step does to the variance; every replicate of a `ReplicateDesign` took
        the step itself (`replication.readjustment`).
    report : WeightingReport
        Of the full-sample weights.

    Raises
    ------
    UnableToEstimate
        As the step's `adjust` says, or UnableToReadjust with the replicate that failed.
    """
    after, report = step.adjust(design.weights)
    if isinstance(design, Design):
        return design.adjusted(after, *step.adjustments(design.weights, after)), report
    return readjusted(design, lambda weights: step.adjust(weights)[0]), report

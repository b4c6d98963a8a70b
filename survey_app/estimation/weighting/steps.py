"""A weighting step on a design: weights, replicate weights, and what becomes of the variance."""

from dataclasses import replace
from typing import Protocol, TypeVar

import numpy as np

from survey_app.estimation.adjustments import Adjustment
from survey_app.estimation.codes import FloatArray, UnableToEstimate
from survey_app.estimation.design import Design
from survey_app.estimation.replicates import ReplicateDesign
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
        the step itself. Degrees of freedom stay those of the sample: adjusting draws no new one.
    report : WeightingReport
        Of the full-sample weights.

    Raises
    ------
    UnableToEstimate
        As the step's `adjust` says; the message names the replicate that failed.
    """
    after, report = step.adjust(design.weights)
    if isinstance(design, Design):
        return design.adjusted(after, *step.adjustments(design.weights, after)), report
    replicates = np.column_stack(
        [_replicate(step, column, number) for number, column in enumerate(design.replicate_weights.T, 1)]
    )
    return replace(design, weights=after, replicate_weights=replicates), report


def _replicate(step: WeightingStep, weights: FloatArray, number: int) -> FloatArray:
    try:
        return step.adjust(weights)[0]
    except UnableToEstimate as refusal:
        raise type(refusal)(f"Replicate {number}: {refusal}") from refusal

"""Repeating a weight adjustment in every replicate, so that the spread shows what the adjustment does."""

from collections.abc import Callable

import numpy as np

from survey_app.estimation.codes import FloatArray, UnableToEstimate
from survey_app.estimation.replicates import ReplicateDesign


class UnableToReadjust(UnableToEstimate):
    """An adjustment that works for the full sample fails in a replicate."""


def readjusted(design: ReplicateDesign, adjust: Callable[[FloatArray], FloatArray]) -> ReplicateDesign:
    """Adjust the full weights and each set of replicate weights.

    Parameters
    ----------
    design : ReplicateDesign
        Of n rows and R replicates.
    adjust : callable
        Weights (n,) to adjusted weights (n,): post-stratification, raking, calibration, trimming or several in
        their order. Called 1 + R times, with zeros for rows that a replicate leaves out.

    Returns
    -------
    ReplicateDesign
        Same scales; `degf` is the rank of the new replicate weights minus one.

    Raises
    ------
    UnableToReadjust
        Names the replicate in which `adjust` refused. What it refuses for the full weights is raised as it is.
    """
    full = adjust(design.weights.copy())
    weights = np.empty_like(design.replicate_weights)
    for replicate in range(weights.shape[1]):
        weights[:, replicate] = _adjusted(design.replicate_weights[:, replicate].copy(), adjust, replicate)
    return ReplicateDesign.create(
        weights=full,
        replicate_weights=weights,
        scale=design.scale,
        rscales=design.rscales,
        mse=design.mse,
    )


def _adjusted(weights: FloatArray, adjust: Callable[[FloatArray], FloatArray], replicate: int) -> FloatArray:
    try:
        return adjust(weights)
    except UnableToEstimate as error:
        raise UnableToReadjust(
            f"Replicate {replicate + 1}: {error} The full sample can be adjusted, this part of it cannot: use fewer "
            "classes or margins, or Fay's replicates, in which no row vanishes."
        ) from error

"""Replicate designs: a set of weights for each of many re-drawn samples stands for the design.

`replication` makes them from a `design.Design`; agencies also publish them with their data.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import BoolArray, FloatArray, UnableToEstimate, freeze_arrays
from survey_app.estimation.design import MissingWeight, checked_weights
from survey_app.estimation.stages import MismatchedRows


class UnusableReplicates(UnableToEstimate):
    """Replicate weights, scales and degrees of freedom do not fit each other."""


@dataclass(frozen=True)
class ReplicateDesign:
    """Weights and replicate weights; build it with `ReplicateDesign.create`.

    Attributes
    ----------
    weights : array (n,)
        Full-sample weights, finite and not negative.
    replicate_weights : array (n, R)
        Analysis weights of each replicate (they contain the sampling weight). Some bootstraps of large
        samples give a few rows a negative one.
    scale : float
    rscales : array (R,)
    mse : bool
        Squares around the full-sample estimate; otherwise around the mean of the replicates.
    degf : int
        Degrees of freedom of the full design.
    """

    weights: FloatArray
    replicate_weights: FloatArray
    scale: float
    rscales: FloatArray
    mse: bool
    degf: int

    def __post_init__(self) -> None:
        freeze_arrays(self)

    @property
    def size(self) -> int:
        """Number of rows."""
        return self.weights.size

    @classmethod
    def create(
        cls,
        *,
        weights: npt.ArrayLike,
        replicate_weights: npt.ArrayLike,
        scale: float,
        rscales: npt.ArrayLike | None = None,
        mse: bool = False,
        degf: int | None = None,
        combined_weights: bool = True,
    ) -> "ReplicateDesign":
        """Check and keep replicate weights.

        Parameters
        ----------
        weights : array-like (n,)
        replicate_weights : array-like (n, R)
        scale, rscales : float and array-like (R,)
            Var = scale * sum_r rscales_r (theta_r - centre)^2; absent rscales are ones.
        mse : bool
        degf : int, optional
            Absent: rank of the replicate weights minus one.
        combined_weights : bool
            False: `replicate_weights` are factors by which the sampling weights are to be multiplied.

        Raises
        ------
        MissingWeight, WeightsSumToZero, MismatchedRows, UnusableReplicates
        NegativeWeight
            Of the full sample.

        References
        ----------
        K. M. Wolter, Introduction to Variance Estimation (Springer 2007), chapters 3 to 5; R survey,
        `svrepdesign`.
        """
        full = checked_weights(weights)
        replicates = np.array(replicate_weights, dtype=np.float64)
        _check_replicates(replicates, full.size)
        if not combined_weights:
            replicates *= full[:, None]
        factors = np.ones(replicates.shape[1]) if rscales is None else np.array(rscales, dtype=np.float64)
        _check_scales(scale, factors, replicates.shape[1])
        degrees = rank(replicates) - 1 if degf is None else int(degf)
        return cls(full, replicates, float(scale), factors, mse, degrees)


def _check_replicates(replicates: FloatArray, size: int) -> None:
    if replicates.ndim != 2 or replicates.shape[0] != size or replicates.shape[1] < 2:
        raise MismatchedRows(
            f"Replicate weights of shape {replicates.shape} for {size} rows: give rows x replicates, "
            "at least two replicates."
        )
    if not np.isfinite(replicates).all():
        raise MissingWeight(
            "Replicate weights are missing or infinite. Give every row a number (0 = left out)."
        )
    sums = replicates.sum(axis=0)
    if not (sums > 0).all():
        first = int(np.argmax(~(sums > 0)))
        raise UnusableReplicates(
            f"The weights of replicate {first + 1} sum to {sums[first]:g}, so they stand for nobody. Leave it out."
        )


def _check_scales(scale: float, rscales: FloatArray, replicates: int) -> None:
    if not (np.isfinite(scale) and scale > 0):
        raise UnusableReplicates(f"scale={scale}: give a positive number (JK1: (R - 1) / R; BRR: 1 / R).")
    if rscales.shape != (replicates,) or not (np.isfinite(rscales) & (rscales >= 0)).all():
        raise UnusableReplicates(
            f"rscales of shape {rscales.shape} for {replicates} replicates: give one number >= 0 for each."
        )


def covariance_of_replicates(
    estimate: FloatArray, replicates: FloatArray, design: ReplicateDesign
) -> FloatArray:
    """Covariance of k estimates from their replicates.

    Parameters
    ----------
    estimate : array (k,)
    replicates : array (R, k)
        The same statistics computed with each set of replicate weights.
    design : ReplicateDesign

    Returns
    -------
    array (k, k)

    Notes
    -----
    ``scale sum_r rscales_r (theta_r - c)(theta_r - c)'`` with c the full-sample estimate (`mse`) or the mean
    of the replicates. A replicate in which an estimate is undefined is left out for all of them, as R's
    `svrVar` does: a domain that lies in one PSU has no estimate without it. NaN when none is left.
    """
    defined = ~np.isnan(replicates[:, ~np.isnan(estimate)]).any(axis=1)
    values, factors = replicates[defined], design.rscales[defined]
    if not defined.any():
        return np.full((estimate.size, estimate.size), np.nan)
    centre = estimate if design.mse else values[factors > 0].mean(axis=0)
    deviations = (values - centre) * np.sqrt(factors)[:, None]
    return np.asarray(design.scale * (deviations.T @ deviations), dtype=np.float64)


def degrees_of_freedom_of(design: ReplicateDesign, rows: BoolArray | None = None) -> int:
    """Rank of the replicate weights of the given rows minus one; of all rows: as the design says."""
    if rows is None or rows[design.weights > 0].all():
        return design.degf
    return max(rank(design.replicate_weights[rows]) - 1, 0)


def rank(columns: FloatArray, tolerance: float = 1e-5) -> int:
    """Number of columns that are no combination of those before, as R's `qr` counts them.

    A column counts when at least `tolerance` of its length is new.
    """
    if columns.shape[0] > columns.shape[1]:
        # the triangular factor has the same lengths and angles, and far fewer rows
        columns = np.asarray(np.linalg.qr(columns, mode="r"), dtype=np.float64)
    basis = np.zeros((columns.shape[0], min(columns.shape)))
    found = 0
    for column in columns.T:
        length = np.linalg.norm(column)
        rest = column - basis[:, :found] @ (basis[:, :found].T @ column)
        rest = rest - basis[:, :found] @ (basis[:, :found].T @ rest)
        new = np.linalg.norm(rest)
        if length > 0 and new > tolerance * length and found < basis.shape[1]:
            basis[:, found] = rest / new
            found += 1
    return found

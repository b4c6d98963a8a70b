"""Calibration: weights that reproduce known totals of auxiliary variables, with bounds on the factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy

from survey_app.estimation.adjustments import Adjustment
from survey_app.estimation.codes import BoolArray, FloatArray, UnableToEstimate
from survey_app.estimation.design import NegativeWeight, checked_weights
from survey_app.estimation.stages import Column, MismatchedRows
from survey_app.estimation.weighting.distances import Distance, distance
from survey_app.estimation.weighting.model_matrix import Auxiliary, model_matrix
from survey_app.estimation.weighting.report import Target, WeightingReport
from survey_app.estimation.weighting.steps import SomeDesign, apply_step

Method = Literal["linear", "raking", "logit"]
TOLERANCE = 1e-11
MAX_ITERATIONS = 200
NEW_LENGTH = 1e-7
"""A column counts when at least this share of its length is no combination of the columns before (R's `qr`)."""
ROUNDING = 1e-14


class MissingAuxiliary(UnableToEstimate):
    """A row with a positive weight lacks an auxiliary variable."""


class CollinearAuxiliaries(UnableToEstimate):
    """An auxiliary variable is a combination of others (or constant zero), so its total says nothing new."""


class InfeasibleCalibration(UnableToEstimate):
    """No weights within the bounds reproduce the totals."""


@dataclass(frozen=True)
class Calibration:
    """A calibration; build it with `Calibration.create`."""

    auxiliary: Auxiliary
    method: Method
    bounds: tuple[float, float]
    tolerance: float
    max_iterations: int

    @classmethod
    def create(
        cls,
        columns: Mapping[str, Column],
        totals: Mapping[str, float],
        *,
        method: Method = "linear",
        bounds: tuple[float, float] = (-np.inf, np.inf),
        tolerance: float = TOLERANCE,
        max_iterations: int = MAX_ITERATIONS,
    ) -> Calibration:
        """Auxiliary variables, their totals and how to reach them.

        Parameters
        ----------
        columns, totals
            See `model_matrix.model_matrix`.
        method : {"linear", "raking", "logit"}
            g = 1 + u, exp(u), or the logit between the bounds.
        bounds : (lower, upper)
            Of g = weight after / weight before: "linear" and "raking" are truncated there.
        tolerance : float
            Largest accepted |misfit| / (1 + |total|).
        max_iterations : int

        Raises
        ------
        UnusableTotals, UnusableBounds, UnknownDistance, MismatchedRows, UnreadableCode
        """
        distance(method, bounds)
        pair = (float(bounds[0]), float(bounds[1]))
        return cls(model_matrix(columns, totals), method, pair, tolerance, max_iterations)

    def adjust(self, weights: FloatArray) -> tuple[FloatArray, WeightingReport]:
        """Calibrate weights (n,); rows of weight 0 keep it.

        Raises
        ------
        MissingAuxiliary, CollinearAuxiliaries, InfeasibleCalibration
        NegativeWeight
            Of the given weights, or of those that unbounded linear calibration leads to.
        MismatchedRows, MissingWeight, WeightsSumToZero

        References
        ----------
        J.-C. Deville, C.-E. Särndal, Journal of the American Statistical Association 87 (1992), 376-382;
        R survey 4.5, `calibrate`.
        """
        before = checked_weights(weights)
        rows = self._used(before)
        x, w = self.auxiliary.matrix[rows], before[rows]
        kept, basis = _independent(x, w, self.auxiliary)
        x, totals = x[:, kept], self.auxiliary.totals[kept]
        names = [self.auxiliary.names[column] for column in np.flatnonzero(kept)]
        _check_reach(x, w, totals, names, self.bounds)
        problem = _Problem(
            np.asarray(np.linalg.solve(basis.T, x.T).T, dtype=np.float64),
            w,
            np.asarray(np.linalg.solve(basis.T, totals), dtype=np.float64),
            distance(self.method, self.bounds),
        )
        slack = self.tolerance * (1 + np.abs(totals)) + ROUNDING * (np.abs(x) * w[:, None]).sum(axis=0)
        factors, iterations = self._solve(problem, basis, slack, totals, names)
        if (factors < 0).any():
            first = int(np.flatnonzero(rows)[np.argmax(factors < 0)])
            raise NegativeWeight(
                f"Linear calibration makes {int((factors < 0).sum())} weights negative (first: row {first}). "
                "Give bounds, such as [0.2, 5], or use method raking or logit."
            )
        after = np.zeros_like(before)
        after[rows] = w * factors
        return after, self._report(before, after, factors, iterations, kept)

    def adjustments(self, before: FloatArray, after: FloatArray) -> tuple[Adjustment, ...]:
        """Scores become residuals of the regression on the auxiliaries, with the weights before the step."""
        matrix = np.where(before[:, None] > 0, self.auxiliary.matrix, 0.0)
        return (Adjustment(scipy.sparse.csr_array(matrix), before, after),)

    def _used(self, weights: FloatArray) -> BoolArray:
        matrix, names = self.auxiliary.matrix, self.auxiliary.names
        if weights.size != matrix.shape[0]:
            raise MismatchedRows(f"{weights.size} weights for {matrix.shape[0]} rows of auxiliaries.")
        rows = weights > 0
        missing = rows[:, None] & np.isnan(matrix)
        if missing.any():
            row, column = np.argwhere(missing)[0]
            raise MissingAuxiliary(
                f"{names[column]}: missing in row {row} ({int(missing.any(axis=1).sum())} rows lack some "
                "auxiliary). Complete the column, make the missing a class of its own, or use weight 0."
            )
        return rows

    def _solve(
        self, problem: _Problem, basis: FloatArray, slack: FloatArray, totals: FloatArray, names: list[str]
    ) -> tuple[FloatArray, int]:
        predictor = np.zeros(problem.weights.size)
        misfit = problem.misfit(predictor)
        iterations = 0
        while (np.abs(basis.T @ misfit) > slack).any():
            step = problem.newton_step(predictor, misfit)
            if step is None or iterations == self.max_iterations:
                off = basis.T @ misfit
                worst = int(np.argmax(np.abs(off) / slack))
                raise InfeasibleCalibration(
                    f"{names[worst]}: total {totals[worst]:.10g} cannot be reached together with the others "
                    f"with bounds [{self.bounds[0]:g}, {self.bounds[1]:g}] ({iterations} iterations came to "
                    f"{totals[worst] - off[worst]:.10g}). Check the total, widen the bounds, or leave it out."
                )
            predictor, iterations = predictor + step, iterations + 1
            misfit = problem.misfit(predictor)
        return problem.distance.factor(predictor), iterations

    def _report(
        self, before: FloatArray, after: FloatArray, factors: FloatArray, iterations: int, kept: BoolArray
    ) -> WeightingReport:
        x = np.where(before[:, None] > 0, self.auxiliary.matrix, 0.0)
        sums = zip(self.auxiliary.names, self.auxiliary.totals, before @ x, after @ x, strict=True)
        return WeightingReport.of(
            f"calibration ({self.method})",
            before,
            after,
            iterations=iterations,
            targets=tuple(Target(name, "", float(t), float(old), float(new)) for name, t, old, new in sums),
            empty=tuple(name for name, used in zip(self.auxiliary.names, kept, strict=True) if not used),
            at_bounds=(
                int((factors <= self.bounds[0]).sum()),
                int((factors >= self.bounds[1]).sum()),
            ),
        )


@dataclass(frozen=True)
class _Problem:
    """Calibration on auxiliaries that are orthonormal under the weights."""

    x: FloatArray
    weights: FloatArray
    totals: FloatArray
    distance: Distance

    def misfit(self, predictor: FloatArray) -> FloatArray:
        return np.asarray(self.totals - (self.weights * self.distance.factor(predictor)) @ self.x)

    def newton_step(self, predictor: FloatArray, misfit: FloatArray) -> FloatArray | None:
        """Change of the predictor that lowers the convex dual, by a damped Newton step; None when none does."""
        slope = (self.weights * self.distance.slope(predictor))[:, None]
        values, vectors = np.linalg.eigh(self.x.T @ (self.x * slope))
        # where every row sits at a bound the dual is straight: go far, the damping calls back
        along = vectors.T @ misfit
        direction = vectors @ (along / np.maximum(values, 1e-8))
        change: FloatArray = self.x @ direction
        start, size = self._dual(predictor, np.zeros_like(misfit)), 1.0
        for _ in range(60):
            lower = self._dual(predictor + size * change, size * direction)
            gain = 1e-4 * size * float(misfit @ direction)
            if lower <= start - gain or self._closer(predictor + size * change, misfit):
                return size * change
            size /= 2
        return None

    def _dual(self, predictor: FloatArray, moved: FloatArray) -> float:
        """The dual function, up to a constant, after the coefficients moved."""
        return float(self.weights @ self.distance.value(predictor) - moved @ self.totals)

    def _closer(self, predictor: FloatArray, misfit: FloatArray) -> bool:
        """Near the solution the dual is flat to the last digit, and the misfit decides."""
        return bool(np.linalg.norm(self.misfit(predictor)) < 0.5 * np.linalg.norm(misfit))


def calibrate(
    design: SomeDesign,
    columns: Mapping[str, Column],
    totals: Mapping[str, float],
    *,
    method: Method = "linear",
    bounds: tuple[float, float] = (-np.inf, np.inf),
    tolerance: float = TOLERANCE,
    max_iterations: int = MAX_ITERATIONS,
) -> tuple[SomeDesign, WeightingReport]:
    """Calibrate a design; see `Calibration`."""
    step = Calibration.create(
        columns, totals, method=method, bounds=bounds, tolerance=tolerance, max_iterations=max_iterations
    )
    return apply_step(step, design)


def _independent(x: FloatArray, w: FloatArray, auxiliary: Auxiliary) -> tuple[BoolArray, FloatArray]:
    """Columns that are not zero throughout, and the triangular factor R of sqrt(w) x = Q R."""
    zero: BoolArray = (x == 0).all(axis=0)
    kept: BoolArray = ~(zero & (auxiliary.totals == 0))
    names = [auxiliary.names[column] for column in np.flatnonzero(kept)]
    if zero[kept].any():
        name = names[int(np.argmax(zero[kept]))]
        raise InfeasibleCalibration(f"{name}: zero in every row, yet its total is not. Merge the class.")
    columns = x[:, kept] * np.sqrt(w)[:, None]
    basis: FloatArray = np.asarray(np.linalg.qr(columns, mode="r"), dtype=np.float64)
    new = np.zeros(len(names))
    new[: len(basis)] = np.abs(np.diag(basis)) / np.linalg.norm(columns, axis=0)[: len(basis)]
    if (new < NEW_LENGTH).any():
        raise CollinearAuxiliaries(
            f"{names[int(np.argmax(new < NEW_LENGTH))]}: a combination of the columns before it. Leave it out."
        )
    return kept, basis


def _check_reach(
    x: FloatArray, w: FloatArray, totals: FloatArray, names: list[str], bounds: tuple[float, float]
) -> None:
    """Refuse totals that lie beyond what factors at the bounds would give."""
    if not np.isfinite(bounds).all():
        return
    above, below = w @ np.maximum(x, 0), w @ np.minimum(x, 0)
    least, most = bounds[0] * above + bounds[1] * below, bounds[1] * above + bounds[0] * below
    beyond = (totals < least - 1e-9 * np.abs(least)) | (totals > most + 1e-9 * np.abs(most))
    if beyond.any():
        first = int(np.argmax(beyond))
        raise InfeasibleCalibration(
            f"{names[first]}: total {totals[first]:.10g}; factors within [{bounds[0]:g}, {bounds[1]:g}] reach "
            f"{least[first]:.10g} to {most[first]:.10g} only. Widen the bounds, or check the total."
        )

"""What adjusting weights to known totals does to a variance: scores become residuals of a regression.

`weighting` makes adjustments; `design.Design.adjusted` keeps them, in the order they were made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from survey_app.estimation.codes import FloatArray, freeze_arrays

RAKING_SWEEPS = 10
"""R survey projects this often on the margins; the exact regression on all margins at once is its limit."""


@dataclass(frozen=True)
class Adjustment:
    """One step that made weights agree with known totals of auxiliary variables.

    Attributes
    ----------
    auxiliary : sparse array (n, p)
        What the weights were calibrated on: numeric variables, or one 0/1 column a class.
    regression_weights : array (n,)
        Weights of the regression: those before the step, or ones (raking).
    weights : array (n,)
        Weights after the step.
    blocks : tuple of slice, optional
        Columns of each margin: regress on one margin after the other, `RAKING_SWEEPS` times, instead of on all
        columns at once.
    """

    auxiliary: scipy.sparse.csr_array
    regression_weights: FloatArray
    weights: FloatArray
    blocks: tuple[slice, ...] | None = None

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def residuals(self, scores: FloatArray) -> FloatArray:
        r"""Replace weighted scores by weighted residuals.

        Parameters
        ----------
        scores : array (n, k)
            Weighted linearised scores w z.

        Returns
        -------
        array (n, k)
            ``g (z - x' B)`` with g the weights of this step and B the regression of z on the auxiliaries.

        References
        ----------
        J.-C. Deville, C.-E. Särndal, Journal of the American Statistical Association 87 (1992), 376-382;
        R survey 4.5, `svyrecvar`.
        """
        fitted: FloatArray = self.auxiliary @ self.coefficients(self.products(self.unweighted(scores)))
        return np.asarray(scores - fitted * self.weights[:, None], dtype=np.float64)

    def unweighted(self, scores: FloatArray) -> FloatArray:
        """Scores (n, k) divided by the weights of this step; zero where the weight is."""
        weights = self.weights[:, None]
        return np.divide(scores, weights, out=np.zeros_like(scores), where=weights > 0)

    def products(self, unweighted: FloatArray) -> FloatArray:
        """Cross products X' Q z of the auxiliaries with unweighted scores (n, k): array (p, k)."""
        products: FloatArray = self.auxiliary.T @ (unweighted * self.regression_weights[:, None])
        return products

    def coefficients(self, products: FloatArray) -> FloatArray:
        """Regression coefficients (p, k) from cross products X' Q z (p, k); collinear columns share theirs."""
        gram = (self.auxiliary.T @ self.auxiliary.multiply(self.regression_weights[:, None])).tocsr()
        diagonal = gram.diagonal()
        # columns of one length: counts and money in one regression lose no digits
        length = np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
        right = products / length[:, None]
        if self.blocks is None and gram.count_nonzero() == np.count_nonzero(diagonal):
            # disjoint classes, perhaps thousands of them
            return np.where(diagonal[:, None] > 0, right / length[:, None], 0.0)
        scaled = np.asarray(gram.todense(), dtype=np.float64) / np.outer(length, length)
        if self.blocks is None:
            return np.asarray(np.linalg.pinv(scaled, hermitian=True) @ right / length[:, None])
        return _by_sweeps(scaled, right, self.blocks) / length[:, None]


def _by_sweeps(gram: FloatArray, right: FloatArray, blocks: tuple[slice, ...]) -> FloatArray:
    """Solve normal equations margin by margin (Gauss-Seidel); the classes of a margin are disjoint."""
    solution = np.zeros_like(right)
    for _ in range(RAKING_SWEEPS):
        for block in blocks:
            # a class has length one, or zero when nobody is in it
            solution[block] += right[block] - gram[block] @ solution
    return solution

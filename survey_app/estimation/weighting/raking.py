"""Raking: weights that add up to the known totals of several margins (iterative proportional fitting)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from survey_app.estimation.adjustments import Adjustment
from survey_app.estimation.codes import FloatArray, IntArray, UnableToEstimate, freeze_arrays
from survey_app.estimation.design import Columns, checked_weights
from survey_app.estimation.stages import MismatchedRows
from survey_app.estimation.weighting.classes import (
    SMALL_CODES,
    Classes,
    Totals,
    UnusableTotals,
    compress,
    indicators,
    sums_by_code,
)
from survey_app.estimation.weighting.report import WeightingReport
from survey_app.estimation.weighting.steps import SomeDesign, apply_step

TOLERANCE = 1e-10
MAX_ITERATIONS = 1_000


class RakingDidNotConverge(UnableToEstimate):
    """The margins were not met within the allowed number of iterations."""


@dataclass(frozen=True)
class Margin:
    """One margin: a column of codes (n,) or several that are crossed, and the total of every class."""

    name: str
    columns: Columns
    totals: Totals


@dataclass(frozen=True)
class Raking:
    """A raking; build it with `Raking.create`.

    Attributes
    ----------
    margins : tuple of Classes
    cell : array (n,)
        Crossed cell of each row; -1 for rows that lack a class in some margin.
    levels : tuple of arrays (cells,)
        Class of each cell in each margin.
    tolerance : float
    max_iterations : int
    """

    margins: tuple[Classes, ...]
    cell: IntArray
    levels: tuple[IntArray, ...]
    tolerance: float
    max_iterations: int

    def __post_init__(self) -> None:
        freeze_arrays(self)

    @classmethod
    def create(
        cls,
        margins: Sequence[Margin],
        *,
        tolerance: float = TOLERANCE,
        max_iterations: int = MAX_ITERATIONS,
    ) -> "Raking":
        """Encode the margins and cross them.

        Parameters
        ----------
        margins : sequence of Margin
        tolerance : float
            Largest accepted distance of a weighted total from its target, as a share of the target.
        max_iterations : int
            Rounds over all margins.

        Raises
        ------
        UnusableTotals
            Also when the totals of two margins add up to different populations.
        UnreadableCode, MismatchedRows
        """
        if not margins or not tolerance > 0 or max_iterations < 1:
            raise UnusableTotals("Raking needs a margin, a tolerance > 0 and at least one iteration.")
        encoded = tuple(Classes.create(margin.name, margin.columns, margin.totals) for margin in margins)
        _check_populations(encoded, tolerance)
        cell, levels = _cross(encoded)
        return cls(encoded, cell, levels, tolerance, max_iterations)

    def adjust(self, weights: FloatArray) -> tuple[FloatArray, WeightingReport]:
        """Rake weights (n,) to the margins.

        Raises
        ------
        RakingDidNotConverge
        MissingClass, UnusableTotals, EmptyClass, MismatchedRows, MissingWeight, NegativeWeight,
        WeightsSumToZero

        Notes
        -----
        Works on the crossed cells, whose number does not grow with the rows; all rows of a cell get the same
        factor. Rows of weight 0 keep it.

        References
        ----------
        W. E. Deming, F. F. Stephan, Annals of Mathematical Statistics 11 (1940), 427-444; R survey, `rake`.
        """
        before = checked_weights(weights)
        start = self._cell_sums(before)
        sums = [self._sums(number, start) for number in range(len(self.margins))]
        for margin, found in zip(self.margins, sums, strict=True):
            margin.check(found)
        fitted, iterations = self._fit(start)
        factors = np.divide(fitted, start, out=np.zeros_like(start), where=start > 0)
        after = before * np.append(factors, 0.0)[self.cell]
        reached = [self._sums(number, fitted) for number in range(len(self.margins))]
        return after, WeightingReport.of(
            "raking",
            before,
            after,
            iterations=iterations,
            empty=tuple(name for margin in self.margins for name in margin.empty()),
            targets=tuple(
                target
                for margin, old, new in zip(self.margins, sums, reached, strict=True)
                for target in margin.targets(old, new)
            ),
        )

    def adjustments(self, before: FloatArray, after: FloatArray) -> tuple[Adjustment, ...]:
        """Scores become residuals of unweighted projections on one margin after the other, as R has it."""
        widths = [len(margin.levels) for margin in self.margins]
        ends = np.cumsum(widths).tolist()
        blocks = tuple(slice(end - width, end) for end, width in zip(ends, widths, strict=True))
        rows = (before > 0).astype(np.float64)
        return (Adjustment(indicators(*self.margins), rows, after, blocks),)

    def _cell_sums(self, weights: FloatArray) -> FloatArray:
        for margin in self.margins:
            if not margin.complete or weights.shape != margin.codes.shape:
                margin.sums(weights)
        return sums_by_code(self.cell + 1, weights, self.levels[0].size + 1)[1:]

    def _sums(self, margin: int, cells: FloatArray) -> FloatArray:
        return sums_by_code(self.levels[margin], cells, len(self.margins[margin].levels))

    def _fit(self, start: FloatArray) -> tuple[FloatArray, int]:
        """Fit the cell totals to one margin after the other until all agree."""
        cells, worst = start.copy(), (np.inf, 0, 0)
        for iteration in range(1, self.max_iterations + 1):
            for number, margin in enumerate(self.margins):
                sums = self._sums(number, cells)
                factors = np.divide(margin.totals, sums, out=np.zeros_like(sums), where=sums > 0)
                cells *= factors[self.levels[number]]
            worst = max(self._distance(number, cells) for number in range(len(self.margins)))
            if worst[0] <= self.tolerance:
                return cells, iteration
        raise RakingDidNotConverge(
            f"After {self.max_iterations} iterations {self.margins[worst[1]].name}: "
            f"{self.margins[worst[1]].levels[worst[2]]} is still off by {worst[0]:.2g} of its total. The sample "
            "has too few combinations of classes: merge classes, or leave a margin out."
        )

    def _distance(self, number: int, cells: FloatArray) -> tuple[float, int, int]:
        """Largest relative distance from a total of the margin, the margin and the class."""
        totals = self.margins[number].totals
        known = totals > 0
        distance = np.zeros(totals.size)
        distance[known] = np.abs(self._sums(number, cells)[known] / totals[known] - 1)
        return float(distance.max()), number, int(distance.argmax())


def rake(
    design: SomeDesign,
    margins: Sequence[Margin],
    *,
    tolerance: float = TOLERANCE,
    max_iterations: int = MAX_ITERATIONS,
) -> tuple[SomeDesign, WeightingReport]:
    """Rake a design to margins; see `Raking`."""
    return apply_step(Raking.create(margins, tolerance=tolerance, max_iterations=max_iterations), design)


def _check_populations(margins: tuple[Classes, ...], tolerance: float) -> None:
    populations = [float(np.nansum(margin.totals)) for margin in margins]
    apart = [abs(population / populations[0] - 1) for population in populations]
    if max(apart) > tolerance:
        other = int(np.argmax(apart))
        raise UnusableTotals(
            f"The totals of {margins[0].name} add up to {populations[0]:.15g}, those of {margins[other].name} "
            f"to {populations[other]:.15g}. Use totals of one population (scale one margin to the other's sum)."
        )


def _cross(margins: tuple[Classes, ...]) -> tuple[IntArray, tuple[IntArray, ...]]:
    """Crossed cell of each row, and the class of each cell in each margin."""
    cell, levels = margins[0].codes, [np.arange(len(margins[0].levels))]
    for margin in margins[1:]:
        if margin.codes.shape != cell.shape:
            raise MismatchedRows(f"{margin.name} has {margin.codes.size} rows, other margins {cell.size}.")
        width = len(margin.levels)
        crossed = cell * width + margin.codes
        if not all(one.complete for one in margins):
            crossed[(cell < 0) | (margin.codes < 0)] = -1
        pairs, cell = np.arange(levels[0].size * width), crossed
        # a table of every combination is small enough until there are more than rows
        if pairs.size > max(SMALL_CODES, cell.size):
            pairs, cell = compress(crossed)
        levels = [level[pairs // width] for level in levels] + [pairs % width]
    return cell, tuple(levels)

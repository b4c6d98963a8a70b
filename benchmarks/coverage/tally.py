"""Share of intervals that hold the truth, and their mean width, for every method."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from survey_app.estimation.intervals import Interval, display_interval, proportion_interval

FloatArray = npt.NDArray[np.float64]
METHODS = ("mean", "logit", "likelihood", "asin", "wilson", "beta", "korn_graubard", "display")
LEVEL = 0.95


@dataclass(frozen=True)
class Figures:
    """Estimates of many samples of one situation, and what they estimate: arrays of one shape."""

    estimate: FloatArray
    se: FloatArray
    n: npt.NDArray[np.int64]
    df: npt.NDArray[np.int64]
    truth: FloatArray


@dataclass(frozen=True)
class Line:
    """One situation: coverage and mean width of the methods that apply to it.

    `asked` is the range the displayed interval's coverage must keep.
    """

    situation: str
    coverage: dict[str, float]
    width: dict[str, float]
    asked: tuple[float, float]

    @property
    def kept(self) -> bool:
        """Say whether the displayed interval covers as often as asked."""
        return self.asked[0] <= self.coverage["display"] <= self.asked[1]


def limits(
    method: str, estimate: FloatArray, se: FloatArray, n: npt.ArrayLike, df: npt.ArrayLike
) -> Interval:
    """Limits of a share by a method of `intervals`, or of the one chosen for display."""
    if method == "display":
        return display_interval(estimate, se, n, df, LEVEL)[:2]
    return proportion_interval(estimate, se, n, df, method=method, level=LEVEL)


def line(
    situation: str,
    figures: Figures,
    asked: tuple[float, float],
    *,
    weights: FloatArray | None = None,
    methods: Sequence[str] = METHODS,
) -> Line:
    """Tally all methods over the samples, which count with `weights` (equally when absent)."""
    coverage, width = {}, {}
    for method in methods:
        low, high = limits(method, figures.estimate, figures.se, figures.n, figures.df)
        held = (low <= figures.truth) & (figures.truth <= high)
        coverage[method] = float(np.average(held, weights=weights))
        width[method] = float(np.average(high - low, weights=weights))
    return Line(situation, coverage, width, asked)


def differences(situation: str, low: FloatArray, high: FloatArray, truth: FloatArray) -> Line:
    """Tally intervals of differences, which have one method: estimate -+ t se."""
    held, width = float(((low <= truth) & (truth <= high)).mean()), float((high - low).mean())
    return Line(situation, {"mean": held, "display": held}, {"mean": width, "display": width}, (0.93, 1.0))


def print_lines(title: str, lines: Sequence[Line]) -> None:
    """Print coverage in percent and mean width in percentage points; a star marks a broken demand."""
    print(f"\n{title}: coverage % (mean width in points)")
    print(f"{'':34}" + "".join(f"{method:>15}" for method in METHODS))
    for each in lines:
        cells = "".join(f"{_cell(each, method):>15}" for method in METHODS)
        print(f"{each.situation:34}{cells}{'' if each.kept else ' *'}")


def _cell(each: Line, method: str) -> str:
    if method not in each.coverage:
        return "-"
    return f"{100 * each.coverage[method]:.1f} ({100 * each.width[method]:.2f})"

"""Non-response: the respondents of a class take over the weight of those who did not answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from survey_app.estimation.adjustments import Adjustment
from survey_app.estimation.codes import BoolArray, FloatArray, IntArray, UnableToEstimate, freeze_arrays
from survey_app.estimation.design import Columns, checked_weights
from survey_app.estimation.stages import MismatchedRows
from survey_app.estimation.weighting.classes import (
    MissingClass,
    encode_classes,
    level_name,
    sums_by_code,
)
from survey_app.estimation.weighting.report import WeightingReport
from survey_app.estimation.weighting.steps import SomeDesign, apply_step


class NobodyResponded(UnableToEstimate):
    """A class with a positive weight has no respondent."""


class UnusableCollapse(UnableToEstimate):
    """A merger of classes names an unknown class, or goes round in a circle."""


@dataclass(frozen=True)
class NonresponseAdjustment:
    """An adjustment for non-response; build it with `NonresponseAdjustment.create`.

    Attributes
    ----------
    name : str
    responded : array (n,) of bool
    codes : array (n,)
        Class of each row after mergers; -1: none.
    levels : tuple of str
    merged : tuple of str
        Mergers made, for the report.
    """

    name: str
    responded: BoolArray
    codes: IntArray
    levels: tuple[str, ...]
    merged: tuple[str, ...]

    def __post_init__(self) -> None:
        freeze_arrays(self)

    @classmethod
    def create(
        cls,
        responded: npt.ArrayLike,
        columns: Columns,
        *,
        collapse: Mapping[Any, Any] | None = None,
        name: str = "response classes",
    ) -> "NonresponseAdjustment":
        """Response classes of all sampled units, respondents or not.

        Parameters
        ----------
        responded : array-like (n,) of bool
        columns : array-like (n,) or tuple of them (crossed)
            Known for everybody who was sampled; respondents and others of a class should resemble each other.
        collapse : mapping from class to class, optional
            Merge a class into another, such as one without respondents into its neighbour.
        name : str

        Raises
        ------
        MismatchedRows, UnusableCollapse, UnreadableCode
        """
        answered = np.asarray(responded)
        codes, levels = encode_classes(name, columns)
        if answered.shape != codes.shape or answered.dtype != np.bool_:
            raise MismatchedRows(
                f"responded: one boolean a row, got {answered.dtype} of shape {answered.shape} for {codes.size} "
                f"rows of {name}."
            )
        pairs = {level_name(old): level_name(new) for old, new in (collapse or {}).items()}
        target = np.array([levels.index(_destination(level, pairs, levels, name)) for level in levels] + [-1])
        merged = tuple(f"{name}: {old} (merged into {new})" for old, new in pairs.items())
        return cls(name, answered.copy(), target[codes], levels, merged)

    def adjust(self, weights: FloatArray) -> tuple[FloatArray, WeightingReport]:
        """Weights (n,) of respondents times the class's sum over its respondents' sum; others get zero.

        Raises
        ------
        NobodyResponded, MissingClass, MismatchedRows, MissingWeight, NegativeWeight, WeightsSumToZero

        References
        ----------
        C.-E. Särndal, B. Swensson, J. Wretman, Model Assisted Survey Sampling (Springer 1992), section 15.6.
        """
        before = checked_weights(weights)
        if before.shape != self.codes.shape:
            raise MismatchedRows(f"{before.size} weights for {self.codes.size} rows of {self.name}.")
        if ((self.codes < 0) & (before > 0)).any():
            raise MissingClass(f"{self.name}: rows without a class. Make the missing a class of its own.")
        everybody = self._sums(before)
        respondents = self._sums(before * self.responded)
        silent = (everybody > 0) & (respondents == 0)
        if silent.any():
            names = ", ".join(self.levels[k] for k in np.flatnonzero(silent)[:5])
            raise NobodyResponded(
                f"{self.name}: nobody responded in {names} ({int(silent.sum())} classes). Merge such a class with "
                "a similar one: collapse={class: other class}."
            )
        factors = np.divide(everybody, respondents, out=np.zeros_like(everybody), where=respondents > 0)
        after = before * self.responded * np.append(factors, 0.0)[self.codes]
        return after, WeightingReport.of(
            "non-response", before, after, rows=self.responded, empty=self.merged
        )

    def adjustments(self, before: FloatArray, after: FloatArray) -> tuple[Adjustment, ...]:
        """Response rates count as known in a linearised variance; replicates estimate them again each time."""
        return ()

    def _sums(self, weights: FloatArray) -> FloatArray:
        return sums_by_code(self.codes + 1, weights, len(self.levels) + 1)[1:]


def adjust_for_nonresponse(
    design: SomeDesign,
    responded: npt.ArrayLike,
    columns: Columns,
    *,
    collapse: Mapping[Any, Any] | None = None,
    name: str = "response classes",
) -> tuple[SomeDesign, WeightingReport]:
    """Adjust a design for non-response; see `NonresponseAdjustment`."""
    step = NonresponseAdjustment.create(responded, columns, collapse=collapse, name=name)
    return apply_step(step, design)


def _destination(level: str, pairs: dict[str, str], levels: tuple[str, ...], name: str) -> str:
    """Follow the mergers from one class to the last."""
    unknown = [part for pair in pairs.items() for part in pair if part not in levels]
    if unknown:
        raise UnusableCollapse(f"{name}: no class {unknown[0]}. Merge classes of the sample.")
    for _ in range(len(pairs) + 1):
        if level not in pairs:
            return level
        level = pairs[level]
    raise UnusableCollapse(f"{name}: the mergers of {level} go round in a circle. Let one class stay.")

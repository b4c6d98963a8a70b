"""Sampling designs: how the rows of a survey came to be there.

A design is encoded once, to integers, and then serves every estimate. Codes are nested: a unit's code sorts
by its stratum first, so rows sorted by their deepest unit are sorted by every level above it as well.
"""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

import numpy as np

from survey_app.estimation.adjustments import Adjustment
from survey_app.estimation.codes import FloatArray, UnableToEstimate, as_numbers, freeze_arrays
from survey_app.estimation.stages import Column, MismatchedRows, Stage, encode_stages

LonelyRule = Literal["fail", "remove", "certainty", "adjust", "average"]
Columns: TypeAlias = Column | tuple[Column, ...]


class UnknownLonelyRule(UnableToEstimate):
    """The rule for lonely PSUs is none of the five."""


class MissingWeight(UnableToEstimate):
    """A weight is absent, NaN or infinite, and nothing says how it should be computed."""


class NegativeWeight(UnableToEstimate):
    """A weight is below zero."""


class WeightsSumToZero(UnableToEstimate):
    """All weights are zero."""


@dataclass(frozen=True)
class Design:
    """A sampling design; build it with `Design.create`.

    Attributes
    ----------
    weights : array (n,)
        Sampling weights, finite and not negative.
    stages : tuple of Stage
        The stages that contribute to the variance, first stage first.
    lonely_psu : {"fail", "remove", "certainty", "adjust", "average"}
        What to do with a stratum that holds one sampled PSU of several (`variance.parent_factors`).
    adjustments : tuple of Adjustment
        Steps that made the weights agree with known totals, in their order.
    """

    weights: FloatArray
    stages: tuple[Stage, ...]
    lonely_psu: LonelyRule
    adjustments: tuple[Adjustment, ...] = ()

    def __post_init__(self) -> None:
        freeze_arrays(self)

    @property
    def size(self) -> int:
        """Number of rows."""
        return self.weights.size

    def adjusted(self, weights: Column, *adjustments: Adjustment) -> "Design":
        """The same sample with other weights (n,), and what the change does to the variance.

        Raises
        ------
        MismatchedRows, MissingWeight, NegativeWeight, WeightsSumToZero
        """
        checked = checked_weights(weights)
        if checked.shape != self.weights.shape:
            raise MismatchedRows(f"{checked.size} weights for a design of {self.size} rows.")
        return replace(self, weights=checked, adjustments=self.adjustments + adjustments)

    @classmethod
    def create(
        cls,
        *,
        weights: Column | None,
        strata: Columns | None = None,
        psus: Columns | None = None,
        fpc: Columns | None = None,
        nest: bool = False,
        ultimate_cluster: bool = False,
        lonely_psu: LonelyRule = "fail",
    ) -> "Design":
        """Encode and check a design.

        Parameters
        ----------
        weights : array-like (n,) or None
            Sampling weights (1 / inclusion probability). None: the product over the stages of N/n from `fpc`.
        strata : array-like (n,) or tuple of them, optional
            Strata of the first stage, then of later ones (inside the unit of the stage before); absent: one.
        psus : array-like (n,) or tuple of them, optional
            Sampled units, one column a stage, first stage first; absent: every row is its own PSU.
            Codes of later stages may repeat between the units of the stage before.
        fpc : array-like (n,) or tuple of them, optional
            Population COUNT of units at each stage, in the stratum (first stage) or in the unit of the stage
            before; absent: with replacement, and only the first stage contributes to the variance.
        nest : bool
            PSU codes repeat between strata: identify a PSU by (stratum, code).
        ultimate_cluster : bool
            Only the first stage contributes to the variance, whatever else is listed.
        lonely_psu : {"fail", "remove", "certainty", "adjust", "average"}
            Rule for strata with one sampled PSU of several.

        Raises
        ------
        MismatchedRows, MissingCode, UnreadableCode, UnknownLonelyRule, MissingWeight, NegativeWeight,
        WeightsSumToZero, PSUInTwoStrata, UnusablePopulation, PopulationSmallerThanSample
            Each names the column and the remedy.

        References
        ----------
        T. Lumley, Complex Surveys (Wiley 2010), chapters 2 and 3; the R package survey, `svydesign`.
        """
        if lonely_psu not in get_args(LonelyRule):
            raise UnknownLonelyRule(
                f"lonely_psu={lonely_psu!r}: choose one of {', '.join(get_args(LonelyRule))}."
            )
        psu_columns, fpc_columns, stratum_columns = _columns(psus), _columns(fpc), _columns(strata)
        size = _common_length(weights=weights, strata=stratum_columns, psus=psu_columns, fpc=fpc_columns)
        stages = encode_stages(size, stratum_columns, psu_columns, fpc_columns, nest=nest)
        checked = _weights_of(stages, fpc_columns) if weights is None else checked_weights(weights)
        keep = 1 if ultimate_cluster or not fpc_columns else len(stages)
        return cls(weights=checked, stages=stages[:keep], lonely_psu=lonely_psu)


def _columns(columns: Columns | None) -> tuple[Column, ...]:
    if columns is None:
        return ()
    return columns if isinstance(columns, tuple) else (columns,)


def _common_length(
    *,
    weights: Column | None,
    strata: tuple[Column, ...],
    psus: tuple[Column, ...],
    fpc: tuple[Column, ...],
) -> int:
    named = [("weights", weights)]
    named += [(f"strata, stage {stage}", column) for stage, column in enumerate(strata, 1)]
    named += [(f"psus, stage {stage}", column) for stage, column in enumerate(psus, 1)]
    named += [(f"fpc, stage {stage}", column) for stage, column in enumerate(fpc, 1)]
    lengths = {name: np.shape(np.asarray(column)) for name, column in named if column is not None}
    if len(set(lengths.values())) != 1 or len(next(iter(lengths.values()))) != 1:
        raise MismatchedRows(
            f"The design's columns must be one-dimensional and equally long, got {lengths or 'none'}."
        )
    return int(next(iter(lengths.values()))[0])


def checked_weights(weights: Column) -> FloatArray:
    """A copy of sampling weights (n,): finite, none negative, not all zero.

    Raises
    ------
    MissingWeight, NegativeWeight, WeightsSumToZero
    """
    checked = as_numbers(weights, "weights", MissingWeight).copy()
    absent = ~np.isfinite(checked)
    if absent.any():
        raise MissingWeight(
            f"{int(absent.sum())} weights are missing or infinite (first: row {int(np.argmax(absent))}). "
            "Leave those rows out or give them a weight."
        )
    if (checked < 0).any():
        raise NegativeWeight(
            f"The weight of row {int(np.argmax(checked < 0))} is negative. Correct it, or use 0."
        )
    if checked.size and not checked.any():
        raise WeightsSumToZero(
            "All weights are zero, so they stand for nobody. Give at least one positive weight."
        )
    return checked


def _weights_of(stages: tuple[Stage, ...], fpc: tuple[Column, ...]) -> FloatArray:
    if not fpc:
        raise MissingWeight(
            "No weights and no fpc to compute them from. Pass weights (ones for equal chances) or fpc."
        )
    last = stages[-1]
    fraction = last.share * last.sampled / last.population
    if not (fraction > 0).all():
        raise MissingWeight("Weights cannot be computed from an infinite fpc. Pass weights.")
    return 1.0 / fraction[last.parent[last.unit]]

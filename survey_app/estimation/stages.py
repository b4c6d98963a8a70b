"""Stages of sampling, encoded: which unit each row lies in, and what each unit was drawn from."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import (
    FloatArray,
    IntArray,
    Labels,
    UnableToEstimate,
    as_numbers,
    encode,
    encode_pairs,
    freeze_arrays,
)

Column: TypeAlias = npt.ArrayLike


class MismatchedRows(UnableToEstimate):
    """Columns that describe the same rows have different lengths."""


class PSUInTwoStrata(UnableToEstimate):
    """The same PSU code occurs in two strata."""


class UnusablePopulation(UnableToEstimate):
    """A population count (fpc) is missing, varies inside a stratum or has no stage."""


class PopulationSmallerThanSample(UnableToEstimate):
    """A population count (fpc) is below the number of units sampled."""


@dataclass(frozen=True)
class Stage:
    """One stage of sampling: which unit each row lies in, and which parent each unit was drawn from.

    Attributes
    ----------
    unit : array (n,)
        Unit of each row, 0..U-1; every code occurs.
    parent : array (U,)
        Stratum (first stage) or unit of the stage before (later stages) of each unit; never decreases.
    sampled : array (P,)
        Units drawn in each parent, with or without rows of a domain.
    population : array (P,)
        Units that exist in each parent; infinite when drawn with replacement.
    share : array (P,)
        Product of the sampling fractions of all stages before this one.
    labels : array (P,)
        The caller's codes of the parents.
    """

    unit: IntArray
    parent: IntArray
    sampled: IntArray
    population: FloatArray
    share: FloatArray
    labels: Labels

    def __post_init__(self) -> None:
        freeze_arrays(self)


def encode_stages(
    size: int,
    strata: tuple[Column, ...],
    psus: tuple[Column, ...],
    fpc: tuple[Column, ...],
    *,
    nest: bool,
) -> tuple[Stage, ...]:
    """The stages of rows with the given codes: columns (n,) of strata, units and population counts, by stage.

    Raises
    ------
    MissingCode, UnreadableCode, MismatchedRows, PSUInTwoStrata, UnusablePopulation,
    PopulationSmallerThanSample
    """
    count = max(len(psus), 1)
    _check_stages(count, len(strata), len(fpc))
    parent, labels = np.zeros(size, dtype=np.int64), np.array(["all rows"])
    stages: list[Stage] = []
    share = np.ones(labels.size)
    for number in range(1, count + 1):
        if len(strata) >= number:
            parent, labels, share = _split(parent, share, strata[number - 1], number)
        if psus:
            unit, unit_parent, unit_labels = _nested_units(
                parent, labels, psus[number - 1], number, nest=nest
            )
        else:
            unit, unit_parent, unit_labels = _rows_as_units(parent)
        sampled = np.bincount(unit_parent, minlength=labels.size)
        population = (
            _population(fpc[number - 1], parent, sampled, labels, number)
            if fpc
            else np.full(labels.size, np.inf)
        )
        stages.append(Stage(unit, unit_parent, sampled, population, share, labels))
        share = (share * sampled / population)[unit_parent]
        parent, labels = unit, unit_labels
    return tuple(stages)


def _check_stages(count: int, strata: int, fpc: int) -> None:
    if fpc and fpc != count:
        raise UnusablePopulation(
            f"fpc has {fpc} columns for {count} stages. Give one population count a stage "
            "(infinity where the units were drawn with replacement)."
        )
    if strata > count:
        raise MismatchedRows(f"{strata} columns of strata for {count} stages. Give at most one a stage.")


def _split(
    parent: IntArray, share: FloatArray, column: Column, stage: int
) -> tuple[IntArray, Labels, FloatArray]:
    """Strata of one stage inside the units of the stage before: codes of the rows, labels, shares."""
    codes, code_labels = encode(column, "strata" if stage == 1 else f"strata, stage {stage}")
    stratum, outer, inner = encode_pairs(parent, codes)
    return stratum, code_labels[inner], share[outer]


def _nested_units(
    parent: IntArray, labels: Labels, column: Column, stage: int, *, nest: bool
) -> tuple[IntArray, IntArray, Labels]:
    codes, code_labels = encode(column, f"psus, stage {stage}")
    unit, unit_parent, unit_code = encode_pairs(parent, codes)
    if stage == 1 and not nest and unit_code.size > code_labels.size:
        repeated = int(np.argmax(np.bincount(unit_code)))
        places = ", ".join(str(label) for label in labels[unit_parent[unit_code == repeated]][:3])
        raise PSUInTwoStrata(
            f"PSU {code_labels[repeated]} lies in the strata {places}. If PSU codes repeat between strata, "
            "pass nest=True; otherwise correct the stratum."
        )
    return unit, unit_parent, code_labels[unit_code]


def _rows_as_units(parent: IntArray) -> tuple[IntArray, IntArray, Labels]:
    order = np.argsort(parent, kind="stable")
    unit = np.empty_like(order)
    unit[order] = np.arange(order.size)
    return unit, parent[order], order


def _population(
    column: Column, parent: IntArray, sampled: IntArray, labels: Labels, stage: int
) -> FloatArray:
    counts = as_numbers(column, f"fpc, stage {stage}", UnusablePopulation)
    if not (counts > 0).all():
        raise UnusablePopulation(f"fpc, stage {stage}: counts must be positive numbers. Complete the column.")
    population = np.ones(labels.size)
    population[parent] = counts
    varying = population[parent] != counts
    if varying.any():
        label = labels[parent[np.argmax(varying)]]
        raise UnusablePopulation(
            f"fpc, stage {stage}: varies inside {label}. Give one count for the whole of it."
        )
    # counts may come from text or float32 columns: one part in 10^9 is not a smaller population
    small = population < sampled * (1 - 1e-9)
    if small.any():
        first = int(np.argmax(small))
        raise PopulationSmallerThanSample(
            f"fpc, stage {stage}: {labels[first]}: {sampled[first]} sampled of {population[first]:g}. "
            "fpc is the population COUNT of units, not a fraction and not the number of people."
        )
    return population

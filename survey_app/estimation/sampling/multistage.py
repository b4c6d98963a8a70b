"""Samples in several stages: units of units, each stage with its own method."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

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
)
from survey_app.estimation.sampling.samples import Sample
from survey_app.estimation.sampling.selection import (
    Seed,
    UnusableSize,
    UnusableTake,
    check_take,
    generator,
    inclusion_probabilities,
    simple_random,
    systematic,
)
from survey_app.estimation.stages import MismatchedRows

Method = Literal["simple_random", "systematic", "pps_systematic"]


class UnusableStage(UnableToEstimate):
    """A stage's method is unknown, its size measures do not go with it, or a column varies inside a unit."""


@dataclass(frozen=True)
class StagePlan:
    """How the units of one stage are drawn inside each unit of the stage before (inside each stratum first).

    Attributes
    ----------
    take : int or array-like (n,)
        Units to draw: the same number everywhere, or for each frame row that of the stratum or unit it lies in.
    units : array-like (n,), optional
        Unit of each frame row; codes may repeat between units of the stage before. Absent: every row is a unit.
    method : {"simple_random", "systematic", "pps_systematic"}
    sizes : array-like (n,), optional
        Size measure of each row's unit, for "pps_systematic" only.
    shuffle : bool
        List the units in random order before a systematic draw: any two can then be drawn together, and the
        variance of `Sample.design` fits. Otherwise the frame's order is kept, and the sample spreads over it.
    whole_when_short : bool
        Take all units where there are fewer than `take`, with certainty; otherwise that is refused.
    """

    take: int | npt.ArrayLike
    units: npt.ArrayLike | None = None
    method: Method = "simple_random"
    sizes: npt.ArrayLike | None = None
    shuffle: bool = False
    whole_when_short: bool = False


def draw(
    size: int, stages: tuple[StagePlan, ...], *, seed: Seed, strata: npt.ArrayLike | None = None
) -> Sample:
    """Draw a sample of a frame in stages.

    Parameters
    ----------
    size : int
        Rows of the frame. All rows of a unit drawn at the last stage are in the sample.
    stages : tuple of StagePlan
        First stage first.
    seed : int or numpy.random.Generator
    strata : array-like (size,), optional
        First-stage strata; absent: one stratum.

    Returns
    -------
    Sample

    Raises
    ------
    UnusableSeed, UnusableStage, UnusableTake, UnusableSize, MismatchedRows, MissingCode, UnreadableCode

    Examples
    --------
    Ten communes of each province by size, two villages of each by size, one frame row a village; then 27 adults
    of each village's list (`draws.people_of_lists`)::

        communes = StagePlan(10, commune, "pps_systematic", adults_of_commune)
        villages = StagePlan(2, None, "pps_systematic", adults_of_village)
        sample = draw(len(commune), (communes, villages), strata=province, seed=1)
        people = people_of_lists(sample, adults_of_village, 27, seed=2)
        means.mean(answers, people.design())

    References
    ----------
    C.-E. Särndal, B. Swensson, J. Wretman, Model Assisted Survey Sampling (Springer 1992), 4.3 and 4.4.
    """
    rng = generator(seed)
    if not stages or size < 1:
        raise UnusableStage(f"{len(stages)} stages for a frame of {size} rows. Give at least one of each.")
    stratum = np.zeros(size, dtype=np.int64) if strata is None else _codes(strata, size, "strata")
    rows, parent = np.arange(size), stratum
    units = np.zeros((size, len(stages)), dtype=np.int64)
    probabilities, populations = np.ones(units.shape), np.ones(units.shape)
    for at, plan in enumerate(stages):
        unit = units[:, at] = _units(plan, parent, at + 1)
        kept, chances, counts = _draw_stage(plan, at + 1, rows, parent, unit, rng)
        probabilities[rows, at], populations[rows, at] = chances, counts
        rows = kept
        parent = unit
    return Sample(rows, None, stratum[rows], units[rows], probabilities[rows], populations[rows])


def _units(plan: StagePlan, parent: IntArray, number: int) -> IntArray:
    if plan.method not in get_args(Method):
        raise UnusableStage(
            f"Stage {number}: method={plan.method!r}: choose one of {', '.join(get_args(Method))}."
        )
    if (plan.sizes is not None) != (plan.method == "pps_systematic"):
        raise UnusableStage(
            f'Stage {number}: size measures go with method "pps_systematic", and only with it.'
        )
    if plan.units is None:
        return np.arange(parent.size)
    codes, _, _ = encode_pairs(parent, _codes(plan.units, parent.size, f"units, stage {number}"))
    return codes


def _draw_stage(
    plan: StagePlan, number: int, rows: IntArray, parent: IntArray, unit: IntArray, rng: np.random.Generator
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Draw units among `rows`; the rows kept, and for all `rows` their unit's probability and population."""
    _, first, unit_of = np.unique(unit[rows], return_index=True, return_inverse=True)
    sizes = _inside(plan.sizes, rows, unit_of, first, f"sizes, stage {number}")
    _, start, list_of = np.unique(parent[rows], return_index=True, return_inverse=True)
    takes = _inside(plan.take, rows, list_of, start, f"take, stage {number}")
    probabilities, populations = np.zeros(first.size), np.zeros(first.size)
    chosen = np.zeros(first.size, dtype=np.bool_)
    # the units of each list, in the order of the frame
    order = np.lexsort((first, list_of[first]))
    bounds = np.searchsorted(list_of[first][order], np.arange(start.size + 1))
    for place, (begin, end) in enumerate(pairwise(bounds)):
        members = rng.permutation(order[begin:end]) if plan.shuffle else order[begin:end]
        try:
            hit, probability = _select(plan, sizes[members], takes[place], rng)
        except (UnusableTake, UnusableSize) as error:
            where = f"Stage {number}, the list that begins at frame row {rows[start[place]]}"
            raise type(error)(f"{where}: {error}") from error
        chosen[members[hit]] = True
        probabilities[members] = probability
        unequal = plan.method == "pps_systematic" and (probability < 1).any()
        populations[members] = np.inf if unequal else members.size
    return rows[chosen[unit_of]], probabilities[unit_of], populations[unit_of]


def _select(
    plan: StagePlan, sizes: FloatArray, take: float, rng: np.random.Generator
) -> tuple[IntArray, FloatArray]:
    """Positions drawn from one list, and the inclusion probability of everyone on it."""
    population = sizes.size
    if plan.whole_when_short and take > population:
        take = population
    check_take(population, take)
    count = int(take)
    if plan.method == "simple_random":
        return simple_random(population, count, rng), np.full(population, count / population)
    equal = np.full(population, count / population)
    probability = inclusion_probabilities(sizes, count) if plan.method == "pps_systematic" else equal
    return systematic(probability, rng), probability


def _inside(
    column: npt.ArrayLike | None, rows: IntArray, group: IntArray, first: IntArray, name: str
) -> FloatArray:
    """The number of each group of rows, which must be the same in all of its rows; ones without a column."""
    numbers = as_numbers(1 if column is None else column, name, UnusableStage)
    if numbers.ndim == 0:
        return np.full(first.size, numbers)
    if numbers.ndim != 1 or numbers.size <= rows.max():
        raise MismatchedRows(
            f"{name}: expected one number a frame row, got an array of shape {numbers.shape}."
        )
    of_rows = numbers[rows]
    varying = ~((of_rows == of_rows[first][group]) | np.isnan(of_rows))
    if varying.any():
        raise UnusableStage(
            f"{name}: varies inside a unit or list (frame row {rows[np.argmax(varying)]}). "
            "Give one number for the whole of it."
        )
    return of_rows[first]


def _codes(column: npt.ArrayLike, size: int, name: str) -> IntArray:
    values: Labels = np.asarray(column)
    if values.shape != (size,):
        raise MismatchedRows(f"{name}: expected {size} codes, one a frame row; got shape {values.shape}.")
    return encode(values, name)[0]

"""Samples of a frame in one stage, and of people whose lists are counted but not in the frame."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import FloatArray, IntArray, as_numbers, encode
from survey_app.estimation.sampling.multistage import StagePlan, draw
from survey_app.estimation.sampling.samples import Sample
from survey_app.estimation.sampling.selection import Seed, UnusableTake, check_take, generator
from survey_app.estimation.sampling.selection import simple_random as simple_random_positions
from survey_app.estimation.stages import MismatchedRows


def simple_random(size: int, take: int, *, seed: Seed) -> Sample:
    """Draw `take` of `size` frame rows, every subset equally likely, without replacement.

    Raises
    ------
    UnusableSeed, UnusableStage, UnusableTake
    """
    return draw(size, (StagePlan(take),), seed=seed)


def systematic(size: int, take: int, *, seed: Seed) -> Sample:
    """Draw every (size / take)-th row of a sorted frame from a random start (`selection.systematic`).

    Raises
    ------
    UnusableSeed, UnusableStage, UnusableTake
    """
    return draw(size, (StagePlan(take, method="systematic"),), seed=seed)


def pps_systematic(
    sizes: npt.ArrayLike,
    take: int | npt.ArrayLike,
    *,
    seed: Seed,
    strata: npt.ArrayLike | None = None,
    shuffle: bool = False,
) -> Sample:
    """Draw rows systematically with probability proportional to size.

    Parameters
    ----------
    sizes : array-like (n,)
        Size measure of each frame row. Rows too large for a probability below 1 are taken with certainty.
    take : int or array-like (n,)
        Rows to draw, or for each row those of its stratum.
    seed : int or numpy.random.Generator
    strata : array-like (n,), optional
    shuffle : bool
        List the rows in random order first (`multistage.StagePlan`).

    Returns
    -------
    Sample

    Raises
    ------
    UnusableSeed, UnusableStage, UnusableTake, UnusableSize, MismatchedRows, MissingCode, UnreadableCode
    """
    plan = StagePlan(take, method="pps_systematic", sizes=sizes, shuffle=shuffle)
    return draw(np.size(np.asarray(sizes)), (plan,), seed=seed, strata=strata)


def stratified(
    strata: npt.ArrayLike,
    takes: Mapping[Any, int],
    *,
    seed: Seed,
    method: Literal["simple_random", "systematic"] = "simple_random",
) -> Sample:
    """Draw rows in each stratum, independently and with equal probabilities inside it.

    Parameters
    ----------
    strata : array-like (n,)
        Stratum of each frame row.
    takes : mapping of stratum code to int
        Rows to draw in each stratum (`allocation.Allocation.by_label`), one entry for every stratum.
    seed : int or numpy.random.Generator
    method : {"simple_random", "systematic"}

    Returns
    -------
    Sample

    Raises
    ------
    UnusableTake
        If a stratum has no entry, an entry has no stratum, or a stratum is smaller than its entry.
    UnusableSeed, UnusableStage, MissingCode, UnreadableCode
    """
    codes, labels = encode(strata, "strata")
    unknown = sorted({str(label) for label in takes} - {str(label) for label in labels})
    missing = sorted({str(label) for label in labels} - {str(label) for label in takes})
    if unknown or missing:
        raise UnusableTake(
            f"Strata without a sample size: {', '.join(missing[:5]) or 'none'}; sample sizes without a stratum: "
            f"{', '.join(unknown[:5]) or 'none'}. Give each stratum of the frame one."
        )
    by_name = {str(label): take for label, take in takes.items()}
    plan = StagePlan(np.array([by_name[str(label)] for label in labels])[codes], method=method)
    return draw(codes.size, (plan,), seed=seed, strata=strata)


def stratum_sizes(strata: npt.ArrayLike) -> dict[Any, int]:
    """Frame rows in each stratum, by its code, in sorted order.

    Raises
    ------
    MissingCode, UnreadableCode
    """
    codes, labels = encode(strata, "strata")
    return dict(zip(labels.tolist(), np.bincount(codes).tolist(), strict=True))


def people_of_lists(
    sample: Sample, counts: npt.ArrayLike, take: int, *, seed: Seed, whole_when_short: bool = False
) -> Sample:
    """Draw people from the lists behind the rows of a sample: one more stage, simple random.

    Parameters
    ----------
    sample : Sample
        Of villages, offices or other rows that have a numbered list of people each.
    counts : array-like (frame rows,)
        People on each row's list; only sampled rows are looked at, and only their lists need be made.
    take : int
        People to draw from each list.
    seed : int or numpy.random.Generator
    whole_when_short : bool
        Take lists shorter than `take` whole; otherwise they are refused.

    Returns
    -------
    Sample
        `rows` repeats for each person drawn; `positions` are the places 0.. in the list of the row.

    Raises
    ------
    UnusableSeed, UnusableTake, MismatchedRows
    """
    rng = generator(seed)
    lengths = as_numbers(counts, "counts", MismatchedRows)
    if lengths.ndim != 1 or lengths.size <= sample.rows.max(initial=-1) or sample.positions is not None:
        raise MismatchedRows(
            f"counts of shape {lengths.shape}: give one a frame row, for a sample whose rows are lists."
        )
    positions = [
        _people(lengths[row], take, row, rng, whole_when_short=whole_when_short) for row in sample.rows
    ]
    drawn = np.array([places.size for places in positions])
    people = lengths[sample.rows].astype(np.float64)
    return _extended(sample, np.concatenate(positions), drawn, people)


def _people(
    length: float, take: int, row: int, rng: np.random.Generator, *, whole_when_short: bool
) -> IntArray:
    if not length >= 1 or length != int(length):
        raise UnusableTake(
            f"Frame row {row}: a list of {length} people. Correct its count, or draw without it."
        )
    population = int(length)
    count = min(take, population) if whole_when_short else take
    try:
        check_take(population, count)
    except UnusableTake as error:
        raise UnusableTake(f"Frame row {row}: {error} Or pass whole_when_short=True.") from error
    return simple_random_positions(population, count, rng)


def _extended(sample: Sample, positions: IntArray, drawn: IntArray, people: FloatArray) -> Sample:
    index = np.repeat(np.arange(drawn.size), drawn)
    return Sample(
        rows=sample.rows[index],
        positions=positions,
        strata=sample.strata[index],
        units=np.column_stack([sample.units[index], np.arange(index.size)]),
        probabilities=np.column_stack([sample.probabilities[index], (drawn / people)[index]]),
        populations=np.column_stack([sample.populations[index], people[index]]),
    )

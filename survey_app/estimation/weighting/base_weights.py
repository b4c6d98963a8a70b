"""Base weights: how many units of the population each sampled unit stands for."""

import numpy as np

from survey_app.estimation.codes import FloatArray, UnableToEstimate
from survey_app.estimation.design import Columns
from survey_app.estimation.stages import Column, MismatchedRows
from survey_app.estimation.weighting.classes import Classes, Totals
from survey_app.estimation.weighting.report import WeightingReport


class UnusableProbability(UnableToEstimate):
    """An inclusion probability is missing or outside (0, 1]."""


class SampleLargerThanPopulation(UnableToEstimate):
    """A stratum holds more sampled units than the population does."""


def weights_from_probabilities(*stages: Column) -> tuple[FloatArray, WeightingReport]:
    """Weights 1 / p of inclusion probabilities.

    Parameters
    ----------
    *stages : array-like (n,)
        Probability of each row's unit at each stage, given the stage before; their product counts.

    Returns
    -------
    weights : array (n,)
    report : WeightingReport

    Raises
    ------
    UnusableProbability, MismatchedRows

    References
    ----------
    D. G. Horvitz, D. J. Thompson, Journal of the American Statistical Association 47 (1952), 663-685.
    """
    columns = [np.asarray(stage, dtype=np.float64) for stage in stages]
    if not columns or any(column.ndim != 1 or column.shape != columns[0].shape for column in columns):
        raise MismatchedRows(f"Give equally long columns; got {[column.shape for column in columns]}.")
    for number, column in enumerate(columns, 1):
        wrong = ~((column > 0) & (column <= 1))
        if wrong.any():
            first = int(np.argmax(wrong))
            raise UnusableProbability(
                f"Stage {number}: probability {column[first]:g} in row {first} ({int(wrong.sum())} such). Give "
                "numbers above 0 and up to 1."
            )
    weights = 1.0 / np.prod(columns, axis=0)
    return weights, WeightingReport.of("base weights", np.ones_like(weights), weights)


def weights_from_counts(
    strata: Columns, population: Totals, *, name: str = "strata"
) -> tuple[FloatArray, WeightingReport]:
    """Weights N_h / n_h of a simple random sample in every stratum.

    Parameters
    ----------
    strata : array-like (n,) or tuple of them (crossed)
        Stratum of each sampled unit.
    population : mapping from stratum to N_h
    name : str

    Returns
    -------
    weights : array (n,)
    report : WeightingReport

    Raises
    ------
    SampleLargerThanPopulation, MissingClass, UnusableTotals, EmptyClass, UnreadableCode
    """
    classes = Classes.create(name, strata, population)
    units = np.ones(classes.codes.size)
    sampled = classes.sums(units)
    classes.check(sampled)
    larger = sampled > classes.totals
    if larger.any():
        first = int(np.argmax(larger))
        raise SampleLargerThanPopulation(
            f"{name} {classes.levels[first]}: {sampled[first]:g} sampled of {classes.totals[first]:g}. Give the "
            "population COUNT of units in each stratum."
        )
    factors = np.divide(classes.totals, sampled, out=np.zeros_like(sampled), where=sampled > 0)
    weights = factors[classes.codes]
    targets = classes.targets(sampled, classes.sums(weights))
    return weights, WeightingReport.of("base weights", units, weights, empty=classes.empty(), targets=targets)

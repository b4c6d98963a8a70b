"""Base weights from probabilities and from counts."""

from typing import Any

import numpy as np
import pytest

from survey_app.estimation.codes import UnableToEstimate
from survey_app.estimation.stages import MismatchedRows
from survey_app.estimation.weighting.base_weights import (
    SampleLargerThanPopulation,
    UnusableProbability,
    weights_from_counts,
    weights_from_probabilities,
)
from survey_app.estimation.weighting.classes import EmptyClass, MissingClass, UnusableTotals
from tests.estimation.api_schools import STRAT, numbers


def test_probabilities_of_the_stages_are_multiplied() -> None:
    weights, report = weights_from_probabilities([0.5, 0.1], [0.2, 1.0])
    assert weights == pytest.approx([10, 10])
    assert [report.sum_after, report.deff_after] == pytest.approx([20, 1])


def test_counts_give_the_weights_of_a_stratified_sample() -> None:
    """apistrat: 100 of 4,421, 50 of 755 and 50 of 1,018 schools; its column pw."""
    weights, report = weights_from_counts(STRAT["stype"], {"E": 4421, "H": 755, "M": 1018}, name="stype")
    assert weights == pytest.approx(numbers(STRAT["pw"])[:, 0], rel=1e-6)
    assert report.sum_after == pytest.approx(6194)
    assert [target.before for target in report.targets] == [100, 50, 50]


@pytest.mark.parametrize("probability", [0, -0.1, 1.2, np.nan])
def test_a_probability_outside_its_range_is_named(probability: float) -> None:
    with pytest.raises(UnusableProbability, match=r"Stage 2: probability .* in row 1"):
        weights_from_probabilities([0.5, 0.5], [0.5, probability])


@pytest.mark.parametrize(
    ("strata", "population", "error", "message"),
    [
        (["a", "a"], {"a": 1}, SampleLargerThanPopulation, "strata a: 2 sampled of 1"),
        (["a", ""], {"a": 9}, MissingClass, "row 1"),
        (["a", "b"], {"a": 9}, UnusableTotals, "no total for b"),
        (["a", "a"], {"a": 9, "b": 4}, EmptyClass, "no rows in b"),
    ],
)
def test_counts_that_do_not_fit_are_refused(
    strata: Any, population: Any, error: type[UnableToEstimate], message: str
) -> None:
    with pytest.raises(error, match=message):
        weights_from_counts(strata, population)


def test_columns_of_probabilities_must_be_equally_long() -> None:
    with pytest.raises(MismatchedRows, match="equally long"):
        weights_from_probabilities([0.5], [0.5, 0.5])
    with pytest.raises(MismatchedRows, match="equally long"):
        weights_from_probabilities()

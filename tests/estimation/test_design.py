from typing import Any

import numpy as np
import pytest

from survey_app.estimation.design import (
    Design,
    MissingWeight,
    NegativeWeight,
    UnknownLonelyRule,
    WeightsSumToZero,
)
from survey_app.estimation.stages import (
    MismatchedRows,
    PopulationSmallerThanSample,
    PSUInTwoStrata,
    UnusablePopulation,
)


def test_rows_are_their_own_psus_when_none_are_given() -> None:
    design = Design.create(weights=np.ones(4), strata=["b", "a", "b", "a"])
    (stage,) = design.stages
    assert stage.unit.tolist() == [2, 0, 3, 1]
    assert stage.parent.tolist() == [0, 0, 1, 1]
    assert stage.sampled.tolist() == [2, 2]


def test_units_sort_by_stratum_first() -> None:
    design = Design.create(weights=np.ones(4), strata=[1, 0, 1, 0], psus=np.array([3, 9, 3, 8]))
    assert design.stages[0].unit.tolist() == [2, 1, 2, 0]
    assert design.stages[0].parent.tolist() == [0, 0, 1]


def test_later_stages_count_units_inside_the_unit_before() -> None:
    psus = (np.array([1, 1, 1, 2, 2]), np.array([7, 7, 8, 7, 8]))
    fpc = (np.full(5, 10), np.array([4, 4, 4, 6, 6]))
    design = Design.create(weights=np.ones(5), psus=psus, fpc=fpc)
    second = design.stages[1]
    assert second.sampled.tolist() == [2, 2]
    assert second.population.tolist() == [4, 6]
    assert second.share.tolist() == [0.2, 0.2]


def test_weights_follow_from_the_population_counts_of_all_stages() -> None:
    psus = (np.array([1, 1, 2, 2]), np.array([1, 2, 1, 2]))
    design = Design.create(
        weights=None, psus=psus, fpc=(np.full(4, 10), np.full(4, 6)), ultimate_cluster=True
    )
    assert design.weights == pytest.approx(np.full(4, 10 / 2 * 6 / 2))
    assert len(design.stages) == 1


def test_without_population_counts_only_the_first_stage_counts() -> None:
    design = Design.create(weights=np.ones(4), psus=(np.array([1, 1, 2, 2]), np.array([1, 2, 3, 4])))
    assert len(design.stages) == 1
    assert np.isinf(design.stages[0].population).all()


def test_nested_codes_are_different_psus() -> None:
    strata, psus = np.array([0, 0, 1, 1]), np.array([1, 2, 1, 2])
    assert Design.create(weights=np.ones(4), strata=strata, psus=psus, nest=True).stages[0].parent.size == 4


def test_a_design_cannot_be_changed() -> None:
    weights = np.ones(3)
    design = Design.create(weights=weights)
    with pytest.raises(ValueError, match="read-only"):
        design.weights[0] = 2
    weights[0] = 5
    assert design.weights[0] == 1


def test_an_empty_design_has_no_rows() -> None:
    assert Design.create(weights=np.array([]), strata=np.array([])).size == 0


@pytest.mark.parametrize(
    ("given", "error", "remedy"),
    [
        ({"weights": [1, np.nan, 1]}, MissingWeight, "1 weights are missing or infinite .first: row 1"),
        ({"weights": [1, np.inf, 1]}, MissingWeight, "give them a weight"),
        ({"weights": [1, -1, 1]}, NegativeWeight, "row 1 is negative"),
        ({"weights": [0, 0, 0]}, WeightsSumToZero, "at least one positive weight"),
        (
            {"weights": None, "strata": [1, 1, 1]},
            MissingWeight,
            "Pass weights .ones for equal chances. or fpc",
        ),
        ({"weights": None, "fpc": [np.inf] * 3}, MissingWeight, "infinite fpc"),
        ({"weights": [1, 1], "strata": [0, 0, 0]}, MismatchedRows, "equally long"),
        (
            {"strata": [0, 1, 1], "psus": [7, 7, 8]},
            PSUInTwoStrata,
            "PSU 7 lies in the strata 0, 1.*nest=True",
        ),
        ({"fpc": [2, 2, 2]}, PopulationSmallerThanSample, "3 sampled of 2.*COUNT"),
        ({"fpc": [0.5, 0.5, 0.5]}, PopulationSmallerThanSample, "not a fraction"),
        ({"fpc": [9, 9, 8]}, UnusablePopulation, "varies inside all rows"),
        ({"fpc": [9, 9, np.nan]}, UnusablePopulation, "must be positive numbers"),
        ({"fpc": ([9, 9, 9], [3, 3, 3])}, UnusablePopulation, "2 columns for 1 stages"),
        ({"lonely_psu": "ignore"}, UnknownLonelyRule, "fail, remove, certainty, adjust, average"),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)
def test_an_impossible_design_is_refused_with_the_remedy(
    given: dict[str, Any], error: type[Exception], remedy: str
) -> None:
    with pytest.raises(error, match=remedy):
        Design.create(**{"weights": [1, 1, 1], **given})


def test_strata_of_a_later_stage_lie_inside_the_unit_before() -> None:
    """The weight of a row is the product of N/n over the stages, each inside its stratum."""
    stratum = np.repeat([1, 2], 24)
    psu = np.repeat(np.arange(8), 6)
    second = np.tile([0, 0, 0, 1, 1, 1], 8)
    design = Design.create(
        weights=None,
        strata=(stratum, second),
        psus=(psu, np.arange(48)),
        fpc=(np.repeat([10, 20], 24), np.tile([5, 5, 5, 9, 9, 9], 8)),
    )
    assert (design.stages[1].sampled.size, design.stages[1].sampled[0]) == (16, 3)
    assert design.weights[[0, 3, 24]] == pytest.approx([2.5 * 5 / 3, 2.5 * 3, 5 * 5 / 3])


def test_refuses_more_strata_than_stages() -> None:
    with pytest.raises(MismatchedRows, match="2 columns of strata for 1 stages"):
        Design.create(weights=[1, 1], strata=([1, 2], [1, 2]), psus=[1, 2])

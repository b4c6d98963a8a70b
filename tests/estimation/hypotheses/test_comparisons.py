from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from survey_app.estimation.design import Design
from survey_app.estimation.hypotheses.comparisons import (
    UnitEstimates,
    UnusableUnits,
    all_pairs,
    estimates_by_unit,
    with_reference,
)
from survey_app.estimation.hypotheses.multiplicity import benjamini_hochberg, holm
from survey_app.estimation.hypotheses.ttest import difference

Rows = dict[str, npt.NDArray[Any]]


def test_pairs_use_the_joint_covariance(clus: Design, clus_rows: Rows) -> None:
    _, means = estimates_by_unit(clus_rows["api00"], clus_rows["stype"], clus)
    pairs = all_pairs(UnitEstimates.of(means))
    elementary, high = clus_rows["stype"] == "E", clus_rows["stype"] == "H"
    test = difference(clus_rows["api00"], elementary, high, clus)
    assert (pairs.first[0], pairs.second[0]) == (0, 1)
    assert (pairs.estimate[0], pairs.se[0]) == pytest.approx((test.estimate, test.se))


def test_the_last_estimate_is_the_overall_one(clus: Design, clus_rows: Rows) -> None:
    labels, means = estimates_by_unit(clus_rows["api00"], clus_rows["stype"], clus)
    everybody = np.ones(clus.size, dtype=np.bool_)
    test = difference(clus_rows["api00"], clus_rows["stype"] == "H", everybody, clus)
    found = with_reference(UnitEstimates.of(means), -1)
    assert labels.tolist() == ["E", "H", "M"]
    assert found.second.tolist() == [3, 3, 3]
    assert (found.estimate[1], found.se[1]) == pytest.approx((test.estimate, test.se))


def test_rows_without_a_unit_count_nowhere(clus: Design, clus_rows: Rows) -> None:
    units, middle = clus_rows["stype"].copy(), clus_rows["stype"] == "M"
    units[middle] = ""
    labels, means = estimates_by_unit(clus_rows["api00"], units, clus)
    assert labels.tolist() == ["E", "H"]
    assert means.n.tolist() == [144, 14, 158]


@pytest.mark.parametrize(("name", "adjusted"), [("holm", holm), ("benjamini_hochberg", benjamini_hochberg)])
def test_p_values_account_for_all_pairs(name: str, adjusted: Any) -> None:
    units = UnitEstimates.create([0.0, 1.0, 1.5, 4.0], np.eye(4) * 0.3, [10, 20, 30, np.inf])
    pairs = all_pairs(units, adjustment=name)
    assert pairs.p_adjusted == pytest.approx(adjusted(pairs.p_value))


def test_independent_units_have_welchs_degrees_of_freedom_and_others_the_smaller() -> None:
    spread = np.diag([1.0, 3.0, 1.0])
    spread[0, 2] = spread[2, 0] = 0.5
    pairs = all_pairs(UnitEstimates.create([0.0, 1.0, 1.5], spread, [10, 20, np.inf]))
    assert pairs.df == pytest.approx([16 / (1 / 10 + 9 / 20), 10, 16 / (9 / 20)])


def test_a_reference_is_compared_with_all_others() -> None:
    units = UnitEstimates.create([5.0, 1.0, 2.0], np.eye(3), 9)
    found = with_reference(units, 1, adjustment="none")
    assert found.estimate.tolist() == [4.0, 1.0]
    assert found.t == pytest.approx(np.array([4.0, 1.0]) / np.sqrt(2))
    assert (found.p_adjusted == found.p_value).all()


def test_units_without_variance_are_never_told_apart() -> None:
    units = UnitEstimates.create([1.0, 0.5, 0.0], np.diag([0.0, 0.0, 1.0]), 9)
    pairs = all_pairs(units)
    assert (pairs.p_value[0], pairs.t[0]) == (1.0, 0.0)
    assert np.isnan([pairs.ci_low[0], pairs.ci_high[0]]).all()


def test_units_that_move_together_have_no_difference() -> None:
    pairs = all_pairs(UnitEstimates.create([0.1, 0.2], np.full((2, 2), 0.1**2), 9))
    assert (pairs.se[0], pairs.p_value[0]) == (0.0, 1.0)


def test_one_unit_has_no_pairs() -> None:
    assert all_pairs(UnitEstimates.create([1.0], [[1.0]], 3)).estimate.size == 0


@pytest.mark.parametrize(
    ("estimate", "vcov", "df", "said"),
    [
        ([1.0, np.nan], np.eye(2), 5, r"positions \[1\]"),
        ([1.0, 2.0], np.diag([1.0, -1.0]), 5, r"positions \[1\]"),
        ([1.0, 2.0], np.eye(2), [0, 5], r"positions \[0\]"),
        ([1.0, 2.0], np.eye(3), 5, "give"),
        ([1.0, 2.0], [[1.0, 0.5], [0.1, 1.0]], 5, "not symmetric"),
    ],
)
def test_unusable_units_are_named(estimate: Any, vcov: Any, df: Any, said: str) -> None:
    with pytest.raises(UnusableUnits, match=said):
        UnitEstimates.create(estimate, vcov, df)


def test_a_reference_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnusableUnits, match="there are 1 units"):
        with_reference(UnitEstimates.create([1.0], [[1.0]], 3), 1)


def test_values_of_another_length_are_refused() -> None:
    with pytest.raises(UnusableUnits):
        estimates_by_unit([1.0, 2.0], ["a", "b", "a"], Design.create(weights=np.ones(3)))

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.design import Design
from survey_app.estimation.estimates import Estimates, MismatchedValues, contrast
from survey_app.estimation.means import indicators, kish, mean, proportion, ratio, total

Array = npt.NDArray[np.float64]
seeds = st.integers(0, 2**32 - 1)
thorough = settings(max_examples=40, deadline=None)


def sample(seed: int, n: int = 60, items: int = 3) -> tuple[Array, dict[str, Any]]:
    """Answers with gaps, and the columns of a stratified two-per-stratum-or-more cluster design."""
    rng = np.random.default_rng(seed)
    psus = np.concatenate([np.arange(12), rng.integers(0, 12, n - 12)])
    values = rng.normal(5, 2, (n, items))
    values[rng.random((n, items)) < 0.2] = np.nan
    return values, {"weights": rng.uniform(0.5, 4, n), "strata": psus % 3, "psus": psus}


def same(first: Estimates, second: Estimates, rel: float = 1e-11) -> None:
    assert first.estimate == pytest.approx(second.estimate, rel=rel)
    assert first.vcov == pytest.approx(second.vcov, rel=rel, abs=1e-13 * float(np.abs(second.vcov).max()))
    assert first.df_domain.tolist() == second.df_domain.tolist()


@thorough
@given(seed=seeds, factor=st.floats(1e-3, 1e3))
def test_means_do_not_depend_on_the_scale_of_the_weights(seed: int, factor: float) -> None:
    values, columns = sample(seed)
    scaled = {**columns, "weights": columns["weights"] * factor}
    same(mean(values, Design.create(**scaled)), mean(values, Design.create(**columns)))


@thorough
@given(seed=seeds)
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    values, columns = sample(seed)
    order = np.random.default_rng(seed).permutation(len(values))
    shuffled = Design.create(**{name: column[order] for name, column in columns.items()})
    same(mean(values[order], shuffled), mean(values, Design.create(**columns)), rel=1e-12)


@thorough
@given(seed=seeds)
def test_relabelling_strata_and_psus_does_not_matter(seed: int) -> None:
    values, columns = sample(seed)
    named = {**columns, "strata": np.array(["z", "x", "y"])[columns["strata"]], "psus": 100 - columns["psus"]}
    same(mean(values, Design.create(**named)), mean(values, Design.create(**columns)))


@thorough
@given(seed=seeds)
def test_splitting_a_weight_over_a_copy_of_the_row_does_not_matter(seed: int) -> None:
    values, columns = sample(seed)
    doubled = {name: np.concatenate([column, column]) for name, column in columns.items()}
    doubled["weights"] = doubled["weights"] / 2
    same(
        mean(np.concatenate([values, values]), Design.create(**doubled)),
        mean(values, Design.create(**columns)),
    )


@thorough
@given(seed=seeds)
def test_a_domain_and_its_complement_add_up_to_the_whole(seed: int) -> None:
    values, columns = sample(seed, items=1)
    design = Design.create(**columns)
    inside = np.random.default_rng(seed).random(len(values)) < 0.4
    parts = np.column_stack([np.where(inside, values[:, 0], np.nan), np.where(inside, np.nan, values[:, 0])])
    together, whole = contrast(total(parts, design), [1, 1]), total(values, design)
    assert together.estimate == pytest.approx(whole.estimate)
    assert together.se == pytest.approx(whole.se)
    assert total(parts, design).estimate[0] == pytest.approx(total(values, design, domain=inside).estimate[0])


@thorough
@given(seed=seeds)
def test_merging_two_strata_keeps_the_mean_and_adds_a_degree_of_freedom(seed: int) -> None:
    values, columns = sample(seed, items=1)
    merged = {**columns, "strata": np.minimum(columns["strata"], 1)}
    before, after = mean(values, Design.create(**columns)), mean(values, Design.create(**merged))
    assert after.estimate == pytest.approx(before.estimate, rel=1e-14)
    assert after.df == before.df + 1


@thorough
@given(seed=seeds, shift=st.floats(-100, 100), factor=st.floats(0.01, 100))
def test_means_follow_a_linear_transformation(seed: int, shift: float, factor: float) -> None:
    values, columns = sample(seed)
    design = Design.create(**columns)
    plain, moved = mean(values, design), mean(values * factor + shift, design)
    assert moved.estimate == pytest.approx(plain.estimate * factor + shift, rel=1e-9, abs=1e-9)
    assert moved.se == pytest.approx(plain.se * factor, rel=1e-7)


@thorough
@given(seed=seeds)
def test_a_mean_is_the_ratio_to_ones_and_shares_add_to_one(seed: int) -> None:
    values, columns = sample(seed, items=1)
    design = Design.create(**columns)
    same(ratio(values, np.ones_like(values), design), mean(values, design))
    _, shares = proportion(columns["strata"], design)
    assert shares.estimate.sum() == pytest.approx(1)
    assert contrast(shares, np.ones(3)).se[0] == 0


def test_a_domain_made_of_whole_strata_equals_those_strata_alone() -> None:
    values, columns = sample(1)
    inside = columns["strata"] < 2
    alone = Design.create(**{name: column[inside] for name, column in columns.items()})
    same(mean(values, Design.create(**columns), domain=inside), mean(values[inside], alone))


def test_filtering_rows_first_would_be_wrong() -> None:
    values, columns = sample(2, items=1)
    inside = columns["psus"] % 2 == 0
    filtered = Design.create(**{name: column[inside] for name, column in columns.items()})
    found = mean(values, Design.create(**columns), domain=inside)
    assert found.se[0] != pytest.approx(mean(values[inside], filtered).se[0], rel=1e-3)


def test_missing_answers_count_item_by_item_or_row_by_row() -> None:
    values = np.array([[1.0, np.nan], [2.0, 4.0], [3.0, 6.0]])
    design = Design.create(weights=np.ones(3))
    assert mean(values, design).estimate.tolist() == [2, 5]
    assert mean(values, design, missing="listwise").estimate.tolist() == [2.5, 5]
    assert mean(values, design, missing="listwise").n.tolist() == [2, 2]


def test_rows_with_weight_zero_count_nowhere_but_in_the_design() -> None:
    design = Design.create(weights=[1, 1, 1, 0])
    found = mean([1.0, 2.0, 6.0, 99.0], design)
    assert (found.estimate[0], found.n[0], found.df) == (3, 3, 2)
    last = mean([1.0, 2.0, 6.0, 99.0], design, domain=np.array([False, False, True, True]))
    assert (last.estimate[0], last.n[0], last.df_domain[0]) == (6, 1, 0)


def test_simple_random_sampling_has_a_design_effect_of_one() -> None:
    y = np.array([1.0, 5.0, 2.0, 8.0])
    found = mean(y, Design.create(weights=None, fpc=np.full(4, 40)))
    assert found.deff == pytest.approx(1)
    assert found.deff_wr == pytest.approx(0.9)


def test_the_design_effect_is_undefined_when_the_sample_is_all_there_is() -> None:
    found = mean([1.0, 5.0, 2.0], Design.create(weights=np.ones(3)))
    assert np.isnan(found.deff[0])
    assert found.deff_wr[0] == pytest.approx(1)


def test_an_empty_domain_is_undefined() -> None:
    design = Design.create(weights=np.ones(3))
    nobody = np.zeros(3, dtype=np.bool_)
    for found in (
        mean([1.0, 2.0, 3.0], design, domain=nobody),
        total([1.0, 2.0, 3.0], design, domain=nobody),
    ):
        assert np.isnan([found.estimate[0], found.se[0], found.ci_low[0], found.deff_wr[0]]).all()
        assert (found.n[0], found.df_domain[0]) == (0, 0)


def test_zero_rows_and_one_row_are_defined() -> None:
    empty = mean(np.zeros((0, 2)), Design.create(weights=np.array([])))
    assert np.isnan(empty.estimate).all()
    one = mean([7.0], Design.create(weights=[2.0], lonely_psu="adjust"))
    assert (one.estimate[0], one.se[0], one.n[0], one.df) == (7, 0, 1, 0)


def test_constant_items_have_no_variance() -> None:
    values, design = np.tile(np.linspace(0.1, 7, 50), (9, 1)), Design.create(weights=np.linspace(1, 2, 9))
    found = mean(values, design)
    assert (found.se == 0).all()
    assert (found.ci_low == found.estimate).all()
    assert np.isnan([found.deff_wr, total(values, design).deff_wr]).all()


def test_without_degrees_of_freedom_a_varying_mean_has_no_interval() -> None:
    found = mean([1.0, 2.0], Design.create(weights=np.ones(2), strata=[0, 1], lonely_psu="adjust"))
    assert found.se[0] > 0
    assert np.isnan([found.ci_low[0], found.ci_high[0]]).all()


def test_three_hundred_items_are_estimated_together() -> None:
    rng = np.random.default_rng(3)
    values = rng.random((50, 300))
    found = mean(values, Design.create(weights=np.ones(50)))
    assert found.vcov == pytest.approx(np.cov(values.T) / 50)


def test_kish_of_equal_weights_is_one() -> None:
    assert kish(Design.create(weights=np.full(5, 3.0))).deff == pytest.approx(1)
    effect = kish(Design.create(weights=[1.0, 3.0, 0.0]), np.array([True, True, True]))
    assert (effect.deff, effect.n) == (pytest.approx(2 * 10 / 16), 2)
    assert kish(Design.create(weights=np.ones(1)), np.array([False])).n == 0


def test_indicators_leave_rows_without_a_code_missing() -> None:
    labels, columns = indicators(np.array(["b", "", "a"]))
    assert labels.tolist() == ["a", "b"]
    assert columns[0].tolist() == [0, 1]
    assert np.isnan(columns[1]).all()


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        (np.ones(4), {}, "design of 3 rows"),
        (np.array([1, np.inf, 2]), {}, "infinity"),
        (np.ones(3), {"domain": np.array([1, 0, 1])}, "one boolean a row"),
    ],
)
def test_values_that_do_not_fit_are_refused(values: Array, options: dict[str, Any], message: str) -> None:
    with pytest.raises(MismatchedValues, match=message):
        mean(values, Design.create(weights=np.ones(3)), **options)


def test_numerators_and_denominators_come_in_pairs() -> None:
    with pytest.raises(MismatchedValues, match="different shapes"):
        ratio(np.ones((3, 2)), np.ones(3), Design.create(weights=np.ones(3)))

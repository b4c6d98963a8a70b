import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.planning.figures import UnusablePlan
from survey_app.estimation.planning.precision import size_for_proportion
from survey_app.estimation.planning.slovin import compare_with_slovin, slovin


def test_slovin_gives_the_numbers_of_its_tables() -> None:
    # Yamane's table for e = 5 %: 500 -> 222, 1,000 -> 286, 5,000 -> 370, 20,000 -> 392 (rounded); here rounded up
    assert slovin([500, 1000, 5000, 20000, np.inf], 0.05) == (223, 286, 371, 393, 400)


@settings(max_examples=60, deadline=None)
@given(st.integers(10, 10**7), st.floats(0.01, 0.2))
def test_slovin_is_the_sample_for_one_half_at_two_standard_errors(population: int, margin: float) -> None:
    # level with z = 2; the formula counts N where Cochran has N - 1
    size = size_for_proportion(0.5, margin=margin, level=0.9544997361036416, population=population)
    assert abs(size.answers[0] - slovin(population, margin)[0]) <= 1


def test_the_steps_lead_from_slovin_to_the_need() -> None:
    # 34 provinces of a million adults, satisfaction about 84 %, villages of 27, 80 % answer
    result = compare_with_slovin(np.full(34, 1_000_000), 0.05, proportion=0.84, deff=2.3, response_rate=0.8)
    assert result.slovin == 400
    assert [step.name for step in result.steps] == [
        "confidence", "proportion", "finite_population", "design_effect", "domains", "response_rate",
    ]  # fmt: skip
    # 1.96^2 p q / e^2 = 384.1 for p = 0.5, 206.5 for p = 0.84; x 2.3 = 475; x 34 provinces; / 0.8
    assert [step.n for step in result.steps] == [385, 207, 207, 475, 34 * 475, round(34 * 475 / 0.8 + 8.5)]
    assert (result.answers, result.invitations) == (16150, 34 * 594)


def test_a_finite_population_is_counted_as_cochran_counts_it() -> None:
    # n0 = 1.96^2 / 4 / 0.01^2 = 9,603.65: n0 / (1 + n0 / N) = 4,801.9; n0 / (1 + (n0 - 1) / N) = 4,802.2
    steps = {step.name: step.n for step in compare_with_slovin(9604, 0.01).steps}
    assert (steps["proportion"], steps["finite_population"]) == (4802, 4803)
    assert size_for_proportion(0.5, margin=0.01, population=9604).answers == (4803,)


def test_each_step_names_what_was_assumed_and_what_is_true() -> None:
    steps = {step.name: step for step in compare_with_slovin(5000, 0.05, proportion=0.8, deff=1.5).steps}
    assert (steps["proportion"].assumed, steps["proportion"].actual) == (0.5, 0.8)
    assert steps["confidence"].assumed == 2.0
    assert steps["confidence"].actual == pytest.approx(1.96, abs=1e-3)
    assert (steps["domains"].assumed, steps["domains"].actual) == (1, 1)
    assert steps["response_rate"].n == steps["domains"].n


@pytest.mark.parametrize(("population", "margin"), [(0, 0.05), (1000, 0), (1000, 5), (np.nan, 0.05)])
def test_unusable_figures_are_refused(population: float, margin: float) -> None:
    with pytest.raises(UnusablePlan):
        slovin(population, margin)

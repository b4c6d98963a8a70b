import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.planning.figures import UnusablePlan
from survey_app.estimation.planning.precision import (
    UnattainablePrecision,
    margin_of_proportion,
    share_total,
    size_for_mean,
    size_for_proportion,
)
from survey_app.estimation.sampling.allocation import UnusableAllocation

quick = settings(max_examples=60, deadline=None)


def test_a_proportion_follows_cochran() -> None:
    # Cochran, Sampling Techniques, 4.4: n0 = 1.96^2 0.5 0.5 / 0.05^2 = 384.1; with N = 3,200: 343
    assert size_for_proportion(margin=0.05).answers.tolist() == [385]
    assert size_for_proportion(margin=0.05).simple_random[0] == pytest.approx(384.146, abs=1e-3)
    assert size_for_proportion(margin=0.05, population=3200).answers.tolist() == [344]


def test_a_relative_error_needs_many_answers_for_a_rare_share() -> None:
    # (1 - p) / (p cv^2)
    assert size_for_proportion([0.5, 0.05], cv=0.1).answers.tolist() == [100, 1900]


def test_a_mean_follows_the_normal_formula() -> None:
    # (1.96 x 20 / 2)^2 = 384.1; with N = 1,000: 384.1 / 1.3841 = 277.5
    assert size_for_mean(20, margin=2).answers.tolist() == [385]
    assert size_for_mean(20, margin=2, population=1000).answers.tolist() == [278]
    assert size_for_mean(20, cv=0.05, mean=80).answers.tolist() == [25]


def test_design_effect_and_non_response_raise_what_is_needed() -> None:
    size = size_for_proportion(margin=0.05, deff=2, response_rate=0.6)
    assert size.answers.tolist() == [769]
    assert size.invitations.tolist() == [1282]


def test_every_domain_needs_its_own_sample() -> None:
    size = size_for_proportion(margin=0.05, population=[500, 5000, np.inf])
    assert size.answers.tolist() == [218, 357, 385]
    assert (size.total_answers, size.total_invitations) == (960, 960)


@pytest.mark.parametrize(
    ("answers", "deff", "points"),
    # SIPAS samples of 2024: one province, the nation, one commune of Dong Nai (2025), at a share of 84 %;
    # the first with the design effect of 27 answers a village and an intra-class correlation of 0.05
    [(486, 1.0, 3.3), (486, 2.3, 4.9), (36525, 1.0, 0.4), (36525, 2.3, 0.6), (30, 1.0, 13.1)],
)
def test_margins_of_known_samples_come_out(answers: int, deff: float, points: float) -> None:
    assert 100 * margin_of_proportion(answers, 0.84, deff=deff)[0] == pytest.approx(points, abs=0.06)


@quick
@given(
    st.floats(0.02, 0.98),
    st.floats(0.005, 0.2),
    st.integers(50, 10**6),
    st.floats(0.5, 5),
    st.floats(0.5, 0.99),
)
def test_the_size_is_the_smallest_that_gives_the_margin(
    p: float, margin: float, population: int, deff: float, level: float
) -> None:
    size = size_for_proportion(p, margin=margin, population=population, deff=deff, level=level)
    answers = int(size.answers[0])

    def reached(number: int) -> float:
        return float(margin_of_proportion(number, p, population=population, deff=deff, level=level)[0])

    assert reached(answers) <= margin * (1 + 1e-6)
    assert answers == 1 or reached(answers - 1) >= margin * (1 - 1e-6)


def test_everybody_answering_leaves_no_margin() -> None:
    assert margin_of_proportion([40, 1], population=[40, 1]).tolist() == [0, 0]


def test_a_total_is_shared_between_equal_and_proportional() -> None:
    people = [900_000, 100_000]
    equal, compromise, whole = (share_total(1000, people, 0.8, exponent=q) for q in (0, 0.5, 1))
    assert equal.answers.tolist() == [500, 500]
    assert compromise.answers.tolist() == [750, 250]
    assert whole.answers.tolist() == [900, 100]
    assert whole.margin_of_whole < compromise.margin_of_whole < equal.margin_of_whole
    assert whole.margin_of_whole == pytest.approx(1.96 * np.sqrt(0.16 / 1000), rel=2e-3)


def test_a_total_below_the_minimum_of_all_domains_is_refused() -> None:
    with pytest.raises(UnusableAllocation, match="needs 60"):
        share_total(50, [1000, 1000], minimum=30)


def test_more_invitations_than_people_are_refused() -> None:
    with pytest.raises(
        UnattainablePrecision, match="Domain 1: 184 invitations for 92 answers, but 120 people"
    ):
        size_for_proportion(margin=0.05, population=[5000, 120], response_rate=0.5)


@pytest.mark.parametrize(
    "plan",
    [
        {"margin": 0.05, "cv": 0.1},
        {},
        {"margin": 0},
        {"margin": -0.1},
        {"margin": np.nan},
        {"margin": "five"},
        {"margin": []},
        {"margin": 0.05, "proportion": 1},
        {"margin": 0.05, "level": 95},
        {"margin": 0.05, "population": 0},
        {"margin": 0.05, "deff": 0},
        {"margin": 0.05, "response_rate": 1.2},
        {"margin": [0.05, 0.04], "population": [10, 20, 30]},
    ],
)
def test_unusable_plans_are_refused(plan: dict[str, float]) -> None:
    with pytest.raises(UnusablePlan):
        size_for_proportion(**plan)


def test_a_relative_error_of_a_mean_needs_the_mean() -> None:
    with pytest.raises(UnusablePlan, match="expected mean"):
        size_for_mean(20, cv=0.05)
    with pytest.raises(UnusablePlan, match="relative to a mean of 0"):
        size_for_mean(20, cv=0.05, mean=0)
    with pytest.raises(UnusablePlan, match="mean: not numbers"):
        size_for_mean(20, cv=0.05, mean="high")


def test_more_answers_than_people_are_refused() -> None:
    with pytest.raises(UnusablePlan, match="30 of 20 people"):
        margin_of_proportion(30, population=20)

"""Estimates from drawn samples against the whole of a small made population."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from survey_app.estimation.means import mean, total
from survey_app.estimation.sampling.allocation import neyman
from survey_app.estimation.sampling.draws import (
    people_of_lists,
    pps_systematic,
    simple_random,
    stratified,
    stratum_sizes,
    systematic,
)
from survey_app.estimation.sampling.samples import Sample
from survey_app.estimation.sampling.selection import UnusableSize, UnusableTake
from survey_app.estimation.stages import MismatchedRows

Array = npt.NDArray[np.float64]
DRAWS = 1000


def population(size: int = 900) -> tuple[npt.NDArray[np.str_], Array, Array]:
    """Province, number of people and satisfaction (%) of each of some offices."""
    rng = np.random.default_rng(7)
    province = np.array(["A", "B", "C"])[np.sort(rng.choice(3, size, p=[0.6, 0.3, 0.1]))]
    people = np.round(rng.lognormal(4, 0.8, size)) + 20
    level = np.select([province == "A", province == "B"], [85.0, 75.0], 60.0)
    return province, people, level + rng.normal(0, 8, size) + 4 * np.log(people)


PROVINCE, PEOPLE, SCORE = population()


def repeat(draw: Callable[[int], Sample], values: Array) -> tuple[float, float]:
    """Distance of the average estimated total from the truth, in simulation standard errors; coverage."""
    truth = values.sum()
    estimates, covered = np.empty(DRAWS), np.empty(DRAWS)
    for seed in range(DRAWS):
        sample = draw(seed)
        result = total(values[sample.rows], sample.design())
        estimates[seed] = result.estimate[0]
        covered[seed] = result.ci_low[0] <= truth <= result.ci_high[0]
    error = estimates.std(ddof=1) / np.sqrt(DRAWS)
    return float((estimates.mean() - truth) / error), float(covered.mean())


TAKES = neyman(60, list(stratum_sizes(PROVINCE).values()), [10, 10, 14], minimum=5).by_label("ABC")


@pytest.mark.parametrize(
    ("draw", "values"),
    [
        (lambda seed: simple_random(900, 60, seed=seed), SCORE),
        (lambda seed: stratified(PROVINCE, TAKES, seed=seed), SCORE),
        (lambda seed: stratified(PROVINCE, TAKES, seed=seed, method="systematic"), SCORE),
        (lambda seed: pps_systematic(PEOPLE, 60, seed=seed, shuffle=True), SCORE * PEOPLE),
        (lambda seed: pps_systematic(PEOPLE, 20, seed=seed, shuffle=True, strata=PROVINCE), SCORE * PEOPLE),
    ],
    ids=["simple random", "stratified", "stratified systematic", "PPS", "stratified PPS"],
)
def test_totals_are_unbiased_and_intervals_cover(draw: Callable[[int], Sample], values: Array) -> None:
    bias, coverage = repeat(draw, values)
    assert abs(bias) < 3.5
    # 1,000 draws: simulation error 0.7 points; PPS without replacement is slightly conservative
    assert 0.925 <= coverage <= 0.985


def test_a_systematic_sample_spreads_over_a_sorted_frame() -> None:
    ascending = np.sort(SCORE)
    spread = np.array([ascending[systematic(900, 60, seed=seed).rows].mean() for seed in range(100)])
    alone = np.array([ascending[simple_random(900, 60, seed=seed).rows].mean() for seed in range(100)])
    assert spread.std() < alone.std() / 5
    assert spread.mean() == pytest.approx(SCORE.mean(), abs=0.1)


def test_a_fractional_interval_gives_every_row_the_same_chance() -> None:
    drawn = np.bincount(np.concatenate([systematic(7, 3, seed=seed).rows for seed in range(7000)]))
    # 7,000 draws at 3/7: standard error 41
    assert np.abs(drawn - 3000).max() < 4 * 41.4


def test_the_same_seed_draws_the_same_sample_and_another_seed_another() -> None:
    first, again, other = (stratified(PROVINCE, TAKES, seed=seed) for seed in (5, 5, 6))
    assert first.rows.tolist() == again.rows.tolist()
    assert first.rows.tolist() != other.rows.tolist()


def test_a_generator_continues_where_it_stood() -> None:
    rng = np.random.default_rng(5)
    assert simple_random(900, 5, seed=rng).rows.tolist() != simple_random(900, 5, seed=rng).rows.tolist()


def test_a_stratified_sample_carries_the_allocation_its_probabilities_and_its_populations() -> None:
    sample = stratified(PROVINCE, TAKES, seed=1)
    held = stratum_sizes(PROVINCE)
    taken = stratum_sizes(PROVINCE[sample.rows])
    expected = np.array([TAKES[name] / held[name] for name in PROVINCE[sample.rows]])
    assert taken == TAKES
    assert sample.probability == pytest.approx(expected)
    assert sample.weights.sum() == pytest.approx(900)
    assert sample.design().stages[0].population.tolist() == list(held.values())


def test_strata_that_were_taken_whole_leave_no_sampling_error() -> None:
    takes = stratum_sizes(PROVINCE)
    sample = stratified(PROVINCE, takes, seed=1)
    result = mean(SCORE[sample.rows], sample.design())
    assert result.estimate[0] == pytest.approx(SCORE.mean())
    assert result.se[0] == 0


def test_certain_units_add_nothing_to_the_variance_and_do_not_hide_that_of_others() -> None:
    sizes = np.array([1000.0, 10, 12, 8, 11, 9, 10, 13])
    values = sizes * 2
    sample = pps_systematic(sizes, 4, seed=3)
    result = total(values[sample.rows], sample.design())
    assert sample.probability[0] == 1
    assert result.estimate[0] == pytest.approx(values.sum())
    assert result.se[0] == pytest.approx(0, abs=1e-9)
    assert sample.design().stages[0].sampled.tolist() == [3, 1]


def test_people_of_lists_are_drawn_by_place_with_both_probabilities() -> None:
    sample = people_of_lists(pps_systematic(PEOPLE, 30, seed=1), PEOPLE, 12, seed=2)
    first = sample.positions[:12] if sample.positions is not None else np.array([])
    assert sample.rows.size == 30 * 12
    assert np.unique(first).size == 12
    assert (first < PEOPLE[sample.rows[0]]).all()
    # by size, then a fixed take: everybody has the same chance
    assert sample.probability == pytest.approx(np.full(360, 30 * 12 / PEOPLE.sum()))


def test_short_lists_are_refused_or_taken_whole_on_request() -> None:
    villages = simple_random(3, 3, seed=1)
    with pytest.raises(UnusableTake, match="Frame row 1: 10 units asked for from a list of 4"):
        people_of_lists(villages, [20, 4, 30], 10, seed=1)
    whole = people_of_lists(villages, [20, 4, 30], 10, seed=1, whole_when_short=True)
    assert np.bincount(whole.rows).tolist() == [10, 4, 10]
    assert whole.probability[whole.rows == 1].tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize("count", [0, -3, 2.5, np.nan])
def test_a_list_without_a_usable_count_is_refused(count: float) -> None:
    with pytest.raises(UnusableTake, match="Frame row 0"):
        people_of_lists(simple_random(1, 1, seed=1), [count], 1, seed=1)


def test_counts_that_do_not_reach_the_sampled_rows_are_refused() -> None:
    with pytest.raises(MismatchedRows):
        people_of_lists(simple_random(5, 5, seed=1), [9, 9], 1, seed=1)


@pytest.mark.parametrize("takes", [{"A": 2, "B": 2}, {"A": 2, "B": 2, "C": 2, "D": 2}])
def test_strata_and_sample_sizes_must_match(takes: dict[str, int]) -> None:
    with pytest.raises(UnusableTake, match="Give each stratum of the frame one"):
        stratified(PROVINCE, takes, seed=1)


def test_a_stratum_smaller_than_its_sample_is_named_by_a_row_of_it() -> None:
    with pytest.raises(UnusableTake, match="begins at frame row 2: 3 units asked for from a list of 2"):
        stratified(["A", "A", "B", "B"], {"A": 1, "B": 3}, seed=1)


def test_an_office_of_size_zero_is_refused() -> None:
    with pytest.raises(UnusableSize, match="size 0 can never be drawn"):
        pps_systematic([5, 0, 3], 1, seed=1)


def test_an_empty_frame_is_refused() -> None:
    with pytest.raises(ValueError, match="frame of 0 rows"):
        simple_random(0, 1, seed=1)

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.hypotheses.comparisons import UnitEstimates
from survey_app.estimation.hypotheses.ranks import (
    RankIntervals,
    TooFewDraws,
    ranks_by_simulation,
    ranks_from_differences,
    ranks_from_holm,
    ranks_from_intervals,
)
from survey_app.estimation.intervals import UnknownLevel

FloatArray = npt.NDArray[np.float64]
Ranks = Callable[[UnitEstimates], RankIntervals]


def seed_of(units: UnitEstimates) -> int:
    """Another seed for every survey, the same one for the same estimates."""
    return int(np.abs(units.estimate).sum() * 1e6)


def differences(units: UnitEstimates) -> RankIntervals:
    return ranks_from_differences(units, rng=np.random.default_rng(seed_of(units)), draws=1000)


def simulation(units: UnitEstimates) -> RankIntervals:
    return ranks_by_simulation(units, rng=np.random.default_rng(seed_of(units)), draws=1000)


SIMULTANEOUS: list[Ranks] = [differences, ranks_from_holm, ranks_from_intervals]
EVERY: list[Ranks] = [*SIMULTANEOUS, simulation]
by_name = pytest.mark.parametrize("method", EVERY, ids=lambda method: method.__name__)


def normal(estimate: npt.ArrayLike, variance: float = 1.0) -> UnitEstimates:
    centre = np.asarray(estimate, dtype=np.float64)
    return UnitEstimates.create(centre, variance * np.eye(centre.size), np.inf)


def covered(found: RankIntervals, truth: FloatArray) -> npt.NDArray[np.bool_]:
    """Whether the interval of each unit holds every place that its true value may take in a tie."""
    best = 1 + (truth[:, None] < truth).sum(axis=1)
    worst = truth.size - (truth[:, None] > truth).sum(axis=1)
    held: npt.NDArray[np.bool_] = (found.low <= best) & (worst <= found.high)
    return held


TRUTHS = {
    "all equal": np.zeros(8),
    "ties and steps": np.array([0.0, 0.0, 0.0, 2.0, 2.0, 4.0, 4.0, 8.0]),
    "near ties": np.linspace(0, 2, 8),
    "far apart": np.arange(8) * 8.0,
}


@pytest.mark.parametrize("truth", TRUTHS.values(), ids=TRUTHS)
@by_name
def test_intervals_cover_the_true_rank(method: Ranks, truth: FloatArray) -> None:
    rng, surveys = np.random.default_rng(2026), 200
    held = np.array([covered(method(normal(truth + rng.standard_normal(8))), truth) for _ in range(surveys)])
    assert held.mean(axis=0).min() >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / surveys)
    if method in SIMULTANEOUS:
        assert held.all(axis=1).mean() >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / surveys)


def test_correlated_estimates_with_few_psus_are_covered_too() -> None:
    truth, rng, df = np.array([0.0, 0.0, 1.0, 1.0, 6.0]), np.random.default_rng(7), 12
    spread = 0.6 + 0.4 * np.eye(5)
    root = np.linalg.cholesky(spread)
    held = []
    for _ in range(300):
        sample = rng.standard_normal((df, 5)) @ root.T
        estimate = truth + root @ rng.standard_normal(5)
        held.append(covered(differences(UnitEstimates.create(estimate, sample.T @ sample / df, df)), truth))
    assert np.all(held, axis=1).mean() >= 0.93


@by_name
def test_clear_differences_are_ranked_exactly(method: Ranks) -> None:
    found = method(normal([30.0, 10.0, 20.0]))
    assert found.low.tolist() == found.high.tolist() == [1, 3, 2]
    assert found.better[0].tolist() == [False, True, True]


@by_name
def test_equal_estimates_may_hold_any_place(method: Ranks) -> None:
    found = method(normal([5.0, 5.0, 5.0, 5.0]))
    assert (found.low.tolist(), found.high.tolist()) == ([1] * 4, [4] * 4)


@by_name
def test_units_without_variance_are_never_told_apart(method: Ranks) -> None:
    found = method(UnitEstimates.create([0.9, 0.8], np.zeros((2, 2)), 9))
    assert (found.low.tolist(), found.high.tolist()) == ([1, 1], [2, 2])


@by_name
def test_one_unit_is_first_and_none_is_nothing(method: Ranks) -> None:
    assert (method(normal([0.3])).low.tolist(), method(normal([0.3])).high.tolist()) == ([1], [1])
    assert method(UnitEstimates.create([], np.zeros((0, 0)), 1)).low.size == 0


def test_differences_are_at_most_as_wide_as_holm_and_intervals() -> None:
    units = normal(np.arange(12) * 1.1)
    widths = [int((found.high - found.low).sum()) for found in (method(units) for method in SIMULTANEOUS)]
    assert widths == sorted(widths)
    assert widths[0] < widths[2]


def test_the_place_of_one_unit_is_no_wider_than_that_of_all_at_once() -> None:
    units = normal(np.arange(12) * 1.1)
    one, all_at_once = simulation(units), differences(units)
    assert (one.high - one.low).sum() < (all_at_once.high - all_at_once.low).sum()
    assert not one.simultaneous
    assert all_at_once.simultaneous


def test_a_unit_with_few_psus_widens_only_its_own_comparisons() -> None:
    estimate, spread = [0.0, 5.0, 10.0, 4.5], np.eye(4)
    alone = differences(UnitEstimates.create(estimate, spread, 40))
    found = differences(UnitEstimates.create(estimate, spread, [40, 40, 40, 1]))
    assert (alone.better[2, 3], found.better[2, 3]) == (True, False)
    assert (found.better[:3, :3] == alone.better[:3, :3]).all()


def test_what_units_share_sharpens_their_order() -> None:
    spread = 0.95 + 0.05 * np.eye(3)
    assert ranks_from_holm(UnitEstimates.create([0, 1.2, 2.4], spread, np.inf)).low.tolist() == [3, 2, 1]
    assert ranks_from_holm(normal([0, 1.2, 2.4])).low.tolist() == [1, 1, 1]


def test_a_seed_gives_the_same_intervals_again() -> None:
    units = normal(np.arange(9) * 0.9)
    assert (differences(units).better == differences(units).better).all()
    assert (simulation(units).low == simulation(units).low).all()


@settings(deadline=None, max_examples=25)
@given(st.lists(st.floats(-10, 10), min_size=1, max_size=7), st.integers(0, 1000))
def test_the_observed_rank_is_inside_and_order_of_units_does_not_matter(
    values: list[float], seed: int
) -> None:
    estimate, order = np.array(values), np.random.default_rng(seed).permutation(len(values))
    for method in (ranks_from_holm, ranks_from_intervals):
        found, shuffled = method(normal(estimate)), method(normal(estimate[order]))
        assert covered(found, estimate).all()
        assert (shuffled.low == found.low[order]).all()


def test_impossible_levels_and_too_few_draws_are_refused() -> None:
    units, rng = normal([1.0, 2.0]), np.random.default_rng(1)
    with pytest.raises(TooFewDraws, match="Use 200 or more"):
        ranks_from_differences(units, rng=rng, draws=10)
    for level in (0.0, 1.0):
        with pytest.raises(UnknownLevel):
            ranks_from_differences(units, rng=rng, level=level)
        with pytest.raises(UnknownLevel):
            ranks_from_holm(units, level=level)
        with pytest.raises(UnknownLevel):
            ranks_from_intervals(units, level=level)

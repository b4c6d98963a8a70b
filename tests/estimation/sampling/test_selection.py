from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.sampling.selection import (
    UnusableSeed,
    UnusableSize,
    UnusableTake,
    generator,
    inclusion_probabilities,
    simple_random,
    systematic_from,
)

quick = settings(max_examples=50, deadline=None)
lists_with_takes = st.lists(st.integers(1, 500), min_size=1, max_size=30).flatmap(
    lambda sizes: st.tuples(st.just(sizes), st.integers(1, len(sizes)))
)


def chances(probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """How often each unit is taken over all starts in [0, 1): the starts between two turns take the same."""
    others = probabilities[probabilities < 1 - 1e-9]
    turns = np.unique(np.round(np.concatenate([[0.0, 1.0], np.cumsum(others) % 1]), 12))
    taken = np.zeros(probabilities.size)
    for low, high in pairwise(turns):
        taken[systematic_from(probabilities, (low + high) / 2)] += high - low
    return taken


@quick
@given(lists_with_takes)
def test_a_systematic_sample_takes_each_unit_with_its_inclusion_probability(
    case: tuple[list[int], int],
) -> None:
    sizes, take = case
    probabilities = inclusion_probabilities(sizes, take)
    assert chances(probabilities) == pytest.approx(probabilities, abs=1e-9)


@quick
@given(lists_with_takes, st.floats(0, 1, exclude_max=True))
def test_a_systematic_sample_has_exactly_the_size_asked_for(
    case: tuple[list[int], int], start: float
) -> None:
    sizes, take = case
    taken = systematic_from(inclusion_probabilities(sizes, take), start)
    assert np.unique(taken).size == taken.size == take


@quick
@given(lists_with_takes)
def test_inclusion_probabilities_add_up_to_the_sample_and_are_proportional_below_one(
    case: tuple[list[int], int],
) -> None:
    sizes, take = case
    probabilities = inclusion_probabilities(sizes, take)
    below = probabilities < 1
    ratio = probabilities[below] / np.array(sizes)[below]
    assert probabilities.sum() == pytest.approx(take)
    assert (probabilities <= 1).all()
    assert ratio == pytest.approx(ratio[:1].repeat(ratio.size))


def test_units_too_large_for_their_share_are_certain_one_after_the_other() -> None:
    # 3 x 50/100 > 1; then 2 x 30/50 > 1; then 1 of 20 in proportion: by hand
    expected = [1, 1, 0.5, 0.3, 0.2]
    assert inclusion_probabilities([50, 30, 10, 6, 4], 3) == pytest.approx(expected)


def test_a_start_just_below_one_stays_on_the_list() -> None:
    start = np.nextafter(1.0, 0.0)
    taken = systematic_from(np.full(2000, 0.5), start)
    assert np.unique(taken).size == 1000
    assert taken[-1] == 1999


def test_a_simple_random_sample_takes_every_pair_equally_often() -> None:
    rng = np.random.default_rng(3)
    pairs = [tuple(simple_random(5, 2, rng)) for _ in range(5000)]
    counts = np.array([pairs.count((a, b)) for a in range(5) for b in range(a + 1, 5)])
    assert counts.sum() == 5000
    # chi-square with 9 degrees of freedom: 27.9 is its 99.9 % point
    assert ((counts - 500) ** 2 / 500).sum() < 27.9


@pytest.mark.parametrize(
    "sizes", [[1.0, 0.0], [1.0, -1.0], [1.0, np.nan], [1.0, np.inf], ["a", "b"], [[1.0]]]
)
def test_sizes_that_are_not_positive_numbers_are_refused(sizes: list[float]) -> None:
    with pytest.raises(UnusableSize):
        inclusion_probabilities(sizes, 1)


def test_sizes_too_different_for_floating_point_are_refused() -> None:
    with pytest.raises(UnusableSize, match="could never be drawn"):
        inclusion_probabilities([1e20, 1.0, 1.0], 1)


@pytest.mark.parametrize("take", [0, -1, 4])
def test_a_take_the_list_cannot_give_is_refused(take: int) -> None:
    with pytest.raises(UnusableTake, match="from a list of 3"):
        simple_random(3, take, np.random.default_rng(1))


@pytest.mark.parametrize("seed", [None, -1, 1.5, "1", True])
def test_a_draw_without_a_repeatable_seed_is_refused(seed: object) -> None:
    with pytest.raises(UnusableSeed):
        generator(seed)  # type: ignore[arg-type]

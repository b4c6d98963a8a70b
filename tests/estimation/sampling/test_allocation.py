import numpy as np
import numpy.typing as npt
import pytest
import scipy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from survey_app.estimation.sampling.allocation import (
    Allocation,
    UnusableAllocation,
    equal,
    largest_remainder,
    neyman,
    power,
    proportional,
)

quick = settings(max_examples=60, deadline=None)
populations = st.lists(st.integers(1, 400), min_size=1, max_size=12)
shares = st.floats(0, 1)


def variance(sizes: npt.ArrayLike, people: list[int], deviations: npt.ArrayLike) -> float:
    product = np.array(people) * np.asarray(deviations)
    return float((product**2 / np.asarray(sizes)).sum())


def test_proportional_allocation_rounds_by_largest_remainder() -> None:
    # 10 x (50, 30, 20, 11) / 111 = 4.50, 2.70, 1.80, 0.99
    assert proportional(10, [50, 30, 20, 11]).sizes.tolist() == [4, 3, 2, 1]


def test_neyman_allocation_follows_cochran() -> None:
    # Cochran, Sampling Techniques, chapter 5, the 64 cities in two strata with S^2 = 53,843 and 5,581: 24 cities
    # are allocated as 12.21 and 11.79
    assert neyman(24, [16, 48], np.sqrt([53843, 5581])).sizes.tolist() == [12, 12]


def test_dear_strata_get_fewer_by_the_square_root_of_the_cost() -> None:
    assert neyman(30, [100, 100], [1, 1], costs=[1, 4]).sizes.tolist() == [20, 10]


def test_power_allocation_lies_between_equal_precision_and_neyman() -> None:
    people, means, deviations = [400, 100], np.array([4.0, 2.0]), np.array([1.0, 0.5])
    totals = means * people
    full = power(60, people, deviations / means, exponent=1, importance=totals)
    none = power(60, people, deviations / means, exponent=0)
    assert full.sizes.tolist() == neyman(60, people, deviations).sizes.tolist() == [53, 7]
    assert none.sizes.tolist() == [30, 30]
    # shares 400^0.5 x 1/4 and 100^0.5 x 1/4: 2 to 1
    assert power(60, people, deviations / means).sizes.tolist() == [40, 20]


def test_what_a_full_stratum_cannot_take_goes_to_the_others() -> None:
    allocation = equal(90, [10, 100, 200])
    assert allocation.sizes.tolist() == [10, 40, 40]
    assert allocation.take_all.tolist() == [True, False, False]


def test_a_stratum_below_the_minimum_is_raised_and_named() -> None:
    allocation = proportional(100, [9600, 400, 1], minimum=10)
    assert allocation.sizes.tolist() == [89, 10, 1]
    assert allocation.at_minimum.tolist() == [False, True, False]


def test_sizes_are_given_by_label_for_the_draw() -> None:
    assert equal(4, [5, 5]).by_label(["A", "B"]) == {"A": 2, "B": 2}


@quick
@given(populations, shares, st.integers(1, 5), st.sampled_from([0.0, 0.3, 1.0]), st.integers(0, 2**32 - 1))
def test_every_allocation_keeps_total_minimum_and_population(
    people: list[int], share: float, minimum: int, exponent: float, seed: int
) -> None:
    least = sum(min(minimum, size) for size in people)
    total = least + round(share * (sum(people) - least))
    spread = np.random.default_rng(seed).uniform(0.1, 3, len(people))
    allocations: list[Allocation] = [
        proportional(total, people, minimum=minimum),
        equal(total, people, minimum=minimum),
        neyman(total, people, spread, minimum=minimum),
        power(total, people, spread, exponent=exponent, minimum=minimum),
    ]
    for allocation in allocations:
        assert allocation.sizes.sum() == total
        assert (allocation.sizes <= people).all()
        assert (allocation.sizes >= np.minimum(minimum, people)).all()


@quick
@given(st.lists(st.integers(5, 200), min_size=2, max_size=6), shares, st.integers(0, 2**32 - 1))
def test_no_move_of_two_interviews_improves_a_neyman_allocation(
    people: list[int], share: float, seed: int
) -> None:
    total = len(people) + round(share * (sum(people) - len(people)))
    spread = np.random.default_rng(seed).uniform(0.2, 3, len(people))
    sizes = neyman(total, people, spread).sizes
    best = variance(sizes, people, spread)
    for giver in range(len(people)):
        for taker in range(len(people)):
            moved = sizes + 2 * (np.arange(len(people)) == taker) - 2 * (np.arange(len(people)) == giver)
            if giver != taker and moved[giver] >= 1 and moved[taker] <= people[taker]:
                assert variance(moved, people, spread) >= best


def test_neyman_with_full_strata_equals_the_numerical_optimum() -> None:
    people, spread = [12, 300, 90, 1000], [9.0, 2.0, 1.0, 0.4]
    found = scipy.optimize.minimize(
        variance, [10, 60, 40, 50], (people, spread), bounds=[(1, size) for size in people],
        constraints={"type": "eq", "fun": lambda sizes: sizes.sum() - 160}, options={"ftol": 1e-12},
    )  # fmt: skip
    assert neyman(160, people, spread).sizes == pytest.approx(found.x, abs=1)


@quick
@given(st.lists(st.integers(0, 1000), min_size=1, max_size=20), st.integers(0, 500))
def test_largest_remainder_rounds_each_share_down_or_up(parts: list[int], total: int) -> None:
    assume(sum(parts) > 0)
    exact = total * np.array(parts) / sum(parts)
    whole = largest_remainder(exact)
    assert whole.sum() == total
    assert (np.abs(whole - exact) < 1 + 1e-9).all()


def test_equal_remainders_go_to_the_larger_then_the_earlier_share() -> None:
    assert largest_remainder([0.5, 1.5, 0.5, 0.5]).tolist() == [1, 2, 0, 0]


@pytest.mark.parametrize(
    ("total", "people", "match"),
    [
        (11, [5, 5], "everybody is 10"),
        (1, [5, 5], "needs 2"),
        (4, [5, 0], "leave empty strata out"),
        (4, [5, np.nan], "stratum 1"),
        (4, [5, 2.5], "whole numbers"),
        (4, [], "for each stratum"),
        (4, ["a", "b"], "not numbers"),
    ],
)
def test_figures_that_cannot_be_allocated_are_refused(total: int, people: list[float], match: str) -> None:
    with pytest.raises(UnusableAllocation, match=match):
        proportional(total, people)


def test_strata_that_do_not_vary_cannot_take_what_the_others_leave() -> None:
    with pytest.raises(UnusableAllocation, match="stratum 1"):
        neyman(20, [10, 100], [1, 0])


def test_a_stratum_without_a_share_still_gets_the_minimum() -> None:
    assert neyman(12, [100, 100], [1, 0], minimum=2).sizes.tolist() == [10, 2]


@pytest.mark.parametrize(
    "call",
    [
        lambda: neyman(4, [5, 5], [1, 1, 1]),
        lambda: neyman(4, [5, 5], [1, -1]),
        lambda: neyman(4, [5, 5], [1, 1], costs=[1, 0]),
        lambda: power(4, [5, 5], [1, 1], exponent=2),
        lambda: proportional(4, [5, 5], minimum=0),
        lambda: largest_remainder([0.4, 0.4]),
    ],
)
def test_unusable_settings_are_refused(call: object) -> None:
    with pytest.raises(UnusableAllocation):
        call()  # type: ignore[operator]

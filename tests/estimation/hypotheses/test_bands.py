import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.hypotheses.bands import UnusableClaims, bands, leaders
from survey_app.estimation.hypotheses.comparisons import UnitEstimates
from survey_app.estimation.hypotheses.ranks import ranks_from_differences

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def claims_of(estimate: FloatArray, variance: FloatArray) -> BoolArray:
    """Exact claims: differences beyond 2 standard errors."""
    se = np.sqrt(variance[:, None] + variance)
    claims: BoolArray = (estimate[:, None] - estimate) > 2 * se
    return claims


def lists(found: tuple[npt.NDArray[np.int64], ...]) -> list[list[int]]:
    return [band.tolist() for band in found]


def test_neighbours_overlap_where_the_evidence_does() -> None:
    estimate = np.array([1.0, 3.0, 2.0])
    assert lists(bands(estimate, claims_of(estimate, np.full(3, 0.3)))) == [[1, 2], [2, 0]]


def test_clear_steps_are_bands_of_one() -> None:
    estimate = np.array([1.0, 30.0, 20.0])
    assert lists(bands(estimate, claims_of(estimate, np.ones(3)))) == [[1], [2], [0]]


def test_equal_units_are_one_band() -> None:
    assert lists(bands(np.zeros(4), np.zeros((4, 4), dtype=np.bool_))) == [[0, 1, 2, 3]]


def test_a_pair_is_kept_together_across_a_precise_unit_between() -> None:
    estimate, variance = np.array([10.0, 5.0, 0.0]), np.array([4.0, 0.01, 30.0])
    better = claims_of(estimate, variance)
    assert better.tolist()[0] == [False, True, False]
    assert lists(bands(estimate, better)) == [[0, 2], [1, 2]]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(0, 14))
def test_two_units_share_a_band_exactly_when_they_cannot_be_told_apart(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    estimate, variance = rng.normal(0, 3, count), rng.exponential(1.0, count)
    better = claims_of(estimate, variance)
    shared = np.eye(count, dtype=np.bool_)
    for band in bands(estimate, better):
        shared[np.ix_(band, band)] = True
    assert (shared == ~(better | better.T)).all()


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 14))
def test_no_band_can_be_extended_and_none_lies_in_another(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    estimate = rng.normal(0, 3, count)
    together = ~(better := claims_of(estimate, rng.exponential(1.0, count))) & ~better.T
    found = [set(band.tolist()) for band in bands(estimate, better)]
    outside = [
        unit for band in found for unit in set(range(count)) - band if together[unit, list(band)].all()
    ]
    assert outside == []
    assert not any(one < other for one in found for other in found)


def test_bands_are_no_wider_than_the_pairs_require_but_for_simulation_error() -> None:
    rng, count, draws = np.random.default_rng(12), 15, 2000
    units = UnitEstimates.create(rng.normal(0, 3, count), np.eye(count) * 0.5, np.inf)
    found = ranks_from_differences(units, rng=rng, draws=draws).better
    # nearly exact claims at the level asked for, and at the level that simulation error may lead to
    upper = 0.95 + 4 * np.sqrt(0.95 * 0.05 / draws)
    exact, strict = (
        ranks_from_differences(units, rng=np.random.default_rng(99), level=level, draws=50_000).better
        for level in (0.95, upper)
    )
    assert not (found & ~exact).any()
    assert not (strict & ~found).any()
    assert exact.sum() - strict.sum() <= 4


def test_leaders_are_all_who_may_be_first() -> None:
    estimate = np.array([1.0, 3.0, 2.5, 0.0])
    better = claims_of(estimate, np.full(4, 0.1))
    assert leaders(better).tolist() == [1, 2]


def test_claims_that_do_not_fit_are_refused() -> None:
    with pytest.raises(UnusableClaims, match="give"):
        bands(np.zeros(3), np.zeros((2, 2), dtype=np.bool_))
    with pytest.raises(UnusableClaims, match="each established above the other"):
        bands(np.zeros(2), np.array([[False, True], [True, False]]))

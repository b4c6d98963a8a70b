import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.design import Design, LonelyRule
from survey_app.estimation.means import mean, total
from survey_app.estimation.variance import LonelyPSU, covariance_of_totals, degrees_of_freedom, parent_factors

STRATA = np.array(["a", "a", "a", "b", "b", "c"])
LONELY_SCORES = np.array([[1.0], [2.0], [6.0], [4.0], [8.0], [3.0]])


def lonely(rule: LonelyRule) -> Design:
    return Design.create(weights=np.ones(6), strata=STRATA, lonely_psu=rule)


def test_totals_of_independent_rows_have_n_times_the_sample_variance() -> None:
    y = np.array([1.0, 4.0, 6.0, 9.0])
    covariance = covariance_of_totals(y[:, None], Design.create(weights=np.ones(4)))
    assert covariance[0, 0] == pytest.approx(4 * y.var(ddof=1))


def test_second_stage_adds_its_share_by_hand() -> None:
    """Two PSUs of five, two rows of four in each: totals 3 and 9, within-PSU variances 0.5 and 0.5."""
    design = Design.create(
        weights=np.ones(4),
        psus=(np.array([1, 1, 2, 2]), np.arange(4)),
        fpc=(np.full(4, 5), np.full(4, 4)),
    )
    first = (1 - 2 / 5) * 2 * ((3 - 6) ** 2 + (9 - 6) ** 2)
    second = 2 / 5 * (1 - 2 / 4) * 2 * (0.5 + 0.5)
    found = covariance_of_totals(np.array([[1.0], [2.0], [4.0], [5.0]]), design)
    assert found[0, 0] == pytest.approx(first + second)


def test_a_population_taken_whole_has_no_variance_and_is_not_lonely() -> None:
    design = Design.create(weights=np.ones(3), strata=["a", "a", "b"], fpc=np.array([2, 2, 1]))
    assert covariance_of_totals(np.array([[1.0], [2.0], [9.0]]), design)[0, 0] == 0


def test_rounding_in_a_population_count_does_not_make_a_stratum_lonely() -> None:
    design = Design.create(weights=np.ones(3), strata=["a", "a", "b"], fpc=np.array([9, 9, 1 + 1e-9]))
    assert parent_factors(design, 1)[0][1] == 0


def test_fail_names_the_lonely_stratum() -> None:
    with pytest.raises(LonelyPSU, match=r"Stratum c has only one PSU at stage 1 .*lonely_psu=\"adjust\""):
        covariance_of_totals(LONELY_SCORES, lonely("fail"))


@pytest.mark.parametrize(
    ("rule", "expected"),
    # strata a and b contribute 3 * 7 = 21 and 2 * 8 = 16; the mean of the six totals is 4
    [("remove", 37.0), ("certainty", 37.0), ("adjust", 37.0 + (3 - 4) ** 2), ("average", 37.0 * 3 / 2)],
)
def test_lonely_rules_by_hand(rule: LonelyRule, expected: float) -> None:
    assert covariance_of_totals(LONELY_SCORES, lonely(rule))[0, 0] == pytest.approx(expected)


def test_average_needs_another_stratum() -> None:
    design = Design.create(weights=np.ones(2), strata=["a", "b"], lonely_psu="average")
    with pytest.raises(LonelyPSU):
        parent_factors(design, 1)


@pytest.mark.parametrize("rule", ["fail", "average"])
def test_a_lonely_second_stage_unit_is_named_with_its_stage(rule: LonelyRule) -> None:
    psus = (np.array([1, 1, 2]), np.array([1, 2, 3]))
    design = Design.create(weights=np.ones(3), psus=psus, fpc=(np.full(3, 9), np.full(3, 9)), lonely_psu=rule)
    with pytest.raises(LonelyPSU, match=r"Stratum 2 has only one PSU at stage 2"):
        covariance_of_totals(np.ones((3, 1)), design)


def test_degrees_of_freedom_count_only_psus_and_strata_with_such_rows() -> None:
    design = Design.create(weights=[1, 1, 1, 1, 1, 0], strata=STRATA)
    assert degrees_of_freedom(design) == 3
    assert degrees_of_freedom(design, np.array([True, True, False, False, False, True])) == 1
    assert degrees_of_freedom(design, np.zeros(6, dtype=np.bool_)) == 0


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), items=st.integers(1, 5))
def test_covariances_are_symmetric_and_positive_semi_definite(seed: int, items: int) -> None:
    rng = np.random.default_rng(seed)
    psus = rng.integers(0, 12, 40)
    design = Design.create(weights=rng.uniform(1, 3, 40), strata=psus % 3, psus=psus, lonely_psu="adjust")
    covariance = covariance_of_totals(rng.normal(size=(40, items)), design)
    assert (covariance == covariance.T).all()
    assert np.linalg.eigvalsh(covariance).min() >= -1e-12 * np.trace(covariance)


def test_strata_of_a_second_stage_enter_the_variance() -> None:
    """R survey 4.1-1: svydesign(id=~p+i, strata=~s1+s2, fpc=~N1+N2), SE of svymean and svytotal of y = 37 i mod 11."""
    design = Design.create(
        weights=None,
        strata=(np.repeat([1, 2], 24), np.tile([0, 0, 0, 1, 1, 1], 8)),
        psus=(np.repeat(np.arange(8), 6), np.arange(48)),
        fpc=(np.repeat([10, 20], 24), np.tile([5, 5, 5, 9, 9, 9], 8)),
    )
    y = np.arange(1, 49) * 37 % 11
    assert mean(y, design).se[0] == pytest.approx(0.367181090843125, rel=1e-12)
    assert total(y, design).se[0] == pytest.approx(154.216058154112, rel=1e-12)


def test_a_lonely_unit_below_a_stage_drawn_with_replacement_is_no_obstacle() -> None:
    design = Design.create(
        weights=np.ones(4),
        psus=([1, 1, 2, 2], [1, 1, 1, 2]),
        fpc=(np.full(4, np.inf), [5, 5, 5, 5]),
    )
    assert covariance_of_totals(np.ones((4, 1)), design)[0, 0] == 0

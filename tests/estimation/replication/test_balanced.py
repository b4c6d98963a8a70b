import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.design import Design
from survey_app.estimation.means import mean, ratio, total
from survey_app.estimation.moments import population_variance
from survey_app.estimation.replication.balanced import UnpairedPSUs, UnusableRho, brr, fay
from tests.estimation.replication.conftest import Pairs


def test_larger_strata_are_cut_into_pairs_as_r_cuts_them(pairs: Pairs) -> None:
    """R survey 4.1-1: as.svrepdesign(d, type = "BRR"); ratios show which PSUs were paired with which row."""
    made = brr(pairs.design)
    assert (made.replicate_weights.shape, made.scale, made.degf) == ((14, 8), 0.125, 7)
    assert ratio(pairs.y, pairs.x, made).se[0] == pytest.approx(0.155067768841057, rel=1e-12)
    assert mean(pairs.y, made).se[0] == pytest.approx(0.631498151055393, rel=1e-12)
    assert population_variance(pairs.y, made).se[0] == pytest.approx(2.71137343369338, rel=1e-12)


@pytest.mark.parametrize(
    ("strata", "se"),
    # R survey 4.1-1: svyratio(~y, ~x, as.svrepdesign(d, type = "Fay", fay.rho = .25)) of the data below
    [
        (2, 0.0570713476268989),
        (5, 0.0253598327730285),
        (12, 0.00993511838501621),
        (23, 0.00382208105551956),
        (30, 0.00265088481928815),
        (33, 0.00243242125747148),
        (40, 0.00173699759505561),
    ],
)
def test_fay_equals_r_for_every_construction_of_the_matrix(strata: int, se: float) -> None:
    number = np.arange(1, 2 * strata + 1)
    design = Design.create(weights=np.ones(number.size), strata=np.repeat(np.arange(1, strata + 1), 2))
    made = fay(design, rho=0.25)
    assert ratio(number**2 % 17, 1 + 7 * number, made).se[0] == pytest.approx(se, rel=1e-10)
    assert made.degf == strata


def test_half_samples_double_one_psu_of_each_pair(pairs: Pairs) -> None:
    factors = brr(pairs.design).replicate_weights / pairs.design.weights[:, None]
    assert set(np.unique(factors)) == {0.0, 2.0}
    assert (factors.sum(axis=0) == 14).all()


def test_fay_keeps_a_share_of_every_row(pairs: Pairs) -> None:
    made = fay(pairs.design, rho=0.3)
    assert np.unique((made.replicate_weights / pairs.design.weights[:, None]).round(12)).tolist() == [
        0.3,
        1.7,
    ]
    assert made.scale == pytest.approx(1 / (8 * 0.49))


def test_an_odd_stratum_is_named() -> None:
    design = Design.create(weights=np.ones(5), strata=["a", "a", "b", "b", "b"])
    with pytest.raises(UnpairedPSUs, match=r"Stratum b has 3 PSUs \(1 strata"):
        brr(design)


@pytest.mark.parametrize("rho", [1.0, -0.1, float("nan")])
def test_a_factor_outside_the_unit_interval_is_refused(pairs: Pairs, rho: float) -> None:
    with pytest.raises(UnusableRho, match="from 0"):
        fay(pairs.design, rho=rho)


@given(st.lists(st.tuples(st.floats(0.5, 9), st.floats(-50, 50)), min_size=1, max_size=12), st.floats(0, 0.9))
@settings(deadline=None, max_examples=40)
def test_totals_of_two_psus_a_stratum_have_the_linearised_variance(
    drawn: list[tuple[float, float]], rho: float
) -> None:
    """Wolter (2007), theorem 3.2.1: full orthogonal balance reproduces the textbook variance."""
    weight, y = (np.repeat(np.array(column), 2) for column in zip(*drawn, strict=True))
    y[1::2] *= -0.3
    design = Design.create(weights=weight, strata=np.arange(y.size) // 2)
    found = total(y, fay(design, rho=rho))
    assert found.se[0] == pytest.approx(total(y, design).se[0], rel=1e-9, abs=1e-9)
    assert found.df == len(drawn)


def test_strata_are_ordered_by_name_with_case_aside() -> None:
    strata = np.repeat(["C", "b", "B", "a", "c"], 2)
    made = brr(Design.create(weights=np.ones(10), strata=strata))
    found = ratio(np.array([1.0, 5, 2, 8, 3, 3, 9, 4, 6, 1]), np.arange(1.0, 11), made)
    # R survey 4.1-1: svyratio(~y, ~x, as.svrepdesign(svydesign(~1, strata = ~h, ...), type = "BRR"))
    assert found.se[0] == pytest.approx(0.184214921925294, rel=1e-12)

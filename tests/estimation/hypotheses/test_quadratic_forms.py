import numpy as np
import pytest
import scipy.stats

from survey_app.estimation.hypotheses.quadratic_forms import saddlepoint_tail, satterthwaite_tail


@pytest.mark.parametrize("x", [0.5, 4.0, 30.0])
def test_equal_eigenvalues_make_satterthwaite_exact(x: float) -> None:
    assert satterthwaite_tail(x, np.full(3, 2.0)) == pytest.approx(scipy.stats.chi2.sf(x / 2, 3))
    assert satterthwaite_tail(x, np.full(3, 2.0), 17) == pytest.approx(scipy.stats.f.sf(x / 6, 3, 17))


@pytest.mark.parametrize("x", [4.0, 12.0, 60.0])
def test_the_saddlepoint_is_close_where_the_answer_is_known(x: float) -> None:
    equal = np.ones(4)
    assert saddlepoint_tail(x + 2, equal) == pytest.approx(scipy.stats.chi2.sf(x + 2, 4), rel=0.01)
    assert saddlepoint_tail(x + 2, equal, 40) == pytest.approx(scipy.stats.f.sf((x + 2) / 4, 4, 40), rel=0.03)


def test_the_saddlepoint_agrees_with_simulation_for_unequal_eigenvalues() -> None:
    eigenvalues, rng = np.array([3.0, 1.0, 0.2]), np.random.default_rng(5)
    sums = rng.chisquare(1, (200_000, 3)) @ eigenvalues
    assert saddlepoint_tail(12.0, eigenvalues) == pytest.approx((sums > 12).mean(), rel=0.03)
    ratios = sums / (rng.chisquare(10, 200_000) / 10)
    assert saddlepoint_tail(12.0, eigenvalues, 10) == pytest.approx((ratios > 12).mean(), rel=0.03)


def test_at_the_mean_the_answer_is_satterthwaites() -> None:
    eigenvalues = np.array([2.0, 1.0])
    assert saddlepoint_tail(3.0, eigenvalues) == satterthwaite_tail(3.0, eigenvalues)


def test_everything_exceeds_zero_and_eigenvalues_of_rounding_noise_do_not_count() -> None:
    assert saddlepoint_tail(0.0, np.ones(2), 5) == 1.0
    assert saddlepoint_tail(9.0, np.array([2.0, 1.0, -1e-17])) == saddlepoint_tail(9.0, np.array([2.0, 1.0]))


def test_the_far_tail_is_finite_and_positive() -> None:
    assert 0 < saddlepoint_tail(1000.0, np.array([1.0, 0.5])) < 1e-200

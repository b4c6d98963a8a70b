"""What an adjustment of weights does to scores: weighted residuals of a regression."""

import numpy as np
import numpy.typing as npt
import pytest
import scipy

from survey_app.estimation.adjustments import Adjustment
from survey_app.estimation.design import Design
from survey_app.estimation.means import total
from survey_app.estimation.stages import MismatchedRows

RNG = np.random.default_rng(5)
X = np.column_stack([np.ones(30), RNG.normal(size=30), RNG.integers(0, 2, 30)])
BEFORE = RNG.uniform(1, 4, 30)
AFTER = BEFORE * RNG.uniform(0.8, 1.3, 30)


def adjustment(x: npt.NDArray[np.float64] = X, blocks: tuple[slice, ...] | None = None) -> Adjustment:
    return Adjustment(scipy.sparse.csr_array(x), BEFORE, AFTER, blocks)


def test_residuals_are_those_of_weighted_least_squares() -> None:
    z = RNG.normal(size=(30, 2))
    root = np.sqrt(BEFORE)[:, None]
    slopes = np.linalg.lstsq(X * root, z * root, rcond=None)[0]
    expected = (z - X @ slopes) * AFTER[:, None]
    assert adjustment().residuals(z * AFTER[:, None]) == pytest.approx(expected, abs=1e-12)


def test_a_total_of_an_auxiliary_has_no_variance() -> None:
    design = Design.create(weights=BEFORE).adjusted(AFTER, adjustment())
    assert total(X, design).se == pytest.approx([0, 0, 0], abs=1e-9)


def test_collinear_auxiliaries_change_nothing() -> None:
    scores = RNG.normal(size=(30, 1))
    doubled = np.column_stack([X, X[:, 1] * 3])
    assert adjustment(doubled).residuals(scores) == pytest.approx(adjustment().residuals(scores), abs=1e-9)


def test_sweeps_over_margins_reach_the_regression_on_all_of_them() -> None:
    first, second = RNG.integers(0, 3, 30), RNG.integers(0, 2, 30)
    margins = np.column_stack([first[:, None] == np.arange(3), second[:, None] == np.arange(2)]).astype(float)
    scores = RNG.normal(size=(30, 1))
    swept = adjustment(margins, (slice(0, 3), slice(3, 5))).residuals(scores)
    assert swept == pytest.approx(adjustment(margins).residuals(scores), abs=1e-6)


def test_rows_of_weight_zero_stay_zero() -> None:
    after = np.where(np.arange(30) < 5, 0.0, AFTER)
    step = Adjustment(scipy.sparse.csr_array(X), BEFORE, after)
    assert not step.residuals(np.ones((30, 1)) * after[:, None])[:5].any()


def test_a_design_refuses_weights_of_another_length() -> None:
    with pytest.raises(MismatchedRows, match="29 weights for a design of 30 rows"):
        Design.create(weights=BEFORE).adjusted(AFTER[:-1])

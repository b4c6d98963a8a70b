import numpy as np
import pytest

from survey_app.estimation.weighting.distances import distance

METHODS = [
    ("linear", (-np.inf, np.inf)),
    ("linear", (0.4, 3.0)),
    ("raking", (0.0, np.inf)),
    ("raking", (0.4, 3.0)),
    ("logit", (0.4, 3.0)),
]
PREDICTORS = np.linspace(-0.9, 1.9, 57)


@pytest.mark.parametrize(("method", "bounds"), METHODS)
def test_a_predictor_of_zero_leaves_the_weight_as_it_is(method: str, bounds: tuple[float, float]) -> None:
    # Deville and Saerndal (1992), section 2: F(0) = F'(0) = 1 makes all methods agree for small changes
    found = distance(method, bounds)
    assert found.factor(np.zeros(1)) == pytest.approx(1, rel=1e-15)
    assert found.slope(np.zeros(1)) == pytest.approx(1, rel=1e-14)


@pytest.mark.parametrize(("method", "bounds"), METHODS)
def test_slope_and_value_are_derivative_and_integral_of_the_factor(
    method: str, bounds: tuple[float, float]
) -> None:
    found, step = distance(method, bounds), 1e-6
    smooth = np.abs(PREDICTORS[:, None] - np.array([-0.6, 2.0, *np.log([0.4, 3.0])])).min(axis=1) > 2 * step
    u = PREDICTORS[smooth]
    for function, derivative in ((found.factor, found.slope), (found.value, found.factor)):
        assert (function(u + step) - function(u - step)) / (2 * step) == pytest.approx(
            derivative(u), rel=1e-7, abs=1e-8
        )


def test_logit_is_the_formula_of_its_authors() -> None:
    # Deville and Saerndal (1992), p. 378, case 6
    low, high = 0.4, 3.0
    grown = np.exp((high - low) / ((1 - low) * (high - 1)) * PREDICTORS)
    expected = (low * (high - 1) + high * (1 - low) * grown) / (high - 1 + (1 - low) * grown)
    assert distance("logit", (low, high)).factor(PREDICTORS) == pytest.approx(expected, rel=1e-13)

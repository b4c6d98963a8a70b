import numpy as np
import pytest

from survey_app.estimation.design import Design
from survey_app.estimation.estimates import MismatchedValues, contrast
from survey_app.estimation.means import mean

VALUES = np.array([[1.0, 2.0, np.nan], [3.0, 1.0, np.nan], [5.0, np.nan, np.nan], [2.0, 8.0, np.nan]])


def test_a_difference_uses_the_covariance_of_its_parts() -> None:
    means = mean(VALUES, Design.create(weights=np.ones(4)))
    found = contrast(means, [1, -1, 0])
    variance = means.vcov[0, 0] + means.vcov[1, 1] - 2 * means.vcov[0, 1]
    assert found.se[0] == pytest.approx(np.sqrt(variance))
    assert (found.n[0], found.df_domain[0]) == (3, 2)


def test_an_undefined_part_matters_only_where_it_is_used() -> None:
    means = mean(VALUES, Design.create(weights=np.ones(4)))
    found = contrast(means, [[1, 1, 0], [1, 0, 1]])
    assert np.isnan(found.estimate).tolist() == [False, True]
    assert np.isnan(np.diag(found.vcov)).tolist() == [False, True]


def test_coefficients_must_fit() -> None:
    with pytest.raises(MismatchedValues, match="2 coefficients for 3 estimates"):
        contrast(mean(VALUES, Design.create(weights=np.ones(4))), [1, 1])


def test_estimates_cannot_be_changed() -> None:
    found = mean(VALUES, Design.create(weights=np.ones(4)))
    with pytest.raises(ValueError, match="read-only"):
        found.estimate[0] = 0

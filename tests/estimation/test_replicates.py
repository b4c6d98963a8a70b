"""Given replicate weights: checks, covariance and degrees of freedom."""

from typing import Any

import numpy as np
import pytest

from survey_app.estimation.codes import UnableToEstimate
from survey_app.estimation.means import mean
from survey_app.estimation.quantiles import UnusableInterval, quantile
from survey_app.estimation.replicates import (
    ReplicateDesign,
    UnusableReplicates,
    covariance_of_replicates,
    rank,
)

Y = np.array([1.0, 2.0, 4.0, 7.0])
JACKKNIFE = (1 - np.eye(4)) * 4 / 3


def jackknife(**options: Any) -> ReplicateDesign:
    return ReplicateDesign.create(weights=np.ones(4), replicate_weights=JACKKNIFE, scale=3 / 4, **options)


def test_the_jackknife_of_a_mean_is_its_textbook_variance() -> None:
    """J. Shao, D. Tu, The Jackknife and Bootstrap (Springer 1995), section 1.3: s^2 / n for a mean."""
    assert mean(Y, jackknife()).se[0] == pytest.approx(np.sqrt(Y.var(ddof=1) / 4), rel=1e-14)


def test_squares_around_the_estimate_or_around_the_mean_of_the_replicates() -> None:
    replicates = np.array([[1.0], [3.0], [2.0], [6.0]])
    around_mean = covariance_of_replicates(np.array([0.0]), replicates, jackknife())
    around_estimate = covariance_of_replicates(np.array([0.0]), replicates, jackknife(mse=True))
    assert (around_mean[0, 0], around_estimate[0, 0]) == (0.75 * 14, 0.75 * 50)


def test_replicates_without_an_estimate_are_left_out() -> None:
    replicates = np.array([[1.0], [np.nan], [3.0], [2.0]])
    assert covariance_of_replicates(np.array([2.0]), replicates, jackknife())[0, 0] == 0.75 * 2


def test_a_variance_without_any_replicate_is_undefined() -> None:
    assert np.isnan(covariance_of_replicates(np.array([2.0]), np.full((4, 1), np.nan), jackknife())).all()


def test_degrees_of_freedom_are_the_rank_minus_one_and_fewer_in_a_domain() -> None:
    domain = np.array([True, True, True, False])
    found = mean(Y, jackknife(), domain=domain)
    assert (found.df, found.df_domain[0]) == (3, 2)


def test_given_degrees_of_freedom_hold_until_rows_are_left_out() -> None:
    """R survey, `degf` of a svyrep.design: given ones are kept, those of a subset are counted anew."""
    found = mean(np.column_stack([Y, [1, 2, np.nan, 4]]), jackknife(degf=9))
    assert (found.df, found.df_domain.tolist()) == (9, [9, 2])


def test_a_few_negative_replicate_weights_are_as_good_as_others() -> None:
    """Rescaled and generalised bootstraps have them: J.-F. Beaumont, Z. Patak, Int. Stat. Review 80 (2012)."""
    factors = np.array([[-0.5, 2.5], [1.5, 0.5], [1.0, 1.0], [2.0, 0.0]])
    design = ReplicateDesign.create(weights=np.ones(4), replicate_weights=factors, scale=0.5)
    found = mean(Y, design)
    replicates = factors.T @ Y / factors.sum(axis=0)
    assert found.se[0] == pytest.approx(np.sqrt(0.5 * ((replicates - replicates.mean()) ** 2).sum()))
    with pytest.raises(UnusableInterval, match="negative weights has no quantiles"):
        quantile(Y, design, 0.5, interval="quantile")


def test_rank_counts_columns_that_are_new() -> None:
    columns = np.array([[1.0, 2.0, 0.0, 1.0], [1.0, 2.0, 1.0, 2.0], [0.0, 0.0, 1.0, 1.0]])
    assert (rank(columns), rank(np.zeros((3, 2))), rank(np.ones((0, 2)))) == (2, 0, 0)


def test_factors_become_weights_when_they_are_not_combined() -> None:
    design = ReplicateDesign.create(
        weights=[2.0, 3.0], replicate_weights=[[0, 2], [2, 0]], scale=0.5, combined_weights=False
    )
    assert design.replicate_weights.tolist() == [[0, 4], [6, 0]]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"replicate_weights": JACKKNIFE[:3]}, "rows x replicates"),
        ({"replicate_weights": JACKKNIFE[:, :1]}, "at least two replicates"),
        ({"replicate_weights": np.where(JACKKNIFE == 0, np.nan, 1)}, "missing or infinite"),
        ({"replicate_weights": -JACKKNIFE}, "replicate 1 sum to -4"),
        ({"replicate_weights": JACKKNIFE * [1, 1, 1, 0]}, "replicate 4 sum to 0"),
        ({"scale": 0}, "scale=0"),
        ({"scale": np.nan}, "scale=nan"),
        ({"rscales": [1, 1]}, "rscales of shape"),
        ({"rscales": [1, 1, 1, -1]}, "one number >= 0"),
        ({"weights": [1, 1, np.nan, 1]}, "weights are missing"),
        ({"weights": [0, 0, 0, 0]}, "All weights are zero"),
    ],
)
def test_impossible_replicates_are_refused(changes: dict[str, Any], words: str) -> None:
    given: dict[str, Any] = {"weights": np.ones(4), "replicate_weights": JACKKNIFE, "scale": 0.75} | changes
    with pytest.raises(UnableToEstimate, match=words):
        ReplicateDesign.create(**given)


def test_the_refusal_of_scales_has_a_name_of_its_own() -> None:
    with pytest.raises(UnusableReplicates):
        jackknife(rscales=[1])

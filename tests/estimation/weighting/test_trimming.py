"""Trimming: bounds are kept, the sum is kept, and what cannot be is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.means import mean
from survey_app.estimation.weighting.distances import UnusableBounds
from survey_app.estimation.weighting.poststratification import poststratify
from survey_app.estimation.weighting.raking import Margin, rake
from survey_app.estimation.weighting.trimming import ImpossibleTrimming, Trimming, trim
from tests.estimation.api_schools import CLUS, DISTRICTS, numbers


def test_trimming_a_raked_design_equals_r() -> None:
    """R survey 4.1-1: trimWeights(rake(postStratify(dclus1, ~stype, ...), ...), 48, 20, strict = TRUE)."""
    design, _ = poststratify(DISTRICTS, CLUS["stype"], {"E": 4421, "H": 755, "M": 1018})
    margins = [
        Margin("sch.wide", CLUS["sch_wide"], {"No": 1072, "Yes": 5122}),
        Margin("comp.imp", CLUS["comp_imp"], {"No": 1712, "Yes": 4482}),
    ]
    design, report = trim(rake(design, margins)[0], lower=20, upper=48)
    found = mean(numbers(CLUS["api00"]), design)
    assert found.estimate[0] == pytest.approx(641.2436547920787, rel=1e-9)
    assert found.se[0] == pytest.approx(23.706033661610114, rel=1e-8)
    assert report.sum_after == pytest.approx(6194)
    assert report.at_upper == int((design.weights == 48).sum()) > 0


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 60))
def test_keeps_the_bounds_and_the_sum_or_refuses(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.lognormal(0, 1, n) * (rng.random(n) < 0.9)
    weights[0] = 1.0
    average = weights.sum() / (weights > 0).sum()
    lower, upper = average * rng.uniform(0, 1), average * rng.uniform(1.001, 4)
    try:
        after, _ = Trimming.create(lower=lower, upper=upper).adjust(weights)
    except ImpossibleTrimming:
        return
    assert after.sum() == pytest.approx(weights.sum(), rel=1e-11)
    assert ((after == 0) == (weights == 0)).all()
    assert lower <= after[after > 0].min()
    assert after.max() <= upper


def test_what_is_cut_off_goes_equally_to_the_others() -> None:
    after, report = Trimming.create(upper=6).adjust(np.array([1.0, 3, 0, 10]))
    assert after.tolist() == [3, 5, 0, 6]
    assert (report.iterations, report.at_upper) == (1, 1)


def test_without_strict_the_excess_may_push_others_over_the_bound() -> None:
    once, _ = Trimming.create(upper=6, strict=False).adjust(np.array([1.0, 5, 10]))
    strict, report = Trimming.create(upper=6).adjust(np.array([1.0, 5, 10]))
    assert once.tolist() == [3, 7, 6]
    assert strict == pytest.approx([4, 6, 6])
    assert report.iterations > 1


def test_weights_within_the_bounds_stay_as_they_are() -> None:
    after, report = Trimming.create(lower=1, upper=3).adjust(np.array([1.0, 2, 3]))
    assert after.tolist() == [1, 2, 3]
    assert report.iterations == 0


@pytest.mark.parametrize(
    ("weights", "lower", "upper", "message"),
    [
        ([4.0, 5], 0, 4, "mean weight 4.5 lies outside"),
        ([1.0, 2], 3, 9, "mean weight"),
        ([1.0, 12], 2, 9, "Nothing can take up"),
    ],
)
def test_bounds_that_cannot_be_kept_are_refused(
    weights: list[float], lower: float, upper: float, message: str
) -> None:
    with pytest.raises(ImpossibleTrimming, match=message):
        Trimming.create(lower=lower, upper=upper).adjust(np.array(weights))


@pytest.mark.parametrize("bounds", [(3, 2), (0, 0), (np.nan, 2), (0, np.nan)])
def test_bounds_must_be_in_order(bounds: tuple[float, float]) -> None:
    with pytest.raises(UnusableBounds, match="larger, positive upper"):
        Trimming.create(lower=bounds[0], upper=bounds[1])


def test_no_rows_need_no_trimming() -> None:
    after, report = Trimming.create(upper=3).adjust(np.zeros(0))
    assert after.size == report.n == 0

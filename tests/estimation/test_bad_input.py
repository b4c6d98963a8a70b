"""Unusable input meets a defined result or an error that names what is wrong, never a silent figure."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from survey_app.estimation.codes import MissingCode, UnableToEstimate, UnreadableCode
from survey_app.estimation.composite import composite_index
from survey_app.estimation.design import Design, MissingWeight, NegativeWeight, WeightsSumToZero
from survey_app.estimation.estimates import MismatchedValues
from survey_app.estimation.intervals import UnknownLevel
from survey_app.estimation.means import kish, mean, proportion, ratio, total
from survey_app.estimation.quantiles import quantile
from survey_app.estimation.replicates import ReplicateDesign, UnusableReplicates
from survey_app.estimation.stages import MismatchedRows, PopulationSmallerThanSample, PSUInTwoStrata
from survey_app.estimation.variance import AnyDesign, LonelyPSU

Estimator = Callable[..., Any]


def median(values: Any, design: AnyDesign, **options: Any) -> Any:
    return quantile(values, design, 0.5, **options)


def same_ratio(values: Any, design: AnyDesign, **options: Any) -> Any:
    return ratio(values, np.ones_like(values), design, **options)


def index(values: Any, design: Design, **options: Any) -> Any:
    scores = np.asarray(values, dtype=np.float64) / 10
    scores = scores[:, None] if scores.ndim == 1 else scores
    domain = options.get("domain")
    found = composite_index(
        scores=scores,
        coefficients=np.full((1, scores.shape[1]), 1 / scores.shape[1]),
        design=design,
        domains=None if domain is None else np.where(domain, 0, -1),
        domain_count=1,
    )
    return found.overall if domain is None else found.domains


EVERY = pytest.mark.parametrize("estimator", [mean, total, same_ratio, median, index])
LINEAR = Design.create(weights=np.ones(6), strata=[1, 1, 1, 2, 2, 2])
REPLICATES = ReplicateDesign.create(
    weights=np.ones(6), replicate_weights=np.where(np.eye(6), 0.0, 1.2), scale=5 / 6
)


@pytest.mark.parametrize(
    ("weights", "error", "words"),
    [
        ([1.0, np.nan], MissingWeight, "row 1"),
        ([1.0, np.inf], MissingWeight, "infinite"),
        ([1.0, -0.5], NegativeWeight, "row 1"),
        ([0.0, 0.0], WeightsSumToZero, "positive weight"),
        ([[1.0, 1.0]], MismatchedRows, "one-dimensional"),
    ],
)
def test_unusable_weights_are_refused(weights: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        Design.create(weights=weights)


def test_replicates_of_unusable_weights_are_refused() -> None:
    with pytest.raises(UnusableReplicates, match="replicate 1 sum to 0"):
        ReplicateDesign.create(weights=[1, 1], replicate_weights=[[1, 2], [-1, 2]], scale=1)
    with pytest.raises(NegativeWeight):
        ReplicateDesign.create(weights=[1, -1], replicate_weights=[[1, 2], [1, 2]], scale=1)
    with pytest.raises(WeightsSumToZero):
        ReplicateDesign.create(weights=[0, 0], replicate_weights=[[1, 2], [1, 2]], scale=1)


def test_codes_may_be_words_but_not_missing_and_not_of_two_kinds() -> None:
    words = Design.create(weights=[1, 1, 1, 1], strata=["đô thị", "đô thị", "nông thôn", "nông thôn"])
    assert mean([1.0, 2.0, 3.0, 4.0], words).estimate[0] == 2.5
    with pytest.raises(MissingCode, match=r"strata.*row 1"):
        Design.create(weights=[1, 1], strata=["a", ""])
    with pytest.raises(UnreadableCode, match=r"psus, stage 1"):
        Design.create(weights=[1, 1], psus=np.array(["a", 1], dtype=object))


def test_a_psu_in_two_strata_is_refused_with_both() -> None:
    with pytest.raises(PSUInTwoStrata, match=r"PSU 7 .* a, b.*nest=True"):
        Design.create(weights=[1, 1], strata=["a", "b"], psus=[7, 7])


def test_a_population_smaller_than_the_sample_is_refused() -> None:
    with pytest.raises(PopulationSmallerThanSample, match="not a fraction"):
        Design.create(weights=[1, 1], fpc=[0.5, 0.5])


@pytest.mark.parametrize(
    ("estimator", "design"),
    [
        *((estimator, LINEAR) for estimator in (mean, total, same_ratio, median, index)),
        *((estimator, REPLICATES) for estimator in (mean, total, same_ratio, median)),
    ],
)
def test_an_empty_domain_is_undefined_and_not_zero(estimator: Estimator, design: AnyDesign) -> None:
    found = estimator(np.arange(6.0), design, domain=np.zeros(6, dtype=np.bool_))
    assert np.isnan([found.estimate, found.se, found.ci_low, found.ci_high]).all()
    assert np.ravel(found.n).tolist() == [0]


@EVERY
def test_a_column_without_answers_is_undefined(estimator: Estimator) -> None:
    found = estimator(np.full(6, np.nan), LINEAR)
    assert np.isnan([found.estimate, found.se]).all()


@EVERY
def test_no_rows_give_nothing_to_estimate(estimator: Estimator) -> None:
    nobody = Design.create(weights=np.empty(0))
    found = estimator(np.empty((0, 1)), nobody)
    assert np.isnan([found.estimate, found.se, found.ci_low, found.ci_high]).all()
    assert np.ravel(found.n).tolist() == [0]


def test_no_rows_have_no_levels_and_no_weighting_effect() -> None:
    nobody = Design.create(weights=np.empty(0))
    assert proportion([], nobody)[0].size == 0
    assert np.isnan(kish(nobody).deff)


@EVERY
def test_one_row_of_a_larger_population_is_a_lonely_psu(estimator: Estimator) -> None:
    with pytest.raises(LonelyPSU, match='lonely_psu="adjust"'):
        estimator(np.array([4.0]), Design.create(weights=[1.0]))


@EVERY
def test_one_row_has_an_estimate_when_the_rule_says_so(estimator: Estimator) -> None:
    found = estimator(np.array([4.0]), Design.create(weights=[1.0], lonely_psu="remove"))
    assert np.isfinite(found.estimate).all()
    assert np.ravel(found.n).tolist() == [1]


@EVERY
def test_one_psu_left_in_a_domain_leaves_no_degrees_of_freedom(estimator: Estimator) -> None:
    design = Design.create(weights=np.ones(6), psus=[1, 1, 2, 2, 3, 3])
    found = estimator(np.arange(6.0), design, domain=np.array([True, True] + [False] * 4))
    assert np.isfinite(found.estimate).all()
    # its mean has no variance that the design could see; a total has one, but no t
    assert np.isnan(found.ci_low).all() == (estimator in (total, median))


@EVERY
def test_a_constant_item_has_no_variance(estimator: Estimator) -> None:
    found = estimator(np.full(6, 0.1), LINEAR)
    assert (np.ravel(found.se) <= 0).all()


@EVERY
def test_three_hundred_items_are_estimated_like_each_alone(estimator: Estimator) -> None:
    values = np.random.default_rng(1).integers(1, 6, (60, 300)).astype(np.float64)
    design = Design.create(weights=np.linspace(1, 2, 60), strata=np.arange(60) % 3)
    many, alone = estimator(values, design), estimator(values[:, [271]], design)
    if estimator is index:
        assert (np.ravel(many.n).tolist(), np.isfinite(many.se).all()) == ([60], True)
    else:
        assert many.estimate[271] == pytest.approx(alone.estimate[0], rel=1e-14)
        assert many.se[271] == pytest.approx(alone.se[0], rel=1e-12)


@pytest.mark.parametrize("estimator", [mean, total, median])
def test_values_of_another_length_or_infinite_are_refused(estimator: Estimator) -> None:
    with pytest.raises(MismatchedValues, match="shape"):
        estimator([1.0, 2.0], LINEAR)
    with pytest.raises(MismatchedValues, match="infinity"):
        estimator([1.0, 2.0, 3.0, 4.0, 5.0, np.inf], LINEAR)


@pytest.mark.parametrize("estimator", [mean, total, same_ratio, median])
@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_levels_outside_zero_and_one_are_refused(estimator: Estimator, level: float) -> None:
    with pytest.raises(UnknownLevel):
        estimator(np.arange(6.0), LINEAR, level=level)


def test_words_where_quantiles_need_numbers_are_refused() -> None:
    with pytest.raises(MismatchedValues, match="not numbers"):
        median(["a"] * 6, LINEAR)


def test_every_refusal_is_one_family() -> None:
    """Doors catch the family; nobody has to know the members."""
    refusals = {MissingWeight, NegativeWeight, PSUInTwoStrata, MissingCode, LonelyPSU, MismatchedValues}
    assert all(issubclass(refusal, UnableToEstimate) for refusal in refusals)

"""Non-response: the weight of a class stays, respondents carry it, silent classes need a merger."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.codes import UnableToEstimate
from survey_app.estimation.design import Design
from survey_app.estimation.means import mean
from survey_app.estimation.stages import MismatchedRows
from survey_app.estimation.weighting.classes import MissingClass
from survey_app.estimation.weighting.nonresponse import (
    NobodyResponded,
    NonresponseAdjustment,
    UnusableCollapse,
    adjust_for_nonresponse,
)

ANSWERED, CLASSES = np.array([True, True, False, False]), np.array(["a", "b", "b", "c"])


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(6, 60))
def test_keeps_the_weight_of_every_class(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    classes = np.arange(n) % 3
    answered, weights = rng.random(n) < 0.6, rng.uniform(1, 9, n)
    answered[:3] = True
    after, report = NonresponseAdjustment.create(answered, classes).adjust(weights)
    assert np.bincount(classes, after) == pytest.approx(np.bincount(classes, weights))
    assert (after[~answered] == 0).all()
    assert report.n == answered.sum()
    assert report.g_min >= 1 - 1e-12


def test_answers_depend_on_the_class_and_the_mean_is_repaired() -> None:
    """Half of the young and all of the old answer: the mean of the sample is 0.5."""
    young = np.repeat([True, False], 40)
    answered = np.where(young, np.arange(80) % 2 == 0, True)
    design, _ = adjust_for_nonresponse(Design.create(weights=np.ones(80)), answered, young)
    values = np.where(answered, young.astype(float), np.nan)
    assert mean(values, design).estimate[0] == pytest.approx(0.5)
    assert design.adjustments == ()


def test_a_silent_class_is_refused_until_it_is_merged() -> None:
    with pytest.raises(NobodyResponded, match=r"nobody responded in c .*collapse"):
        NonresponseAdjustment.create(ANSWERED, CLASSES).adjust(np.ones(4))
    after, report = NonresponseAdjustment.create(ANSWERED, CLASSES, collapse={"c": "b"}).adjust(np.ones(4))
    assert after.tolist() == [1, 3, 0, 0]
    assert report.empty == ("response classes: c (merged into b)",)


def test_mergers_follow_one_another() -> None:
    step = NonresponseAdjustment.create(ANSWERED, CLASSES, collapse={"c": "b", "b": "a"})
    assert step.adjust(np.ones(4))[0].tolist() == [2, 2, 0, 0]


@pytest.mark.parametrize(
    ("answered", "classes", "collapse", "error", "message"),
    [
        (ANSWERED, CLASSES, {"c": "d"}, UnusableCollapse, "no class d"),
        (ANSWERED, CLASSES, {"c": "b", "b": "c"}, UnusableCollapse, "circle"),
        (ANSWERED, CLASSES, {"c": "c"}, UnusableCollapse, "circle"),
        (ANSWERED, np.array(["a", "b", "", "a"]), None, MissingClass, "class of its own"),
        (ANSWERED[:3], CLASSES, None, MismatchedRows, "one boolean a row"),
        (np.array([1, 0, 1, 1]), CLASSES, None, MismatchedRows, "one boolean a row"),
        (ANSWERED[:3], CLASSES[:3], None, MismatchedRows, "4 weights for 3 rows"),
        (np.zeros(4, dtype=bool), np.ones(4), None, NobodyResponded, "nobody responded in 1"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(
    answered: Any, classes: Any, collapse: Any, error: type[UnableToEstimate], message: str
) -> None:
    with pytest.raises(error, match=message):
        NonresponseAdjustment.create(answered, classes, collapse=collapse).adjust(np.ones(4))

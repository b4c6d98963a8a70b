"""The index against an independent computation in plain Python."""

from __future__ import annotations

from collections import defaultdict
from math import exp, log, sqrt

import numpy as np
import pytest
from scipy.special import stdtrit

from survey_app.questionnaires.rules import build
from survey_app.results.rules.index import Answers, index_of

OFFICES = 4
CRITERIA = {"q1": 0, "q2": 1, "q3": 2, "q4": 4}  # column of the codes
NODES = {
    "overall": ["q1", "q2", "q3", "q4"],
    "A": ["q1", "q2", "q3"],
    "F1": ["q1", "q2"],
    "F2": ["q3"],
    "B": ["q4"],
    **{name: [name] for name in CRITERIA},
}


@pytest.fixture(scope="module")
def answers() -> Answers:
    """900 responses of 4 offices that differ in size and in satisfaction, with 10 % blanks."""
    rng = np.random.default_rng(20261121)
    offices = rng.choice(OFFICES, size=900, p=[0.5, 0.3, 0.15, 0.05])
    mood = rng.normal(size=(900, 1)) + rng.normal(size=(900, 5)) + 0.3 * offices[:, None]
    codes = (1 + np.searchsorted([-2, -1, 0, 1.2], mood)).astype(np.int8)
    codes[rng.random(codes.shape) < 0.1] = 0
    codes[:, 3] = 1
    return Answers(offices, rng.random(900) < 0.05, codes)


@pytest.fixture(scope="module")
def document(trial):
    """The trial questionnaire."""
    return trial()


@pytest.fixture(scope="module")
def index(answers, document):
    """The index under test."""
    questionnaire = build(document)
    return index_of(answers, questionnaire, questionnaire.recipe, OFFICES)


def by_hand(answers: Answers, items: list[str], rows: list[int]) -> dict[str, float]:
    """Mean of criterion shares over `rows`, its stratified linearised standard error and logit interval.

    Formulas: Lumley, Complex Surveys (2010), section 2.2; strata are offices, every response is a unit.
    """
    satisfied = {
        item: {
            row: float(answers.codes[row, CRITERIA[item]] >= 4)
            for row in rows
            if answers.codes[row, CRITERIA[item]]
        }
        for item in items
    }
    shares = {item: sum(given.values()) / len(given) for item, given in satisfied.items()}
    estimate = sum(shares.values()) / len(items)
    scores = defaultdict(list)
    for row in rows:
        parts = [
            (satisfied[item][row] - shares[item]) / len(satisfied[item])
            for item in items
            if row in satisfied[item]
        ]
        scores[answers.offices[row]].append(sum(parts) / len(items))
    variance = 0.0
    for values in scores.values():
        mean = sum(values) / len(values)
        variance += len(values) / (len(values) - 1) * sum((value - mean) ** 2 for value in values)
    se = sqrt(variance)
    answered = {row for given in satisfied.values() for row in given}
    df = len(answered) - len({answers.offices[row] for row in answered})
    half = stdtrit(df, 0.975) * se / (estimate * (1 - estimate))
    low, high = (1 / (1 + exp(-(log(estimate / (1 - estimate)) + sign * half))) for sign in (-1, 1))
    return {"estimate": estimate, "se": se, "ci_low": low, "ci_high": high, "n": len(answered), "df": df}


def figure(scope, name):
    """Find a node by its id."""
    levels = [*scope["contents"], *scope["factors"], *scope["criteria"]]
    return scope["overall"] if name == "overall" else next(node for node in levels if node["id"] == name)


@pytest.mark.parametrize("name", NODES)
def test_agrees_with_plain_python_for_the_whole_campaign(index, answers, name):
    expected = by_hand(answers, NODES[name], list(range(900)))
    found = figure(index.whole, name)
    for key in ("estimate", "se", "ci_low", "ci_high"):
        assert found[key] == pytest.approx(100 * expected[key], abs=2e-9)
    assert (found["n"], found["df"], found["interval"]) == (expected["n"], expected["df"], "logit")


@pytest.mark.parametrize("name", NODES)
@pytest.mark.parametrize("office", [0, 1, 2])
def test_agrees_with_plain_python_for_each_office(index, answers, name, office):
    rows = [row for row in range(900) if answers.offices[row] == office]
    expected = by_hand(answers, NODES[name], rows)
    found = figure(index.offices[office], name)
    assert found["estimate"] == pytest.approx(100 * expected["estimate"], abs=2e-9)
    assert found["se"] == pytest.approx(100 * expected["se"], abs=2e-9)
    assert (found["n"], found["df"]) == (expected["n"], expected["df"])


def test_smallest_item_n_is_that_of_the_least_answered_criterion(index, answers):
    counts = [int((answers.codes[:, column] != 0).sum()) for column in CRITERIA.values()]
    assert index.whole["overall"]["n_min"] == min(counts)


def test_shows_the_overall_index_under_the_other_score_method(index, answers):
    columns = list(CRITERIA.values())
    codes = np.where(answers.codes == 0, np.nan, answers.codes.astype(float))[:, columns]
    expected = float(np.nanmean((codes - 1) / 4, axis=0).mean())
    other = index.sensitivity["other_score"]
    assert other["score"] == "mean_scaled"
    assert other["overall"]["estimate"] == pytest.approx(100 * expected, abs=2e-9)


def test_shows_the_overall_index_without_flagged_responses(index, answers):
    rows = [row for row in range(900) if not answers.flagged[row]]
    found = index.sensitivity["without_flagged"]
    assert found["left_out"] == int(answers.flagged.sum())
    assert found["overall"]["estimate"] == pytest.approx(
        100 * by_hand(answers, NODES["overall"], rows)["estimate"]
    )
    assert found["overall"]["n"] == len(rows)


def test_counts_flagged_responses_in_every_other_figure(index):
    assert index.whole["overall"]["n"] == 900


def test_an_office_without_responses_has_nulls_and_n_0(answers, document):
    questionnaire = build(document)
    index = index_of(answers, questionnaire, questionnaire.recipe, OFFICES + 1)
    empty = index.offices[OFFICES]["overall"]
    assert empty["n"] == 0
    assert [empty[key] for key in ("estimate", "se", "ci_low", "ci_high", "deff", "interval")] == [None] * 6


def test_an_office_with_one_response_does_not_stop_the_run(document):
    questionnaire = build(document)
    codes = np.array([[5, 4, 5, 1, 4]] * 20 + [[2, 2, 2, 1, 2]], dtype=np.int8)
    answers = Answers(np.array([0] * 20 + [1]), np.zeros(21, dtype=np.bool_), codes)
    index = index_of(answers, questionnaire, questionnaire.recipe, 2)
    assert index.offices[1]["overall"]["n"] == 1
    assert index.whole["overall"]["estimate"] == pytest.approx(100 * 20 / 21)


def test_a_criterion_that_nobody_answered_leaves_its_composites_undefined(document):
    questionnaire = build(document)
    codes = np.array([[5, 4, 0, 1, 4], [4, 3, 0, 1, 2]] * 10, dtype=np.int8)
    index = index_of(
        Answers(np.zeros(20, dtype=np.int64), np.zeros(20, dtype=np.bool_), codes),
        questionnaire,
        questionnaire.recipe,
        1,
    )
    found = {name: figure(index.whole, name)["estimate"] for name in NODES}
    assert (found["q3"], found["F2"], found["A"], found["overall"]) == (None, None, None, None)
    assert found["F1"] == pytest.approx(75)


def test_says_how_often_each_interval_method_was_used(index):
    assert set(index.intervals) <= {"logit", "korn_graubard", "clopper_pearson", "none"}
    assert sum(index.intervals.values()) == len(NODES) * (OFFICES + 1)

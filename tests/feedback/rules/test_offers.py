"""What the page of a case offers."""

from __future__ import annotations

import pytest

from survey_app.feedback.rules.offers import FIELDS_OF, PAGE_OF, Ground, ground_label, in_order, offer_label
from survey_app.feedback.rules.permissions import ACTION_OF
from survey_app.feedback.rules.states import MOVES, State, Step, steps_from
from survey_app.feedback.rules.timeline import event_label

NOT_HERE = {Step.OPEN, Step.SUCCEED}


@pytest.mark.parametrize("state", list(State))
def test_every_step_that_a_person_may_take_has_one_way_to_it(state: State) -> None:
    possible = {step for step in steps_from(state) if step in ACTION_OF} - NOT_HERE
    offered = in_order(state, possible)

    assert {PAGE_OF.get(step, step) for step in offered} == {PAGE_OF.get(step, step) for step in possible}
    assert len({PAGE_OF.get(step, step) for step in offered}) == len(offered)


@pytest.mark.parametrize(
    ("state", "first"),
    [
        (State.NEW, Step.RECEIVE),
        (State.RECEIVED, Step.ASSIGN),
        (State.ASSIGNED, Step.TAKE),
        (State.IN_PROGRESS, Step.DRAFT),
        (State.DRAFTED, Step.APPROVE),
        (State.MERGED, Step.UNMERGE),
    ],
)
def test_the_most_likely_step_comes_first(state: State, first: Step) -> None:
    assert in_order(state, steps_from(state))[0] is first


def test_every_offer_has_words_and_a_form_or_a_page() -> None:
    for step in set(ACTION_OF) - NOT_HERE:
        assert offer_label(step)
        assert step in FIELDS_OF or step in PAGE_OF


def test_a_move_that_says_why_asks_for_it_and_one_that_names_a_body_too() -> None:
    forms = [move for move in MOVES if move.step in FIELDS_OF]

    assert {move.step for move in forms if move.says_why and "reason" not in FIELDS_OF[move.step]} == set()
    assert {move.step for move in forms if move.names_body and "body" not in FIELDS_OF[move.step]} == set()


def test_every_event_has_words() -> None:
    assert all(event_label(step) for step in Step)


@pytest.mark.parametrize("ground", list(Ground))
def test_a_ground_names_the_decree_it_stands_on(ground: Ground) -> None:
    assert "NĐ 20/2008/NĐ-CP, Điều" in ground_label(ground) or "NĐ 154/2026/NĐ-CP, Điều 4" in ground_label(
        ground
    )

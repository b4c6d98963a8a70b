"""The table of moves hangs together, and its picture in the docs is the table's."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_app.feedback.rules.merging import delays, may_be_primary
from survey_app.feedback.rules.states import (
    ENDED,
    MOVES,
    OPEN,
    TURNED_ASIDE,
    Clock,
    State,
    Step,
    diagram,
    is_receipt,
    move_from,
)
from tests.conftest import NOW

DOC = Path(__file__).parents[3] / "docs" / "feedback-states.md"


def test_every_state_is_open_or_ended_or_turned_aside_and_only_one_of_them() -> None:
    assert set(State) == OPEN | ENDED | TURNED_ASIDE
    assert len(OPEN) + len(ENDED) + len(TURNED_ASIDE) == len(State)


def test_every_state_can_be_reached_from_a_new_case() -> None:
    reached = {State.NEW}
    while True:
        further = {t for move in MOVES for s in move.sources & reached for t in move.targets(s)} - reached
        if not further:
            break
        reached |= further
    assert reached == set(State)


def test_every_open_state_has_a_way_to_an_answer() -> None:
    answering = {State.ANSWERED}
    while True:
        before = {s for move in MOVES for s in move.sources if answering & set(move.targets(s))}
        if before <= answering:
            break
        answering |= before
    assert answering >= OPEN


def test_what_ends_a_case_stops_its_clocks() -> None:
    ending = {
        move.step
        for move in MOVES
        for source in move.sources & OPEN
        if set(move.targets(source)) - OPEN and move.clock is not Clock.STOP
    }
    assert ending == set()


def test_a_refusal_and_a_forwarding_name_the_competent_body_and_say_why() -> None:
    naming = {move.step for move in MOVES if move.names_body and move.says_why and move.is_told}
    assert naming == {Step.REFUSE, Step.FORWARD}


def test_the_clock_pauses_only_while_the_citizen_is_asked() -> None:
    pausing = {move.target for move in MOVES if move.clock is Clock.PAUSE}
    assert pausing == {State.WAITING}


@pytest.mark.parametrize("state", [State.NEW, State.WAITING, State.REFUSED, State.MERGED, State.WITHDRAWN])
def test_a_case_is_not_taken_in_by_asking_refusing_or_turning_it_aside(state: State) -> None:
    assert not is_receipt(state)


def test_a_case_without_an_officer_goes_back_to_triage_when_its_sender_answers() -> None:
    move = move_from(State.WAITING, Step.SUPPLEMENT)
    assert move is not None
    assert (move.target, move.if_nobody) == (State.IN_PROGRESS, State.RECEIVED)


def test_the_picture_in_the_docs_is_made_from_the_table() -> None:
    text = DOC.read_text(encoding="utf-8")
    drawn = text.split("```mermaid\n")[1].split("```")[0]
    assert drawn == diagram(), "see the comment above the picture"


def test_the_picture_draws_every_change_of_state_once() -> None:
    arrows = [line.split(":")[0].strip() for line in diagram().splitlines() if "-->" in line]
    changes = {(s, t) for move in MOVES for s in move.sources for t in move.targets(s) if s is not t}
    assert sorted(arrows) == sorted([f"{a} --> {b}" for a, b in changes] + ["[*] --> new"])


def test_nobody_waits_longer_by_being_merged() -> None:
    assert delays(NOW, None)
    assert not delays(None, NOW)
    assert not delays(NOW, NOW)


def test_a_case_that_was_turned_aside_gives_no_answer_for_others() -> None:
    assert {state for state in State if not may_be_primary(state)} == TURNED_ASIDE

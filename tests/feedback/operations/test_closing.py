"""Answered cases are laid down in time, and can still be reopened."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from survey_app.feedback.models import DeskSetting
from survey_app.feedback.operations.closing import close_answered, withdraw
from survey_app.feedback.operations.moves import make_move
from survey_app.feedback.operations.triage import receive
from survey_app.feedback.rules.actors import SYSTEM
from survey_app.feedback.rules.states import State, Step
from tests.feedback.case_desk import OTHER_WARD, CaseDesk
from tests.feedback.operations.conftest import Officers


def test_answered_cases_close_after_the_days_of_their_unit(desk: CaseDesk, officers: Officers) -> None:
    def set_days(session: Session) -> None:
        row = DeskSetting(unit_path=OTHER_WARD, values={"close_after_days": 40}, changed_at=desk.now)
        session.add(row)

    desk.database.write(set_days)
    usual, longer, fresh = desk.case(), desk.case(unit_path=OTHER_WARD), desk.case()
    for case in (usual, longer):
        answer(desk, case)
    answered_at = desk.now
    # 15 days: the default of DeskSettings.
    desk.now += timedelta(days=15, minutes=-1)
    assert desk.do(close_answered) == 0
    desk.now += timedelta(minutes=1)
    answer(desk, fresh)
    assert desk.do(close_answered) == 1
    stored = desk.look(usual)
    assert (stored.state, stored.ended_at) == (State.CLOSED, answered_at)
    assert desk.look(longer).state is desk.look(fresh).state is State.ANSWERED


def answer(desk: CaseDesk, case: int) -> None:
    """Send an answer."""
    if desk.look(case).state is State.NEW:
        desk.run(receive, case, SYSTEM)
        desk.run(make_move, case, SYSTEM, step=Step.TAKE)
    for step in (Step.SUBMIT, Step.APPROVE, Step.SEND):
        desk.run(make_move, case, SYSTEM, step=step)


def test_closing_takes_no_more_than_it_is_given(desk: CaseDesk) -> None:
    for case in [desk.case() for _ in range(3)]:
        answer(desk, case)
    desk.now += timedelta(days=30)
    assert [desk.do(close_answered, most=2) for _ in range(3)] == [2, 1, 0]


def test_a_closed_case_can_still_be_reopened(desk: CaseDesk) -> None:
    case = desk.case()
    answer(desk, case)
    desk.now += timedelta(days=30)
    desk.do(close_answered)
    desk.run(make_move, case, step=Step.REOPEN, reason="Chưa sửa")
    assert desk.look(case).state is State.REOPENED


def test_a_case_taken_back_ends_without_an_answer(desk: CaseDesk) -> None:
    case = desk.case()
    desk.run(withdraw, case)
    assert (desk.look(case).state, desk.look(case).due_at) == (State.WITHDRAWN, None)

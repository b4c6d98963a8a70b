"""`make_move` is the one door: it refuses, locks, counts versions, and takes merged cases along."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from survey_app.feedback.models import Case
from survey_app.feedback.operations.assignment import AlreadyTaken, assign, take
from survey_app.feedback.operations.moves import CaseChangedMeanwhile, UnableToMove, make_move
from survey_app.feedback.operations.triage import ask, classify, forward, receive, refuse
from survey_app.feedback.rules.actors import SYSTEM, Installation
from survey_app.feedback.rules.kinds import ActorKind, Kind, SubjectClass
from survey_app.feedback.rules.states import State, Step
from tests.feedback.case_desk import INSTALLATION, CaseDesk
from tests.feedback.operations.conftest import Officers


def test_a_move_changes_the_state_and_leaves_an_event(desk: CaseDesk, officers: Officers) -> None:
    case = desk.case()
    desk.run(receive, case, officers.router, note="  gọi lại  ")
    event = desk.events(case)[-1]
    assert (event.from_state, event.to_state, event.step) == (State.NEW, State.RECEIVED, Step.RECEIVE)
    assert (event.actor_kind, event.account_id, event.note) == (ActorKind.STAFF, officers.router, "gọi lại")
    assert (desk.look(case).received_at, desk.look(case).version) == (desk.now, 2)


def test_a_move_that_the_state_does_not_allow_changes_nothing(desk: CaseDesk, officers: Officers) -> None:
    case = desk.case()
    desk.run(receive, case, officers.router)
    with pytest.raises(UnableToMove):
        desk.run(receive, case, officers.router)
    assert desk.look(case).version == 2
    assert desk.steps(case) == [Step.OPEN, Step.RECEIVE]


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (ask, {"question": "   "}),
        (refuse, {"reason": "", "body": "Sở Xây dựng"}),
        (refuse, {"reason": "Không thuộc thẩm quyền", "body": " "}),
        (forward, {"reason": "Thuộc Sở Xây dựng", "body": ""}),
        (forward, {"reason": "Thuộc cơ quan khác", "body": "a" * 201}),
    ],
)
def test_a_move_without_its_reason_or_the_competent_body_is_refused(
    desk: CaseDesk, operation: Callable[..., Any], words: dict[str, Any]
) -> None:
    case = desk.case()
    with pytest.raises(UnableToMove):
        desk.run(operation, case, **words)
    assert desk.look(case).state is State.NEW


def test_a_refusal_keeps_the_competent_body_and_the_end(desk: CaseDesk, officers: Officers) -> None:
    case = desk.case()
    desk.run(refuse, case, officers.router, reason="Việc của đường tỉnh", body=" Sở Xây dựng ")
    stored = desk.look(case)
    assert (stored.competent_body, stored.ended_at, stored.due_at) == ("Sở Xây dựng", desk.now, None)
    assert stored.received_at is None
    assert desk.events(case)[-1].details == {"body": "Sở Xây dựng"}


def test_who_saves_an_older_version_is_told_what_happened_meanwhile(
    desk: CaseDesk, officers: Officers
) -> None:
    case = desk.case()
    seen = desk.look(case).version
    desk.run(receive, case, officers.router)
    desk.run(assign, case, officers.router, handler_id=officers.handler)
    with pytest.raises(CaseChangedMeanwhile) as raised:
        desk.run(refuse, case, officers.router, reason="x", body="y", version=seen)
    assert [change.step for change in raised.value.changes] == [Step.RECEIVE, Step.ASSIGN]
    assert (raised.value.state, raised.value.version) == (State.ASSIGNED, 3)


def test_a_warning_puts_nobodys_unsaved_page_out_of_date(desk: CaseDesk, officers: Officers) -> None:
    case = desk.case()
    desk.run(make_move, case, SYSTEM, step=Step.WARN, details={"percent": 50})
    desk.run(receive, case, officers.router, version=1)
    assert desk.steps(case) == [Step.OPEN, Step.WARN, Step.RECEIVE]


def test_a_target_outside_the_table_is_refused(desk: CaseDesk) -> None:
    case = desk.case()
    with pytest.raises(UnableToMove):
        desk.run(make_move, case, step=Step.RECEIVE, target=State.ANSWERED)
    assert desk.look(case).state is State.NEW


def test_a_case_that_waits_without_an_officer_goes_back_to_triage(desk: CaseDesk, officers: Officers) -> None:
    case = desk.case()
    desk.run(ask, case, officers.router, question="Ở ngã ba nào ạ?")
    assert desk.look(case).received_at is None
    desk.run(make_move, case, step=Step.SUPPLEMENT)
    assert desk.look(case).state is State.RECEIVED


def test_a_case_that_waits_with_its_officer_goes_back_to_work(desk: CaseDesk, officers: Officers) -> None:
    case = desk.case()
    desk.run(assign, case, officers.router, handler_id=officers.handler)
    desk.run(ask, case, officers.handler, question="Ở ngã ba nào ạ?")
    desk.run(make_move, case, step=Step.SUPPLEMENT)
    assert desk.look(case).state is State.IN_PROGRESS


def test_classifying_keeps_the_state_and_notes_the_former_kind(desk: CaseDesk, officers: Officers) -> None:
    case = desk.case(kind=Kind.PRAISE)
    desk.run(
        classify,
        case,
        officers.router,
        kind=Kind.PETITION,
        field=" Đất đai ",
        subject_class=SubjectClass.CONDUCT,
    )
    stored = desk.look(case)
    assert (stored.kind, stored.field, stored.state) == (Kind.PETITION, "Đất đai", State.NEW)
    assert desk.events(case)[-1].details["before"] == "praise"


def test_reopening_counts_and_takes_the_end_back(desk: CaseDesk, officers: Officers) -> None:
    case = answered(desk, officers)
    assert desk.look(case).ended_at == desk.now
    desk.now += timedelta(days=3)
    desk.run(make_move, case, step=Step.REOPEN, reason="Đèn lại hỏng")
    stored = desk.look(case)
    assert (stored.state, stored.reopened, stored.ended_at) == (State.REOPENED, 1, None)


def answered(desk: CaseDesk, officers: Officers, case: int | None = None) -> int:
    """Return a case on which an answer was sent."""
    case = desk.case() if case is None else case
    if desk.look(case).state in (State.NEW, State.RECEIVED):
        desk.run(assign, case, officers.router, handler_id=officers.handler)
    for step in (Step.SUBMIT, Step.APPROVE, Step.SEND):
        desk.run(make_move, case, officers.handler, step=step)
    return case


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads that start together; return the results, or the refusals."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait(timeout=10)
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        futures = [threads.submit(run, call) for call in calls]
    return [future.exception(timeout=30) or future.result() for future in futures]


def test_of_two_officers_at_once_exactly_one_wins(desk: CaseDesk, officers: Officers) -> None:
    for _ in range(5):
        case = desk.case()
        calls = [
            lambda handler=handler, case=case: desk.run(
                assign, case, officers.router, handler_id=handler, version=1
            )
            for handler in (officers.handler, officers.second)
        ]
        results = at_once(*calls)
        assert [type(result) for result in results].count(CaseChangedMeanwhile) == 1
        assert desk.look(case).version == 2
        assert desk.steps(case) == [Step.OPEN, Step.ASSIGN]


def test_of_two_who_take_a_case_at_once_the_later_finds_it_taken(desk: CaseDesk, officers: Officers) -> None:
    case = desk.case()
    desk.run(receive, case, officers.router)

    def take_it(account_id: int) -> Any:
        return desk.do(take, case=case, account_id=account_id)

    results = at_once(lambda: take_it(officers.handler), lambda: take_it(officers.second))
    assert [type(result) for result in results].count(AlreadyTaken) == 1
    assert desk.look(case).handler_id in (officers.handler, officers.second)


def test_a_text_of_the_case_stands_in_no_message_of_a_conflict(desk: CaseDesk) -> None:
    case = desk.case(text="dấu vết bí mật")
    desk.run(receive, case)
    with pytest.raises(CaseChangedMeanwhile) as raised:
        desk.run(receive, case, version=1)
    assert "dấu vết" not in f"{raised.value!r}{vars(raised.value)}"


def test_an_operation_that_moves_a_case_read_before_sees_what_others_committed(
    desk: CaseDesk, officers: Officers
) -> None:
    if desk.database.is_sqlite:
        pytest.skip("SQLite has one writer: nobody else can commit in between")
    case = desk.case()

    def read_then_move(session: Any, installation: Installation = INSTALLATION) -> State:
        stale: Case = session.get_one(Case, case)
        with desk.database.engine.begin() as other:
            other.exec_driver_sql("UPDATE feedback_cases SET state = 'received', version = 2")
        make_move(
            session,
            case=stale,
            step=Step.TAKE,
            actor=SYSTEM,
            installation=installation,
            now=desk.now,
            version=2,
        )
        return stale.state

    assert desk.database.write(read_then_move) is State.IN_PROGRESS

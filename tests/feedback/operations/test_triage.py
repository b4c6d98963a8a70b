"""A case is sent on, asked about, extended and laid down, and its clocks and sender follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from survey_app.feedback.models import DeadlineRule
from survey_app.feedback.operations.assignment import assign
from survey_app.feedback.operations.clocks import UnableToExtend
from survey_app.feedback.operations.moves import CaseChangedMeanwhile
from survey_app.feedback.operations.triage import (
    UnableToTransfer,
    ask,
    classify,
    extend,
    forward,
    receive,
    resume,
    transfer,
)
from survey_app.feedback.rules.kinds import Kind
from survey_app.feedback.rules.limits import CountedFrom, Duty, TimeUnit
from survey_app.feedback.rules.states import State, Step
from survey_app.foundation.clock import local_date
from tests.feedback.case_desk import OFFICE, OTHER_WARD, WARD, CaseDesk
from tests.feedback.operations.conftest import Officers


def limit(desk: CaseDesk, *, amount: int = 10, longest: int | None = 15, unit_path: str = "") -> None:
    """Let answers to petitions take `amount` working days."""
    rule: dict[str, Any] = {
        "kind": Kind.PETITION,
        "unit_path": unit_path,
        "duty": Duty.ANSWER,
        "amount": amount,
        "longest": longest,
        "time_unit": TimeUnit.WORKING_DAY,
        "counted_from": CountedFrom.RECEIPT,
        "legal_basis": "Quy chế thử",
        "valid_from": local_date(desk.now) - timedelta(days=1),
    }
    desk.database.write(lambda session: session.add(DeadlineRule(**rule)))


def test_a_transferred_case_is_nobodys_in_the_new_unit_and_keeps_its_origin(
    desk: CaseDesk, officers: Officers
) -> None:
    case = desk.case()
    desk.run(assign, case, officers.router, handler_id=officers.handler)
    desk.run(transfer, case, officers.router, to_path=OTHER_WARD, reason="Đèn ở phường bên")
    stored = desk.look(case)
    assert (stored.unit_path, stored.received_path) == (OTHER_WARD, WARD)
    assert (stored.state, stored.handler_id) == (State.RECEIVED, None)
    event = desk.events(case)[-1]
    assert (event.unit_path, event.reason) == (WARD, "Đèn ở phường bên")
    assert event.details == {"from": WARD, "to": OTHER_WARD, "handler": officers.handler}


def test_a_transfer_starts_the_clock_of_the_new_units_hop(desk: CaseDesk, officers: Officers) -> None:
    limit(desk, amount=10)
    limit(desk, amount=3, unit_path=OTHER_WARD)
    case = desk.case()
    first = desk.look(case).due_at
    desk.now += timedelta(days=2)
    desk.run(transfer, case, officers.router, to_path=OTHER_WARD, reason="Đèn ở phường bên")
    running = [clock for clock in desk.clocks(case) if clock.stopped_at is None and clock.duty is Duty.ANSWER]
    assert [(clock.amount, clock.started_at, clock.unit_path) for clock in running] == [
        (3, desk.now, OTHER_WARD)
    ]
    assert desk.look(case).due_at != first


@pytest.mark.parametrize("to_path", ["04/99999", WARD, ""])
def test_a_transfer_to_no_unit_or_to_its_own_is_refused(
    desk: CaseDesk, officers: Officers, to_path: str
) -> None:
    case = desk.case()
    with pytest.raises(UnableToTransfer):
        desk.run(transfer, case, officers.router, to_path=to_path, reason="x")
    assert desk.look(case).unit_path == WARD


def test_a_transfer_from_an_old_page_is_refused(desk: CaseDesk, officers: Officers) -> None:
    case = desk.case()
    desk.run(receive, case, officers.router)
    with pytest.raises(CaseChangedMeanwhile):
        desk.run(transfer, case, officers.router, to_path=OFFICE, reason="x", version=1)


def test_forwarding_outside_ends_the_case_in_time_and_names_the_body(
    desk: CaseDesk, officers: Officers
) -> None:
    case = desk.case()
    desk.run(forward, case, officers.router, body="Công ty Điện lực", reason="Lưới điện")
    stored = desk.look(case)
    assert (stored.state, stored.competent_body) == (State.FORWARDED, "Công ty Điện lực")
    assert (stored.received_at, stored.ended_at) == (desk.now, desk.now)
    assert [clock for clock in desk.clocks(case) if clock.stopped_at is None] == []


def test_asking_lets_the_clock_stand_and_going_on_lets_it_run(desk: CaseDesk, officers: Officers) -> None:
    limit(desk)
    case = desk.case()
    due = desk.look(case).due_at
    desk.run(assign, case, officers.router, handler_id=officers.handler)
    desk.run(ask, case, officers.handler, question="Ngã ba nào ạ?")
    assert desk.look(case).due_at is None
    desk.now += timedelta(days=4)
    desk.run(resume, case, officers.handler, reason="Đã tìm ra chỗ")
    later = desk.look(case).due_at
    assert due is not None
    assert later is not None
    assert later > due


def test_a_limit_is_extended_once_and_the_event_keeps_both_dates(desk: CaseDesk, officers: Officers) -> None:
    limit(desk, amount=10, longest=15)
    case = desk.case()
    desk.run(assign, case, officers.router, handler_id=officers.handler)
    before = desk.look(case).due_at
    desk.run(extend, case, officers.router, reason="Phải đo đạc lại")
    after = desk.look(case).due_at
    assert before is not None
    assert after is not None
    assert desk.events(case)[-1].details == {
        "due_before": before.isoformat(),
        "due_after": after.isoformat(),
    }
    with pytest.raises(UnableToExtend):
        desk.run(extend, case, officers.router, reason="Thêm nữa")
    assert desk.steps(case).count(Step.EXTEND) == 1


def test_a_kind_with_a_limit_starts_the_clock_that_the_former_kind_had_not(
    desk: CaseDesk, officers: Officers
) -> None:
    limit(desk)
    case = desk.case(kind=Kind.PRAISE, duties=())
    opened = desk.now
    desk.now += timedelta(days=2)
    desk.run(classify, case, officers.router, kind=Kind.PETITION, field="", subject_class=None)
    clocks = [(clock.duty, clock.legal_basis, clock.started_at) for clock in desk.clocks(case)]
    assert clocks == [(Duty.ANSWER, "Quy chế thử", opened)]

"""Cases are given to officers, many at once and back again, and follow nobody out of the door."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from survey_app.feedback.models import BulkAssignment
from survey_app.feedback.operations.assignment import (
    MOST_AT_ONCE,
    AlreadyTaken,
    Assigned,
    UnableToAssign,
    UnableToUndo,
    assign,
    assign_many,
    hand_over,
    take,
    unassign,
    undo_assign_many,
)
from survey_app.feedback.operations.moves import make_move
from survey_app.feedback.operations.triage import ask, receive
from survey_app.feedback.queries.people import cases_of_closed_accounts
from survey_app.feedback.rules.actors import staff_member
from survey_app.feedback.rules.states import State, Step
from survey_app.staff.models import Account
from survey_app.staff.rules.permissions import Role
from tests.feedback.case_desk import OTHER_WARD, WARD, CaseDesk
from tests.feedback.operations.conftest import Officers


def close_account(desk: CaseDesk, account_id: int) -> None:
    def close(session: Session) -> None:
        session.get_one(Account, account_id).active = False

    desk.database.write(close)


def test_giving_a_new_case_to_somebody_receives_it(desk: CaseDesk, officers: Officers) -> None:
    case = desk.case()
    desk.run(assign, case, officers.router, handler_id=officers.handler, note="gấp")
    stored = desk.look(case)
    assert (stored.state, stored.handler_id) == (State.ASSIGNED, officers.handler)
    assert stored.received_at == desk.now
    assert desk.events(case)[-1].details == {"handler": officers.handler, "before": None}


@pytest.mark.parametrize("who", ["elsewhere", "closed", "leader", "nobody"])
def test_a_case_is_given_only_to_who_may_handle_it(desk: CaseDesk, officers: Officers, who: str) -> None:
    closed = desk.officer((Role.UNIT_HANDLER, WARD))
    close_account(desk, closed)
    leader = desk.officer((Role.LEADER, WARD))
    handler = {"elsewhere": officers.elsewhere, "closed": closed, "leader": leader, "nobody": 10**6}[who]
    case = desk.case()
    with pytest.raises(UnableToAssign):
        desk.run(assign, case, officers.router, handler_id=handler)
    assert desk.look(case).state is State.NEW


def test_a_case_that_a_colleague_has_cannot_be_taken(desk: CaseDesk, officers: Officers) -> None:
    case = desk.case()
    desk.run(assign, case, officers.router, handler_id=officers.handler)
    with pytest.raises(AlreadyTaken):
        desk.do(take, case=case, account_id=officers.second)
    desk.do(take, case=case, account_id=officers.handler)
    assert desk.look(case).state is State.IN_PROGRESS


def test_a_case_taken_from_its_officer_can_be_taken_by_a_colleague(
    desk: CaseDesk, officers: Officers
) -> None:
    case = desk.case()
    desk.run(assign, case, officers.router, handler_id=officers.handler)
    desk.run(unassign, case, officers.router)
    desk.do(take, case=case, account_id=officers.second)
    assert desk.look(case).handler_id == officers.second


def many(desk: CaseDesk, officers: Officers, cases: list[int], **other: Any) -> Assigned:
    words: dict[str, Any] = {"handler_id": officers.handler, "account_id": officers.router, "scopes": (WARD,)}
    return desk.do(assign_many, case_ids=cases, **words | other)


def test_many_cases_are_given_at_once_and_how_they_stood_is_kept(desk: CaseDesk, officers: Officers) -> None:
    fresh, had = desk.case(), desk.case()
    desk.run(assign, had, officers.router, handler_id=officers.second)
    done = many(desk, officers, [had, fresh])
    assert [desk.look(case).handler_id for case in (fresh, had)] == [officers.handler] * 2
    with desk.database.read() as session:
        before = session.get_one(BulkAssignment, done.bulk_id).before
    assert before == [[fresh, "new", None, 1], [had, "assigned", officers.second, 2]]


def test_undoing_gives_the_cases_back_to_who_had_them(desk: CaseDesk, officers: Officers) -> None:
    fresh, had = desk.case(), desk.case()
    desk.run(assign, had, officers.router, handler_id=officers.second)
    done = many(desk, officers, [fresh, had])
    undone = desk.do(undo_assign_many, bulk_id=done.bulk_id, account_id=officers.router, scopes=(WARD,))
    assert (undone.moved, undone.left) == (2, ())
    states = [(desk.look(case).state, desk.look(case).handler_id) for case in (fresh, had)]
    assert states == [(State.RECEIVED, None), (State.ASSIGNED, officers.second)]


def test_a_case_taken_back_is_due_when_it_was(desk: CaseDesk, officers: Officers) -> None:
    received, fresh = desk.case(), desk.case()
    desk.run(receive, received, officers.router)
    due = desk.look(received).due_at
    done = many(desk, officers, [received, fresh])
    assert desk.look(received).due_at != due
    desk.do(undo_assign_many, bulk_id=done.bulk_id, account_id=officers.router, scopes=(WARD,))
    assert [desk.look(case).due_at for case in (received, fresh)] == [due, due]


def test_undoing_leaves_what_somebody_touched_since_and_names_it(desk: CaseDesk, officers: Officers) -> None:
    touched, untouched = desk.case(), desk.case()
    done = many(desk, officers, [touched, untouched])
    desk.do(take, case=touched, account_id=officers.handler)
    undone = desk.do(undo_assign_many, bulk_id=done.bulk_id, account_id=officers.router, scopes=(WARD,))
    assert (undone.moved, undone.left) == (1, (desk.look(touched).code,))
    assert desk.look(touched).state is State.IN_PROGRESS


def test_nobody_undoes_what_a_colleague_did_nor_undoes_twice(desk: CaseDesk, officers: Officers) -> None:
    done = many(desk, officers, [desk.case()])
    with pytest.raises(UnableToUndo):
        desk.do(undo_assign_many, bulk_id=done.bulk_id, account_id=officers.everywhere, scopes=(WARD,))
    desk.do(undo_assign_many, bulk_id=done.bulk_id, account_id=officers.router, scopes=(WARD,))
    with pytest.raises(UnableToUndo):
        desk.do(undo_assign_many, bulk_id=done.bulk_id, account_id=officers.router, scopes=(WARD,))


def test_who_lost_the_unit_undoes_nothing_there(desk: CaseDesk, officers: Officers) -> None:
    case = desk.case()
    done = many(desk, officers, [case])
    undone = desk.do(undo_assign_many, bulk_id=done.bulk_id, account_id=officers.router, scopes=(OTHER_WARD,))
    assert (undone.moved, undone.left) == (0, ())
    assert desk.look(case).handler_id == officers.handler


def test_undoing_gives_nothing_back_to_who_has_left(desk: CaseDesk, officers: Officers) -> None:
    case = desk.case()
    desk.run(assign, case, officers.router, handler_id=officers.second)
    done = many(desk, officers, [case])
    close_account(desk, officers.second)
    undone = desk.do(undo_assign_many, bulk_id=done.bulk_id, account_id=officers.router, scopes=(WARD,))
    assert (undone.moved, undone.left) == (0, (desk.look(case).code,))


def test_one_case_outside_the_scopes_refuses_all(desk: CaseDesk, officers: Officers) -> None:
    inside, outside = desk.case(), desk.case(unit_path=OTHER_WARD)
    with pytest.raises(UnableToAssign):
        many(desk, officers, [inside, outside])
    assert desk.look(inside).state is desk.look(outside).state is State.NEW


def test_an_officer_who_may_not_handle_one_of_the_units_refuses_all(
    desk: CaseDesk, officers: Officers
) -> None:
    cases = [desk.case(), desk.case(unit_path=OTHER_WARD)]
    with pytest.raises(UnableToAssign):
        many(desk, officers, cases, scopes=("",))
    many(desk, officers, cases, scopes=("",), handler_id=officers.everywhere)
    assert {desk.look(case).handler_id for case in cases} == {officers.everywhere}


def test_a_case_that_ended_meanwhile_is_left_and_named(desk: CaseDesk, officers: Officers) -> None:
    gone, open_still = desk.case(), desk.case()
    desk.run(make_move, gone, step=Step.WITHDRAW)
    done = many(desk, officers, [gone, open_still])
    assert (done.moved, done.left) == (1, (desk.look(gone).code,))


def test_more_than_two_hundred_at_once_are_refused(desk: CaseDesk, officers: Officers) -> None:
    with pytest.raises(UnableToAssign):
        many(desk, officers, list(range(1, MOST_AT_ONCE + 2)))


def test_a_leaving_officer_hands_over_every_open_case_in_whatever_state(
    desk: CaseDesk, officers: Officers
) -> None:
    assigned, waiting, drafted, answered = (desk.case() for _ in range(4))
    for case in (assigned, waiting, drafted, answered):
        desk.run(assign, case, officers.router, handler_id=officers.handler)
    desk.run(ask, waiting, officers.handler, question="Ở đâu ạ?")
    desk.run(make_move, drafted, officers.handler, step=Step.SUBMIT)
    for step in (Step.SUBMIT, Step.APPROVE, Step.SEND):
        desk.run(make_move, answered, officers.handler, step=step)
    done = hand_all(desk, officers, officers.second)
    assert done == (3, 0)
    assert [desk.look(case).handler_id for case in (assigned, waiting, drafted)] == [officers.second] * 3
    assert desk.look(answered).handler_id == officers.handler


def hand_all(desk: CaseDesk, officers: Officers, to: int | None, **other: Any) -> tuple[int, int]:
    actor = staff_member(officers.router)
    words: dict[str, Any] = {"from_id": officers.handler, "to_id": to, "scopes": (WARD,), "actor": actor}
    done = desk.do(hand_over, **words | other)
    return done.moved, done.left


def test_cases_handed_to_nobody_can_be_taken(desk: CaseDesk, officers: Officers) -> None:
    case = desk.case()
    desk.run(assign, case, officers.router, handler_id=officers.handler)
    desk.do(take, case=case, account_id=officers.handler)
    assert hand_all(desk, officers, None) == (1, 0)
    assert (desk.look(case).state, desk.look(case).handler_id) == (State.RECEIVED, None)
    desk.do(take, case=case, account_id=officers.second)


def test_a_long_handover_goes_in_turns(desk: CaseDesk, officers: Officers) -> None:
    for case in [desk.case() for _ in range(3)]:
        desk.run(assign, case, officers.router, handler_id=officers.handler)
    assert hand_all(desk, officers, officers.second, most=2) == (2, 1)
    assert hand_all(desk, officers, officers.second, most=2) == (1, 0)


@pytest.mark.parametrize("to", ["handler", "elsewhere"])
def test_a_handover_to_oneself_or_to_a_stranger_is_refused(
    desk: CaseDesk, officers: Officers, to: str
) -> None:
    case = desk.case()
    desk.run(assign, case, officers.router, handler_id=officers.handler)
    with pytest.raises(UnableToAssign):
        hand_all(desk, officers, getattr(officers, to))
    assert desk.look(case).handler_id == officers.handler


def test_open_cases_of_closed_accounts_are_listed_for_their_unit_only(
    desk: CaseDesk, officers: Officers
) -> None:
    case, other = desk.case(), desk.case()
    desk.run(assign, case, officers.router, handler_id=officers.handler)
    desk.run(receive, other, officers.router)
    close_account(desk, officers.handler)
    with desk.database.read() as session:
        here = cases_of_closed_accounts(session, scopes=(WARD,))
        there = cases_of_closed_accounts(session, scopes=(OTHER_WARD,))
    assert ([orphan.case_id for orphan in here], there) == ([case], [])

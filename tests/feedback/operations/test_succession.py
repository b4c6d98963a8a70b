"""No case is left in a unit that was closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from survey_app.feedback.models import DeskSetting, Grievance, GrievanceEvent
from survey_app.feedback.operations.assignment import assign, take
from survey_app.feedback.operations.moves import make_move
from survey_app.feedback.operations.succession import UnableToSucceed, follow_mergers, succeed_unit
from survey_app.feedback.operations.triage import refuse
from survey_app.feedback.rules.actors import SYSTEM, staff_member
from survey_app.feedback.rules.grievances import GrievanceState
from survey_app.feedback.rules.kinds import Channel, GrievanceKind
from survey_app.feedback.rules.states import State, Step
from survey_app.foundation.clock import local_date
from survey_app.offices.models import Unit
from tests.feedback.case_desk import OFFICE, OTHER_WARD, PROVINCE, WARD, CaseDesk
from tests.feedback.operations.conftest import Officers
from tests.feedback.operations.test_closing import answer
from tests.feedback.operations.test_triage import limit


def close_unit(desk: CaseDesk, *paths: str) -> None:
    """Let units end today."""

    def close(session: Any) -> None:
        for unit in session.scalars(select(Unit).where(Unit.path.in_(paths))):
            unit.valid_to = local_date(desk.now)

    desk.database.write(close)


def hand_to_successor(desk: CaseDesk, old: str, new: str, **other: Any) -> int:
    words = {"old_path": old, "new_path": new, "actor": SYSTEM}
    return desk.do(succeed_unit, **words | other)


def test_the_successor_has_the_open_cases_and_the_old_unit_stays_their_origin(
    desk: CaseDesk, officers: Officers
) -> None:
    limit(desk)
    case, below = desk.case(), desk.case(unit_path=OFFICE, received_path=OFFICE)
    due = desk.look(case).due_at
    assert hand_to_successor(desk, WARD, OTHER_WARD) == 2
    stored = desk.look(case)
    assert (stored.unit_path, stored.received_path, stored.due_at) == (OTHER_WARD, WARD, due)
    assert desk.look(below).unit_path == OTHER_WARD
    assert desk.events(case)[-1].details == {"from": WARD, "to": OTHER_WARD}
    assert desk.events(case)[-1].step is Step.SUCCEED


def test_what_has_ended_stays_in_the_reports_of_the_old_unit(desk: CaseDesk, officers: Officers) -> None:
    refused, answered = desk.case(), desk.case()
    desk.run(refuse, refused, officers.router, reason="x", body="y")
    answer(desk, answered)
    hand_to_successor(desk, WARD, OTHER_WARD)
    assert desk.look(refused).unit_path == WARD
    assert (desk.look(answered).unit_path, desk.look(answered).state) == (OTHER_WARD, State.ANSWERED)


def test_an_officer_goes_along_only_where_they_may_work(desk: CaseDesk, officers: Officers) -> None:
    local, wide = desk.case(), desk.case()
    desk.run(assign, local, officers.router, handler_id=officers.handler)
    desk.run(assign, wide, officers.router, handler_id=officers.everywhere)
    desk.do(take, case=local, account_id=officers.handler)
    hand_to_successor(desk, WARD, OTHER_WARD)
    assert (desk.look(local).handler_id, desk.look(local).state) == (None, State.RECEIVED)
    assert (desk.look(wide).handler_id, desk.look(wide).state) == (officers.everywhere, State.ASSIGNED)


@pytest.mark.parametrize("new", ["04/99999", WARD, OFFICE])
def test_no_unit_the_same_or_one_inside_it_is_no_successor(desk: CaseDesk, new: str) -> None:
    desk.case()
    with pytest.raises(UnableToSucceed):
        hand_to_successor(desk, WARD, new, actor=staff_member(desk.officer()))


def test_a_long_succession_goes_in_turns(desk: CaseDesk) -> None:
    for _ in range(3):
        desk.case()
    assert [hand_to_successor(desk, WARD, OTHER_WARD, most=2) for _ in range(3)] == [2, 1, 0]


def grievance(desk: CaseDesk, number: int, state: GrievanceState) -> int:
    def enter(session: Any) -> int:
        row = Grievance(
            code=f"G{number:010d}",
            pin_digest="0" * 64,
            submission_id=f"g{number}",
            kind=GrievanceKind.DENUNCIATION,
            channel=Channel.WEB,
            unit_path=WARD,
            received_path=WARD,
            content_sealed=b"sealed",
            state=state,
            received_at=desk.now,
        )
        session.add(row)
        session.flush()
        return row.id

    return desk.database.write(enter)


def test_open_grievances_go_to_the_successor_and_tell_nothing_of_themselves(desk: CaseDesk) -> None:
    open_still = grievance(desk, 1, GrievanceState.RECEIVED)
    decided = grievance(desk, 2, GrievanceState.DECIDED)
    assert hand_to_successor(desk, WARD, OTHER_WARD) == 1
    with desk.database.read() as session:
        paths = [session.get_one(Grievance, number).unit_path for number in (open_still, decided)]
        event = session.scalars(select(GrievanceEvent)).one()
    assert paths == [OTHER_WARD, WARD]
    assert (event.details, event.note_sealed) == ({"from": WARD, "to": OTHER_WARD}, None)


def test_cases_of_a_closed_unit_go_to_the_unit_above_it(desk: CaseDesk) -> None:
    case, beside = desk.case(unit_path=OFFICE), desk.case()
    close_unit(desk, OFFICE)
    assert desk.do(follow_mergers) == 1
    assert (desk.look(case).unit_path, desk.look(beside).unit_path) == (WARD, WARD)
    assert desk.do(follow_mergers) == 0


def test_cases_go_past_a_unit_above_that_was_closed_too(desk: CaseDesk) -> None:
    case = desk.case(unit_path=OFFICE)
    close_unit(desk, OFFICE, WARD)
    desk.do(follow_mergers)
    assert desk.look(case).unit_path == PROVINCE


def test_the_desk_that_the_settings_name_is_the_successor(desk: CaseDesk) -> None:
    def name(session: Any) -> None:
        session.add(DeskSetting(unit_path=WARD, values={"receiving_path": OTHER_WARD}, changed_at=desk.now))

    desk.database.write(name)
    case = desk.case()
    close_unit(desk, WARD)
    desk.do(follow_mergers)
    assert desk.look(case).unit_path == OTHER_WARD


def test_a_case_reopened_in_a_closed_unit_is_found_the_next_time(desk: CaseDesk) -> None:
    case = desk.case()
    answer(desk, case)
    desk.now += timedelta(days=16)
    desk.run(make_move, case, SYSTEM, step=Step.CLOSE)
    close_unit(desk, WARD)
    assert desk.do(follow_mergers) == 0
    desk.run(make_move, case, step=Step.REOPEN, reason="Chưa sửa")
    assert desk.do(follow_mergers) == 1
    assert desk.look(case).unit_path == PROVINCE


def test_where_no_unit_is_left_above_cases_stay_and_nothing_breaks(desk: CaseDesk) -> None:
    case = desk.case(unit_path=PROVINCE)
    close_unit(desk, PROVINCE)
    assert desk.do(follow_mergers) == 0
    assert desk.look(case).unit_path == PROVINCE

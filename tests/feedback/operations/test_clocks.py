"""Clocks of cases: started, paused with a longest pause, extended, stopped and counted again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

import pytest
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, CaseClock
from survey_app.feedback.operations.assignment import assign
from survey_app.feedback.operations.calendars import enter_day, enter_swap, remove_day, set_hours
from survey_app.feedback.operations.clocks import UnableToExtend, extend_clock, follow, start_clock
from survey_app.feedback.operations.escalation import warn_and_escalate
from survey_app.feedback.operations.limits import add_limit
from survey_app.feedback.operations.moves import make_move
from survey_app.feedback.operations.settings import change_settings
from survey_app.feedback.rules.limits import CountedFrom, Duty, Limit, TimeUnit
from survey_app.feedback.rules.settings import DeskSettings
from survey_app.feedback.rules.states import Clock, State, Step
from survey_app.feedback.rules.week import read_week
from survey_app.foundation.clock import VIETNAM
from survey_app.staff.rules.permissions import Role
from tests.feedback.case_desk import OTHER_WARD, PROVINCE, WARD, CaseDesk

T = TypeVar("T")


def at(text: str) -> datetime:
    """Return an instant written as the time of Việt Nam."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.fixture
def monday(desk: CaseDesk) -> CaseDesk:
    """The desk on Monday 2/3/2026 at 09:00; no holiday is near."""
    desk.now = at("2026-03-02 09:00")
    return desk


def on_case(desk: CaseDesk, case_id: int, operation: Callable[[Session, Case], T]) -> T:
    """Carry out an operation on a case."""
    return desk.database.write(lambda session: operation(session, session.get_one(Case, case_id)))


def running(desk: CaseDesk, case_id: int, duty: Duty = Duty.ANSWER) -> CaseClock:
    """Return the one running clock of a duty."""
    (clock,) = [c for c in desk.clocks(case_id) if c.duty is duty and c.stopped_at is None]
    return clock


def effect(desk: CaseDesk, case_id: int, clock: Clock, when: str) -> None:
    """Let the clocks of a case follow a move made at `when`."""
    on_case(desk, case_id, lambda session, case: follow(session, case=case, effect=clock, now=at(when)))


def local_limit(**columns: object) -> Limit:
    """Return a local limit for answering petitions."""
    usual: dict[str, object] = {
        "kind": "petition",
        "duty": Duty.ANSWER,
        "amount": 3,
        "time_unit": TimeUnit.WORKING_DAY,
        "counted_from": CountedFrom.RECEIPT,
        "legal_basis": "QĐ 12/2026/QĐ-UBND Đ7",
        "unit_path": PROVINCE,
        "valid_from": date(2026, 1, 1),
    }
    return Limit(**usual | columns)  # type: ignore[arg-type]


class TestStarting:
    def test_the_case_is_due_with_its_earliest_clock(self, monday: CaseDesk) -> None:
        """Two working days for receipt, ten for the answer."""
        case_id = monday.case()

        assert running(monday, case_id, Duty.RECEIVE).due_at == at("2026-03-04 17:00")
        assert running(monday, case_id).due_at == at("2026-03-16 17:00")
        assert monday.look(case_id).due_at == at("2026-03-04 17:00")

    def test_a_clock_that_runs_is_not_started_again(self, monday: CaseDesk) -> None:
        case_id = monday.case()

        on_case(
            monday,
            case_id,
            lambda session, case: start_clock(
                session, case=case, duty=Duty.ANSWER, now=at("2026-03-05 09:00")
            ),
        )

        assert running(monday, case_id).started_at == monday.now

    def test_a_local_limit_goes_before_the_shipped_one(self, monday: CaseDesk) -> None:
        monday.database.write(lambda session: add_limit(session, limit=local_limit()))

        clock = running(monday, monday.case())

        assert (clock.amount, clock.legal_basis) == (3, "QĐ 12/2026/QĐ-UBND Đ7")
        assert clock.due_at == at("2026-03-05 17:00")

    def test_the_day_of_receipt_counts_where_the_desk_says_so(self, monday: CaseDesk) -> None:
        settings = DeskSettings(day_of_receipt_counts=True)
        monday.database.write(
            lambda session: change_settings(session, unit_path="", settings=settings, now=monday.now)
        )

        assert running(monday, monday.case()).due_at == at("2026-03-13 17:00")

    def test_receipt_ends_one_limit_and_the_one_for_forwarding_runs(self, monday: CaseDesk) -> None:
        """NĐ 20/2008/NĐ-CP Đ9.1.d: five working days from when it came in."""
        case_id = monday.case()

        monday.now = at("2026-03-03 10:00")
        monday.run(make_move, case_id, step=Step.RECEIVE)

        assert [clock.duty for clock in monday.clocks(case_id) if clock.stopped_at] == [Duty.RECEIVE]
        assert monday.look(case_id).due_at == at("2026-03-09 17:00")

    def test_who_assigns_a_case_finds_the_body_competent(self, monday: CaseDesk) -> None:
        handler = monday.officer((Role.UNIT_HANDLER, WARD))
        case_id = monday.case()
        monday.run(make_move, case_id, step=Step.RECEIVE)

        monday.run(assign, case_id, handler_id=handler)

        assert [c.duty for c in monday.clocks(case_id) if c.stopped_at is None] == [Duty.ANSWER]


class TestPausing:
    def test_a_paused_case_is_not_due(self, monday: CaseDesk) -> None:
        case_id = monday.case()

        effect(monday, case_id, Clock.PAUSE, "2026-03-03 09:00")

        assert monday.look(case_id).due_at is None

    def test_the_working_time_of_a_pause_is_given_back(self, monday: CaseDesk) -> None:
        """From Tuesday 09:00 to Wednesday 10:00 are 510 working minutes: a day and an hour."""
        case_id = monday.case()

        effect(monday, case_id, Clock.PAUSE, "2026-03-03 09:00")
        effect(monday, case_id, Clock.RESUME, "2026-03-04 10:00")

        clock = running(monday, case_id)
        assert clock.paused_minutes == 510
        assert clock.due_at == at("2026-03-18 08:30")
        assert clock.first_due_at == at("2026-03-16 17:00")

    def test_a_pause_ends_by_itself_after_the_longest_time(self, monday: CaseDesk) -> None:
        settings = DeskSettings(longest_pause_working_days=2)
        monday.database.write(
            lambda session: change_settings(session, unit_path="", settings=settings, now=monday.now)
        )
        case_id = monday.case()
        effect(monday, case_id, Clock.PAUSE, "2026-03-03 07:30")

        monday.do(warn_and_escalate, now=at("2026-03-06 08:00"))

        # paused Tuesday, Wednesday and Thursday, three full days
        clock = running(monday, case_id)
        assert (clock.paused_at, clock.paused_minutes) == (None, 3 * 450)
        assert clock.due_at == at("2026-03-19 17:00")

    def test_what_is_longer_than_the_longest_pause_counts_again(self, monday: CaseDesk) -> None:
        settings = DeskSettings(longest_pause_working_days=2)
        monday.database.write(
            lambda session: change_settings(session, unit_path="", settings=settings, now=monday.now)
        )
        case_id = monday.case()

        effect(monday, case_id, Clock.PAUSE, "2026-03-03 07:30")
        effect(monday, case_id, Clock.RESUME, "2026-03-12 08:00")

        assert running(monday, case_id).paused_minutes == 3 * 450

    def test_nothing_pauses_where_the_desk_says_so(self, monday: CaseDesk) -> None:
        settings = DeskSettings(pauses_while_waiting=False)
        monday.database.write(
            lambda session: change_settings(session, unit_path=PROVINCE, settings=settings, now=monday.now)
        )
        case_id = monday.case()

        effect(monday, case_id, Clock.PAUSE, "2026-03-03 09:00")

        assert running(monday, case_id).paused_at is None


class TestExtending:
    def test_gives_the_longest_time_from_the_same_start(self, monday: CaseDesk) -> None:
        case_id = monday.case()
        effect(monday, case_id, Clock.PAUSE, "2026-03-03 07:30")
        effect(monday, case_id, Clock.RESUME, "2026-03-04 07:30")

        clock = on_case(
            monday,
            case_id,
            lambda session, case: extend_clock(session, case=case, now=at("2026-03-10 09:00")),
        )

        # twenty working days are Monday 30/3; one day was paused
        assert (clock.first_due_at, clock.due_at) == (at("2026-03-16 17:00"), at("2026-03-31 17:00"))

    def test_is_allowed_once(self, monday: CaseDesk) -> None:
        case_id = monday.case()

        def extend(session: Session, case: Case) -> CaseClock:
            return extend_clock(session, case=case, now=monday.now)

        on_case(monday, case_id, extend)

        with pytest.raises(UnableToExtend):
            on_case(monday, case_id, extend)

    def test_is_refused_where_the_rule_has_no_longest_time(self, monday: CaseDesk) -> None:
        monday.database.write(lambda session: add_limit(session, limit=local_limit()))
        case_id = monday.case()

        with pytest.raises(UnableToExtend, match="QĐ 12/2026"):
            on_case(monday, case_id, lambda session, case: extend_clock(session, case=case, now=monday.now))


class TestStopping:
    def test_a_stopped_clock_keeps_when(self, monday: CaseDesk) -> None:
        case_id = monday.case()

        effect(monday, case_id, Clock.STOP, "2026-03-05 11:00")

        assert {clock.stopped_at for clock in monday.clocks(case_id)} == {at("2026-03-05 11:00")}
        assert monday.look(case_id).due_at is None

    def test_another_body_has_its_own_time(self, monday: CaseDesk) -> None:
        case_id = monday.case(state=State.RECEIVED, received_at=monday.now)

        effect(monday, case_id, Clock.RESTART, "2026-03-05 11:00")

        assert running(monday, case_id).due_at == at("2026-03-19 17:00")
        assert running(monday, case_id, Duty.FORWARD).due_at == at("2026-03-12 17:00")

    def test_resuming_a_case_starts_no_clock_that_was_stopped_for_good(self, monday: CaseDesk) -> None:
        case_id = monday.case()
        effect(monday, case_id, Clock.STOP, "2026-03-05 11:00")

        effect(monday, case_id, Clock.RESUME, "2026-03-06 11:00")

        assert monday.look(case_id).due_at is None


class TestCalendarChanges:
    def test_a_day_newly_off_moves_what_is_due_in_the_units_below(self, monday: CaseDesk) -> None:
        mine, other = monday.case(), monday.case(unit_path=OTHER_WARD)

        monday.database.write(
            lambda session: enter_day(
                session, unit_path=WARD, day=date(2026, 3, 3), is_working=False, name="Bão", now=monday.now
            )
        )

        assert running(monday, mine).due_at == at("2026-03-17 17:00")
        assert running(monday, mine).first_due_at == at("2026-03-16 17:00")
        assert monday.look(mine).due_at == at("2026-03-05 17:00")
        assert running(monday, other).due_at == at("2026-03-16 17:00")

    def test_a_day_taken_out_again_gives_the_old_time(self, monday: CaseDesk) -> None:
        case_id = monday.case()

        def enter_and_remove(session: Session) -> None:
            day = enter_day(
                session, unit_path="", day=date(2026, 3, 3), is_working=False, name="Bão", now=monday.now
            )
            remove_day(session, day=day, now=monday.now)

        monday.database.write(enter_and_remove)

        assert running(monday, case_id).due_at == at("2026-03-16 17:00")

    def test_a_swap_frees_one_day_and_uses_another(self, monday: CaseDesk) -> None:
        case_id = monday.case()

        monday.database.write(
            lambda session: enter_swap(
                session, unit_path="", off=date(2026, 3, 16), worked=date(2026, 3, 14), now=monday.now
            )
        )

        assert running(monday, case_id).due_at == at("2026-03-14 17:00")

    def test_hours_of_a_unit_go_before_those_above(self, monday: CaseDesk) -> None:
        short = read_week({str(day): [["08:00", "12:00"]] for day in range(5)})
        case_id = monday.case()

        def set_both(session: Session) -> None:
            set_hours(session, unit_path=WARD, valid_from=date(2026, 3, 10), week=short, now=monday.now)
            late = read_week({str(day): [["08:00", "20:00"]] for day in range(5)})
            set_hours(session, unit_path="", valid_from=date(2026, 3, 12), week=late, now=monday.now)

        monday.database.write(set_both)

        assert running(monday, case_id).due_at == at("2026-03-16 12:00")


class TestWarning:
    def test_tells_what_came_due_once(self, monday: CaseDesk) -> None:
        """Half of the two days for receipt is reached before Tuesday noon, eight tenths on Wednesday."""
        case_id = monday.case()

        first = monday.do(warn_and_escalate, now=at("2026-03-03 14:00"))
        again = monday.do(warn_and_escalate, now=at("2026-03-03 14:00"))

        assert (first, again) == (1, 0)
        assert monday.events(case_id)[-1].details == {"percent": 50, "duty": "receive"}

    def test_escalates_at_the_end_and_leaves_the_case_where_it_is(self, monday: CaseDesk) -> None:
        handler = monday.officer()
        case_id = monday.case(handler_id=handler)

        monday.do(warn_and_escalate, now=at("2026-03-04 17:00"))

        event, case = monday.events(case_id)[-1], monday.look(case_id)
        assert event.step is Step.ESCALATE
        assert event.details["roles"] == ["approver", "leader"]
        assert (case.handler_id, case.state) == (handler, State.NEW)

    def test_tells_only_the_last_of_what_was_missed(self, monday: CaseDesk) -> None:
        case_id = monday.case()

        monday.do(warn_and_escalate, now=at("2026-04-20 09:00"))

        assert [event.details["percent"] for event in monday.events(case_id)[1:]] == [100, 100]

    def test_takes_no_more_than_asked(self, monday: CaseDesk) -> None:
        for _ in range(3):
            monday.case()

        assert monday.do(warn_and_escalate, now=at("2026-03-04 17:00"), most=2) == 2

    def test_says_nothing_of_a_stopped_clock(self, monday: CaseDesk) -> None:
        case_id = monday.case()
        effect(monday, case_id, Clock.STOP, "2026-03-02 10:00")

        assert monday.do(warn_and_escalate, now=at("2026-04-20 09:00")) == 0

    def test_an_extension_takes_back_what_was_told(self, monday: CaseDesk) -> None:
        case_id = monday.case()
        monday.do(warn_and_escalate, now=at("2026-03-17 09:00"))

        clock = on_case(
            monday,
            case_id,
            lambda session, case: extend_clock(session, case=case, now=at("2026-03-17 09:00")),
        )

        assert clock.warned_at_percent == 50
        assert clock.next_warning_at is not None
        assert clock.next_warning_at > at("2026-03-17 09:00")

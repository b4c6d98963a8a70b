"""Clocks that run on cases and grievances: started, paused, extended and stopped with the moves of a case.

Each clock keeps the rule as it was when it started, and its pauses, so that its due time can be computed again.
`Case.due_at` is the earliest due time of the running clocks of a case.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, CaseClock, CaseMerge, Grievance
from survey_app.feedback.queries.calendars import calendar_for
from survey_app.feedback.queries.limits import limit_for
from survey_app.feedback.queries.settings import settings_for
from survey_app.feedback.rules.limits import Duty, Pause, due, longest_pause_until
from survey_app.feedback.rules.states import Clock, State
from survey_app.feedback.rules.warnings import next_warning, reached, warnings_of
from survey_app.foundation.clock import local_date
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _

_COMPETENCE_OPEN = frozenset({State.NEW, State.RECEIVED, State.WAITING})
"""While a case stands here, it may turn out to be another body's: the limit for forwarding runs."""


class UnableToExtend(Refused):
    """The rule allows no longer time, it was used up, or no limit runs."""


def start_clock(session: Session, *, case: Case, duty: Duty, now: datetime) -> CaseClock | None:
    """Start the clock of a duty and return it; None where no rule limits the duty. One that runs goes on."""
    session.flush()
    running = next((clock for clock in _running(session, case) if clock.duty is duty), None)
    if running is not None:
        return running
    clock = _new_clock(
        session, kind=case.kind, field=case.field, unit_path=case.unit_path, duty=duty, now=now, began=now
    )
    if clock is not None:
        clock.case_id = case.id
        session.add(clock)
    _keep_due(session, case)
    return clock


def start_grievance_clock(
    session: Session, *, grievance: Grievance, duty: Duty, now: datetime
) -> CaseClock | None:
    """Start the clock of a duty of a khiếu nại or tố cáo and return it; None where no rule limits the duty."""
    session.flush()
    clock = _new_clock(
        session, kind=grievance.kind, field="", unit_path=grievance.unit_path, duty=duty, now=now, began=now
    )
    if clock is not None:
        clock.grievance_id = grievance.id
        session.add(clock)
        session.flush()
    return clock


def stop_grievance_clocks(
    session: Session, *, grievance: Grievance, now: datetime, duty: Duty | None = None
) -> None:
    """Stop the running clock of `duty`, or all of them."""
    query = select(CaseClock).where(CaseClock.grievance_id == grievance.id, CaseClock.stopped_at.is_(None))
    for clock in session.scalars(query):
        if duty in (None, clock.duty):
            _stop(session, clock, now)
    session.flush()


def follow(session: Session, *, case: Case, effect: Clock, now: datetime) -> None:
    """Let the clocks of a case follow a move that was just made, and keep `case.due_at` right.

    Receipt ends the limit for receiving. From then until it is clear that this body is competent, the limit for
    forwarding runs (NĐ 20/2008/NĐ-CP Đ9.1.d), counted like the answer from when the case came in.
    """
    session.flush()
    match effect:
        case Clock.PAUSE:
            _pause_all(session, case, now)
        case Clock.RESUME:
            _resume_all(session, case, now)
        case Clock.STOP:
            _stop_all(session, case, now)
        case Clock.RESTART:
            _restart(session, case, now)
        case Clock.KEEP:
            pass
    _follow_state(session, case, now)
    _keep_due(session, case)


def extend_clock(session: Session, *, case: Case, now: datetime) -> CaseClock:
    """Give the answer the longest time that its rule allows, once; `first_due_at` keeps the old due time.

    Raises
    ------
    UnableToExtend
        No limit runs for the answer, its rule allows no extension, or it was extended already.
    """
    clock = next((clock for clock in _running(session, case) if clock.duty is Duty.ANSWER), None)
    if clock is None:
        raise UnableToExtend(_("Hồ sơ này không có thời hạn trả lời nào đang chạy."))
    if clock.extended_at is not None:
        raise UnableToExtend(_("Thời hạn đã được gia hạn một lần."))
    if clock.longest is None or clock.longest <= clock.amount:
        raise UnableToExtend(_("Quy định áp dụng không cho gia hạn (%(basis)s).", basis=clock.legal_basis))
    clock.extended_at = now
    recompute(session, clock=clock, now=now)
    _keep_due(session, case)
    return clock


def recompute(session: Session, *, clock: CaseClock, now: datetime) -> None:
    """Work out when `clock` is due and warns next, from its rule, its pauses and the calendar as it is now."""
    calendar, pauses = calendar_for(session, clock.unit_path), pauses_of(clock)
    clock.due_at = due(
        calendar,
        start=clock.started_at,
        amount=clock.longest if clock.extended_at and clock.longest else clock.amount,
        time_unit=clock.time_unit,
        day_of_receipt_counts=clock.day_of_receipt_counts,
        pauses=pauses,
    )
    clock.paused_minutes = sum(calendar.working_minutes(*pause) for pause in pauses)
    if clock.paused_at is None:
        warnings = warnings_of(
            calendar, time_unit=clock.time_unit, start=clock.started_at, due=clock.due_at, pauses=pauses
        )
        # A later due time takes back what was reached before it, not what was told within it.
        clock.warned_at_percent = min(clock.warned_at_percent, reached(warnings, now=now))
        clock.next_warning_at = next_warning(warnings, told=clock.warned_at_percent)


def end_pause(session: Session, *, clock: CaseClock, now: datetime) -> None:
    """Let a paused clock run again: from `now`, or from when the longest pause was over."""
    if clock.paused_at is None:
        return
    ended = min(now, clock.next_warning_at or now)
    clock.pauses = [*clock.pauses, [clock.paused_at.isoformat(), ended.isoformat()]]
    clock.paused_at = None
    recompute(session, clock=clock, now=now)
    if clock.case_id is not None:
        _keep_due(session, session.get_one(Case, clock.case_id))


def pauses_of(clock: CaseClock) -> list[Pause]:
    """Return when the clock stood still, in order."""
    return [(datetime.fromisoformat(begun), datetime.fromisoformat(ended)) for begun, ended in clock.pauses]


def _new_clock(
    session: Session, *, kind: str, field: str, unit_path: str, duty: Duty, now: datetime, began: datetime
) -> CaseClock | None:
    limit = limit_for(session, kind=kind, field=field, unit_path=unit_path, duty=duty, day=local_date(began))
    if limit is None:
        return None
    clock = CaseClock(
        duty=duty,
        unit_path=unit_path,
        amount=limit.amount,
        longest=limit.longest,
        time_unit=limit.time_unit,
        day_of_receipt_counts=settings_for(session, unit_path).day_of_receipt_counts,
        legal_basis=limit.legal_basis,
        started_at=began,
        pauses=[],
        warned_at_percent=0,
    )
    recompute(session, clock=clock, now=now)
    clock.first_due_at = clock.due_at
    return clock


def _running(session: Session, case: Case) -> Sequence[CaseClock]:
    query = select(CaseClock).where(CaseClock.case_id == case.id, CaseClock.stopped_at.is_(None))
    return session.scalars(query.order_by(CaseClock.id)).all()


def _keep_due(session: Session, case: Case) -> None:
    session.flush()
    running = [clock.due_at for clock in _running(session, case) if clock.paused_at is None]
    case.due_at = min(running, default=None)
    session.flush()


def _pause_all(session: Session, case: Case, now: datetime) -> None:
    settings = settings_for(session, case.unit_path)
    if not settings.pauses_while_waiting:
        return
    for clock in _running(session, case):
        if clock.paused_at is None:
            clock.paused_at = now
            calendar = calendar_for(session, clock.unit_path)
            clock.next_warning_at = longest_pause_until(calendar, now, settings.longest_pause_working_days)


def _resume_all(session: Session, case: Case, now: datetime) -> None:
    running = _running(session, case)
    if not running:
        _unstop_merged(session, case, now)
    for clock in running:
        end_pause(session, clock=clock, now=now)


def _unstop_merged(session: Session, case: Case, now: datetime) -> None:
    """Let the clocks run again that a merge stopped; the time of the mistake counts."""
    merged = select(CaseMerge.merged_at).where(CaseMerge.case_id == case.id)
    merged_at = session.scalars(merged.order_by(CaseMerge.id.desc()).limit(1)).first()
    stopped = select(CaseClock).where(CaseClock.case_id == case.id, CaseClock.stopped_at == merged_at)
    for clock in session.scalars(stopped) if merged_at else ():
        clock.stopped_at = None
        recompute(session, clock=clock, now=now)


def _stop_all(session: Session, case: Case, now: datetime) -> None:
    for clock in _running(session, case):
        _stop(session, clock, now)


def _stop(session: Session, clock: CaseClock, now: datetime) -> None:
    """A pause that goes on is ended first, so that whether it was in time can be told."""
    end_pause(session, clock=clock, now=now)
    clock.stopped_at, clock.next_warning_at = now, None


def _restart(session: Session, case: Case, now: datetime) -> None:
    _stop_all(session, case, now)
    start_clock(session, case=case, duty=Duty.ANSWER, now=now)
    if case.state in _COMPETENCE_OPEN:
        start_clock(session, case=case, duty=Duty.FORWARD, now=now)


def _follow_state(session: Session, case: Case, now: datetime) -> None:
    for clock in _running(session, case):
        # A unit's successor takes its clocks over.
        clock.unit_path = case.unit_path
        if clock.duty is Duty.RECEIVE and case.received_at is not None:
            _stop(session, clock, now)
            _start_forwarding(session, case, clock.started_at, now)
        elif clock.duty is Duty.FORWARD and case.state not in _COMPETENCE_OPEN:
            _stop(session, clock, now)
    if case.state is State.RECEIVED:
        _keep_forwarding(session, case, now)


def _keep_forwarding(session: Session, case: Case, now: datetime) -> None:
    """A case that was given to somebody and taken back is untriaged again; the time between counts."""
    session.flush()
    query = select(CaseClock).where(CaseClock.case_id == case.id, CaseClock.duty == Duty.FORWARD)
    last = session.scalars(query.order_by(CaseClock.id.desc()).limit(1)).first()
    if last is None:
        _start_forwarding(session, case, case.created_at, now)
    elif last.stopped_at is not None:
        last.stopped_at = None
        recompute(session, clock=last, now=now)


def _start_forwarding(session: Session, case: Case, began: datetime, now: datetime) -> None:
    if case.state is not State.RECEIVED:
        return
    clock = _new_clock(
        session,
        kind=case.kind,
        field=case.field,
        unit_path=case.unit_path,
        duty=Duty.FORWARD,
        now=now,
        began=began,
    )
    if clock is not None:
        clock.case_id = case.id
        session.add(clock)

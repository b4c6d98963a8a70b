"""The chore that reads what is due: warnings at 50 and 80 per cent of a limit, escalation at its end.

Escalation raises visibility: the case is shown to leaders. Responsibility stays where it is.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, CaseClock
from survey_app.feedback.operations.clocks import end_pause, pauses_of
from survey_app.feedback.operations.moves import make_move
from survey_app.feedback.queries.calendars import calendar_for
from survey_app.feedback.queries.settings import settings_for
from survey_app.feedback.rules.actors import SYSTEM, Installation
from survey_app.feedback.rules.states import Step, move_from
from survey_app.feedback.rules.warnings import OVERDUE, next_warning, reached, warnings_of


def warn_and_escalate(session: Session, *, installation: Installation, now: datetime, most: int = 200) -> int:
    """Deal with at most `most` clocks whose next warning is due, the oldest first; return how many there were.

    Of several warnings that came due at once only the last is told. A pause that reached its longest ends: the clock
    runs again although the case still waits.
    """
    query = select(CaseClock).where(CaseClock.stopped_at.is_(None), CaseClock.next_warning_at <= now)
    ordered = query.order_by(CaseClock.next_warning_at, CaseClock.id).limit(most)
    clocks = session.scalars(ordered.with_for_update(skip_locked=True)).all()
    for clock in clocks:
        if clock.paused_at is not None:
            end_pause(session, clock=clock, now=now)
        else:
            _warn(session, clock, installation, now)
    session.flush()
    return len(clocks)


def _warn(session: Session, clock: CaseClock, installation: Installation, now: datetime) -> None:
    warnings = warnings_of(
        calendar_for(session, clock.unit_path),
        time_unit=clock.time_unit,
        start=clock.started_at,
        due=clock.due_at,
        pauses=pauses_of(clock),
    )
    percent = reached(warnings, now=now)
    clock.warned_at_percent = max(percent, clock.warned_at_percent)
    clock.next_warning_at = next_warning(warnings, told=clock.warned_at_percent)
    if clock.case_id is not None and percent:
        _tell(session, clock, percent, installation, now)


def _tell(
    session: Session, clock: CaseClock, percent: int, installation: Installation, now: datetime
) -> None:
    case = session.get_one(Case, clock.case_id)
    step = Step.ESCALATE if percent >= OVERDUE else Step.WARN
    if move_from(case.state, step) is None:
        return
    roles = list(settings_for(session, case.unit_path).escalate_to) if step is Step.ESCALATE else []
    make_move(
        session,
        case=case,
        step=step,
        actor=SYSTEM,
        installation=installation,
        now=now,
        details={"percent": percent, "duty": str(clock.duty)} | ({"roles": roles} if roles else {}),
    )

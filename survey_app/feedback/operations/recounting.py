"""Counts running limits again after the calendar changed: a day newly off gives time, a day newly worked takes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, CaseClock
from survey_app.feedback.operations.clocks import recompute
from survey_app.feedback.queries.calendars import KEPT
from survey_app.foundation.clock import VIETNAM
from survey_app.foundation.paths import inside_any

PORTION = 500


def recount_running(
    session: Session, *, unit_path: str, since: date, until: date | None = None, now: datetime
) -> int:
    """Bring the running clocks of a unit and of those below in line with its calendar, changed `since` to `until`.

    Returns how many are due at another time than before. `first_due_at` keeps what was said first. A clock that was
    over before the change, or began after it, is as it was; one that pauses is counted again when it goes on.
    """
    session.flush()
    session.info.pop(KEPT, None)
    query = select(CaseClock.id).where(
        CaseClock.stopped_at.is_(None),
        inside_any(CaseClock.unit_path, [unit_path]),
        CaseClock.due_at >= _midnight(since),
    )
    if until is not None:
        query = query.where(CaseClock.started_at < _midnight(until + timedelta(days=1)))
    moved = 0
    for some in _portions(session.scalars(query.order_by(CaseClock.id)).all()):
        clocks = session.scalars(select(CaseClock).where(CaseClock.id.in_(some))).all()
        before = {clock.id: clock.due_at for clock in clocks}
        for clock in clocks:
            recompute(session, clock=clock, now=now)
        late = [clock for clock in clocks if clock.due_at != before[clock.id]]
        _keep_due_times(session, [clock.case_id for clock in late if clock.case_id is not None])
        moved += len(late)
    return moved


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, VIETNAM)


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[place : place + PORTION] for place in range(0, len(ids), PORTION))


def _keep_due_times(session: Session, case_ids: list[int]) -> None:
    session.flush()
    running = select(CaseClock.case_id, CaseClock.due_at).where(
        CaseClock.case_id.in_(case_ids), CaseClock.stopped_at.is_(None), CaseClock.paused_at.is_(None)
    )
    earliest: dict[int | None, datetime] = {}
    for case_id, due_at in session.execute(running):
        earliest[case_id] = min(due_at, earliest.get(case_id, due_at))
    for case in session.scalars(select(Case).where(Case.id.in_(case_ids))):
        case.due_at = earliest.get(case.id)
    session.flush()

"""The restricted register as its officers see it: codes, dates and states. No text and no sender is read here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Attachment, CaseClock, Grievance, GrievanceEvent
from survey_app.feedback.rules.grievances import STILL_OPEN, GrievanceState
from survey_app.feedback.rules.kinds import GrievanceKind
from survey_app.feedback.rules.limits import Duty
from survey_app.foundation.paging import Paged, paged
from survey_app.foundation.paths import inside_any

PAGE = 50


@dataclass(frozen=True, slots=True)
class RunningDuty:
    """A limit that runs, by which rule."""

    duty: Duty
    due_at: datetime
    legal_basis: str


@dataclass(frozen=True, slots=True)
class GrievanceLine:
    """One line of the register; `duties` by what is due first."""

    code: str
    kind: GrievanceKind
    unit_path: str
    state: GrievanceState
    received_at: datetime
    ended_at: datetime | None
    duties: tuple[RunningDuty, ...]


def grievance_lines(
    session: Session, *, inside: Sequence[str], is_open: bool, number: int = 1
) -> Paged[GrievanceLine]:
    """Return a page of the register of these units: open ones by when they came in, ended ones newest first."""
    query = select(Grievance).where(inside_any(Grievance.unit_path, inside))
    if is_open:
        query = query.where(Grievance.state.in_(STILL_OPEN)).order_by(Grievance.received_at, Grievance.id)
    else:
        ended = Grievance.state.not_in(STILL_OPEN)
        query = query.where(ended).order_by(Grievance.received_at.desc(), Grievance.id.desc())
    rows = session.scalars(query.offset((number - 1) * PAGE).limit(PAGE + 1)).all()
    duties = running_duties(session, [row.id for row in rows])
    lines = [_line(row, tuple(duties.get(row.id, ()))) for row in rows]
    return paged(lines, number=number, size=PAGE)


def _line(row: Grievance, duties: tuple[RunningDuty, ...]) -> GrievanceLine:
    return GrievanceLine(row.code, row.kind, row.unit_path, row.state, row.received_at, row.ended_at, duties)


def running_duties(session: Session, grievance_ids: Sequence[int]) -> dict[int, list[RunningDuty]]:
    """Return the limits that run for each of these, what is due first before."""
    found: dict[int, list[RunningDuty]] = {}
    query: Any = select(
        CaseClock.grievance_id, CaseClock.duty, CaseClock.due_at, CaseClock.legal_basis
    ).where(CaseClock.grievance_id.in_(grievance_ids), CaseClock.stopped_at.is_(None))
    for grievance_id, *rest in session.execute(query.order_by(CaseClock.due_at)):
        found.setdefault(grievance_id, []).append(RunningDuty(*rest))
    return found


def find_grievance(session: Session, code: str) -> Grievance | None:
    """Return the khiếu nại or tố cáo with this code, None for any other."""
    return session.scalars(select(Grievance).where(Grievance.code == code)).one_or_none()


def grievance_events(session: Session, grievance_id: int) -> list[GrievanceEvent]:
    """Return what happened, readings included, the newest first."""
    query = select(GrievanceEvent).where(GrievanceEvent.grievance_id == grievance_id)
    return list(session.scalars(query.order_by(GrievanceEvent.id.desc())))


def grievance_files(session: Session, grievance_id: int) -> list[Attachment]:
    """Return what is known of its files."""
    query = select(Attachment).where(Attachment.grievance_id == grievance_id)
    return list(session.scalars(query.order_by(Attachment.id)))

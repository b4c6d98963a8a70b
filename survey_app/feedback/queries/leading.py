"""The five numbers of a leader's page, and what asks for a decision; nothing of what citizens wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, CaseClock, CaseRating
from survey_app.feedback.queries.queue import IS_OPEN, within
from survey_app.feedback.rules.limits import Duty
from survey_app.feedback.rules.states import State
from survey_app.feedback.rules.warnings import OVERDUE
from survey_app.foundation.paths import inside_any

PERIOD = timedelta(days=30)
SMALLEST_CELL = 10
MOST_ESCALATED = 20
_CONTENT_FROM = 4


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many; no figure is shown below `SMALLEST_CELL`."""

    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        """Return the share in percent, None where there are too few to say."""
        return round(100 * self.part / self.whole) if self.whole >= SMALLEST_CELL else None


@dataclass(frozen=True, slots=True)
class Numbers:
    """Where the desk stands. `in_time` and `content` are of the 30 days before a given day."""

    open: int
    overdue: int
    soon: int
    to_approve: int
    unassigned: int
    came_in: int
    answered: int
    in_time: Share
    content: Share


def numbers(session: Session, *, scopes: Sequence[str], now: datetime, soon: datetime) -> Numbers:
    """Return the numbers of the units inside `scopes`; `soon` is the instant until which "due soon" reaches."""
    row = session.execute(
        select(
            func.count(),
            func.sum(case((Case.due_at < now, 1), else_=0)),
            func.sum(case((Case.due_at.between(now, soon), 1), else_=0)),
            func.sum(case((Case.state == State.DRAFTED, 1), else_=0)),
            func.sum(case((Case.state.in_((State.NEW, State.RECEIVED)), 1), else_=0)),
        ).where(IS_OPEN, within(scopes))
    ).one()
    open_now, overdue, due_soon, to_approve, unassigned = (int(value or 0) for value in row)
    since = now - PERIOD
    return Numbers(
        open=open_now,
        overdue=overdue,
        soon=due_soon,
        to_approve=to_approve,
        unassigned=unassigned,
        came_in=_came_in(session, scopes, since, now),
        answered=_answered(session, scopes, since, now),
        in_time=in_time(session, scopes=scopes, since=since, until=now),
        content=content(session, scopes=scopes, since=since, until=now),
    )


def _came_in(session: Session, scopes: Sequence[str], since: datetime, until: datetime) -> int:
    query = select(func.count()).where(
        Case.created_at >= since, Case.created_at < until, Case.state != State.DIVERTED, within(scopes)
    )
    return session.scalar(query) or 0


def _answered(session: Session, scopes: Sequence[str], since: datetime, until: datetime) -> int:
    query = select(func.count()).where(
        Case.ended_at >= since,
        Case.ended_at < until,
        Case.state.in_((State.ANSWERED, State.CLOSED)),
        within(scopes),
    )
    return session.scalar(query) or 0


def in_time(session: Session, *, scopes: Sequence[str], since: datetime, until: datetime) -> Share:
    """Return how many of the cases answered in [since, until) were answered by the day that binds."""
    kept = func.sum(case((CaseClock.stopped_at <= CaseClock.due_at, 1), else_=0))
    query = (
        select(kept, func.count())
        .join(Case, Case.id == CaseClock.case_id)
        .where(
            CaseClock.duty == Duty.ANSWER,
            CaseClock.stopped_at == Case.ended_at,
            Case.ended_at >= since,
            Case.ended_at < until,
            Case.state.in_((State.ANSWERED, State.CLOSED)),
            within(scopes),
        )
    )
    part, whole = session.execute(query).one()
    return Share(int(part or 0), whole)


def content(session: Session, *, scopes: Sequence[str], since: datetime, until: datetime) -> Share:
    """Return how many of the ratings in [since, until) say 4 or 5 of 5 about the answer."""
    satisfied = func.sum(case((CaseRating.satisfaction >= _CONTENT_FROM, 1), else_=0))
    query = select(satisfied, func.count()).where(
        CaseRating.rated_at >= since,
        CaseRating.rated_at < until,
        inside_any(CaseRating.unit_path, scopes),
    )
    part, whole = session.execute(query).one()
    return Share(int(part or 0), whole)


@dataclass(frozen=True, slots=True)
class Escalated:
    """An open case with a limit that ran out and was reported upwards."""

    code: str
    unit_path: str
    state: State
    due_at: datetime


def escalated(session: Session, *, scopes: Sequence[str]) -> list[Escalated]:
    """Return the cases that were reported upwards and still run, the longest overdue first."""
    query = (
        select(Case.code, Case.unit_path, Case.state, func.min(CaseClock.due_at).label("since"))
        .join(CaseClock, CaseClock.case_id == Case.id)
        .where(
            CaseClock.stopped_at.is_(None),
            CaseClock.warned_at_percent >= OVERDUE,
            IS_OPEN,
            within(scopes),
        )
        .group_by(Case.id, Case.code, Case.unit_path, Case.state)
        .order_by("since", Case.code)
        .limit(MOST_ESCALATED)
    )
    return [Escalated(*row) for row in session.execute(query)]


def slowest_units(
    session: Session, *, scopes: Sequence[str], now: datetime, most: int = 5
) -> list[tuple[str, int]]:
    """Return the units with most overdue cases and how many, where help is needed first."""
    query = (
        select(Case.unit_path, func.count())
        .where(IS_OPEN, Case.due_at < now, within(scopes))
        .group_by(Case.unit_path)
        .order_by(func.count().desc(), Case.unit_path)
        .limit(most)
    )
    return [(path, number) for path, number in session.execute(query)]

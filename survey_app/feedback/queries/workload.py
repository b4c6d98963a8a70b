"""Work and timeliness of units: what is open, what was answered in time, how content people were with the answers.

Officers are shown to the desk of their own unit alone, and only what lies open with each: no scores, no ranks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import ScalarSelect, case, func, select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, CaseClock, CaseRating
from survey_app.feedback.queries.queue_times import calendars_of
from survey_app.feedback.rules.calendar import WorkingCalendar
from survey_app.feedback.rules.limits import Duty
from survey_app.feedback.rules.reports import Period
from survey_app.feedback.rules.states import OPEN, State
from survey_app.foundation.clock import local_date
from survey_app.foundation.paths import inside_any
from survey_app.offices.queries import names_by_path
from survey_app.staff.models import Account

SMALLEST_CELL = 10
"""Answers below which no mean is shown, lest it tell what one person said."""


@dataclass(slots=True)
class UnitWork:
    """One unit. `days` are working days from a case's coming in to its answer, `limited` answers that had a limit."""

    path: str
    name: str = ""
    open: int = 0
    overdue: int = 0
    limited: int = 0
    in_time: int = 0
    ratings: int = 0
    satisfaction: float | None = None
    days: list[float] = field(default_factory=list, repr=False)

    @property
    def answered(self) -> int:
        """How many cases were answered in the period."""
        return len(self.days)

    @property
    def median_days(self) -> float | None:
        """The median of the working days to an answer, None without one."""
        return median(self.days) if self.days else None

    @property
    def in_time_share(self) -> float | None:
        """Which share of the answers with a limit kept it, None without one."""
        return self.in_time / self.limited if self.limited else None


@dataclass(frozen=True, slots=True)
class HandlerWork:
    """What lies open with an officer."""

    name: str
    unit_path: str
    open: int
    overdue: int


def unit_work(
    session: Session, *, period: Period, scopes: Sequence[str], unit_path: str = "", now: datetime
) -> list[UnitWork]:
    """Return the work of every unit inside `scopes` and below `unit_path` that has any, by name."""
    inside = (scopes, [unit_path])
    found: defaultdict[str, UnitWork] = defaultdict(lambda: UnitWork(""))
    _count_open(session, found, inside, now)
    _measure_answers(session, found, inside, period)
    _average_ratings(session, found, inside, period)
    names = names_by_path(session, found)
    for path, unit in found.items():
        unit.path, unit.name = path, names[path] or path
    return sorted(found.values(), key=lambda unit: (unit.name, unit.path))


Found = defaultdict[str, UnitWork]
Inside = tuple[Sequence[str], Sequence[str]]


def _count_open(session: Session, found: Found, inside: Inside, now: datetime) -> None:
    query = (
        select(Case.unit_path, func.count(), func.sum(_is_overdue(now)))
        .where(Case.state.in_(sorted(OPEN)), *(inside_any(Case.unit_path, paths) for paths in inside))
        .group_by(Case.unit_path)
    )
    for path, number, overdue in session.execute(query):
        found[path].open, found[path].overdue = number, overdue


def _is_overdue(now: datetime) -> Any:
    return case((Case.due_at < now, 1), else_=0)


def _measure_answers(session: Session, found: Found, inside: Inside, period: Period) -> None:
    """Read the answers one after the other: working days are counted by each unit's own calendar."""
    query = select(Case.unit_path, Case.created_at, Case.ended_at, _due_at()).where(
        Case.state.in_([State.ANSWERED, State.CLOSED]),
        Case.ended_at >= period.begins_at,
        Case.ended_at < period.ends_at,
        *(inside_any(Case.unit_path, paths) for paths in inside),
    )
    rows = session.execute(query).all()
    calendars = calendars_of(session, {row[0] for row in rows})
    for path, created_at, ended_at, due_at in rows:
        unit = found[path]
        assert ended_at is not None, "asked for those with a time only"
        unit.days.append(_working_days(calendars[path], created_at, ended_at))
        unit.limited += due_at is not None
        unit.in_time += due_at is not None and ended_at <= due_at


def _due_at() -> ScalarSelect[datetime]:
    """Return the due time of the limit that an answer ended."""
    query = select(CaseClock.due_at).where(CaseClock.case_id == Case.id, CaseClock.duty == Duty.ANSWER)
    return query.order_by(CaseClock.id.desc()).limit(1).scalar_subquery()


def _working_days(calendar: WorkingCalendar, begun: datetime, ended: datetime) -> float:
    """Return working time in days as long as a usual one of that week."""
    week = calendar.week_on(local_date(begun))
    spans = [sum(to - start for start, to in hours) for hours in week if hours]
    return calendar.working_minutes(begun, ended) * len(spans) / sum(spans)


def _average_ratings(session: Session, found: Found, inside: Inside, period: Period) -> None:
    query = (
        select(CaseRating.unit_path, func.count(), func.sum(CaseRating.satisfaction))
        .where(
            CaseRating.rated_at >= period.begins_at,
            CaseRating.rated_at < period.ends_at,
            *(inside_any(CaseRating.unit_path, paths) for paths in inside),
        )
        .group_by(CaseRating.unit_path)
    )
    for path, number, total in session.execute(query):
        if number >= SMALLEST_CELL:
            found[path].ratings, found[path].satisfaction = number, total / number


def handler_work(session: Session, *, own_units: Sequence[str], now: datetime) -> list[HandlerWork]:
    """Return what lies open with the officers of these very units (not of units below), by name."""
    query = (
        select(Account.name, Case.unit_path, func.count(), func.sum(_is_overdue(now)))
        .join(Account, Account.id == Case.handler_id)
        .where(Case.state.in_(sorted(OPEN)), Case.unit_path.in_(own_units))
        .group_by(Account.id, Account.name, Case.unit_path)
        .order_by(Account.name, Account.id, Case.unit_path)
    )
    return [HandlerWork(*row) for row in session.execute(query)]

"""Reads of the working calendar of a unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import CalendarDay, OfficeHours
from survey_app.feedback.rules.calendar import EnteredDay, WorkingCalendar
from survey_app.feedback.rules.settings import upwards
from survey_app.feedback.rules.week import Week, read_week

KEPT = "feedback.calendars"
"""Where a session keeps what it read; operations that change a calendar throw it away."""


def calendar_for(session: Session, unit_path: str) -> WorkingCalendar:
    """Return the working calendar of a unit. A session reads it once; units with the same days share one."""
    kept: dict[str, WorkingCalendar] = session.info.setdefault(KEPT, {})
    if unit_path not in kept:
        kept[unit_path] = _calendar(_weeks(session, unit_path), _days(session, unit_path))
    return kept[unit_path]


@lru_cache(maxsize=256)
def _calendar(
    weeks: tuple[tuple[date, Week], ...], days: tuple[tuple[date, EnteredDay], ...]
) -> WorkingCalendar:
    """Years that one request laid out serve the next."""
    return WorkingCalendar(weeks=weeks, entered=dict(days))


def _weeks(session: Session, unit_path: str) -> tuple[tuple[date, Week], ...]:
    """Return the weeks in order of time: a nearer unit's count from the first of them on."""
    rows = hours_on_path(session, unit_path)
    weeks: list[tuple[date, Week]] = []
    for path in upwards(unit_path):
        first = weeks[0][0] if weeks else date.max
        own = [(row.valid_from, read_week(row.week)) for row in rows if row.unit_path == path]
        weeks = [*(dated for dated in own if dated[0] < first), *weeks]
    return tuple(weeks)


def _days(session: Session, unit_path: str) -> tuple[tuple[date, EnteredDay], ...]:
    query = select(CalendarDay.unit_path, CalendarDay.day, CalendarDay.is_working, CalendarDay.name).where(
        CalendarDay.unit_path.in_(upwards(unit_path))
    )
    rows = sorted(session.execute(query), key=lambda row: len(row.unit_path))
    nearest = {row.day: EnteredDay(row.is_working, row.name) for row in rows}
    return tuple(sorted(nearest.items(), key=lambda item: item[0]))


def hours_on_path(session: Session, unit_path: str) -> Sequence[OfficeHours]:
    """Return the office hours entered for a unit and those above it, in order of time."""
    query = select(OfficeHours).where(OfficeHours.unit_path.in_(upwards(unit_path)))
    return session.scalars(query.order_by(OfficeHours.valid_from, OfficeHours.id)).all()


def days_on_path(session: Session, unit_path: str, *, year: int) -> Sequence[CalendarDay]:
    """Return the days of a year that were entered for a unit and those above it, in order."""
    query = select(CalendarDay).where(
        CalendarDay.unit_path.in_(upwards(unit_path)),
        CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)),
    )
    return session.scalars(query.order_by(CalendarDay.day, CalendarDay.unit_path)).all()


def entered_day(session: Session, day_id: int) -> CalendarDay | None:
    """Return one entered day."""
    return session.get(CalendarDay, day_id)


def years_decided(session: Session, unit_path: str) -> list[int]:
    """Return the years for which a day was entered for this unit or above: the others are estimates."""
    query = select(CalendarDay.day).where(CalendarDay.unit_path.in_(upwards(unit_path)))
    return sorted({day.year for day in session.scalars(query)})

"""The calendars that the times of a page of cases are told by."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from survey_app.feedback.models import CalendarDay, OfficeHours
from survey_app.feedback.queries.calendars import calendar_for
from survey_app.feedback.rules.calendar import WorkingCalendar
from survey_app.feedback.rules.settings import upwards


def calendars_of(session: Session, unit_paths: Iterable[str]) -> dict[str, WorkingCalendar]:
    """Return the working calendar of each unit.

    A unit for which nothing was entered has the calendar of the one above it: many units share a few calendars,
    and only these are read.
    """
    chains = {path: upwards(path) for path in set(unit_paths)}
    above = {path for chain in chains.values() for path in chain}
    entered = union(
        select(CalendarDay.unit_path).where(CalendarDay.unit_path.in_(above)),
        select(OfficeHours.unit_path).where(OfficeHours.unit_path.in_(above)),
    )
    own = set(session.scalars(entered))
    nearest = {path: max(own & set(chain), key=len, default="") for path, chain in chains.items()}
    return {path: calendar_for(session, nearest[path]) for path in chains}

"""Writes of the working calendar: days off, days worked instead, office hours. Running limits follow at once."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import CalendarDay, OfficeHours
from survey_app.feedback.operations.recounting import recount_running
from survey_app.feedback.rules.week import Week, write_week
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _


class UnableToEnterDay(Refused):
    """The day stands in the calendar of this unit already, or two days that are to be swapped are one."""


class UnableToSetHours(Refused):
    """No day has hours."""


def enter_day(
    session: Session,
    *,
    unit_path: str,
    day: date,
    is_working: bool,
    name: str,
    legal_basis: str = "",
    now: datetime,
) -> CalendarDay:
    """Enter a day off, or a day that is worked, for a unit ("" for all) and those below; return it.

    Raises
    ------
    UnableToEnterDay
        This unit has an entry for the day.
    """
    entered = _add_day(session, unit_path, day, is_working, name, legal_basis)
    recount_running(session, unit_path=unit_path, since=day, until=day, now=now)
    return entered


def enter_swap(
    session: Session, *, unit_path: str, off: date, worked: date, legal_basis: str = "", now: datetime
) -> tuple[CalendarDay, CalendarDay]:
    """Enter a swap of working days (hoán đổi ngày làm việc): `off` is free and `worked` is worked for it.

    Raises
    ------
    UnableToEnterDay
        The two are one day, or this unit has an entry for one of them.
    """
    if off == worked:
        raise UnableToEnterDay(_("Ngày nghỉ và ngày làm bù phải khác nhau."))
    free_name = _in_vietnamese("Nghỉ hoán đổi với ngày {day}", worked)
    worked_name = _in_vietnamese("Làm bù cho ngày {day}", off)
    free = _add_day(session, unit_path, off, False, free_name, legal_basis)
    busy = _add_day(session, unit_path, worked, True, worked_name, legal_basis)
    recount_running(session, unit_path=unit_path, since=min(off, worked), until=max(off, worked), now=now)
    return free, busy


def remove_day(session: Session, *, day: CalendarDay, now: datetime) -> None:
    """Take an entered day out of the calendar again; holidays and the week decide then."""
    unit_path, date_of = day.unit_path, day.day
    session.delete(day)
    recount_running(session, unit_path=unit_path, since=date_of, until=date_of, now=now)


def set_hours(
    session: Session, *, unit_path: str, valid_from: date, week: Week, now: datetime
) -> OfficeHours:
    """Set the working week of a unit and those below from a day on; hours set for the same day are replaced.

    Raises
    ------
    UnableToSetHours
        No day of the week has hours.
    """
    if not any(week):
        raise UnableToSetHours(_("Phải có ít nhất một ngày làm việc trong tuần."))
    query = select(OfficeHours).where(
        OfficeHours.unit_path == unit_path, OfficeHours.valid_from == valid_from
    )
    hours = session.scalars(query).one_or_none()
    if hours is None:
        hours = OfficeHours(unit_path=unit_path, valid_from=valid_from)
        session.add(hours)
    hours.week = write_week(week)
    recount_running(session, unit_path=unit_path, since=valid_from, now=now)
    return hours


def _add_day(
    session: Session, unit_path: str, day: date, is_working: bool, name: str, legal_basis: str
) -> CalendarDay:
    query = select(CalendarDay.id).where(CalendarDay.unit_path == unit_path, CalendarDay.day == day)
    if session.scalar(query) is not None:
        raise UnableToEnterDay(
            _("Lịch đã có ngày %(day)s. Xin xóa ngày cũ trước khi nhập lại.", day=f"{day:%d/%m/%Y}")
        )
    entered = CalendarDay(
        unit_path=unit_path, day=day, is_working=is_working, name=name, legal_basis=legal_basis
    )
    session.add(entered)
    session.flush()
    return entered


def _in_vietnamese(words: str, day: date) -> str:
    """Names of days are stored once, as holidays are named: in Vietnamese, whoever enters them."""
    return words.format(day=f"{day:%d/%m/%Y}")

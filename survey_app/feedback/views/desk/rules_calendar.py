"""The working calendar of a unit: a year on one page, days off and days worked instead, office hours."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from survey_app.feedback.forms.rules import (
    FIRST_YEAR,
    LAST_YEAR,
    DayForm,
    HoursForm,
    SwapForm,
    weekday_label,
    weekday_short,
)
from survey_app.feedback.models import CalendarDay
from survey_app.feedback.operations.calendars import enter_day, enter_swap, remove_day, set_hours
from survey_app.feedback.queries.calendars import (
    calendar_for,
    days_on_path,
    entered_day,
    hours_on_path,
    years_decided,
)
from survey_app.feedback.rules.calendar import CalendarEntry, Why, WorkingCalendar
from survey_app.feedback.rules.week import hours_text, read_week
from survey_app.feedback.views.desk.rules_units import RulesUnit, path_name, rules_crumbs, unit_here
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.guards import act, require_unit, requires
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("calendar", __name__)


@dataclass(frozen=True, slots=True)
class Month:
    """One month as a sheet of a calendar; None stands for a day of another month."""

    number: int
    weeks: list[list[CalendarEntry | None]]
    working_days: int


@blueprint.get("/desk/rules/calendar")
@requires(Action.MANAGE_FEEDBACK)
def show() -> str:
    """Show the year `?year=` of a unit, with the forms for a day and for two swapped days."""
    unit = unit_here()
    return _page(unit, DayForm(formdata=None, unit=unit.path), SwapForm(formdata=None, unit=unit.path))


@blueprint.post("/desk/rules/calendar/days")
@requires(Action.MANAGE_FEEDBACK)
def add_day() -> Response | tuple[str, int]:
    """Enter one day."""
    unit, form, instant = unit_here(), DayForm(), now()
    if form.validate_on_submit():
        day, is_working = form.day.data, form.is_working.data == "yes"
        try:
            act(
                lambda session: enter_day(
                    session,
                    unit_path=unit.path,
                    day=day,
                    is_working=is_working,
                    name=form.name.data,
                    legal_basis=form.legal_basis.data,
                    now=instant,
                ),
                subject=f"calendar:{day}",
                unit_path=unit.path,
                details={"did": "day_entered", "is_working": is_working},
            )
        except Refused as error:
            form.refuse(error)
        else:
            return _back(unit, day.year)
    return _page(unit, form, SwapForm(formdata=None, unit=unit.path)), 422


@blueprint.post("/desk/rules/calendar/swaps")
@requires(Action.MANAGE_FEEDBACK)
def add_swap() -> Response | tuple[str, int]:
    """Enter a day off together with the day that is worked for it."""
    unit, form, instant = unit_here(), SwapForm(), now()
    if form.validate_on_submit():
        off, worked = form.off.data, form.worked.data
        try:
            act(
                lambda session: enter_swap(
                    session,
                    unit_path=unit.path,
                    off=off,
                    worked=worked,
                    legal_basis=form.legal_basis.data,
                    now=instant,
                ),
                subject=f"calendar:{off}",
                unit_path=unit.path,
                details={"did": "days_swapped", "worked": worked.isoformat()},
            )
        except Refused as error:
            form.refuse(error)
        else:
            return _back(unit, off.year)
    return _page(unit, DayForm(formdata=None, unit=unit.path), form), 422


@blueprint.post("/desk/rules/calendar/days/<int:day_id>/remove")
@requires(Action.MANAGE_FEEDBACK)
def take_out(day_id: int) -> Response:
    """Take an entered day out again."""
    with read() as session:
        day = entered_day(session, day_id) if day_id < 2**62 else None
    if day is None:
        abort(404)
    require_unit(day.unit_path)
    instant = now()
    act(
        lambda session: remove_day(session, day=session.get_one(CalendarDay, day_id), now=instant),
        subject=f"calendar:{day.day}",
        unit_path=day.unit_path,
        details={"did": "day_removed"},
    )
    return _back(unit_here(), day.day.year)


@blueprint.route("/desk/rules/hours", methods=["GET", "POST"])
@requires(Action.MANAGE_FEEDBACK)
def hours() -> Response | tuple[str, int]:
    """Show the working weeks that count for a unit, and set one from a day on."""
    unit, instant = unit_here(), now()
    form = HoursForm(unit=unit.path, valid_from=local_date(instant))
    if form.validate_on_submit():
        try:
            act(
                lambda session: set_hours(
                    session,
                    unit_path=unit.path,
                    valid_from=form.valid_from.data,
                    week=form.week(),
                    now=instant,
                ),
                subject=f"office_hours:{form.valid_from.data}",
                unit_path=unit.path,
                details={"did": "hours_set"},
            )
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã lưu giờ làm việc. Hạn của hồ sơ đang xử lý đã được tính lại."), "done")
            return redirect(url_for("feedback.rules.calendar.hours", unit=unit.path), 303)
    return _hours_page(unit, form, local_date(instant)), 422 if form.is_submitted() else 200


def _hours_page(unit: RulesUnit, form: HoursForm, today: date) -> str:
    with read() as session:
        entered = [
            (row.valid_from, path_name(session, row.unit_path), read_week(row.week))
            for row in hours_on_path(session, unit.path)
        ]
        if not form.is_submitted():
            form.show(calendar_for(session, unit.path).week_on(today))
    return render_template(
        "feedback/rules_hours.html",
        crumbs=rules_crumbs(unit),
        unit=unit,
        form=form,
        entered=entered,
        hours_text=hours_text,
        weekday_label=weekday_label,
    )


def _back(unit: RulesUnit, year: int) -> Response:
    flash(_("Đã cập nhật lịch. Hạn của hồ sơ đang xử lý đã được tính lại."), "done")
    return redirect(url_for("feedback.rules.calendar.show", unit=unit.path, year=year), 303)


def _page(unit: RulesUnit, day_form: DayForm, swap_form: SwapForm) -> str:
    year = _year()
    with read() as session:
        calendar, decided = calendar_for(session, unit.path), years_decided(session, unit.path)
        entered = [
            (day, path_name(session, day.unit_path)) for day in days_on_path(session, unit.path, year=year)
        ]
    return render_template(
        "feedback/rules_calendar.html",
        crumbs=rules_crumbs(unit),
        unit=unit,
        year=year,
        months=[_month(calendar, year, number) for number in range(1, 13)],
        holidays=[entry for entry in _entries(calendar, year) if entry.why in (Why.HOLIDAY, Why.SWAPPED)],
        entered=entered,
        is_decided=year in decided,
        day_form=day_form,
        swap_form=swap_form,
        weekday_label=weekday_label,
        weekday_short=weekday_short,
    )


def _year() -> int:
    typed = request.args.get("year", "")
    year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else local_date(now()).year
    return min(max(year, FIRST_YEAR), LAST_YEAR)


def _month(calendar: WorkingCalendar, year: int, number: int) -> Month:
    weeks = [
        [calendar.entry(day) if day.month == number else None for day in week]
        for week in Calendar().monthdatescalendar(year, number)
    ]
    return Month(number, weeks, sum(entry.is_working for week in weeks for entry in week if entry))


def _entries(calendar: WorkingCalendar, year: int) -> Iterable[CalendarEntry]:
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    return (calendar.entry(date.fromordinal(ordinal)) for ordinal in range(first, last + 1))

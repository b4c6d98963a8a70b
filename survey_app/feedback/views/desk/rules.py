"""Rules as data: what counts for a unit, and a box to try out when something would be due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from survey_app.feedback.forms.rules import TryForm, weekday_label
from survey_app.feedback.queries.calendars import calendar_for
from survey_app.feedback.queries.limits import limit_for
from survey_app.feedback.queries.settings import settings_for, settings_path
from survey_app.feedback.rules.calendar import full_minute
from survey_app.feedback.rules.counting import CountedDay, counted_days
from survey_app.feedback.rules.limits import Duty, Limit, due, duty_label, time_unit_label
from survey_app.feedback.rules.week import hours_text
from survey_app.feedback.views.desk.rules_calendar import blueprint as calendar_doors
from survey_app.feedback.views.desk.rules_limits import blueprint as limits_doors
from survey_app.feedback.views.desk.rules_settings import blueprint as settings_doors
from survey_app.feedback.views.desk.rules_units import RulesUnit, path_name, unit_here, units_found
from survey_app.foundation.clock import VIETNAM, local_date, now
from survey_app.foundation.database import read
from survey_app.staff.guards import requires
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("rules", __name__)
for doors in (limits_doors, calendar_doors, settings_doors):
    blueprint.register_blueprint(doors)


@dataclass(frozen=True, slots=True)
class Tried:
    """When something would be due, by which limit (None: nothing limits it), counted by which days."""

    limit: Limit | None
    due: datetime | None = None
    days: tuple[CountedDay, ...] = ()


@blueprint.get("/desk/rules")
@requires(Action.MANAGE_FEEDBACK)
def overview() -> str:
    """Show where the rules of a unit come from, find another unit (`?q=`), and try a due date out."""
    unit, words, instant = unit_here(), request.args.get("q", ""), now()
    form = TryForm(request.args, instant=full_minute(instant))
    is_asked = "begun" in request.args and form.validate()
    with read() as session:
        settings_from = settings_path(session, unit.path)
        today = calendar_for(session, unit.path).entry(local_date(instant))
        tried = _tried(session, unit, form) if is_asked else None
        source = None if settings_from is None else path_name(session, settings_from)
    return render_template(
        "feedback/rules.html",
        unit=unit,
        words=words,
        found=units_found(words),
        today=hours_text(today.hours),
        today_name=today.name,
        settings_from=source,
        form=form,
        tried=tried,
        duty_label=duty_label,
        time_unit_label=time_unit_label,
        hours_text=hours_text,
        weekday_label=weekday_label,
    )


def _tried(session: Session, unit: RulesUnit, form: TryForm) -> Tried:
    start: datetime = form.begun.data.replace(tzinfo=VIETNAM)
    limit = limit_for(
        session,
        kind=form.kind.data,
        field=form.field_name.data,
        unit_path=unit.path,
        duty=Duty(form.duty.data),
        day=start.date(),
    )
    if limit is None:
        return Tried(None)
    calendar, counts = (
        calendar_for(session, unit.path),
        settings_for(session, unit.path).day_of_receipt_counts,
    )
    instant = due(
        calendar,
        start=start,
        amount=limit.amount,
        time_unit=limit.time_unit,
        day_of_receipt_counts=counts,
    )
    days = counted_days(
        calendar, start=start, due=instant, time_unit=limit.time_unit, day_of_receipt_counts=counts
    )
    return Tried(limit, instant, tuple(days))

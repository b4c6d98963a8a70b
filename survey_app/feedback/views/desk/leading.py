"""The leader's page, made for a phone: five numbers, what changed, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from survey_app.feedback.queries.leading import (
    PERIOD,
    Numbers,
    escalated,
    in_time,
    numbers,
    slowest_units,
)
from survey_app.feedback.queries.queue_times import calendars_of
from survey_app.feedback.rules.calendar import WorkingCalendar
from survey_app.feedback.rules.codes import spoken
from survey_app.feedback.rules.time_left import minutes_a_day, time_left
from survey_app.feedback.rules.views import SOON_WORKING_DAYS, state_label
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.languages import ngettext
from survey_app.offices.queries import names_by_path
from survey_app.staff.guards import requires, scopes_here, staff_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("leading", __name__)


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing that asks for the leader: the sentence, and the list of the queue that it is about."""

    words: str
    address: str


@blueprint.get("/desk/leader")
@requires(Action.VIEW_FEEDBACK_REPORTS)
def leader() -> ResponseReturnValue:
    """Show how the desk stands, without a word that a citizen wrote."""
    instant, scopes = now(), scopes_here()
    with read() as session:
        calendar = calendars_of(session, scopes[:1])[scopes[0]]
        told = numbers(session, scopes=scopes, now=instant, soon=_soon(calendar, instant))
        before = in_time(session, scopes=scopes, since=instant - 2 * PERIOD, until=instant - PERIOD)
        late = escalated(session, scopes=scopes)
        slow = slowest_units(session, scopes=scopes, now=instant)
        units = names_by_path(session, {one.unit_path for one in late} | {path for path, _n in slow})
    return render_template(
        "feedback/leader.html",
        crumbs=[("/desk", _("Phản ánh, kiến nghị"))],
        told=told,
        before=before,
        to_do=_to_do(told),
        late=[(one, time_left(calendar, due_at=one.due_at, now=instant)) for one in late],
        slow=slow,
        units={path: name.split(", ")[0] for path, name in units.items()},
        may_view=staff_here().may_somewhere(Action.VIEW_CASES),
        spoken=spoken,
        state_label=state_label,
    )


def _soon(calendar: WorkingCalendar, instant: datetime) -> datetime:
    return calendar.after_working_minutes(instant, SOON_WORKING_DAYS * minutes_a_day(calendar, instant))


def _to_do(told: Numbers) -> list[ToDo]:
    """Return what asks for somebody's decision, the most pressing first."""
    todo = [
        (
            told.overdue,
            ngettext(
                "%(num)s hồ sơ quá hạn: hỏi người xử lý vướng ở đâu",
                "%(num)s hồ sơ quá hạn: hỏi người xử lý vướng ở đâu",
                told.overdue,
            ),
            "/desk?view=overdue",
        ),
        (
            told.to_approve,
            ngettext("%(num)s câu trả lời chờ duyệt", "%(num)s câu trả lời chờ duyệt", told.to_approve),
            "/desk?view=to_approve",
        ),
        (
            told.soon,
            ngettext(
                "%(num)s hồ sơ đến hạn trong hai ngày làm việc",
                "%(num)s hồ sơ đến hạn trong hai ngày làm việc",
                told.soon,
            ),
            "/desk?view=due_soon",
        ),
        (
            told.unassigned,
            ngettext("%(num)s hồ sơ chưa giao ai", "%(num)s hồ sơ chưa giao ai", told.unassigned),
            "/desk?view=unassigned",
        ),
    ]
    return [ToDo(words, address) for number, words, address in todo if number]

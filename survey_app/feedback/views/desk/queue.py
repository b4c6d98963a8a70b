"""The queue at /desk: views, filters, search; every case one click away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from survey_app.feedback.queries.fields import field_choices, field_label
from survey_app.feedback.queries.giving import saved_views, undoable_bulk
from survey_app.feedback.queries.queue import LONGEST_PAGE, PAGE, CaseLine, Reader, count_queue, queue_page
from survey_app.feedback.queries.queue_times import calendars_of
from survey_app.feedback.rules.calendar import WorkingCalendar
from survey_app.feedback.rules.codes import spoken
from survey_app.feedback.rules.kinds import Channel, Kind, channel_label, kind_label
from survey_app.feedback.rules.states import OPEN, State
from survey_app.feedback.rules.time_left import minutes_a_day, time_left
from survey_app.feedback.rules.views import (
    SOON_WORKING_DAYS,
    Urgency,
    View,
    Wanted,
    place,
    state_label,
    urgency,
    view_label,
    wanted,
)
from survey_app.feedback.views.desk.giving import blueprint as giving_doors
from survey_app.feedback.views.desk.saving import blueprint as saving_doors
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.languages import format_instant
from survey_app.foundation.languages import gettext as _
from survey_app.offices.queries import names_by_path, units_meant
from survey_app.staff.guards import requires, scopes_here, staff_here
from survey_app.staff.queries import names_of
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("queue", __name__)
blueprint.register_blueprint(giving_doors)
blueprint.register_blueprint(saving_doors)


@dataclass(frozen=True, slots=True)
class Row:
    """A case as the page tells it, all in words: a template takes longer to find them, and a page has 200 rows.

    `left` is working time until it is due, or since; "" where there is none. `choose` and `give` name its controls.
    """

    line: CaseLine
    code: str
    unit: str
    handler: str
    urgency: Urgency
    left: str
    due: str
    choose: str
    give: str


@blueprint.get("/desk")
@requires(Action.VIEW_CASES)
def desk() -> str:
    """List the cases of the person's units by the working time that is left."""
    asked = wanted(request.args)
    with read() as session:
        found = _found(session, asked, _reader(session))
    return render_template(
        "feedback/queue.html",
        asked=asked,
        longest_page=LONGEST_PAGE,
        **found,
        **_words(),
    )


def _found(session: Session, asked: Wanted, reader: Reader) -> dict[str, object]:
    """Return what the page shows of the cases, the people and the person's own views."""
    after = place(request.args.get("after"))
    size = LONGEST_PAGE if request.args.get("size") == str(LONGEST_PAGE) else PAGE
    can_assign = staff_here().may_somewhere(Action.ASSIGN_CASES)
    units = _units(session, asked)
    page = queue_page(session, wanted=asked, reader=reader, unit_paths=units, after=after, size=size)
    counts = count_queue(session, reader=reader)
    people = names_of(session, sorted({*counts.handlers, *(line.handler_id or 0 for line in page.lines)}))
    return {
        "rows": _rows(session, page.lines, people, reader),
        "following": page.following,
        "is_first": after is None,
        "size": size,
        "is_unit_unknown": bool(asked.unit) and not units,
        "counts": counts,
        "fields": field_choices(asked.field),
        "field_names": {line.field: field_label(line.field) for line in page.lines},
        "handlers": sorted(((id_, people[id_]) for id_ in counts.handlers), key=lambda one: one[1]),
        "own_views": saved_views(session, reader.account_id),
        "can_assign": can_assign,
        "undoable": undoable_bulk(session, account_id=reader.account_id, now=reader.now)
        if can_assign
        else None,
    }


def _words() -> dict[str, object]:
    """Return what the template needs to name things."""
    return {
        "OPEN": OPEN,
        "View": View,
        "State": State,
        "Kind": Kind,
        "Channel": Channel,
        "Urgency": Urgency,
        "view_label": view_label,
        "state_label": state_label,
        "kind_label": kind_label,
        "states": {state: state_label(state) for state in State},
        "kinds": {kind: kind_label(kind) for kind in Kind},
        "channel_label": channel_label,
    }


def _reader(session: Session) -> Reader:
    """Return who reads. Of several units the first one's calendar says what is due soon."""
    instant, scopes = now(), scopes_here()
    calendar = calendars_of(session, scopes[:1])[scopes[0]]
    minutes = SOON_WORKING_DAYS * minutes_a_day(calendar, instant)
    soon = calendar.after_working_minutes(instant, minutes)
    return Reader(account_id=staff_here().account_id, scopes=scopes, now=instant, soon=soon)


def _units(session: Session, asked: Wanted) -> Sequence[str]:
    """Return the paths of the units that were typed, ("",) if none was."""
    if not asked.unit:
        return ("",)
    return [unit.path for unit in units_meant(session, asked.unit, inside=scopes_here())]


def _rows(
    session: Session, lines: Sequence[CaseLine], people: Mapping[int, str], reader: Reader
) -> list[Row]:
    units = names_by_path(session, {line.unit_path for line in lines})
    calendars = calendars_of(session, {line.unit_path for line in lines})
    names = {path: name.split(", ")[0] or path for path, name in units.items()}
    return [
        _row(
            line,
            names[line.unit_path],
            people.get(line.handler_id or 0, ""),
            calendars[line.unit_path],
            reader,
        )
        for line in lines
    ]


def _row(line: CaseLine, unit: str, handler: str, calendar: WorkingCalendar, reader: Reader) -> Row:
    code, due_at = spoken(line.code), line.due_at
    urgent = urgency(line.state, due_at, now=reader.now, soon=reader.soon)
    left = time_left(calendar, due_at=due_at, now=reader.now) if due_at else ""
    return Row(
        line=line,
        code=code,
        unit=unit,
        handler=handler,
        urgency=urgent,
        left=_told_left(urgent, left),
        due=_("hạn %(at)s", at=format_instant(due_at)) if due_at else "",
        choose=_("Chọn %(code)s", code=code),
        give=_("Giao %(code)s", code=code),
    )


def _told_left(urgent: Urgency, left: str) -> str:
    if urgent is Urgency.OVERDUE:
        return _("Quá hạn %(time)s", time=left) if left else _("Quá hạn")
    if urgent is Urgency.SOON:
        return _("Sắp hạn: %(time)s", time=left) if left else _("Sắp hạn")
    return _("Tạm dừng") if urgent is Urgency.PAUSED else left

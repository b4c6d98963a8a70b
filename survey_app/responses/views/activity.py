"""How busy the counters of an office are, and which counters fell silent. Numbers only, never answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, abort, render_template, request

from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read
from survey_app.foundation.languages import current_language
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paging import page_number, paged
from survey_app.offices.queries import PointLine, office_line, service_points
from survey_app.responses.queries import (
    PlaceArrivals,
    SilentCounter,
    live_arrivals,
    office_arrivals,
    office_days,
    silent_places,
)
from survey_app.responses.views.counting import count_on
from survey_app.responses.views.live import days_chart, hour_words
from survey_app.responses.views.services import services
from survey_app.staff.guards import require_unit, requires, scopes_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("activity", __name__)

DAYS = 30
SILENT_SHOWN = 50


@dataclass(frozen=True, slots=True)
class CounterLine:
    """One counter of the office with its numbers over all campaigns; `silence` is set for a silent one."""

    name: str
    code: str | None
    active: bool
    arrived: PlaceArrivals
    last: str
    silence: SilentCounter | None


@blueprint.get("/offices/<office>/activity")
@requires(Action.VIEW_OFFICES)
def activity(office: str) -> str:
    """Show an office's arrivals of 30 days and each counter's latest response, with a warning where it fell silent."""
    with read() as session:
        found = office_line(session, office)
    if found is None:
        abort(404)
    require_unit(found.unit_path)
    count_on()
    instant = now()
    today = local_date(instant)
    first_day = today - timedelta(days=DAYS - 1)
    with read() as session:
        latest = live_arrivals(session, office_id=found.id)
        points = service_points(session, office_code=office, active_only=False)
        numbers = office_arrivals(session, office_id=found.id, live=latest, today=today)
        days = office_days(session, office_id=found.id, since=first_day, live=latest)
        window, silent = services().silence.find(session, instant)
    by_point = {one.service_point_id: one for one in silent if one.office_id == found.id}
    english = current_language() == "en"
    return render_template(
        "responses/activity.html",
        crumbs=[("/offices", _("Đơn vị và quầy")), (f"/offices/{office}", found.name)],
        office=found,
        office_name=(english and found.name_en) or found.name,
        chart=days_chart(days, first_day, DAYS, _("Số phiếu từng ngày, %(days)s ngày gần nhất", days=DAYS)),
        lines=[_line(point, numbers, by_point, today) for point in points if point.active or point.code]
        + _links(numbers, today),
        window=window,
        silent=len(by_point),
    )


def _line(
    point: PointLine, numbers: dict[int, PlaceArrivals], silent: dict[int, SilentCounter], today: date
) -> CounterLine:
    arrived = numbers.get(point.service_point_id, PlaceArrivals())
    return CounterLine(
        name=(current_language() == "en" and point.name_en) or point.name,
        code=point.code,
        active=point.active,
        arrived=arrived,
        last=hour_words(arrived.last_hour, today) if arrived.last_hour else "",
        silence=silent.get(point.service_point_id),
    )


def _links(numbers: dict[int, PlaceArrivals], today: date) -> list[CounterLine]:
    arrived = numbers.get(0)
    if arrived is None or arrived.last_hour is None:
        return []
    last = hour_words(arrived.last_hour, today)
    return [CounterLine(_("Đường dẫn trên mạng"), None, True, arrived, last, None)]


@blueprint.get("/offices/silent")
@requires(Action.VIEW_OFFICES)
def silent() -> str:
    """List the counters in the person's units that fell silent, those that lack most answers first."""
    count_on()
    instant, number = now(), page_number(request.args.get("page"))
    with read() as session:
        window, found = services().silence.find(session, instant)
        places = silent_places(session, [one.service_point_id for one in found], scopes=scopes_here())
    lines = [(one, places[one.service_point_id]) for one in found if one.service_point_id in places]
    start = (number - 1) * SILENT_SHOWN
    return render_template(
        "responses/silent.html",
        crumbs=[("/offices", _("Đơn vị và quầy"))],
        window=window,
        total=len(lines),
        lines=paged(lines[start : start + SILENT_SHOWN + 1], number=number, size=SILENT_SHOWN),
        english=current_language() == "en",
    )

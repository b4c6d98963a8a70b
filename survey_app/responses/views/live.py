"""The live page of a campaign: how many answers arrive, when, where and how. Numbers only, never answers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, Response, abort, render_template, request
from markupsafe import Markup
from sqlalchemy.orm import Session

from survey_app.campaigns.queries import CampaignView, campaign_by_code
from survey_app.campaigns.rules import Channel, State, channel_label, state_label
from survey_app.foundation.clock import VIETNAM, hour_of, local_date, now
from survey_app.foundation.database import read
from survey_app.foundation.languages import current_language, format_date, format_number
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paging import Paged, page_number, paged
from survey_app.responses.queries import (
    Arrivals,
    ImportLine,
    PlaceArrivals,
    PlaceName,
    campaign_arrivals,
    campaign_places,
    imports_of,
    live_arrivals,
    place_arrivals,
    rehearsal_counts,
)
from survey_app.responses.rules.flags import Flag, reason
from survey_app.responses.rules.instruments import instrument_label
from survey_app.responses.views.counting import count_on
from survey_app.staff.guards import require_unit, requires
from survey_app.staff.rules.permissions import Action
from survey_app.web.bars import Bar, bar_chart

blueprint = Blueprint("live", __name__)

DAYS = 14
PLACES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, and the same numbers for a table."""

    drawing: Markup
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One counter (or link) with its numbers; `rehearsed` counts answers of a running rehearsal."""

    place: PlaceName
    office: str
    name: str
    arrived: PlaceArrivals
    last: str
    rehearsed: int


@dataclass(frozen=True, slots=True)
class Live:
    """Everything the page shows of one moment."""

    campaign: CampaignView
    at: datetime
    arrivals: Arrivals
    today: Chart
    days: Chart
    lines: Paged[PlaceLine]
    rehearsed: int
    imports: list[ImportLine]


@blueprint.get("/campaigns/<code>/live")
@requires(Action.VIEW_CAMPAIGNS)
def live(code: str) -> str:
    """Show the arrivals of a campaign; without script the page loads itself anew every minute."""
    shown = _live(code)
    return render_template(
        "responses/live.html",
        crumbs=[
            ("/campaigns", _("Đợt khảo sát")),
            (f"/campaigns/{code}", shown.campaign.title_in(current_language())),
        ],
        refreshes=request.args.get("refresh") != "off",
        **_words(shown),
    )


@blueprint.get("/campaigns/<code>/live.json")
@requires(Action.VIEW_CAMPAIGNS)
def live_json(code: str) -> Response:
    """Return the same numbers as JSON, with the part of the page that shows them."""
    shown = _live(code)
    arrivals = shown.arrivals
    contents = {
        "campaign": code,
        "at": shown.at.isoformat(timespec="seconds"),
        "responses": arrivals.total,
        "flagged": arrivals.flagged,
        "flags": arrivals.flags,
        "channels": arrivals.channels,
        "instruments": arrivals.instruments,
        "imported": sum(one.responses for one in shown.imports),
        "hours": {hour.isoformat(): count for hour, count in sorted(arrivals.hours.items())},
        "places": [
            {
                "office": line.place.office_code,
                "counter": line.place.name,
                "responses": line.arrived.responses,
                "today": line.arrived.today,
                "flagged": line.arrived.flagged,
            }
            for line in shown.lines.items
        ],
        "page": render_template("responses/live_numbers.html", **_words(shown)),
    }
    return Response(json.dumps(contents, ensure_ascii=False), content_type="application/json")


def _words(shown: Live) -> dict[str, object]:
    arrivals = shown.arrivals
    return {
        "shown": shown,
        "title": shown.campaign.title_in(current_language()),
        "state": state_label(shown.campaign.state),
        "reasons": [(reason(Flag(flag)), count) for flag, count in arrivals.flags.most_common()],
        "channels": _shares(arrivals.channels, lambda name: channel_label(Channel(name))),
        "instruments": _shares(arrivals.instruments, instrument_label),
        "only_empty": request.args.get("only") == "empty",
        "address": f"/campaigns/{shown.campaign.code}/live",
    }


def _shares(counts: Counter[str], label: Callable[[str], str]) -> list[tuple[str, int]]:
    return [(label(name), count) for name, count in counts.most_common()]


def _live(code: str) -> Live:
    instant = now()
    with read() as session:
        campaign = campaign_by_code(session, code, today=local_date(instant))
    if campaign is None:
        abort(404)
    require_unit(campaign.unit_path)
    count_on()
    with read() as session:
        return _read(session, campaign, instant)


def _read(session: Session, campaign: CampaignView, instant: datetime) -> Live:
    today = local_date(instant)
    first_day = today - timedelta(days=DAYS - 1)
    since = datetime(first_day.year, first_day.month, first_day.day, tzinfo=VIETNAM)
    latest = live_arrivals(session, campaign_id=campaign.id)
    arrivals = campaign_arrivals(session, campaign_id=campaign.id, since=since, live=latest)
    number = page_number(request.args.get("page"))
    places = campaign_places(
        session,
        campaign,
        without_responses=request.args.get("only") == "empty",
        limit=PLACES_SHOWN + 1,
        offset=(number - 1) * PLACES_SHOWN,
    )
    numbers = place_arrivals(
        session,
        campaign_id=campaign.id,
        places=[(place.office_id, place.service_point_id) for place in places],
        live=latest,
        today=today,
    )
    is_rehearsal = campaign.state is State.REHEARSAL
    rehearsed = rehearsal_counts(session, campaign_id=campaign.id) if is_rehearsal else {}
    word = channel_label(next((one for one in campaign.channels if one is not Channel.QR), Channel.WEB))
    lines = [_line(place, word, numbers, rehearsed, today) for place in places]
    return Live(
        campaign=campaign,
        at=instant.astimezone(VIETNAM),
        arrivals=arrivals,
        today=_hours_chart(arrivals.hours, instant),
        days=_days_chart(arrivals.hours, first_day),
        lines=paged(lines, number=number, size=PLACES_SHOWN),
        rehearsed=sum(rehearsed.values()),
        imports=imports_of(session, campaign.id),
    )


def _line(
    place: PlaceName,
    word: str,
    numbers: dict[tuple[int, int], PlaceArrivals],
    rehearsed: dict[tuple[int, int], int],
    today: date,
) -> PlaceLine:
    key = (place.office_id, place.service_point_id)
    arrived = numbers.get(key, PlaceArrivals())
    english = current_language() == "en"
    return PlaceLine(
        place=place,
        office=(english and place.office_name_en) or place.office_name,
        name=(english and place.name_en) or place.name or word,
        arrived=arrived,
        last=hour_words(arrived.last_hour, today) if arrived.last_hour else "",
        rehearsed=rehearsed.get(key, 0),
    )


def hour_words(hour: datetime, today: date) -> str:
    """Return an hour in words, such as `hôm nay, 9 giờ`; responses are not kept finer than that."""
    local = hour.astimezone(VIETNAM)
    if local.date() == today:
        return _("hôm nay, %(hour)s giờ", hour=local.hour)
    return _("%(day)s, %(hour)s giờ", day=format_date(local.date()), hour=local.hour)


def _hours_chart(hours: Counter[datetime], instant: datetime) -> Chart:
    midnight = instant.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    counts = {hour.astimezone(VIETNAM): count for hour, count in hours.items()}
    bars = [
        Bar(
            _("%(start)s–%(end)s giờ", start=number, end=number + 1),
            str(number),
            counts.get(hour_of(midnight + timedelta(hours=number)), 0),
        )
        for number in range(24)
    ]
    return _chart(bars, _("Số phiếu từng giờ hôm nay"))


def _days_chart(hours: Counter[datetime], first_day: date) -> Chart:
    days: Counter[date] = Counter()
    for hour, count in hours.items():
        days[local_date(hour)] += count
    return days_chart(days, first_day, DAYS, _("Số phiếu từng ngày, %(days)s ngày gần nhất", days=DAYS))


def days_chart(counts: Counter[date], first_day: date, number: int, title: str) -> Chart:
    """Draw one bar a day for `number` days from `first_day` on."""
    days = (first_day + timedelta(days=position) for position in range(number))
    return _chart([Bar(format_date(day), f"{day:%d/%m}", counts[day]) for day in days], title)


def _chart(bars: list[Bar], title: str) -> Chart:
    highest = max(bars, key=lambda bar: bar.value)
    description = _(
        "Tổng %(total)s phiếu; nhiều nhất %(most)s phiếu (%(when)s).",
        total=format_number(sum(bar.value for bar in bars)),
        most=format_number(highest.value),
        when=highest.name,
    )
    return Chart(bar_chart(bars, title=title, description=description), bars)

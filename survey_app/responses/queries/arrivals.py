"""How many responses arrived when and where: counted ones from their tables, the latest ones counted live.

Read everything of a page in one session of `Database.read()`: it sees one snapshot, so that no response is counted
twice or not at all while `operations.roll_up` moves the horizon.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from survey_app.foundation.clock import local_date
from survey_app.responses.models import ArrivalDay, ArrivalHorizon, ArrivalHour, Response


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Numbers of responses of one campaign. `flags` counts a response once for each of its reasons."""

    total: int = 0
    flagged: int = 0
    flags: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    instruments: Counter[str] = field(default_factory=Counter)
    hours: Counter[datetime] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class LiveArrival:
    """Responses of one place and hour, alike in channel, instrument and flags."""

    office_id: int
    service_point_id: int
    hour: datetime
    channel: str
    instrument: str
    flags: str
    responses: int


@dataclass(slots=True)
class PlaceArrivals:
    """Responses of one place: all, flagged, today's, and the hour of the latest."""

    responses: int = 0
    flagged: int = 0
    today: int = 0
    last_hour: datetime | None = None

    def add(self, responses: int, flagged: int, today: int, last_hour: datetime) -> None:
        """Add what was counted elsewhere for the same place."""
        self.responses += responses
        self.flagged += flagged
        self.today += today
        self.last_hour = max(self.last_hour or last_hour, last_hour)


Place = tuple[int, int]
"""Office id and service point id; 0 for the office's link."""


def horizon(session: Session) -> ArrivalHorizon | None:
    """Return how far responses are counted, None if none ever was."""
    return session.scalar(select(ArrivalHorizon))


def live_arrivals(
    session: Session, *, campaign_id: int | None = None, office_id: int | None = None
) -> list[LiveArrival]:
    """Count what lies beyond the horizon, of one campaign or one office."""
    reached = horizon(session)
    point = func.coalesce(Response.service_point_id, 0)
    columns = (Response.office_id, point, Response.received_hour, Response.channel, Response.instrument)
    query = select(*columns, Response.flags, func.count()).where(
        Response.id > (reached.counted_id if reached else 0)
    )
    if campaign_id is not None:
        query = query.where(Response.campaign_id == campaign_id)
    if office_id is not None:
        query = query.where(Response.office_id == office_id)
    return [LiveArrival(*row) for row in session.execute(query.group_by(*columns, Response.flags))]


def campaign_arrivals(
    session: Session, *, campaign_id: int, since: datetime, live: Iterable[LiveArrival]
) -> Arrivals:
    """Return the numbers of a campaign with what is `live`; `hours` holds those from `since` on."""
    counted = ArrivalHour.campaign_id == campaign_id
    number = func.sum(ArrivalHour.responses)
    kind = (ArrivalHour.channel, ArrivalHour.instrument, ArrivalHour.flags)
    rows: list[Any] = [
        tuple(row) for row in session.execute(select(*kind, number).where(counted).group_by(*kind))
    ]
    hours = (
        select(ArrivalHour.received_hour, number)
        .where(counted, ArrivalHour.received_hour >= since)
        .group_by(ArrivalHour.received_hour)
    )
    arrived: Counter[datetime] = Counter(dict(session.execute(hours).all()))
    for one in live:
        rows.append((one.channel, one.instrument, one.flags, one.responses))
        if one.hour >= since:
            arrived[one.hour] += one.responses
    return _sums(rows, arrived)


def _sums(rows: Iterable[tuple[str, str, str, int]], hours: Counter[datetime]) -> Arrivals:
    flags: Counter[str] = Counter()
    channels: Counter[str] = Counter()
    instruments: Counter[str] = Counter()
    flagged = 0
    for channel, instrument, stored, count in rows:
        channels[channel] += count
        instruments[instrument] += count
        flagged += count if stored else 0
        for flag in stored.split():
            flags[flag] += count
    return Arrivals(channels.total(), flagged, flags, channels, instruments, hours)


def place_arrivals(
    session: Session, *, campaign_id: int, places: Iterable[Place], live: Iterable[LiveArrival], today: date
) -> dict[Place, PlaceArrivals]:
    """Return the numbers of some places of a campaign; places without a response are absent."""
    wanted = set(places)
    where = (
        ArrivalDay.campaign_id == campaign_id,
        ArrivalDay.office_id.in_({office for office, _point in wanted}),
        ArrivalDay.service_point_id.in_({point for _office, point in wanted}),
    )
    found = _counted_places(session, where, today)
    _add_live(found, live, today)
    return {place: one for place, one in found.items() if place in wanted}


def _counted_places(
    session: Session, where: Iterable[ColumnElement[bool]], today: date
) -> dict[Place, PlaceArrivals]:
    place = (ArrivalDay.office_id, ArrivalDay.service_point_id)
    query = (
        select(
            *place,
            func.sum(ArrivalDay.responses),
            func.sum(ArrivalDay.flagged),
            func.sum(case((ArrivalDay.day == today, ArrivalDay.responses), else_=0)),
            func.max(ArrivalDay.last_hour),
        )
        .where(*where)
        .group_by(*place)
    )
    return {(office, point): PlaceArrivals(*sums) for office, point, *sums in session.execute(query)}


def _add_live(found: dict[Place, PlaceArrivals], live: Iterable[LiveArrival], today: date) -> None:
    for one in live:
        place = found.setdefault((one.office_id, one.service_point_id), PlaceArrivals())
        place.add(
            one.responses,
            one.responses if one.flags else 0,
            one.responses if local_date(one.hour) == today else 0,
            one.hour,
        )


def office_arrivals(
    session: Session, *, office_id: int, live: Iterable[LiveArrival], today: date
) -> dict[int, PlaceArrivals]:
    """Return the numbers of an office by service point (0: its links), over all campaigns."""
    found = _counted_places(session, (ArrivalDay.office_id == office_id,), today)
    _add_live(found, live, today)
    return {point: one for (_office, point), one in found.items()}


def office_days(
    session: Session, *, office_id: int, since: date, live: Iterable[LiveArrival]
) -> Counter[date]:
    """Return how many responses an office had on each day from `since` on."""
    query = (
        select(ArrivalDay.day, func.sum(ArrivalDay.responses))
        .where(ArrivalDay.office_id == office_id, ArrivalDay.day >= since)
        .group_by(ArrivalDay.day)
    )
    days: Counter[date] = Counter(dict(session.execute(query).all()))
    for one in live:
        days[local_date(one.hour)] += one.responses
    return days

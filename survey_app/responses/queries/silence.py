"""Counters that fell silent, compared with their own usual rate in the campaign that is open there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.rules import Channel, State
from survey_app.foundation.clock import local_date
from survey_app.foundation.paths import inside_any
from survey_app.offices.models import Office, ServicePoint, Unit
from survey_app.responses.models import ArrivalDay
from survey_app.responses.queries.arrivals import horizon
from survey_app.responses.rules.silence import (
    FEWEST_USUAL_DAYS,
    RECENT_DAYS,
    Window,
    expected_responses,
    is_silent,
    usual_days,
    window_before,
)


@dataclass(frozen=True, slots=True)
class SilentCounter:
    """A counter with `recent` responses where about `expected` were to be expected."""

    office_id: int
    service_point_id: int
    recent: int
    expected: float


@dataclass(frozen=True, slots=True)
class SilentPlace:
    """The names of a silent counter, its office and its unit."""

    service_point_id: int
    name: str
    name_en: str | None
    office_code: str
    office_name: str
    office_name_en: str | None
    unit_name: str


def silence_window(session: Session, *, now: datetime) -> Window:
    """Return the working days that can be compared: those whose arrivals are all counted."""
    reached = horizon(session)
    return window_before(min(local_date(now), local_date(reached.counted_until if reached else now)))


def silent_counters(
    session: Session, *, window: Window, campaigns: Mapping[int, date]
) -> tuple[SilentCounter, ...]:
    """Return the silent counters of `campaigns` (as from `watched_campaigns`), those that lack most first.

    Only answers on citizens' own phones count: a kiosk beside the poster says nothing about the poster.
    """
    days = {campaign_id: usual_days(window, since) for campaign_id, since in campaigns.items()}
    days = {campaign_id: number for campaign_id, number in days.items() if number >= FEWEST_USUAL_DAYS}
    if not days:
        return ()
    found = [
        SilentCounter(office_id, point, recent, expected_responses(usual, days[campaign_id]))
        for campaign_id, office_id, point, recent, usual in session.execute(_sums(window, days))
        if is_silent(recent, usual, days[campaign_id])
    ]
    return tuple(sorted(found, key=lambda one: (one.recent - one.expected, one.service_point_id)))


def watched_campaigns(session: Session, *, window: Window) -> dict[int, date]:
    """Return the open campaigns that took answers at counters on all recent days, and since when."""
    query = select(Campaign.id, Campaign.opens_on, Campaign.opened_at).where(
        Campaign.state == State.OPEN,
        Campaign.opens_on <= window.recent[0],
        Campaign.closes_on >= window.recent[-1],
        cast(Campaign.channels, String).contains(f'"{Channel.QR}"'),
    )
    began = {
        campaign_id: max(opens_on, local_date(opened_at) if opened_at else opens_on)
        for campaign_id, opens_on, opened_at in session.execute(query)
    }
    return {campaign_id: day for campaign_id, day in began.items() if day <= window.recent[0]}


def _sums(window: Window, days: Mapping[int, int]) -> Select[int, int, int, Any, Any]:
    recent = func.sum(case((ArrivalDay.day >= window.recent[0], ArrivalDay.responses), else_=0))
    usual = func.sum(case((ArrivalDay.day < window.recent[0], ArrivalDay.responses), else_=0))
    place = (ArrivalDay.campaign_id, ArrivalDay.office_id, ArrivalDay.service_point_id)
    return (
        select(*place, recent, usual)
        .where(
            ArrivalDay.day.in_(window.usual + window.recent),
            ArrivalDay.instrument == "web",
            ArrivalDay.service_point_id > 0,
            ArrivalDay.campaign_id.in_(days),
        )
        .group_by(*place)
        .having(or_(*(_sieve(recent, usual, number, days) for number in set(days.values()))))
    )


def _sieve(recent: Any, usual: Any, number: int, days: Mapping[int, int]) -> ColumnElement[bool]:
    """Return a condition that every silent counter of campaigns with `number` usual days meets, and few others.

    The lower 1 % bound of a Poisson distribution lies more than 1.5 standard deviations below its mean.
    """
    lacking = RECENT_DAYS * usual - recent * number
    of_these = ArrivalDay.campaign_id.in_([one for one, usual_ones in days.items() if usual_ones == number])
    return and_(of_these, lacking > 0, 4 * lacking * lacking > 9 * RECENT_DAYS * usual * number)


def silent_places(
    session: Session, service_point_ids: Sequence[int], *, scopes: Sequence[str]
) -> dict[int, SilentPlace]:
    """Return the names of counters inside unit paths by id; counters and offices that were closed are absent."""
    query = (
        select(
            ServicePoint.id,
            ServicePoint.name,
            ServicePoint.name_en,
            Office.code,
            Office.name,
            Office.name_en,
            Unit.name,
        )
        .join(Office, Office.id == ServicePoint.office_id)
        .join(Unit, Unit.id == Office.unit_id)
        .where(
            ServicePoint.id.in_(service_point_ids),
            ServicePoint.active,
            Office.active,
            inside_any(Unit.path, scopes),
        )
    )
    return {row[0]: SilentPlace(*row) for row in session.execute(query)}

"""Counts settled responses once and for all, so that staff pages need not count a million of them.

Storing an answer does nothing for these counts. Ids are given in the order in which transactions insert, but may become
visible in another; so a response is counted only when no transaction that inserted earlier can still be under way.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Date, bindparam, func, select, text
from sqlalchemy.orm import Session

from survey_app.foundation.clock import VIETNAM, local_date
from survey_app.foundation.columns import UtcDateTime
from survey_app.foundation.database import insert_if_absent
from survey_app.responses.models import ArrivalHorizon, Response
from survey_app.responses.rules.arrivals import SETTLED, is_due, settled_until

RESPONSES_AT_ONCE = 5_000
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)

# In words, because SQLAlchemy has no form of it for all databases; SQLite and PostgreSQL read it alike.
_ADD_TO_HOURS = text(
    "INSERT INTO arrival_hours (campaign_id, received_hour, channel, instrument, flags, responses)"
    " SELECT campaign_id, received_hour, channel, instrument, flags, count(*)"
    " FROM responses WHERE id > :after AND id <= :last"
    " GROUP BY campaign_id, received_hour, channel, instrument, flags"
    " ON CONFLICT (campaign_id, received_hour, channel, instrument, flags) DO UPDATE SET"
    " responses = arrival_hours.responses + excluded.responses"
)
_ADD_TO_DAY = text(
    "INSERT INTO arrival_days"
    " (campaign_id, office_id, service_point_id, day, instrument, responses, flagged, last_hour)"
    " SELECT campaign_id, office_id, coalesce(service_point_id, 0), :day, instrument, count(*),"
    " sum(CASE WHEN flags = '' THEN 0 ELSE 1 END), max(received_hour)"
    " FROM responses WHERE id > :after AND id <= :last AND received_hour >= :start AND received_hour < :end"
    " GROUP BY campaign_id, office_id, coalesce(service_point_id, 0), instrument"
    " ON CONFLICT (campaign_id, office_id, service_point_id, day, instrument) DO UPDATE SET"
    " responses = arrival_days.responses + excluded.responses,"
    " flagged = arrival_days.flagged + excluded.flagged,"
    " last_hour = CASE WHEN excluded.last_hour > arrival_days.last_hour"
    " THEN excluded.last_hour ELSE arrival_days.last_hour END"
).bindparams(
    bindparam("day", type_=Date), bindparam("start", type_=UtcDateTime), bindparam("end", type_=UtcDateTime)
)


def roll_up(session: Session, *, now: datetime) -> bool:
    """Count settled responses that were not counted yet, each once; at most about 5,000 in one transaction.

    Returns whether more is due. Does nothing while another transaction counts.
    """
    horizon = locked_horizon(session, skip_locked=True)
    if horizon is None or not is_due(horizon.counted_until, horizon.noted_at, now):
        return False
    settled = _settled_id(session, horizon, now)
    last = _end_of_part(session, horizon.counted_id, settled)
    if last > horizon.counted_id:
        _count(session, horizon.counted_id, last)
        horizon.counted_id = last
    if last < settled:
        return True
    horizon.counted_until = max(horizon.counted_until, settled_until(now))
    horizon.noted_id, horizon.noted_at = session.scalar(select(func.max(Response.id))) or 0, now
    return False


def locked_horizon(session: Session, *, skip_locked: bool = False) -> ArrivalHorizon | None:
    """Return the horizon, locked until the transaction ends; None if it is locked already and `skip_locked`."""
    first = {"id": 1, "counted_id": 0, "noted_id": 0, "noted_at": _BEGINNING, "counted_until": _BEGINNING}
    insert_if_absent(session, ArrivalHorizon, first)
    return session.scalar(select(ArrivalHorizon).with_for_update(skip_locked=skip_locked))


def _settled_id(session: Session, horizon: ArrivalHorizon, now: datetime) -> int:
    """Return the last response before which none can still appear.

    That is the one noted 10 minutes ago; or a later one from an hour that ended 10 minutes ago. A kiosk proves nothing
    about the time: it sends answers of earlier hours.
    """
    noted = horizon.noted_id if horizon.noted_at + SETTLED <= now else 0
    of_a_past_hour = (
        select(Response.id)
        .where(
            Response.id > horizon.counted_id,
            Response.received_hour < settled_until(now),
            Response.instrument == "web",
        )
        .order_by(Response.id.desc())
        .limit(1)
    )
    return max(horizon.counted_id, noted, session.scalar(of_a_past_hour) or 0)


def _end_of_part(session: Session, after: int, settled: int) -> int:
    """Return the id with which a part of `RESPONSES_AT_ONCE` ends."""
    query = select(Response.id).where(Response.id > after, Response.id <= settled).order_by(Response.id)
    return session.scalar(query.offset(RESPONSES_AT_ONCE - 1).limit(1)) or settled


def _count(session: Session, after: int, last: int) -> None:
    part = {"after": after, "last": last}
    session.execute(_ADD_TO_HOURS, part)
    hours = select(Response.received_hour).where(Response.id > after, Response.id <= last).distinct()
    for day in sorted({local_date(hour) for hour in session.scalars(hours)}):
        session.execute(
            _ADD_TO_DAY,
            part | {"day": day, "start": _midnight(day), "end": _midnight(day + timedelta(days=1))},
        )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM).astimezone(UTC)

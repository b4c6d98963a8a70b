"""Numbers of the outbox: by topic for the room above, by sender for whoever looks after the carriers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.messaging.models import GatewayStop, OutboxMessage, OutboxTopic, Sender
from survey_app.messaging.rules.states import State

LATELY = timedelta(hours=24)


def topic_counts(session: Session, topic: str) -> Mapping[State, int]:
    """Return how many messages of a topic are in each state; states without one are left out."""
    query = (
        select(OutboxMessage.state, func.count())
        .join(OutboxTopic)
        .where(OutboxTopic.name == topic)
        .group_by(OutboxMessage.state)
    )
    return {State(state): count for state, count in session.execute(query)}


def count_states(session: Session) -> Mapping[State, int]:
    """Return how many messages of the whole outbox are in each state."""
    rows = session.execute(select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state))
    return {State(state): count for state, count in rows}


def price_of(session: Session, *, gateway: str, sender: str, segments: int) -> Decimal:
    """Return what `segments` cost with this sender, in đồng; zero where no price is set."""
    query = select(Sender.price).where(Sender.gateway == gateway, Sender.name == sender)
    return (session.scalar(query) or Decimal(0)) * segments


@dataclass(frozen=True, slots=True)
class SenderHealth:
    """One sender: what it is set to, and what became of the messages begun in the last 24 hours."""

    id: int
    gateway: str
    medium: str
    name: str
    active: bool
    segments_per_second: float
    price: Decimal
    lately: Mapping[State, int]


def sender_health(session: Session, now: datetime) -> list[SenderHealth]:
    """Return every sender with its recent counts, by carrier and name."""
    query = (
        select(OutboxMessage.sender_id, OutboxMessage.state, func.count())
        .where(OutboxMessage.began_at >= now - LATELY)
        .group_by(OutboxMessage.sender_id, OutboxMessage.state)
    )
    counts: dict[int, dict[State, int]] = {}
    for sender_id, state, count in session.execute(query):
        counts.setdefault(sender_id, {})[State(state)] = count
    senders = session.scalars(select(Sender).order_by(Sender.gateway, Sender.name))
    return [
        SenderHealth(
            one.id,
            one.gateway,
            one.medium,
            one.name,
            one.active,
            one.segments_per_second,
            one.price,
            counts.get(one.id, {}),
        )
        for one in senders
    ]


@dataclass(frozen=True, slots=True)
class Stop:
    """A carrier that nothing goes to until a person has looked."""

    gateway: str
    since: datetime
    code: str


def stops(session: Session) -> list[Stop]:
    """Return the carriers that are stopped, the latest first."""
    query = select(GatewayStop.gateway, GatewayStop.since, GatewayStop.code)
    return [Stop(*row) for row in session.execute(query.order_by(GatewayStop.since.desc()))]

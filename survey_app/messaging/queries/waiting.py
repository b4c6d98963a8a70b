"""What the worker has to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from survey_app.messaging.models import GatewayStop, OutboxMessage, OutboxTopic, Sender
from survey_app.messaging.rules.states import State


def due_here(sender_id: int, *, is_reply: bool, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions of a message of the topic at hand that may be leased; one index answers them.

    A pause holds back all but replies.
    """
    unpaused = [] if is_reply else [OutboxTopic.paused.is_(False)]
    return [
        *unpaused,
        OutboxMessage.topic_id == OutboxTopic.id,
        OutboxMessage.state == State.QUEUED.value,
        OutboxMessage.is_reply.is_(is_reply),
        OutboxMessage.sender_id == sender_id,
        OutboxMessage.due_at <= now,
    ]


def is_anything_due(session: Session, now: datetime) -> bool:
    """Say whether a message waits that neither a pause nor a stop holds back; takes no lock."""
    return any(
        session.scalar(select(exists().where(*due_here(one, is_reply=is_reply, now=now))))
        for one in open_senders(session)
        for is_reply in (True, False)
    )


def open_senders(session: Session) -> list[int]:
    """Return the ids of senders in use whose carrier is not stopped."""
    query = select(Sender.id).where(
        Sender.active.is_(True), ~exists().where(GatewayStop.gateway == Sender.gateway)
    )
    return list(session.scalars(query.order_by(Sender.id)))


@dataclass(frozen=True, slots=True)
class Doubt:
    """A message that may have been sent, as the carrier is asked for it; `attempt` names the sending in doubt."""

    id: int
    attempt: int
    gateway: str
    sender: str
    reference: str
    phone_sealed: bytes
    text: str
    began_at: datetime


def doubts(session: Session, now: datetime, *, most: int) -> list[Doubt]:
    """Return messages in doubt whose carrier should be asked now, the longest waiting first."""
    query = (
        select(
            OutboxMessage.id,
            OutboxMessage.attempt,
            Sender.gateway,
            Sender.name,
            OutboxMessage.reference,
            OutboxMessage.phone_sealed,
            OutboxMessage.text,
            OutboxMessage.began_at,
        )
        .join(Sender)
        .where(
            OutboxMessage.state == State.UNKNOWN.value,
            OutboxMessage.leased_until <= now,
            OutboxMessage.phone_sealed.is_not(None),
            OutboxMessage.began_at.is_not(None),
        )
        .order_by(OutboxMessage.leased_until)
        .limit(most)
    )
    return [Doubt(*row) for row in session.execute(query)]  # type: ignore[arg-type]

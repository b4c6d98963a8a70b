"""Single messages: those that were not delivered, and one by its reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from survey_app.messaging.models import OutboxMessage, OutboxTopic, Sender
from survey_app.messaging.rules.contract import Cause
from survey_app.messaging.rules.states import DEAD_LETTERS, Resend, State, may_resend


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that did not arrive, or may not have."""

    id: int
    topic: str
    gateway: str
    sender: str
    phone_sealed: bytes | None
    text: str
    state: State
    cause: Cause | None
    code: str
    failures: int
    began_at: datetime | None

    @property
    def resend(self) -> Resend:
        """Whether a person may send it again; nobody can when its phone is deleted."""
        return may_resend(self.state, self.cause) if self.phone_sealed is not None else Resend.NO


def dead_letters(
    session: Session,
    *,
    states: Sequence[State] = DEAD_LETTERS,
    topic: str | None = None,
    offset: int,
    most: int,
) -> list[DeadLetter]:
    """Return a page of dead letters, the most urgent state first and the latest message first within it."""
    urgency = case(
        {state.value: place for place, state in enumerate(DEAD_LETTERS)}, value=OutboxMessage.state
    )
    query = (
        select(
            OutboxMessage.id,
            OutboxTopic.name,
            Sender.gateway,
            Sender.name,
            OutboxMessage.phone_sealed,
            OutboxMessage.text,
            OutboxMessage.state,
            OutboxMessage.cause,
            OutboxMessage.code,
            OutboxMessage.failures,
            OutboxMessage.began_at,
        )
        .join(Sender)
        .join(OutboxTopic)
        .where(OutboxMessage.state.in_([state.value for state in states]))
        .order_by(urgency, OutboxMessage.id.desc())
        .offset(offset)
        .limit(most)
    )
    if topic is not None:
        query = query.where(OutboxTopic.name == topic)
    return [
        DeadLetter(*row[:6], State(row.state), Cause(row.cause) if row.cause else None, *row[8:])
        for row in session.execute(query)
    ]


def message_by_reference(session: Session, reference: str) -> OutboxMessage | None:
    """Return the message with our reference, which carriers give back with ratings and receipts."""
    return session.scalars(select(OutboxMessage).where(OutboxMessage.reference == reference)).one_or_none()

"""What the phone on screen shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.messaging.models import InboundMessage, SimulatorMessage
from survey_app.messaging.queries.phones import phone_hash

GATEWAY = "simulator"


def simulated_id(session: Session, reference: str) -> str | None:
    """Return the id of the message with this reference on the phone on screen."""
    query = select(SimulatorMessage.id).where(SimulatorMessage.reference == reference)
    return f"sim-{reference}" if session.scalar(query) is not None else None


@dataclass(frozen=True, slots=True)
class ScreenMessage:
    """One bubble: `is_own` was written on the phone; `other` is who it is from or to."""

    at: datetime
    other: str
    text: str
    is_own: bool


def screen_messages(session: Session, *, key: str, phone: str, most: int = 50) -> list[ScreenMessage]:
    """Return the latest messages from and to a simulated phone (E.164), oldest first, inline answers included."""
    one = phone_hash(key, phone)
    got = session.execute(
        select(SimulatorMessage.delivered_at, SimulatorMessage.sender, SimulatorMessage.text)
        .where(SimulatorMessage.phone_hash == one)
        .order_by(SimulatorMessage.id.desc())
        .limit(most)
    )
    written = session.scalars(
        select(InboundMessage)
        .where(InboundMessage.phone_hash == one, InboundMessage.gateway == GATEWAY)
        .order_by(InboundMessage.received_at.desc())
        .limit(most)
    )
    bubbles = [ScreenMessage(at, sender, text, False) for at, sender, text in got]
    for row in written:
        bubbles.append(ScreenMessage(row.received_at, row.to, row.text, True))
        replies = row.replies if row.inline else []
        bubbles += [ScreenMessage(row.received_at, row.to, reply, False) for reply in replies]
    return sorted(bubbles, key=lambda bubble: bubble.at)[-most:]

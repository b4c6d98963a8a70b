"""What came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.foundation.privacy import FieldCipher
from survey_app.messaging.models import InboundMessage
from survey_app.messaging.rules.contract import InboundText, ProviderRating
from survey_app.messaging.rules.policy import MOST_HANDLINGS

TEXT, RATING, FORGOTTEN = "text", "rating", "forgotten"


@dataclass(frozen=True, slots=True)
class InboundLine:
    """A text or rating that the room above has not taken yet."""

    id: int
    gateway: str
    received_at: datetime
    failures: int


def unhandled(session: Session, now: datetime, *, most: int) -> list[InboundLine]:
    """Return what waits to be handled, oldest first; what failed waits a minute longer each time."""
    query = (
        select(InboundMessage.id, InboundMessage.gateway, InboundMessage.received_at, InboundMessage.failures)
        .where(InboundMessage.handled_at.is_(None), InboundMessage.failures < MOST_HANDLINGS)
        .order_by(InboundMessage.failures, InboundMessage.id)
        .limit(most)
    )
    lines = [InboundLine(*row) for row in session.execute(query)]
    return [one for one in lines if one.received_at + timedelta(minutes=one.failures) <= now]


def inbound_event(
    session: Session, inbound_id: int, cipher: FieldCipher
) -> InboundText | ProviderRating | None:
    """Return what came in as the carrier's gateway understood it; None if it is gone."""
    row = session.get(InboundMessage, inbound_id)
    return event_of_row(row, cipher) if row else None


def event_of_row(row: InboundMessage, cipher: FieldCipher) -> InboundText | ProviderRating:
    """Return the event that was stored; its phone is empty once the link to it was cut."""
    if row.kind == RATING:
        return ProviderRating(
            provider_id=row.provider_id,
            reference=row.details["reference"],
            stars=row.details["stars"],
            choices=tuple(row.details["choices"]),
            note=row.text,
            received_at=row.received_at,
        )
    return InboundText(
        provider_id=row.provider_id,
        sender=cipher.decrypt(row.phone_sealed) if row.phone_sealed else "",
        to=row.to,
        text=row.text,
        received_at=row.received_at,
    )

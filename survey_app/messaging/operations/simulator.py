"""The table behind the phone on screen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.foundation.database import insert_if_absent
from survey_app.foundation.privacy import FieldCipher
from survey_app.messaging.models import SimulatorMessage
from survey_app.messaging.queries import phone_hash
from survey_app.messaging.rules.contract import OutboundText


def deliver_simulated(session: Session, *, message: OutboundText, key: str, now: datetime) -> str:
    """Put a message on the phone on screen and return its id; the same reference again changes nothing."""
    row = {
        "reference": message.reference,
        "phone_hash": phone_hash(key, message.to),
        "phone_sealed": FieldCipher(key).encrypt(message.to),
        "sender": message.sender,
        "text": message.text,
        "delivered_at": now,
    }
    insert_if_absent(session, SimulatorMessage, row)
    return f"sim-{message.reference}"

"""Stores that a phone must not be written to, and suppresses at once what waits for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey_app.foundation.database import insert_if_absent
from survey_app.messaging.models import OptOut, OutboxMessage, Sender
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.optouts import Block, Reason, covered
from survey_app.messaging.rules.states import TABLE, Event, State

_SUPPRESSIBLE = [state.value for state, row in TABLE.items() if row.get(Event.SUPPRESS) is State.SUPPRESSED]


def add_block(
    session: Session, *, hashed: str, reason: Reason, medium: Medium, source: str, now: datetime
) -> bool:
    """Block a phone (by its hash) for one reason; say whether it was not blocked for it before."""
    row = {
        "phone_hash": hashed,
        "reason": reason.value,
        "medium": medium.value,
        "since": now,
        "source": source[:60],
    }
    is_new = insert_if_absent(session, OptOut, row)
    media = [one.value for one in covered(Block(reason, medium))]
    session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.phone_hash == hashed,
            OutboxMessage.state.in_(_SUPPRESSIBLE),
            OutboxMessage.sender_id.in_(select(Sender.id).where(Sender.medium.in_(media))),
        )
        .values(state=State.SUPPRESSED.value, phone_sealed=None, leased_by=None, leased_until=None)
        .execution_options(synchronize_session="fetch")
    )
    return is_new

"""Moves all waiting messages of a topic at once."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from survey_app.foundation.database import insert_if_absent
from survey_app.messaging.models import OutboxMessage, OutboxTopic
from survey_app.messaging.rules.states import WAITING, State


def new_topic(name: str, now: datetime) -> dict[str, Any]:
    """Return the row of a topic that nothing was set for."""
    return {"name": name, "paused": False, "full_at": now}


def pause_topic(session: Session, *, topic: str, now: datetime) -> None:
    """Hold back all messages of a topic but replies, at once: also those a worker has taken and not begun."""
    _topic(session, topic, now).paused = True


def resume_topic(session: Session, *, topic: str, now: datetime) -> None:
    """Let a paused topic go on where it stood."""
    _topic(session, topic, now).paused = False


def set_topic_pace(session: Session, *, topic: str, segments_per_second: float | None, now: datetime) -> None:
    """Set how fast a topic goes, in segments a second; None: as fast as its senders can.

    Raises
    ------
    ValueError
        Not a positive, finite number.
    """
    if segments_per_second is not None and not 0 < segments_per_second < math.inf:
        raise ValueError("A pace is a positive, finite number.")
    found = _topic(session, topic, now)
    found.segments_per_second, found.full_at = segments_per_second, now


def cancel_topic(session: Session, *, topic: str, now: datetime) -> int:
    """Cancel every message of a topic whose sending has not begun, replies apart; return how many."""
    found = _topic(session, topic, now)
    mine = [
        OutboxMessage.topic_id == found.id,
        OutboxMessage.state.in_([state.value for state in WAITING]),
        OutboxMessage.is_reply.is_(False),
    ]
    count = session.scalar(select(func.count()).select_from(OutboxMessage).where(*mine)) or 0
    cancelled = {
        "state": State.CANCELLED.value,
        "phone_sealed": None,
        "leased_by": None,
        "leased_until": None,
    }
    session.execute(update(OutboxMessage).where(*mine).values(cancelled))
    return count


def _topic(session: Session, name: str, now: datetime) -> OutboxTopic:
    """Return the topic, locked; a topic may be paused before its first message is there."""
    insert_if_absent(session, OutboxTopic, new_topic(name, now))
    query = select(OutboxTopic).where(OutboxTopic.name == name)
    return session.scalars(query.with_for_update(key_share=True)).one()

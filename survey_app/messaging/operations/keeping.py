"""Forgets what is not needed any more, a part at a time so that nobody waits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from survey_app.foundation.clock import local_date
from survey_app.messaging.models import InboundMessage, OutboxMessage, OutboxTopic, SimulatorMessage
from survey_app.messaging.queries.inbound import FORGOTTEN
from survey_app.messaging.rules.policy import LINK_IS_KEPT, RECEIPTS_COME_WITHIN
from survey_app.messaging.rules.states import WAITING, State

ROWS_AT_ONCE = 2_000
SIMULATED_KEPT = timedelta(days=7)

# What was said goes with the phone: a text may hold a code, a rating names the message that asked for it, and both
# lead back to the phone.
_CUT: dict[str, Any] = {
    "phone_hash": None,
    "phone_sealed": None,
    "fingerprint": None,
    "text": "",
    "details": {},
    "kind": FORGOTTEN,
}
_BARE: dict[str, Any] = {
    "phone_hash": None,
    "phone_sealed": None,
    "text": "",
    "parameters": {},
    "dossier": None,
    "purge_on": None,
}


def purge(session: Session, *, now: datetime) -> bool:
    """Forget what is due: phones of messages that arrived, who sent which text, old texts and rows.

    At most some thousand rows of each kind; returns whether more is due.
    """
    today = local_date(now)
    counts = [
        _change(session, OutboxMessage, _settled_phones(now), {"phone_sealed": None}),
        _change(session, OutboxMessage, [OutboxMessage.purge_on <= today], _BARE),
        _change(session, InboundMessage, _old_links(now), _CUT),
        _remove(session, InboundMessage, InboundMessage.purge_on <= today),
        _remove(session, SimulatorMessage, SimulatorMessage.delivered_at <= now - SIMULATED_KEPT),
    ]
    return ROWS_AT_ONCE in counts


def forget_words(session: Session, *, topic: str, phone_hashes: Collection[str]) -> None:
    """Forget what a topic's messages said to these phones, and cancel those that have not left, replies apart.

    A one-time code in them leads from a phone to what was answered with that code, for as long as they are kept. The
    phone on screen forgets all it got.
    """
    topic_id = select(OutboxTopic.id).where(OutboxTopic.name == topic).scalar_subquery()
    mine = [
        OutboxMessage.topic_id == topic_id,
        OutboxMessage.phone_hash.in_(phone_hashes),
        OutboxMessage.is_reply.is_(False),
    ]
    unsent = OutboxMessage.state.in_([state.value for state in WAITING])
    lease = {"leased_by": None, "leased_until": None}
    session.execute(update(OutboxMessage).where(*mine, unsent).values(state=State.CANCELLED.value, **lease))
    over = OutboxMessage.state != State.SENDING.value
    wordless: dict[str, Any] = {"text": "", "parameters": {}, "phone_sealed": None}
    session.execute(update(OutboxMessage).where(*mine, over).values(wordless))
    session.execute(delete(SimulatorMessage).where(SimulatorMessage.phone_hash.in_(phone_hashes)))


def _settled_phones(now: datetime) -> list[ColumnElement[bool]]:
    """Messages that a carrier took and that will not fail any more."""
    return [
        OutboxMessage.state.in_([State.ACCEPTED.value, State.SENT.value]),
        OutboxMessage.sent_at <= now - RECEIPTS_COME_WITHIN,
        OutboxMessage.phone_sealed.is_not(None),
    ]


def _old_links(now: datetime) -> list[ColumnElement[bool]]:
    """Texts and ratings that still lead to a phone after a day; what nobody has handled yet is kept whole."""
    return [
        InboundMessage.received_at <= now - LINK_IS_KEPT,
        InboundMessage.handled_at.is_not(None),
        InboundMessage.kind != FORGOTTEN,
    ]


def _change(
    session: Session, model: Any, conditions: list[ColumnElement[bool]], values: dict[str, Any]
) -> int:
    ids = session.scalars(select(model.id).where(*conditions).limit(ROWS_AT_ONCE)).all()
    for part in _parts(ids):
        session.execute(update(model).where(model.id.in_(part)).values(values))
    return len(ids)


def _remove(session: Session, model: Any, condition: ColumnElement[bool]) -> int:
    ids = session.scalars(select(model.id).where(condition).limit(ROWS_AT_ONCE)).all()
    for part in _parts(ids):
        session.execute(delete(model).where(model.id.in_(part)))
    return len(ids)


def _parts(ids: Any) -> list[Any]:
    return [ids[start : start + 500] for start in range(0, len(ids), 500)]

"""Keeps what comes in, once, and hands it to the room above."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import Row, bindparam, exists, select, update
from sqlalchemy.orm import Session, aliased

from survey_app.foundation.clock import local_date
from survey_app.foundation.database import insert_new
from survey_app.foundation.privacy import FieldCipher, keyed_hash
from survey_app.messaging.models import InboundMessage
from survey_app.messaging.operations.outbox import UnableToEnqueue, enqueue
from survey_app.messaging.queries import phone_hash
from survey_app.messaging.queries.inbound import RATING, TEXT, event_of_row
from survey_app.messaging.rules.contract import InboundText, Medium, ProviderRating
from survey_app.messaging.rules.limits import Purpose
from survey_app.messaging.rules.phones import UnableToReadPhone
from survey_app.messaging.rules.policy import DEFAULT_POLICY, SAME_TEXT_WITHIN, Policy, may_answer
from survey_app.messaging.rules.references import own_reference

Inbound: TypeAlias = InboundText | ProviderRating


class Question(str):
    """A reply that puts a further question, which may well be answered by the same text as the one before."""

    __slots__ = ()


Handler: TypeAlias = Callable[[Session, Inbound, int, datetime], Sequence[str]]
"""What the room above does with a text or rating: (session, event, id here, now) -> replies, none for silence."""

REPLIES = "replies"
"""Topic of replies that go through the outbox, where a carrier takes none in the answer to its webhook."""
_ASKS = "asks"
"""In the details of a text: its reply puts a question."""
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

# On every carrier's way, so they are built once, and run without the object mapper.
_EARLIER = aliased(InboundMessage)
_SEEN_A_MINUTE_AGO = exists().where(_EARLIER.fingerprint == bindparam("minute_ago")).label("seen")
_KNOWN = select(InboundMessage.id, InboundMessage.replies, InboundMessage.inline).where(
    InboundMessage.gateway == bindparam("gateway"), InboundMessage.provider_id == bindparam("provider_id")
)
_SETTLED = ("handled_at", "replies", "inline", "details", "possible_duplicate_of")
_SETTLE = (
    update(InboundMessage)
    .where(InboundMessage.id == bindparam("inbound_id"))
    .values({name: bindparam(f"new_{name}") for name in _SETTLED})
)


@dataclass(frozen=True, slots=True)
class Reception:
    """What came in, and what the webhook answers; a repeated delivery is answered as the first was."""

    inbound_id: int
    replies: Sequence[str]
    is_new: bool


def receive(
    session: Session,
    *,
    gateway: str,
    event: Inbound,
    handler: Handler | None,
    key: str,
    now: datetime,
    policy: Policy = DEFAULT_POLICY,
) -> Reception:
    """Store what a carrier delivered, unless it was before.

    With a `handler` it is handled at once and its replies stand in the answer; without one it waits for the worker.
    The same text from the same phone within 60 seconds is kept, marked and answered alike, but not handled: some
    carriers deliver twice under two ids. Unless it may answer the question that the first was answered with, or takes
    back what was said between.
    """
    event = _plain(event)
    row = _row(gateway, event, key, now, policy)
    added, may_be_twin = _add(session, row)
    if isinstance(added, Reception):
        return added
    twin = _twin(session, added, row, now) if may_be_twin else None
    if twin is not None:
        _settle(session, added, row, twin.replies, now, inline=twin.inline, twin_id=twin.id)
        return Reception(added, twin.replies if twin.inline else (), True)
    if handler is None:
        return Reception(added, (), True)
    replies = list(handler(session, event, added, now))
    _settle(session, added, row, replies, now, inline=True)
    return Reception(added, replies, True)


def _add(session: Session, row: dict[str, Any]) -> tuple[int | Reception, bool]:
    """Store the row and return its id, or what the same message was answered when it was delivered before.

    Beside it: whether the same text came in this minute or the last, so that it is worth looking closer.
    """
    added = insert_new(session, InboundMessage, row, _SEEN_A_MINUTE_AGO)
    if added is not None:
        return added.id, added.seen
    known = _known(session, row["gateway"], row["provider_id"])
    if known is not None:
        return known, False
    # Not this id, so the other unique value: the same text came in this minute, or is being stored at this moment.
    again = insert_new(session, InboundMessage, row | {"fingerprint": None})
    known = None if again else _known(session, row["gateway"], row["provider_id"])
    if known is not None:
        return known, False
    assert again is not None
    return again, True


def _known(session: Session, gateway: str, provider_id: str) -> Reception | None:
    given = {"gateway": gateway, "provider_id": provider_id}
    found = session.connection().execute(_KNOWN, given).one_or_none()
    return Reception(found.id, found.replies if found.inline else (), False) if found else None


def _settle(
    session: Session,
    inbound_id: int,
    row: dict[str, Any],
    replies: Sequence[str],
    now: datetime,
    *,
    inline: bool,
    twin_id: int | None = None,
) -> None:
    """Note that a message is dealt with."""
    session.flush()
    settled = {
        "inbound_id": inbound_id,
        "new_handled_at": now,
        "new_replies": replies,
        "new_inline": inline,
        "new_details": row["details"] | _asked(replies),
        "new_possible_duplicate_of": twin_id,
    }
    session.connection().execute(_SETTLE, settled)


def _asked(replies: Sequence[str]) -> dict[str, Any]:
    """Return what the details note of the replies: whether a question was put."""
    return {_ASKS: True} if any(isinstance(one, Question) for one in replies) else {}


def _plain(event: Inbound) -> Inbound:
    """Return the event without characters that no database stores, and with our own name of the message."""
    if isinstance(event, InboundText):
        return replace(
            event,
            provider_id=_UNSTORABLE.sub("", event.provider_id),
            text=_UNSTORABLE.sub("\ufffd", event.text),
            to=_UNSTORABLE.sub("", event.to)[:40],
        )
    return replace(
        event,
        provider_id=_UNSTORABLE.sub("", event.provider_id),
        note=_UNSTORABLE.sub("\ufffd", event.note),
        choices=tuple(_UNSTORABLE.sub("\ufffd", one) for one in event.choices),
        reference=own_reference(_UNSTORABLE.sub("", event.reference)),
    )


def _row(gateway: str, event: Inbound, key: str, now: datetime, policy: Policy) -> dict[str, Any]:
    common = {
        "gateway": gateway,
        "provider_id": event.provider_id,
        "received_at": now,
        "inline": False,
        "replies": [],
        "failures": 0,
        "purge_on": local_date(now + policy.kept),
    }
    if isinstance(event, ProviderRating):
        details = {"reference": event.reference, "stars": event.stars, "choices": list(event.choices)}
        about = {"kind": RATING, "to": "", "text": event.note, "details": details}
        return common | about | {"fingerprint": None, "minute_ago": ""}
    return common | {
        "kind": TEXT,
        "phone_hash": phone_hash(key, event.sender),
        "phone_sealed": _cipher(key).encrypt(event.sender),
        "to": event.to,
        "text": event.text,
        "details": {},
        "fingerprint": _fingerprint(event, key, now),
        "minute_ago": _fingerprint(event, key, now - SAME_TEXT_WITHIN),
    }


_cipher = lru_cache(maxsize=4)(FieldCipher)


def _fingerprint(event: InboundText, key: str, now: datetime) -> str:
    minute = int(now.timestamp() // SAME_TEXT_WITHIN.total_seconds())
    words = "\0".join([event.sender, event.to, _same(event.text), str(minute)])
    return keyed_hash(key, "same text", words)


def _same(text: str) -> str:
    """Return the text as it is compared: normalised, without case and spacing."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _twin(
    session: Session, inbound_id: int, row: dict[str, Any], now: datetime
) -> Row[int, str, list[str], bool, dict[str, Any], datetime | None, datetime] | None:
    """Return the same text from the same phone to the same number within the last 60 seconds, to the same question.

    Nor has the phone said anything else since, unless both came so soon that nobody can have typed them.
    """
    query = (
        select(
            InboundMessage.id,
            InboundMessage.text,
            InboundMessage.replies,
            InboundMessage.inline,
            InboundMessage.details,
            InboundMessage.handled_at,
            InboundMessage.received_at,
        )
        .where(
            InboundMessage.phone_hash == row["phone_hash"],
            InboundMessage.received_at > now - SAME_TEXT_WITHIN,
            InboundMessage.id != inbound_id,
            InboundMessage.to == row["to"],
            InboundMessage.possible_duplicate_of.is_(None),
        )
        .order_by(InboundMessage.id)
    )
    words, latest, overtaken = _same(row["text"]), [], 0
    for one in session.execute(query):
        if _same(one.text) == words:
            latest.append(one)
        else:
            overtaken = len(latest)
    for position, one in enumerate(latest):
        asked_at = one.handled_at if one.details.get(_ASKS) else None
        since = one.received_at if position < overtaken else asked_at
        if not may_answer(since, now):
            return one
    return None


def handle(
    session: Session,
    *,
    inbound_id: int,
    handler: Handler,
    medium: Medium,
    key: str,
    now: datetime,
    policy: Policy = DEFAULT_POLICY,
) -> bool:
    """Hand what waits to the room above; its replies go through the outbox. False if it was taken meanwhile."""
    query = select(InboundMessage).where(InboundMessage.id == inbound_id, InboundMessage.handled_at.is_(None))
    row = session.scalars(query.with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        return False
    event = event_of_row(row, _cipher(key))
    replies = list(handler(session, event, row.id, now))
    _settle(session, row.id, {"details": row.details}, replies, now, inline=row.inline)
    if isinstance(event, InboundText) and medium is Medium.SMS:
        for text in replies:
            _reply(session, row.gateway, event, text, key, now, policy)
    return True


def _reply(
    session: Session, gateway: str, event: InboundText, text: str, key: str, now: datetime, policy: Policy
) -> None:
    try:
        enqueue(
            session,
            now=now,
            key=key,
            medium=Medium.SMS,
            gateway=gateway,
            sender=event.to,
            phone=event.sender,
            text=text,
            purpose=Purpose.REPLY,
            topic=REPLIES,
            policy=policy,
        )
    except (UnableToReadPhone, UnableToEnqueue):
        # A short code or a foreign number: what it wrote is kept, and nothing can be sent there.
        return


def note_failed_handling(session: Session, *, inbound_id: int) -> None:
    """Count that the room above failed on what came in; after five times it is left to a person."""
    session.execute(
        update(InboundMessage)
        .where(InboundMessage.id == inbound_id)
        .values(failures=InboundMessage.failures + 1)
    )

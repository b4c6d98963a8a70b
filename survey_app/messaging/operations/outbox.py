"""Puts messages into the outbox, in the transaction of whoever wants them sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from survey_app.foundation.clock import local_date
from survey_app.foundation.database import insert_if_absent
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.privacy import FieldCipher
from survey_app.messaging.models import OutboxMessage, OutboxTopic, Sender
from survey_app.messaging.operations.topics import new_topic
from survey_app.messaging.queries import blocks_of, phone_hash
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.hours import next_allowed
from survey_app.messaging.rules.limits import Purpose
from survey_app.messaging.rules.optouts import Block, may_write
from survey_app.messaging.rules.pace import Pace
from survey_app.messaging.rules.phones import mobile_number
from survey_app.messaging.rules.policy import DEFAULT_POLICY, Policy
from survey_app.messaging.rules.references import new_message_reference
from survey_app.messaging.rules.states import State
from survey_app.messaging.rules.templates import UnableToFill, sms_faults, variables_of
from survey_app.messaging.rules.texts import measure


class UnableToEnqueue(Refused):
    """The text cannot be sent as it is; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One message as the room above wants it; `dossier` must tell nothing by itself, so give a hash."""

    phone: str
    text: str
    purpose: Purpose
    dossier: str | None = None
    template: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Queued:
    """A message in the outbox; carriers give `reference` back with ratings. State: queued, or suppressed."""

    reference: str
    state: State


@dataclass(frozen=True, slots=True)
class _Place:
    """What all messages of one call share."""

    sender_id: int
    topic_id: int
    medium: Medium
    due_at: datetime
    now: datetime
    policy: Policy


def enqueue(
    session: Session,
    *,
    now: datetime,
    key: str,
    medium: Medium,
    gateway: str,
    sender: str,
    phone: str,
    text: str,
    purpose: Purpose,
    topic: str,
    dossier: str | None = None,
    template: str | None = None,
    parameters: Mapping[str, str] | None = None,
    due_at: datetime | None = None,
    policy: Policy = DEFAULT_POLICY,
) -> Queued:
    """Put one message into the outbox; see `enqueue_many`."""
    draft = Draft(
        phone=phone,
        text=text,
        purpose=purpose,
        dossier=dossier,
        template=template,
        parameters=parameters or {},
    )
    queued = enqueue_many(
        session,
        now=now,
        key=key,
        medium=medium,
        gateway=gateway,
        sender=sender,
        topic=topic,
        drafts=[draft],
        due_at=due_at,
        policy=policy,
    )
    return queued[0]


def enqueue_many(
    session: Session,
    *,
    now: datetime,
    key: str,
    medium: Medium,
    gateway: str,
    sender: str,
    topic: str,
    drafts: Sequence[Draft],
    due_at: datetime | None = None,
    policy: Policy = DEFAULT_POLICY,
) -> list[Queued]:
    """Put messages of one topic into the outbox, to go at `due_at` or at once, in the hours that are allowed.

    A phone that refused gets a row too, which is suppressed: the counts of a topic then tell the whole. A sender
    that was not set up before gets the pace of Twilio, the slowest we know.

    Raises
    ------
    UnableToEnqueue, UnableToReadPhone, UnableToFill
        One text or phone cannot be used; nothing is put into the outbox then.
    """
    for draft in drafts:
        _check(draft, medium)
    numbers = [mobile_number(draft.phone) for draft in drafts]
    hashes = [phone_hash(key, number) for number in numbers]
    place = _Place(
        _sender_id(session, gateway, medium, sender, now),
        _topic_id(session, topic, now),
        medium,
        max(due_at or now, now),
        now,
        policy,
    )
    blocks, cipher = blocks_of(session, hashes), FieldCipher(key)
    rows = [
        _row(draft, place, number, hashed, blocks.get(hashed, ()), cipher)
        for draft, number, hashed in zip(drafts, numbers, hashes, strict=True)
    ]
    if rows:
        session.execute(insert(OutboxMessage), rows)
    return [Queued(row["reference"], State(row["state"])) for row in rows]


def _check(draft: Draft, medium: Medium) -> None:
    if names := variables_of(draft.text):
        raise UnableToFill(
            _("Chưa có nội dung cho biến: %(names)s.", names=", ".join(f"{{{name}}}" for name in names))
        )
    if medium is Medium.ZALO and not draft.template:
        raise UnableToEnqueue(_("Zalo chỉ gửi theo mẫu đã duyệt. Hãy chọn mẫu."))
    first = draft.purpose is Purpose.INVITATION
    faults = sms_faults(draft.text, first=first, confirmed=True) if medium is Medium.SMS else ()
    if faults:
        raise UnableToEnqueue(" ".join(faults))


def _row(
    draft: Draft, place: _Place, number: str, hashed: str, blocks: Sequence[Block], cipher: FieldCipher
) -> dict[str, Any]:
    allowed = may_write(blocks, place.medium)
    return {
        "reference": new_message_reference(),
        "sender_id": place.sender_id,
        "topic_id": place.topic_id,
        "phone_hash": hashed,
        "phone_sealed": cipher.encrypt(number) if allowed else None,
        "text": draft.text,
        "template": draft.template,
        "parameters": dict(draft.parameters),
        "purpose": draft.purpose.value,
        "is_reply": draft.purpose is Purpose.REPLY,
        "dossier": draft.dossier,
        "segments": measure(draft.text).segments if place.medium is Medium.SMS else 1,
        "state": (State.QUEUED if allowed else State.SUPPRESSED).value,
        "created_at": place.now,
        "due_at": next_allowed(place.due_at, place.policy.window_of(draft.purpose)),
        "purge_on": local_date(place.now + place.policy.kept),
        "attempt": 0,
        "failures": 0,
        "resends": 0,
        "code": "",
    }


def _sender_id(session: Session, gateway: str, medium: Medium, name: str, now: datetime) -> int:
    query = select(Sender.id).where(Sender.gateway == gateway, Sender.name == name)
    found = session.scalar(query)
    if found is not None:
        return found
    insert_if_absent(session, Sender, _new_sender(gateway, medium, name, now))
    return session.scalars(query).one()


def _new_sender(gateway: str, medium: Medium, name: str, now: datetime) -> dict[str, Any]:
    pace = Pace()
    return {
        "gateway": gateway,
        "medium": medium.value,
        "name": name,
        "segments_per_second": pace.segments_per_second,
        "burst": pace.burst,
        "full_at": now,
        "active": True,
        "price": Decimal(0),
    }


def _topic_id(session: Session, name: str, now: datetime) -> int:
    query = select(OutboxTopic.id).where(OutboxTopic.name == name)
    found = session.scalar(query)
    if found is not None:
        return found
    insert_if_absent(session, OutboxTopic, new_topic(name, now))
    return session.scalars(query).one()

"""Tables of room messaging.

A phone stands here twice, and not for long: `phone_hash` matches (keyed hash, foundation.privacy), `phone_sealed`
sends (encrypted) and is deleted as soon as nothing more can be sent.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CHAR, JSON, Date, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.foundation.columns import BigId, UtcDateTime
from survey_app.foundation.database import Base

REFERENCE_LENGTH = 32
TOPIC_LENGTH = 60
CODE_LENGTH = 60
PROVIDER_ID_LENGTH = 120
_SEALED = text("phone_sealed IS NOT NULL")


class Sender(Base):
    """A name or number at one carrier that messages come from; a carrier's pace and price hold for each.

    `full_at` is the state of its token bucket (rules.pace.Bucket). `price` is in đồng for one segment.
    """

    __tablename__ = "senders"
    __table_args__ = (UniqueConstraint("gateway", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    gateway: Mapped[str] = mapped_column(String(30))
    medium: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(40))
    segments_per_second: Mapped[float] = mapped_column(default=10)
    burst: Mapped[int] = mapped_column(default=10)
    full_at: Mapped[datetime] = mapped_column(UtcDateTime)
    active: Mapped[bool] = mapped_column(default=True)
    price: Mapped[Decimal] = mapped_column(Numeric(12, 2), default=Decimal(0))


class OutboxTopic(Base):
    """What a message belongs to in the words of the room above, such as `campaign:12`; paused as a whole.

    `segments_per_second` None: as fast as the senders can. A pause holds back all but replies to citizens.
    """

    __tablename__ = "outbox_topics"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(TOPIC_LENGTH), unique=True)
    paused: Mapped[bool] = mapped_column(default=False)
    segments_per_second: Mapped[float | None] = mapped_column()
    full_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutboxMessage(Base):
    """One message to one phone.

    `attempt` numbers the sendings begun; `failures` counts those in a row that the carrier put off; `resends` those
    that a person asked for. A lease that ran out at `leased_until` is swept; while a sending is in doubt, that is when
    the carrier is asked next. `dossier` must tell nothing by itself: rooms above give a hash. After `purge_on` only
    counts are left.
    """

    __tablename__ = "outbox_messages"
    __table_args__ = (
        Index("ix_outbox_messages_due", "topic_id", "state", "is_reply", "sender_id", "due_at"),
        Index("ix_outbox_messages_lease", "state", "leased_until"),
        Index("ix_outbox_messages_begun", "sender_id", "began_at"),
        # For the purge, which looks for phones that are still there.
        Index("ix_outbox_messages_sealed", "sent_at", sqlite_where=_SEALED, postgresql_where=_SEALED),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str] = mapped_column(String(REFERENCE_LENGTH), unique=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("senders.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("outbox_topics.id"))
    phone_hash: Mapped[str | None] = mapped_column(CHAR(64), index=True)
    phone_sealed: Mapped[bytes | None] = mapped_column()
    text: Mapped[str] = mapped_column(Text)
    template: Mapped[str | None] = mapped_column(String(60))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    purpose: Mapped[str] = mapped_column(String(16))
    is_reply: Mapped[bool] = mapped_column()
    dossier: Mapped[str | None] = mapped_column(String(64))
    segments: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(String(12))
    attempt: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    resends: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    leased_by: Mapped[str | None] = mapped_column(String(32))
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    provider_id: Mapped[str | None] = mapped_column(String(PROVIDER_ID_LENGTH), index=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), default="")
    cause: Mapped[str | None] = mapped_column(String(16))
    purge_on: Mapped[date | None] = mapped_column(Date, index=True)

    sender: Mapped[Sender] = relationship()
    topic: Mapped[OutboxTopic] = relationship()


class InboundMessage(Base):
    """A text or a rating from a carrier, kept once however often it is delivered.

    `replies` are what it was answered, so that a repeat gets the same; `inline` says that they stood in the answer
    to the webhook. `fingerprint` is that of sender, receiver, text and minute: two deliveries of one text at the same
    moment meet on it. A day after receipt phone and content are forgotten, and only what recognises a repeat is kept,
    until `purge_on`; the room above keeps what it needs of a text.
    """

    __tablename__ = "inbound_messages"
    __table_args__ = (
        UniqueConstraint("gateway", "provider_id"),
        Index("ix_inbound_messages_phone", "phone_hash", "received_at"),
        Index("ix_inbound_messages_waiting", "handled_at", "failures"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    gateway: Mapped[str] = mapped_column(String(30))
    provider_id: Mapped[str] = mapped_column(String(PROVIDER_ID_LENGTH))
    kind: Mapped[str] = mapped_column(String(10))
    phone_hash: Mapped[str | None] = mapped_column(CHAR(64))
    phone_sealed: Mapped[bytes | None] = mapped_column()
    to: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    fingerprint: Mapped[str | None] = mapped_column(CHAR(64), unique=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    inline: Mapped[bool] = mapped_column(default=False)
    replies: Mapped[list[str]] = mapped_column(JSON)
    possible_duplicate_of: Mapped[int | None] = mapped_column(BigId)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    purge_on: Mapped[date] = mapped_column(Date, index=True)


class OptOut(Base):
    """A phone that must not be written to, and why; kept as a keyed hash, without a purge date."""

    __tablename__ = "opt_outs"
    __table_args__ = (UniqueConstraint("phone_hash", "reason", "medium"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    phone_hash: Mapped[str] = mapped_column(CHAR(64))
    reason: Mapped[str] = mapped_column(String(16))
    medium: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    source: Mapped[str] = mapped_column(String(60))


class MessageTemplate(Base):
    """A text with variables for one medium; `provider_template` is the carrier's own number of it (Zalo)."""

    __tablename__ = "message_templates"
    __table_args__ = (UniqueConstraint("name", "medium"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    medium: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    accents: Mapped[bool] = mapped_column()
    is_first: Mapped[bool] = mapped_column()
    confirmed: Mapped[bool] = mapped_column()
    provider_template: Mapped[str | None] = mapped_column(String(60))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GatewayStop(Base):
    """A carrier refused the account, the sender or the rights: nothing goes there until a person has looked."""

    __tablename__ = "gateway_stops"

    gateway: Mapped[str] = mapped_column(String(30), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH))


class SimulatorMessage(Base):
    """What the phone on screen has got."""

    __tablename__ = "simulator_messages"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str] = mapped_column(String(REFERENCE_LENGTH), unique=True)
    phone_hash: Mapped[str] = mapped_column(CHAR(64), index=True)
    phone_sealed: Mapped[bytes] = mapped_column()
    sender: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    delivered_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

"""Tables of room texting.

Phone and answers are linked by `Conversation.response_id` and `Conversation.thread` only, and no longer than a day
after the last reply; a reading keeps the raw text without the phone until its purge date.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CHAR, Date, Enum, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.foundation.columns import BigId, UtcDateTime
from survey_app.foundation.database import Base
from survey_app.texting.rules.conversation import State

UNIT_LENGTH = 40
READING_LENGTH = 120

_STATE = Enum(State, native_enum=False, length=16, values_callable=lambda members: [str(m) for m in members])


class TextingPlan(Base):
    """How a campaign invites: by which carrier and sender, with which texts, how many further questions it asks.

    `number` is the short code that takes replies, "" where nobody can reply. Texts have variables
    (`rules.words.VARIABLES`). `template` is the carrier's own number of an approved text (Zalo).
    """

    __tablename__ = "texting_plans"

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaigns.id"), primary_key=True, autoincrement=False
    )
    medium: Mapped[str] = mapped_column(String(10))
    gateway: Mapped[str] = mapped_column(String(30))
    sender: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str] = mapped_column(String(UNIT_LENGTH))
    invitation: Mapped[str] = mapped_column(Text)
    reminder: Mapped[str] = mapped_column(Text)
    template: Mapped[str | None] = mapped_column(String(60))
    follow_ups: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Conversation(Base):
    """One conversation with one phone about one campaign.

    `question` is the position of the open question, 0 for the overall one. `code_digest` and `reference` (of the
    message that invited) find it from a reply. All that leads to answers is None once the link was cut.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("campaign_id", "phone_hash"),
        Index(None, "phone_hash", "invited_at"),
        Index("ix_conversations_campaign", "campaign_id", "state", "invited_at"),
        Index("ix_conversations_state", "state", "invited_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"), unique=True)
    phone_hash: Mapped[str] = mapped_column(CHAR(64))
    state: Mapped[State] = mapped_column(_STATE)
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    question: Mapped[int] = mapped_column(default=0)
    code_digest: Mapped[str | None] = mapped_column(CHAR(64), index=True)
    reference: Mapped[str | None] = mapped_column(String(32), index=True)
    last_reply_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    rated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    response_id: Mapped[int | None] = mapped_column(ForeignKey("responses.id"))
    thread: Mapped[str | None] = mapped_column(CHAR(32), unique=True)


class ReplyReading(Base):
    """How one reply was read: by which version of the parser, as what; the text without the phone.

    `thread` groups the replies of one conversation and outlives the link to it. `settled`: a rating of this
    conversation is stored, so that no second one may be coded. `received_hour` is cut to the hour, like that of
    answers. `coded_as` is what a person read in a text that the parser left to people.
    """

    __tablename__ = "reply_readings"
    __table_args__ = (
        Index("ix_reply_readings_to_read", "waits_for_person", "coded_at", "id"),
        Index(None, "campaign_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    inbound_id: Mapped[int | None] = mapped_column(BigId, unique=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    thread: Mapped[str | None] = mapped_column(CHAR(32), index=True)
    instrument: Mapped[str] = mapped_column(String(16))
    received_hour: Mapped[datetime] = mapped_column(UtcDateTime)
    parser_version: Mapped[int]
    reading: Mapped[str] = mapped_column(String(READING_LENGTH))
    event: Mapped[str] = mapped_column(String(20))
    text: Mapped[str | None] = mapped_column(Text)
    purge_on: Mapped[date] = mapped_column(Date, index=True)
    waits_for_person: Mapped[bool]
    settled: Mapped[bool] = mapped_column(default=False)
    coded_as: Mapped[str | None] = mapped_column(String(20))
    coded_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    coded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

"""Finds the conversation that a reply belongs to, locked until the transaction ends.

Statements are built once and run without the object mapper: every reply by message asks one of them, and a carrier
waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Executable, bindparam, exists, false, select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.rules import State as CampaignState
from survey_app.campaigns.rules import effective_state
from survey_app.messaging.models import OptOut
from survey_app.messaging.rules.contract import Medium
from survey_app.questionnaires.models import QuestionnaireVersion
from survey_app.texting.models import Conversation, TextingPlan
from survey_app.texting.rules.conversation import LIVE, REPLY_WITHIN, State


@dataclass(frozen=True, slots=True)
class Terms:
    """What a campaign has set for its conversations; its state heeds the end of the period."""

    campaign_id: int
    questionnaire_version_id: int
    content_hash: str
    state: CampaignState
    medium: Medium
    follow_ups: int


@dataclass(slots=True)
class Held:
    """A conversation locked for one turn; what a turn changes is put back as a whole.

    `sender_refuses`: somebody has said that nothing is to be sent to the phone that the reply came from.
    """

    id: int
    office_id: int
    invitation_id: int
    invited_at: datetime
    state: State
    question: int
    last_reply_at: datetime | None
    rated_at: datetime | None
    response_id: int | None
    thread: str | None
    sender_refuses: bool
    terms: Terms

    @property
    def campaign_id(self) -> int:
        """The campaign that the conversation is about."""
        return self.terms.campaign_id

    def is_live(self, now: datetime) -> bool:
        """Say whether a reply without a code may belong to it."""
        return self.state in LIVE and self.invited_at > now - REPLY_WITHIN


_HELD = (
    Conversation.id,
    Conversation.office_id,
    Conversation.invitation_id,
    Conversation.invited_at,
    Conversation.state,
    Conversation.question,
    Conversation.last_reply_at,
    Conversation.rated_at,
    Conversation.response_id,
    Conversation.thread,
)
_TERMS = (
    Campaign.id,
    Campaign.questionnaire_version_id,
    QuestionnaireVersion.content_hash,
    Campaign.state,
    Campaign.opens_on,
    Campaign.closes_on,
    TextingPlan.medium,
    TextingPlan.follow_ups,
)
_TERMS_OF = (
    select(*_TERMS)
    .join(TextingPlan, TextingPlan.campaign_id == Campaign.id)
    .join(QuestionnaireVersion, QuestionnaireVersion.id == Campaign.questionnaire_version_id)
    .where(Campaign.id == bindparam("campaign"))
)


def _held(condition: ColumnElement[bool], refuses: ColumnElement[bool]) -> Executable:
    return (
        select(*_HELD, refuses, *_TERMS)
        .join(Campaign, Campaign.id == Conversation.campaign_id)
        .join(TextingPlan, TextingPlan.campaign_id == Conversation.campaign_id)
        .join(QuestionnaireVersion, QuestionnaireVersion.id == Campaign.questionnaire_version_id)
        .where(condition)
        .order_by(Conversation.invited_at.desc(), Conversation.id.desc())
        .with_for_update(of=Conversation)
    )


_SENDER_REFUSES = exists().where(OptOut.phone_hash == bindparam("sender"))
_BY_CODE = _held(Conversation.code_digest == bindparam("digest"), _SENDER_REFUSES)
_OF_PHONE = _held(Conversation.phone_hash == bindparam("sender"), _SENDER_REFUSES)
_BY_REFERENCE = _held(Conversation.reference == bindparam("name"), false())
_BY_THREAD = _held(Conversation.thread == bindparam("name"), false())


def plan_of(session: Session, campaign_id: int) -> TextingPlan | None:
    """Return how a campaign invites; None if nobody has said so yet."""
    return session.get(TextingPlan, campaign_id)


def terms_of(session: Session, campaign_id: int, today: date) -> Terms:
    """Return what a campaign that has conversations has set for them."""
    return _terms(session.execute(_TERMS_OF, {"campaign": campaign_id}).one(), today)


def by_code(session: Session, digest: str, sender: str, today: date) -> Held | None:
    """Return the conversation with this code, whatever its state; None once its link was cut.

    `sender` is the hash of the phone that sent the code.
    """
    return next(iter(_rows(session, _BY_CODE, {"digest": digest, "sender": sender}, today)), None)


def of_phone(session: Session, sender: str, today: date) -> list[Held]:
    """Return every conversation of a phone (by its hash), the newest first."""
    return _rows(session, _OF_PHONE, {"sender": sender}, today)


def by_reference(session: Session, reference: str, today: date) -> Held | None:
    """Return the conversation that the message with this reference began."""
    return next(iter(_rows(session, _BY_REFERENCE, {"name": reference}, today)), None)


def by_thread(session: Session, thread: str, today: date) -> Held | None:
    """Return the conversation that a reading came from; None once their link was cut."""
    return next(iter(_rows(session, _BY_THREAD, {"name": thread}, today)), None)


def _rows(session: Session, query: Executable, given: Mapping[str, str], today: date) -> list[Held]:
    session.flush()
    return [_held_of(row, today) for row in session.connection().execute(query, given)]


def _held_of(row: Any, today: date) -> Held:
    own = len(_HELD) + 1  # and whether the sender refuses
    columns: list[Any] = [*row[:own], _terms(row[own:], today)]
    return Held(*columns)


def _terms(columns: Any, today: date) -> Terms:
    campaign_id, version_id, content_hash, stored, opens_on, closes_on, medium, follow_ups = columns
    state = effective_state(stored, opens_on, closes_on, today)
    return Terms(campaign_id, version_id, content_hash, state, Medium(medium), follow_ups)

"""Finds the conversation that a reply belongs to, locked until the transaction ends."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.queries.campaigns import VIEW_COLUMNS, CampaignView, view_of
from survey_app.questionnaires.models import QuestionnaireVersion
from survey_app.texting.models import Conversation, TextingPlan
from survey_app.texting.rules.conversation import LIVE, REPLY_WITHIN


def plan_of(session: Session, campaign_id: int) -> TextingPlan | None:
    """Return how a campaign invites; None if nobody has said so yet."""
    return session.get(TextingPlan, campaign_id)


def campaign_with_plan(
    session: Session, campaign_id: int, today: date
) -> tuple[CampaignView, TextingPlan, str]:
    """Return a campaign that has conversations, how it invites, and the content hash of its questionnaire.

    One statement, for every reply asks it.
    """
    query = (
        select(TextingPlan, QuestionnaireVersion.content_hash, *VIEW_COLUMNS)
        .join(Campaign, Campaign.id == TextingPlan.campaign_id)
        .join(QuestionnaireVersion, QuestionnaireVersion.id == Campaign.questionnaire_version_id)
        .where(TextingPlan.campaign_id == campaign_id)
    )
    plan, content_hash, *columns = session.execute(query).one()
    return view_of(columns, today), plan, content_hash


def by_code(session: Session, digest: str) -> Conversation | None:
    """Return the conversation with this code, whatever its state; None once its link was cut."""
    return session.scalars(
        _locked(select(Conversation).where(Conversation.code_digest == digest))
    ).one_or_none()


def by_reference(session: Session, reference: str) -> Conversation | None:
    """Return the conversation that the message with this reference began."""
    return session.scalars(
        _locked(select(Conversation).where(Conversation.reference == reference))
    ).one_or_none()


def live_of(session: Session, phone_hash: str, now: datetime) -> list[Conversation]:
    """Return the conversations to which a reply without a code may belong, the newest first."""
    query = (
        select(Conversation)
        .where(
            Conversation.phone_hash == phone_hash,
            Conversation.state.in_(LIVE),
            Conversation.invited_at > now - REPLY_WITHIN,
        )
        .order_by(Conversation.invited_at.desc(), Conversation.id.desc())
    )
    return list(session.scalars(_locked(query)))


def all_of(session: Session, phone_hash: str) -> list[Conversation]:
    """Return every conversation of a phone, the newest first."""
    query = select(Conversation).where(Conversation.phone_hash == phone_hash)
    return list(
        session.scalars(_locked(query.order_by(Conversation.invited_at.desc(), Conversation.id.desc())))
    )


def _locked(query: Select[Conversation]) -> Select[Conversation]:
    return query.with_for_update().execution_options(populate_existing=True)

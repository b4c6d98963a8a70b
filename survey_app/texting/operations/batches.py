"""Invites people and reminds them once, a part of the list at a time; holds back and goes on.

Whoever is taken from the list gets a conversation and a message in the outbox in the same transaction, so nobody is
invited twice and nobody is forgotten, whenever a process dies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Select, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from survey_app.campaigns.models import Invitation, InvitationCode
from survey_app.campaigns.queries import campaign_by_code
from survey_app.campaigns.rules import State as CampaignState
from survey_app.campaigns.rules import state_label
from survey_app.campaigns.rules.invitations import ASKED_AGAIN_AFTER
from survey_app.foundation.clock import local_date
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.privacy import FieldCipher
from survey_app.messaging.models import Sender
from survey_app.messaging.operations import enqueue_many, pause_topic, resume_topic
from survey_app.messaging.operations.outbox import Draft, Queued
from survey_app.messaging.queries import price_of
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.limits import Purpose
from survey_app.messaging.rules.pace import Pace
from survey_app.messaging.rules.policy import DEFAULT_POLICY, Policy
from survey_app.messaging.rules.templates import compose
from survey_app.messaging.rules.texts import measure
from survey_app.texting.models import Conversation, TextingPlan
from survey_app.texting.operations.plans import values_of
from survey_app.texting.queries.conversations import plan_of
from survey_app.texting.rules.conversation import REMIND_AFTER, REPLY_WITHIN, Event, State, step
from survey_app.texting.rules.topics import topic_of

AT_ONCE = 500
"""People in one transaction: on SQLite others wait for it."""


class UnableToSend(Refused):
    """The campaign is not open, nobody has said how it invites, or there is no text for this."""


@dataclass(frozen=True, slots=True)
class BatchPreview:
    """What sending would mean: people, segments of one message, đồng in all, and how long the sender takes."""

    people: int
    text: str
    segments: int
    cost: Decimal
    takes: timedelta


@dataclass(frozen=True, slots=True)
class Sent:
    """How many people one part took from the list, and how many of them had refused messages."""

    taken: int
    suppressed: int


def preview_batch(session: Session, *, code: str, public_url: str, now: datetime) -> BatchPreview:
    """Say what inviting everybody who waits would cost; nothing is sent.

    Raises
    ------
    UnableToSend
    """
    plan = _open_plan(session, code, now)
    people = session.scalar(_waiting(plan.campaign_id, now).with_only_columns(func.count())) or 0
    text = _text(plan, plan.invitation, "7K3F9M2X", public_url)
    segments = measure(text).segments if plan.medium == Medium.SMS else 1
    price = price_of(session, gateway=plan.gateway, sender=plan.sender, segments=segments)
    return BatchPreview(people, text, segments, price * people, _takes(session, plan, people * segments))


def _takes(session: Session, plan: TextingPlan, segments: int) -> timedelta:
    query = select(Sender.segments_per_second).where(
        Sender.gateway == plan.gateway, Sender.name == plan.sender
    )
    rate = session.scalar(query) or Pace().segments_per_second
    return timedelta(seconds=round(segments / rate))


def send_batch(
    session: Session,
    *,
    code: str,
    key: str,
    public_url: str,
    now: datetime,
    most: int = AT_ONCE,
    policy: Policy = DEFAULT_POLICY,
) -> Sent:
    """Invite the next people on the list, at most `most`; call it again until it takes nobody.

    Whoever was invited by another campaign in the last 30 days stays on the list. `key` is SURVEY_CONTACT_KEY.

    Raises
    ------
    UnableToSend
    """
    plan = _open_plan(session, code, now)
    query = _waiting(plan.campaign_id, now).order_by(Invitation.id).limit(most)
    found = session.execute(query.with_for_update(skip_locked=True, of=Invitation))
    rows = [(invitation, one_time) for invitation, one_time in found]
    if not rows:
        return Sent(0, 0)
    queued = _enqueue(session, plan, plan.invitation, Purpose.INVITATION, rows, key, public_url, now, policy)
    session.add_all(
        Conversation(
            campaign_id=plan.campaign_id,
            office_id=invitation.office_id,
            invitation_id=invitation.id,
            phone_hash=invitation.phone_hash,
            state=State.INVITED,
            invited_at=now,
            code_digest=one_time.digest,
            reference=message.reference,
        )
        for (invitation, one_time), message in zip(rows, queued, strict=True)
    )
    ids = [invitation.id for invitation, _code in rows]
    session.execute(update(Invitation).where(Invitation.id.in_(ids)).values(invited_at=now))
    session.flush()
    return Sent(len(rows), sum(message.state == "suppressed" for message in queued))


def remind(
    session: Session,
    *,
    code: str,
    key: str,
    public_url: str,
    now: datetime,
    most: int = AT_ONCE,
    policy: Policy = DEFAULT_POLICY,
) -> Sent:
    """Remind the next people who were invited three days ago and have sent nothing, each once.

    Whoever has answered on the web has no code left, and is not among them.

    Raises
    ------
    UnableToSend
    """
    plan = _open_plan(session, code, now)
    if not plan.reminder:
        raise UnableToSend(_("Đợt khảo sát “%(code)s” không có tin nhắc.", code=code))
    query = (
        select(Invitation, InvitationCode, Conversation)
        .join(InvitationCode, InvitationCode.invitation_id == Invitation.id)
        .join(Conversation, Conversation.invitation_id == Invitation.id)
        .where(
            Conversation.campaign_id == plan.campaign_id,
            Conversation.state == State.INVITED,
            Conversation.invited_at <= now - REMIND_AFTER,
            Conversation.invited_at > now - REPLY_WITHIN,
            Invitation.phone_sealed.is_not(None),
        )
        .order_by(Conversation.id)
        .limit(most)
        .with_for_update(skip_locked=True, of=Conversation)
    )
    rows = session.execute(query).all()
    people = [(invitation, one_time) for invitation, one_time, _conversation in rows]
    queued = _enqueue(session, plan, plan.reminder, Purpose.REMINDER, people, key, public_url, now, policy)
    for _invitation, _code, conversation in rows:
        conversation.state = step(conversation.state, Event.REMINDER_DUE).state
    session.flush()
    return Sent(len(rows), sum(message.state == "suppressed" for message in queued))


def pause_batch(session: Session, *, code: str, now: datetime) -> None:
    """Hold back every message of a campaign that has not left, answers to citizens apart."""
    pause_topic(session, topic=topic_of(_campaign_id(session, code, now)), now=now)


def resume_batch(session: Session, *, code: str, now: datetime) -> None:
    """Go on where the campaign was held back."""
    resume_topic(session, topic=topic_of(_campaign_id(session, code, now)), now=now)


def _waiting(campaign_id: int, now: datetime) -> Select[Invitation, InvitationCode]:
    other = aliased(Invitation)
    lately = exists().where(
        other.phone_hash == Invitation.phone_hash,
        other.id != Invitation.id,
        other.invited_at > now - ASKED_AGAIN_AFTER,
    )
    return (
        select(Invitation, InvitationCode)
        .join(InvitationCode, InvitationCode.invitation_id == Invitation.id)
        .where(
            Invitation.campaign_id == campaign_id,
            Invitation.invited_at.is_(None),
            Invitation.phone_sealed.is_not(None),
            ~lately,
        )
    )


def _open_plan(session: Session, code: str, now: datetime) -> TextingPlan:
    campaign = campaign_by_code(session, code, today=local_date(now))
    if campaign is None:
        raise UnableToSend(_("Không có đợt khảo sát nào mang mã “%(code)s”.", code=code[:80]))
    if campaign.state is not CampaignState.OPEN:
        raise UnableToSend(
            _(
                "Đợt khảo sát “%(code)s” %(state)s, nên chưa gửi lời mời được.",
                code=code,
                state=state_label(campaign.state),
            )
        )
    plan = plan_of(session, campaign.id)
    if plan is None:
        raise UnableToSend(
            _("Đợt khảo sát “%(code)s” chưa có cách gửi: hãy chọn cổng, người gửi và lời mời.", code=code)
        )
    return plan


def _campaign_id(session: Session, code: str, now: datetime) -> int:
    campaign = campaign_by_code(session, code, today=local_date(now))
    if campaign is None:
        raise UnableToSend(_("Không có đợt khảo sát nào mang mã “%(code)s”.", code=code[:80]))
    return campaign.id


def _enqueue(
    session: Session,
    plan: TextingPlan,
    template: str,
    purpose: Purpose,
    people: Sequence[tuple[Invitation, InvitationCode]],
    key: str,
    public_url: str,
    now: datetime,
    policy: Policy,
) -> list[Queued]:
    cipher = FieldCipher(key)
    drafts = []
    for invitation, one_time in people:
        assert invitation.phone_sealed is not None
        code = cipher.decrypt(one_time.sealed)
        drafts.append(
            Draft(
                phone=cipher.decrypt(invitation.phone_sealed),
                text=_text(plan, template, code, public_url),
                purpose=purpose,
                dossier=invitation.dossier_hash,
                template=plan.template,
                parameters=values_of(plan.unit, plan.number, code, public_url) if plan.template else {},
            )
        )
    return enqueue_many(
        session,
        now=now,
        key=key,
        medium=Medium(plan.medium),
        gateway=plan.gateway,
        sender=plan.sender,
        topic=topic_of(plan.campaign_id),
        drafts=drafts,
        policy=policy,
    )


def _text(plan: TextingPlan, template: str, code: str, public_url: str) -> str:
    """Return the message to one person: unaccented by SMS, with accents on Zalo."""
    values = values_of(plan.unit, plan.number, code, public_url)
    return compose(template, values, accents=plan.medium != Medium.SMS)

"""Ends what is over: invitations that nobody answered, the link from phones to answers, old texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey_app.campaigns.operations.invitations import end_invitations, purge_invitations
from survey_app.foundation.clock import local_date
from survey_app.messaging.operations import forget_words
from survey_app.texting.models import Conversation, ReplyReading
from survey_app.texting.rules.conversation import LINK_KEPT, REPLY_WITHIN, WAITING, Event, step
from survey_app.texting.rules.topics import topic_of

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Tidied:
    """How many phones were parted from answers, invitations expired, texts and phones forgotten."""

    parted: int
    expired: int
    texts: int
    phones: int

    @property
    def is_more_due(self) -> bool:
        """Whether another part should follow at once."""
        return AT_ONCE in (self.parted, self.expired)


def tidy(session: Session, *, now: datetime) -> Tidied:
    """End what is over, a part at a time so that nobody waits; due at least once an hour."""
    parted, expired = cut_links(session, now=now), expire(session, now=now)
    return Tidied(parted, expired, *purge(session, now=now))


def expire(session: Session, *, now: datetime) -> int:
    """End invitations after seven days without an answer, a part at a time; return how many.

    Phone and code go, so the link in the message leads nowhere any more.
    """
    query = (
        select(Conversation)
        .where(Conversation.state.in_(WAITING), Conversation.invited_at <= now - REPLY_WITHIN)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    over = session.scalars(query).all()
    for one in over:
        one.state = step(one.state, Event.EXPIRY).state
    session.flush()
    end_invitations(session, invitation_ids=[one.invitation_id for one in over])
    return len(over)


def cut_links(session: Session, *, now: datetime) -> int:
    """Part phones and answers 24 hours after the last reply, a part at a time; return how many.

    Nothing that leads from one to the other is left, nor when the reply came. The conversation is over, answered or
    not: a text that still waits for a person is coded without its phone.
    """
    query = (
        select(Conversation)
        .where(Conversation.last_reply_at <= now - LINK_KEPT)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    parted = session.scalars(query).all()
    threads = [one.thread for one in parted if one.thread]
    session.execute(update(ReplyReading).where(ReplyReading.thread.in_(threads)).values(inbound_id=None))
    for one in parted:
        _part(one)
    session.flush()
    end_invitations(session, invitation_ids=[one.invitation_id for one in parted])
    _forget_codes(session, parted)
    return len(parted)


def _forget_codes(session: Session, parted: Sequence[Conversation]) -> None:
    """Forget the invitations as they were sent: the code in them also stands in the texts of those who typed it."""
    by_campaign = sorted(parted, key=lambda one: one.campaign_id)
    for campaign_id, conversations in groupby(by_campaign, key=lambda one: one.campaign_id):
        hashes = [one.phone_hash for one in conversations]
        forget_words(session, topic=topic_of(campaign_id), phone_hashes=hashes)


def _part(conversation: Conversation) -> None:
    conversation.state = step(conversation.state, Event.CUT).state
    conversation.last_reply_at = conversation.rated_at = None
    conversation.response_id = conversation.thread = None
    conversation.code_digest = conversation.reference = None
    conversation.question = 0


def purge(session: Session, *, now: datetime) -> tuple[int, int]:
    """Forget raw texts and phones whose date has come; return how many of each."""
    due = (ReplyReading.purge_on <= local_date(now), ReplyReading.text.is_not(None))
    texts = session.execute(update(ReplyReading).where(*due).values(text=None))
    return int(texts.rowcount), purge_invitations(session, now=now)  # type: ignore[attr-defined]

"""How a campaign's invitations stand at this moment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.campaigns.queries.invitations import count_invitations
from survey_app.messaging.queries import topic_counts
from survey_app.messaging.rules.states import State as MessageState
from survey_app.texting.models import Conversation
from survey_app.texting.rules.conversation import State
from survey_app.texting.rules.topics import topic_of

_SENT = (MessageState.ACCEPTED, MessageState.SENT, MessageState.DELIVERED, MessageState.READ)
_WAITING = (MessageState.QUEUED, MessageState.LEASED, MessageState.SENDING)
_FAILED = (MessageState.FAILED, MessageState.DEAD)
_SILENT = (State.INVITED, State.REMINDED, State.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCounts:
    """People on the list and invited; messages (invitations, reminders, answers to replies); conversations.

    `accepted` are messages a carrier took, `delivered` those it says arrived: no denominator in Việt Nam, where
    carriers know nothing of handsets. `replied` are people who sent anything at all by message.
    """

    listed: int
    invited: int
    waiting: int
    accepted: int
    delivered: int
    failed: int
    unknown: int
    suppressed: int
    cancelled: int
    replied: int
    opted_out: int
    wrong_number: int
    expired: int


def live_counts(session: Session, campaign_id: int) -> LiveCounts:
    """Return all counts of one campaign; three statements, by index."""
    listed, invited = count_invitations(session, campaign_id)
    messages = topic_counts(session, topic_of(campaign_id))
    query = (
        select(Conversation.state, func.count())
        .where(Conversation.campaign_id == campaign_id)
        .group_by(Conversation.state)
    )
    states = {State(state): count for state, count in session.execute(query)}
    return LiveCounts(
        listed=listed,
        invited=invited,
        waiting=_sum(messages, _WAITING),
        accepted=_sum(messages, _SENT),
        delivered=_sum(messages, (MessageState.DELIVERED, MessageState.READ)),
        failed=_sum(messages, _FAILED),
        unknown=messages.get(MessageState.UNKNOWN, 0),
        suppressed=messages.get(MessageState.SUPPRESSED, 0),
        cancelled=messages.get(MessageState.CANCELLED, 0),
        replied=sum(count for state, count in states.items() if state not in _SILENT),
        opted_out=states.get(State.OPTED_OUT, 0),
        wrong_number=states.get(State.WRONG_NUMBER, 0),
        expired=states.get(State.EXPIRED, 0),
    )


def _sum(counts: Mapping[MessageState, int], states: Collection[MessageState]) -> int:
    return sum(counts.get(state, 0) for state in states)

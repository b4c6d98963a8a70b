"""Which invitations and reminders need not leave any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign, InvitationCode
from survey_app.campaigns.rules import State as CampaignState
from survey_app.campaigns.rules import effective_state
from survey_app.foundation.clock import local_date
from survey_app.messaging.operations import Leaving
from survey_app.messaging.rules.limits import Purpose
from survey_app.texting.models import Conversation
from survey_app.texting.rules.conversation import UNANSWERED
from survey_app.texting.rules.topics import campaign_of

ASKING = (Purpose.INVITATION, Purpose.REMINDER)


def unwanted(session: Session, messages: Sequence[Leaving], now: datetime) -> set[int]:
    """Return the ids of those messages that ask somebody who has replied, or answered on the web, meanwhile.

    Nor is anybody asked once the campaign is over. Messages wait for hours: in the queue, and through the night.
    Who has answered is read from the one-time code, which is gone then; nothing else is known of it.
    """
    asking = {
        one.id: (campaign, one.phone_hash or "")
        for one in messages
        if one.purpose in ASKING and (campaign := campaign_of(one.topic)) is not None
    }
    query = (
        select(
            Conversation.campaign_id,
            Conversation.phone_hash,
            Conversation.state,
            InvitationCode.invitation_id,
            Campaign.state,
            Campaign.opens_on,
            Campaign.closes_on,
        )
        .join(Campaign, Campaign.id == Conversation.campaign_id)
        .outerjoin(InvitationCode, InvitationCode.invitation_id == Conversation.invitation_id)
        .where(
            Conversation.campaign_id.in_({campaign for campaign, _hashed in asking.values()}),
            Conversation.phone_hash.in_({hashed for _campaign, hashed in asking.values()}),
        )
    )
    today = local_date(now)
    still_asked = {
        (campaign, hashed): state in UNANSWERED
        and code is not None
        and effective_state(campaign_state, opens_on, closes_on, today) is CampaignState.OPEN
        for campaign, hashed, state, code, campaign_state, opens_on, closes_on in session.execute(query)
    }
    return {id_ for id_, key in asking.items() if not still_asked.get(key, True)}

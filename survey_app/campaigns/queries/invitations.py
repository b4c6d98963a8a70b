"""Reads invitations: what is stored of their codes, and how many there are."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Invitation
from survey_app.foundation.privacy import keyed_hash

CODE_PURPOSE = "invitation code"


def code_digest(key: str, code: str) -> str:
    """Return what is stored of a normalised one-time code; `key` is SURVEY_CONTACT_KEY."""
    return keyed_hash(key, CODE_PURPOSE, code)


def count_invitations(session: Session, campaign_id: int) -> tuple[int, int]:
    """Return how many people a campaign has on its list, and how many of them were invited."""
    query = select(func.count(), func.count(Invitation.invited_at)).where(
        Invitation.campaign_id == campaign_id
    )
    total, invited = session.execute(query).one()
    return total, invited

"""Reads where a campaign comes from, and what a rehearsal has to reckon with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from survey_app.campaigns.models import Campaign, CampaignOffice, CampaignRehearsal
from survey_app.campaigns.queries.campaigns import CampaignView, has_channel
from survey_app.campaigns.rules import Channel, State
from survey_app.staff.queries import names_of


@dataclass(frozen=True, slots=True)
class CampaignOrigin:
    """Who drafted a campaign and when, which one it repeats, and since when it is in rehearsal."""

    created_at: datetime
    created_by: int | None
    author: str | None
    opened_at: datetime | None
    copied_from: str | None
    rehearsing_since: datetime | None


def campaign_origin(session: Session, campaign_id: int) -> CampaignOrigin:
    """Return the origin of the campaign with this id, which must exist."""
    earlier = aliased(Campaign)
    query = (
        select(
            Campaign.created_at,
            Campaign.created_by,
            Campaign.opened_at,
            earlier.code,
            CampaignRehearsal.started_at,
        )
        .outerjoin(earlier, earlier.id == Campaign.copied_from)
        .outerjoin(CampaignRehearsal, CampaignRehearsal.campaign_id == Campaign.id)
        .where(Campaign.id == campaign_id)
    )
    created_at, created_by, opened_at, copied_from, since = session.execute(query).one()
    author = names_of(session, [created_by]).get(created_by) if created_by else None
    return CampaignOrigin(created_at, created_by, author, opened_at, copied_from, since)


def coming_rival(session: Session, campaign: CampaignView, *, today: date) -> tuple[str, date] | None:
    """Return the next opened campaign that will take the counter codes of a rehearsal: its code and first day."""
    if Channel.QR not in campaign.channels:
        return None
    own = aliased(CampaignOffice)
    query = (
        select(Campaign.code, Campaign.opens_on)
        .join(CampaignOffice, CampaignOffice.campaign_id == Campaign.id)
        .join(own, own.office_id == CampaignOffice.office_id)
        .where(
            own.campaign_id == campaign.id,
            Campaign.id != campaign.id,
            Campaign.state == State.OPEN,
            Campaign.opens_on > today,
            has_channel(Channel.QR),
        )
        .order_by(Campaign.opens_on, Campaign.id)
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return (row.code, row.opens_on) if row else None

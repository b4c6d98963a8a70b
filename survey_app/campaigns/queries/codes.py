"""Lists the public codes by which citizens reach a campaign."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign, CampaignLink, CampaignOffice
from survey_app.campaigns.queries.campaigns import CampaignOfficeView, campaign_offices
from survey_app.campaigns.rules import Channel
from survey_app.offices.models import Office, PublicCode, ServicePoint


@dataclass(frozen=True, slots=True)
class EntryCode:
    """An active public code of a campaign and the place it stands for; a link has no service point."""

    code: str
    channel: Channel
    office: CampaignOfficeView
    service_point_id: int | None
    service_point_name: str | None
    service_point_name_en: str | None


def entry_codes(session: Session, campaign_id: int) -> tuple[EntryCode, ...]:
    """Return all active codes of a campaign: offices as in `campaign_offices`; counters first, then the link.

    A draft has no links yet; an office that was closed has no active code at all.
    """
    offices = {office.office_id: office for office in campaign_offices(session, campaign_id)}
    channels = session.scalar(select(Campaign.channels).where(Campaign.id == campaign_id)) or []
    codes = _counter_codes(session, campaign_id, offices) if Channel.QR in channels else []
    links = campaign_links(session, campaign_id)
    codes += [
        EntryCode(code, Channel.WEB, offices[office], None, None, None) for office, code in links.items()
    ]
    place = {office_id: number for number, office_id in enumerate(offices)}
    return tuple(
        sorted(codes, key=lambda code: (place[code.office.office_id], code.service_point_id is None))
    )


def _counter_codes(
    session: Session, campaign_id: int, offices: dict[int, CampaignOfficeView]
) -> list[EntryCode]:
    """Return the active codes of all counters, in the order in which the counters were added."""
    point = ServicePoint
    query = (
        select(point.office_id, PublicCode.code, point.id, point.name, point.name_en)
        .join(PublicCode, PublicCode.service_point_id == point.id)
        .join(CampaignOffice, CampaignOffice.office_id == point.office_id)
        .where(CampaignOffice.campaign_id == campaign_id, PublicCode.revoked_at.is_(None))
        .order_by(point.id)
    )
    return [
        EntryCode(code, Channel.QR, offices[office_id], point_id, name, name_en)
        for office_id, code, point_id, name, name_en in session.execute(query)
    ]


def campaign_links(session: Session, campaign_id: int) -> dict[int, str]:
    """Return the active link code of each active office that has one, by office id."""
    query = (
        select(CampaignLink.office_id, CampaignLink.code)
        .join(PublicCode, PublicCode.code == CampaignLink.code)
        .join(Office, Office.id == CampaignLink.office_id)
        .where(CampaignLink.campaign_id == campaign_id, PublicCode.revoked_at.is_(None), Office.active)
    )
    return dict(session.execute(query).all())

"""Finds a campaign and holds it while it is changed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign, CampaignOffice
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.models import Office


class UnknownCampaign(Refused):
    """No campaign has this code."""


def known_campaign(session: Session, code: str) -> Campaign:
    """Return the campaign as it stands, not locked.

    Raises
    ------
    UnknownCampaign
    """
    return _found(session.scalars(select(Campaign).where(Campaign.code == code)).one_or_none(), code)


def locked_campaign(session: Session, code: str) -> Campaign:
    """Return the campaign, locked until the transaction ends, so that two moves follow one another."""
    query = select(Campaign).where(Campaign.code == code).with_for_update(key_share=True)
    return _found(session.scalars(query.execution_options(populate_existing=True)).one_or_none(), code)


def _found(campaign: Campaign | None, code: str) -> Campaign:
    if campaign is None:
        raise UnknownCampaign(
            _(
                "Không có đợt khảo sát nào mang mã “%(code)s”. Hãy kiểm tra lại mã, hoặc tạo đợt đó trước.",
                code=code[:80],
            )
        )
    return campaign


def locked_offices(session: Session, campaign_id: int) -> list[int]:
    """Return the active offices, locked: of two campaigns opened at once the second sees the first."""
    query = (
        select(Office.id)
        .join(CampaignOffice, CampaignOffice.office_id == Office.id)
        .where(CampaignOffice.campaign_id == campaign_id, Office.active)
        .order_by(Office.id)
        .with_for_update(of=Office, key_share=True)
    )
    return list(session.scalars(query))

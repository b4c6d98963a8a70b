"""Drafts campaigns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign, CampaignOffice
from survey_app.campaigns.operations.checks import (
    check_code,
    check_offices,
    check_period,
    check_questionnaire,
    clean_title,
    known_channels,
    store,
)
from survey_app.campaigns.rules import Channel, State
from survey_app.foundation.clock import local_date


def create_campaign(
    session: Session,
    *,
    code: str,
    title: str,
    title_en: str = "",
    questionnaire_version_id: int,
    opens_on: date,
    closes_on: date,
    office_ids: Iterable[int],
    channels: Iterable[str],
    unit_path: str = "",
    created_by: int | None = None,
    now: datetime,
) -> Campaign:
    """Store a draft and return it; both dates are inside the period, on the Vietnamese calendar.

    All offices lie inside `unit_path`, whose staff manage the campaign ("" is the whole installation). Without
    `title_en` the Vietnamese title stands in its place. `created_by` is an account.

    Raises
    ------
    UnableToCreateCampaign
        A value cannot be used, or the code is taken; the message says which and what to do.
    """
    offices = set(office_ids)
    check_offices(session, offices, unit_path)
    campaign = start_draft(
        session,
        code=code,
        title=title,
        title_en=title_en,
        questionnaire_version_id=questionnaire_version_id,
        opens_on=opens_on,
        closes_on=closes_on,
        channels=channels,
        unit_path=unit_path,
        created_by=created_by,
        now=now,
    )
    session.add_all(CampaignOffice(campaign_id=campaign.id, office_id=office_id) for office_id in offices)
    session.flush()
    return campaign


def start_draft(
    session: Session,
    *,
    code: str,
    title: str,
    title_en: str = "",
    questionnaire_version_id: int,
    opens_on: date,
    closes_on: date,
    channels: Iterable[str] = (Channel.QR,),
    unit_path: str = "",
    created_by: int | None = None,
    now: datetime,
) -> Campaign:
    """Store a draft without offices yet and return it; otherwise like `create_campaign`."""
    check_code(code)
    check_period(opens_on, closes_on, local_date(now))
    check_questionnaire(session, questionnaire_version_id)
    campaign = Campaign(
        code=code,
        title=clean_title(title),
        title_en=clean_title(title_en or title),
        questionnaire_version_id=questionnaire_version_id,
        opens_on=opens_on,
        closes_on=closes_on,
        state=State.DRAFT,
        channels=known_channels(tuple(channels)),
        created_at=now,
        created_by=created_by,
        unit_path=unit_path,
    )
    store(session, campaign)
    return campaign

"""Repeats an earlier campaign as a new draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign, CampaignOffice
from survey_app.campaigns.operations.checks import UnableToCreateCampaign
from survey_app.campaigns.operations.creation import create_campaign
from survey_app.campaigns.operations.locking import locked_campaign
from survey_app.campaigns.rules import retitle
from survey_app.foundation.languages import gettext as _
from survey_app.offices.models import Office
from survey_app.questionnaires.models import QuestionnaireVersion
from survey_app.questionnaires.queries import listed


@dataclass(frozen=True, slots=True)
class CampaignCopy:
    """A draft made after an earlier campaign, and where it differs.

    `instrument` is asked in `version`, earlier in `old_version`; `dropped` names the offices that have closed.
    """

    campaign: Campaign
    instrument: str
    old_version: int
    version: int
    dropped: tuple[str, ...]


def copy_campaign(
    session: Session,
    *,
    code: str,
    new_code: str,
    opens_on: date,
    closes_on: date,
    title: str | None = None,
    title_en: str | None = None,
    created_by: int | None = None,
    now: datetime,
) -> CampaignCopy:
    """Draft the campaign `code` once more: same unit, channels and active offices, newest version in use.

    Titles that are not given are the old ones with the year replaced.

    Raises
    ------
    UnknownCampaign
        No campaign has this code.
    UnableToCreateCampaign
        A value cannot be used, the new code is taken, all versions are retired or all offices closed.
    """
    old = locked_campaign(session, code)
    instrument, old_version, new_version, version_id = _newest_version(session, old)
    active, dropped = _offices_left(session, old.id)
    years = old.opens_on.year, opens_on.year
    campaign = create_campaign(
        session,
        code=new_code,
        title=title or retitle(old.title, *years),
        title_en=title_en or retitle(old.title_en, *years),
        questionnaire_version_id=version_id,
        opens_on=opens_on,
        closes_on=closes_on,
        office_ids=active,
        channels=old.channels,
        unit_path=old.unit_path,
        created_by=created_by,
        now=now,
    )
    campaign.copied_from = old.id
    session.flush()
    return CampaignCopy(campaign, instrument, old_version, new_version, dropped)


def _newest_version(session: Session, old: Campaign) -> tuple[str, int, int, int]:
    """Return instrument, old version, newest version in use and its id."""
    version = QuestionnaireVersion
    query = select(version.instrument, version.version).where(version.id == old.questionnaire_version_id)
    instrument, old_version = session.execute(query).one()
    in_use = [one for one in listed(session, instrument) if one.retired_at is None]
    if not in_use:
        raise UnableToCreateCampaign(
            _(
                "Phiếu khảo sát “%(name)s” của đợt cũ đã ngừng dùng, không còn phiên bản nào. Hãy tạo đợt mới với "
                "phiếu khác.",
                name=instrument,
            )
        )
    return instrument, old_version, in_use[-1].version, in_use[-1].id


def _offices_left(session: Session, campaign_id: int) -> tuple[list[int], tuple[str, ...]]:
    """Return the ids of the offices that are active, and the names of those that have closed."""
    query = (
        select(Office.id, Office.name, Office.active)
        .join(CampaignOffice, CampaignOffice.office_id == Office.id)
        .where(CampaignOffice.campaign_id == campaign_id)
        .order_by(Office.code)
    )
    rows = session.execute(query).all()
    closed = tuple(name for _id, name, active in rows if not active)
    return [office_id for office_id, _name, active in rows if active], closed

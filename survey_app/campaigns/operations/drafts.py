"""Changes drafts: what a campaign is made of can be changed until it is opened, and thrown away."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Select, and_, delete, insert, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign, CampaignLink, CampaignOffice, WeightSet
from survey_app.campaigns.operations.checks import (
    check_code,
    check_offices,
    check_period,
    check_questionnaire,
    clean_title,
    known_channels,
    store,
)
from survey_app.campaigns.operations.entrances import withdraw_links
from survey_app.campaigns.operations.locking import locked_campaign
from survey_app.campaigns.rules import Channel, State, state_label
from survey_app.foundation.clock import local_date
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paths import inside_any
from survey_app.offices.models import Office, Unit
from survey_app.staff.rules.permissions import covers


class UnableToChangeDraft(Refused):
    """The campaign is a draft no longer, or the offices are not its own unit's."""


def revise_draft(
    session: Session,
    *,
    code: str,
    new_code: str,
    title: str,
    title_en: str,
    opens_on: date,
    closes_on: date,
    channels: Collection[str],
    now: datetime,
) -> Campaign:
    """Give a draft another code, other titles, days and channels; links of a channel that is given up are withdrawn.

    Raises
    ------
    UnknownCampaign
        No campaign has this code.
    UnableToChangeDraft
        It is a draft no longer.
    UnableToCreateCampaign
        A value cannot be used, or the new code is taken.
    """
    campaign = _locked_draft(session, code)
    check_code(new_code)
    check_period(opens_on, closes_on, local_date(now))
    kept = known_channels(tuple(channels))
    if Channel.WEB not in kept:
        withdraw_links(session, CampaignLink.campaign_id == campaign.id, now)
    campaign.title, campaign.title_en = clean_title(title), clean_title(title_en or title)
    campaign.opens_on, campaign.closes_on = opens_on, closes_on
    campaign.channels, campaign.code = kept, new_code
    store(session, campaign)
    return campaign


def change_questionnaire(session: Session, *, code: str, questionnaire_version_id: int) -> Campaign:
    """Put another questionnaire into a draft. Raises like `revise_draft`."""
    campaign = _locked_draft(session, code)
    check_questionnaire(session, questionnaire_version_id)
    campaign.questionnaire_version_id = questionnaire_version_id
    session.flush()
    return campaign


def choose_offices(
    session: Session, *, code: str, shown: Collection[int], ticked: Collection[int], now: datetime
) -> None:
    """Let the offices `ticked` among those `shown` take part in a draft, and the rest of `shown` not.

    Offices that were not shown stay as they are. Raises like `revise_draft`.
    """
    campaign = _locked_draft(session, code)
    chosen, untouched = set(ticked).intersection(shown), set(shown).difference(ticked)
    present = set(session.scalars(_office_ids(campaign.id).where(CampaignOffice.office_id.in_(shown))))
    added = chosen.difference(present)
    if added:
        check_offices(session, added, campaign.unit_path)
        session.add_all(CampaignOffice(campaign_id=campaign.id, office_id=one) for one in sorted(added))
    _drop_offices(session, campaign.id, untouched.intersection(present), now)


def choose_offices_inside(session: Session, *, code: str, path: str) -> None:
    """Let all active offices of the unit at `path` and of the units below take part. Raises like `revise_draft`."""
    campaign = _locked_draft(session, code)
    if not covers(campaign.unit_path, path):
        raise UnableToChangeDraft(
            _("Đơn vị này không thuộc đơn vị chủ trì của đợt khảo sát. Hãy chọn đơn vị khác.")
        )
    offices = (
        select(literal(campaign.id), Office.id)
        .join(Unit, Unit.id == Office.unit_id)
        .where(inside_any(Unit.path, [path]), Office.active, Office.id.not_in(_office_ids(campaign.id)))
    )
    session.execute(insert(CampaignOffice).from_select(["campaign_id", "office_id"], offices))


def drop_offices_inside(session: Session, *, code: str, path: str, now: datetime) -> None:
    """Let no office of the unit at `path` and of the units below take part. Raises like `revise_draft`."""
    campaign = _locked_draft(session, code)
    inside = (
        _office_ids(campaign.id)
        .join(Office, Office.id == CampaignOffice.office_id)
        .join(Unit, Unit.id == Office.unit_id)
        .where(inside_any(Unit.path, [path]))
    )
    _drop_offices(session, campaign.id, set(session.scalars(inside)), now)


def delete_draft(session: Session, *, code: str, now: datetime) -> None:
    """Delete a draft; the links of its rehearsals lead nowhere afterwards. Raises like `revise_draft`."""
    campaign = _locked_draft(session, code)
    withdraw_links(session, CampaignLink.campaign_id == campaign.id, now)
    session.execute(delete(CampaignOffice).where(CampaignOffice.campaign_id == campaign.id))
    session.execute(delete(WeightSet).where(WeightSet.campaign_id == campaign.id))
    session.delete(campaign)
    try:
        session.flush()
    except IntegrityError as error:
        raise UnableToChangeDraft(
            _("Không xóa được “%(code)s” vì phần khác của hệ thống đang dùng đến.", code=code)
        ) from error


def _locked_draft(session: Session, code: str) -> Campaign:
    campaign = locked_campaign(session, code)
    if campaign.state is not State.DRAFT:
        raise UnableToChangeDraft(
            _(
                "Đợt khảo sát “%(code)s” (%(state)s) không còn là bản nháp nên không sửa hay xóa được. Hãy kết thúc "
                "diễn tập nếu đang diễn tập, hoặc sao chép thành đợt mới.",
                code=code,
                state=state_label(campaign.state),
            )
        )
    return campaign


def _office_ids(campaign_id: int) -> Select[int]:
    return select(CampaignOffice.office_id).where(CampaignOffice.campaign_id == campaign_id)


def _drop_offices(session: Session, campaign_id: int, office_ids: Collection[int], now: datetime) -> None:
    if office_ids:
        of_them = and_(CampaignLink.campaign_id == campaign_id, CampaignLink.office_id.in_(office_ids))
        withdraw_links(session, of_them, now)
        session.execute(
            delete(CampaignOffice).where(
                CampaignOffice.campaign_id == campaign_id, CampaignOffice.office_id.in_(office_ids)
            )
        )

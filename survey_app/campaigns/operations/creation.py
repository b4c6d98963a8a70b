"""Drafts campaigns."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign, CampaignOffice
from survey_app.campaigns.rules import TITLE_LENGTH, Channel, State, is_campaign_code, may_open, read_channels
from survey_app.foundation.clock import local_date
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import format_date
from survey_app.foundation.languages import gettext as _
from survey_app.offices.models import Office
from survey_app.offices.rules import clean_name
from survey_app.questionnaires.models import QuestionnaireVersion


class UnableToCreateCampaign(Refused):
    """Code, titles, questionnaire, period, offices or channels cannot be used."""


def create_campaign(
    session: Session,
    *,
    code: str,
    title: str,
    title_en: str,
    questionnaire_version_id: int,
    opens_on: date,
    closes_on: date,
    office_ids: Iterable[int],
    channels: Iterable[str],
    now: datetime,
) -> Campaign:
    """Store a draft and return it; both dates are inside the period, on the Vietnamese calendar.

    Raises
    ------
    UnableToCreateCampaign
        A value cannot be used, or the code is taken; the message says which and what to do.
    """
    _check_code(code)
    _check_period(opens_on, closes_on, local_date(now))
    _check_questionnaire(session, questionnaire_version_id)
    offices = set(office_ids)
    _check_offices(session, offices)
    campaign = Campaign(
        code=code,
        title=_title(title),
        title_en=_title(title_en),
        questionnaire_version_id=questionnaire_version_id,
        opens_on=opens_on,
        closes_on=closes_on,
        state=State.DRAFT,
        channels=_known_channels(tuple(channels)),
        created_at=now,
    )
    _add(session, campaign)
    session.add_all(CampaignOffice(campaign_id=campaign.id, office_id=office_id) for office_id in offices)
    session.flush()
    return campaign


def _add(session: Session, campaign: Campaign) -> None:
    code = campaign.code
    session.add(campaign)
    try:
        session.flush()
    except IntegrityError as error:
        # The code is the only thing that is left to collide, and only the database sees who was first.
        raise UnableToCreateCampaign(
            _("Mã đợt khảo sát “%(code)s” đã được dùng. Hãy chọn mã khác.", code=code)
        ) from error


def _check_code(code: str) -> None:
    if not is_campaign_code(code):
        raise UnableToCreateCampaign(
            _(
                "Mã đợt khảo sát “%(code)s” không hợp lệ. Hãy dùng 3 đến 60 chữ thường không dấu, chữ số "
                "hoặc dấu gạch nối ở giữa, ví dụ cao-bang-2026.",
                code=code[:80],
            )
        )


def _check_period(opens_on: date, closes_on: date, today: date) -> None:
    closes = format_date(closes_on)
    if closes_on < opens_on:
        raise UnableToCreateCampaign(
            _(
                "Ngày kết thúc %(closes)s trước ngày bắt đầu %(opens)s. Hãy sửa lại một trong hai ngày.",
                closes=closes,
                opens=format_date(opens_on),
            )
        )
    if not may_open(closes_on, today):
        raise UnableToCreateCampaign(
            _(
                "Ngày kết thúc %(closes)s đã qua. Hãy chọn ngày kết thúc từ %(today)s trở đi.",
                closes=closes,
                today=format_date(today),
            )
        )


def _check_questionnaire(session: Session, version_id: int) -> None:
    query = select(QuestionnaireVersion.retired_at).where(QuestionnaireVersion.id == version_id)
    version = session.execute(query).one_or_none()
    if version is None:
        raise UnableToCreateCampaign(
            _("Không có phiên bản phiếu khảo sát số %(id)s. Hãy công bố phiếu trước.", id=version_id)
        )
    if version.retired_at is not None:
        raise UnableToCreateCampaign(
            _("Phiên bản phiếu khảo sát số %(id)s đã ngừng dùng. Hãy chọn phiên bản mới hơn.", id=version_id)
        )


def _title(text: str) -> str:
    title = clean_name(text, TITLE_LENGTH)
    if title is None:
        raise UnableToCreateCampaign(
            _(
                "Đợt khảo sát cần tên tiếng Việt và tên tiếng Anh, mỗi tên từ 1 đến %(longest)s ký tự in "
                "được. Hãy sửa lại tên: “%(name)s”",
                longest=TITLE_LENGTH,
                name=text[:50],
            )
        )
    return title


def _check_offices(session: Session, office_ids: Collection[int]) -> None:
    if not office_ids:
        raise UnableToCreateCampaign(
            _("Đợt khảo sát chưa có bộ phận một cửa nào. Hãy chọn ít nhất một bộ phận.")
        )
    known = session.scalars(select(Office.id).where(Office.id.in_(office_ids), Office.active))
    missing = sorted(set(office_ids).difference(known))
    if missing:
        raise UnableToCreateCampaign(
            _(
                "Không có bộ phận một cửa nào đang hoạt động mang số %(ids)s. Hãy chọn bộ phận khác.",
                ids=", ".join(map(str, missing)),
            )
        )


def _known_channels(values: Collection[str]) -> list[str]:
    known = ", ".join(Channel)
    if not values:
        raise UnableToCreateCampaign(
            _("Đợt khảo sát chưa có kênh nào. Hãy chọn ít nhất một kênh: %(known)s.", known=known)
        )
    strange = [value for value in values if value not in set(Channel)]
    if strange:
        raise UnableToCreateCampaign(
            _(
                "Không có kênh “%(name)s”. Hãy chọn trong các kênh: %(known)s.",
                name=strange[0][:40],
                known=known,
            )
        )
    return [channel.value for channel in read_channels(values)]

"""Checks what a campaign is made of: code, titles, period, questionnaire, offices and channels."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.rules import (
    LONGEST_DAYS,
    TITLE_LENGTH,
    Channel,
    channel_label,
    is_campaign_code,
    may_open,
    population_of,
    read_channels,
)
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import format_date
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paths import inside_any
from survey_app.offices.models import Office, Unit
from survey_app.offices.rules import clean_name
from survey_app.questionnaires.models import QuestionnaireVersion


class UnableToCreateCampaign(Refused):
    """Code, titles, questionnaire, period, offices or channels cannot be used."""


def store(session: Session, campaign: Campaign) -> None:
    """Write the row of a new or changed `campaign`, refusing a code that another one has."""
    code = campaign.code
    session.add(campaign)
    try:
        session.flush()
    except IntegrityError as error:
        # The code is the only thing that is left to collide, and only the database sees who was first.
        raise UnableToCreateCampaign(
            _("Mã đợt khảo sát “%(code)s” đã được dùng. Hãy chọn mã khác.", code=code)
        ) from error


def check_code(code: str) -> None:
    """Refuse what cannot name a campaign in an address."""
    if not is_campaign_code(code):
        raise UnableToCreateCampaign(
            _(
                "Mã đợt khảo sát “%(code)s” không hợp lệ. Hãy dùng 3 đến 60 chữ thường không dấu, chữ số "
                "hoặc dấu gạch nối ở giữa, ví dụ cao-bang-2026.",
                code=code[:80],
            )
        )


def check_period(opens_on: date, closes_on: date, today: date) -> None:
    """Refuse swapped days, a period that is over, and one that is no campaign any more but a habit."""
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
    check_length(opens_on, closes_on)


def check_length(opens_on: date, closes_on: date) -> None:
    """Refuse a period so long that one of its days must be mistyped."""
    if (closes_on - opens_on).days > LONGEST_DAYS:
        raise UnableToCreateCampaign(
            _(
                "Từ %(opens)s đến %(closes)s là quá 5 năm. Hãy xem lại năm của hai ngày.",
                opens=format_date(opens_on),
                closes=format_date(closes_on),
            )
        )


def check_questionnaire(session: Session, version_id: int) -> None:
    """Refuse a version that was never published or is out of use."""
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


def clean_title(text: str) -> str:
    """Return `text` as it is stored."""
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


def check_offices(session: Session, office_ids: Collection[int], unit_path: str) -> None:
    """Refuse no office at all, closed and unknown ones, and those outside the unit that owns the campaign."""
    if not office_ids:
        raise UnableToCreateCampaign(
            _("Đợt khảo sát chưa có bộ phận một cửa nào. Hãy chọn ít nhất một bộ phận.")
        )
    query = (
        select(Office.id, inside_any(Unit.path, [unit_path]))
        .join(Unit, Unit.id == Office.unit_id)
        .where(Office.id.in_(office_ids), Office.active)
    )
    is_inside = {office_id: bool(inside) for office_id, inside in session.execute(query)}
    missing = sorted(set(office_ids).difference(is_inside))
    if missing:
        raise UnableToCreateCampaign(
            _(
                "Không có bộ phận một cửa nào đang hoạt động mang số %(ids)s. Hãy chọn bộ phận khác.",
                ids=", ".join(map(str, missing[:20])),
            )
        )
    outside = sorted(office_id for office_id, inside in is_inside.items() if not inside)
    if outside:
        raise UnableToCreateCampaign(
            _(
                "Bộ phận một cửa số %(ids)s không thuộc đơn vị chủ trì của đợt. Hãy bỏ chọn bộ phận đó.",
                ids=", ".join(map(str, outside[:20])),
            )
        )


def known_channels(values: Collection[str]) -> list[str]:
    """Return `values` as channels are stored; refuse none, unknown ones, and channels of two populations."""
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
    channels = read_channels(values)
    if len(population_of(channels)) > 1:
        raise UnableToCreateCampaign(
            _(
                "Mẫu điều tra, người được mời và ý kiến tự nguyện không được gộp trong một đợt. Hãy chọn riêng kênh "
                "“%(sample)s”, hoặc riêng “%(sms)s” và “%(zalo)s”, hoặc bỏ các kênh đó.",
                sample=channel_label(Channel.INTERVIEW),
                sms=channel_label(Channel.SMS),
                zalo=channel_label(Channel.ZALO),
            )
        )
    return [channel.value for channel in channels]

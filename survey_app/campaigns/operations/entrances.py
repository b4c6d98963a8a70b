"""Gets the entrances of a campaign ready: its offices, their counter codes and its links."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign, CampaignLink
from survey_app.campaigns.operations.locking import locked_offices
from survey_app.campaigns.queries import campaign_links, count_offices, rival_campaign
from survey_app.campaigns.rules import Channel, State
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import format_date
from survey_app.foundation.languages import gettext as _
from survey_app.offices.models import PublicCode
from survey_app.offices.rules import CodeStatus, RandomSource, new_code


def usable_offices(session: Session, campaign: Campaign, error: type[Refused]) -> list[int]:
    """Return the active offices of `campaign`, locked; raise `error` if there is none."""
    offices = locked_offices(session, campaign.id)
    if not offices:
        chosen = count_offices(session, [campaign.id])
        raise error(_without_office(campaign.code) if chosen else _nothing_chosen(campaign.code))
    return offices


def _without_office(code: str) -> str:
    return _(
        "Không thể mở đợt khảo sát “%(code)s”: mọi bộ phận một cửa của đợt đã ngừng hoạt động. Hãy "
        "tạo đợt mới với bộ phận đang hoạt động.",
        code=code,
    )


def _nothing_chosen(code: str) -> str:
    return _("Đợt khảo sát “%(code)s” chưa có bộ phận một cửa nào. Hãy chọn ít nhất một bộ phận.", code=code)


def refuse_rival(
    session: Session, campaign: Campaign, *, first: date, last: date, error: type[Refused]
) -> None:
    """Raise `error` if another campaign takes the counter codes on a day from `first` to `last`."""
    if Channel.QR not in campaign.channels:
        return
    rival = rival_campaign(session, campaign, first=first, last=last)
    if rival is None:
        return
    words = {"code": campaign.code, "office": rival.office_name, "other": rival.code}
    if rival.state is State.REHEARSAL:
        raise error(
            _(
                "Đợt khảo sát “%(code)s” cần mã QR tại %(office)s, nhưng đợt “%(other)s” đang diễn tập với mã đó. "
                "Hãy kết thúc diễn tập của đợt kia trước.",
                **words,
            )
        )
    raise error(
        _(
            "Không thể mở đợt khảo sát “%(code)s”: mã QR tại %(office)s đang dùng cho đợt “%(other)s” từ "
            "%(opens)s đến %(closes)s. Hãy đóng đợt đó trước, hoặc tạo đợt mới có thời gian không trùng.",
            opens=format_date(rival.opens_on),
            closes=format_date(rival.closes_on),
            **words,
        )
    )


def issue_links(
    session: Session, campaign_id: int, office_ids: Iterable[int], now: datetime, rng: RandomSource
) -> None:
    """Give each of these offices its link to the campaign, unless it has one; thousands cost a few statements."""
    linked = campaign_links(session, campaign_id)
    offices = [office_id for office_id in office_ids if office_id not in linked]
    if not offices:
        return
    links = dict(zip(offices, _unused_codes(session, len(offices), rng), strict=True))
    session.execute(
        insert(PublicCode),
        [{"code": code, "service_point_id": None, "issued_at": now} for code in links.values()],
    )
    session.execute(
        insert(CampaignLink),
        [{"code": code, "campaign_id": campaign_id, "office_id": office} for office, code in links.items()],
    )


def _unused_codes(session: Session, count: int, rng: RandomSource) -> list[str]:
    """Draw codes that were never given; no code is given twice."""
    drawn: dict[str, None] = {}
    while len(drawn) < count:
        more = [new_code(rng) for _ in range(count - len(drawn))]
        given = set(session.scalars(select(PublicCode.code).where(PublicCode.code.in_(more))))
        drawn.update(dict.fromkeys(code for code in more if code not in given))
    return list(drawn)


def withdraw_links(session: Session, links: ColumnElement[bool], now: datetime) -> None:
    """Withdraw and forget the links of a draft that fulfil a condition on `CampaignLink`."""
    codes = select(CampaignLink.code).where(links)
    session.execute(
        update(PublicCode)
        .where(PublicCode.code.in_(codes), PublicCode.revoked_at.is_(None))
        .values(revoked_at=now, revoked_reason=CodeStatus.REVOKED)
    )
    session.execute(delete(CampaignLink).where(links))

"""Opens and closes campaigns by the table `rules.MOVES`."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign, CampaignLink, CampaignOffice
from survey_app.campaigns.queries import campaign_links, rival_campaign
from survey_app.campaigns.rules import (
    Channel,
    Move,
    State,
    effective_state,
    may_open,
    next_state,
    state_label,
)
from survey_app.foundation.clock import local_date
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import format_date
from survey_app.foundation.languages import gettext as _
from survey_app.offices.models import Office
from survey_app.offices.operations import issue_code
from survey_app.offices.rules import RandomSource


class UnknownCampaign(Refused):
    """No campaign has this code."""


def _locked(session: Session, code: str) -> Campaign:
    """Return the campaign, locked until the transaction ends, so that two moves follow one another."""
    query = select(Campaign).where(Campaign.code == code).with_for_update(key_share=True)
    campaign = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if campaign is None:
        raise UnknownCampaign(
            _(
                "Không có đợt khảo sát nào mang mã “%(code)s”. Hãy kiểm tra lại mã, hoặc tạo đợt đó trước.",
                code=code[:80],
            )
        )
    return campaign


class UnableToOpenCampaign(Refused):
    """State or period do not allow it, no office is left, or another campaign holds the counter codes."""


def open_campaign(session: Session, *, code: str, now: datetime, rng: RandomSource = secrets) -> Campaign:
    """Open a draft, or a closed campaign again while its period lasts; issue the links of the `web` channel.

    Offices that have an active link keep it. `rng` draws the codes of new links.

    Raises
    ------
    UnknownCampaign
        No campaign has this code.
    UnableToOpenCampaign
        Its state or period does not allow it, all its offices were closed, or another opened campaign uses
        the counter codes of one of its offices in the same days.
    """
    campaign, today = _locked(session, code), local_date(now)
    state = effective_state(campaign.state, campaign.opens_on, campaign.closes_on, today)
    stored = next_state(state, Move.OPEN, campaign.closes_on, today)
    if stored is None:
        raise UnableToOpenCampaign(_why_not_opened(campaign, state, today))
    offices = _locked_offices(session, campaign.id)
    if not offices:
        raise UnableToOpenCampaign(
            _(
                "Không thể mở đợt khảo sát “%(code)s”: mọi bộ phận một cửa của đợt đã ngừng hoạt động. Hãy "
                "tạo đợt mới với bộ phận đang hoạt động.",
                code=code,
            )
        )
    if Channel.QR in campaign.channels:
        _refuse_rival(session, campaign, today)
    campaign.state, campaign.closed_at = stored, None
    campaign.opened_at = campaign.opened_at or now
    if Channel.WEB in campaign.channels:
        _issue_links(session, campaign.id, offices, now, rng)
    session.flush()
    return campaign


def _why_not_opened(campaign: Campaign, state: State, today: date) -> str:
    if not may_open(campaign.closes_on, today):
        return _(
            "Không thể mở đợt khảo sát “%(code)s” (%(state)s): thời gian khảo sát đã kết thúc ngày "
            "%(closes)s. Hãy tạo đợt mới.",
            code=campaign.code,
            state=state_label(state),
            closes=format_date(campaign.closes_on),
        )
    return _(
        "Đợt khảo sát “%(code)s” đã được mở trước đó (%(state)s), không cần mở lại.",
        code=campaign.code,
        state=state_label(state),
    )


def _locked_offices(session: Session, campaign_id: int) -> list[int]:
    """Return the active offices, locked: of two campaigns opened at once the second sees the first."""
    query = (
        select(Office.id)
        .join(CampaignOffice, CampaignOffice.office_id == Office.id)
        .where(CampaignOffice.campaign_id == campaign_id, Office.active)
        .order_by(Office.id)
        .with_for_update(of=Office, key_share=True)
    )
    return list(session.scalars(query))


def _refuse_rival(session: Session, campaign: Campaign, today: date) -> None:
    rival = rival_campaign(session, campaign, today=today)
    if rival is not None:
        raise UnableToOpenCampaign(
            _(
                "Không thể mở đợt khảo sát “%(code)s”: mã QR tại %(office)s đang dùng cho đợt “%(other)s” từ "
                "%(opens)s đến %(closes)s. Hãy đóng đợt đó trước, hoặc tạo đợt mới có thời gian không trùng.",
                code=campaign.code,
                office=rival.office_name,
                other=rival.code,
                opens=format_date(rival.opens_on),
                closes=format_date(rival.closes_on),
            )
        )


def _issue_links(
    session: Session, campaign_id: int, office_ids: Iterable[int], now: datetime, rng: RandomSource
) -> None:
    linked = campaign_links(session, campaign_id)
    for office_id in office_ids:
        if office_id not in linked:
            code = issue_code(session, now=now, rng=rng)
            session.add(CampaignLink(code=code, campaign_id=campaign_id, office_id=office_id))


class UnableToCloseCampaign(Refused):
    """The campaign is a draft or closed already."""


def close_campaign(session: Session, *, code: str, now: datetime) -> Campaign:
    """Stop taking answers from `now` on; the campaign can be opened again while its period lasts.

    Raises
    ------
    UnknownCampaign
        No campaign has this code.
    UnableToCloseCampaign
        It was never opened, was closed before, or its period has ended.
    """
    campaign, today = _locked(session, code), local_date(now)
    state = effective_state(campaign.state, campaign.opens_on, campaign.closes_on, today)
    stored = next_state(state, Move.CLOSE, campaign.closes_on, today)
    if stored is None:
        raise UnableToCloseCampaign(_why_not_closed(code, state))
    campaign.state, campaign.closed_at = stored, now
    session.flush()
    return campaign


def _why_not_closed(code: str, state: State) -> str:
    if state is State.DRAFT:
        return _(
            "Đợt khảo sát “%(code)s” là %(state)s, chưa mở nên không có gì để đóng.",
            code=code,
            state=state_label(state),
        )
    return _(
        "Đợt khảo sát “%(code)s” %(state)s từ trước, không cần đóng lại.", code=code, state=state_label(state)
    )

"""Opens, closes and prolongs campaigns by the table `rules.MOVES`."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign, CampaignRehearsal
from survey_app.campaigns.operations.checks import UnableToCreateCampaign, check_length, check_questionnaire
from survey_app.campaigns.operations.entrances import issue_links, refuse_rival, usable_offices
from survey_app.campaigns.operations.locking import locked_campaign, locked_offices
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
from survey_app.offices.rules import RandomSource


class UnableToOpenCampaign(Refused):
    """State or period do not allow it, no office is left, or another campaign holds the counter codes."""


def open_campaign(session: Session, *, code: str, now: datetime, rng: RandomSource = secrets) -> Campaign:
    """Open a draft, or a closed campaign again while its period lasts; issue the links of the `web` channel.

    Offices that have an active link keep it. `rng` draws the codes of new links. A rehearsal ends, and with it go
    the answers given in it.

    Raises
    ------
    UnknownCampaign
        No campaign has this code.
    UnableToOpenCampaign
        Its state or period does not allow it, all its offices were closed, its questionnaire was retired before it
        was ever open, or another opened campaign or a rehearsal uses the counter codes of one of its offices in the
        same days.
    """
    campaign, today = locked_campaign(session, code), local_date(now)
    state = effective_state(campaign.state, campaign.opens_on, campaign.closes_on, today)
    stored = next_state(state, Move.OPEN, campaign.closes_on, today)
    if stored is None:
        raise UnableToOpenCampaign(_why_not_opened(campaign, state, today))
    _refuse_retired(session, campaign)
    offices = usable_offices(session, campaign, UnableToOpenCampaign)
    refuse_rival(
        session,
        campaign,
        first=max(campaign.opens_on, today),
        last=campaign.closes_on,
        error=UnableToOpenCampaign,
    )
    session.execute(delete(CampaignRehearsal).where(CampaignRehearsal.campaign_id == campaign.id))
    campaign.state, campaign.closed_at = stored, None
    campaign.opened_at = campaign.opened_at or now
    if Channel.WEB in campaign.channels:
        issue_links(session, campaign.id, offices, now, rng)
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


def _refuse_retired(session: Session, campaign: Campaign) -> None:
    """A campaign that was open before keeps its questionnaire; a draft takes one that is still in use."""
    if campaign.opened_at is None:
        try:
            check_questionnaire(session, campaign.questionnaire_version_id)
        except UnableToCreateCampaign as error:
            raise UnableToOpenCampaign(str(error)) from error


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
    campaign, today = locked_campaign(session, code), local_date(now)
    state = effective_state(campaign.state, campaign.opens_on, campaign.closes_on, today)
    stored = next_state(state, Move.CLOSE, campaign.closes_on, today)
    if stored is None:
        raise UnableToCloseCampaign(_why_not_closed(code, state))
    campaign.state, campaign.closed_at = stored, now
    session.flush()
    return campaign


def _why_not_closed(code: str, state: State) -> str:
    if state in (State.DRAFT, State.REHEARSAL):
        return _(
            "Đợt khảo sát “%(code)s” là %(state)s, chưa mở nên không có gì để đóng.",
            code=code,
            state=state_label(state),
        )
    return _(
        "Đợt khảo sát “%(code)s” %(state)s từ trước, không cần đóng lại.", code=code, state=state_label(state)
    )


class UnableToExtendCampaign(Refused):
    """The campaign was never opened, the new day is not later, or another campaign holds the counter codes."""


def extend_campaign(session: Session, *, code: str, closes_on: date, now: datetime) -> Campaign:
    """Let the period of an opened or closed campaign last until the end of `closes_on`.

    A campaign that closed because its period ended takes answers again; one that was closed by hand stays closed
    until it is opened again.

    Raises
    ------
    UnknownCampaign
        No campaign has this code.
    UnableToExtendCampaign
        It was never opened, `closes_on` is past, not later than before or more than five years after the first day,
        or another opened campaign or a rehearsal uses the counter codes of one of its offices in the added days.
    """
    campaign, today = locked_campaign(session, code), local_date(now)
    _check_extension(campaign, closes_on, today)
    if campaign.state is State.OPEN:
        locked_offices(session, campaign.id)
        first = max(campaign.opens_on, today)
        refuse_rival(session, campaign, first=first, last=closes_on, error=UnableToExtendCampaign)
    campaign.closes_on = closes_on
    session.flush()
    return campaign


def _check_extension(campaign: Campaign, closes_on: date, today: date) -> None:
    if campaign.state in (State.DRAFT, State.REHEARSAL):
        raise UnableToExtendCampaign(
            _(
                "Đợt khảo sát “%(code)s” chưa mở. Hãy sửa ngày kết thúc trong bản nháp.",
                code=campaign.code,
            )
        )
    if closes_on < today or closes_on <= campaign.closes_on:
        raise UnableToExtendCampaign(
            _(
                "Ngày kết thúc mới %(day)s phải sau ngày kết thúc hiện nay %(closes)s và không sớm hơn hôm nay "
                "%(today)s.",
                day=format_date(closes_on),
                closes=format_date(campaign.closes_on),
                today=format_date(today),
            )
        )
    try:
        check_length(campaign.opens_on, closes_on)
    except UnableToCreateCampaign as error:
        raise UnableToExtendCampaign(str(error)) from error

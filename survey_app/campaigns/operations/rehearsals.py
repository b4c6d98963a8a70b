"""Rehearsals: staff try a campaign out at its counters before citizens do, and nothing of it remains."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign, CampaignRehearsal
from survey_app.campaigns.operations.checks import UnableToCreateCampaign, check_questionnaire
from survey_app.campaigns.operations.entrances import issue_links, refuse_rival, usable_offices
from survey_app.campaigns.operations.locking import locked_campaign
from survey_app.campaigns.rules import MOVES, Channel, Move, State, effective_state, state_label
from survey_app.foundation.clock import local_date
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.rules import RandomSource


class UnableToRehearse(Refused):
    """The campaign is no draft, has no code or office, or another campaign is using its counter codes now."""


def start_rehearsal(
    session: Session, *, code: str, now: datetime, rng: RandomSource = secrets
) -> CampaignRehearsal:
    """Let the codes of a draft lead to its form at once, whatever its days; return the row that answers refer to.

    The links of the `web` channel are issued as on opening.

    Raises
    ------
    UnknownCampaign
        No campaign has this code.
    UnableToRehearse
        It is no draft, its answers come from files, its questionnaire was retired, it has no active office, or an
        open campaign or another rehearsal is using the counter codes of one of its offices.
    """
    campaign, today = locked_campaign(session, code), local_date(now)
    state = effective_state(campaign.state, campaign.opens_on, campaign.closes_on, today)
    stored = MOVES.get((state, Move.START_REHEARSAL))
    if stored is None:
        raise UnableToRehearse(
            _(
                "Đợt khảo sát “%(code)s” %(state)s: chỉ bản nháp mới diễn tập được.",
                code=code,
                state=state_label(state),
            )
        )
    if Channel.INTERVIEW in campaign.channels:
        raise UnableToRehearse(
            _(
                "Đợt điều tra theo mẫu nhận phiếu từ tệp, không có mã nào để diễn tập. Hãy mở đợt rồi nhập tệp."
            )
        )
    _refuse_retired(session, campaign)
    offices = usable_offices(session, campaign, UnableToRehearse)
    refuse_rival(session, campaign, first=today, last=today, error=UnableToRehearse)
    if Channel.WEB in campaign.channels:
        issue_links(session, campaign.id, offices, now, rng)
    campaign.state = stored
    rehearsal = CampaignRehearsal(campaign_id=campaign.id, started_at=now)
    session.add(rehearsal)
    session.flush()
    return rehearsal


def _refuse_retired(session: Session, campaign: Campaign) -> None:
    try:
        check_questionnaire(session, campaign.questionnaire_version_id)
    except UnableToCreateCampaign as error:
        raise UnableToRehearse(str(error)) from error


class UnableToEndRehearsal(Refused):
    """The campaign is in no rehearsal."""


def end_rehearsal(session: Session, *, code: str) -> Campaign:
    """Make a draft of it again; the database wipes every answer given in the rehearsal.

    Raises
    ------
    UnknownCampaign
        No campaign has this code.
    UnableToEndRehearsal
        It is in no rehearsal.
    """
    campaign = locked_campaign(session, code)
    if campaign.state is not State.REHEARSAL:
        raise UnableToEndRehearsal(
            _(
                "Đợt khảo sát “%(code)s” %(state)s, không có diễn tập nào để kết thúc.",
                code=code,
                state=state_label(campaign.state),
            )
        )
    session.execute(delete(CampaignRehearsal).where(CampaignRehearsal.campaign_id == campaign.id))
    campaign.state = MOVES[campaign.state, Move.END_REHEARSAL]
    session.flush()
    return campaign

"""Stores what is answered in a rehearsal, apart from everything that counts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import CampaignRehearsal
from survey_app.foundation.clock import hour_of, local_date
from survey_app.foundation.database import insert_if_absent
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.responses.models import RehearsalResponse, Submission
from survey_app.responses.operations.submissions import Origin
from survey_app.responses.queries import submission_digest
from survey_app.responses.rules.answers import Answers
from survey_app.responses.rules.flags import Flag, store_flags


class RehearsalOver(Refused):
    """The rehearsal in which the form was shown has ended."""


def submit_rehearsal(
    session: Session,
    *,
    submission_id: str,
    rehearsal_id: int,
    origin: Origin,
    answers: Answers,
    flags: frozenset[Flag],
    now: datetime,
) -> bool:
    """Store one checked set of answers of a rehearsal, once for each `submission_id`; False for a repeat.

    The rehearsal's row is locked, so that its end waits for this answer, and takes it along.

    Raises
    ------
    RehearsalOver
        Nothing is stored.
    """
    running = select(CampaignRehearsal.id).where(
        CampaignRehearsal.id == rehearsal_id, CampaignRehearsal.campaign_id == origin.campaign_id
    )
    if session.scalar(running.with_for_update(read=True, key_share=True)) is None:
        raise RehearsalOver(_("Buổi diễn tập đã kết thúc."))
    known = {"digest": submission_digest(submission_id), "received_on": local_date(now)}
    if not insert_if_absent(session, Submission, known):
        return False
    session.execute(
        insert(RehearsalResponse).values(
            rehearsal_id=rehearsal_id,
            questionnaire_version_id=origin.questionnaire_version_id,
            office_id=origin.office_id,
            service_point_id=origin.service_point_id,
            channel=origin.channel,
            instrument=origin.instrument,
            language=origin.language,
            received_hour=hour_of(now),
            flags=store_flags(flags),
            answers=answers,
        )
    )
    return True

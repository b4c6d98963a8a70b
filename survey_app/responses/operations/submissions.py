"""Stores responses and forgets submission ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from survey_app.foundation.clock import hour_of, local_date
from survey_app.foundation.database import insert_if_absent
from survey_app.questionnaires.rules import Questionnaire
from survey_app.responses.models import Response, Submission
from survey_app.responses.queries import submission_digest
from survey_app.responses.rules.answers import Answers, encode
from survey_app.responses.rules.flags import Flag, store_flags

SUBMISSIONS_KEPT = timedelta(days=8)
"""A day longer than a form can be sent: until then a repeat is recognised."""
_INSERT_RESPONSE = insert(Response.__table__)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an answer came from: campaign, version, office, counter, channel, instrument, language."""

    campaign_id: int
    questionnaire_version_id: int
    office_id: int
    service_point_id: int | None
    channel: str
    instrument: str
    language: str


def submit(
    session: Session,
    *,
    submission_id: str,
    origin: Origin,
    questionnaire: Questionnaire,
    answers: Answers,
    flags: frozenset[Flag],
    now: datetime,
) -> bool:
    """Store one checked set of answers, once for each `submission_id`.

    Returns False, and stores nothing, when this submission was stored before: the citizen gets the same receipt.
    """
    known = {"digest": submission_digest(submission_id), "received_on": local_date(now)}
    if not insert_if_absent(session, Submission.__table__, known):
        return False
    # The plain connection: nothing here needs objects, and this is the busiest statement of the product.
    session.connection().execute(_INSERT_RESPONSE, response_row(origin, questionnaire, answers, flags, now))
    return True


def response_row(
    origin: Origin, questionnaire: Questionnaire, answers: Answers, flags: frozenset[Flag], now: datetime
) -> dict[str, object]:
    """Return the columns of a response."""
    return {
        "campaign_id": origin.campaign_id,
        "questionnaire_version_id": origin.questionnaire_version_id,
        "office_id": origin.office_id,
        "service_point_id": origin.service_point_id,
        "channel": origin.channel,
        "instrument": origin.instrument,
        "language": origin.language,
        "received_hour": hour_of(now),
        "flags": store_flags(flags),
        "answers": answers,
        "codes": encode(questionnaire, answers),
    }


def purge_submissions(session: Session, *, now: datetime) -> int:
    """Delete digests older than 8 days and return their number; their forms are too old to be sent."""
    oldest = local_date(now - SUBMISSIONS_KEPT)
    result = session.execute(delete(Submission).where(Submission.received_on < oldest))
    return int(result.rowcount)  # type: ignore[attr-defined]

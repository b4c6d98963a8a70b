"""Stores what people answer by message, and corrects it while their conversation lasts.

The id of the response goes back to the conversation, which forgets it after a day. A correction changes the answers in
place: counts of arrivals stay right, and every index computed from then on has the corrected answers.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules import Questionnaire
from survey_app.responses.models import Response
from survey_app.responses.operations.submissions import Origin, response_row
from survey_app.responses.rules.answers import Answers, encode

# The plain table: the object mapper brings nothing here, and a carrier waits.
_INSERT_RESPONSE = insert(Response.__table__).returning(Response.__table__.c.id)  # type: ignore[arg-type]


class UnknownResponse(Refused):
    """The response that was to be corrected is not there."""


def store_reply(
    session: Session, *, origin: Origin, questionnaire: Questionnaire, answers: Answers, now: datetime
) -> int:
    """Store one checked set of answers and return the id of the response.

    The caller sees to it that one reply is stored once: it holds the conversation's row meanwhile.
    """
    row = response_row(origin, questionnaire, answers, frozenset(), now)
    session.flush()
    stored: int = session.connection().execute(_INSERT_RESPONSE, row).scalar_one()
    return stored


def revise_reply(
    session: Session, *, response_id: int, questionnaire: Questionnaire, answers: Answers
) -> None:
    """Put `answers` over those of a stored response; answers to other items stay.

    Raises
    ------
    UnknownResponse
    """
    response = session.get(Response, response_id, with_for_update=True)
    if response is None:
        raise UnknownResponse(_("Phiếu trả lời này không còn."))
    response.answers = {**response.answers, **answers}
    response.codes = encode(questionnaire, response.answers)
    session.flush()

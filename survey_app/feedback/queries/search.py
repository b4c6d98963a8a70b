"""Cases by their words."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case
from survey_app.feedback.rules.codes import normalised
from survey_app.feedback.rules.searching import sought
from survey_app.foundation.fulltext import matching


def found_by(session: Session, query: str) -> ColumnElement[bool]:
    """Return the condition that a case has the code that was typed, or holds the words (`rules.searching.sought`)."""
    code = normalised(query)
    if code is not None:
        return Case.code == code
    wanted = sought(query)
    return matching(
        session, key=Case.id, words=Case.search_text, phrases=wanted.phrases, is_open=wanted.is_open
    )

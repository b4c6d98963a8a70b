"""The register of cases (sổ) for a period. Nobody's contact is read, and names in summaries are covered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, PublicCopy
from survey_app.feedback.queries.fields import field_label
from survey_app.feedback.rules.redaction import covered, findings, readable
from survey_app.feedback.rules.registers import RegisterRow
from survey_app.feedback.rules.reports import Period
from survey_app.feedback.rules.states import State
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import format_number
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paths import inside_any

MOST_ROWS = 50_000


class RegisterTooLong(Refused):
    """The period holds more cases than one file may."""


def register_of(
    session: Session, *, period: Period, scopes: Sequence[str], unit_path: str = "", field: str | None = None
) -> Iterator[RegisterRow]:
    """Yield the cases that came in during the period, in the order of the register.

    What took another legal track stands in no register but the restricted one.

    Raises
    ------
    RegisterTooLong
        More than `MOST_ROWS`.
    """
    conditions = [
        Case.created_at >= period.begins_at,
        Case.created_at < period.ends_at,
        Case.state != State.DIVERTED,
        inside_any(Case.unit_path, scopes),
        inside_any(Case.unit_path, [unit_path]),
        *([] if field is None else [Case.field == field]),
    ]
    if (session.scalar(select(func.count()).select_from(Case).where(*conditions)) or 0) > MOST_ROWS:
        raise RegisterTooLong(
            _("Sổ có hơn %(most)s dòng. Hãy chọn khoảng thời gian ngắn hơn.", most=format_number(MOST_ROWS))
        )
    query = (
        select(
            Case.code,
            Case.kind,
            Case.field,
            Case.subject_class,
            Case.channel,
            Case.unit_path,
            Case.created_at,
            Case.received_at,
            Case.summary,
            Case.state,
            Case.due_at,
            Case.ended_at,
            Case.competent_body,
            PublicCopy.published_at,
            Case.national_code,
        )
        .outerjoin(PublicCopy, (PublicCopy.case_id == Case.id) & PublicCopy.is_public)
        .where(*conditions)
        .order_by(Case.created_at, Case.id)
        .execution_options(yield_per=1000)
    )
    for row in session.execute(query):
        values = row._asdict()
        words = {"summary": _safe(values["summary"]), "field": field_label(values["field"])}
        yield RegisterRow(**values | words)


def _safe(text: str) -> str:
    plain = readable(text)
    found = findings(plain)
    return covered(plain, found, {one.text for one in found})

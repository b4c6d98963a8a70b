"""Reads of what the public may read: published copies and nothing else of their cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Answer, Case, PublicCopy
from survey_app.feedback.rules.kinds import Kind
from survey_app.feedback.rules.publication import SHOWN_IN, PublishedLine
from survey_app.feedback.rules.searching import sought
from survey_app.foundation.fulltext import matching
from survey_app.foundation.paths import inside_any

EXCERPT = 240
"""Characters of the question that a list shows."""


@dataclass(frozen=True, slots=True)
class PublishedPage:
    """One published answer. It names nobody, and says nothing of attachments or of what the sender thought of it."""

    line: PublishedLine
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a reader looks for; empty means all. `unit_path` finds the unit and all below it."""

    words: str = ""
    unit_path: str = ""
    field: str = ""
    kind: Kind | None = None


_LINE = (
    Case.code,
    PublicCopy.title,
    PublicCopy.question,
    PublicCopy.kind,
    PublicCopy.field,
    PublicCopy.unit_path,
    Case.created_at,
    PublicCopy.published_at,
)


def _public() -> tuple[ColumnElement[bool], ...]:
    return PublicCopy.is_public.is_(True), Case.state.in_(SHOWN_IN)


def published_lines(session: Session, *, wanted: Wanted, most: int, after: str = "") -> list[PublishedLine]:
    """Return up to `most` published answers, the latest first, from the one with the code `after` on."""
    query = select(*_LINE).join(Case, Case.id == PublicCopy.case_id).where(*_public())
    query = query.where(*_conditions(session, wanted), *_behind(session, after))
    rows = session.execute(
        query.order_by(PublicCopy.published_at.desc(), PublicCopy.case_id.desc()).limit(most)
    )
    return [_line(tuple(row)) for row in rows]


def _line(row: Sequence[Any]) -> PublishedLine:
    code, title, question, *others = row
    return PublishedLine(code, title, question[:EXCERPT], *others)


def _conditions(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.words:
        text = sought(wanted.words)
        found.append(
            matching(
                session,
                # An expression: SQLite is to walk the latest first, not to fetch and sort all that match.
                key=PublicCopy.case_id + 0,
                words=PublicCopy.search_text,
                phrases=text.phrases,
                is_open=text.is_open,
            )
        )
    if wanted.unit_path:
        found.append(inside_any(PublicCopy.unit_path, [wanted.unit_path]))
    if wanted.field:
        found.append(PublicCopy.field == wanted.field)
    if wanted.kind:
        found.append(PublicCopy.kind == wanted.kind)
    return found


def _behind(session: Session, after: str) -> list[ColumnElement[bool]]:
    """Return the condition that an answer was published before the one with this code; its copy may be retracted."""
    if not after:
        return []
    query = select(PublicCopy.published_at, PublicCopy.case_id)
    row = session.execute(query.join(Case, Case.id == PublicCopy.case_id).where(Case.code == after)).first()
    if row is None or row[0] is None:
        return []
    at, case_id = row
    earlier = and_(PublicCopy.published_at == at, PublicCopy.case_id < case_id)
    return [PublicCopy.published_at <= at, or_(PublicCopy.published_at < at, earlier)]


def published_page(session: Session, code: str) -> PublishedPage | None:
    """Return the published answer of the case with this code; None if it never was, or is not any more."""
    query = select(PublicCopy.answer, PublicCopy.case_id, *_LINE).join(Case, Case.id == PublicCopy.case_id)
    row = session.execute(query.where(Case.code == code, *_public())).one_or_none()
    if row is None:
        return None
    answer, case_id, *line = row
    sent = select(func.max(Answer.sent_at)).where(Answer.case_id == case_id)
    return PublishedPage(PublishedLine(*line), answer, session.scalar(sent))


def published_units(session: Session) -> Sequence[str]:
    """Return the paths of the units that have published answers."""
    return session.scalars(_values_of(PublicCopy.unit_path)).all()


def published_fields(session: Session) -> Sequence[str]:
    """Return the fields that have published answers, by name."""
    return sorted(one for one in session.scalars(_values_of(PublicCopy.field)) if one)


def _values_of(column: Any) -> Select[Any]:
    return select(column).distinct().where(PublicCopy.is_public.is_(True))

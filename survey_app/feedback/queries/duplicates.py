"""Cases that may be about the same matter: of the same unit and month, from the same telephone or alike in words.

A suggestion, never a merge. It must be quick on a desk of any size, so of the latest `MOST_LOOKED_AT` cases of the unit
and month at most `MOST_COMPARED` are compared, those whose number of trigrams makes a likeness possible at all. What
that misses: older ones in a unit with more cases a month; the same matter told in other words, or at two units.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case
from survey_app.feedback.rules.similarity import LIKE, comparable_lengths, similarity, trigrams
from survey_app.feedback.rules.states import ENDED, OPEN, State

WITHIN = timedelta(days=30)
MOST_LOOKED_AT = 800
MOST_COMPARED = 300
MOST_SUGGESTED = 5
_MAY_BE_PRIMARY = sorted(OPEN | ENDED)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another case that may be about the same matter; `score` is the share of trigrams that both have."""

    code: str
    state: State
    created_at: datetime
    summary: str = field(repr=False)
    score: float
    is_same_phone: bool


def duplicates_of(session: Session, case: Case) -> list[Duplicate]:
    """Return at most `MOST_SUGGESTED` cases that may be about the same matter, the likeliest first."""
    own, alike = trigrams(case.folded), comparable_lengths(case.folded)
    columns = (Case.id, Case.code, Case.state, Case.created_at, Case.summary, Case.folded, Case.phone_hash)
    query = select(*columns).where(*_may_be_one(case)).order_by(Case.created_at.desc())
    near = select(Case.id).where(*_near(case)).order_by(Case.created_at.desc())
    rows: list[Any] = []
    if case.phone_hash:
        same = query.where(*_near(case), Case.phone_hash == case.phone_hash)
        rows += session.execute(same.limit(MOST_SUGGESTED)).all()
    if own:
        # In two steps: an index alone tells the latest, and texts are fetched of these only.
        latest = session.scalars(near.limit(MOST_LOOKED_AT)).all()
        measured = query.where(Case.id.in_(latest), func.length(Case.folded).between(*alike))
        rows += session.execute(measured.limit(MOST_COMPARED)).all()
    found = {
        row.id: Duplicate(
            row.code,
            row.state,
            row.created_at,
            row.summary,
            similarity(own, trigrams(row.folded)),
            case.phone_hash is not None and row.phone_hash == case.phone_hash,
        )
        for row in rows
    }
    likely = (one for one in found.values() if one.is_same_phone or one.score >= LIKE)
    return sorted(likely, key=lambda one: (-one.score, one.code))[:MOST_SUGGESTED]


def _near(case: Case) -> list[ColumnElement[bool]]:
    """Return the conditions of a case of the same unit and month."""
    return [
        Case.unit_path == case.unit_path,
        Case.created_at.between(case.created_at - WITHIN, case.created_at + WITHIN),
    ]


def _may_be_one(case: Case) -> list[ColumnElement[bool]]:
    """Return the conditions of another case that gives answers; parts of one petition are no duplicates."""
    whole = case.part_of_id or case.id
    return [
        Case.id.not_in((case.id, whole)),
        or_(Case.part_of_id.is_(None), Case.part_of_id != whole),
        Case.state.in_(_MAY_BE_PRIMARY),
    ]

"""Closed units that still hold cases, for giving them to a successor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case
from survey_app.feedback.rules.states import STILL_MOVING, State
from survey_app.foundation.paths import inside_any
from survey_app.offices.models import Unit
from survey_app.offices.queries import names_by_path


@dataclass(frozen=True, slots=True)
class ClosedUnit:
    """A unit that ended on `closed_on`, with the number of its own cases that a successor takes over."""

    path: str
    name: str
    closed_on: date
    cases: int


def closed_units(session: Session, *, scopes: Sequence[str], today: date) -> list[ClosedUnit]:
    """Return the closed units inside `scopes` that still hold cases, the latest closed first."""
    query = (
        select(Unit.path, Unit.valid_to, func.count())
        .join(Case, Case.unit_path == Unit.path)
        .where(Unit.valid_to <= today, Case.state.in_(sorted(STILL_MOVING)), inside_any(Unit.path, scopes))
        .group_by(Unit.path, Unit.valid_to)
        .order_by(Unit.valid_to.desc(), Unit.path)
    )
    rows = session.execute(query).all()
    names = names_by_path(session, [path for path, _closed_on, _cases in rows])
    return [ClosedUnit(path, names[path], closed_on, cases) for path, closed_on, cases in rows if closed_on]


def cases_to_hand_on(session: Session, unit_path: str) -> dict[State, int]:
    """Return how many cases a successor of the unit and all below it takes over, by state."""
    query = select(Case.state, func.count()).where(
        inside_any(Case.unit_path, [unit_path]), Case.state.in_(sorted(STILL_MOVING))
    )
    counted = {row[0]: row[1] for row in session.execute(query.group_by(Case.state))}
    return {state: counted[state] for state in State if state in counted}

"""Lays cases down: an answered one after its time, one whose sender takes it back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models.cases import Case, CaseEvent
from survey_app.feedback.operations.moves import make_move
from survey_app.feedback.queries.settings import settings_for
from survey_app.feedback.rules.actors import SYSTEM, Actor, Installation
from survey_app.feedback.rules.states import State, Step


def close(
    session: Session,
    *,
    case: Case,
    actor: Actor,
    installation: Installation,
    now: datetime,
    version: int | None = None,
    note: str = "",
) -> CaseEvent:
    """Lay an answered case down; its sender may still reopen it within the window."""
    return make_move(
        session,
        case=case,
        step=Step.CLOSE,
        actor=actor,
        installation=installation,
        now=now,
        version=version,
        note=note,
    )


def close_answered(session: Session, *, installation: Installation, now: datetime, most: int = 200) -> int:
    """Close at most `most` answered cases that nobody reopened in time, oldest first; return how many.

    The time is `close_after_days` of the unit's settings, in calendar days after the answer.
    """
    paths = session.scalars(select(Case.unit_path).where(Case.state == State.ANSWERED).distinct())
    closed = 0
    for path in sorted(paths):
        until = now - timedelta(days=settings_for(session, path).close_after_days)
        for case in _answered_until(session, path, until, most - closed):
            close(session, case=case, actor=SYSTEM, installation=installation, now=now)
            closed += 1
    return closed


def _answered_until(session: Session, path: str, until: datetime, most: int) -> list[Case]:
    query = select(Case).where(Case.unit_path == path, Case.state == State.ANSWERED, Case.ended_at <= until)
    return list(session.scalars(query.order_by(Case.ended_at, Case.id).limit(most)))


def withdraw(
    session: Session,
    *,
    case: Case,
    actor: Actor,
    installation: Installation,
    now: datetime,
    version: int | None = None,
    note: str = "",
) -> CaseEvent:
    """Take the case back for its sender, who asked for it."""
    return make_move(
        session,
        case=case,
        step=Step.WITHDRAW,
        actor=actor,
        installation=installation,
        now=now,
        version=version,
        note=note,
    )

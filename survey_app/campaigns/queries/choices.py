"""Reads what a new campaign can be made of: questionnaires in use, units that can own it, a draft just made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.rules import State, whole_minutes
from survey_app.offices.models import Unit
from survey_app.offices.queries import names_by_path
from survey_app.questionnaires.queries import by_id, listed
from survey_app.questionnaires.rules import Questionnaire
from survey_app.staff.rules.permissions import EVERYWHERE, covers


@dataclass(frozen=True, slots=True)
class QuestionnaireChoice:
    """The newest version in use of one instrument."""

    version_id: int
    questionnaire: Questionnaire

    @property
    def minutes(self) -> int:
        """The stated time to fill it in, in whole minutes, at least 1."""
        return whole_minutes(self.questionnaire.seconds)


def questionnaire_choices(session: Session, scopes: Sequence[str]) -> list[QuestionnaireChoice]:
    """Return what can be asked in units inside `scopes`: questionnaires of these units, of those above and below."""
    newest = {one.instrument: one for one in listed(session) if one.retired_at is None}
    near = [
        one
        for one in newest.values()
        if any(covers(one.unit_path, scope) or covers(scope, one.unit_path) for scope in scopes)
    ]
    return [QuestionnaireChoice(one.id, by_id(session, one.id)) for one in near]


def owner_choices(session: Session, scopes: Sequence[str], *, everywhere: str) -> list[tuple[str, str]]:
    """Return (path, name) of the units that can own a campaign of somebody who manages `scopes`.

    Whoever manages all units also chooses among those at the top; `everywhere` is the name for all together.
    """
    if EVERYWHERE not in scopes:
        names = names_by_path(session, scopes)
        return [(path, names[path] or path) for path in scopes]
    top = select(Unit.path, Unit.name).where(Unit.parent_id.is_(None), Unit.valid_to.is_(None))
    return [
        (EVERYWHERE, everywhere),
        *((path, name) for path, name in session.execute(top.order_by(Unit.path))),
    ]


def draft_just_made(
    session: Session, *, created_by: int, version_id: int, unit_path: str, since: datetime
) -> str | None:
    """Return the code of the same draft that the same person made since then: a button was pressed twice."""
    query = select(Campaign.code).where(
        Campaign.created_by == created_by,
        Campaign.questionnaire_version_id == version_id,
        Campaign.unit_path == unit_path,
        Campaign.state == State.DRAFT,
        Campaign.created_at >= since,
    )
    return session.scalar(query.order_by(Campaign.id.desc()).limit(1))

"""Reads of who may have a case: officers, cases whose officer has left, units that are still there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models.cases import Case
from survey_app.feedback.rules.states import OPEN, State
from survey_app.foundation.paths import inside_any
from survey_app.offices.models import Unit
from survey_app.staff.models import Account
from survey_app.staff.queries import grants_of
from survey_app.staff.rules.permissions import Action, may


@dataclass(frozen=True, slots=True)
class Officer:
    """A person whom cases can be given to."""

    account_id: int
    name: str


def can_have(session: Session, account_id: int, unit_paths: Iterable[str]) -> bool:
    """Say whether the account is open and may handle cases of every one of these units."""
    account = session.get(Account, account_id)
    if account is None or not account.active:
        return False
    grants = grants_of(session, account_id)
    return all(may(grants, Action.HANDLE_CASES, path) for path in set(unit_paths))


@dataclass(frozen=True, slots=True)
class Orphan:
    """An open case whose officer can no longer sign in."""

    case_id: int
    code: str
    state: State
    unit_path: str
    due_at: datetime | None
    handler_id: int
    handler_name: str


def cases_of_closed_accounts(session: Session, *, scopes: Sequence[str], most: int = 200) -> list[Orphan]:
    """Return at most `most` open cases inside `scopes` whose officer's account is closed, by due date."""
    query = (
        select(Case.id, Case.code, Case.state, Case.unit_path, Case.due_at, Account.id, Account.name)
        .join(Account, Account.id == Case.handler_id)
        .where(Account.active.is_(False), Case.state.in_(OPEN), inside_any(Case.unit_path, scopes))
        .order_by(Case.due_at.is_(None), Case.due_at, Case.id)
        .limit(most)
    )
    return [Orphan(*row) for row in session.execute(query)]


def living_unit(session: Session, path: str) -> Unit | None:
    """Return the unit under `path`, None if there is none or it was closed."""
    return session.scalars(select(Unit).where(Unit.path == path, Unit.valid_to.is_(None))).one_or_none()

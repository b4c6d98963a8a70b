"""Who has open cases on the desk, for handing them over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case
from survey_app.feedback.queries.queue import within
from survey_app.feedback.rules.states import OPEN
from survey_app.staff.models import Account

MOST_HOLDERS = 500


@dataclass(frozen=True, slots=True)
class Holder:
    """A person with open cases; `is_active` False for an account that was closed."""

    account_id: int
    name: str
    is_active: bool
    cases: int


def holders(session: Session, *, scopes: Sequence[str]) -> list[Holder]:
    """Return who has open cases inside `scopes`: closed accounts first, then by name; at most `MOST_HOLDERS`."""
    query = (
        select(Account.id, Account.name, Account.active, func.count())
        .join(Case, Case.handler_id == Account.id)
        .where(Case.state.in_(sorted(OPEN)), within(scopes))
        .group_by(Account.id, Account.name, Account.active, Account.search_text)
        .order_by(Account.active, Account.search_text, Account.id)
        .limit(MOST_HOLDERS)
    )
    return [Holder(*row) for row in session.execute(query)]


def units_held_by(session: Session, account_id: int, *, scopes: Sequence[str]) -> list[str]:
    """Return the paths of the units whose open cases inside `scopes` this person has."""
    query = select(Case.unit_path).where(
        Case.handler_id == account_id, Case.state.in_(sorted(OPEN)), within(scopes)
    )
    return sorted(session.scalars(query.distinct()))

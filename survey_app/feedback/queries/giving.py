"""Cases that are about to be given to somebody, and who may get all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import BulkAssignment, Case, SavedView
from survey_app.feedback.queries.people import Officer
from survey_app.feedback.queries.queue import CASE_LINE, CaseLine, line_of, within
from survey_app.feedback.rules.settings import upwards
from survey_app.feedback.rules.states import OPEN
from survey_app.staff.models import Account, Grant
from survey_app.staff.rules.permissions import PERMITTED, Action, Role, may

UNDO_IS_OFFERED = timedelta(seconds=10)


def open_cases(session: Session, codes: Sequence[str], *, scopes: Sequence[str]) -> list[CaseLine]:
    """Return the open cases with these codes that lie inside `scopes`, in the order of the codes."""
    query = select(*CASE_LINE).where(Case.code.in_(codes), Case.state.in_(sorted(OPEN)), within(scopes))
    found = {line.code: line for line in map(line_of, session.execute(query))}
    return [found[code] for code in dict.fromkeys(codes) if code in found]


def officers_for_all(session: Session, unit_paths: Iterable[str]) -> list[Officer]:
    """Return the people who may handle cases of every one of `unit_paths`, by name; one read for many units."""
    wanted = set(unit_paths)
    query = (
        select(Account.id, Account.name, Grant.role, Grant.unit_path)
        .join(Grant, Grant.account_id == Account.id)
        .where(
            Account.active,
            Grant.revoked_at.is_(None),
            Grant.role.in_(sorted(PERMITTED[Action.HANDLE_CASES])),
            Grant.unit_path.in_({above for path in wanted for above in upwards(path)}),
        )
        .order_by(Account.search_text, Account.id)
    )
    grants: defaultdict[Officer, list[tuple[Role, str]]] = defaultdict(list)
    for account_id, name, role, path in session.execute(query):
        grants[Officer(account_id, name)].append((Role(role), path))
    return [
        officer
        for officer, own in grants.items()
        if all(may(own, Action.HANDLE_CASES, path) for path in wanted)
    ]


def saved_views(session: Session, account_id: int) -> Sequence[SavedView]:
    """Return the searches that a person keeps, by name."""
    query = select(SavedView).where(SavedView.account_id == account_id).order_by(SavedView.name)
    return session.scalars(query).all()


def undoable_bulk(session: Session, *, account_id: int, now: datetime) -> BulkAssignment | None:
    """Return the bulk assignment that this person made a moment ago and may still take back."""
    query = select(BulkAssignment).where(
        BulkAssignment.account_id == account_id,
        BulkAssignment.undone_at.is_(None),
        BulkAssignment.at > now - UNDO_IS_OFFERED,
    )
    return session.scalars(query.order_by(BulkAssignment.id.desc()).limit(1)).one_or_none()

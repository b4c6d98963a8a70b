"""Reads of the staff room."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.staff.models import Account, Grant, SignIn
from survey_app.staff.rules.permissions import Action, Role, may, scopes_of


@dataclass(frozen=True, slots=True)
class Staff:
    """The person who is signed in, with what they may do; read anew for every request."""

    account_id: int
    name: str
    email: str
    language: str
    grants: tuple[tuple[Role, str], ...]
    sign_in_id: int
    seen_at: datetime

    def may(self, action: Action, unit_path: str) -> bool:
        """Say whether this person may do `action` on a record of the unit with this path."""
        return may(self.grants, action, unit_path)

    def may_somewhere(self, action: Action) -> bool:
        """Say whether there is any unit in which this person may do `action`."""
        return bool(scopes_of(self.grants, action))

    def scopes(self, action: Action) -> tuple[str, ...]:
        """Return the unit paths inside which this person may do `action`; `("",)` means all units."""
        return scopes_of(self.grants, action)


def token_digest(token: str) -> str:
    """Return what is stored of a random token (sign-in, link, recovery code)."""
    return hashlib.sha256(token.encode()).hexdigest()


def signed_in(session: Session, *, token: str, now: datetime) -> Staff | None:
    """Return the person whose browser holds `token`, None if the sign-in ended, expired or never was."""
    query = (
        select(SignIn.id, SignIn.seen_at, Account.id, Account.name, Account.email, Account.language)
        .join(Account, Account.id == SignIn.account_id)
        .where(
            SignIn.digest == token_digest(token),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
            Account.active,
        )
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    sign_in_id, seen_at, account_id, name, email, language = row
    grants = tuple(grants_of(session, account_id))
    return Staff(account_id, name, email, language, grants, sign_in_id, seen_at)


def grants_of(session: Session, account_id: int) -> list[tuple[Role, str]]:
    """Return the grants in force of one account, as (role, unit path)."""
    query = select(Grant.role, Grant.unit_path).where(
        Grant.account_id == account_id, Grant.revoked_at.is_(None)
    )
    return sorted((Role(role), path) for role, path in session.execute(query))


def account_by_email(session: Session, email: str) -> Account | None:
    """Return the account that signs in as `email`, whatever the case of its letters."""
    return session.scalars(select(Account).where(Account.email == email.strip().lower())).one_or_none()


def names_of(session: Session, account_ids: Sequence[int]) -> dict[int, str]:
    """Return the names of accounts by id."""
    query = select(Account.id, Account.name).where(Account.id.in_(set(account_ids)))
    return dict(session.execute(query).all())

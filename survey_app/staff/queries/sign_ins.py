"""Reads about sign-ins: whose browser asks, and in which browsers a person is signed in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.staff.models import Account, SignIn
from survey_app.staff.queries.accounts import grants_of
from survey_app.staff.rules.accounts import IDLE_FOR
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

    @property
    def home_path(self) -> str:
        """The province that all roles of this person lie in, whose colours the pages wear; "" for several or none."""
        provinces = {path.split("/")[0] for _role, path in self.grants}
        return provinces.pop() if len(provinces) == 1 else ""


def token_digest(token: str) -> str:
    """Return what is stored of a random token (sign-in, link): it has 256 bits, so a plain hash hides it."""
    return hashlib.sha256(token.encode()).hexdigest()


def signed_in(session: Session, *, token: str, now: datetime) -> Staff | None:
    """Return the person whose browser holds `token`; None if the sign-in ended, idled, expired or never was."""
    query = (
        select(SignIn.id, SignIn.seen_at, Account.id, Account.name, Account.email, Account.language)
        .join(Account, Account.id == SignIn.account_id)
        .where(
            SignIn.digest == token_digest(token),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
            SignIn.seen_at > now - IDLE_FOR,
            Account.active,
        )
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    sign_in_id, seen_at, account_id, name, email, language = row
    grants = tuple(grants_of(session, account_id))
    return Staff(account_id, name, email, language, grants, sign_in_id, seen_at)


def is_signed_in(session: Session, *, sign_in_id: int) -> bool:
    """Say whether this sign-in was not ended, and its account not closed, up to this moment."""
    query = (
        select(SignIn.id)
        .join(Account, Account.id == SignIn.account_id)
        .where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None), Account.active)
    )
    return session.execute(query).first() is not None


@dataclass(frozen=True, slots=True)
class SignInLine:
    """A browser in which a person is signed in; `device` may be empty."""

    sign_in_id: int
    device: str
    method: str
    started_at: datetime
    seen_at: datetime


def sign_ins_of(session: Session, *, account_id: int, now: datetime, limit: int = 50) -> list[SignInLine]:
    """Return the sign-ins in force of one account, last used first."""
    query = (
        select(SignIn.id, SignIn.device, SignIn.method, SignIn.started_at, SignIn.seen_at)
        .where(
            SignIn.account_id == account_id,
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
            SignIn.seen_at > now - IDLE_FOR,
        )
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
        .limit(limit)
    )
    return [SignInLine(*row) for row in session.execute(query)]

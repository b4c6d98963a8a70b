"""Reads about people: accounts, their grants, lists for administrators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from survey_app.foundation.paging import Paged, paged
from survey_app.foundation.paths import inside_any
from survey_app.staff.models import Account, Grant, OneTimeLink
from survey_app.staff.rules.accounts import folded
from survey_app.staff.rules.permissions import EVERYWHERE, Role


def grants_of(session: Session, account_id: int) -> list[tuple[Role, str]]:
    """Return the grants in force of one account, as (role, unit path)."""
    query = select(Grant.role, Grant.unit_path).where(
        Grant.account_id == account_id, Grant.revoked_at.is_(None)
    )
    return sorted((Role(role), path) for role, path in session.execute(query))


def account_by_email(session: Session, email: str) -> Account | None:
    """Return the account that signs in as `email`, whatever the case of its letters."""
    address = email.strip().lower().replace("\0", "")
    return session.scalars(select(Account).where(Account.email == address)).one_or_none()


def account_by_agency_name(session: Session, name: str) -> Account | None:
    """Return the account bound to the person whom the agency's provider calls `name`."""
    return session.scalars(select(Account).where(Account.oidc_subject == name)).one_or_none()


def account_by_id(session: Session, account_id: int) -> Account | None:
    """Return one account."""
    return session.get(Account, account_id)


def names_of(session: Session, account_ids: Sequence[int]) -> dict[int, str]:
    """Return the names of accounts by id."""
    query = select(Account.id, Account.name).where(Account.id.in_(set(account_ids)))
    return dict(session.execute(query).all())


def is_administrated(session: Session) -> bool:
    """Say whether anybody administers the whole installation."""
    administrators = select(Grant.id).where(
        Grant.role == Role.ADMINISTRATOR, Grant.unit_path == EVERYWHERE, Grant.revoked_at.is_(None)
    )
    return session.execute(administrators.limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One person in a list. `can_sign_in` is false while an invitation is not answered."""

    account_id: int
    name: str
    email: str
    active: bool
    can_sign_in: bool
    has_second_factor: bool
    grants: tuple[tuple[Role, str], ...]


def accounts_page(
    session: Session, *, scopes: Iterable[str], search: str = "", number: int = 1, size: int = 50
) -> Paged[AccountLine]:
    """Return one page of people by name.

    Parameters
    ----------
    scopes
        Unit paths; only people with a grant inside one of them are listed, `("",)` lists everybody.
    search
        Words to find in name or e-mail, with or without diacritics; empty for all.
    """
    scopes = tuple(scopes)
    query = select(Account)
    if EVERYWHERE not in scopes:
        granted = exists().where(
            Grant.account_id == Account.id, Grant.revoked_at.is_(None), inside_any(Grant.unit_path, scopes)
        )
        query = query.where(granted)
    query = query.where(*named_by(search))
    query = query.order_by(Account.search_text, Account.id).limit(size + 1).offset((number - 1) * size)
    accounts = session.scalars(query).all()
    grants = _grants_by_account(session, [account.id for account in accounts])
    return paged([_line(account, grants[account.id]) for account in accounts], number=number, size=size)


def named_by(search: str) -> list[ColumnElement[bool]]:
    """Return the conditions that an account's name or address holds the words of `search`, diacritics aside."""
    return [Account.search_text.contains(word, autoescape=True) for word in folded(search).split()[:8]]


def _line(account: Account, grants: Sequence[tuple[Role, str]]) -> AccountLine:
    return AccountLine(
        account_id=account.id,
        name=account.name,
        email=account.email,
        active=account.active,
        can_sign_in=account.password_hash is not None or account.oidc_subject is not None,
        has_second_factor=account.totp_confirmed_at is not None,
        grants=tuple(grants),
    )


def _grants_by_account(
    session: Session, account_ids: Sequence[int]
) -> defaultdict[int, list[tuple[Role, str]]]:
    query = (
        select(Grant.account_id, Grant.role, Grant.unit_path)
        .where(Grant.account_id.in_(account_ids), Grant.revoked_at.is_(None))
        .order_by(Grant.role, Grant.unit_path)
    )
    found: defaultdict[int, list[tuple[Role, str]]] = defaultdict(list)
    for account_id, role, path in session.execute(query):
        found[account_id].append((Role(role), path))
    return found


@dataclass(frozen=True, slots=True)
class GrantLine:
    """One role in force."""

    grant_id: int
    role: Role
    unit_path: str
    granted_at: datetime
    granted_by: str | None


def grant_lines(session: Session, account_id: int) -> list[GrantLine]:
    """Return the grants in force of one account with who gave them."""
    query = (
        select(Grant.id, Grant.role, Grant.unit_path, Grant.granted_at, Account.name)
        .outerjoin(Account, Account.id == Grant.granted_by)
        .where(Grant.account_id == account_id, Grant.revoked_at.is_(None))
        .order_by(Grant.unit_path, Grant.role, Grant.id)
    )
    return [GrantLine(row[0], Role(row[1]), *row[2:]) for row in session.execute(query)]


def grant_by_id(session: Session, grant_id: int) -> Grant | None:
    """Return one grant, revoked or in force."""
    return session.get(Grant, grant_id)


def open_link_until(session: Session, *, account_id: int, now: datetime) -> datetime | None:
    """Return until when an invitation or reset link of this account can be used, None if there is none."""
    query = select(OneTimeLink.expires_at).where(
        and_(
            OneTimeLink.account_id == account_id,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
    )
    return session.scalars(query.order_by(OneTimeLink.expires_at.desc()).limit(1)).one_or_none()

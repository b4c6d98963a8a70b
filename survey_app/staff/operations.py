"""Writes of the staff room. All are keyword-only, take the session and leave the commit to the caller."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from survey_app.staff.models import Account, Grant, SignIn
from survey_app.staff.queries import token_digest
from survey_app.staff.rules.permissions import Role

SIGNED_IN_FOR = timedelta(hours=12)


def add_account(session: Session, *, email: str, name: str, now: datetime, language: str = "vi") -> Account:
    """Store a person without a password or a role and return the row."""
    account = Account(email=email.strip().lower(), name=name, language=language, active=True, created_at=now)
    session.add(account)
    session.flush()
    return account


def grant_roles(
    session: Session,
    *,
    account_id: int,
    grants: Iterable[tuple[Role, str]],
    now: datetime,
    by: int | None = None,
) -> None:
    """Give a person roles, each in a unit path and below it."""
    session.add_all(
        Grant(account_id=account_id, role=role, unit_path=path, granted_at=now, granted_by=by)
        for role, path in grants
    )
    session.flush()


def start_sign_in(session: Session, *, account_id: int, device: str, method: str, now: datetime) -> str:
    """Sign a browser in and return the random token for its cookie; only the digest is stored."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            digest=token_digest(token),
            account_id=account_id,
            device=device[:60],
            method=method,
            started_at=now,
            seen_at=now,
            expires_at=now + SIGNED_IN_FOR,
        )
    )
    session.flush()
    return token


def end_sign_in(session: Session, *, sign_in_id: int, now: datetime) -> None:
    """Sign one browser out at once."""
    session.execute(
        update(SignIn).where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None)).values(ended_at=now)
    )

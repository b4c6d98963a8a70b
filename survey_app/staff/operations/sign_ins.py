"""Writes of sign-ins: begin, go on, end."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from survey_app.staff.models import SignIn
from survey_app.staff.queries import token_digest
from survey_app.staff.rules.accounts import KEPT_AFTER_THE_END, SIGNED_IN_FOR


def start_sign_in(session: Session, *, account_id: int, device: str, method: str, now: datetime) -> str:
    """Sign a browser in and return the random token for its cookie; only the digest is stored."""
    token = secrets.token_urlsafe(32)
    old = (SignIn.account_id == account_id, SignIn.expires_at < now - KEPT_AFTER_THE_END)
    session.execute(delete(SignIn).where(*old))
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


def keep_sign_in(session: Session, *, sign_in_id: int, now: datetime) -> None:
    """Note that a signed-in browser was used now."""
    alive = (SignIn.id == sign_in_id, SignIn.ended_at.is_(None), SignIn.seen_at < now)
    session.execute(update(SignIn).where(*alive).values(seen_at=now))


def end_sign_in(session: Session, *, sign_in_id: int, now: datetime) -> None:
    """Sign one browser out at once."""
    session.execute(
        update(SignIn).where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None)).values(ended_at=now)
    )


def end_own_sign_in(session: Session, *, account_id: int, sign_in_id: int, now: datetime) -> int:
    """Sign one browser of this account out and return how many (0 or 1): nobody ends another's sign-in."""
    own = (SignIn.id == sign_in_id, SignIn.account_id == account_id, SignIn.ended_at.is_(None))
    return _ended(session, own, now)


def end_sign_ins(session: Session, *, account_id: int, now: datetime, except_id: int | None = None) -> int:
    """Sign all browsers of a person out, except one, and return how many."""
    alive = [SignIn.account_id == account_id, SignIn.ended_at.is_(None), SignIn.expires_at > now]
    if except_id is not None:
        alive.append(SignIn.id != except_id)
    return _ended(session, alive, now)


def _ended(session: Session, conditions: object, now: datetime) -> int:
    result = session.execute(update(SignIn).where(*conditions).values(ended_at=now))  # type: ignore[misc]
    return int(result.rowcount)  # type: ignore[attr-defined]

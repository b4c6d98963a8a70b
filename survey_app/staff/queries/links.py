"""Reads of one-time links and of the shipped list of common passwords."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.staff.models import Account, OneTimeLink
from survey_app.staff.queries.sign_ins import token_digest
from survey_app.staff.rules.accounts import Purpose

_COMMON = Path(__file__).resolve().parents[1] / "data" / "common_passwords.txt"


class LinkState(StrEnum):
    """What can be said of a link."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LinkFound:
    """A link as it stands; name, address and id of the account only if it is open."""

    state: LinkState
    account_id: int = 0
    name: str = ""
    email: str = ""


def find_link(session: Session, *, token: str, purpose: Purpose, now: datetime) -> LinkFound:
    """Return what the link with this token is worth at `now`. A deactivated person's link counts as expired."""
    query = (
        select(OneTimeLink, Account)
        .join(Account, Account.id == OneTimeLink.account_id)
        .where(OneTimeLink.digest == token_digest(token), OneTimeLink.purpose == purpose)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return LinkFound(LinkState.UNKNOWN)
    link, account = row
    if link.used_at is not None:
        return LinkFound(LinkState.USED)
    if link.expires_at <= now or not account.active:
        return LinkFound(LinkState.EXPIRED)
    return LinkFound(LinkState.OPEN, account.id, account.name, account.email)


@cache
def common_passwords() -> frozenset[str]:
    """Return the shipped list of passwords that everybody tries first, folded to letters and digits."""
    lines = _COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))

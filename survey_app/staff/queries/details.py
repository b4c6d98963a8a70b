"""Everything an administrator sees of one account, and what a person sees of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.staff.models import Account, RecoveryCode
from survey_app.staff.queries.accounts import GrantLine, account_by_id, grant_lines, open_link_until
from survey_app.staff.queries.sign_ins import SignInLine, sign_ins_of


@dataclass(frozen=True, slots=True)
class AccountDetail:
    """One person. `link_until` is the end of an invitation or reset link that was not used yet."""

    account_id: int
    name: str
    email: str
    language: str
    active: bool
    created_at: datetime
    has_password: bool
    password_changed_at: datetime | None
    has_second_factor: bool
    recovery_codes_left: int
    is_linked_to_agency: bool
    link_until: datetime | None
    grants: tuple[GrantLine, ...]
    sign_ins: tuple[SignInLine, ...]


def account_detail(session: Session, account_id: int, *, now: datetime) -> AccountDetail | None:
    """Return one account with grants and sign-ins in force; None if there is none with this id."""
    account = account_by_id(session, account_id)
    return None if account is None else _detail(session, account, now)


def _detail(session: Session, account: Account, now: datetime) -> AccountDetail:
    return AccountDetail(
        account_id=account.id,
        name=account.name,
        email=account.email,
        language=account.language,
        active=account.active,
        created_at=account.created_at,
        has_password=account.password_hash is not None,
        password_changed_at=account.password_changed_at,
        has_second_factor=account.totp_confirmed_at is not None,
        recovery_codes_left=recovery_codes_left(session, account.id),
        is_linked_to_agency=account.oidc_subject is not None,
        link_until=open_link_until(session, account_id=account.id, now=now),
        grants=tuple(grant_lines(session, account.id)),
        sign_ins=tuple(sign_ins_of(session, account_id=account.id, now=now)),
    )


def recovery_codes_left(session: Session, account_id: int) -> int:
    """Return how many recovery codes were not used yet."""
    unused = (RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return session.scalars(select(func.count()).select_from(RecoveryCode).where(*unused)).one()

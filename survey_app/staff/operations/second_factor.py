"""Writes of the second factor. Secrets come in encrypted, codes come in as keyed digests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.models import Account, RecoveryCode
from survey_app.staff.operations.accounts import managed_account
from survey_app.staff.operations.sign_ins import end_sign_ins


class UnableToConfirm(Refused):
    """The setting-up was begun elsewhere meanwhile, or the code was used."""


def begin_second_factor(session: Session, *, account_id: int, sealed_secret: bytes) -> None:
    """Keep a new encrypted secret that does not count before it is confirmed; a confirmed one is left alone."""
    open_ = (Account.id == account_id, Account.totp_confirmed_at.is_(None))
    session.execute(update(Account).where(*open_).values(totp_secret=sealed_secret, totp_last_step=None))


def confirm_second_factor(
    session: Session,
    *,
    account_id: int,
    sealed_secret: bytes,
    step: int,
    recovery_digests: Iterable[str],
    sign_in_id: int,
    now: datetime,
) -> None:
    """Ask for codes from now on; recovery codes are replaced and other browsers are signed out.

    Raises
    ------
    UnableToConfirm
        The secret is no longer the one that the code was made of, or it is confirmed already.
    """
    begun = (
        Account.id == account_id,
        Account.totp_secret == sealed_secret,
        Account.totp_confirmed_at.is_(None),
    )
    values = {"totp_confirmed_at": now, "totp_last_step": step}
    if session.execute(update(Account).where(*begun).values(values)).rowcount != 1:  # type: ignore[attr-defined]
        raise UnableToConfirm(
            _("Việc bật xác thực hai bước đã được bắt đầu lại ở nơi khác. Xin làm lại từ đầu.")
        )
    replace_recovery_codes(session, account_id=account_id, digests=recovery_digests)
    end_sign_ins(session, account_id=account_id, now=now, except_id=sign_in_id)


def use_time_step(session: Session, *, account_id: int, step: int) -> bool:
    """Spend the code of one time step and say whether it was still unspent.

    A code that somebody saw over a shoulder is worth nothing (RFC 6238, 5.2).
    """
    unspent = or_(Account.totp_last_step.is_(None), Account.totp_last_step < step)
    spend = update(Account).where(Account.id == account_id, unspent).values(totp_last_step=step)
    return bool(session.execute(spend).rowcount == 1)  # type: ignore[attr-defined]


def use_recovery_code(session: Session, *, account_id: int, digest: str, now: datetime) -> bool:
    """Spend one recovery code and say whether it was good."""
    unused = (
        RecoveryCode.account_id == account_id,
        RecoveryCode.digest == digest,
        RecoveryCode.used_at.is_(None),
    )
    spend = update(RecoveryCode).where(*unused).values(used_at=now)
    return bool(session.execute(spend).rowcount == 1)  # type: ignore[attr-defined]


def replace_recovery_codes(session: Session, *, account_id: int, digests: Iterable[str]) -> None:
    """Store new recovery codes; the old ones, used or not, are gone."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    session.add_all(RecoveryCode(account_id=account_id, digest=digest) for digest in digests)
    session.flush()


def remove_second_factor(
    session: Session, *, account_id: int, by: int | None = None, except_id: int | None = None, now: datetime
) -> None:
    """Sign in with the password alone again; for a person, or for who lost phone and recovery codes.

    All sign-ins end, except `except_id`. `by` is the administrator who does it for somebody, None for oneself.

    Raises
    ------
    UnableToChangeAccount
        The account lies beyond the administrator's scope.
    """
    account = managed_account(session, account_id=account_id, by=by)
    account.totp_secret = account.totp_confirmed_at = account.totp_last_step = None
    replace_recovery_codes(session, account_id=account_id, digests=())
    end_sign_ins(session, account_id=account_id, now=now, except_id=except_id)

"""Proof that somebody is who they say: by password, by code, and with patience for neither too long nor too short."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from sqlalchemy.orm import Session

from survey_app.foundation.clock import now
from survey_app.foundation.database import read, write
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.privacy import FieldCipher, keyed_hash
from survey_app.staff.guards.browser import try_keys
from survey_app.staff.guards.passwords import hashed, is_outdated, is_password
from survey_app.staff.operations import (
    begin_try,
    forgive_try,
    rehash_password,
    use_recovery_code,
    use_time_step,
)
from survey_app.staff.queries import account_by_email, account_by_id
from survey_app.staff.rules.second_factor import matching_step, recovery_code_typed
from survey_app.staff.rules.throttling import Counter


class UnableToProve(Refused):
    """The password or the code was wrong; the words do not say which part, nor whether the account exists."""


class TooManyTries(Refused):
    """The next try is looked at in `seconds` seconds."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(_too_many(seconds))


def _too_many(seconds: int) -> str:
    if seconds < 120:
        return _(
            "Đã thử sai nhiều lần. Xin đợi %(n)s giây rồi thử lại, hoặc đề nghị người quản trị cấp liên kết "
            "đặt lại mật khẩu.",
            n=seconds,
        )
    return _(
        "Đã thử sai nhiều lần. Xin đợi %(n)s phút rồi thử lại, hoặc đề nghị người quản trị cấp liên kết "
        "đặt lại mật khẩu.",
        n=-(-seconds // 60),
    )


@dataclass(frozen=True, slots=True)
class Proven:
    """Whose password it was, and whether a code is asked for as well."""

    account_id: int
    has_second_factor: bool


def prove_password(email: str, password: str) -> Proven:
    """Return whose password this is. Unknown addresses take the same time and the same words.

    Raises
    ------
    UnableToProve
        Unknown or closed account, no password, or a wrong one.
    TooManyTries
        The browser or its network has to wait.
    """
    address = email.strip().lower()
    with read() as database:
        account = account_by_email(database, address)
    keys = try_keys("password", address, account.id if account else None)
    _begin(keys)
    stored = account.password_hash if account is not None and account.active else None
    if not is_password(stored, password) or account is None or stored is None:
        raise UnableToProve(
            _("E-mail hoặc mật khẩu chưa đúng. Xin kiểm tra phím Caps Lock và bộ gõ tiếng Việt.")
        )
    newer = hashed(password) if is_outdated(stored) else None
    _forgive(keys, account.id, stored, newer)
    return Proven(account.id, account.totp_confirmed_at is not None)


def _begin(keys: dict[Counter, str]) -> None:
    wait = write(lambda database: begin_try(database, keys=keys, now=now()))
    if wait:
        raise TooManyTries(wait)


def _forgive(keys: dict[Counter, str], account_id: int, stored: str, newer: str | None) -> None:
    def forgive(database: Session) -> None:
        forgive_try(database, keys=keys)
        if newer is not None:
            rehash_password(database, account_id=account_id, old_hash=stored, new_hash=newer)

    write(forgive)


def prove_code(account_id: int, text: str) -> str:
    """Return `totp` or `recovery`, the kind of code that `text` is; it is spent.

    Raises
    ------
    UnableToProve
        Wrong, spent, too old, or the second factor was switched off meanwhile.
    TooManyTries
        The browser or its network has to wait.
    """
    with read() as database:
        account = account_by_id(database, account_id)
    if account is None or not account.active or account.totp_secret is None:
        raise UnableToProve(_("Xin đăng nhập lại từ đầu."))
    keys = try_keys("code", account.email, account.id)
    _begin(keys)
    step = matching_step(opened(account.totp_secret), text, now())
    typed = recovery_code_typed(text)

    def spend(database: Session) -> str | None:
        if step is not None and use_time_step(database, account_id=account_id, step=step):
            method = "totp"
        elif typed is not None and use_recovery_code(
            database, account_id=account_id, digest=recovery_digest(account_id, typed), now=now()
        ):
            method = "recovery"
        else:
            return None
        forgive_try(database, keys=keys)
        return method

    method = write(spend)
    if method is None:
        raise UnableToProve(
            _(
                "Mã chưa đúng hoặc đã được dùng. Xin đợi mã mới trên điện thoại rồi nhập lại; nếu vẫn chưa được, "
                "xin kiểm tra giờ của điện thoại."
            )
        )
    return method


def sealed(secret: str) -> bytes:
    """Return the secret of a second factor as it is stored."""
    return FieldCipher(current_app.config["SETTINGS"].contact_key).encrypt(secret)


def opened(sealed_secret: bytes) -> str:
    """Return the secret of a second factor."""
    return FieldCipher(current_app.config["SETTINGS"].contact_key).decrypt(sealed_secret)


def recovery_digest(account_id: int, code: str) -> str:
    """Return what is stored of a recovery code: a keyed hash, because its 59 bits alone could be searched."""
    return keyed_hash(current_app.config["SETTINGS"].contact_key, "recovery code", f"{account_id} {code}")

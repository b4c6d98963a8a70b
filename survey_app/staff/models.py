"""Tables of the staff room."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CHAR, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.foundation.columns import BigId, UtcDateTime
from survey_app.foundation.database import Base

EMAIL_LENGTH = 254
NAME_LENGTH = 120
PATH_LENGTH = 120


class Account(Base):
    """A person. Never deleted, because the audit log names it; a leaver is deactivated.

    `email` is kept in small letters and is the name for signing in; `search_text` holds name and address without
    diacritics. Without `password_hash` the person was invited
    and has not answered, or signs in through the agency's identity provider (`oidc_subject`). The TOTP secret is
    encrypted; it counts once `totp_confirmed_at` is set, and `totp_last_step` refuses a code that was used.
    """

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(String(EMAIL_LENGTH), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    search_text: Mapped[str] = mapped_column(String(EMAIL_LENGTH + NAME_LENGTH + 1))
    language: Mapped[str] = mapped_column(String(2), default="vi")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_last_step: Mapped[int | None]
    oidc_subject: Mapped[str | None] = mapped_column(String(300), unique=True)


class Grant(Base):
    """A role of a person in a unit and in all units below it; a revoked one keeps its row."""

    __tablename__ = "grants"
    __table_args__ = (Index(None, "account_id", "revoked_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[str] = mapped_column(String(20))
    unit_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignIn(Base):
    """A browser in which a person is signed in. `digest` is of the random token in the cookie, which is not kept.

    `device` is a coarse label such as `Chrome · Android`: enough to recognise one's own, no fingerprint.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (Index(None, "account_id", "ended_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    digest: Mapped[str] = mapped_column(CHAR(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    device: Mapped[str] = mapped_column(String(60))
    method: Mapped[str] = mapped_column(String(12))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OneTimeLink(Base):
    """An invitation or a password reset; only the digest of its token is kept, and it works once."""

    __tablename__ = "one_time_links"

    digest: Mapped[str] = mapped_column(CHAR(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCode(Base):
    """Digest of a code that replaces the phone once."""

    __tablename__ = "recovery_codes"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(CHAR(64), primary_key=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInFailure(Base):
    """Tries that failed and are not yet forgiven (rules/throttling.py); gone a day after the last one.

    `key` is a keyed hash of what is counted together, so no address, network or browser can be read from it.
    """

    __tablename__ = "sign_in_failures"

    key: Mapped[str] = mapped_column(CHAR(64), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

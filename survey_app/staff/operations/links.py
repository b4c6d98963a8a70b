"""Writes of invitations, reset links and passwords."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.models import Account, OneTimeLink
from survey_app.staff.operations.accounts import (
    UnableToChangeAccount,
    add_account,
    grant_role,
    managed_account,
    rename,
    void_links,
)
from survey_app.staff.operations.sign_ins import end_sign_ins
from survey_app.staff.queries import account_by_id, token_digest
from survey_app.staff.rules.accounts import KEPT_AFTER_THE_END, LINK_LIVES, Purpose
from survey_app.staff.rules.permissions import Role


class UnableToUseLink(Refused):
    """The link was used, has expired or was never issued."""


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link to hand over. The token is shown once and stored only as a digest."""

    account_id: int
    token: str
    expires_at: datetime
    purpose: Purpose

    @property
    def path(self) -> str:
        """Its path on this site."""
        return f"/staff/{self.purpose}/{self.token}"


def invite(
    session: Session,
    *,
    email: str,
    name: str,
    grants: Iterable[tuple[Role, str]],
    by: int | None,
    now: datetime,
) -> NewLink:
    """Add a person with roles and return the invitation, good for 72 hours.

    Raises
    ------
    UnableToAddAccount
        The e-mail address is malformed or taken, or the name is empty.
    UnableToGrant
        A role lies outside the administrator's scope.
    """
    account = add_account(session, email=email, name=name, now=now)
    for role, path in grants:
        grant_role(session, account_id=account.id, role=role, unit_path=path, by=by, now=now)
    return _new_link(session, account.id, Purpose.INVITATION, by, now)


def issue_reset_link(session: Session, *, account_id: int, by: int | None, now: datetime) -> NewLink:
    """Return a link to choose a new password, good for 24 hours; earlier links of the account are void.

    Who never answered the invitation gets a new invitation instead.

    Raises
    ------
    UnableToChangeAccount
        The account is unknown, closed, or beyond the administrator's scope.
    """
    account = managed_account(session, account_id=account_id, by=by)
    if not account.active:
        raise UnableToChangeAccount(_("Tài khoản này đã bị khóa. Xin mở lại tài khoản trước."))
    invited = account.password_hash is None and account.oidc_subject is None
    return _new_link(session, account_id, Purpose.INVITATION if invited else Purpose.RESET, by, now)


def _new_link(session: Session, account_id: int, purpose: Purpose, by: int | None, now: datetime) -> NewLink:
    void_links(session, account_id=account_id, now=now)
    old = (OneTimeLink.account_id == account_id, OneTimeLink.expires_at < now - KEPT_AFTER_THE_END)
    session.execute(delete(OneTimeLink).where(*old))
    link = NewLink(account_id, secrets.token_urlsafe(32), now + LINK_LIVES[purpose], purpose)
    session.add(
        OneTimeLink(
            digest=token_digest(link.token),
            account_id=account_id,
            purpose=purpose,
            created_at=now,
            created_by=by,
            expires_at=link.expires_at,
        )
    )
    session.flush()
    return link


def use_link(
    session: Session,
    *,
    token: str,
    purpose: Purpose,
    password_hash: str,
    now: datetime,
    name: str | None = None,
) -> Account:
    """Set the password that the holder of the link chose; the link is spent and all sign-ins end.

    Of two people who send the same link at once, one wins.

    Raises
    ------
    UnableToUseLink
        The link is spent, expired or unknown, or the account was closed.
    """
    fresh = (
        OneTimeLink.digest == token_digest(token),
        OneTimeLink.purpose == purpose,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > now,
    )
    spent = update(OneTimeLink).where(*fresh).values(used_at=now).returning(OneTimeLink.account_id)
    account_id = session.execute(spent).scalar_one_or_none()
    account = None if account_id is None else account_by_id(session, account_id)
    if account is None or not account.active:
        raise UnableToUseLink(
            _("Liên kết này không còn dùng được. Xin đề nghị người quản trị cấp liên kết mới.")
        )
    if name is not None:
        rename(session, account_id=account.id, name=name)
    set_password(session, account_id=account.id, password_hash=password_hash, now=now)
    end_sign_ins(session, account_id=account.id, now=now)
    return account


def set_password(session: Session, *, account_id: int, password_hash: str, now: datetime) -> None:
    """Store the hash of a new password; open links of the account are void."""
    values = {"password_hash": password_hash, "password_changed_at": now}
    session.execute(update(Account).where(Account.id == account_id).values(values))
    void_links(session, account_id=account_id, now=now)


def rehash_password(session: Session, *, account_id: int, old_hash: str, new_hash: str) -> None:
    """Store the same password under newer parameters, unless it was changed meanwhile."""
    same = (Account.id == account_id, Account.password_hash == old_hash)
    session.execute(update(Account).where(*same).values(password_hash=new_hash))

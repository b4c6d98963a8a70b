"""Signing in through the agency's identity provider."""

from __future__ import annotations

import hashlib

from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.gateway import Identity
from survey_app.staff.models import Account
from survey_app.staff.queries import account_by_agency_name, account_by_email


class UnableToEnter(Refused):
    """The agency vouches for the person, but nobody invited them here, or another person stands under the address."""


def admit_from_agency(session: Session, *, issuer: str, identity: Identity) -> int:
    """Return the account of the person for whom the agency's provider vouches.

    The first time binds the account to the provider's own name of the person; from then on only that person enters
    by it, even if the address is given to somebody else. Nobody becomes a member of staff by signing in.

    Raises
    ------
    UnableToEnter
        The address is not confirmed, was not invited, is deactivated, or belongs to somebody else by now.
    """
    if not identity.email_verified:
        raise UnableToEnter(
            _("Hệ thống đăng nhập chưa xác nhận e-mail của ông/bà. Xin xác nhận ở đó rồi thử lại.")
        )
    account = account_by_email(session, identity.email)
    if account is None or not account.active:
        raise UnableToEnter(
            _("Tài khoản của ông/bà chưa được mời, hoặc đã ngừng dùng. Xin hỏi người quản trị của cơ quan.")
        )
    _bind(session, account, bound_name(issuer, identity.subject))
    return account.id


def _bind(session: Session, account: Account, name: str) -> None:
    """Bind the account to the provider's name of the person, unless either of them is bound otherwise."""
    if account.oidc_subject is None and account_by_agency_name(session, name) is None:
        account.oidc_subject = name
        session.flush()
    if account.oidc_subject != name:
        raise UnableToEnter(
            _(
                "Địa chỉ e-mail này đã gắn với một người khác ở hệ thống đăng nhập. Xin hỏi người quản trị của cơ quan."
            )
        )


def bound_name(issuer: str, subject: str) -> str:
    """Return what is stored of a person at a provider: subjects are unique within one issuer only (Core, 2)."""
    return f"{hashlib.sha256(issuer.encode()).hexdigest()[:16]}:{subject}"

"""Writes about people: adding, naming, giving and taking roles, leaving and coming back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.models import EMAIL_LENGTH, NAME_LENGTH, Account, Grant, OneTimeLink, SignIn
from survey_app.staff.operations.sign_ins import end_sign_ins
from survey_app.staff.queries import account_by_email, account_by_id, grants_of
from survey_app.staff.rules.accounts import email_of, folded, is_unit_path, may_grant, may_manage
from survey_app.staff.rules.permissions import EVERYWHERE, Role


class UnableToAddAccount(Refused):
    """The name or the e-mail address cannot be taken, or somebody has the address."""


class UnableToGrant(Refused):
    """The role cannot be given: malformed unit, unknown account, or beyond the giver's own scope."""


class UnableToRevoke(Refused):
    """The role cannot be taken away."""


class UnableToChangeAccount(Refused):
    """There is no such account, it is beyond the administrator's scope, or it is the last administrator's."""


def add_account(session: Session, *, email: str, name: str, now: datetime, language: str = "vi") -> Account:
    """Store a person without a password or a role and return the row.

    Raises
    ------
    UnableToAddAccount
        The address is malformed or taken, or the name is empty or too long.
    """
    address = email_of(email)
    if address is None:
        raise UnableToAddAccount(_("Địa chỉ e-mail chưa đúng. Ví dụ: lan.nguyen@caobang.gov.vn"))
    if account_by_email(session, address) is not None:
        raise UnableToAddAccount(
            _("Đã có tài khoản dùng địa chỉ e-mail này. Xin tìm trong danh sách tài khoản.")
        )
    account = Account(email=address, name="", search_text="", language=language, active=True, created_at=now)
    _name(account, name)
    session.add(account)
    session.flush()
    return account


def _name(account: Account, name: str) -> None:
    words = " ".join(name.replace("\0", "").split())
    if not 1 <= len(words) <= NAME_LENGTH:
        raise UnableToAddAccount(_("Xin ghi họ và tên, không quá %(n)s ký tự.", n=NAME_LENGTH))
    account.name = words
    account.search_text = f"{folded(words)} {account.email}"[: EMAIL_LENGTH + NAME_LENGTH + 1]


def create_administrator(
    session: Session, *, email: str, name: str, password_hash: str, now: datetime
) -> Account:
    """Add the person who administers everything, ready to sign in with the hashed password.

    Raises
    ------
    UnableToAddAccount
        See `add_account`.
    """
    account = add_account(session, email=email, name=name, now=now)
    account.password_hash, account.password_changed_at = password_hash, now
    grant_roles(session, account_id=account.id, grants=[(Role.ADMINISTRATOR, EVERYWHERE)], now=now)
    return account


def grant_roles(
    session: Session,
    *,
    account_id: int,
    grants: Iterable[tuple[Role, str]],
    now: datetime,
    by: int | None = None,
) -> None:
    """Give a person roles, each in a unit path and below it, without asking who may give them (`grant_role` does)."""
    session.add_all(
        Grant(account_id=account_id, role=role, unit_path=path, granted_at=now, granted_by=by)
        for role, path in grants
    )
    session.flush()


def grant_role(
    session: Session, *, account_id: int, role: Role, unit_path: str, by: int | None, now: datetime
) -> int:
    """Give one role and return the id of the grant; a role already held there is left as it is.

    `by` is the administrator's account, None for the command line.

    Raises
    ------
    UnableToGrant
        The path is malformed, the account is not active, or the unit lies outside the administrator's scope.
    """
    account = account_by_id(session, account_id)
    if account is None or not account.active:
        raise UnableToGrant(_("Tài khoản này không còn hoạt động. Xin mở lại tài khoản trước khi cấp quyền."))
    if not is_unit_path(unit_path):
        raise UnableToGrant(_("Đơn vị chưa đúng. Xin chọn đơn vị trong danh sách."))
    if by is not None and not may_grant(grants_of(session, by), role, unit_path):
        raise UnableToGrant(_("Ông/bà chỉ cấp được quyền trong đơn vị mình quản trị."))
    held = select(Grant.id).where(
        Grant.account_id == account_id,
        Grant.role == role,
        Grant.unit_path == unit_path,
        Grant.revoked_at.is_(None),
    )
    found = session.scalars(held.limit(1)).one_or_none()
    if found is not None:
        return found
    grant = Grant(account_id=account_id, role=role, unit_path=unit_path, granted_at=now, granted_by=by)
    session.add(grant)
    session.flush()
    _void_outgrown_links(session, account_id, now)
    return grant.id


def _void_outgrown_links(session: Session, account_id: int, now: datetime) -> None:
    """Void links whose maker may not manage the account any more: with one kept back they would take it over."""
    grants = grants_of(session, account_id)
    unused = (
        OneTimeLink.account_id == account_id,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > now,
    )
    for link in session.scalars(select(OneTimeLink).where(*unused, OneTimeLink.created_by.is_not(None))):
        if not may_manage(grants_of(session, link.created_by or 0), grants):
            link.expires_at = now
    session.flush()


def revoke_grant(session: Session, *, grant_id: int, now: datetime, by: int | None = None) -> Grant:
    """Take one role away, at once also from browsers that are signed in, and return the grant.

    Raises
    ------
    UnableToRevoke
        Unknown or already revoked, outside the scope of `by`, or the last administrator of everything.
    """
    grant = session.get(Grant, grant_id)
    if grant is None or grant.revoked_at is not None:
        raise UnableToRevoke(_("Quyền này đã được thu hồi. Xin tải lại trang."))
    if by is not None and not may_grant(grants_of(session, by), Role(grant.role), grant.unit_path):
        raise UnableToRevoke(_("Ông/bà chỉ thu hồi được quyền trong đơn vị mình quản trị."))
    if (grant.role, grant.unit_path) == (Role.ADMINISTRATOR, EVERYWHERE):
        others = _administrators(session) - {grant.account_id}
        if not others and not _holds_another(session, grant):
            raise UnableToRevoke(_last_administrator())
    grant.revoked_at = now
    session.flush()
    return grant


def _holds_another(session: Session, grant: Grant) -> bool:
    same = select(Grant.id).where(
        Grant.account_id == grant.account_id,
        Grant.role == grant.role,
        Grant.unit_path == grant.unit_path,
        Grant.revoked_at.is_(None),
        Grant.id != grant.id,
    )
    return session.execute(same.limit(1)).first() is not None


def _last_administrator() -> str:
    return _(
        "Đây là người quản trị cuối cùng của toàn hệ thống. Xin cấp quyền quản trị cho người khác trước, "
        "và chờ người đó đăng nhập."
    )


def _administrators(session: Session) -> set[int]:
    """Return the accounts that administer everything and can sign in, locked until the transaction ends.

    An invitation that nobody answered does not count: it would leave a house without a key.
    """
    signed_in_once = exists().where(SignIn.account_id == Account.id)
    query = (
        select(Grant.account_id)
        .join(Account, Account.id == Grant.account_id)
        .where(
            Grant.role == Role.ADMINISTRATOR,
            Grant.unit_path == EVERYWHERE,
            Grant.revoked_at.is_(None),
            Account.active,
            or_(Account.password_hash.is_not(None), Account.oidc_subject.is_not(None), signed_in_once),
        )
        .order_by(Grant.id)
        .with_for_update()
    )
    return set(session.scalars(query))


def managed_account(session: Session, *, account_id: int, by: int | None) -> Account:
    """Return the account if the administrator `by` (None: the command line) may manage it.

    Raises
    ------
    UnableToChangeAccount
        Unknown, or some of its roles lie outside the administrator's scope.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise UnableToChangeAccount(_("Không có tài khoản này."))
    if by is not None and not may_manage(grants_of(session, by), grants_of(session, account_id)):
        raise UnableToChangeAccount(
            _("Tài khoản này có quyền ở đơn vị khác. Xin đề nghị người quản trị cấp trên thực hiện.")
        )
    return account


def deactivate(session: Session, *, account_id: int, now: datetime, by: int | None = None) -> None:
    """Close an account: its sign-ins end at once, its links are void, its grants stay for the record.

    Raises
    ------
    UnableToChangeAccount
        See `managed_account`; also for the last administrator of everything.
    """
    account = managed_account(session, account_id=account_id, by=by)
    administrators = _administrators(session)
    if account_id in administrators and not administrators - {account_id}:
        raise UnableToChangeAccount(_last_administrator())
    account.active = False
    void_links(session, account_id=account_id, now=now)
    end_sign_ins(session, account_id=account_id, now=now)


def reactivate(session: Session, *, account_id: int, now: datetime, by: int | None = None) -> None:
    """Open a closed account again, with the roles and the password it had; `now` is for the record's symmetry.

    Raises
    ------
    UnableToChangeAccount
        See `managed_account`.
    """
    managed_account(session, account_id=account_id, by=by).active = True
    void_links(session, account_id=account_id, now=now)


def rename(session: Session, *, account_id: int, name: str, by: int | None = None) -> None:
    """Write a person's name anew.

    Raises
    ------
    UnableToChangeAccount
        See `managed_account`.
    UnableToAddAccount
        The name is empty or too long.
    """
    _name(managed_account(session, account_id=account_id, by=by), name)
    session.flush()


def set_language(session: Session, *, account_id: int, language: str) -> None:
    """Keep the language in which a person reads staff pages."""
    session.execute(update(Account).where(Account.id == account_id).values(language=language))


def void_links(session: Session, *, account_id: int, now: datetime) -> None:
    """Make every unused link of an account useless."""
    unused = (OneTimeLink.account_id == account_id, OneTimeLink.used_at.is_(None))
    session.execute(update(OneTimeLink).where(*unused, OneTimeLink.expires_at > now).values(expires_at=now))

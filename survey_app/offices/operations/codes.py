"""Issues, rotates and revokes public codes."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.models import PublicCode, ServicePoint
from survey_app.offices.rules import CodeStatus, RandomSource, new_code


class UnableToIssueCode(Refused):
    """The service point is unknown, closed or has an active code already."""


def issue_code(
    session: Session, *, now: datetime, service_point_id: int | None = None, rng: RandomSource = secrets
) -> str:
    """Issue a public code for a service point, or for the link of a campaign (None), and return it.

    Raises
    ------
    UnableToIssueCode
        The service point is unknown, no longer active, or has an active code: then rotate that one.
    """
    if service_point_id is not None:
        point = _locked_point(session, service_point_id)
        if point is None or not point.active:
            raise UnableToIssueCode(
                _("Không có quầy nào đang hoạt động mang số %(id)s.", id=service_point_id)
            )
        active = _active_codes(session, [service_point_id])
        if active:
            raise UnableToIssueCode(
                _("Quầy này đang dùng mã %(code)s. Hãy đổi mã đó thay vì cấp thêm.", code=active[0].code)
            )
    return _issue(session, service_point_id, now, rng)


class UnableToRotateCode(Refused):
    """The code was never issued, is no longer active, or belongs to a campaign and not to a counter."""


def rotate_code(session: Session, *, code: str, now: datetime, rng: RandomSource = secrets) -> str:
    """Replace the active `code` by a new one for the same place and return the new one; the old one says so.

    Raises
    ------
    UnableToRotateCode
        The code was never issued, was rotated or revoked before, or is the link of a campaign.
    """
    old = _active_code(session, code, UnableToRotateCode)
    if old.service_point_id is None:
        raise UnableToRotateCode(
            _(
                "Mã %(code)s là đường dẫn của một đợt khảo sát, không phải mã của quầy. "
                "Hãy thu hồi mã, đóng rồi mở lại đợt khảo sát để có đường dẫn mới.",
                code=code,
            )
        )
    _withdraw(old, CodeStatus.ROTATED, now)
    session.flush()  # the old code must have left before the new one comes: one is active at a time
    old.replaced_by = _issue(session, old.service_point_id, now, rng)
    session.flush()
    return old.replaced_by


class UnableToRevokeCode(Refused):
    """The code was never issued or is no longer active."""


def revoke_code(session: Session, *, code: str, now: datetime) -> None:
    """Withdraw the active `code` without a successor; whoever opens it finds a page that says so.

    Raises
    ------
    UnableToRevokeCode
        The code was never issued, or was rotated or revoked before.
    """
    _withdraw(_active_code(session, code, UnableToRevokeCode), CodeStatus.REVOKED, now)
    session.flush()


def revoke_codes_of(session: Session, *, service_point_ids: Collection[int], now: datetime) -> None:
    """Withdraw the active codes of service points that close."""
    for public_code in _active_codes(session, service_point_ids):
        _withdraw(public_code, CodeStatus.REVOKED, now)
    session.flush()


def _issue(session: Session, service_point_id: int | None, now: datetime, rng: RandomSource) -> str:
    code = new_code(rng)
    while session.get(PublicCode, code) is not None:
        code = new_code(rng)
    session.add(PublicCode(code=code, service_point_id=service_point_id, issued_at=now))
    session.flush()
    return code


def _locked_point(session: Session, service_point_id: int) -> ServicePoint | None:
    """Return a service point, locked until the transaction ends: changes of its codes follow one another."""
    return session.get(
        ServicePoint, service_point_id, populate_existing=True, with_for_update={"key_share": True}
    )


def _active_codes(session: Session, service_point_ids: Collection[int]) -> Sequence[PublicCode]:
    query = select(PublicCode).where(
        PublicCode.service_point_id.in_(service_point_ids), PublicCode.revoked_at.is_(None)
    )
    return session.scalars(query).all()


def _active_code(session: Session, code: str, error: type[Refused]) -> PublicCode:
    public_code = session.get(PublicCode, code)
    if public_code is None:
        raise error(_("Mã %(code)s chưa từng được cấp. Hãy kiểm tra lại từng ký tự.", code=code))
    if public_code.service_point_id is not None:
        _locked_point(session, public_code.service_point_id)
        session.refresh(public_code)
    if public_code.revoked_at is not None:
        raise error(_("Mã %(code)s đã ngừng dùng. Hãy chọn mã đang dùng của quầy.", code=code))
    return public_code


def _withdraw(public_code: PublicCode, reason: CodeStatus, now: datetime) -> None:
    public_code.revoked_at = now
    public_code.revoked_reason = reason

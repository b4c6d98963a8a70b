"""Opens and closes one-stop offices and their service points."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.models import ADDRESS_LENGTH, NAME_LENGTH, NUMBER_LENGTH, Office, ServicePoint
from survey_app.offices.operations.codes import issue_code, revoke_codes_of
from survey_app.offices.queries import find_office, find_unit
from survey_app.offices.rules import RandomSource, ServicePointKind, clean_name, is_slug


class UnableToAddOffice(Refused):
    """The office has no unit, no usable code or no usable name."""


def add_office(
    session: Session,
    *,
    unit_code: str,
    code: str,
    name: str,
    name_en: str | None = None,
    address: str | None = None,
) -> Office:
    """Add a one-stop office to a unit and return it; `code` is a slug such as `cao-bang-ttpvhcc`.

    Raises
    ------
    UnableToAddOffice
        The unit is unknown, the code is taken or malformed, or a name is empty, too long or unprintable.
    """
    unit = find_unit(session, unit_code)
    if unit is None:
        raise UnableToAddOffice(
            _("Không có đơn vị mã %(code)s. Hãy nạp danh mục đơn vị trước.", code=unit_code)
        )
    if not is_slug(code):
        raise UnableToAddOffice(
            _(
                "Mã bộ phận %(code)s không hợp lệ. Hãy dùng chữ thường không dấu, chữ số và dấu gạch nối.",
                code=code,
            )
        )
    if find_office(session, code) is not None:
        raise UnableToAddOffice(_("Đã có bộ phận mang mã %(code)s. Hãy chọn mã khác.", code=code))
    office = Office(
        unit_id=unit.id,
        code=code,
        name=usable_name(name, UnableToAddOffice),
        name_en=usable_name(name_en, UnableToAddOffice) if name_en else None,
        address=usable_name(address, UnableToAddOffice, ADDRESS_LENGTH) if address else None,
    )
    session.add(office)
    session.flush()
    return office


def usable_name(text: str, error: type[Refused], longest: int = NAME_LENGTH) -> str:
    """Return `text` cleaned as a name; raise `error` if it is empty, longer than `longest`, or unprintable."""
    name = clean_name(text, longest)
    if name is None:
        raise error(
            _(
                "Tên phải có từ 1 đến %(longest)s ký tự in được. Hãy sửa lại tên: %(name)s",
                longest=longest,
                name=text[:50],
            )
        )
    return name


@dataclass(frozen=True, slots=True)
class NewServicePoint:
    """A service point just added and the public code issued for it."""

    service_point_id: int
    code: str


class UnableToAddServicePoint(Refused):
    """The office is unknown or closed, or the name cannot be used."""


def add_service_point(
    session: Session,
    *,
    office_code: str,
    name: str,
    now: datetime,
    name_en: str | None = None,
    number: str | None = None,
    kind: ServicePointKind = ServicePointKind.COUNTER,
    rng: RandomSource = secrets,
) -> NewServicePoint:
    """Add a counter, kiosk or desk to an office and issue its public code; `number` is the sign above it.

    Raises
    ------
    UnableToAddServicePoint
        The office is unknown or no longer active, or a name is empty, too long or unprintable.
    """
    office = find_office(session, office_code)
    if office is None or not office.active:
        raise UnableToAddServicePoint(
            _("Không có bộ phận nào đang hoạt động mang mã %(code)s. Hãy kiểm tra lại mã.", code=office_code)
        )
    point = ServicePoint(
        office_id=office.id,
        name=usable_name(name, UnableToAddServicePoint),
        name_en=usable_name(name_en, UnableToAddServicePoint) if name_en else None,
        number=usable_name(number, UnableToAddServicePoint, NUMBER_LENGTH) if number else None,
        kind=kind,
    )
    session.add(point)
    session.flush()
    return NewServicePoint(point.id, issue_code(session, now=now, service_point_id=point.id, rng=rng))


class UnableToDeactivate(Refused):
    """What should be closed does not exist."""


def deactivate_service_point(session: Session, *, service_point_id: int, now: datetime) -> None:
    """Close a service point and revoke its code; what was answered about it stays.

    Raises
    ------
    UnableToDeactivate
        No service point has this id.
    """
    point = session.get(ServicePoint, service_point_id)
    if point is None:
        raise UnableToDeactivate(_("Không có quầy mang số %(id)s.", id=service_point_id))
    _close_points(session, [point], now)


def deactivate_office(session: Session, *, code: str, now: datetime) -> None:
    """Close an office with all its service points and revoke their codes; what was answered about it stays.

    Raises
    ------
    UnableToDeactivate
        No office has this code.
    """
    office = find_office(session, code)
    if office is None:
        raise UnableToDeactivate(_("Không có bộ phận mang mã %(code)s.", code=code))
    office.active = False
    _close_points(
        session, session.scalars(select(ServicePoint).where(ServicePoint.office_id == office.id)).all(), now
    )


def _close_points(session: Session, points: Sequence[ServicePoint], now: datetime) -> None:
    for point in points:
        point.active = False
    revoke_codes_of(session, service_point_ids=[point.id for point in points], now=now)

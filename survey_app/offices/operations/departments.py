"""Adds, renames and closes departments: the units below a province or commune that no official list names."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import format_date
from survey_app.foundation.languages import gettext as _
from survey_app.offices.models import Unit, UnitName
from survey_app.offices.operations.places import usable_name
from survey_app.offices.queries import find_unit, names_of_unit, offices_inside
from survey_app.offices.rules import UnitKind, is_unit_code, search_name, suggest_unit_code

_TYPES = ("Sở", "Ban", "Phòng", "Trung tâm", "Văn phòng", "Chi cục", "Thanh tra")
_OTHER_TYPE = "Cơ quan"
_UNKNOWN_BASIS = "Chưa ghi căn cứ"
PATH_LENGTH = 120


class UnableToAddDepartment(Refused):
    """The parent cannot have departments, or code, name or day cannot be used."""


def add_department(
    session: Session,
    *,
    parent_code: str,
    name: str,
    valid_from: date,
    today: date,
    code: str | None = None,
    legal_basis: str | None = None,
) -> Unit:
    """Add a department below a province, commune or department and return it; without `code` one is made.

    Raises
    ------
    UnableToAddDepartment
        The parent is unknown or closed, the code is taken or malformed, the name unusable, or the day to come.
    """
    parent = find_unit(session, parent_code)
    if parent is None or parent.valid_to is not None:
        raise UnableToAddDepartment(
            _("Không có đơn vị cấp trên đang hoạt động mang mã %(code)s.", code=parent_code)
        )
    name = usable_name(name, UnableToAddDepartment)
    code = code or suggest_unit_code(parent.code, name, _codes(session))
    _check_code(session, code, f"{parent.path}/{code}")
    _check_day(valid_from, today, UnableToAddDepartment)
    unit = Unit(
        code=code,
        kind=UnitKind.DEPARTMENT,
        type=_type_of(name),
        name=name,
        parent_id=parent.id,
        path=f"{parent.path}/{code}",
        search_name=search_name(name),
        valid_from=valid_from,
    )
    session.add(unit)
    session.flush()
    session.add(_dated(unit, valid_from, legal_basis, UnableToAddDepartment))
    session.flush()
    return unit


class UnableToRename(Refused):
    """The unit is no department in being, or name or day cannot be used."""


def rename_department(
    session: Session, *, code: str, name: str, since: date, today: date, legal_basis: str | None = None
) -> Unit:
    """Give a department a name that holds from `since` on; from the day of its present name on it is a correction.

    Raises
    ------
    UnableToRename
        No such department in being, an unusable name, or a day to come or before the present name.
    """
    unit = _department(session, code, UnableToRename)
    present = names_of_unit(session, unit.id)[0]
    _check_day(since, today, UnableToRename)
    if since < present.valid_from:
        raise UnableToRename(
            _(
                "Tên hiện nay có từ ngày %(day)s. Hãy chọn ngày đó hoặc một ngày sau đó.",
                day=format_date(present.valid_from),
            )
        )
    unit.name = usable_name(name, UnableToRename)
    unit.search_name, unit.type = search_name(unit.name), _type_of(unit.name)
    if since == present.valid_from:
        present.name, present.type = unit.name, unit.type
        present.legal_basis = _basis(legal_basis, UnableToRename) if legal_basis else present.legal_basis
    else:
        present.valid_to = since
        session.add(_dated(unit, since, legal_basis, UnableToRename))
    session.flush()
    return unit


class UnableToCloseDepartment(Refused):
    """The unit is no department in being, or something in it is still open."""


def close_department(session: Session, *, code: str, until: date, today: date) -> Unit:
    """Let a department end: `until` is the first day on which it no longer exists.

    Raises
    ------
    UnableToCloseDepartment
        No such department in being, offices or departments inside it are open, or a day to come or before its life.
    """
    unit = _department(session, code, UnableToCloseDepartment)
    _check_day(until, today, UnableToCloseDepartment)
    below = select(Unit.id).where(Unit.parent_id == unit.id, Unit.valid_to.is_(None)).limit(1)
    if offices_inside(session, unit.path) or session.scalar(below) is not None:
        raise UnableToCloseDepartment(
            _("Đơn vị này còn bộ phận một cửa hoặc phòng ban đang hoạt động. Hãy đóng các nơi đó trước.")
        )
    present = names_of_unit(session, unit.id)[0]
    if until <= present.valid_from:
        raise UnableToCloseDepartment(
            _("Ngày kết thúc phải sau ngày %(day)s.", day=format_date(present.valid_from))
        )
    unit.valid_to = present.valid_to = until
    session.flush()
    return unit


def _department(session: Session, code: str, error: type[Refused]) -> Unit:
    unit = find_unit(session, code)
    if unit is None or unit.kind is not UnitKind.DEPARTMENT:
        raise error(_("Chỉ sửa được phòng ban tự thêm; tỉnh, phường, xã lấy theo danh mục nhà nước."))
    if unit.valid_to is not None:
        raise error(_("Đơn vị này đã kết thúc hoạt động, có thể do người khác vừa đóng."))
    return unit


def _check_code(session: Session, code: str, path: str) -> None:
    if not is_unit_code(code) or len(path) > PATH_LENGTH:
        raise UnableToAddDepartment(
            _(
                "Mã đơn vị chỉ gồm chữ không dấu, chữ số, dấu chấm và gạch nối, nhiều nhất 20 ký tự, ví dụ H04.09."
            )
        )
    if find_unit(session, code) is not None:
        raise UnableToAddDepartment(_("Đã có đơn vị mang mã %(code)s. Hãy chọn mã khác.", code=code))


def _check_day(day: date, today: date, error: type[Refused]) -> None:
    if day > today:
        raise error(_("Ngày này chưa đến. Hãy ghi lại việc này khi quyết định có hiệu lực."))


def _codes(session: Session) -> set[str]:
    return set(session.scalars(select(Unit.code).where(Unit.kind == UnitKind.DEPARTMENT)))


def _type_of(name: str) -> str:
    return next((kind for kind in _TYPES if name.lower().startswith(f"{kind.lower()} ")), _OTHER_TYPE)


def _basis(text: str | None, error: type[Refused]) -> str:
    return usable_name(text, error) if text else _UNKNOWN_BASIS


def _dated(unit: Unit, since: date, legal_basis: str | None, error: type[Refused]) -> UnitName:
    return UnitName(
        unit_id=unit.id,
        name=unit.name,
        type=unit.type,
        valid_from=since,
        legal_basis=_basis(legal_basis, error),
    )

"""Loads lists of units and keeps their dated names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.foundation.clock import local_date
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.models import Unit, UnitName
from survey_app.offices.rules import DatedName, UnitRow, search_name


@dataclass(frozen=True, slots=True)
class LoadReport:
    """How many units a load added, changed and found as they were."""

    added: int
    changed: int
    unchanged: int


class UnableToLoadUnits(Refused):
    """The list of units contradicts itself or what is stored."""


def load_units(session: Session, *, rows: Sequence[UnitRow], now: datetime) -> LoadReport:
    """Bring the stored units in line with `rows`; units that `rows` does not name stay as they are.

    Each unit bears the name that holds on the day of `now`, and all its dated names are stored beside it.
    A second load of equal rows writes nothing.

    Raises
    ------
    UnableToLoadUnits
        A code comes twice, a parent is neither in `rows` nor stored, or a stored unit would change parents.
    """
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    if len({row.code for row in rows}) < len(rows):
        raise UnableToLoadUnits(_("Danh mục có mã đơn vị bị lặp. Hãy giữ mỗi mã một dòng."))
    today = local_date(now)
    fresh = [row for row in rows if row.code not in units]
    stored = [row for row in rows if row.code in units]
    names = _names_by_unit(session)
    changed = sum(_update_unit(session, row, units, names, today) for row in stored)
    _add_units(session, fresh, units, today)
    return LoadReport(added=len(fresh), changed=changed, unchanged=len(stored) - changed)


def _add_units(session: Session, rows: Sequence[UnitRow], units: dict[str, Unit], today: date) -> None:
    """Insert `rows` and their names, parents before children; enter them in `units`."""
    waiting = list(rows)
    while waiting:
        ready = [row for row in waiting if row.parent_code is None or row.parent_code in units]
        if not ready:
            raise UnableToLoadUnits(
                _(
                    "Không có đơn vị cấp trên %(parent)s của đơn vị %(code)s. Hãy nạp đơn vị cấp trên trước.",
                    parent=waiting[0].parent_code,
                    code=waiting[0].code,
                )
            )
        born = {row.code: Unit(code=row.code, **_unit_values(row, units, today)) for row in ready}
        session.add_all(born.values())
        session.flush()
        session.add_all(_unit_name(born[row.code].id, name) for row in ready for name in row.names)
        units |= born
        waiting = [row for row in waiting if row.code not in born]
    session.flush()


def _update_unit(
    session: Session, row: UnitRow, units: dict[str, Unit], names: dict[int, list[UnitName]], today: date
) -> bool:
    """Write what differs from `row`; say whether anything did."""
    unit = units[row.code]
    values = _unit_values(row, units, today)
    if unit.parent_id != values["parent_id"]:
        raise UnableToLoadUnits(
            _(
                "Đơn vị %(code)s đã được lưu dưới một đơn vị cấp trên khác. Hãy kiểm tra lại danh mục.",
                code=row.code,
            )
        )
    differing = {key: value for key, value in values.items() if getattr(unit, key) != value}
    for key, value in differing.items():
        setattr(unit, key, value)
    return _update_names(session, unit.id, row.names, names.get(unit.id, [])) or bool(differing)


def _update_names(
    session: Session, unit_id: int, wanted: Sequence[DatedName], stored: list[UnitName]
) -> bool:
    kept = [
        DatedName(name.name, name.type, name.valid_from, name.valid_to, name.legal_basis) for name in stored
    ]
    if kept == list(wanted):
        return False
    for name in stored:
        session.delete(name)
    session.flush()
    session.add_all(_unit_name(unit_id, name) for name in wanted)
    return True


def _names_by_unit(session: Session) -> dict[int, list[UnitName]]:
    by_unit: dict[int, list[UnitName]] = {}
    for name in session.scalars(select(UnitName).order_by(UnitName.valid_from)):
        by_unit.setdefault(name.unit_id, []).append(name)
    return by_unit


def _unit_values(row: UnitRow, units: dict[str, Unit], today: date) -> dict[str, Any]:
    parent = units.get(row.parent_code or "")
    name = row.name_on(today)
    return {
        "kind": row.kind,
        "type": name.type,
        "name": name.name,
        "parent_id": parent.id if parent else None,
        "path": f"{parent.path}/{row.code}" if parent else row.code,
        "search_name": search_name(name.name),
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
    }


def _unit_name(unit_id: int, name: DatedName) -> UnitName:
    return UnitName(
        unit_id=unit_id,
        name=name.name,
        type=name.type,
        valid_from=name.valid_from,
        valid_to=name.valid_to,
        legal_basis=name.legal_basis,
    )

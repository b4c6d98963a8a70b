"""Compares a list of offices with what is stored: what would become of each row, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from survey_app.foundation.languages import gettext as _
from survey_app.offices.rules.kinds import ServicePointKind
from survey_app.offices.rules.lists import ListRow, RowFate, kind_meant, possible_unit_codes
from survey_app.offices.rules.names import clean_name, fold, is_slug, suggest_slug
from survey_app.staff.rules.permissions import covers

_LONGEST = {"name": 200, "address": 300, "number": 6}
PointKey = tuple[str, str, str]
"""Office code, then `number` and the sign above the counter, or `name` and its folded name."""


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A stored unit."""

    id: int
    path: str
    closed: bool


@dataclass(frozen=True, slots=True)
class OfficePlan:
    """An office as stored (`id`) or as it would be (`id` is None)."""

    id: int | None
    code: str
    unit_id: int
    unit_path: str
    name: str
    name_en: str | None
    address: str | None
    active: bool = True


@dataclass(frozen=True, slots=True)
class PointPlan:
    """A counter as stored (`id`) or as it would be (`id` is None)."""

    id: int | None
    office_code: str
    number: str | None
    name: str
    name_en: str | None
    kind: ServicePointKind


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What would become of one row; `reason` says what is wrong and what to do, or what would change."""

    line: int
    fate: RowFate
    office: str
    counter: str
    reason: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of all that a list names; points by number and, besides, by name."""

    units: Mapping[str, KnownUnit]
    offices: Mapping[str, OfficePlan]
    points: Mapping[PointKey, PointPlan]


@dataclass(slots=True)
class Plan:
    """The fate of every row, and what would be written; offices by code, those of earlier rows included."""

    rows: list[PlannedRow] = field(default_factory=list)
    offices: dict[str, OfficePlan] = field(default_factory=dict)
    points: list[PointPlan] = field(default_factory=list)
    named_in: dict[str, ListRow] = field(default_factory=dict)
    seen: dict[PointKey, int] = field(default_factory=dict)

    def count(self, fate: RowFate) -> int:
        """Return how many rows have this fate."""
        return sum(row.fate is fate for row in self.rows)


class _Wrong(Exception):
    """A row cannot be taken; the message says why and what to do."""


def codes_named(row: ListRow) -> str:
    """Return the code of the row's office: the one it gives, else the one made from the name."""
    return row.office_code.lower() or suggest_slug(row.office_name)


def point_key(office_code: str, number: str | None, name: str) -> PointKey:
    """Return by what a counter of an office is known again."""
    return (office_code, "number", number.upper()) if number else (office_code, "name", fold(name))


def plan_rows(rows: Iterable[ListRow], known: Known, scopes: Sequence[str]) -> Plan:
    """Return what would become of each row; `scopes` are the unit paths inside which the person may write."""
    plan = Plan()
    for row in rows:
        try:
            plan.rows.append(_plan_row(row, known, scopes, plan))
        except _Wrong as wrong:
            plan.rows.append(
                PlannedRow(
                    row.line, RowFate.ERROR, row.office_name or row.office_code, row.counter_name, str(wrong)
                )
            )
    return plan


def _plan_row(row: ListRow, known: Known, scopes: Sequence[str], plan: Plan) -> PlannedRow:
    unit = _unit(row, known, scopes)
    code = codes_named(row)
    stored = known.offices.get(code)
    if stored is not None:
        _check_stored(stored, unit, scopes)
    before = plan.offices.get(code, stored)
    office = _office(row, code, unit, before)
    point = _point(row, code)
    _check_within_file(row, office, point, plan)
    known_point = known.points.get(point_key(code, point.number, point.name)) if point else None
    changes = _take_office(office, before, plan) + _take_point(point, known_point, plan)
    is_new = (stored is None and plan.named_in[code].line == row.line) or (
        point is not None and known_point is None
    )
    fate = RowFate.NEW if is_new else RowFate.CHANGED if changes else RowFate.UNCHANGED
    return PlannedRow(row.line, fate, office.name, point.name if point else "", "; ".join(changes))


def _unit(row: ListRow, known: Known, scopes: Sequence[str]) -> KnownUnit:
    if not row.unit_code:
        raise _Wrong(_("Thiếu mã đơn vị. Hãy ghi mã tỉnh, phường, xã, ví dụ 01273."))
    found = (known.units.get(code) for code in possible_unit_codes(row.unit_code))
    unit = next((unit for unit in found if unit is not None), None)
    if unit is None or not any(covers(scope, unit.path) for scope in scopes):
        raise _Wrong(
            _("Không có đơn vị mã %(code)s trong phạm vi của ông/bà. Hãy sửa mã.", code=row.unit_code[:30])
        )
    if unit.closed:
        raise _Wrong(_("Đơn vị mã %(code)s đã kết thúc. Hãy ghi mã đơn vị mới.", code=row.unit_code[:30]))
    return unit


def _check_stored(stored: OfficePlan, unit: KnownUnit, scopes: Sequence[str]) -> None:
    if not any(covers(scope, stored.unit_path) for scope in scopes) or stored.unit_id != unit.id:
        raise _Wrong(
            _("Mã bộ phận %(code)s đã dùng cho đơn vị khác. Hãy chọn mã bộ phận khác.", code=stored.code)
        )
    if not stored.active:
        raise _Wrong(
            _("Bộ phận %(code)s đang đóng. Hãy mở lại bộ phận, hoặc dùng mã khác.", code=stored.code)
        )


def _office(row: ListRow, code: str, unit: KnownUnit, before: OfficePlan | None) -> OfficePlan:
    """Return the office as the row wants it; what the row leaves empty stays as it was `before`."""
    if not is_slug(code):
        raise _Wrong(
            _(
                "Mã bộ phận %(code)s không hợp lệ. Hãy dùng chữ thường không dấu, chữ số, gạch nối.",
                code=code[:30],
            )
        )
    if before is None and not row.office_name:
        raise _Wrong(_("Thiếu tên bộ phận. Hãy ghi tên như trên biển của bộ phận."))
    name = _clean(row.office_name, "name", _("Tên bộ phận")) or (before.name if before else "")
    name_en = _clean(row.office_name_en, "name", _("Tên tiếng Anh")) or (before.name_en if before else None)
    address = _clean(row.address, "address", _("Địa chỉ")) or (before.address if before else None)
    return OfficePlan(before.id if before else None, code, unit.id, unit.path, name, name_en, address)


def _point(row: ListRow, office_code: str) -> PointPlan | None:
    if not (row.number or row.counter_name):
        return None
    kind = kind_meant(row.kind)
    if kind is None:
        raise _Wrong(_("Không hiểu loại %(kind)s. Hãy ghi quầy, kiosk hoặc bàn.", kind=row.kind[:30]))
    number = _clean(row.number, "number", _("Số quầy"))
    name = _clean(row.counter_name, "name", _("Tên quầy")) or f"Quầy {number}"
    name_en = _clean(row.counter_name_en, "name", _("Tên quầy tiếng Anh"))
    return PointPlan(None, office_code, number, name, name_en, kind)


def _clean(text: str, what: str, label: str) -> str | None:
    if not text:
        return None
    name = clean_name(text, _LONGEST[what])
    if name is None:
        raise _Wrong(
            _(
                "%(label)s dài quá %(longest)s ký tự hoặc có ký tự lạ. Hãy sửa ô này.",
                label=label,
                longest=_LONGEST[what],
            )
        )
    return name


def _check_within_file(row: ListRow, office: OfficePlan, point: PointPlan | None, plan: Plan) -> None:
    first = plan.named_in.setdefault(office.code, row)
    texts = [
        (getattr(row, column), getattr(first, column))
        for column in ("office_name", "office_name_en", "address")
    ]
    before = plan.offices.get(office.code, office)
    if before.unit_id != office.unit_id or any(here and there and here != there for here, there in texts):
        raise _Wrong(_("Cùng bộ phận nhưng ghi khác dòng %(line)s. Hãy ghi giống nhau.", line=first.line))
    if point is None:
        return
    earlier = plan.seen.setdefault(point_key(office.code, point.number, point.name), row.line)
    if earlier != row.line:
        raise _Wrong(_("Quầy này đã có ở dòng %(line)s. Hãy xóa một trong hai dòng.", line=earlier))


def _take_office(office: OfficePlan, before: OfficePlan | None, plan: Plan) -> list[str]:
    """Enter what would be written about the office; return what would change of what was `before`."""
    plan.offices[office.code] = office
    labels = (("name", _("tên bộ phận")), ("name_en", _("tên tiếng Anh")), ("address", _("địa chỉ")))
    return _differences(before, office, labels) if before else []


def _take_point(point: PointPlan | None, stored: PointPlan | None, plan: Plan) -> list[str]:
    if point is None:
        return []
    if stored is None:
        plan.points.append(point)
        return []
    after = replace(point, id=stored.id, number=stored.number, name_en=point.name_en or stored.name_en)
    if after != stored:
        plan.points.append(after)
    labels = (("name", _("tên quầy")), ("name_en", _("tên quầy tiếng Anh")), ("kind", _("loại")))
    return _differences(stored, after, labels)


def _differences(before: object, after: object, labels: Iterable[tuple[str, str]]) -> list[str]:
    return [
        f"{label}: {getattr(before, name) or '–'} → {getattr(after, name)}"
        for name, label in labels
        if getattr(before, name) != getattr(after, name)
    ]

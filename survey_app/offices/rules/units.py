"""Units with their dated names, as the shipped lists give them."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO

from survey_app.offices.rules.kinds import UnitKind


@dataclass(frozen=True, slots=True)
class DatedName:
    """A unit's name and type from `valid_from` until the day before `valid_to`."""

    name: str
    type: str
    valid_from: date
    valid_to: date | None
    legal_basis: str

    def holds_on(self, day: date) -> bool:
        """Say whether the name holds on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as a list of units gives it; `names` are in order of time, the first from `valid_from` on."""

    code: str
    kind: UnitKind
    parent_code: str | None
    valid_from: date
    names: tuple[DatedName, ...]
    valid_to: date | None = None

    def name_on(self, day: date) -> DatedName:
        """Return the name on `day`; outside the unit's life the nearest one."""
        begun = [name for name in self.names if name.valid_from <= day]
        return begun[-1] if begun else self.names[0]


# Start of the two-tier government, NQ 202/2025/QH15.
TWO_TIERS_FROM = date(2025, 7, 1)
_PROVINCE_BASIS = "202/2025/QH15"
_COMMUNE_BASIS = "QĐ 19/2025/QĐ-TTg (danh mục lấy từ nguồn thứ cấp, chưa đối chiếu phụ lục)"
_COMMUNE_TYPES = ("Phường", "Đặc khu", "Xã")
_PROVINCE_TYPES = ("Tỉnh", "Thành phố")


def read_units(provinces_csv: str, communes_csv: str, changes_csv: str) -> tuple[UnitRow, ...]:
    """Return the units in the texts of the three shipped lists, provinces first."""
    changes = {row["code"]: row for row in csv.DictReader(StringIO(changes_csv))}
    provinces = [_province(row) for row in csv.DictReader(StringIO(provinces_csv))]
    communes = [_commune(row, changes.get(row["code"])) for row in csv.DictReader(StringIO(communes_csv))]
    return (*provinces, *communes)


def _province(row: Mapping[str, str]) -> UnitRow:
    change = (row["name_2026"], *_dated(row["changed_on"], row["legal_basis"])) if row["changed_on"] else None
    names = _names((row["name"], TWO_TIERS_FROM, _PROVINCE_BASIS), change, _PROVINCE_TYPES)
    return UnitRow(row["code"], UnitKind.PROVINCE, None, TWO_TIERS_FROM, names)


def _commune(row: Mapping[str, str], changed: Mapping[str, str] | None) -> UnitRow:
    change = (
        (changed["name_2026"], date.fromisoformat(changed["valid_from"]), changed["legal_basis"])
        if changed
        else None
    )
    names = _names((row["name"], TWO_TIERS_FROM, _COMMUNE_BASIS), change, _COMMUNE_TYPES)
    return UnitRow(row["code"], UnitKind.COMMUNE, row["province_code"], TWO_TIERS_FROM, names)


def _dated(changed_on: str, legal_basis: str) -> tuple[date, str]:
    """Return day and basis of a change; an unverified one counts from the day by which it was seen."""
    if legal_basis:
        return date.fromisoformat(changed_on), legal_basis
    seen = date.fromisoformat(re.findall(r"\d{4}-\d{2}-\d{2}", changed_on)[-1])
    return seen, f"Chưa xác minh ngày có hiệu lực (tên mới có chậm nhất ngày {seen:%d/%m/%Y})"


def _names(
    first: tuple[str, date, str], change: tuple[str, date, str] | None, types: tuple[str, ...]
) -> tuple[DatedName, ...]:
    facts = [first, change] if change else [first]
    ends = [start for _, start, _ in facts[1:]] + [None]
    return tuple(
        DatedName(name, _type_of(name, types), start, end, basis)
        for (name, start, basis), end in zip(facts, ends, strict=True)
    )


def _type_of(name: str, types: tuple[str, ...]) -> str:
    return next(kind for kind in types if name.startswith(f"{kind} "))

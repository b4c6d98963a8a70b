"""Reads of the offices room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from survey_app.offices.models import Office, PublicCode, ServicePoint, Unit, UnitName
from survey_app.offices.rules import (
    CodeStatus,
    ServicePointKind,
    UnitKind,
    UnitRow,
    fold,
    match_rank,
    read_units,
    split_prefix,
)

_DATA = Path(__file__).resolve().parent / "data"


def shipped_units(province: str | None = None) -> tuple[UnitRow, ...]:
    """Return the 34 provinces and 3,321 communes that ship with the product, or one province's part."""
    files = ("provinces.csv", "communes.csv", "communes_changed_2026.csv")
    rows = read_units(*((_DATA / name).read_text(encoding="utf-8") for name in files))
    return rows if province is None else tuple(row for row in rows if province in (row.code, row.parent_code))


def find_unit(session: Session, code: str) -> Unit | None:
    """Return the unit with this code, such as `20200`."""
    return session.scalars(select(Unit).where(Unit.code == code)).one_or_none()


def search_units(
    session: Session, text: str, *, kind: UnitKind | None = None, below: str | None = None, limit: int = 20
) -> list[Unit]:
    """Return units whose code or name is like `text`, best first.

    Diacritics, the place of the tone mark, case and the kind word do not matter: "phuong hoa khanh",
    "Hoà Khánh" and "HÒA KHÁNH" find the same. A name alone identifies no commune: look at the paths of what
    comes back. `below` is the path of a unit to search under.
    """
    text = " ".join(text.replace("\0", " ").split())
    by_code = find_unit(session, text)
    if by_code is not None:
        return [by_code]
    folded = fold(text)
    bare = split_prefix(folded)[1]
    query = select(Unit).where(
        or_(*(Unit.search_name.contains(words, autoescape=True) for words in {folded, bare}))
    )
    if kind is not None:
        query = query.where(Unit.kind == kind)
    if below is not None:
        query = query.where(_inside(below))
    ranked = [(match_rank(unit.name, text), unit) for unit in session.scalars(query)]
    found = [(rank, len(unit.name), unit.path, unit) for rank, unit in ranked if rank is not None]
    return [unit for *_, unit in sorted(found, key=lambda item: item[:3])[:limit]]


def units_below(session: Session, path: str) -> list[Unit]:
    """Return all units below the unit with this path, without itself, in the order of their paths."""
    query = select(Unit).where(Unit.path.startswith(f"{path}/", autoescape=True))
    return sorted(session.scalars(query), key=lambda unit: unit.path)


def unit_name_on(session: Session, code: str, day: date) -> UnitName | None:
    """Return the name and type that the unit bore on `day`, or None if it did not exist then."""
    query = (
        select(UnitName)
        .join(Unit, Unit.id == UnitName.unit_id)
        .where(
            Unit.code == code,
            UnitName.valid_from <= day,
            or_(UnitName.valid_to.is_(None), UnitName.valid_to > day),
        )
    )
    return session.scalars(query).one_or_none()


def find_office(session: Session, code: str) -> Office | None:
    """Return the office with this code, such as `cao-bang-ttpvhcc`."""
    return session.scalars(select(Office).where(Office.code == code)).one_or_none()


def offices_inside(session: Session, path: str) -> list[Office]:
    """Return the active offices of the unit with this path and of all units below it, ordered by code."""
    query = select(Office).join(Unit, Unit.id == Office.unit_id).where(_inside(path), Office.active)
    return sorted(session.scalars(query), key=lambda office: office.code)


def _inside(path: str) -> ColumnElement[bool]:
    return or_(Unit.path == path, Unit.path.startswith(f"{path}/", autoescape=True))


@dataclass(frozen=True, slots=True)
class PointLine:
    """A service point with its active code (None if it has none), its office and its unit."""

    service_point_id: int
    number: str | None
    name: str
    name_en: str | None
    kind: ServicePointKind
    active: bool
    code: str | None
    office_id: int
    office_code: str
    office_name: str
    office_name_en: str | None
    unit_code: str
    unit_kind: UnitKind
    unit_name: str
    unit_path: str


def service_points(
    session: Session,
    *,
    path: str | None = None,
    office_code: str | None = None,
    code: str | None = None,
    active_only: bool = True,
) -> list[PointLine]:
    """Return service points, of one unit's subtree, one office or one active code if given.

    They come in the order in which they were added, offices in the order of their codes.
    """
    query = (
        select(
            ServicePoint.id.label("service_point_id"),
            ServicePoint.number,
            ServicePoint.name,
            ServicePoint.name_en,
            ServicePoint.kind,
            ServicePoint.active,
            PublicCode.code,
            Office.id.label("office_id"),
            Office.code.label("office_code"),
            Office.name.label("office_name"),
            Office.name_en.label("office_name_en"),
            Unit.code.label("unit_code"),
            Unit.kind.label("unit_kind"),
            Unit.name.label("unit_name"),
            Unit.path.label("unit_path"),
        )
        .join(Office, Office.id == ServicePoint.office_id)
        .join(Unit, Unit.id == Office.unit_id)
        .outerjoin(
            PublicCode, and_(PublicCode.service_point_id == ServicePoint.id, PublicCode.revoked_at.is_(None))
        )
    )
    if path is not None:
        query = query.where(_inside(path))
    if office_code is not None:
        query = query.where(Office.code == office_code)
    if code is not None:
        query = query.where(PublicCode.code == code)
    if active_only:
        query = query.where(ServicePoint.active, Office.active)
    lines = [PointLine(**row) for row in session.execute(query).mappings()]
    return sorted(lines, key=lambda line: (line.office_code, line.service_point_id))


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """What a public code stands for; the link of a campaign has no service point, office or unit."""

    code: str
    status: CodeStatus
    service_point_id: int | None
    service_point_name: str | None
    service_point_name_en: str | None
    office_id: int | None
    office_name: str | None
    office_name_en: str | None
    unit_id: int | None
    unit_name: str | None


# Built once, because every page a citizen opens asks it. An active code has no reason of withdrawal.
_ENTRY_POINT = (
    select(
        PublicCode.code,
        func.coalesce(PublicCode.revoked_reason, CodeStatus.ACTIVE).label("status"),
        ServicePoint.id.label("service_point_id"),
        ServicePoint.name.label("service_point_name"),
        ServicePoint.name_en.label("service_point_name_en"),
        Office.id.label("office_id"),
        Office.name.label("office_name"),
        Office.name_en.label("office_name_en"),
        Unit.id.label("unit_id"),
        Unit.name.label("unit_name"),
    )
    .outerjoin(ServicePoint, ServicePoint.id == PublicCode.service_point_id)
    .outerjoin(Office, Office.id == ServicePoint.office_id)
    .outerjoin(Unit, Unit.id == Office.unit_id)
    .where(PublicCode.code == bindparam("public_code"))
)


def entry_point(session: Session, code: str) -> EntryPoint | None:
    """Return what the normalised public `code` leads to, in one statement; None if it was never issued."""
    row = session.execute(_ENTRY_POINT, {"public_code": code}).mappings().one_or_none()
    return None if row is None else EntryPoint(**row)

"""Reads of units: by code, by words, and what lies below one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from survey_app.foundation.paths import inside_any
from survey_app.offices.models import Office, Unit, UnitName
from survey_app.offices.rules import UnitKind, UnitRow, fold, match_rank, read_units, split_prefix

_DATA = Path(__file__).resolve().parent.parent / "data"


@cache
def shipped_units(province: str | None = None) -> tuple[UnitRow, ...]:
    """Return the 34 provinces and 3,321 communes that ship with the product, or one province's part."""
    files = ("provinces.csv", "communes.csv", "communes_changed_2026.csv")
    rows = read_units(*((_DATA / name).read_text(encoding="utf-8") for name in files))
    return rows if province is None else tuple(row for row in rows if province in (row.code, row.parent_code))


def find_unit(session: Session, code: str) -> Unit | None:
    """Return the unit with this code, such as `20200`."""
    return session.scalars(select(Unit).where(Unit.code == code)).one_or_none()


def _find_inside(session: Session, code: str, inside: Sequence[str]) -> Unit | None:
    query = select(Unit).where(Unit.code == code, inside_any(Unit.path, inside))
    return session.scalars(query).one_or_none()


def search_units(
    session: Session,
    text: str,
    *,
    kind: UnitKind | None = None,
    below: str | None = None,
    inside: Sequence[str] = ("",),
    limit: int = 20,
) -> list[Unit]:
    """Return units whose code or name is like `text`, best first.

    Diacritics, the place of the tone mark, case and the kind word do not matter: "phuong hoa khanh",
    "Hoà Khánh" and "HÒA KHÁNH" find the same. A name alone identifies no commune: look at the paths of what
    comes back. `below` is the path of a unit to search under, `inside` are paths of which one must cover the unit.
    """
    text = " ".join(text.replace("\0", " ").split())
    by_code = _find_inside(session, text, inside)
    if by_code is not None:
        return [by_code]
    folded = fold(text)
    bare = split_prefix(folded)[1]
    query = select(Unit.id, Unit.name, Unit.path).where(
        or_(*(Unit.search_name.contains(words, autoescape=True) for words in {folded, bare})),
        inside_any(Unit.path, inside),
    )
    if kind is not None:
        query = query.where(Unit.kind == kind)
    if below is not None:
        query = query.where(inside_any(Unit.path, [below]))
    ranked = [(match_rank(name, text), len(name), path, id_) for id_, name, path in session.execute(query)]
    best = sorted((rank, *rest) for rank, *rest in ranked if rank is not None)[:limit]
    places = {id_: place for place, (*_, id_) in enumerate(best)}
    return sorted(session.scalars(select(Unit).where(Unit.id.in_(places))), key=lambda unit: places[unit.id])


def units_below(session: Session, path: str) -> list[Unit]:
    """Return all units below the unit with this path, without itself, in the order of their paths."""
    query = select(Unit).where(inside_any(Unit.path, [path]), Unit.path != path)
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


_CODE_BEHIND = re.compile(r"\(([^()]{1,20})\)\s*$")


def units_meant(session: Session, text: str, *, inside: Sequence[str]) -> list[Unit]:
    """Return the living units that a person means who typed a code, a name, or `Phường Thục Phán (01273)`."""
    written = _CODE_BEHIND.search(text)
    exact = _find_inside(session, written[1] if written else text.strip(), inside)
    found = [exact] if exact else search_units(session, text, inside=inside)
    return [unit for unit in found if unit.valid_to is None]


def unit_exists(session: Session) -> bool:
    """Say whether any list of units was loaded."""
    return session.scalar(select(Unit.id).limit(1)) is not None


def units_inside(session: Session, *, inside: Sequence[str], limit: int) -> list[Unit]:
    """Return the first `limit` living units inside the paths `inside`, in the order of their paths."""
    query = select(Unit).where(inside_any(Unit.path, inside), Unit.valid_to.is_(None))
    return list(session.scalars(query.order_by(Unit.path).limit(limit)))


def units_with_offices(session: Session, *, inside: Sequence[str], limit: int) -> list[Unit]:
    """Return the first `limit` living units inside the paths `inside` that have an active office."""
    query = select(Unit).where(
        inside_any(Unit.path, inside),
        Unit.valid_to.is_(None),
        Unit.id.in_(select(Office.unit_id).where(Office.active)),
    )
    return list(session.scalars(query.order_by(Unit.path).limit(limit)))


def units_on_path(session: Session, path: str) -> list[Unit]:
    """Return the units of the chain `path`, from the top to the unit itself."""
    codes = path.split("/")
    units = {unit.code: unit for unit in session.scalars(select(Unit).where(Unit.code.in_(codes)))}
    return [units[code] for code in codes if code in units]


def names_by_path(session: Session, paths: Iterable[str]) -> dict[str, str]:
    """Return for each unit path its names from the unit itself up to the top: `Phường Thục Phán, Tỉnh Cao Bằng`."""
    wanted = sorted(set(paths))
    codes = {code for path in wanted for code in path.split("/")}
    names = dict(session.execute(select(Unit.code, Unit.name).where(Unit.code.in_(codes))).all())
    return {path: ", ".join(names[c] for c in reversed(path.split("/")) if c in names) for path in wanted}


def departments_of(session: Session, unit_id: int) -> list[Unit]:
    """Return the departments right below a unit, closed ones last, then by name."""
    query = select(Unit).where(Unit.parent_id == unit_id, Unit.kind == UnitKind.DEPARTMENT)
    return sorted(session.scalars(query), key=lambda unit: (unit.valid_to is not None, unit.search_name))


def names_of_unit(session: Session, unit_id: int) -> list[UnitName]:
    """Return all dated names of a unit, the newest first."""
    query = select(UnitName).where(UnitName.unit_id == unit_id).order_by(UnitName.valid_from.desc())
    return list(session.scalars(query))


@cache
def provinces_shipped() -> tuple[tuple[str, str], ...]:
    """Return (code, present name) of the 34 provinces that ship with the product, by code."""
    return tuple((row.code, row.names[-1].name) for row in shipped_units() if row.parent_code is None)

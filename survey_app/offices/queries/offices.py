"""Reads of one-stop offices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import Session

from survey_app.foundation.paging import Paged, paged
from survey_app.foundation.paths import inside_any
from survey_app.offices.models import Office, ServicePoint, Unit
from survey_app.offices.queries.units import names_by_path
from survey_app.offices.rules import UnitKind, authority_name, fold, split_prefix

PAGE = 50


def find_office(session: Session, code: str) -> Office | None:
    """Return the office with this code, such as `cao-bang-ttpvhcc`."""
    return session.scalars(select(Office).where(Office.code == code)).one_or_none()


def offices_inside(session: Session, path: str) -> list[Office]:
    """Return the active offices of the unit with this path and of all units below it, ordered by code."""
    query = select(Office).join(Unit, Unit.id == Office.unit_id)
    query = query.where(inside_any(Unit.path, [path]), Office.active)
    return sorted(session.scalars(query), key=lambda office: office.code)


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """An office with its unit; `unit_names` goes from the unit up to the province."""

    id: int
    code: str
    name: str
    name_en: str | None
    address: str | None
    active: bool
    unit_code: str
    unit_kind: UnitKind
    unit_name: str
    unit_path: str
    unit_valid_to: date | None
    unit_names: str
    counters: int

    @property
    def collector(self) -> str:
        """The agency that asks, as printed on posters."""
        return authority_name(self.unit_kind, self.unit_name)


_LINE = select(
    Office.id,
    Office.code,
    Office.name,
    Office.name_en,
    Office.address,
    Office.active,
    Unit.code.label("unit_code"),
    Unit.kind.label("unit_kind"),
    Unit.name.label("unit_name"),
    Unit.path.label("unit_path"),
    Unit.valid_to.label("unit_valid_to"),
).join(Unit, Unit.id == Office.unit_id)


def office_line(session: Session, code: str) -> OfficeLine | None:
    """Return the office with this code, its unit and the number of its active counters."""
    rows = session.execute(_LINE.where(Office.code == code)).all()
    return _lines(session, rows)[0] if rows else None


def office_lines(
    session: Session,
    *,
    inside: Sequence[str],
    page: int = 1,
    text: str = "",
    closed_too: bool = False,
    size: int = PAGE,
) -> Paged[OfficeLine]:
    """Return one page of the offices inside the unit paths `inside`, in the order of units, then of names.

    `text` finds, without accents, names of offices and of their units, and the codes of both.
    """
    query = _LINE.where(inside_any(Unit.path, inside))
    if not closed_too:
        query = query.where(Office.active)
    if text.strip():
        query = query.where(_like(text))
    query = query.order_by(Unit.path, Office.search_name, Office.id)
    rows = session.execute(query.limit(size + 1).offset((page - 1) * size)).all()
    return paged(_lines(session, rows), number=page, size=size)


def _like(text: str) -> ColumnElement[bool]:
    cleaned = " ".join(text.replace("\0", " ").split())
    words = fold(cleaned)
    bare = split_prefix(words)[1]
    named = [Office.search_name.contains(words, autoescape=True)] if words else []
    of_unit = [Unit.search_name.contains(bare, autoescape=True)] if bare else []
    return or_(*named, *of_unit, Office.code == cleaned.lower(), Unit.code == cleaned)


def _lines(session: Session, rows: Sequence[Row[*tuple[object, ...]]]) -> list[OfficeLine]:
    """Add what would cost a query a row: the chain of units, and the number of counters."""
    counts = counters_of(session, [row.id for row in rows])
    names = names_by_path(session, [row.unit_path for row in rows])
    return [
        OfficeLine(**row._mapping, unit_names=names[row.unit_path], counters=counts.get(row.id, 0))
        for row in rows
    ]


def counters_of(session: Session, office_ids: Sequence[int]) -> dict[int, int]:
    """Return the number of active counters by office id; offices without any are left out."""
    query = (
        select(ServicePoint.office_id, func.count())
        .where(ServicePoint.office_id.in_(office_ids), ServicePoint.active)
        .group_by(ServicePoint.office_id)
    )
    return dict(session.execute(query).all())


def office_codes_like(session: Session, slug: str) -> set[str]:
    """Return the codes of offices that begin with `slug`, so that another one can be suggested."""
    query = select(Office.code).where(Office.code.startswith(slug, autoescape=True))
    return set(session.scalars(query))

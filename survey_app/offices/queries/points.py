"""Reads of counters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from survey_app.foundation.paging import Paged, paged
from survey_app.foundation.paths import inside_any
from survey_app.offices.models import Office, PublicCode, ServicePoint, Unit
from survey_app.offices.rules import CodeStatus, ServicePointKind, UnitKind, authority_name

PAGE = 50


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

    @property
    def collector(self) -> str:
        """The agency that asks, as printed on posters."""
        return authority_name(self.unit_kind, self.unit_name)

    @property
    def sign(self) -> str:
        """The name with the number before it, unless the name says it: `5 – Hộ tịch`, `Quầy 5 – Hộ tịch`."""
        said = self.number is None or self.number.lower() in self.name.lower().replace("–", " ").split()
        return self.name if said else f"{self.number} – {self.name}"


_COLUMNS = (
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


def points_query() -> Select[*tuple[object, ...]]:
    """Return the SELECT of point lines, to be narrowed."""
    return (
        select(*_COLUMNS)
        .join(Office, Office.id == ServicePoint.office_id)
        .join(Unit, Unit.id == Office.unit_id)
        .outerjoin(
            PublicCode, and_(PublicCode.service_point_id == ServicePoint.id, PublicCode.revoked_at.is_(None))
        )
    )


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
    query = points_query()
    if path is not None:
        query = query.where(inside_any(Unit.path, [path]))
    if office_code is not None:
        query = query.where(Office.code == office_code)
    if code is not None:
        query = query.where(PublicCode.code == code)
    if active_only:
        query = query.where(ServicePoint.active, Office.active)
    lines = [PointLine(**row) for row in session.execute(query).mappings()]
    return sorted(lines, key=lambda line: (line.office_code, line.service_point_id))


def point_line(session: Session, service_point_id: int) -> PointLine | None:
    """Return one service point, active or closed."""
    row = session.execute(points_query().where(ServicePoint.id == service_point_id)).mappings().one_or_none()
    return None if row is None else PointLine(**row)


def points_by_id(session: Session, service_point_ids: Sequence[int]) -> list[PointLine]:
    """Return the active service points with these ids in their order; those closed meanwhile are left out."""
    query = points_query().where(
        ServicePoint.id.in_(service_point_ids),
        ServicePoint.active,
        Office.active,
        PublicCode.code.is_not(None),
    )
    lines = {row["service_point_id"]: PointLine(**row) for row in session.execute(query).mappings()}
    return [lines[one] for one in service_point_ids if one in lines]


def counters_page(
    session: Session, *, office_id: int, active: bool, page: int = 1, size: int = PAGE
) -> Paged[PointLine]:
    """Return one page of an office's counters, active or closed, in the order in which they were added."""
    query = points_query().where(ServicePoint.office_id == office_id, ServicePoint.active == active)
    query = query.order_by(ServicePoint.id).limit(size + 1).offset((page - 1) * size)
    lines = [PointLine(**row) for row in session.execute(query).mappings()]
    return paged(lines, number=page, size=size)


def numbers_in_use(session: Session, office_id: int) -> set[str]:
    """Return the signs above the active counters of an office."""
    query = select(ServicePoint.number).where(
        ServicePoint.office_id == office_id, ServicePoint.active, ServicePoint.number.is_not(None)
    )
    return {number for number in session.scalars(query) if number}


@dataclass(frozen=True, slots=True)
class FormerCode:
    """A code that a counter no longer uses, with the code that replaced it."""

    code: str
    revoked_at: datetime | None
    reason: CodeStatus | None
    replaced_by: str | None


def former_codes(session: Session, service_point_id: int, *, limit: int = 10) -> list[FormerCode]:
    """Return the withdrawn codes of a counter, the last one first."""
    query = (
        select(PublicCode.code, PublicCode.revoked_at, PublicCode.revoked_reason, PublicCode.replaced_by)
        .where(PublicCode.service_point_id == service_point_id, PublicCode.revoked_at.is_not(None))
        .order_by(PublicCode.revoked_at.desc())
        .limit(limit)
    )
    return [FormerCode(*row) for row in session.execute(query)]


def printable_points(
    session: Session, *, path: str, office_codes: Sequence[str] = (), limit: int
) -> list[int]:
    """Return the ids of the active counters with a code inside a unit, of some offices only if given.

    They come as they will be printed: by unit, then office, then in the order in which they were added.
    """
    query = (
        select(ServicePoint.id)
        .join(Office, Office.id == ServicePoint.office_id)
        .join(Unit, Unit.id == Office.unit_id)
        .join(
            PublicCode, and_(PublicCode.service_point_id == ServicePoint.id, PublicCode.revoked_at.is_(None))
        )
        .where(inside_any(Unit.path, [path]), ServicePoint.active, Office.active)
    )
    if office_codes:
        query = query.where(Office.code.in_(office_codes))
    query = query.order_by(Unit.path, Office.search_name, Office.id, ServicePoint.id).limit(limit)
    return list(session.scalars(query))


def count_printable(session: Session, path: str) -> int:
    """Return how many counters of a unit and of the units below it can get a poster."""
    query = (
        select(func.count())
        .select_from(ServicePoint)
        .join(Office, Office.id == ServicePoint.office_id)
        .join(Unit, Unit.id == Office.unit_id)
        .join(
            PublicCode, and_(PublicCode.service_point_id == ServicePoint.id, PublicCode.revoked_at.is_(None))
        )
        .where(inside_any(Unit.path, [path]), ServicePoint.active, Office.active)
    )
    return session.scalar(query) or 0

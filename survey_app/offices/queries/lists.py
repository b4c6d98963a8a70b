"""Reads of a list of offices that waits for its owner's word, and of what it would be compared with."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Collection, Iterator
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.offices.models import Office, OfficeImport, ServicePoint, Unit
from survey_app.offices.rules.lists import RowFate
from survey_app.offices.rules.plan import PlannedRow

_AT_ONCE = 500


def import_of(session: Session, account_id: int) -> OfficeImport | None:
    """Return the list that a person uploaded and has neither stored nor thrown away."""
    query = select(OfficeImport).where(OfficeImport.account_id == account_id)
    return session.scalars(query).one_or_none()


def units_by_code(session: Session, codes: Collection[str]) -> dict[str, Unit]:
    """Return the units with these codes."""
    return {
        unit.code: unit
        for some in _slices(codes)
        for unit in session.scalars(select(Unit).where(Unit.code.in_(some)))
    }


def offices_by_code(session: Session, codes: Collection[str]) -> dict[str, tuple[Office, str]]:
    """Return the offices with these codes, each with the path of its unit."""
    return {
        office.code: (office, path)
        for some in _slices(codes)
        for office, path in session.execute(
            select(Office, Unit.path).join(Unit, Unit.id == Office.unit_id).where(Office.code.in_(some))
        )
    }


def points_of_offices(session: Session, office_ids: Collection[int]) -> list[ServicePoint]:
    """Return the active counters of these offices."""
    return [
        point
        for some in _slices(office_ids)
        for point in session.scalars(
            select(ServicePoint).where(ServicePoint.office_id.in_(some), ServicePoint.active)
        )
    ]


def _slices(values: Collection[str] | Collection[int]) -> Iterator[list[str] | list[int]]:
    """Cut a long list into pieces that a statement can name."""
    rest = iter(sorted(set(values)))  # type: ignore[type-var]
    while some := list(islice(rest, _AT_ONCE)):
        yield some  # type: ignore[misc]


def report_of(kept: OfficeImport) -> list[PlannedRow]:
    """Return what was said about each row of a kept list."""
    rows = json.loads(zlib.decompress(kept.report))
    return [PlannedRow(**row | {"fate": RowFate(row["fate"])}) for row in rows]


def report_digest(kept: OfficeImport) -> str:
    """Return a fingerprint of a report, so that a word given to one report does not count for another."""
    return hashlib.sha256(kept.report).hexdigest()

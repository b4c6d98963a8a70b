"""Takes a list of offices and counters: first only its report is kept, then, on a word, all of it is stored."""

from __future__ import annotations

import json
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.models import Office, OfficeImport, PublicCode, ServicePoint
from survey_app.offices.queries import (
    import_of,
    offices_by_code,
    points_of_offices,
    report_digest,
    units_by_code,
)
from survey_app.offices.rules import RandomSource, fold, new_code
from survey_app.offices.rules.lists import ListRow, RowFate, possible_unit_codes
from survey_app.offices.rules.plan import (
    Known,
    KnownUnit,
    OfficePlan,
    Plan,
    PointKey,
    PointPlan,
    codes_named,
    plan_rows,
    point_key,
)

KEPT_FOR = timedelta(days=1)


def plan_import(session: Session, *, rows: Sequence[ListRow], scopes: Sequence[str]) -> Plan:
    """Compare `rows` with what is stored; `scopes` are the unit paths inside which the person may write."""
    return plan_rows(rows, _known(session, rows), scopes)


def _known(session: Session, rows: Sequence[ListRow]) -> Known:
    units = units_by_code(session, {code for row in rows for code in possible_unit_codes(row.unit_code)})
    offices = {
        code: OfficePlan(
            office.id, code, office.unit_id, path, office.name, office.name_en, office.address, office.active
        )
        for code, (office, path) in offices_by_code(session, {codes_named(row) for row in rows}).items()
    }
    codes = {office.id: code for code, office in offices.items() if office.id is not None}
    points: dict[PointKey, PointPlan] = {}
    for one in points_of_offices(session, codes):
        point = PointPlan(one.id, codes[one.office_id], one.number, one.name, one.name_en, one.kind)
        points.setdefault(point_key(point.office_code, point.number, point.name), point)
    return Known(
        {code: KnownUnit(unit.id, unit.path, unit.valid_to is not None) for code, unit in units.items()},
        offices,
        points,
    )


def keep_import(
    session: Session,
    *,
    account_id: int,
    file_name: str,
    rows: Sequence[ListRow],
    scopes: Sequence[str],
    now: datetime,
) -> OfficeImport:
    """Keep a list with its report until its owner says what to do; one a person, for a day. Stores no office."""
    plan = plan_import(session, rows=rows, scopes=scopes)
    session.execute(delete(OfficeImport).where(OfficeImport.created_at < now - KEPT_FOR))
    drop_import(session, account_id=account_id)
    kept = OfficeImport(
        account_id=account_id,
        file_name=file_name[:100],
        created_at=now,
        rows=_packed([asdict(row) for row in rows]),
        report=_packed([asdict(row) for row in plan.rows]),
    )
    session.add(kept)
    session.flush()
    return kept


def drop_import(session: Session, *, account_id: int) -> None:
    """Throw away what a person uploaded."""
    session.execute(delete(OfficeImport).where(OfficeImport.account_id == account_id))


class UnableToImport(Refused):
    """The list is gone, has errors, or what is stored changed after its report was read."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How many offices and counters an import added and changed."""

    offices_added: int
    offices_changed: int
    points_added: int
    points_changed: int


def store_import(
    session: Session,
    *,
    account_id: int,
    digest: str,
    scopes: Sequence[str],
    now: datetime,
    rng: RandomSource = secrets,
) -> ImportResult:
    """Store all of a kept list, with a public code for each new counter, and throw the list away.

    Raises
    ------
    UnableToImport
        The list is gone, a row has an error, or what would become of the rows is no longer what the report with
        this `digest` said: then nothing is stored.
    """
    kept = import_of(session, account_id)
    if kept is None:
        raise UnableToImport(
            _("Danh sách này không còn, có thể đã được lưu ở cửa sổ khác. Hãy tải tệp lên lại.")
        )
    rows = [ListRow(**row) for row in json.loads(zlib.decompress(kept.rows))]
    plan = plan_import(session, rows=rows, scopes=scopes)
    if plan.count(RowFate.ERROR):
        raise UnableToImport(_("Danh sách còn dòng có lỗi nên chưa lưu gì. Hãy sửa tệp rồi tải lên lại."))
    if report_digest(kept) != digest or _packed([asdict(row) for row in plan.rows]) != kept.report:
        raise UnableToImport(
            _(
                "Dữ liệu đã thay đổi sau khi lập báo cáo nên chưa lưu gì. Hãy tải tệp lên lại để xem báo cáo mới."
            )
        )
    result = _store(session, plan, now, rng)
    drop_import(session, account_id=account_id)
    return result


def _store(session: Session, plan: Plan, now: datetime, rng: RandomSource) -> ImportResult:
    new_offices = [office for office in plan.offices.values() if office.id is None]
    old_offices = [office for office in plan.offices.values() if office.id is not None]
    if new_offices:
        session.execute(insert(Office), [_office_values(office) for office in new_offices])
    changed = sum(_change_office(session, office) for office in old_offices)
    new_points = [point for point in plan.points if point.id is None]
    old_points = [point for point in plan.points if point.id is not None]
    _add_points(session, new_points, now, rng)
    for point in old_points:
        stored = session.get_one(ServicePoint, point.id)
        stored.name, stored.name_en, stored.kind = point.name, point.name_en, point.kind
    session.flush()
    return ImportResult(len(new_offices), changed, len(new_points), len(old_points))


def _office_values(office: OfficePlan) -> dict[str, Any]:
    return {
        "code": office.code,
        "unit_id": office.unit_id,
        "name": office.name,
        "name_en": office.name_en,
        "address": office.address,
        "active": True,
        "search_name": fold(office.name),
    }


def _change_office(session: Session, plan: OfficePlan) -> bool:
    office = session.get_one(Office, plan.id)
    if (office.name, office.name_en, office.address) == (plan.name, plan.name_en, plan.address):
        return False
    office.name, office.name_en, office.address = plan.name, plan.name_en, plan.address
    office.search_name = fold(plan.name)
    return True


def _add_points(session: Session, points: Sequence[PointPlan], now: datetime, rng: RandomSource) -> None:
    """Insert counters and their codes in few statements: a list may hold twenty thousand."""
    if not points:
        return
    offices = {
        code: office.id
        for code, (office, _path) in offices_by_code(session, {p.office_code for p in points}).items()
    }
    values = [
        {
            "office_id": offices[point.office_code],
            "number": point.number,
            "name": point.name,
            "name_en": point.name_en,
            "kind": point.kind,
            "active": True,
        }
        for point in points
    ]
    ids = session.scalars(
        insert(ServicePoint).returning(ServicePoint.id, sort_by_parameter_order=True), values
    ).all()
    codes = _new_codes(session, len(ids), rng)
    session.execute(
        insert(PublicCode),
        [
            {"code": code, "service_point_id": one, "issued_at": now}
            for code, one in zip(codes, ids, strict=True)
        ],
    )


def _new_codes(session: Session, count: int, rng: RandomSource) -> list[str]:
    codes: dict[str, None] = {}
    while len(codes) < count:
        drawn = list({new_code(rng) for _number in range(min(500, count - len(codes)))} - set(codes))
        taken = set(session.scalars(select(PublicCode.code).where(PublicCode.code.in_(drawn))))
        codes |= dict.fromkeys(code for code in drawn if code not in taken)
    return list(codes)


def _packed(rows: list[dict[str, Any]]) -> bytes:
    return zlib.compress(json.dumps(rows, ensure_ascii=False, sort_keys=True).encode())

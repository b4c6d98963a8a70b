"""What a public code leads to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from survey_app.offices.models import Office, PublicCode, ServicePoint, Unit
from survey_app.offices.rules import CodeStatus


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
    unit_path: str | None


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
        Unit.path.label("unit_path"),
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

"""Reads of the daily checks of codes on walls and counters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, distinct, exists, func, select
from sqlalchemy.orm import Session

from survey_app.foundation.paging import Paged, paged
from survey_app.foundation.paths import inside_any
from survey_app.offices.models import Office, PublicCode, QrCheck, ServicePoint, Unit
from survey_app.offices.queries.points import PAGE, PointLine, points_by_id
from survey_app.offices.rules import CheckOutcome


@dataclass(frozen=True, slots=True)
class LastCheck:
    """The latest check of one counter's code."""

    service_point_id: int
    checked_at: datetime
    outcome: CheckOutcome
    account_id: int


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A counter with its latest check, None if nobody ever checked it."""

    point: PointLine
    last: LastCheck | None


def last_checks(session: Session, service_point_ids: Sequence[int]) -> dict[int, LastCheck]:
    """Return the latest check of each of these counters, by id; those never checked are left out."""
    latest = (
        select(QrCheck.service_point_id, func.max(QrCheck.checked_at).label("checked_at"))
        .where(QrCheck.service_point_id.in_(service_point_ids))
        .group_by(QrCheck.service_point_id)
        .subquery()
    )
    query = (
        select(QrCheck.service_point_id, QrCheck.checked_at, QrCheck.outcome, QrCheck.account_id)
        .join(
            latest,
            (latest.c.service_point_id == QrCheck.service_point_id)
            & (latest.c.checked_at == QrCheck.checked_at),
        )
        .order_by(QrCheck.id)
    )
    return {row.service_point_id: LastCheck(*row) for row in session.execute(query)}


def check_lines(
    session: Session, *, inside: Sequence[str], day_began: datetime, unchecked_only: bool, page: int = 1
) -> Paged[CheckLine]:
    """Return one page of the active counters inside the unit paths `inside` that have a code.

    `unchecked_only` leaves out those that were checked since `day_began`.
    """
    # In the order of an index, so that the first page reads fifty counters and not ten thousand.
    query = _checkable(inside).order_by(ServicePoint.office_id, ServicePoint.id)
    if unchecked_only:
        today = select(QrCheck.service_point_id).where(QrCheck.checked_at >= day_began)
        query = query.where(ServicePoint.id.not_in(today))
    points = points_by_id(session, session.scalars(query.limit(PAGE + 1).offset((page - 1) * PAGE)).all())
    last = last_checks(session, [point.service_point_id for point in points])
    lines = [CheckLine(point, last.get(point.service_point_id)) for point in points]
    return paged(lines, number=page, size=PAGE)


def _checkable(inside: Sequence[str]) -> Select[int]:
    """Return the SELECT of ids of the active counters with a code inside these unit paths.

    A closed office has no active counter, so nobody asks for the office's own state.
    """
    has_code = exists().where(PublicCode.service_point_id == ServicePoint.id, PublicCode.revoked_at.is_(None))
    query = select(ServicePoint.id).where(ServicePoint.active, has_code)
    if "" in inside:
        return query
    offices = select(Office.id).join(Unit, Unit.id == Office.unit_id).where(inside_any(Unit.path, inside))
    return query.where(ServicePoint.office_id.in_(offices))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many counters there are to check, how many were, and at how many of those something is wrong."""

    counters: int
    checked: int
    wrong: int


def tally(session: Session, *, inside: Sequence[str], day_began: datetime) -> Tally:
    """Count the counters to check inside the unit paths `inside`, and the checks of them since `day_began`."""
    active = _checkable(inside)
    counters = session.scalar(select(func.count()).select_from(active.subquery())) or 0
    wrong = case((QrCheck.outcome != CheckOutcome.OK, QrCheck.service_point_id))
    checks = select(
        func.count(distinct(QrCheck.service_point_id)).label("checked"),
        func.count(distinct(wrong)).label("wrong"),
    ).where(QrCheck.checked_at >= day_began, QrCheck.service_point_id.in_(active))
    row = session.execute(checks).one()
    return Tally(counters, row.checked, row.wrong)

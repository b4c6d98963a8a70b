"""Reads of the kiosks room."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from survey_app.campaigns.queries import Entry, find_entry
from survey_app.foundation.paging import Paged, paged
from survey_app.foundation.paths import inside_any
from survey_app.kiosks.models import Kiosk
from survey_app.kiosks.rules.health import SILENT_AFTER, WAITS_TOO_LONG_AFTER, Signal, needs_a_look, signal
from survey_app.offices.models import Office, PublicCode, ServicePoint, Unit
from survey_app.offices.rules import fold, normalise_code

PAGE_SIZE = 50
COUNTERS_OFFERED = 20


def digest_of(secret: str) -> str:
    """Return what is stored of a device's key or an enrolment token: one way, and both are random."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Device:
    """The kiosk whose key a request showed."""

    kiosk_id: int
    service_point_id: int
    name: str
    pin_changed_at: datetime
    received: int
    revoked_at: datetime | None


def device_by_key(session: Session, key: str) -> Device | None:
    """Return the kiosk whose device holds `key`; one indexed read."""
    columns = [getattr(Kiosk, name) for name in Device.__slots__ if name != "kiosk_id"]
    query = select(Kiosk.id, *columns).where(Kiosk.device_digest == digest_of(key))
    row = session.execute(query).one_or_none()
    return None if row is None else Device(*row)


def entry_at(session: Session, *, code: str, service_point_id: int, now: datetime) -> Entry | None:
    """Return what a kiosk that was opened under `code` asks now; None if the code is of another counter.

    A rotated code leads to its successor: a poster that was pasted over must not stop the tablet beside it. The entry
    keeps the code of the kiosk's own address, for which its tickets are signed.
    """
    entry = find_entry(session, code=code, now=now)
    if entry is not None and entry.replaced_by is not None:
        entry = find_entry(session, code=entry.replaced_by, now=now)
    if entry is None or entry.service_point_id != service_point_id:
        return None
    return replace(entry, code=code)


@dataclass(frozen=True, slots=True)
class KioskLine:
    """A kiosk with its counter, its office and its unit; `code` is the counter's active one."""

    id: int
    name: str
    service_point_id: int
    point_name: str
    point_number: str | None
    office_code: str
    office_name: str
    unit_name: str
    unit_path: str
    code: str | None
    created_at: datetime
    enrolled_at: datetime | None
    last_seen_at: datetime | None
    queue_length: int
    oldest_waiting_at: datetime | None
    refused: int
    recorded: int
    received: int
    app_version: str | None
    pin_locked_until: datetime | None
    enrolment_expires_at: datetime | None
    revoked_at: datetime | None

    def signal(self, now: datetime) -> Signal:
        """Say whether the kiosk is heard from."""
        return signal(
            enrolled_at=self.enrolled_at,
            last_seen_at=self.last_seen_at,
            revoked_at=self.revoked_at,
            now=now,
        )

    def needs_a_look(self, now: datetime) -> bool:
        """Say whether somebody should go and see."""
        return needs_a_look(self.signal(now), self.refused, self.oldest_waiting_at, now)


def _lines() -> Select[Any]:
    active = and_(PublicCode.service_point_id == Kiosk.service_point_id, PublicCode.revoked_at.is_(None))
    own = {
        "point_name": ServicePoint.name,
        "point_number": ServicePoint.number,
        "office_code": Office.code,
        "office_name": Office.name,
        "unit_name": Unit.name,
        "unit_path": Unit.path,
        "code": PublicCode.code,
    }
    columns = [own[name].label(name) if name in own else getattr(Kiosk, name) for name in KioskLine.__slots__]
    return (
        select(*columns)
        .select_from(Kiosk)
        .join(ServicePoint, ServicePoint.id == Kiosk.service_point_id)
        .join(Office, Office.id == ServicePoint.office_id)
        .join(Unit, Unit.id == Office.unit_id)
        .outerjoin(PublicCode, active)
    )


def kiosk_line(session: Session, kiosk_id: int) -> KioskLine | None:
    """Return one kiosk with its place."""
    row = session.execute(_lines().where(Kiosk.id == kiosk_id)).one_or_none()
    return None if row is None else KioskLine(*row)


def list_kiosks(
    session: Session, *, scopes: Sequence[str], now: datetime, page: int, trouble_only: bool = False
) -> Paged[KioskLine]:
    """Return one page of the kiosks inside `scopes` (unit paths): those in use first, then as they were added."""
    order = (Kiosk.revoked_at.is_not(None), Kiosk.id)
    wanted = _placed(select(Kiosk.id), scopes)
    if trouble_only:
        wanted = wanted.where(_in_trouble(now))
    # First the few ids of the page, then their places: the names of thousands of counters need not be read.
    wanted = wanted.order_by(*order).limit(PAGE_SIZE + 1).offset((page - 1) * PAGE_SIZE)
    rows = session.execute(_lines().where(Kiosk.id.in_(wanted.subquery().select())).order_by(*order)).all()
    return paged([KioskLine(*row) for row in rows], number=page, size=PAGE_SIZE)


def _placed(query: Any, scopes: Sequence[str]) -> Any:
    """Return `query` over kiosks, restricted to those inside `scopes`; whoever may see all needs no join."""
    if "" in scopes:
        return query
    return (
        query.join(ServicePoint, ServicePoint.id == Kiosk.service_point_id)
        .join(Office, Office.id == ServicePoint.office_id)
        .join(Unit, Unit.id == Office.unit_id)
        .where(inside_any(Unit.path, scopes))
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Sums over the kiosks of some units."""

    in_use: int
    in_trouble: int
    waiting: int


def standing(session: Session, *, scopes: Sequence[str], now: datetime) -> Standing:
    """Return how many kiosks inside `scopes` are in use or need a look, and how many answers wait on them."""
    sums = select(
        func.count(),
        func.count().filter(_in_trouble(now)),
        func.coalesce(func.sum(Kiosk.queue_length), 0),
    )
    query = _placed(sums.select_from(Kiosk), scopes).where(Kiosk.revoked_at.is_(None))
    return Standing(*map(int, session.execute(query).one()))


def _in_trouble(now: datetime) -> ColumnElement[bool]:
    """Return the condition that `rules.health.needs_a_look` says in Python."""
    return and_(
        Kiosk.revoked_at.is_(None),
        Kiosk.last_seen_at.is_not(None),
        or_(
            Kiosk.last_seen_at < now - SILENT_AFTER,
            Kiosk.refused > 0,
            Kiosk.oldest_waiting_at < now - WAITS_TOO_LONG_AFTER,
        ),
    )


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter that a kiosk may stand at."""

    id: int
    name: str
    office_name: str
    unit_name: str
    unit_path: str


_COUNTER = (
    select(ServicePoint.id, ServicePoint.name, Office.name, Unit.name, Unit.path)
    .join(Office, Office.id == ServicePoint.office_id)
    .join(Unit, Unit.id == Office.unit_id)
    .where(ServicePoint.active, Office.active)
)


def counter(session: Session, service_point_id: int) -> Counter | None:
    """Return an active counter with its office and unit."""
    row = session.execute(_COUNTER.where(ServicePoint.id == service_point_id)).one_or_none()
    return None if row is None else Counter(*row)


def find_counters(session: Session, *, scopes: Sequence[str], words: str) -> list[Counter]:
    """Return at most 20 active counters inside `scopes` whose code is `words`, or whose place bears these words.

    The name of the unit is searched without diacritics; names of offices and counters as they are written.
    """
    query = _COUNTER.where(inside_any(Unit.path, scopes))
    code, words = normalise_code(words), " ".join(words.replace("\0", " ").split())
    if code is not None:
        at_code = select(PublicCode.service_point_id).where(PublicCode.code == code)
        query = query.where(ServicePoint.id.in_(at_code))
    elif words:
        query = query.where(
            or_(
                Office.name.icontains(words, autoescape=True),
                ServicePoint.name.icontains(words, autoescape=True),
                Unit.search_name.contains(fold(words), autoescape=True),
            )
        )
    query = query.order_by(Unit.path, Office.code, ServicePoint.id).limit(COUNTERS_OFFERED)
    return [Counter(*row) for row in session.execute(query)]

"""Append-only log of staff actions; every line is chained to the one before by a keyed hash (HMAC-SHA-256).

Whoever changes, removes or reorders lines in the database would need the key from the environment to hide it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CHAR, JSON, Index, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey_app.foundation.columns import BigId, UtcDateTime
from survey_app.foundation.database import Base, insert_if_absent

START = "0" * 64
BY_COMMAND = "command line"


class AuditEntry(Base):
    """One action: who (`account:7`, or the command line), what, in which unit, on which record.

    `number` counts from 1 without a gap. No personal data of citizens goes into `details`.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "unit_path", "number"), Index(None, "actor", "number"))

    number: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(60))
    unit_path: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(120))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(CHAR(64))


class AuditHead(Base):
    """The end of the chain: writers lock this one row, and removing the last lines shows."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigId)
    digest: Mapped[str] = mapped_column(CHAR(64))
    seal: Mapped[str] = mapped_column(CHAR(64))


def record(
    session: Session,
    *,
    key: str,
    actor: str,
    action: str,
    subject: str,
    now: datetime,
    unit_path: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append one line in the transaction of what it reports: both are stored or neither."""
    head = _locked_head(session, key)
    entry = AuditEntry(
        number=head.number + 1,
        at=now,
        actor=actor[:40],
        action=action[:60],
        unit_path=unit_path[:120],
        subject=subject[:120],
        details=dict(details or {}),
        digest="",
    )
    entry.digest = _digest(key, head.digest, entry)
    session.add(entry)
    head.number, head.digest = entry.number, entry.digest
    head.seal = _seal(key, head.number, head.digest)
    session.flush()


def _locked_head(session: Session, key: str) -> AuditHead:
    query = select(AuditHead).where(AuditHead.id == 1).with_for_update()
    head = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if head is None:
        first = {"id": 1, "number": 0, "digest": START, "seal": _seal(key, 0, START)}
        insert_if_absent(session, AuditHead, first)
        head = session.scalars(query.execution_options(populate_existing=True)).one()
    return head


def _seal(key: str, number: int, digest: str) -> str:
    return hmac.new(key.encode(), f"head {number} {digest}".encode(), hashlib.sha256).hexdigest()


def _digest(key: str, previous: str, entry: AuditEntry) -> str:
    line = {
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "action": entry.action,
        "unit_path": entry.unit_path,
        "subject": entry.subject,
        "details": entry.details,
    }
    text = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(key.encode(), f"{previous} {text}".encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: lines read, and the first flaw with the number of its line (None if sound).

    `digest` is of the last sound line. Noted outside the machine, it shows later whether the whole log was put back
    to an older state, which the chain alone cannot tell.
    """

    lines: int
    flaw: str | None
    at_number: int | None
    digest: str = START


def verify(session: Session, *, key: str, expected: tuple[int, str] | None = None) -> Verdict:
    """Walk the whole chain in bounded memory and say where it first breaks.

    `expected` is (number, digest) of a line as an earlier verification gave it.
    """
    query = select(AuditEntry).order_by(AuditEntry.number).execution_options(yield_per=1000)
    lines = session.scalars(query)
    try:
        verdict = _walk(lines, key, expected)
    finally:
        # A walk that stops at a flaw leaves rows unread.
        lines.close()
    if verdict.flaw is None and (flaw := _flaw_of_end(session, key, verdict)):
        return Verdict(verdict.lines, flaw, verdict.lines + 1, verdict.digest)
    return verdict


def _walk(lines: Iterable[AuditEntry], key: str, expected: tuple[int, str] | None) -> Verdict:
    digest, count = START, 0
    for entry in lines:
        if entry.number != count + 1:
            return Verdict(count, "a line is missing or out of order", count + 1, digest)
        if not hmac.compare_digest(entry.digest, _digest(key, digest, entry)):
            return Verdict(count, "the line was changed, or exchanged for another", count + 1, digest)
        digest, count = entry.digest, entry.number
        if expected is not None and expected[0] == count and expected[1] != digest:
            return Verdict(count, "the line is not the one that was noted", count, digest)
    if expected is not None and expected[0] > count:
        return Verdict(count, "lines that were there earlier are missing", count + 1, digest)
    return Verdict(count, None, None, digest)


def _flaw_of_end(session: Session, key: str, verdict: Verdict) -> str | None:
    head = session.get(AuditHead, 1)
    if head is None:
        return "the record of the end is missing" if verdict.lines else None
    if not hmac.compare_digest(head.seal, _seal(key, head.number, head.digest)):
        return "the seal of the end was changed"
    if (head.number, head.digest) != (verdict.lines, verdict.digest):
        return "lines at the end are missing"
    return None

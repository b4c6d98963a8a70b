"""Entries about phones that must not be written to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.messaging.models import OptOut
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.optouts import Lifter, Reason, may_lift


@dataclass(frozen=True, slots=True)
class OptOutEntry:
    """One reason not to write to a phone; the phone itself cannot be told from it."""

    id: int
    reason: Reason
    medium: Medium
    since: datetime
    source: str

    @property
    def staff_may_lift(self) -> bool:
        """Say whether a person in the office may take it away; a citizen's own refusal, never."""
        return may_lift(self.reason, Lifter.STAFF)


def entries_of(session: Session, phone_hash: str) -> list[OptOutEntry]:
    """Return what is noted about the phone with this hash, the oldest first."""
    query = select(OptOut).where(OptOut.phone_hash == phone_hash).order_by(OptOut.since, OptOut.id)
    return [_entry(row) for row in session.scalars(query)]


def latest_entries(session: Session, *, offset: int, most: int) -> list[OptOutEntry]:
    """Return a page of all entries, the latest first."""
    query = select(OptOut).order_by(OptOut.since.desc(), OptOut.id.desc()).offset(offset).limit(most)
    return [_entry(row) for row in session.scalars(query)]


def _entry(row: OptOut) -> OptOutEntry:
    return OptOutEntry(row.id, Reason(row.reason), Medium(row.medium), row.since, row.source)

"""Forgets what is not needed any more, a part at a time so that nobody waits, and keeps a record of it.

A database that was restored from a backup holds again what was purged since: purging it once more takes the same,
because every record carries its own date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from survey_app.feedback.models import (
    Attachment,
    AttachmentContent,
    Case,
    CaseClock,
    CaseContact,
    ConsentRecord,
    Grievance,
    GrievanceEvent,
    PrivacyRequest,
    PurgeRun,
)
from survey_app.feedback.operations.emptying import forget_searched_words, wipe_answers, wipe_record
from survey_app.feedback.queries.retention import due_records
from survey_app.feedback.rules.retention import Record, digest_of
from survey_app.foundation.clock import local_date

AT_ONCE = 200
"""Records of one class in one transaction: on SQLite others wait for it."""


@dataclass(frozen=True, slots=True)
class Purged:
    """What one part of a purge took."""

    counts: Mapping[Record, int]
    digest: str
    is_more_due: bool


def purge(session: Session, *, now: datetime, most: int = AT_ONCE) -> Purged:
    """Purge at most `most` records of each class that are due by `rules.retention`; call again while more is due."""
    today = local_date(now)
    taken: dict[Record, Sequence[int]] = {}
    for record, forget in _BY_RECORD.items():
        query = due_records(record, today=today, now=now).limit(most)
        taken[record] = session.scalars(query).all()
        if taken[record]:
            forget(session, taken[record], now)
            session.flush()
    is_more_due = any(len(ids) == most for ids in taken.values())
    # Also where the cases went in an earlier part: nobody else asks for it.
    if not is_more_due:
        forget_searched_words(session)
    counts = {record: len(ids) for record, ids in taken.items() if ids}
    digest = digest_of(taken)
    if counts:
        session.add(PurgeRun(at=now, counts={str(one): n for one, n in counts.items()}, digest=digest))
        session.flush()
    return Purged(counts, digest, is_more_due)


def _forget_contacts(session: Session, cases: Sequence[int], now: datetime) -> None:
    session.execute(delete(CaseContact).where(CaseContact.case_id.in_(cases)))
    session.execute(update(Case).where(Case.id.in_(cases)).values(phone_hash=None))


def _empty_cases(session: Session, cases: Sequence[int], now: datetime) -> None:
    _forget_contacts(session, cases, now)
    wipe_answers(session, cases)
    wipe_record(session, cases)
    _forget_files(session, select(Attachment.id).where(Attachment.case_id.in_(cases)))
    session.execute(delete(ConsentRecord).where(ConsentRecord.case_id.in_(cases)))
    wordless = dict.fromkeys(("text", "proposal", "place", "summary", "folded", "search_text"), "")
    session.execute(
        update(Case).where(Case.id.in_(cases)).values(wordless | {"national_code": None, "purged_at": now})
    )


def _forget_grievances(session: Session, grievances: Sequence[int], now: datetime) -> None:
    _forget_files(session, select(Attachment.id).where(Attachment.grievance_id.in_(grievances)))
    for model in (GrievanceEvent, CaseClock):
        session.execute(delete(model).where(model.grievance_id.in_(grievances)))
    session.execute(delete(Grievance).where(Grievance.id.in_(grievances)))


def _forget_files(session: Session, files: Select[int]) -> None:
    ids = session.scalars(files).all()
    session.execute(delete(AttachmentContent).where(AttachmentContent.attachment_id.in_(ids)))
    session.execute(delete(Attachment).where(Attachment.id.in_(ids)))


def _forget_who_asked(session: Session, requests: Sequence[int], now: datetime) -> None:
    session.execute(
        update(PrivacyRequest).where(PrivacyRequest.id.in_(requests)).values(subject_sealed=None, outcome="")
    )


_BY_RECORD: Mapping[Record, Callable[[Session, Sequence[int], datetime], None]] = {
    Record.CONTACTS: _forget_contacts,
    Record.CASES: _empty_cases,
    Record.GRIEVANCES: _forget_grievances,
    Record.REQUESTS: _forget_who_asked,
}

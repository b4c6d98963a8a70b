"""What is due to be purged on a day; counted for the preview and chosen for the purge by the same conditions."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from survey_app.feedback.models import Case, CaseContact, Grievance, PrivacyRequest
from survey_app.feedback.rules.grievances import STILL_OPEN
from survey_app.feedback.rules.privacy import FINISHED
from survey_app.feedback.rules.retention import REQUEST_KEPT_DAYS, Record
from survey_app.feedback.rules.states import OPEN, State

STILL_NEEDED = OPEN | {State.MERGED}
"""While a case stands here its sender must still be answered."""


def due_records(record: Record, *, today: date, now: datetime) -> Select[int]:
    """Return the query for the numbers of what is due, in the order it is purged."""
    match record:
        case Record.CONTACTS:
            return _contacts(today)
        case Record.CASES:
            return _cases(today)
        case Record.GRIEVANCES:
            return _grievances(today)
        case Record.REQUESTS:
            return _requests(now)


def _has_open_parts() -> ColumnElement[bool]:
    part = aliased(Case)
    return select(part.id).where(part.part_of_id == Case.id, part.state.in_(STILL_NEEDED)).exists()


def _contacts(today: date) -> Select[int]:
    return (
        select(CaseContact.case_id)
        .join(Case, Case.id == CaseContact.case_id)
        .where(CaseContact.purge_on <= today, Case.state.not_in(STILL_NEEDED), ~_has_open_parts())
        .order_by(CaseContact.case_id)
    )


def _cases(today: date) -> Select[int]:
    return (
        select(Case.id)
        .where(
            Case.purge_on <= today,
            Case.purged_at.is_(None),
            Case.state.not_in(STILL_NEEDED),
            # Its contact is theirs as well.
            ~_has_open_parts(),
        )
        .order_by(Case.id)
    )


def _grievances(today: date) -> Select[int]:
    return (
        select(Grievance.id)
        .where(Grievance.purge_on <= today, Grievance.state.not_in(STILL_OPEN))
        .order_by(Grievance.id)
    )


def _requests(now: datetime) -> Select[int]:
    return (
        select(PrivacyRequest.id)
        .where(
            PrivacyRequest.subject_sealed.is_not(None) | (PrivacyRequest.outcome != ""),
            PrivacyRequest.state.in_(FINISHED),
            PrivacyRequest.completed_at <= now - timedelta(days=REQUEST_KEPT_DAYS),
        )
        .order_by(PrivacyRequest.id)
    )


def count_due(session: Session, *, today: date, now: datetime) -> dict[Record, int]:
    """Return how many records of each class a purge would take now."""
    return {
        record: session.scalar(
            select(func.count()).select_from(
                due_records(record, today=today, now=now).order_by(None).subquery()
            )
        )
        or 0
        for record in Record
    }

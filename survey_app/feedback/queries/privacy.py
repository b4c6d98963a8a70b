"""Requests of data subjects, breaches, and all that is held about who sent a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import (
    Attachment,
    Breach,
    Case,
    CaseContact,
    CaseEvent,
    CaseRating,
    ConsentRecord,
    PrivacyRequest,
    PurgeRun,
)
from survey_app.feedback.queries.tracking import answers_given
from survey_app.feedback.rules.codes import spoken
from survey_app.feedback.rules.privacy import FINISHED
from survey_app.foundation.paging import Paged, paged
from survey_app.foundation.paths import inside_any
from survey_app.foundation.privacy import FieldCipher

PAGE = 50


def open_requests(session: Session, *, inside: Sequence[str]) -> list[PrivacyRequest]:
    """Return the requests of these units that wait, what is due first before."""
    query = select(PrivacyRequest).where(
        inside_any(PrivacyRequest.unit_path, inside), PrivacyRequest.state.not_in(FINISHED)
    )
    return list(session.scalars(query.order_by(PrivacyRequest.complete_by, PrivacyRequest.id).limit(500)))


def requests_of(session: Session, case: Case) -> list[PrivacyRequest]:
    """Return what was asked about the data of one case, newest first."""
    query = select(PrivacyRequest).where(PrivacyRequest.case_id == case.id)
    return list(session.scalars(query.order_by(PrivacyRequest.id.desc()).limit(20)))


def finished_requests(session: Session, *, inside: Sequence[str], number: int = 1) -> Paged[PrivacyRequest]:
    """Return a page of the requests that were carried out or refused, newest first."""
    query = (
        select(PrivacyRequest)
        .where(inside_any(PrivacyRequest.unit_path, inside), PrivacyRequest.state.in_(FINISHED))
        .order_by(PrivacyRequest.completed_at.desc(), PrivacyRequest.id.desc())
        .offset((number - 1) * PAGE)
        .limit(PAGE + 1)
    )
    return paged(session.scalars(query).all(), number=number, size=PAGE)


def breaches(session: Session, *, inside: Sequence[str]) -> list[Breach]:
    """Return the breaches of these units, newest first."""
    query = select(Breach).where(inside_any(Breach.unit_path, inside))
    return list(session.scalars(query.order_by(Breach.detected_at.desc(), Breach.id.desc()).limit(200)))


def purge_runs(session: Session, *, most: int = 10) -> list[PurgeRun]:
    """Return the last purges, newest first."""
    return list(session.scalars(select(PurgeRun).order_by(PurgeRun.id.desc()).limit(most)))


def find_case(session: Session, code: str) -> Case | None:
    """Return the case with this code."""
    return session.scalars(select(Case).where(Case.code == code)).one_or_none()


def subject_of(request: PrivacyRequest, *, key: str) -> str:
    """Return who asks, and what in the words of who asked by code and PIN; `key` is SURVEY_CONTACT_KEY."""
    sealed = request.subject_sealed
    return FieldCipher(key).decrypt(sealed) if sealed is not None else ""


def contact_of(session: Session, case_id: int, *, key: str) -> dict[str, str]:
    """Return who sent a case, in the clear; nothing where nobody is known."""
    contact = session.get(CaseContact, case_id)
    if contact is None:
        return {}
    cipher = FieldCipher(key)
    sealed = {name: getattr(contact, f"{name}_sealed") for name in ("name", "phone", "email", "address")}
    return {name: cipher.decrypt(value) for name, value in sealed.items() if value is not None}


def held_about(session: Session, case: Case, *, key: str) -> dict[str, Any]:
    """Return all that is held of a case and its sender, for the sender to read; officers' own notes are not theirs."""
    contact = session.get(CaseContact, case.id)
    return {
        "code": spoken(case.code),
        "kind": str(case.kind),
        "channel": str(case.channel),
        "state": str(case.state),
        "sent_at": case.created_at.isoformat(),
        "anonymity": str(case.anonymity),
        "place": case.place,
        "text": case.text,
        "proposal": case.proposal,
        "sender": contact_of(session, case.id, key=key),
        "kept": {
            "purpose": contact.purpose if contact else "",
            "ground": contact.ground if contact else "",
            "contact_until": contact.purge_on.isoformat() if contact else "",
            "case_until": case.purge_on.isoformat() if case.purge_on else "",
        },
        "consents": _consents(session, case.id),
        "steps": _steps(session, case.id),
        "answers": [
            {"sent_at": one.sent_at.isoformat(), "parts": [list(part) for part in one.parts]}
            for one in answers_given(session, case)
        ],
        "ratings": _ratings(session, case.id),
        "files": _files(session, case.id),
    }


def _consents(session: Session, case_id: int) -> list[dict[str, str]]:
    query = select(ConsentRecord).where(ConsentRecord.case_id == case_id).order_by(ConsentRecord.id)
    return [
        {
            "purpose": one.purpose,
            "text_version": one.text_version,
            "channel": one.channel,
            "given_at": one.given_at.isoformat(),
            "withdrawn_at": one.withdrawn_at.isoformat() if one.withdrawn_at else "",
        }
        for one in session.scalars(query)
    ]


def _steps(session: Session, case_id: int) -> list[dict[str, str]]:
    query = select(CaseEvent.at, CaseEvent.step, CaseEvent.reason).where(CaseEvent.case_id == case_id)
    return [
        {"at": at.isoformat(), "step": str(step), "reason": reason}
        for at, step, reason in session.execute(query.order_by(CaseEvent.id))
    ]


def _ratings(session: Session, case_id: int) -> list[dict[str, Any]]:
    query = select(CaseRating).where(CaseRating.case_id == case_id).order_by(CaseRating.id)
    return [
        {
            "rated_at": one.rated_at.isoformat(),
            "satisfaction": one.satisfaction,
            "solved": str(one.solved),
            "comment": one.comment,
        }
        for one in session.scalars(query)
    ]


def _files(session: Session, case_id: int) -> list[dict[str, Any]]:
    query = select(Attachment).where(Attachment.case_id == case_id).order_by(Attachment.id)
    return [
        {"label": one.label, "media_type": str(one.media_type), "bytes": one.size, "sha256": one.digest}
        for one in session.scalars(query)
    ]

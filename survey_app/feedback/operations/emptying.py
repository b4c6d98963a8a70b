"""Takes the words out of a case: what goes along to the restricted register, and the shell that is left behind."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from survey_app.feedback.models import (
    Answer,
    AnswerVersion,
    Attachment,
    AttachmentContent,
    Case,
    CaseContact,
    CaseEvent,
    CaseRating,
    Grievance,
    PublicCopy,
)
from survey_app.feedback.operations.attachments import sealed_bytes
from survey_app.feedback.rules.states import Step
from survey_app.foundation.fulltext import forget_deleted_words
from survey_app.foundation.privacy import FieldCipher

_SEALED = ("name", "phone", "email", "address")
# What a report needs; everything else in an event's details may name somebody, or tell what the case is.
_KEPT_DETAILS = frozenset(
    {"addressed", "from", "to", "parts", "part", "part_of", "primary", "files", "count"}
)


def gathered(session: Session, *, case: Case, key: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Return all words of a case, and its sender in the clear; of a part also those of the whole it was split from."""
    texts: dict[str, Any] = {name: getattr(case, name) for name in ("text", "proposal", "place", "summary")}
    texts["answers"] = [
        dict(parts)
        for parts in session.scalars(
            select(Answer.parts).where(Answer.case_id == case.id).order_by(Answer.id)
        )
    ]
    query = select(CaseEvent.at, CaseEvent.step, CaseEvent.reason, CaseEvent.note).where(
        CaseEvent.case_id == case.id, (CaseEvent.reason != "") | (CaseEvent.note != "")
    )
    texts["record"] = [
        [at.isoformat(), str(step), reason, note]
        for at, step, reason, note in session.execute(query.order_by(CaseEvent.id))
    ]
    ratings = select(CaseRating.comment).where(CaseRating.case_id == case.id, CaseRating.comment != "")
    texts["comments"] = list(session.scalars(ratings))
    whole = _whole(session, case)
    if whole is not None:
        texts["whole"] = {"text": whole.text, "proposal": whole.proposal, "place": whole.place}
    return texts, _sender(session, case, key)


def _whole(session: Session, case: Case) -> Case | None:
    return session.get(Case, case.part_of_id) if case.part_of_id is not None else None


def _sender(session: Session, case: Case, key: str) -> dict[str, str]:
    contact = session.get(CaseContact, case.id)
    if contact is None and case.part_of_id is not None:
        contact = session.get(CaseContact, case.part_of_id)
    if contact is None:
        return {}
    cipher = FieldCipher(key)
    sealed = {name: getattr(contact, f"{name}_sealed") for name in _SEALED}
    return {name: cipher.decrypt(value) for name, value in sealed.items() if value is not None}


def move_files(session: Session, *, case: Case, grievance: Grievance, key: str) -> None:
    """Give the files of a case to a grievance, sealed; of a part also those that came with the whole."""
    cipher, cases = FieldCipher(key), [one for one in (case.id, case.part_of_id) if one is not None]
    query = select(Attachment).where(Attachment.case_id.in_(cases)).order_by(Attachment.id)
    for attachment in session.scalars(query).all():
        stored = session.get_one(AttachmentContent, attachment.id)
        stored.content = sealed_bytes(cipher, stored.content)
        attachment.digest = hashlib.sha256(stored.content).hexdigest()
        attachment.case_id, attachment.grievance_id = None, grievance.id
    session.flush()


def empty_case(session: Session, *, case: Case) -> None:
    """Leave only when, where and which steps; of a part also the whole loses its words, which hold the part's.

    Goes through the full-text indexes as well, so that their files hold none of the words any more.
    """
    whole = _whole(session, case)
    for one in (case, whole) if whole is not None else (case,):
        _wipe_words(one)
        wipe_answers(session, [one.id])
        wipe_record(session, [one.id])
    # The whole keeps its sender, whom the other parts are answered to.
    session.execute(delete(CaseContact).where(CaseContact.case_id == case.id))
    session.flush()
    forget_searched_words(session)


def forget_searched_words(session: Session) -> None:
    """Write the full-text indexes anew without the words that were deleted from cases and copies for the public."""
    for model in (Case, PublicCopy):
        forget_deleted_words(session, model.__tablename__)


def _wipe_words(case: Case) -> None:
    case.text = case.proposal = case.place = case.summary = case.folded = case.search_text = ""
    case.field = case.competent_body = ""
    case.phone_hash = None


def wipe_answers(session: Session, cases: Sequence[int]) -> None:
    """Delete answers with their versions, ratings' words and copies for the public."""
    answers = select(Answer.id).where(Answer.case_id.in_(cases))
    session.execute(delete(AnswerVersion).where(AnswerVersion.answer_id.in_(answers)))
    session.execute(delete(Answer).where(Answer.case_id.in_(cases)))
    session.execute(delete(PublicCopy).where(PublicCopy.case_id.in_(cases)))
    session.execute(update(CaseRating).where(CaseRating.case_id.in_(cases)).values(comment=""))
    session.flush()


def wipe_record(session: Session, cases: Sequence[int]) -> None:
    """Take reasons, notes and names out of the events of cases; that they happened, and when, stays.

    The words of a diversion are the same for all and tell nothing.
    """
    query = select(CaseEvent).where(CaseEvent.case_id.in_(cases), CaseEvent.step != Step.DIVERT)
    for event in session.scalars(query):
        event.reason = event.note = ""
        event.details = {name: value for name, value in event.details.items() if name in _KEPT_DETAILS}
    session.flush()

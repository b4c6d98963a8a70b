"""What officers do with a khiếu nại or tố cáo: read it, accept, forward, guide, decide, return, note."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Grievance, GrievanceEvent
from survey_app.feedback.models.columns import NAME_LENGTH
from survey_app.feedback.operations.clocks import start_grievance_clock, stop_grievance_clocks
from survey_app.feedback.rules.actors import Actor, Installation
from survey_app.feedback.rules.grievances import GrievanceMove, GrievanceState, GrievanceStep, move_from
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.privacy import FieldCipher

LONGEST_NOTE = 4_000
LONGEST_NUMBER = 60


class UnableToHandle(Refused):
    """Not in this state or not for this kind; or what the step must tell is missing."""


class GrievanceChangedMeanwhile(Refused):
    """Somebody else worked on it after the page was opened. Nothing was stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told with a step: a note, which is sealed; the competent body; of a decision only number and day."""

    note: str = field(default="", repr=False)
    body: str = ""
    number: str = ""
    document_date: date | None = None

    def document(self) -> dict[str, str]:
        """Return what is kept of a document, nothing unless its day is known."""
        if self.document_date is None:
            return {}
        return {"number": self.number.strip(), "date": self.document_date.isoformat()}


NOTHING = Told()


@dataclass(frozen=True, slots=True)
class GrievanceContent:
    """What was sealed: texts by name, and who sent it. Never logged."""

    texts: Mapping[str, Any] = field(repr=False)
    sender: Mapping[str, str] = field(repr=False)
    notes: tuple[tuple[GrievanceEvent, str], ...] = field(repr=False)


def write_event(
    session: Session,
    grievance: Grievance,
    step: GrievanceStep,
    actor: Actor,
    now: datetime,
    cipher: FieldCipher,
    note: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add a line to the record of a grievance; `note` is sealed."""
    event = _event(grievance, step, actor, now, details=dict(details or {}))
    event.note_sealed = cipher.encrypt(note) if note else None
    session.add(event)
    session.flush()


def _event(
    grievance: Grievance, step: GrievanceStep, actor: Actor, now: datetime, *, details: dict[str, Any]
) -> GrievanceEvent:
    return GrievanceEvent(
        grievance_id=grievance.id,
        at=now,
        step=step,
        actor_kind=actor.kind,
        account_id=actor.account_id,
        details=details,
    )


def read_grievance(
    session: Session, *, grievance: Grievance, actor: Actor, installation: Installation, now: datetime
) -> GrievanceContent:
    """Return what was sealed, and note who read it and when.

    Raises
    ------
    UnableToDecrypt
        The contact key is another one.
    """
    cipher = FieldCipher(installation.contact_key)
    write_event(session, grievance, GrievanceStep.READ, actor, now, cipher)
    query = select(GrievanceEvent).where(
        GrievanceEvent.grievance_id == grievance.id, GrievanceEvent.note_sealed.is_not(None)
    )
    sender = grievance.sender_sealed
    return GrievanceContent(
        texts=json.loads(cipher.decrypt(grievance.content_sealed)),
        sender=json.loads(cipher.decrypt(sender)) if sender else {},
        notes=tuple(
            (event, cipher.decrypt(event.note_sealed or b""))
            for event in session.scalars(query.order_by(GrievanceEvent.id))
        ),
    )


def note_file_read(
    session: Session, *, grievance: Grievance, file_id: int, actor: Actor, now: datetime
) -> None:
    """Note who took a file of it."""
    session.add(_event(grievance, GrievanceStep.READ, actor, now, details={"file": file_id}))
    session.flush()


def take_step(
    session: Session,
    *,
    grievance: Grievance,
    step: GrievanceStep,
    actor: Actor,
    installation: Installation,
    now: datetime,
    version: int,
    told: Told = NOTHING,
) -> None:
    """Accept, forward, guide, decide, return or note, as `rules.grievances.MOVES` allows; clocks follow.

    Raises
    ------
    UnableToHandle
        See there.
    GrievanceChangedMeanwhile
        It is newer than `version`.
    """
    session.refresh(grievance, with_for_update=True)
    if grievance.version != version:
        raise GrievanceChangedMeanwhile(_("Người khác vừa làm việc với đơn này. Xin tải lại trang để xem."))
    move = _permitted(grievance, step)
    _refuse_incomplete(move, told)
    cipher = FieldCipher(installation.contact_key)
    document = told.document() if move.has_document else {}
    write_event(session, grievance, step, actor, now, cipher, told.note.strip(), document)
    grievance.version += 1
    _come_to(session, grievance, move, told.body.strip(), now)


def _permitted(grievance: Grievance, step: GrievanceStep) -> GrievanceMove:
    move = move_from(grievance.state, step, grievance.kind)
    if move is None or step is GrievanceStep.READ:
        raise UnableToHandle(_("Đơn không còn ở trạng thái làm được việc này. Xin tải lại trang để xem."))
    return move


def _refuse_incomplete(move: GrievanceMove, told: Told) -> None:
    if move.names_body and not 0 < len(told.body.strip()) <= NAME_LENGTH:
        raise UnableToHandle(
            _("Xin ghi tên cơ quan có thẩm quyền, không quá %(most)s ký tự.", most=NAME_LENGTH)
        )
    if (move.says_why and not told.note.strip()) or len(told.note) > LONGEST_NOTE:
        raise UnableToHandle(_("Xin ghi nội dung, không quá %(most)s ký tự.", most=LONGEST_NOTE))
    if move.has_document and not 0 < len(told.document().get("number", "")) <= LONGEST_NUMBER:
        raise UnableToHandle(_("Xin ghi số và ngày của quyết định, kết luận."))


def _come_to(session: Session, grievance: Grievance, move: GrievanceMove, body: str, now: datetime) -> None:
    if move.names_body:
        grievance.competent_body = body
    if move.target is GrievanceState.ACCEPTED:
        grievance.accepted_at = now
    elif move.target is not None:
        grievance.ended_at = now
    grievance.state = move.target or grievance.state
    for duty in move.stops:
        stop_grievance_clocks(session, grievance=grievance, now=now, duty=duty)
    if move.starts is not None:
        start_grievance_clock(session, grievance=grievance, duty=move.starts, now=now)
    session.flush()

"""What officers add to a case without moving it: notes, files, and leave to know the sender."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.feedback.models.cases import Case, CaseEvent
from survey_app.feedback.operations.attachments import add_files
from survey_app.feedback.operations.moves import make_move
from survey_app.feedback.rules.actors import Actor, Installation
from survey_app.feedback.rules.drafts import FileDraft
from survey_app.feedback.rules.states import Step
from survey_app.feedback.rules.timeline import RELEASED
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _


class UnableToAdd(Refused):
    """There is nothing to add."""


def add_note(
    session: Session, *, case: Case, note: str, actor: Actor, installation: Installation, now: datetime
) -> CaseEvent:
    """Write a note that officers read and the sender does not.

    Raises
    ------
    UnableToAdd
        It is empty.
    UnableToMove
        The case was turned aside.
    """
    if not note.strip():
        raise UnableToAdd(_("Xin ghi nội dung."))
    return make_move(
        session, case=case, step=Step.NOTE, actor=actor, installation=installation, now=now, note=note
    )


def attach_files(
    session: Session,
    *,
    case: Case,
    files: Sequence[FileDraft],
    actor: Actor,
    installation: Installation,
    now: datetime,
    version: int | None = None,
) -> CaseEvent:
    """Keep files that an officer adds, such as photographs of an inspection.

    Raises
    ------
    UnableToAdd
        No file was chosen.
    UnusableFile
        The case would hold too many.
    UnableToMove, CaseChangedMeanwhile
        See `make_move`.
    """
    if not files:
        raise UnableToAdd(_("Xin chọn tệp."))
    event = make_move(
        session,
        case=case,
        step=Step.ATTACH,
        actor=actor,
        installation=installation,
        now=now,
        version=version,
        details={"files": len(files)},
    )
    add_files(session, case=case, files=files, actor=actor, now=now)
    return event


def release_sender(
    session: Session, *, case: Case, reason: str, actor: Actor, installation: Installation, now: datetime
) -> CaseEvent:
    """Let the unit complained about know who sent the case; the reason stays among the notes of officers.

    Raises
    ------
    UnableToAdd
        No reason is given.
    UnableToMove
        The case was turned aside.
    """
    if not reason.strip():
        raise UnableToAdd(_("Xin ghi lý do."))
    return make_move(
        session,
        case=case,
        step=Step.NOTE,
        actor=actor,
        installation=installation,
        now=now,
        note=reason,
        details={RELEASED: True},
    )

"""The use case behind each button of a case page, called as the person who is here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case
from survey_app.feedback.operations.adding import add_note, attach_files
from survey_app.feedback.operations.assignment import assign, take, unassign
from survey_app.feedback.operations.citizen import reopen, supplement
from survey_app.feedback.operations.closing import close, withdraw
from survey_app.feedback.operations.grievances import divert_case
from survey_app.feedback.operations.merging import merge, unmerge
from survey_app.feedback.operations.triage import (
    ask,
    classify,
    extend,
    forward,
    receive,
    refuse,
    resume,
    transfer,
)
from survey_app.feedback.queries.case_pages import was_just_done
from survey_app.feedback.rules.states import Step
from survey_app.feedback.views.desk.answered_cases import actor_here, installation_here
from survey_app.foundation.clock import now
from survey_app.staff.guards import scopes_here, staff_here

_Operation = Callable[..., Any]


def _made_by_staff(operation: _Operation) -> _Operation:
    """Return a use case as a door calls it: with the person who is here, and the version that the page showed."""

    def made(session: Session, case: Case, version: int, **words: Any) -> Any:
        return operation(
            session,
            case=case,
            version=version,
            actor=actor_here(),
            installation=installation_here(),
            now=now(),
            **words,
        )

    return made


def _take(session: Session, case: Case, version: int) -> Any:
    return take(
        session,
        case=case,
        version=version,
        account_id=staff_here().account_id,
        installation=installation_here(),
        now=now(),
    )


def _merge(session: Session, case: Case, version: int, *, other_id: int, note: str) -> Any:
    primary = session.get(Case, other_id)
    if primary is None:
        abort(404)
    return merge(
        session,
        case=case,
        primary=primary,
        version=version,
        account_id=staff_here().account_id,
        scopes=scopes_here(),
        installation=installation_here(),
        now=now(),
        note=note,
    )


def _unmerge(session: Session, case: Case, version: int) -> Any:
    return unmerge(
        session,
        case=case,
        version=version,
        account_id=staff_here().account_id,
        installation=installation_here(),
        now=now(),
    )


def _note(session: Session, case: Case, version: int, *, note: str) -> Any:
    """A note stands beside whatever others did: it asks for no version, unless the same one was sent before."""
    if version < case.version and was_just_done(
        session,
        case_id=case.id,
        account_id=staff_here().account_id,
        step=Step.NOTE,
        reason="",
        note=note.strip(),
        details={},
        since=case.version - version,
    ):
        return None
    return add_note(
        session, case=case, note=note, actor=actor_here(), installation=installation_here(), now=now()
    )


def _supplement(session: Session, case: Case, version: int, *, text: str) -> Any:
    return supplement(session, case=case, text=text, files=(), installation=installation_here(), now=now())


def _reopen(session: Session, case: Case, version: int, *, reason: str) -> Any:
    return reopen(session, case=case, reason=reason, installation=installation_here(), now=now())


OPERATIONS: dict[Step, _Operation] = {
    Step.RECEIVE: _made_by_staff(receive),
    Step.CLASSIFY: _made_by_staff(classify),
    Step.ASSIGN: _made_by_staff(assign),
    Step.UNASSIGN: _made_by_staff(unassign),
    Step.TAKE: _take,
    Step.TRANSFER: _made_by_staff(transfer),
    Step.FORWARD: _made_by_staff(forward),
    Step.REFUSE: _made_by_staff(refuse),
    Step.ASK: _made_by_staff(ask),
    Step.SUPPLEMENT: _supplement,
    Step.RESUME: _made_by_staff(resume),
    Step.EXTEND: _made_by_staff(extend),
    Step.MERGE: _merge,
    Step.UNMERGE: _unmerge,
    Step.DIVERT: _made_by_staff(divert_case),
    Step.REOPEN: _reopen,
    Step.CLOSE: _made_by_staff(close),
    Step.WITHDRAW: _made_by_staff(withdraw),
    Step.NOTE: _note,
    Step.ATTACH: _made_by_staff(attach_files),
}

WORDS_OF: dict[Step, tuple[str, ...]] = {
    Step.RECEIVE: ("note",),
    Step.CLASSIFY: ("kind", "field", "subject_class", "summary", "note"),
    Step.ASSIGN: ("handler_id", "note"),
    Step.UNASSIGN: ("note",),
    Step.TAKE: (),
    Step.TRANSFER: ("reason", "note"),
    Step.FORWARD: ("body", "reason", "note"),
    Step.REFUSE: ("body", "reason", "note"),
    Step.ASK: ("question", "note"),
    Step.SUPPLEMENT: ("text",),
    Step.RESUME: ("reason",),
    Step.EXTEND: ("reason",),
    Step.MERGE: ("note",),
    Step.UNMERGE: (),
    Step.DIVERT: ("kind", "reason"),
    Step.REOPEN: ("reason",),
    Step.CLOSE: ("note",),
    Step.WITHDRAW: ("note",),
    Step.NOTE: ("note",),
    Step.ATTACH: (),
}
"""What of the form each operation is given."""

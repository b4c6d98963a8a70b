"""What the desk does with one case besides answering it: take in, classify, send on, refuse, ask, extend.

Each raises `UnableToMove` or `CaseChangedMeanwhile` as `make_move` does, and a use case's own refusal where it has one.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.feedback.models.cases import Case, CaseEvent
from survey_app.feedback.operations.clocks import extend_clock, start_clock
from survey_app.feedback.operations.moves import CaseChanges, lock, make_move
from survey_app.feedback.queries.people import living_unit
from survey_app.feedback.rules.actors import Actor, Installation
from survey_app.feedback.rules.kinds import Kind, SubjectClass
from survey_app.feedback.rules.limits import Duty
from survey_app.feedback.rules.states import Step
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _


def receive(
    session: Session,
    *,
    case: Case,
    actor: Actor,
    installation: Installation,
    now: datetime,
    version: int | None = None,
    note: str = "",
) -> CaseEvent:
    """Take the case in; its sender is told."""
    return make_move(
        session,
        case=case,
        step=Step.RECEIVE,
        actor=actor,
        installation=installation,
        now=now,
        version=version,
        note=note,
    )


def classify(
    session: Session,
    *,
    case: Case,
    kind: Kind,
    field: str,
    subject_class: SubjectClass | None,
    actor: Actor,
    installation: Installation,
    now: datetime,
    version: int | None = None,
    summary: str | None = None,
    note: str = "",
) -> CaseEvent:
    """Say what the case is about; `subject_class` is the register's (NĐ 20/2008/NĐ-CP Đ9), `summary` None keeps it.

    A running clock keeps the limit it started with: what the sender was promised is not lengthened by a new word.
    Where the former kind had no limit and the new one has, the clock counts from when the case came in.
    """
    changes: CaseChanges = {"kind": kind, "field": field.strip(), "subject_class": subject_class}
    if summary is not None:
        changes["summary"] = summary.strip()
    details = {"kind": kind, "field": field.strip(), "subject_class": subject_class, "before": case.kind}
    event = make_move(
        session,
        case=case,
        step=Step.CLASSIFY,
        actor=actor,
        installation=installation,
        now=now,
        version=version,
        note=note,
        details=details,
        changes=changes,
    )
    start_clock(session, case=case, duty=Duty.ANSWER, now=case.created_at)
    return event


class UnableToTransfer(Refused):
    """The unit does not exist, was closed, or has the case already."""


def transfer(
    session: Session,
    *,
    case: Case,
    to_path: str,
    reason: str,
    actor: Actor,
    installation: Installation,
    now: datetime,
    version: int | None = None,
    note: str = "",
) -> CaseEvent:
    """Give the case to another unit of the installation: nobody there has it yet, and the hop's clock starts anew.

    The sender is told and reads the reason and the new unit; the unit that took it in can still follow it.

    Raises
    ------
    UnableToTransfer
        No living unit stands under `to_path`, or it has the case already.
    """
    lock(session, case=case, version=version)
    if living_unit(session, to_path) is None:
        raise UnableToTransfer(_("Không có đơn vị đang hoạt động nào như vậy. Xin chọn lại đơn vị nhận."))
    if to_path == case.unit_path:
        raise UnableToTransfer(_("Hồ sơ đã ở đơn vị này. Xin chọn đơn vị khác."))
    return make_move(
        session,
        case=case,
        step=Step.TRANSFER,
        actor=actor,
        installation=installation,
        now=now,
        reason=reason,
        note=note,
        details={"from": case.unit_path, "to": to_path, "handler": case.handler_id},
        changes={"unit_path": to_path, "handler_id": None},
    )


def forward(
    session: Session,
    *,
    case: Case,
    body: str,
    reason: str,
    actor: Actor,
    installation: Installation,
    now: datetime,
    version: int | None = None,
    note: str = "",
) -> CaseEvent:
    """Send the case to the competent `body` outside the installation: the agency forwards, not the citizen.

    Base: NĐ 20/2008/NĐ-CP Đ9; Luật Tiếp công dân 42/2013/QH13 Đ26.2.b.
    """
    return make_move(
        session,
        case=case,
        step=Step.FORWARD,
        actor=actor,
        installation=installation,
        now=now,
        version=version,
        reason=reason,
        note=note,
        body=body,
    )


def refuse(
    session: Session,
    *,
    case: Case,
    body: str,
    reason: str,
    actor: Actor,
    installation: Installation,
    now: datetime,
    version: int | None = None,
    note: str = "",
) -> CaseEvent:
    """Refuse the case with a reason and the `body` that is competent: a bare refusal helps nobody."""
    return make_move(
        session,
        case=case,
        step=Step.REFUSE,
        actor=actor,
        installation=installation,
        now=now,
        version=version,
        reason=reason,
        note=note,
        body=body,
    )


def ask(
    session: Session,
    *,
    case: Case,
    question: str,
    actor: Actor,
    installation: Installation,
    now: datetime,
    version: int | None = None,
    note: str = "",
) -> CaseEvent:
    """Ask the sender for what is missing; the clock pauses where the unit's rules say so."""
    return make_move(
        session,
        case=case,
        step=Step.ASK,
        actor=actor,
        installation=installation,
        now=now,
        version=version,
        reason=question,
        note=note,
    )


def resume(
    session: Session,
    *,
    case: Case,
    reason: str,
    actor: Actor,
    installation: Installation,
    now: datetime,
    version: int | None = None,
) -> CaseEvent:
    """Go on without waiting longer for the sender."""
    return make_move(
        session,
        case=case,
        step=Step.RESUME,
        actor=actor,
        installation=installation,
        now=now,
        version=version,
        reason=reason,
    )


def extend(
    session: Session,
    *,
    case: Case,
    reason: str,
    actor: Actor,
    installation: Installation,
    now: datetime,
    version: int | None = None,
) -> CaseEvent:
    """Extend the limit for the answer, once; the event keeps the old and the new due date.

    Raises
    ------
    UnableToExtend
        The rule allows no longer time, it was used up, or no limit runs (`clocks.extend_clock`).
    """
    lock(session, case=case, version=version)
    before = case.due_at
    event = make_move(
        session, case=case, step=Step.EXTEND, actor=actor, installation=installation, now=now, reason=reason
    )
    extend_clock(session, case=case, now=now)
    event.details = {"due_before": _written(before), "due_after": _written(case.due_at)}
    session.flush()
    return event


def _written(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()

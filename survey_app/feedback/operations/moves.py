"""The one door through which a case changes its state: every move is an event, whoever makes it.

A move locks the case, asks the table of `rules.states`, sets state, dates and version, lets the clocks follow, tells
the citizen where the table says so, and takes the cases merged into this one along. Who may make it is asked before,
at the door (`rules.permissions`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models.cases import Case, CaseEvent, CaseMerge
from survey_app.feedback.models.columns import NAME_LENGTH
from survey_app.feedback.operations.clocks import follow
from survey_app.feedback.operations.notices import tell_citizen
from survey_app.feedback.rules.actors import SYSTEM, Actor, Installation
from survey_app.feedback.rules.kinds import Kind, SubjectClass
from survey_app.feedback.rules.states import (
    ENDED,
    OPEN,
    TURNED_ASIDE,
    UNNOTICED,
    Move,
    State,
    Step,
    is_receipt,
    move_from,
)
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _


class UnableToMove(Refused):
    """The case is not in a state for this, or the reason or the competent body is missing."""


@dataclass(frozen=True, slots=True)
class MoveMade:
    """What somebody else did meanwhile; no text of the case."""

    step: Step
    at: datetime
    account_id: int | None
    to_state: State


class CaseChangedMeanwhile(Refused):
    """Somebody else moved the case after the page was opened. Nothing was stored.

    Holds plain values, since the transaction is rolled back: `code`, `state`, `version` as they are now, and the
    `changes` since, oldest first.
    """

    def __init__(self, case: Case, changes: tuple[MoveMade, ...] = ()) -> None:
        super().__init__(
            _(
                "Người khác vừa làm việc với hồ sơ này. Xin xem thay đổi rồi quyết định lại; chưa có gì bị ghi đè."
            )
        )
        self.case_id, self.code = case.id, case.code
        self.state, self.version, self.changes = case.state, case.version, changes


class CaseChanges(TypedDict, total=False):
    """Columns of a case that change with a move, set once it is locked and before its clocks follow."""

    kind: Kind
    field: str
    subject_class: SubjectClass | None
    unit_path: str
    handler_id: int | None
    summary: str
    merged_into_id: int | None
    part_of_id: int | None


def open_with_event(
    session: Session, *, case: Case, actor: Actor, now: datetime, details: Mapping[str, Any] | None = None
) -> CaseEvent:
    """Store a fresh `case` in the state it was made with, and its first event."""
    session.add(case)
    session.flush()
    event = _event(case, Step.OPEN, None, actor, now, details=dict(details or {}))
    session.add(event)
    session.flush()
    return event


def make_move(
    session: Session,
    *,
    case: Case,
    step: Step,
    actor: Actor,
    installation: Installation,
    now: datetime,
    version: int | None = None,
    reason: str = "",
    note: str = "",
    body: str = "",
    details: Mapping[str, Any] | None = None,
    changes: CaseChanges | None = None,
    target: State | None = None,
) -> CaseEvent:
    """Make one move and return its event. The only place that sets the state of a case or adds an event to it.

    Sets with it `received_at`, `ended_at`, `reopened`, `competent_body` and `version`.

    Parameters
    ----------
    version
        The version that the page showed; None where the move does not build upon what somebody read.
    reason, note
        For the citizen to read; for officers only.
    body
        The competent body, where the table asks for it.
    details
        What a report or an undo needs to know, without personal data.
    changes
        Columns that change with the move.
    target
        One of the move's other targets; None for the usual one.

    Raises
    ------
    UnableToMove
        Not in this state; or reason or competent body is missing.
    CaseChangedMeanwhile
        The case is newer than `version`.
    """
    lock(session, case=case, version=version)
    move = _permitted(case, step, reason=reason, body=body, target=target)
    former, unit_path = case.state, case.unit_path
    for name, value in (changes or {}).items():
        setattr(case, name, value)
    _come_to(case, target or _usual(move, case), step, now)
    case.competent_body = body.strip() or case.competent_body
    event = _event(case, step, former, actor, now, unit_path, reason, note, _told_details(details, body))
    session.add(event)
    session.flush()
    follow(session, case=case, effect=move.clock, now=now)
    if move.is_told:
        tell_citizen(session, case=case, installation=installation, now=now)
    _take_followers_along(session, case, former, installation, now)
    return event


def lock(session: Session, *, case: Case, version: int | None = None) -> None:
    """Hold `case` until the end of the transaction and read it anew, so that of two people at once one is later.

    A row lock on PostgreSQL; SQLite has one writer.

    Raises
    ------
    CaseChangedMeanwhile
        The case is newer than `version`.
    """
    session.refresh(case, with_for_update=True)
    if version is not None and version != case.version:
        raise CaseChangedMeanwhile(case, _since(session, case, case.version - version))


def _since(session: Session, case: Case, moves: int) -> tuple[MoveMade, ...]:
    query = (
        select(CaseEvent.step, CaseEvent.at, CaseEvent.account_id, CaseEvent.to_state)
        .where(CaseEvent.case_id == case.id, CaseEvent.step.not_in(UNNOTICED))
        .order_by(CaseEvent.id.desc())
        .limit(max(moves, 0))
    )
    return tuple(MoveMade(*row) for row in reversed(session.execute(query).all()))


def _permitted(case: Case, step: Step, *, reason: str, body: str, target: State | None) -> Move:
    move = move_from(case.state, step)
    if move is None or (target is not None and target not in move.targets(case.state)):
        raise UnableToMove(_("Hồ sơ không còn ở trạng thái làm được việc này. Xin tải lại trang để xem."))
    if move.says_why and not reason.strip():
        raise UnableToMove(_("Xin ghi lý do để người gửi đọc được."))
    if move.names_body and not body.strip():
        raise UnableToMove(_("Xin ghi tên cơ quan có thẩm quyền, để người gửi biết phải hỏi ai."))
    if len(body.strip()) > NAME_LENGTH:
        raise UnableToMove(_("Tên cơ quan dài quá %(most)s ký tự.", most=NAME_LENGTH))
    return move


def _usual(move: Move, case: Case) -> State:
    if move.if_nobody is not None and case.handler_id is None:
        return move.if_nobody
    return move.target or case.state


def _come_to(case: Case, state: State, step: Step, now: datetime) -> None:
    if case.received_at is None and state is not case.state and is_receipt(state):
        case.received_at = now
    if case.state in OPEN | TURNED_ASIDE and state in ENDED | TURNED_ASIDE and case.state is not state:
        case.ended_at = now
    elif state in OPEN:
        case.ended_at = None
    case.reopened += step is Step.REOPEN
    case.version += step not in UNNOTICED
    case.state = state


def _told_details(details: Mapping[str, Any] | None, body: str) -> dict[str, Any]:
    return {**(details or {}), **({"body": body.strip()} if body.strip() else {})}


def _event(
    case: Case,
    step: Step,
    former: State | None,
    actor: Actor,
    now: datetime,
    unit_path: str = "",
    reason: str = "",
    note: str = "",
    details: dict[str, Any] | None = None,
) -> CaseEvent:
    """Return the event of a move; its unit is the one that made it, also when the case left it."""
    return CaseEvent(
        case_id=case.id,
        at=now,
        step=step,
        from_state=former,
        to_state=case.state,
        actor_kind=actor.kind,
        account_id=actor.account_id,
        unit_path=unit_path or case.unit_path,
        reason=reason.strip(),
        note=note.strip(),
        details=details or {},
    )


def _take_followers_along(
    session: Session, case: Case, former: State, installation: Installation, now: datetime
) -> None:
    """Let the cases merged into this one be answered with it, or go back where it ends without an answer."""
    if case.state is former or case.state in OPEN | {State.CLOSED, State.MERGED}:
        return
    for follower in _followers(session, case):
        if case.state in ENDED:
            answer_with_primary(session, case=follower, primary=case, installation=installation, now=now)
        else:
            put_back(session, case=follower, actor=SYSTEM, installation=installation, now=now)


def answer_with_primary(
    session: Session, *, case: Case, primary: Case, installation: Installation, now: datetime
) -> CaseEvent:
    """Let a merged case end as its primary ended, and tell its sender: answered, refused or forwarded.

    From then on `merged_into_id` is the case whose answer it was, also where the primary was merged into that one.

    Raises
    ------
    UnableToMove
        The case is not merged.
    """
    target = State.ANSWERED if primary.state is State.CLOSED else primary.state
    ending = _ending(session, primary, target)
    has_another = ending.step is Step.ANSWER_WITH_PRIMARY
    return make_move(
        session,
        case=case,
        step=Step.ANSWER_WITH_PRIMARY,
        target=target,
        actor=SYSTEM,
        installation=installation,
        now=now,
        reason=ending.reason,
        body=primary.competent_body if target is not State.ANSWERED else "",
        details={"primary": primary.id},
        changes={"merged_into_id": primary.merged_into_id if has_another else primary.id},
    )


def _ending(session: Session, case: Case, state: State) -> CaseEvent:
    """Return the event by which `case` came to `state` last."""
    query = select(CaseEvent).where(
        CaseEvent.case_id == case.id, CaseEvent.to_state == state, CaseEvent.from_state != state
    )
    return session.scalars(query.order_by(CaseEvent.id.desc()).limit(1)).one()


def _followers(session: Session, case: Case) -> list[Case]:
    query = select(Case).where(Case.merged_into_id == case.id, Case.state == State.MERGED).order_by(Case.id)
    return list(session.scalars(query))


def put_back(
    session: Session,
    *,
    case: Case,
    actor: Actor,
    installation: Installation,
    now: datetime,
    version: int | None = None,
) -> CaseEvent:
    """Undo the merge of `case`: it stands again where it stood before.

    Raises
    ------
    UnableToMove
        It is not merged into another, or was answered with it meanwhile.
    CaseChangedMeanwhile
        The case is newer than `version`.
    """
    lock(session, case=case, version=version)
    query = select(CaseMerge).where(CaseMerge.case_id == case.id, CaseMerge.undone_at.is_(None))
    merge = session.scalars(query.order_by(CaseMerge.id.desc()).limit(1)).first()
    event = make_move(
        session,
        case=case,
        step=Step.UNMERGE,
        target=merge.former_state if merge else None,
        changes={"merged_into_id": None},
        actor=actor,
        installation=installation,
        now=now,
    )
    if merge:
        merge.undone_at = now
        session.flush()
    return event

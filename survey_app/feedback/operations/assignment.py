"""Gives cases to officers: one, many at once with a way back, and all of an officer who leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models.cases import BulkAssignment, Case, CaseEvent
from survey_app.feedback.operations.moves import lock, make_move
from survey_app.feedback.queries.people import can_have
from survey_app.feedback.rules.actors import Actor, Installation, staff_member
from survey_app.feedback.rules.states import OPEN, Step, move_from
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paths import inside_any

MOST_AT_ONCE = 200
"""Cases in one bulk assignment: what an officer can look over, and a transaction others can wait for."""


class UnableToAssign(Refused):
    """The officer may not handle cases of that unit, or a case is not there for who assigns."""


def assign(
    session: Session,
    *,
    case: Case,
    handler_id: int,
    actor: Actor,
    installation: Installation,
    now: datetime,
    version: int | None = None,
    note: str = "",
) -> CaseEvent:
    """Give the case to an officer of its unit, whoever has it now.

    Raises
    ------
    UnableToAssign
        The officer's account is closed, or may not handle cases of this unit.
    UnableToMove, CaseChangedMeanwhile
        See `make_move`.
    """
    lock(session, case=case, version=version)
    _refuse_strangers(session, handler_id, [case.unit_path])
    return _give(session, case, handler_id, actor, installation, now, note)


def _refuse_strangers(session: Session, handler_id: int, unit_paths: Iterable[str]) -> None:
    if not can_have(session, handler_id, unit_paths):
        raise UnableToAssign(
            _("Người này không có quyền xử lý hồ sơ của đơn vị, hoặc tài khoản đã đóng. Xin chọn người khác.")
        )


def _give(
    session: Session,
    case: Case,
    handler_id: int | None,
    actor: Actor,
    installation: Installation,
    now: datetime,
    note: str = "",
) -> CaseEvent:
    return make_move(
        session,
        case=case,
        step=Step.UNASSIGN if handler_id is None else Step.ASSIGN,
        actor=actor,
        installation=installation,
        now=now,
        note=note,
        details={"handler": handler_id, "before": case.handler_id},
        changes={"handler_id": handler_id},
    )


def unassign(
    session: Session,
    *,
    case: Case,
    actor: Actor,
    installation: Installation,
    now: datetime,
    version: int | None = None,
    note: str = "",
) -> CaseEvent:
    """Take the case from its officer, so that somebody of the unit can take it."""
    lock(session, case=case, version=version)
    return _give(session, case, None, actor, installation, now, note)


class AlreadyTaken(Refused):
    """A colleague has the case."""


def take(
    session: Session,
    *,
    case: Case,
    account_id: int,
    installation: Installation,
    now: datetime,
    version: int | None = None,
) -> CaseEvent:
    """Begin to handle a case that was given to this person or to nobody.

    Raises
    ------
    AlreadyTaken
        Somebody else has it; of two who take it at once the later one finds this.
    UnableToMove, CaseChangedMeanwhile
        See `make_move`.
    """
    lock(session, case=case, version=version)
    if case.handler_id not in (None, account_id):
        raise AlreadyTaken(_("Hồ sơ này đã có người nhận xử lý."))
    return make_move(
        session,
        case=case,
        step=Step.TAKE,
        actor=staff_member(account_id),
        installation=installation,
        now=now,
        details={"handler": account_id},
        changes={"handler_id": account_id},
    )


@dataclass(frozen=True, slots=True)
class Assigned:
    """What a bulk assignment or its undoing did; `left` are the codes of cases that could not be moved."""

    bulk_id: int
    moved: int
    left: tuple[str, ...] = ()


def assign_many(
    session: Session,
    *,
    case_ids: Sequence[int],
    handler_id: int,
    account_id: int,
    scopes: Sequence[str],
    installation: Installation,
    now: datetime,
    note: str = "",
) -> Assigned:
    """Give at most `MOST_AT_ONCE` cases to one officer, and note how they stood.

    Cases that ended meanwhile, or that the officer has already, are left as they are.

    Parameters
    ----------
    account_id
        Who assigns.
    scopes
        Unit paths inside which that person may assign.

    Raises
    ------
    UnableToAssign
        Too many, one outside `scopes`, or the officer may not handle cases of one of the units. None was assigned.
    """
    if len(set(case_ids)) > MOST_AT_ONCE:
        raise UnableToAssign(_("Mỗi lần chỉ phân công nhiều nhất %(most)s hồ sơ.", most=MOST_AT_ONCE))
    cases = _locked(session, case_ids, scopes)
    _refuse_strangers(session, handler_id, (case.unit_path for case in cases))
    given = [case for case in cases if move_from(case.state, Step.ASSIGN) and case.handler_id != handler_id]
    bulk = BulkAssignment(
        account_id=account_id,
        at=now,
        before=[[case.id, str(case.state), case.handler_id, case.version] for case in given],
    )
    session.add(bulk)
    for case in given:
        _give(session, case, handler_id, staff_member(account_id), installation, now, note)
    session.flush()
    left = tuple(case.code for case in cases if move_from(case.state, Step.ASSIGN) is None)
    return Assigned(bulk.id, len(given), left)


def _locked(session: Session, case_ids: Iterable[int], scopes: Sequence[str]) -> list[Case]:
    wanted = set(case_ids)
    cases = _locked_inside(session, wanted, scopes)
    if len(cases) != len(wanted):
        raise UnableToAssign(_("Có hồ sơ không còn ở đơn vị của ông/bà. Xin tải lại danh sách."))
    return cases


def _locked_inside(session: Session, case_ids: Iterable[int], scopes: Sequence[str]) -> list[Case]:
    """Hold these cases in the order of their numbers, so that two who do so wait instead of blocking each other."""
    query = select(Case).where(Case.id.in_(case_ids), inside_any(Case.unit_path, scopes)).order_by(Case.id)
    locked = query.with_for_update().execution_options(populate_existing=True)
    return list(session.scalars(locked))


class UnableToUndo(Refused):
    """It was somebody else's, or was undone before."""


def undo_assign_many(
    session: Session,
    *,
    bulk_id: int,
    account_id: int,
    scopes: Sequence[str],
    installation: Installation,
    now: datetime,
) -> Assigned:
    """Give the cases of a bulk assignment back to who had them; those that somebody touched since are left, named.

    A case that was new stays received: its sender was told so. Who may not have a case any more does not get it back.

    Parameters
    ----------
    scopes
        Unit paths inside which the person may assign now; cases that lie elsewhere by now are left and not named.

    Raises
    ------
    UnableToUndo
        The assignment was made by another person, or was undone before.
    """
    bulk = session.get(BulkAssignment, bulk_id, with_for_update=True)
    if bulk is None or bulk.account_id != account_id or bulk.undone_at is not None:
        raise UnableToUndo(_("Không còn hoàn tác được lần phân công này."))
    before = {row[0]: row for row in bulk.before}
    cases = _locked_inside(session, before, scopes)
    untouched = [
        case
        for case in cases
        if case.version == before[case.id][3] + 1
        and case.state in OPEN
        and _may_have_back(session, case, before[case.id][2])
    ]
    for case in untouched:
        former = before[case.id][2]
        _give(session, case, former, staff_member(account_id), installation, now)
    bulk.undone_at = now
    session.flush()
    left = tuple(case.code for case in cases if case not in untouched)
    return Assigned(bulk.id, len(untouched), left)


def _may_have_back(session: Session, case: Case, former: int | None) -> bool:
    return former is None or can_have(session, former, [case.unit_path])


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How many cases of a leaving officer were moved, and how many are still theirs."""

    moved: int
    left: int


def hand_over(
    session: Session,
    *,
    from_id: int,
    to_id: int | None,
    scopes: Sequence[str],
    actor: Actor,
    installation: Installation,
    now: datetime,
    note: str = "",
    most: int = 500,
) -> HandedOver:
    """Give the open cases of an officer who leaves to another, or to nobody (`to_id` None), at most `most` at once.

    Only cases inside `scopes`. Call again while some are left.

    Raises
    ------
    UnableToAssign
        The other officer is the same, or may not handle cases of one of the units. No case was moved.
    """
    if to_id == from_id:
        raise UnableToAssign(_("Xin chọn người nhận khác với người bàn giao."))
    query = select(Case).where(
        Case.handler_id == from_id, Case.state.in_(OPEN), inside_any(Case.unit_path, scopes)
    )
    locked = query.order_by(Case.id).limit(most + 1).with_for_update()
    cases = list(session.scalars(locked.execution_options(populate_existing=True)))
    if to_id is not None:
        _refuse_strangers(session, to_id, (case.unit_path for case in cases))
    for case in cases[:most]:
        _give(session, case, to_id, actor, installation, now, note)
    return HandedOver(len(cases[:most]), len(cases[most:]))

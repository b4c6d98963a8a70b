"""What becomes of cases when a unit is closed: its successor takes them over, and the old unit stays their origin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models.cases import Case
from survey_app.feedback.models.grievances import Grievance, GrievanceEvent
from survey_app.feedback.operations.assignment import unassign
from survey_app.feedback.operations.moves import make_move
from survey_app.feedback.queries.people import can_have, living_unit
from survey_app.feedback.queries.settings import settings_for
from survey_app.feedback.rules.actors import SYSTEM, Actor, Installation
from survey_app.feedback.rules.grievances import GrievanceState, GrievanceStep
from survey_app.feedback.rules.states import STILL_MOVING, Step, move_from
from survey_app.foundation.clock import local_date
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paths import inside_any
from survey_app.offices.models import Unit
from survey_app.staff.rules.permissions import covers

_GRIEVANCES_MOVING = (GrievanceState.RECEIVED, GrievanceState.ACCEPTED)


class UnableToSucceed(Refused):
    """The successor does not exist, was closed itself, or is the same unit."""


def succeed_unit(
    session: Session,
    *,
    old_path: str,
    new_path: str,
    actor: Actor,
    installation: Installation,
    now: datetime,
    most: int = 500,
) -> int:
    """Let the unit `new_path` take over what is open in `old_path` and below; return how many were moved.

    At most `most` cases and as many khiếu nại, tố cáo at once: call again until 0. Clocks run on; an officer who may
    not work in the new unit loses the case to whoever takes it there. `received_path` keeps the origin.

    Raises
    ------
    UnableToSucceed
        `new_path` is no living unit, or lies inside the old one.
    """
    if covers(old_path, new_path) or living_unit(session, new_path) is None:
        raise UnableToSucceed(_("Đơn vị kế thừa phải là một đơn vị khác đang hoạt động."))
    query = select(Case).where(inside_any(Case.unit_path, [old_path]), Case.state.in_(STILL_MOVING))
    locked = query.order_by(Case.id).limit(most).with_for_update().execution_options(populate_existing=True)
    cases = list(session.scalars(locked))
    for case in cases:
        _move(session, case, new_path, actor, installation, now)
    return len(cases) + _move_grievances(session, old_path, new_path, actor, now, most)


def _move(
    session: Session, case: Case, new_path: str, actor: Actor, installation: Installation, now: datetime
) -> None:
    if case.handler_id is not None and not can_have(session, case.handler_id, [new_path]):
        _take_from_officer(session, case, actor, installation, now)
    make_move(
        session,
        case=case,
        step=Step.SUCCEED,
        actor=actor,
        installation=installation,
        now=now,
        details={"from": case.unit_path, "to": new_path},
        changes={"unit_path": new_path},
    )


def _take_from_officer(
    session: Session, case: Case, actor: Actor, installation: Installation, now: datetime
) -> None:
    if move_from(case.state, Step.UNASSIGN) is None:
        case.handler_id = None
    else:
        unassign(session, case=case, actor=actor, installation=installation, now=now)


def _move_grievances(
    session: Session, old_path: str, new_path: str, actor: Actor, now: datetime, most: int
) -> int:
    query = select(Grievance).where(
        inside_any(Grievance.unit_path, [old_path]), Grievance.state.in_(_GRIEVANCES_MOVING)
    )
    moved = list(session.scalars(query.order_by(Grievance.id).limit(most).with_for_update()))
    for grievance in moved:
        session.add(
            GrievanceEvent(
                grievance_id=grievance.id,
                at=now,
                step=GrievanceStep.NOTE,
                actor_kind=actor.kind,
                account_id=actor.account_id,
                details={"from": grievance.unit_path, "to": new_path},
            )
        )
        grievance.unit_path = new_path
        grievance.version += 1
    session.flush()
    return len(moved)


def follow_mergers(session: Session, *, installation: Installation, now: datetime, most: int = 500) -> int:
    """Take what is open out of closed units; return how many cases were moved, at most about `most`.

    The successor is the unit that the closed one's settings name as its receiving desk, else the nearest living unit
    above it: the list of units knows that a unit ended, not who took its work over.
    """
    moved = 0
    for old_path, new_path in _successors(session, now):
        if moved < most:
            moved += succeed_unit(
                session,
                old_path=old_path,
                new_path=new_path,
                actor=SYSTEM,
                installation=installation,
                now=now,
                most=most - moved,
            )
    return moved


def _successors(session: Session, now: datetime) -> Iterator[tuple[str, str]]:
    holding = (
        select(model.unit_path).where(model.state.in_(states))
        for model, states in ((Case, STILL_MOVING), (Grievance, _GRIEVANCES_MOVING))
    )
    paths = {path for query in holding for path in session.scalars(query.distinct())}
    closed = select(Unit.path).where(Unit.path.in_(paths), Unit.valid_to <= local_date(now))
    for path in sorted(session.scalars(closed)):
        successor = _successor(session, path)
        if successor is not None:
            yield path, successor


def _successor(session: Session, path: str) -> str | None:
    named = settings_for(session, path).receiving_path
    above = (path.rsplit("/", steps)[0] for steps in range(1, path.count("/") + 1))
    candidates = (named, *above)
    outside = (unit for unit in candidates if unit and not covers(path, unit))
    return next((unit for unit in outside if living_unit(session, unit)), None)

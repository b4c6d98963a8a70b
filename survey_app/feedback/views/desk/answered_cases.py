"""What the doors of answering share: the case in the address, who may take a step with it, and acting on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import abort, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case
from survey_app.feedback.queries.answers import current_answer, writers_of
from survey_app.feedback.queries.settings import settings_for
from survey_app.feedback.rules.actors import Actor, Installation, staff_member
from survey_app.feedback.rules.codes import normalised, spoken
from survey_app.feedback.rules.permissions import CaseFacts, may_take
from survey_app.feedback.rules.states import State, Step, move_from
from survey_app.foundation.languages import gettext as _
from survey_app.staff.guards import act, require_unit, staff_here

T = TypeVar("T")


def case_here(session: Session, code: str, *, also_diverted: bool = False) -> Case:
    """Return the case with this code; 404 if it is not there or lies in a unit where the person may not do this.

    What took another legal track is not there either, but `also_diverted` for a form that was sent a moment too late.
    """
    wanted = normalised(code)
    case = session.scalars(select(Case).where(Case.code == wanted)).one_or_none() if wanted else None
    if case is None or (case.state is State.DIVERTED and not also_diverted):
        abort(404)
    require_unit(case.unit_path)
    return case


def may_here(session: Session, case: Case, step: Step) -> bool:
    """Say whether the person may take `step` with this case, and the case is in a state for it."""
    staff = staff_here()
    is_mine = may_take(step, grants=staff.grants, account_id=staff.account_id, facts=_facts(session, case))
    return is_mine and move_from(case.state, step) is not None


def require_step(session: Session, case: Case, step: Step) -> None:
    """Answer 403 unless the person may take `step` with this case in whatever state it is."""
    staff = staff_here()
    if not may_take(step, grants=staff.grants, account_id=staff.account_id, facts=_facts(session, case)):
        abort(403)


def _facts(session: Session, case: Case) -> CaseFacts:
    answer = current_answer(session, case)
    return CaseFacts(
        unit_path=case.unit_path,
        received_path=case.received_path,
        handler_id=case.handler_id,
        written_by=writers_of(session, answer) if answer else frozenset(),
        two_people=settings_for(session, case.unit_path).two_people,
    )


def actor_here() -> Actor:
    """Return the person who passed the guard, as who makes a move."""
    return staff_member(staff_here().account_id)


def installation_here() -> Installation:
    """Return what moves need of the settings."""
    settings = current_app.config["SETTINGS"]
    return Installation(settings.contact_key, settings.public_url.rstrip("/"))


def act_on_case(case: Case, did: str, operation: Callable[[Session, Case], T]) -> T:
    """Run `operation` on the case in one transaction with its line in the audit log."""
    return act(
        lambda session: operation(session, session.get_one(Case, case.id)),
        subject=f"case:{case.code}",
        unit_path=case.unit_path,
        details={"did": did},
    )


def crumbs_to(case: Case) -> list[tuple[str, str]]:
    """Return the way to a page of this case."""
    return [("/desk", _("Phản ánh, kiến nghị")), (f"/desk/cases/{case.code}", spoken(case.code))]

"""Who may do what with a case, apart from when (`states`): pure and complete; what is not named here is refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from survey_app.feedback.rules.states import State, Step, steps_from
from survey_app.staff.rules.permissions import Action, Role, covers, may

ACTION_OF: dict[Step, Action] = {
    Step.OPEN: Action.FILE_CASES,
    Step.SUPPLEMENT: Action.FILE_CASES,
    Step.REOPEN: Action.FILE_CASES,
    Step.WITHDRAW: Action.FILE_CASES,
    Step.RECEIVE: Action.TRIAGE_CASES,
    Step.CLASSIFY: Action.TRIAGE_CASES,
    Step.DIVERT: Action.TRIAGE_CASES,
    Step.ASSIGN: Action.ASSIGN_CASES,
    Step.UNASSIGN: Action.ASSIGN_CASES,
    Step.TRANSFER: Action.ASSIGN_CASES,
    Step.EXTEND: Action.ASSIGN_CASES,
    Step.TAKE: Action.HANDLE_CASES,
    Step.FORWARD: Action.HANDLE_CASES,
    Step.REFUSE: Action.HANDLE_CASES,
    Step.ASK: Action.HANDLE_CASES,
    Step.RESUME: Action.HANDLE_CASES,
    Step.DRAFT: Action.HANDLE_CASES,
    Step.SUBMIT: Action.HANDLE_CASES,
    Step.SPLIT: Action.HANDLE_CASES,
    Step.MERGE: Action.HANDLE_CASES,
    Step.UNMERGE: Action.HANDLE_CASES,
    Step.CLOSE: Action.HANDLE_CASES,
    Step.ATTACH: Action.HANDLE_CASES,
    Step.REDACT: Action.HANDLE_CASES,
    Step.RETURN: Action.APPROVE_ANSWERS,
    Step.APPROVE: Action.APPROVE_ANSWERS,
    Step.SEND: Action.APPROVE_ANSWERS,
    Step.PUBLISH: Action.PUBLISH_CASES,
    Step.RETRACT: Action.PUBLISH_CASES,
    Step.NOTE: Action.VIEW_CASES,
    Step.SUCCEED: Action.MANAGE_FEEDBACK,
}
"""What the door of a step asks for. A step that is absent is no person's: citizens and rules make it.

Supplementing, reopening and withdrawing are the citizen's; a clerk types them for somebody on the telephone.
"""

_WITHOUT_A_PEN = frozenset({Role.AUDITOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What of a case decides who may act.

    `two_people`: nobody of `written_by`, who saved any version of this round's answer or submitted it, may approve it.
    """

    unit_path: str
    received_path: str
    handler_id: int | None = None
    written_by: frozenset[int] = frozenset()
    two_people: bool = True


def may_view(*, grants: Iterable[tuple[Role, str]], facts: CaseFacts) -> bool:
    """Say whether these grants open the case: in the unit that has it, or in the one that took it in."""
    grants = tuple(grants)
    return any(may(grants, Action.VIEW_CASES, path) for path in (facts.unit_path, facts.received_path))


def may_take(step: Step, *, grants: Iterable[tuple[Role, str]], account_id: int, facts: CaseFacts) -> bool:
    """Say whether the person may take `step` on such a case in whatever state; only the unit that has it counts."""
    action = ACTION_OF.get(step)
    roles = [(role, path) for role, path in grants if role not in _WITHOUT_A_PEN]
    if action is None or not may(roles, action, facts.unit_path):
        return False
    if action is Action.HANDLE_CASES:
        return _may_handle(step, roles, account_id, facts)
    if step is Step.APPROVE and facts.two_people:
        return account_id not in facts.written_by
    return True


def _may_handle(step: Step, roles: Sequence[tuple[Role, str]], account_id: int, facts: CaseFacts) -> bool:
    """Who routes handles everything in the unit; who only handles, what is theirs, and takes what is nobody's."""
    if any(role is Role.ROUTING_OFFICER and covers(path, facts.unit_path) for role, path in roles):
        return True
    return facts.handler_id == account_id or (step is Step.TAKE and facts.handler_id is None)


def allowed_steps(
    state: State, *, grants: Iterable[tuple[Role, str]], account_id: int, facts: CaseFacts
) -> tuple[Step, ...]:
    """Return what the person may do with the case now, in the order of the table of moves."""
    grants = tuple(grants)
    steps = dict.fromkeys(steps_from(state))
    return tuple(step for step in steps if may_take(step, grants=grants, account_id=account_id, facts=facts))

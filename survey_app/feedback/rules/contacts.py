"""Who may look up the sender of a case. Looking is a step of its own, written to the audit log each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from survey_app.feedback.rules.kinds import SubjectClass
from survey_app.feedback.rules.permissions import CaseFacts, may_take
from survey_app.feedback.rules.states import Step
from survey_app.staff.rules.permissions import Role, covers


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """About whom a case is: `addressed` is the unit it was sent to, `is_released` whether that unit may know."""

    subject_class: SubjectClass | None
    addressed: str
    is_released: bool = False


def is_kept_from(unit_path: str, concern: Concern) -> bool:
    """Say whether a case complains about the conduct of the unit that has it, which was not let know the sender."""
    is_secret = concern.subject_class is SubjectClass.CONDUCT and not concern.is_released
    return is_secret and covers(concern.addressed, unit_path)


def may_see_sender(
    *, grants: Sequence[tuple[Role, str]], account_id: int, facts: CaseFacts, concern: Concern
) -> bool:
    """Say whether the person handles the case, and is not of the unit whose conduct it complains about.

    That unit sees the sender only once it was released with a reason.
    """
    if not _handles(grants, account_id, facts):
        return False
    return not is_kept_from(facts.unit_path, concern) or _stands_above(grants, account_id, facts, concern)


def may_release(
    *, grants: Sequence[tuple[Role, str]], account_id: int, facts: CaseFacts, concern: Concern
) -> bool:
    """Say whether the person may let the unit complained about know the sender: by a role above that unit only."""
    is_hidden = concern.subject_class is SubjectClass.CONDUCT and not concern.is_released
    return is_hidden and _stands_above(grants, account_id, facts, concern)


def _handles(grants: Sequence[tuple[Role, str]], account_id: int, facts: CaseFacts) -> bool:
    return may_take(Step.ASK, grants=grants, account_id=account_id, facts=facts)


def _stands_above(
    grants: Sequence[tuple[Role, str]], account_id: int, facts: CaseFacts, concern: Concern
) -> bool:
    above = [(role, path) for role, path in grants if not covers(concern.addressed, path)]
    return _handles(above, account_id, facts)

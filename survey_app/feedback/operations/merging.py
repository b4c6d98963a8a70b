"""Merges cases about the same matter, reversibly: both keep their codes, and every sender gets the one answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.feedback.models.cases import Case, CaseEvent, CaseMerge
from survey_app.feedback.operations.moves import answer_with_primary, lock, make_move, put_back
from survey_app.feedback.rules.actors import Installation, staff_member
from survey_app.feedback.rules.merging import delays, may_be_primary
from survey_app.feedback.rules.states import OPEN, Step
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.rules.permissions import covers


class UnableToMerge(Refused):
    """The two are one case, one lies outside what the officer sees, or the other can give no answer in time."""


def merge(
    session: Session,
    *,
    case: Case,
    primary: Case,
    account_id: int,
    scopes: Sequence[str],
    installation: Installation,
    now: datetime,
    version: int | None = None,
    note: str = "",
) -> CaseEvent:
    """Let `case` be answered with `primary`; its sender is told. With an answered primary that is at once.

    Parameters
    ----------
    account_id
        Who merges.
    scopes
        Unit paths inside which that person may handle; both cases must lie there.

    Raises
    ------
    UnableToMerge
        The same case, one outside `scopes`, a primary that was turned aside, or one that is due later.
    UnableToMove, CaseChangedMeanwhile
        See `make_move`.
    """
    # Always in the order of their numbers: two officers who merge crosswise wait for each other only one way.
    for one in sorted({case, primary}, key=lambda held: held.id):
        lock(session, case=one, version=version if one is case else None)
    _refuse_unsuited(case, primary, scopes)
    former = case.state
    event = make_move(
        session,
        case=case,
        step=Step.MERGE,
        actor=staff_member(account_id),
        installation=installation,
        now=now,
        note=note,
        details={"primary": primary.id},
        changes={"merged_into_id": primary.id},
    )
    session.add(
        CaseMerge(
            case_id=case.id, into_id=primary.id, former_state=former, account_id=account_id, merged_at=now
        )
    )
    session.flush()
    if primary.state not in OPEN:
        answer_with_primary(session, case=case, primary=primary, installation=installation, now=now)
    return event


def _refuse_unsuited(case: Case, primary: Case, scopes: Sequence[str]) -> None:
    if case.id == primary.id:
        raise UnableToMerge(_("Không gộp được hồ sơ vào chính nó."))
    if not all(any(covers(scope, one.unit_path) for scope in scopes) for one in (case, primary)):
        raise UnableToMerge(_("Chỉ gộp được hồ sơ của các đơn vị mà ông/bà phụ trách."))
    if not may_be_primary(primary.state):
        raise UnableToMerge(_("Hồ sơ chính đã bị tách, gộp, chuyển hoặc rút. Xin chọn hồ sơ khác."))
    if primary.state in OPEN and delays(case.due_at, primary.due_at):
        raise UnableToMerge(
            _("Hồ sơ này đến hạn sớm hơn hồ sơ chính. Xin làm ngược lại: gộp hồ sơ kia vào hồ sơ này.")
        )


def unmerge(
    session: Session,
    *,
    case: Case,
    account_id: int,
    installation: Installation,
    now: datetime,
    version: int | None = None,
) -> CaseEvent:
    """Undo a merge: the case stands where it stood, and its clocks count the time between.

    Raises
    ------
    UnableToMove
        It is not merged, or was answered with the other meanwhile.
    CaseChangedMeanwhile
        The case is newer than `version`.
    """
    return put_back(
        session,
        case=case,
        actor=staff_member(account_id),
        installation=installation,
        now=now,
        version=version,
    )

"""Answers from the first draft to the one that is sent, through an approver who did not write it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.feedback.models import Answer, AnswerVersion, Case
from survey_app.feedback.operations.moves import lock, make_move
from survey_app.feedback.queries.answers import current_answer, round_of, saved_version, writers_of
from survey_app.feedback.queries.settings import settings_for
from survey_app.feedback.rules.actors import Actor, Installation
from survey_app.feedback.rules.answers import Fault, Parts, faults, filled, read_parts, stored_parts
from survey_app.feedback.rules.differences import Meeting, meetings
from survey_app.feedback.rules.states import BEING_HANDLED, Step
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _


class UnableToSave(Refused):
    """Somebody else saved another text after this page was opened. Nothing was stored, and nothing is lost.

    `meetings` hold mine, theirs and the text both began with; who saves again upon `version` has seen them.
    """

    def __init__(self, met: list[Meeting], version: int, saved_by: int | None) -> None:
        super().__init__(
            _("Người khác vừa lưu bản trả lời này. Xin xem hai bản bên dưới rồi lưu lại; chưa có gì bị mất.")
        )
        self.meetings, self.version, self.saved_by = met, version, saved_by


class UnableToWrite(Refused):
    """The case is not being handled, so no answer can be written."""


class UnableToSubmit(Refused):
    """An obligatory part is empty or a place of a template was left open; `faults` say where."""

    def __init__(self, found: tuple[Fault, ...]) -> None:
        super().__init__(_("Bản trả lời còn thiếu. Xin xem từng phần."))
        self.faults = found


class UnableToApprove(Refused):
    """Who wrote some of the answer or submitted it would approve it, or there is no text to approve."""


def save_draft(
    session: Session,
    *,
    case: Case,
    parts: Parts,
    base_version: int,
    actor: Actor,
    installation: Installation,
    now: datetime,
) -> Answer:
    """Keep what was written so far; the first draft of a round is an event of the case.

    `base_version` is the version of the answer that the page showed, 0 if there was none.

    Raises
    ------
    UnableToWrite
        The case is not being handled: it waits, is with the approver, or is answered.
    UnableToSave
        Somebody else saved another text meanwhile.
    """
    lock(session, case=case)
    if case.state not in BEING_HANDLED:
        raise UnableToWrite(_("Hồ sơ không còn ở bước soạn trả lời. Xin tải lại trang để xem."))
    answer = current_answer(session, case)
    if answer is None:
        return _begin(session, case, parts, actor, installation, now)
    if read_parts(answer.parts) == parts:
        return answer
    if answer.version != base_version:
        raise _met(session, answer, parts, base_version)
    _keep(session, answer, parts, actor, now)
    return answer


def _begin(
    session: Session, case: Case, parts: Parts, actor: Actor, installation: Installation, now: datetime
) -> Answer:
    answer = Answer(
        case_id=case.id,
        round=round_of(case),
        parts=stored_parts(parts),
        version=1,
        drafted_by=actor.account_id,
        drafted_at=now,
    )
    session.add(answer)
    session.flush()
    _remember(session, answer, actor, now)
    make_move(
        session,
        case=case,
        step=Step.DRAFT,
        actor=actor,
        installation=installation,
        now=now,
        details={"round": answer.round},
    )
    return answer


def _keep(session: Session, answer: Answer, parts: Parts, actor: Actor, now: datetime) -> None:
    answer.parts = stored_parts(parts)
    answer.version += 1
    answer.drafted_by, answer.drafted_at = actor.account_id, now
    _remember(session, answer, actor, now)


def _remember(session: Session, answer: Answer, actor: Actor, now: datetime) -> None:
    session.add(
        AnswerVersion(
            answer_id=answer.id,
            version=answer.version,
            parts=answer.parts,
            saved_by=actor.account_id,
            saved_at=now,
        )
    )
    session.flush()


def _met(session: Session, answer: Answer, parts: Parts, base_version: int) -> UnableToSave:
    base = saved_version(session, answer, base_version)
    met = meetings(read_parts(base.parts if base else {}), parts, read_parts(answer.parts))
    return UnableToSave(met, answer.version, answer.drafted_by)


def submit(
    session: Session,
    *,
    case: Case,
    parts: Parts,
    base_version: int,
    actor: Actor,
    installation: Installation,
    now: datetime,
    note: str = "",
) -> Answer:
    """Keep the text and hand it to the approver.

    Raises
    ------
    UnableToSubmit
        An obligatory part is empty, or a place of a template was left open.
    UnableToWrite, UnableToSave
        As `save_draft`.
    """
    _refuse_faulty(case, parts)
    answer = save_draft(
        session,
        case=case,
        parts=parts,
        base_version=base_version,
        actor=actor,
        installation=installation,
        now=now,
    )
    answer.submitted_by, answer.submitted_at = actor.account_id, now
    make_move(
        session,
        case=case,
        step=Step.SUBMIT,
        actor=actor,
        installation=installation,
        now=now,
        note=note,
        details={"round": answer.round, "answer_version": answer.version},
    )
    return answer


def _refuse_faulty(case: Case, parts: Parts) -> None:
    found = faults(parts, case.kind)
    if found:
        raise UnableToSubmit(found)


def return_draft(
    session: Session,
    *,
    case: Case,
    note: str,
    version: int,
    actor: Actor,
    installation: Installation,
    now: datetime,
) -> Answer:
    """Send the draft back to its writer with a note, and remember which text it was.

    Raises
    ------
    UnableToApprove
        The note is empty: the writer must know what to change.
    UnableToMove, CaseChangedMeanwhile
        As `make_move`; `version` is that of the case.
    """
    if not note.strip():
        raise UnableToApprove(_("Xin ghi cần sửa gì, để người soạn biết."))
    answer = _submitted(session, case)
    make_move(
        session,
        case=case,
        step=Step.RETURN,
        actor=actor,
        installation=installation,
        now=now,
        version=version,
        note=note,
        details={"round": answer.round, "answer_version": answer.version},
    )
    kept = saved_version(session, answer, answer.version)
    if kept is not None:
        kept.returned_by, kept.returned_at = actor.account_id, now
    answer.approved_by = answer.approved_at = None
    session.flush()
    return answer


def _submitted(session: Session, case: Case) -> Answer:
    answer = current_answer(session, case)
    if answer is None or not filled(read_parts(answer.parts)):
        raise UnableToApprove(_("Chưa có bản trả lời nào để duyệt."))
    return answer


def approve(
    session: Session, *, case: Case, version: int, actor: Actor, installation: Installation, now: datetime
) -> Answer:
    """Approve the text as it stands.

    Raises
    ------
    UnableToApprove
        The desk wants two people and this one wrote any version of the text, or submitted it.
    UnableToSubmit
        The text has faults, such as a place that was left open.
    UnableToMove, CaseChangedMeanwhile
        As `make_move`; `version` is that of the case.
    """
    lock(session, case=case, version=version)
    answer = _submitted(session, case)
    _refuse_own(session, case, answer, actor)
    _refuse_faulty(case, read_parts(answer.parts))
    make_move(
        session,
        case=case,
        step=Step.APPROVE,
        actor=actor,
        installation=installation,
        now=now,
        details={"round": answer.round, "answer_version": answer.version},
    )
    answer.approved_by, answer.approved_at = actor.account_id, now
    session.flush()
    return answer


def _refuse_own(session: Session, case: Case, answer: Answer, actor: Actor) -> None:
    if not settings_for(session, case.unit_path).two_people or actor.account_id is None:
        return
    if actor.account_id in writers_of(session, answer):
        raise UnableToApprove(_("Người đã viết bản trả lời này không tự duyệt. Xin nhờ người duyệt khác."))


def send(
    session: Session, *, case: Case, version: int, actor: Actor, installation: Installation, now: datetime
) -> Answer:
    """Send the approved answer: from now on the citizen reads it; merged cases are answered with it.

    Raises
    ------
    UnableToApprove
        There is no text.
    UnableToMove, CaseChangedMeanwhile
        As `make_move`; `version` is that of the case.
    """
    lock(session, case=case, version=version)
    answer = _submitted(session, case)
    answer.sent_by, answer.sent_at = actor.account_id, now
    make_move(
        session,
        case=case,
        step=Step.SEND,
        actor=actor,
        installation=installation,
        now=now,
        details={"round": answer.round, "answer_version": answer.version},
    )
    return answer


def approve_and_send(
    session: Session, *, case: Case, version: int, actor: Actor, installation: Installation, now: datetime
) -> Answer:
    """Approve the text and send it at once; raises what either does."""
    approve(session, case=case, version=version, actor=actor, installation=installation, now=now)
    return send(session, case=case, version=case.version, actor=actor, installation=installation, now=now)

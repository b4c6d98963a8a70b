"""What a sender does with the own case after the PIN was right: add, rate, ask to look again, take back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, CaseContact, CaseRating, ConsentRecord
from survey_app.feedback.operations.attachments import add_files
from survey_app.feedback.operations.moves import lock, make_move
from survey_app.feedback.queries.settings import settings_for
from survey_app.feedback.queries.tracking import rating_of
from survey_app.feedback.rules.actors import CITIZEN, Installation
from survey_app.feedback.rules.answers import Solved
from survey_app.feedback.rules.consent import Purpose
from survey_app.feedback.rules.drafts import LONGEST_TEXT, FileDraft
from survey_app.feedback.rules.kinds import Anonymity
from survey_app.feedback.rules.searching import search_text_of
from survey_app.feedback.rules.similarity import folded_text
from survey_app.feedback.rules.states import Step
from survey_app.feedback.rules.tracking import LONGEST_COMMENT, reopen_until
from survey_app.foundation.clock import local_date
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import DEFAULT, format_date, use_language
from survey_app.foundation.languages import gettext as _

SCALE = range(1, 6)


class UnableToSupplement(Refused):
    """Nothing was added, or more than a case holds."""


class UnableToRate(Refused):
    """The answer was rated already, or the number is none of the scale."""


class UnableToReopen(Refused):
    """The time for it is over, or it was done as often as the desk allows."""


def supplement(
    session: Session,
    *,
    case: Case,
    text: str,
    files: Sequence[FileDraft],
    installation: Installation,
    now: datetime,
) -> None:
    """Add what the desk asked for. It joins the text of the case: searching, redacting and purging reach it too.

    Raises
    ------
    UnableToSupplement
        Neither a text nor a file, or a text too long.
    UnableToMove
        The desk does not wait for anything.
    """
    lock(session, case=case)
    if not text.strip() and not files:
        raise UnableToSupplement(_("Xin ghi nội dung bổ sung hoặc chọn tệp."))
    if len(text) > LONGEST_TEXT:
        raise UnableToSupplement(_("Nội dung dài quá %(most)s ký tự.", most=LONGEST_TEXT))
    make_move(
        session,
        case=case,
        step=Step.SUPPLEMENT,
        actor=CITIZEN,
        installation=installation,
        now=now,
        details={"characters": len(text.strip()), "files": len(files)},
    )
    if text.strip():
        _append(case, text.strip(), now)
    add_files(session, case=case, files=files, actor=CITIZEN, now=now)
    session.flush()


def attach_own(
    session: Session, *, case: Case, files: Sequence[FileDraft], installation: Installation, now: datetime
) -> None:
    """Add files without being asked: a photo taken later, or one that a bad network did not let through.

    Raises
    ------
    UnableToSupplement
        No file.
    UnusableFile
        The case holds as many as it may.
    UnableToMove
        The case is not handled here any more.
    """
    lock(session, case=case)
    if not files:
        raise UnableToSupplement(_("Xin chọn tệp."))
    make_move(
        session,
        case=case,
        step=Step.ATTACH,
        actor=CITIZEN,
        installation=installation,
        now=now,
        details={"files": len(files)},
    )
    add_files(session, case=case, files=files, actor=CITIZEN, now=now)


def _append(case: Case, text: str, now: datetime) -> None:
    # The petition is a Vietnamese text, also when its sender reads the page in English.
    with use_language(DEFAULT):
        heading = _("Bổ sung ngày %(day)s:", day=format_date(local_date(now)))
    case.text = f"{case.text}\n\n{heading}\n{text}"
    case.folded = folded_text(case.text, case.place)
    case.search_text = search_text_of(
        case.code, case.text, case.proposal, case.place, case.summary, case.national_code
    )


def rate(
    session: Session,
    *,
    case: Case,
    satisfaction: int,
    solved: Solved,
    comment: str,
    installation: Installation,
    now: datetime,
) -> CaseRating:
    """Store how content the sender is with the answer (1 to 5) and whether the matter is solved; once an answer.

    Raises
    ------
    UnableToRate
        Rated already, or not on the scale.
    UnableToMove
        There is no answer to rate.
    """
    lock(session, case=case)
    if satisfaction not in SCALE:
        raise UnableToRate(_("Xin chọn một mức từ 1 đến 5."))
    if rating_of(session, case) is not None:
        raise UnableToRate(_("Ông/bà đã đánh giá câu trả lời này. Xin cảm ơn."))
    make_move(session, case=case, step=Step.RATE, actor=CITIZEN, installation=installation, now=now)
    rating = CaseRating(
        case_id=case.id,
        round=case.reopened + 1,
        unit_path=case.unit_path,
        satisfaction=satisfaction,
        solved=solved,
        comment=comment.strip()[:LONGEST_COMMENT],
        rated_at=now,
    )
    session.add(rating)
    session.flush()
    return rating


def reopen(session: Session, *, case: Case, reason: str, installation: Installation, now: datetime) -> None:
    """Ask the desk to look again, within the days after the answer and as often as its settings allow.

    Raises
    ------
    UnableToReopen
        Too late, or too often.
    UnableToMove
        There is no answer yet, or no reason is given.
    """
    lock(session, case=case)
    settings = settings_for(session, case.unit_path)
    until = reopen_until(case.state, ended_at=case.ended_at, reopened=case.reopened, settings=settings)
    if until is not None and local_date(now) > until:
        raise UnableToReopen(
            _("Đã hết hạn yêu cầu xem lại (%(day)s). Xin gửi phản ánh mới.", day=format_date(until))
        )
    if until is None and case.reopened >= settings.reopen_times:
        raise UnableToReopen(_("Câu trả lời này đã được xem lại. Nếu còn việc mới, xin gửi phản ánh mới."))
    make_move(
        session,
        case=case,
        step=Step.REOPEN,
        actor=CITIZEN,
        installation=installation,
        now=now,
        reason=reason[:LONGEST_COMMENT],
    )


def withdraw_own(session: Session, *, case: Case, installation: Installation, now: datetime) -> None:
    """Take the case back before it is answered.

    Raises
    ------
    UnableToMove
        It was answered already, or went another way.
    """
    make_move(session, case=case, step=Step.WITHDRAW, actor=CITIZEN, installation=installation, now=now)


def withdraw_consent(session: Session, *, case: Case, purpose: Purpose, now: datetime) -> None:
    """Take a consent back, at once and without a reason (Luật 91/2025/QH15 Đ10); twice is no error."""
    query = select(ConsentRecord).where(
        ConsentRecord.case_id == case.id,
        ConsentRecord.purpose == purpose,
        ConsentRecord.withdrawn_at.is_(None),
    )
    for record in session.scalars(query):
        record.withdrawn_at = now
    contact = session.get(CaseContact, case.id)
    if purpose is Purpose.NOTICES and contact is not None:
        contact.wants_notices = False
    if purpose is Purpose.PUBLIC_NAME and case.anonymity is Anonymity.PUBLIC:
        case.anonymity = Anonymity.OFFICERS_ONLY
    session.flush()

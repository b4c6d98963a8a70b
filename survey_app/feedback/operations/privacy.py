"""Requests of data subjects: entered, acknowledged, carried out or refused; and what carrying out does to a case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, CaseContact, ConsentRecord, PrivacyRequest
from survey_app.feedback.operations.moves import lock
from survey_app.feedback.queries.calendars import calendar_for
from survey_app.feedback.rules.actors import Actor, Installation
from survey_app.feedback.rules.drafts import SenderDraft
from survey_app.feedback.rules.kinds import Anonymity
from survey_app.feedback.rules.privacy import (
    FINISHED,
    RequestKind,
    RequestState,
    acknowledge_by,
    complete_by,
)
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.privacy import FieldCipher
from survey_app.messaging.queries import phone_hash
from survey_app.messaging.rules.phones import UnableToReadPhone, read_phone

LONGEST_OUTCOME = 2_000


class UnableToServe(Refused):
    """The request is finished, was extended already, or what was done is not told."""


def request_from_citizen(
    session: Session,
    *,
    case: Case,
    kind: RequestKind,
    installation: Installation,
    now: datetime,
    wish: str = "",
) -> PrivacyRequest:
    """Enter what the sender of a case asks for after the PIN was right; the same kind again is the same request.

    `wish` says what to correct, or which data; it is sealed, and added to what was asked before.

    Raises
    ------
    UnableToServe
        A correction that does not say what to correct, or a wish that is too long.
    """
    wish = wish.strip()
    if len(wish) > LONGEST_OUTCOME or (kind is RequestKind.RECTIFY and not wish):
        raise UnableToServe(
            _("Xin ghi cần sửa gì, thành gì; không quá %(most)s ký tự.", most=LONGEST_OUTCOME)
        )
    lock(session, case=case)
    query = select(PrivacyRequest).where(
        PrivacyRequest.case_id == case.id,
        PrivacyRequest.kind == kind,
        PrivacyRequest.state.not_in(FINISHED),
    )
    known = session.scalars(query.limit(1)).first()
    request = known or _enter(session, kind=kind, unit_path=case.unit_path, case=case, received_at=now)
    if wish:
        _add_wish(request, wish, FieldCipher(installation.contact_key))
        session.flush()
    return request


def _add_wish(request: PrivacyRequest, wish: str, cipher: FieldCipher) -> None:
    before = cipher.decrypt(request.subject_sealed) if request.subject_sealed else ""
    # The same form may be sent twice.
    if wish in before:
        return
    together = f"{before}\n{wish}".strip()
    if len(together) > 5 * LONGEST_OUTCOME:
        raise UnableToServe(_("Yêu cầu này đã ghi rất dài. Xin chờ cơ quan trả lời."))
    request.subject_sealed = cipher.encrypt(together)


def register_request(
    session: Session,
    *,
    kind: RequestKind,
    unit_path: str,
    case: Case | None,
    subject: str,
    with_processor: bool,
    received_at: datetime,
    actor: Actor,
    installation: Installation,
) -> PrivacyRequest:
    """Enter a request that came by letter, telephone or in person; `subject` is who asks, and is sealed."""
    request = _enter(
        session,
        kind=kind,
        unit_path=unit_path,
        case=case,
        received_at=received_at,
        with_processor=with_processor,
    )
    request.account_id = actor.account_id
    if subject.strip():
        request.subject_sealed = FieldCipher(installation.contact_key).encrypt(subject.strip())
    session.flush()
    return request


def _enter(
    session: Session,
    *,
    kind: RequestKind,
    unit_path: str,
    case: Case | None,
    received_at: datetime,
    with_processor: bool = False,
) -> PrivacyRequest:
    calendar = calendar_for(session, unit_path)
    request = PrivacyRequest(
        kind=kind,
        state=RequestState.RECEIVED,
        unit_path=unit_path,
        case_id=case.id if case else None,
        received_at=received_at,
        acknowledge_by=acknowledge_by(calendar, kind, received_at),
        complete_by=complete_by(calendar, kind, received_at, with_processor=with_processor),
        with_processor=with_processor,
    )
    session.add(request)
    session.flush()
    return request


def acknowledge(session: Session, *, request: PrivacyRequest, actor: Actor, now: datetime) -> None:
    """Note that the sender was told that the request came.

    Raises
    ------
    UnableToServe
        It was noted already, or the request is finished.
    """
    session.refresh(request, with_for_update=True)
    if request.state is not RequestState.RECEIVED:
        raise UnableToServe(_("Yêu cầu này đã được xác nhận hoặc đã xong."))
    request.state, request.acknowledged_at = RequestState.ACKNOWLEDGED, now
    request.account_id = actor.account_id
    session.flush()


def extend(session: Session, *, request: PrivacyRequest, actor: Actor, now: datetime) -> None:
    """Lengthen the time to carry out once, by as much as NĐ 356/2025/NĐ-CP Đ5 allows.

    Raises
    ------
    UnableToServe
        Extended before, finished, or its time is over already.
    """
    _refuse_finished(session, request)
    if request.is_extended or now > request.complete_by:
        raise UnableToServe(_("Thời hạn chỉ gia hạn được một lần, trước khi hết hạn."))
    request.is_extended, request.account_id = True, actor.account_id
    request.complete_by = complete_by(
        calendar_for(session, request.unit_path),
        request.kind,
        request.received_at,
        with_processor=request.with_processor,
        is_extended=True,
    )
    session.flush()


def finish(
    session: Session,
    *,
    request: PrivacyRequest,
    state: RequestState,
    outcome: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Note that the request was carried out or refused, and what was done or why not.

    Raises
    ------
    UnableToServe
        Finished before, or `outcome` is empty or too long.
    """
    _refuse_finished(session, request)
    if state not in FINISHED or not 0 < len(outcome.strip()) <= LONGEST_OUTCOME:
        raise UnableToServe(_("Xin ghi đã làm gì, hoặc lý do từ chối."))
    request.state, request.outcome = state, outcome.strip()
    request.completed_at, request.account_id = now, actor.account_id
    session.flush()


def _refuse_finished(session: Session, request: PrivacyRequest) -> None:
    session.refresh(request, with_for_update=True)
    if request.state in FINISHED:
        raise UnableToServe(_("Yêu cầu này đã xong."))


def correct_contact(
    session: Session, *, case: Case, sender: SenderDraft, installation: Installation, now: datetime
) -> None:
    """Put `sender` in place of what is known of who sent the case; empty texts are forgotten.

    Raises
    ------
    UnableToServe
        Nobody's contact is kept with the case.
    """
    lock(session, case=case)
    contact = session.get(CaseContact, case.id)
    if contact is None:
        raise UnableToServe(_("Hồ sơ này không lưu thông tin liên hệ."))
    cipher, number = FieldCipher(installation.contact_key), _number(sender.phone)
    for name in ("name", "phone", "email", "address"):
        text = (number or sender.phone) if name == "phone" else getattr(sender, name)
        setattr(contact, f"{name}_sealed", cipher.encrypt(text) if text else None)
    case.phone_hash = phone_hash(installation.contact_key, number) if number else None
    session.flush()


def _number(typed: str) -> str | None:
    try:
        return read_phone(typed).number if typed else None
    except UnableToReadPhone:
        return None


def erase_contact(session: Session, *, case: Case, now: datetime) -> None:
    """Forget who sent the case: contact and telephone's hash, with every consent taken back.

    What was written stays: the agency handles it by law (Luật 91/2025/QH15 Đ19.1) until its own date.
    """
    lock(session, case=case)
    session.execute(delete(CaseContact).where(CaseContact.case_id == case.id))
    case.phone_hash, case.anonymity = None, Anonymity.ANONYMOUS
    withdraw_consents(session, case=case, now=now)


def withdraw_consents(session: Session, *, case: Case, now: datetime) -> int:
    """Take back every consent that the sender gave with a case; return how many."""
    query = select(ConsentRecord).where(
        ConsentRecord.case_id == case.id, ConsentRecord.withdrawn_at.is_(None)
    )
    records = session.scalars(query).all()
    for record in records:
        record.withdrawn_at = now
    contact = session.get(CaseContact, case.id)
    if contact is not None:
        contact.wants_notices = False
    if case.anonymity is Anonymity.PUBLIC:
        case.anonymity = Anonymity.OFFICERS_ONLY
    session.flush()
    return len(records)

"""Opens cases: the one way in for the citizen's form, the clerk's desk and messages from phones."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, CaseContact, CaseEvent, ConsentRecord, Grievance, GrievanceEvent
from survey_app.feedback.operations.attachments import add_files
from survey_app.feedback.operations.clocks import start_clock
from survey_app.feedback.operations.grievances import open_grievance
from survey_app.feedback.operations.moves import open_with_event
from survey_app.feedback.operations.notices import send_code
from survey_app.feedback.queries.settings import settings_for
from survey_app.feedback.rules.actors import Actor, Installation
from survey_app.feedback.rules.codes import new_code, new_pin, pin_digest
from survey_app.feedback.rules.consent import HANDLING, HANDLING_GROUND, Purpose, consent_text, text_version
from survey_app.feedback.rules.diversion import suspected_kind
from survey_app.feedback.rules.drafts import (
    LONGEST_ON_THE_WAY,
    CaseDraft,
    SenderDraft,
    lacks_contact,
    may_have_arrived,
    summary_of,
)
from survey_app.feedback.rules.kinds import Anonymity, GrievanceKind, Kind
from survey_app.feedback.rules.limits import Duty
from survey_app.feedback.rules.searching import search_text_of
from survey_app.feedback.rules.settings import DeskSettings
from survey_app.feedback.rules.similarity import folded_text
from survey_app.feedback.rules.states import State
from survey_app.foundation.clock import local_date
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.privacy import FieldCipher
from survey_app.messaging.queries import phone_hash
from survey_app.messaging.rules.phones import UnableToReadPhone, read_phone


class UnableToOpen(Refused):
    """What law asks for is missing; nothing was stored."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What the sender is shown once. `is_repeat`: the same form had come before, and nothing was stored now.

    `is_code_sent`: the code is on its way to the sender's telephone.
    """

    code: str
    pin: str = field(repr=False)
    case_id: int | None
    grievance_id: int | None
    opened_at: datetime
    is_repeat: bool = False
    is_code_sent: bool = False


def open_case(
    session: Session, *, draft: CaseDraft, actor: Actor, installation: Installation, now: datetime
) -> Opened:
    """Open a case, or enter a khiếu nại or tố cáo in the restricted register and nowhere else.

    The same `draft.submission_id` again opens nothing and returns the code and PIN of the first time.

    Raises
    ------
    UnableToOpen
        Nothing is written, it cannot have arrived when it is said to, or name and telephone or address are missing
        where the desk must ask for them.
    """
    known = find_opened(session, submission_id=draft.submission_id, key=installation.contact_key)
    if known is not None:
        return known
    settings = settings_for(session, draft.unit_path)
    _refuse_incomplete(draft, settings, now)
    code = _unused_code(session)
    pin = new_pin(installation.contact_key, draft.submission_id)
    digest = pin_digest(installation.contact_key, code, pin)
    if isinstance(draft.kind, GrievanceKind):
        grievance = open_grievance(
            session,
            draft=draft,
            code=code,
            pin_digest=digest,
            actor=actor,
            installation=installation,
            now=now,
        )
        return Opened(code, pin, None, grievance.id, now)
    case = _new_case(draft, settings, code=code, digest=digest, key=installation.contact_key, now=now)
    case.filed_by = actor.account_id
    open_with_event(session, case=case, actor=actor, now=now, details=_opening_details(draft))
    _keep_sender(session, case, draft, settings, installation, now)
    start_clock(session, case=case, duty=Duty.RECEIVE, now=case.created_at)
    start_clock(session, case=case, duty=Duty.ANSWER, now=case.created_at)
    add_files(session, case=case, files=draft.files, actor=actor, now=now)
    is_code_sent = _send_code(session, case, draft, installation, now)
    return Opened(code, pin, case.id, None, now, is_code_sent=is_code_sent)


def _send_code(
    session: Session, case: Case, draft: CaseDraft, installation: Installation, now: datetime
) -> bool:
    """Send the code to who asked for it, or for notices; an anonymous sender left no telephone."""
    phone = _number(_kept_sender(draft).phone)
    if not phone or not (draft.wants_code or draft.wants_notices):
        return False
    return send_code(session, case=case, phone=phone, installation=installation, now=now)


def find_opened(session: Session, *, submission_id: str, key: str) -> Opened | None:
    """Return what was opened for `submission_id`, None if nothing was; `key` is SURVEY_CONTACT_KEY."""
    pin = new_pin(key, submission_id)
    case = _entered(session, Case, CaseEvent, CaseEvent.case_id, submission_id)
    if case is not None:
        id_, code, entered_at = case
        return Opened(code, pin, id_, None, entered_at, is_repeat=True)
    grievance = _entered(session, Grievance, GrievanceEvent, GrievanceEvent.grievance_id, submission_id)
    if grievance is not None:
        id_, code, entered_at = grievance
        return Opened(code, pin, None, id_, entered_at, is_repeat=True)
    return None


def _entered(
    session: Session,
    model: type[Case] | type[Grievance],
    event: type[CaseEvent] | type[GrievanceEvent],
    belongs_to: Any,
    submission_id: str,
) -> tuple[int, str, datetime] | None:
    """Return id and code, and when it was entered: for a letter that is later than when it was received."""
    query = select(model.id, model.code, func.min(event.at)).join(event, belongs_to == model.id)
    row = session.execute(
        query.where(model.submission_id == submission_id).group_by(model.id, model.code)
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def _refuse_incomplete(draft: CaseDraft, settings: DeskSettings, now: datetime) -> None:
    if not draft.text.strip():
        raise UnableToOpen(_("Xin ghi nội dung muốn gửi."))
    if draft.arrived_at is not None and not may_have_arrived(draft.arrived_at, now=now):
        raise UnableToOpen(
            _("Lúc nhận phải trong %(days)s ngày vừa qua, không ở tương lai.", days=LONGEST_ON_THE_WAY.days)
        )
    if lacks_contact(draft, settings.contact_required):
        raise UnableToOpen(
            _(
                "Phản ánh, kiến nghị phải có họ tên và số điện thoại hoặc địa chỉ (Nghị định 20/2008/NĐ-CP, Điều 7)."
            )
        )


def _unused_code(session: Session) -> str:
    while True:
        code = new_code(secrets)
        taken = (select(model.code).where(model.code == code) for model in (Case, Grievance))
        if all(session.scalar(query) is None for query in taken):
            return code


def _new_case(
    draft: CaseDraft, settings: DeskSettings, *, code: str, digest: str, key: str, now: datetime
) -> Case:
    desk = settings.receiving_path or draft.unit_path
    number = _number(_kept_sender(draft).phone)
    return Case(
        code=code,
        pin_digest=digest,
        submission_id=draft.submission_id,
        kind=cast(Kind, draft.kind),
        field=draft.field_name,
        channel=draft.channel,
        anonymity=draft.anonymity,
        language=draft.language,
        unit_path=desk,
        received_path=desk,
        place=draft.place,
        text=draft.text,
        proposal=draft.proposal,
        summary=summary_of(draft.text),
        folded=folded_text(draft.text, draft.place),
        search_text=search_text_of(
            code, draft.text, draft.proposal, draft.place, national_code=draft.national_code
        ),
        state=State.NEW,
        created_at=draft.arrived_at or now,
        national_code=draft.national_code,
        phone_hash=phone_hash(key, number) if number else None,
        purge_on=local_date(now + timedelta(days=settings.case_kept_days)),
    )


def _kept_sender(draft: CaseDraft) -> SenderDraft:
    """Return who is stored as the sender: nobody for an anonymous one; a telephone in E.164 where it is one."""
    if draft.anonymity is Anonymity.ANONYMOUS:
        return SenderDraft()
    return replace(draft.sender, phone=_number(draft.sender.phone) or draft.sender.phone)


def _number(typed: str) -> str | None:
    try:
        return read_phone(typed).number if typed else None
    except UnableToReadPhone:
        return None


def _keep_sender(
    session: Session,
    case: Case,
    draft: CaseDraft,
    settings: DeskSettings,
    installation: Installation,
    now: datetime,
) -> None:
    sender = _kept_sender(draft)
    if sender.is_empty:
        return
    cipher = FieldCipher(installation.contact_key)
    sealed = {
        f"{name}_sealed": cipher.encrypt(value)
        for name in ("name", "phone", "email", "address")
        if (value := getattr(sender, name))
    }
    session.add(
        CaseContact(
            case_id=case.id,
            wants_notices=draft.wants_notices,
            purpose=HANDLING,
            ground=HANDLING_GROUND,
            purge_on=local_date(now + timedelta(days=settings.contact_kept_days)),
            **sealed,
        )
    )
    for purpose in map(Purpose, draft.consents):
        session.add(
            ConsentRecord(
                case_id=case.id,
                purpose=purpose,
                text_version=text_version(consent_text(purpose)),
                channel=draft.channel,
                given_at=now,
            )
        )


def _opening_details(draft: CaseDraft) -> dict[str, str]:
    """Return what the first event keeps. What looks like a khiếu nại or tố cáo is marked for the clerk, who decides."""
    suspected = suspected_kind(f"{draft.text}\n{draft.proposal}")
    return {"addressed": draft.unit_path} | ({"suspected": str(suspected)} if suspected else {})

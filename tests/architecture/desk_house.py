"""One record of every kind at the feedback desk of unit 04, for the tests that walk the whole product."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Attachment, Case, Grievance
from survey_app.feedback.operations.answers import approve, send, submit
from survey_app.feedback.operations.assignment import assign, assign_many
from survey_app.feedback.operations.breaches import BreachDraft, record_breach
from survey_app.feedback.operations.calendars import enter_day
from survey_app.feedback.operations.intake import open_case
from survey_app.feedback.operations.limits import add_limit
from survey_app.feedback.operations.privacy import request_from_citizen
from survey_app.feedback.operations.publication import publish
from survey_app.feedback.operations.reply_templates import keep_template
from survey_app.feedback.operations.saved_views import keep_view
from survey_app.feedback.rules.actors import CITIZEN, Installation, staff_member
from survey_app.feedback.rules.answers import Part, read_parts
from survey_app.feedback.rules.attachments import MediaType
from survey_app.feedback.rules.drafts import CaseDraft, FileDraft, SenderDraft
from survey_app.feedback.rules.kinds import GrievanceKind, Kind
from survey_app.feedback.rules.limits import CountedFrom, Duty, Limit, TimeUnit
from survey_app.feedback.rules.privacy import RequestKind
from survey_app.feedback.rules.publication import CopyDraft
from survey_app.feedback.rules.reply_templates import TemplateDraft
from survey_app.foundation.clock import local_date


def furnish_desk(
    session: Session,
    *,
    unit_path: str,
    owner_id: int,
    writer_id: int,
    installation: Installation,
    now: datetime,
) -> dict[str, Any]:
    """Store the records; return what stands for each in an address.

    `owner_id` may do everything in the unit; `writer_id` is somebody else, who writes what the owner approves.
    """
    case, other, drafted = (
        _open(session, Kind.PETITION, unit_path, number, installation, now) for number in (1, 2, 3)
    )
    grievance = _open(session, GrievanceKind.COMPLAINT, unit_path, 4, installation, now)
    bulk = assign_many(
        session,
        case_ids=[case.id],
        handler_id=owner_id,
        account_id=owner_id,
        scopes=[unit_path],
        installation=installation,
        now=now,
    )
    _submit(session, drafted, owner_id, writer_id, installation, now)
    _answer(session, other, owner_id, writer_id, installation, now)
    draft = BreachDraft(title="Gửi nhầm", what="Một thư", measures="Thu hồi", people=1, detected_at=now)
    return {
        "case": case.code,
        "other": other.code,
        "drafted": drafted.code,
        "grievance": grievance.code,
        "case_token": _token(session, Attachment.case_id == case.id),
        "grievance_token": _token(session, Attachment.grievance_id == grievance.id),
        "bulk_id": bulk.bulk_id,
        "view_id": keep_view(session, account_id=owner_id, name="Của tôi", query="handler=me").id,
        "reply_template_id": _template(session, unit_path, now),
        "rule_id": _limit(session, unit_path, now),
        "day_id": _day(session, unit_path, now),
        "request_id": request_from_citizen(
            session, case=case, kind=RequestKind.ACCESS, wish="", installation=installation, now=now
        ).id,
        "breach_id": record_breach(
            session, unit_path=unit_path, draft=draft, actor=staff_member(owner_id), now=now
        ).id,
    }


def _open(
    session: Session,
    kind: Kind | GrievanceKind,
    unit_path: str,
    number: int,
    installation: Installation,
    now: datetime,
) -> Any:
    draft = CaseDraft(
        submission_id=f"house-{number}",
        kind=kind,
        unit_path=unit_path,
        text="Đèn đường hỏng ba tuần nay.",
        sender=SenderDraft(name="Nguyễn Thị Gửi", phone="0900000123", address="Tổ 3"),
        files=(FileDraft(MediaType.JPEG, _picture()),),
    )
    opened = open_case(session, draft=draft, actor=CITIZEN, installation=installation, now=now)
    if opened.case_id is None:
        return session.get_one(Grievance, opened.grievance_id)
    return session.get_one(Case, opened.case_id)


def _picture() -> bytes:
    stored = BytesIO()
    Image.new("RGB", (8, 8), "red").save(stored, "JPEG")
    return stored.getvalue()


def _submit(
    session: Session, case: Case, owner_id: int, writer_id: int, installation: Installation, now: datetime
) -> None:
    """Let an answer of the case wait for approval."""
    with_case: Any = {"case": case, "installation": installation, "now": now}
    assign(session, handler_id=owner_id, actor=staff_member(owner_id), **with_case)
    parts = read_parts({part.value: "Đã thay bóng đèn." for part in Part})
    submit(session, parts=parts, base_version=0, actor=staff_member(writer_id), **with_case)


def _answer(
    session: Session, case: Case, owner_id: int, writer_id: int, installation: Installation, now: datetime
) -> None:
    """Let the case be answered and the answer be public."""
    _submit(session, case, owner_id, writer_id, installation, now)
    with_case: Any = {
        "case": case,
        "installation": installation,
        "now": now,
        "actor": staff_member(owner_id),
    }
    approve(session, version=case.version, **with_case)
    send(session, version=case.version, **with_case)
    copy = CopyDraft("Đèn đường hỏng", "Đèn đường hỏng ba tuần nay.", "Đã thay bóng đèn.")
    publish(session, copy=copy, is_confirmed=True, version=0, **with_case)


def _token(session: Session, belongs: ColumnElement[bool]) -> str:
    return session.scalars(select(Attachment.token).where(belongs)).one()


def _template(session: Session, unit_path: str, now: datetime) -> int:
    parts = read_parts({Part.FOUND.value: "Đã kiểm tra {noi}."})
    draft = TemplateDraft(name="Hạ tầng", parts=parts, unit_path=unit_path)
    return keep_template(session, draft=draft, template_id=None, now=now).id


def _limit(session: Session, unit_path: str, now: datetime) -> int:
    limit = Limit(
        kind=Kind.PETITION,
        duty=Duty.ANSWER,
        amount=7,
        time_unit=TimeUnit.WORKING_DAY,
        counted_from=CountedFrom.RECEIPT,
        legal_basis="Quy chế của tỉnh, Điều 5",
        unit_path=unit_path,
        valid_from=local_date(now),
    )
    return add_limit(session, limit=limit).id


def _day(session: Session, unit_path: str, now: datetime) -> int:
    day = local_date(now) + timedelta(days=40)
    return enter_day(
        session, unit_path=unit_path, day=day, is_working=False, name="Ngày lễ của tỉnh", now=now
    ).id

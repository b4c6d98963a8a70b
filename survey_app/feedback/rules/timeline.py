"""What happened to a case, in an officer's words; citizens read others (`tracking`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from survey_app.feedback.rules.kinds import Kind, kind_label
from survey_app.feedback.rules.limits import Duty, duty_label
from survey_app.feedback.rules.states import Step
from survey_app.foundation.languages import format_instant
from survey_app.foundation.languages import gettext as _

RELEASED = "contact_released"
"""The key in an event's details that says: the unit complained about may see who sent the case."""


def event_label(step: Step) -> str:
    """Return what happened."""
    return {
        Step.OPEN: _("Gửi đến"),
        Step.RECEIVE: _("Tiếp nhận"),
        Step.CLASSIFY: _("Phân loại"),
        Step.ASSIGN: _("Giao người xử lý"),
        Step.UNASSIGN: _("Lấy lại, chưa giao ai"),
        Step.TAKE: _("Nhận xử lý"),
        Step.TRANSFER: _("Chuyển đơn vị"),
        Step.FORWARD: _("Chuyển cơ quan có thẩm quyền"),
        Step.REFUSE: _("Không thụ lý"),
        Step.ASK: _("Hỏi thêm người gửi"),
        Step.SUPPLEMENT: _("Người gửi bổ sung"),
        Step.RESUME: _("Tiếp tục xử lý"),
        Step.DRAFT: _("Bắt đầu soạn trả lời"),
        Step.SUBMIT: _("Trình duyệt trả lời"),
        Step.RETURN: _("Trả lại bản soạn"),
        Step.APPROVE: _("Duyệt trả lời"),
        Step.SEND: _("Gửi trả lời"),
        Step.ANSWER_WITH_PRIMARY: _("Trả lời cùng hồ sơ chính"),
        Step.EXTEND: _("Gia hạn trả lời"),
        Step.SPLIT: _("Tách thành nhiều việc"),
        Step.MERGE: _("Gộp vào hồ sơ khác"),
        Step.UNMERGE: _("Bỏ gộp"),
        Step.DIVERT: _("Chuyển theo thủ tục khác"),
        Step.RATE: _("Người gửi đánh giá"),
        Step.REOPEN: _("Mở lại"),
        Step.CLOSE: _("Kết thúc"),
        Step.WITHDRAW: _("Rút lại"),
        Step.NOTE: _("Ghi chú nội bộ"),
        Step.ATTACH: _("Thêm tệp"),
        Step.REDACT: _("Soạn bản công khai"),
        Step.PUBLISH: _("Công khai"),
        Step.RETRACT: _("Gỡ bản công khai"),
        Step.WARN: _("Nhắc hạn"),
        Step.ESCALATE: _("Báo cấp trên vì quá hạn"),
        Step.SUCCEED: _("Đơn vị kế tục tiếp nhận"),
    }[step]


def event_more(
    step: Step,
    details: Mapping[str, Any],
    *,
    people: Mapping[int, str],
    units: Mapping[str, str],
    field_label: Callable[[str], str],
) -> str:
    """Return to whom, from where to where, or which kind; "" where the label says it all."""
    match step:
        case Step.ASSIGN:
            more = people.get(details.get("handler") or 0, "")
        case Step.TRANSFER | Step.SUCCEED:
            more = " → ".join(filter(None, (_short(units, details.get(name)) for name in ("from", "to"))))
        case Step.FORWARD | Step.REFUSE:
            more = str(details.get("body", ""))
        case Step.CLASSIFY if details.get("kind") in set(Kind):
            kind, field = kind_label(Kind(details["kind"])), field_label(details.get("field") or "")
            more = ", ".join(filter(None, (kind, field)))
        case Step.EXTEND if details.get("due_before") and details.get("due_after"):
            dues = (datetime.fromisoformat(details[name]) for name in ("due_before", "due_after"))
            more = " → ".join(format_instant(due) for due in dues)
        case Step.WARN | Step.ESCALATE if details.get("percent"):
            spent = _("đã hết %(percent)s %% thời hạn", percent=details["percent"])
            duty = duty_label(Duty(details["duty"])) if details.get("duty") in set(Duty) else ""
            more = ": ".join(filter(None, (duty, spent)))
        case Step.NOTE if details.get(RELEASED):
            more = _("cho đơn vị bị phản ánh biết người gửi")
        case _:
            more = ""
    return more


def _short(units: Mapping[str, str], path: object) -> str:
    return units.get(str(path or ""), "").split(", ")[0]

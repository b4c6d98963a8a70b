"""What the page of a case offers: its buttons in the order of the work, what each asks for, and grounds to refuse."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from survey_app.feedback.rules.states import State, Step
from survey_app.foundation.languages import gettext as _

FIELDS_OF: dict[Step, tuple[str, ...]] = {
    Step.RECEIVE: (),
    Step.CLASSIFY: ("kind", "field", "subject_class", "summary", "note"),
    Step.ASSIGN: ("handler", "note"),
    Step.UNASSIGN: ("note",),
    Step.TAKE: (),
    Step.TRANSFER: ("unit", "unit_choice", "reason", "note"),
    Step.FORWARD: ("body", "reason", "note"),
    Step.REFUSE: ("ground", "reason", "body", "note"),
    Step.ASK: ("reason", "note"),
    Step.SUPPLEMENT: ("text",),
    Step.RESUME: ("reason",),
    Step.EXTEND: ("reason",),
    Step.SPLIT: ("reason", "diverted_as", "note"),
    Step.MERGE: ("other", "note"),
    Step.UNMERGE: (),
    Step.DIVERT: ("grievance", "reason"),
    Step.REOPEN: ("reason",),
    Step.CLOSE: ("note",),
    Step.WITHDRAW: ("note",),
    Step.NOTE: ("note",),
    Step.ATTACH: ("files",),
}
"""The moves that have a form of their own, with its fields; the version of the case goes with each."""

PAGE_OF: dict[Step, str] = {
    Step.DRAFT: "answer",
    Step.SUBMIT: "answer",
    Step.APPROVE: "review",
    Step.SEND: "review",
    Step.RETURN: "review",
    Step.REDACT: "redact",
    Step.PUBLISH: "publish",
    Step.RETRACT: "publish",
    Step.SPLIT: "split",
}
"""Steps that are made on a page of their own: the last part of its address."""

_FIRST: dict[State, tuple[Step, ...]] = {
    State.NEW: (Step.RECEIVE, Step.ASSIGN, Step.CLASSIFY),
    State.RECEIVED: (Step.ASSIGN, Step.TAKE, Step.CLASSIFY),
    State.ASSIGNED: (Step.TAKE, Step.DRAFT),
    State.IN_PROGRESS: (Step.DRAFT, Step.ASK),
    State.WAITING: (Step.SUPPLEMENT, Step.RESUME),
    State.DRAFTED: (Step.APPROVE, Step.RETURN),
    State.APPROVED: (Step.SEND, Step.RETURN),
    State.ANSWERED: (Step.PUBLISH, Step.REDACT, Step.CLOSE),
    State.REOPENED: (Step.DRAFT, Step.TAKE),
    State.CLOSED: (Step.PUBLISH, Step.REDACT),
    State.MERGED: (Step.UNMERGE,),
}
_USUAL = (
    *(Step.RECEIVE, Step.TAKE, Step.ASSIGN, Step.DRAFT, Step.SUBMIT, Step.APPROVE, Step.SEND, Step.RETURN),
    *(Step.ASK, Step.RESUME, Step.SUPPLEMENT, Step.CLASSIFY, Step.TRANSFER, Step.FORWARD, Step.REFUSE),
    *(Step.EXTEND, Step.MERGE, Step.UNMERGE, Step.SPLIT, Step.DIVERT, Step.PUBLISH, Step.REDACT),
    *(Step.RETRACT, Step.CLOSE, Step.REOPEN, Step.UNASSIGN, Step.NOTE, Step.ATTACH, Step.WITHDRAW),
)


def in_order(state: State, steps: Iterable[Step]) -> list[Step]:
    """Return the steps that the page offers, the most likely first; of several that lead to one page only one."""
    wanted = set(steps)
    chosen: dict[str, Step] = {}
    for step in (*_FIRST.get(state, ()), *_USUAL):
        if step in wanted:
            chosen.setdefault(PAGE_OF.get(step, step), step)
    return list(chosen.values())


def offer_label(step: Step) -> str:
    """Return what stands on the button."""
    return {
        Step.RECEIVE: _("Tiếp nhận"),
        Step.CLASSIFY: _("Phân loại"),
        Step.ASSIGN: _("Giao người xử lý"),
        Step.UNASSIGN: _("Lấy lại, chưa giao ai"),
        Step.TAKE: _("Nhận xử lý"),
        Step.TRANSFER: _("Chuyển đơn vị khác"),
        Step.FORWARD: _("Chuyển cơ quan có thẩm quyền"),
        Step.REFUSE: _("Không thụ lý"),
        Step.ASK: _("Hỏi thêm người gửi"),
        Step.SUPPLEMENT: _("Ghi bổ sung thay người gửi"),
        Step.RESUME: _("Tiếp tục, không chờ nữa"),
        Step.DRAFT: _("Soạn trả lời"),
        Step.SUBMIT: _("Soạn trả lời"),
        Step.APPROVE: _("Xem và duyệt trả lời"),
        Step.SEND: _("Gửi trả lời"),
        Step.RETURN: _("Xem câu trả lời"),
        Step.EXTEND: _("Gia hạn trả lời"),
        Step.SPLIT: _("Tách thành nhiều việc"),
        Step.MERGE: _("Gộp vào hồ sơ khác"),
        Step.UNMERGE: _("Bỏ gộp"),
        Step.DIVERT: _("Chuyển sang khiếu nại, tố cáo"),
        Step.REDACT: _("Soạn bản công khai"),
        Step.PUBLISH: _("Công khai câu trả lời"),
        Step.RETRACT: _("Xem bản công khai"),
        Step.CLOSE: _("Kết thúc hồ sơ"),
        Step.REOPEN: _("Mở lại theo yêu cầu người gửi"),
        Step.NOTE: _("Ghi chú nội bộ"),
        Step.ATTACH: _("Thêm tệp"),
        Step.WITHDRAW: _("Rút theo yêu cầu người gửi"),
    }[step]


def offer_help(step: Step) -> str:
    """Return what follows from the move, in one sentence; "" where the button says it all."""
    return {
        Step.TRANSFER: _("Đồng hồ tính lại từ đầu ở đơn vị nhận; người gửi được báo."),
        Step.FORWARD: _(
            "Cơ quan chuyển, người dân không phải gửi lại (Luật Tiếp công dân Đ26, NĐ 20/2008/NĐ-CP Đ9)."
        ),
        Step.REFUSE: _("Phải nêu lý do và cơ quan có thẩm quyền, để người gửi biết phải hỏi ai."),
        Step.ASK: _("Đồng hồ tạm dừng trong khi chờ, nếu quy định của đơn vị cho phép."),
        Step.EXTEND: _("Chỉ gia hạn được một lần, đến mức dài nhất mà quy định cho phép."),
        Step.MERGE: _("Hai mã đều còn; mọi người gửi đều nhận câu trả lời. Bỏ gộp được."),
        Step.UNMERGE: _("Hồ sơ trở lại như trước khi gộp; thời gian đã gộp vẫn tính."),
        Step.DIVERT: _(
            "Nội dung, tệp và thông tin người gửi chuyển sang sổ hạn chế; ở đây không còn xem được."
        ),
        Step.REOPEN: _("Đồng hồ tính lại từ đầu. Chỉ trong thời gian và số lần cho phép."),
        Step.NOTE: _("Chỉ cán bộ đọc được."),
        Step.WITHDRAW: _("Chỉ khi chính người gửi yêu cầu."),
    }.get(step, "")


class Ground(StrEnum):
    """Why a case may be refused."""

    UNCLEAR = "unclear"
    LANGUAGE = "language"
    NO_CONTACT = "no_contact"
    ANSWERED_BEFORE = "answered_before"
    NOT_COMPETENT = "not_competent"


def ground_label(ground: Ground) -> str:
    """Return the ground with its basis, as the sender reads it.

    Sources: NĐ 20/2008/NĐ-CP Đ7 (what a message must hold), Đ9 (competence); NĐ 154/2026/NĐ-CP Đ4 (refusal).
    """
    return {
        Ground.UNCLEAR: _("Nội dung chưa rõ ràng, cụ thể (NĐ 20/2008/NĐ-CP, Điều 7)"),
        Ground.LANGUAGE: _("Không viết bằng tiếng Việt (NĐ 20/2008/NĐ-CP, Điều 7)"),
        Ground.NO_CONTACT: _("Thiếu họ tên, địa chỉ hoặc cách liên hệ (NĐ 20/2008/NĐ-CP, Điều 7)"),
        Ground.ANSWERED_BEFORE: _("Đã được trả lời, không có tình tiết mới (NĐ 154/2026/NĐ-CP, Điều 4)"),
        Ground.NOT_COMPETENT: _("Không thuộc thẩm quyền (NĐ 20/2008/NĐ-CP, Điều 9)"),
    }[ground]

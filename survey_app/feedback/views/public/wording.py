"""What the citizen chooses from, in plain words."""

from __future__ import annotations

from survey_app.feedback.rules.answers import Solved
from survey_app.feedback.rules.consent import Purpose, consent_text
from survey_app.feedback.rules.kinds import Anonymity, GrievanceKind, Kind, anonymity_label, kind_label
from survey_app.feedback.rules.privacy import ASKED_BY_SENDERS, RequestKind, request_label
from survey_app.foundation.languages import gettext as _

Option = tuple[str, str, str]
"""Value, label and what it means."""


def kind_options() -> list[Option]:
    """Return the kinds of cases, the most frequent first."""
    meanings = {
        Kind.PETITION: _("Báo một việc chưa đúng, chưa tốt và mong được giải quyết, trả lời."),
        Kind.SUGGESTION: _("Nêu ý kiến để cơ quan làm tốt hơn. Không cần ghi tên."),
        Kind.QUESTION: _("Hỏi về thủ tục, quy định, hồ sơ."),
        Kind.PRAISE: _("Khen cán bộ hoặc việc làm tốt."),
    }
    return [(kind, kind_label(kind), meaning) for kind, meaning in meanings.items()]


def anonymity_options(*, is_published: bool = True) -> list[Option]:
    """Return who may know the sender, the guarded choice first; to the public only of what may be published."""
    meanings = {
        Anonymity.OFFICERS_ONLY: _("Dùng để liên hệ và trả lời, không hiện trên trang công khai."),
        Anonymity.ANONYMOUS: _("Không lưu tên, số điện thoại, địa chỉ."),
    }
    if is_published:
        meanings[Anonymity.PUBLIC] = consent_text(Purpose.PUBLIC_NAME)
    return [(choice, anonymity_label(choice), meaning) for choice, meaning in meanings.items()]


def diversion_options(suspected: GrievanceKind, kind: Kind) -> list[Option]:
    """Return what a sender may decide whose words look like a khiếu nại or tố cáo."""
    other = _(
        "Theo luật riêng: vào sổ riêng, chỉ người được giao đọc, không công khai. Luật đòi họ tên, chữ ký."
    )
    same = _("Giải quyết như đã chọn; cán bộ tiếp nhận xem lại.")
    return [(suspected, kind_label(suspected), other), (KEEP, kind_label(kind), same)]


KEEP = "keep"


def field_labels() -> dict[str, str]:
    """Return the names of fields as the list of errors tells them."""
    return {
        "kind": _("Loại"),
        "unit": _("Nơi nhận"),
        "unit_text": _("Nơi nhận"),
        "text": _("Nội dung"),
        "place": _("Ở đâu"),
        "proposal": _("Đề nghị"),
        "name": _("Họ và tên"),
        "phone": _("Số điện thoại"),
        "wants_code": _("Nhắn mã"),
        "address": _("Địa chỉ"),
        "files": _("Tệp kèm theo"),
        "diversion": _("Cách gửi"),
    }


def satisfaction_options() -> list[Option]:
    """Return the scale on which an answer is rated, best first."""
    return [
        ("5", _("5 · Rất hài lòng"), ""),
        ("4", _("4 · Hài lòng"), ""),
        ("3", _("3 · Bình thường"), ""),
        ("2", _("2 · Không hài lòng"), ""),
        ("1", _("1 · Rất không hài lòng"), ""),
    ]


def request_options() -> list[Option]:
    """Return what a sender may ask about the own data, with what it means."""
    meanings = {
        RequestKind.ACCESS: _("Nhận bản sao những gì đang lưu về ông/bà trong phiếu này."),
        RequestKind.RECTIFY: _("Họ tên, số điện thoại, địa chỉ ghi sai: ghi ở dưới cần sửa thành gì."),
        RequestKind.ERASE: _("Xóa họ tên, số điện thoại, địa chỉ. Nội dung được giữ theo luật đến hạn."),
        RequestKind.WITHDRAW_RESTRICT_OBJECT: _("Không đồng ý một cách dùng dữ liệu: ghi rõ ở dưới."),
    }
    return [(kind, request_label(kind), meanings[kind]) for kind in ASKED_BY_SENDERS]


def solved_options() -> list[Option]:
    """Return whether the matter itself is solved."""
    return [
        (Solved.YES, _("Đã giải quyết"), ""),
        (Solved.PARTLY, _("Giải quyết một phần"), ""),
        (Solved.NO, _("Chưa giải quyết"), ""),
    ]

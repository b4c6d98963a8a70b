"""Actions, roles and lines of the audit log in the reader's words; what a role may do is read off the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from survey_app.foundation.languages import gettext as _
from survey_app.staff.rules.permissions import PERMITTED, Action, Role, role_label

# Whoever may do the first may do the second as well: a sentence need not say both.
_IMPLIED = {
    Action.MANAGE_ACCOUNTS: Action.VIEW_ACCOUNTS,
    Action.MANAGE_OFFICES: Action.VIEW_OFFICES,
    Action.EDIT_QUESTIONNAIRES: Action.VIEW_QUESTIONNAIRES,
    Action.MANAGE_CAMPAIGNS: Action.VIEW_CAMPAIGNS,
    Action.RUN_RESULTS: Action.VIEW_RUNS,
    Action.PUBLISH_RESULTS: Action.VIEW_RUNS,
}


def action_label(action: str) -> str:
    """Return an action in the reader's words; one that this version does not know stays as it was written."""
    return _labels().get(action, action)


def _labels() -> dict[str, str]:
    return {
        Action.USE_OWN_ACCOUNT: _("Dùng tài khoản của mình"),
        Action.VIEW_ACCOUNTS: _("Xem tài khoản"),
        Action.MANAGE_ACCOUNTS: _("Quản lý tài khoản và quyền"),
        Action.VIEW_AUDIT: _("Xem nhật ký"),
        Action.MANAGE_APPEARANCE: _("Đặt màu sắc và biểu trưng"),
        Action.MANAGE_MESSAGING: _("Quản lý cổng nhắn tin, mẫu tin và danh sách từ chối"),
        Action.VIEW_OFFICES: _("Xem đơn vị và quầy"),
        Action.MANAGE_OFFICES: _("Quản lý đơn vị và quầy"),
        Action.PRINT_POSTERS: _("In bảng mã QR"),
        Action.CHECK_QR: _("Kiểm tra mã QR tại quầy"),
        Action.MANAGE_KIOSKS: _("Quản lý máy tại quầy"),
        Action.VIEW_QUESTIONNAIRES: _("Xem phiếu khảo sát"),
        Action.EDIT_QUESTIONNAIRES: _("Soạn phiếu khảo sát"),
        Action.PUBLISH_QUESTIONNAIRES: _("Công bố phiếu khảo sát"),
        Action.VIEW_CAMPAIGNS: _("Xem đợt khảo sát"),
        Action.MANAGE_CAMPAIGNS: _("Quản lý đợt khảo sát"),
        Action.READ_REPLIES: _("Đọc và mã hóa tin trả lời"),
        Action.VIEW_RUNS: _("Xem kết quả chưa công bố"),
        Action.RUN_RESULTS: _("Tính kết quả"),
        Action.PUBLISH_RESULTS: _("Công bố kết quả"),
        Action.FILE_CASES: _("Ghi nhận phản ánh thay người dân"),
        Action.VIEW_CASES: _("Xem hồ sơ phản ánh"),
        Action.TRIAGE_CASES: _("Tiếp nhận và phân loại phản ánh"),
        Action.ASSIGN_CASES: _("Phân công xử lý phản ánh"),
        Action.HANDLE_CASES: _("Xử lý và soạn trả lời phản ánh"),
        Action.APPROVE_ANSWERS: _("Duyệt trả lời"),
        Action.PUBLISH_CASES: _("Công khai trả lời"),
        Action.HANDLE_GRIEVANCES: _("Đọc và xử lý khiếu nại, tố cáo"),
        Action.VIEW_FEEDBACK_REPORTS: _("Xem báo cáo về phản ánh"),
        Action.MANAGE_FEEDBACK: _("Đặt thời hạn, lịch và mẫu trả lời"),
        Action.MANAGE_PRIVACY: _("Quản lý yêu cầu về dữ liệu cá nhân"),
    }


def role_actions(role: Role) -> str:
    """Return what a role may do as a list in words, made from the table that guards the doors; empty if nothing."""
    permitted = [action for action in Action if role in PERMITTED[action]]
    implied = {_IMPLIED[action] for action in permitted if action in _IMPLIED}
    told = [action for action in permitted if action not in implied | {Action.USE_OWN_ACCOUNT}]
    return ", ".join(_lower(action_label(action)) for action in told)


def role_sentence(role: Role) -> str:
    """Return one sentence on what a role may do."""
    actions = role_actions(role)
    return _("Được: %(actions)s.", actions=actions) if actions else _("Chỉ dùng được tài khoản của mình.")


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def unit_label(path: str, names: Mapping[str, str]) -> str:
    """Return the unit of a grant or a line; `names` are of `offices.queries.names_by_path`."""
    if not path:
        return _("Toàn hệ thống")
    return names.get(path) or path


def event_label(action: str, details: Mapping[str, Any]) -> str:
    """Return what a line of the audit log reports: the deed if the line names it, else the action."""
    deed = details.get("did")
    return _deeds().get(str(deed)) or action_label(action)


def _deeds() -> dict[str, str]:
    return (
        {
            "signed_in": _("Đăng nhập"),
            "signed_out": _("Đăng xuất"),
            "invited": _("Mời người dùng"),
            "link_issued": _("Cấp liên kết đặt mật khẩu"),
            "granted": _("Cấp quyền"),
            "revoked": _("Thu hồi quyền"),
            "deactivated": _("Khóa tài khoản"),
            "reactivated": _("Mở lại tài khoản"),
            "sign_in_ended": _("Đăng xuất một máy"),
            "sign_ins_ended": _("Đăng xuất mọi máy"),
            "second_factor_removed": _("Tắt xác thực hai bước"),
            "renamed": _("Sửa họ tên"),
            "chain_verified": _("Kiểm tra chuỗi nhật ký"),
            "appearance_saved": _("Đổi giao diện"),
            "logo_removed": _("Bỏ biểu trưng"),
            "appearance_reset": _("Trở về giao diện mặc định"),
            "password_set_by_link": _("Đặt mật khẩu bằng liên kết"),
        }
        | _deeds_in_offices()
        | _deeds_in_messaging()
    )


def _deeds_in_messaging() -> dict[str, str]:
    return {
        "test_message_sent": _("Gửi tin thử đến máy mô phỏng"),
        "sending_continued": _("Cho gửi tiếp qua cổng nhắn tin"),
        "sender_saved": _("Lưu người gửi tin"),
        "template_saved": _("Lưu mẫu tin"),
        "template_deleted": _("Xóa mẫu tin"),
        "opt_out_looked_up": _("Tra danh sách từ chối"),
        "opt_out_added": _("Ghi từ chối nhận tin"),
        "opt_out_lifted": _("Gỡ từ chối nhận tin"),
        "message_sent_again": _("Gửi lại tin"),
        "simulator_texted": _("Gửi tin từ máy mô phỏng"),
        "reply_coded": _("Đọc và mã hóa tin trả lời"),
        "invitations_imported": _("Nhập danh sách mời"),
        "invitation_plan_saved": _("Soạn cách mời bằng tin nhắn"),
        "invitations_sent": _("Gửi tin mời"),
        "invitations_paused": _("Tạm dừng gửi tin mời"),
        "invitations_resumed": _("Gửi tiếp tin mời"),
        "invitations_reminded": _("Gửi tin nhắc"),
    }


def _deeds_in_offices() -> dict[str, str]:
    return {
        "code_issued": _("Cấp mã cho quầy"),
        "code_revoked": _("Thu hồi mã"),
        "code_rotated": _("Đổi mã"),
        "counter_added": _("Thêm quầy"),
        "counters_added": _("Thêm nhiều quầy"),
        "counter_changed": _("Sửa quầy"),
        "counter_closed": _("Đóng quầy"),
        "counter_reopened": _("Mở lại quầy"),
        "department_added": _("Thêm phòng ban"),
        "department_renamed": _("Đổi tên phòng ban"),
        "list_discarded": _("Bỏ danh sách đã tải lên"),
        "list_stored": _("Lưu danh sách đã tải lên"),
        "list_uploaded": _("Tải danh sách lên"),
        "office_added": _("Thêm bộ phận một cửa"),
        "office_changed": _("Sửa bộ phận"),
        "office_closed": _("Đóng bộ phận"),
        "office_reopened": _("Mở lại bộ phận"),
        "posters_again": _("Làm lại lần in"),
        "posters_ordered": _("In bảng mã QR"),
        "units_loaded": _("Nạp danh mục đơn vị"),
    }


def detail_words(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a line says beyond its deed, as (name, value) in the reader's words where they are known."""
    told = {name: value for name, value in details.items() if name != "did" and value is not None}
    return [(_detail_names().get(name, name), _detail_value(name, value)) for name, value in told.items()]


def _detail_names() -> dict[str, str]:
    return {
        "role": _("Vai trò"),
        "roles": _("Vai trò"),
        "method": _("Bằng cách"),
        "lines": _("Số dòng"),
        "flaw": _("Lỗi"),
        "at": _("Ở dòng"),
        "added": _("Thêm"),
        "code": _("Mã"),
        "counters": _("Số quầy"),
        "document": _("Căn cứ"),
        "invited": _("Số người"),
        "from": _("Trước"),
        "name": _("Tên"),
        "offices": _("Bộ phận"),
        "outcome": _("Kết quả kiểm tra"),
        "paper": _("Khổ giấy"),
        "part": _("Phần"),
        "reason": _("Lý do"),
        "removed": _("Bỏ"),
        "rows": _("Số dòng"),
        "step": _("Bước"),
        "to": _("Sau"),
    }


def _detail_value(name: str, value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_detail_value(name, one) for one in value)
    text = str(value)
    if name in ("role", "roles") and text in set(Role):
        return role_label(Role(text))
    return {"method": method_label, "flaw": flaw_label}.get(name, str)(text)


def flaw_label(flaw: str) -> str:
    """Return what a verification of the chain found, in the reader's words."""
    return {
        "a line is missing or out of order": _("Có dòng bị mất hoặc bị đảo thứ tự."),
        "the line was changed, or exchanged for another": _(
            "Dòng này đã bị sửa, hoặc bị thay bằng dòng khác."
        ),
        "the line is not the one that was noted": _("Dòng này không phải là dòng đã ghi lại trước đây."),
        "lines that were there earlier are missing": _("Các dòng từng có trước đây đã bị mất."),
        "the record of the end is missing": _("Phần ghi điểm cuối của chuỗi đã bị mất."),
        "the seal of the end was changed": _("Dấu niêm phong ở cuối chuỗi đã bị sửa."),
        "lines at the end are missing": _("Các dòng ở cuối chuỗi đã bị xóa."),
    }.get(flaw, flaw)


def method_label(method: str) -> str:
    """Return how somebody signed in."""
    return {
        "password": _("mật khẩu"),
        "totp": _("mật khẩu và mã xác nhận"),
        "recovery": _("mật khẩu và mã dự phòng"),
        "link": _("liên kết mời hoặc đặt lại"),
        "oidc": _("hệ thống đăng nhập của cơ quan"),
    }.get(method, method)

"""The first page after signing in: what one can do next."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template

from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.languages import gettext as _
from survey_app.staff.guards import requires, staff_here
from survey_app.staff.queries import Staff, account_by_id
from survey_app.staff.rules.permissions import Action, Role
from survey_app.staff.views.navigation import staff_navigation

blueprint = Blueprint("home", __name__)

_NEWCOMER = timedelta(days=14)
_FIRST_STEPS_NEED = (Action.MANAGE_OFFICES, Action.MANAGE_CAMPAIGNS)


@blueprint.get("/staff")
@requires(Action.USE_OWN_ACCOUNT)
def home() -> str:
    """Show the rooms open to the person and the first steps of a new installation."""
    staff = staff_here()
    with read() as database:
        account = account_by_id(database, staff.account_id)
    assert account is not None, "the guard let nobody pass"
    return render_template(
        "staff/home.html",
        cards=_cards(),
        steps=_first_steps() if all(map(staff.may_somewhere, _FIRST_STEPS_NEED)) else [],
        is_newcomer=now() - account.created_at < _NEWCOMER,
        advises_second_factor=_needs_second_factor(staff)
        and account.password_hash is not None
        and account.totp_confirmed_at is None,
    )


def _needs_second_factor(staff: Staff) -> bool:
    return any(role is Role.ADMINISTRATOR for role, _path in staff.grants)


def _cards() -> list[tuple[str, str, str]]:
    """Return (address, label, sentence) of each room that the person may open."""
    sentences = {
        "/desk": _("Tiếp nhận, giải quyết và trả lời; việc gấp nhất đứng đầu."),
        "/desk/grievances": _("Sổ khiếu nại, tố cáo; mỗi lần đọc được ghi lại."),
        "/desk/rules": _("Thời hạn, lịch làm việc, mẫu trả lời, quyền của người gửi."),
        "/offices": _("Thêm bộ phận một cửa, quầy và in bảng mã QR đặt tại quầy."),
        "/questionnaires": _("Xem các phiếu có sẵn, sửa câu chữ, đưa phiếu vào dùng."),
        "/campaigns": _("Mở một đợt lấy ý kiến và theo dõi số phiếu gửi về."),
        "/kiosks": _("Máy tính bảng tại quầy: đăng ký máy, xem máy nào cần kiểm tra."),
        "/texting/reading": _("Tin trả lời mà máy không đọc chắc được: một người đọc và chấm."),
        "/staff/results": _("Tính chỉ số hài lòng, soát lại và công bố."),
        "/admin": _("Tài khoản, quyền hạn, giao diện và nhật ký thao tác."),
    }
    return [
        (address, label, sentences[address]) for address, label in staff_navigation() if address in sentences
    ]


def _first_steps() -> list[tuple[str, str, str]]:
    """Return (address, label, sentence) of what a new installation needs, in order."""
    return [
        (
            "/offices",
            _("Thêm nơi tiếp nhận và quầy"),
            _("Ghi tên bộ phận một cửa và từng quầy, như trên biển."),
        ),
        ("/questionnaires", _("Chọn phiếu khảo sát"), _("Có sẵn phiếu ngắn cho quầy, dùng được ngay.")),
        ("/campaigns/new", _("Tạo đợt khảo sát"), _("Chọn phiếu, chọn nơi hỏi, chọn ngày rồi mở.")),
        ("/offices/posters", _("In bảng mã QR"), _("Tải tệp PDF, in ra và đặt tại quầy.")),
    ]

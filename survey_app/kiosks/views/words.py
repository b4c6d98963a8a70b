"""Every word that the tablet says, in both languages at once: it must change language without a network."""

from __future__ import annotations

from collections.abc import Iterable

from survey_app.campaigns.queries import Entry
from survey_app.foundation.languages import LANGUAGES, use_language
from survey_app.foundation.languages import gettext as _


def device_words(languages: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return language -> name -> words. The device fills `{n}` and the like itself."""
    found = {}
    for language in languages:
        with use_language(language):
            found[language] = _citizen() | _states() | _staff() | _panel()
    return found


def place_words(entry: Entry) -> dict[str, dict[str, str]]:
    """Return what a citizen compares with the sign at the counter, in both languages."""
    return {language: _place(entry, language == "en") for language in LANGUAGES}


def _place(entry: Entry, english: bool) -> dict[str, str]:
    office = (english and entry.office_name_en) or entry.office_name
    point = (english and entry.service_point_name_en) or entry.service_point_name
    return {"unit": entry.unit_name, "name": f"{point} · {office}" if point else office}


def _citizen() -> dict[str, str]:
    return {
        "start": _("Chạm để đánh giá"),
        "about": _("Ẩn danh · khoảng {time} · cán bộ tại quầy không xem được câu trả lời của ông/bà."),
        "seconds": _("{n} giây"),
        "minutes": _("{n} phút"),
        "count": _("Câu {n}/{all}"),
        "back": _("Quay lại"),
        "next": _("Tiếp"),
        "send": _("Gửi đánh giá"),
        "send_now": _("Gửi luôn"),
        "erase": _("Xóa, làm lại từ đầu"),
        "optional": _("Không bắt buộc, có thể bỏ qua."),
        "several": _("Có thể chọn nhiều ô."),
        "specify": _("Xin ghi rõ"),
        "day": _("Ngày/tháng/năm, ví dụ 21/11/2026"),
        "need": _("Xin chọn hoặc điền một câu trả lời."),
        "need_number": _("Xin điền một số nguyên từ {low} đến {high}."),
        "need_day": _("Xin điền ngày theo dạng ngày/tháng/năm, ví dụ 21/11/2026."),
        "need_any": _("Phiếu còn trống. Xin trả lời ít nhất một câu."),
        "pause": _("Xin đợi {n} giây rồi bấm Gửi."),
        "larger": _("Chữ to hơn"),
        "contrast": _("Tăng tương phản"),
        "thanks": _("Cảm ơn ông/bà đã đánh giá"),
        "sent": _("Phiếu đã được gửi."),
        "kept": _("Đã lưu trên máy, chưa gửi. Máy tự gửi khi có mạng."),
        "not_kept": _("Máy chưa lưu được phiếu này. Xin bấm Gửi lần nữa, hoặc báo cho cán bộ tại quầy."),
        "idle": _("Ông/bà còn ở đây không?"),
        "idle_text": _("Câu trả lời trên màn hình sẽ được xóa sau {n} giây."),
        "stay": _("Tiếp tục"),
        "rehearsal": _("DIỄN TẬP: câu trả lời không được tính"),
    }


def _states() -> dict[str, str]:
    return {
        "all_sent": _("Đã gửi hết"),
        "waiting": _("Chưa gửi: {n}"),
        "offline": _("Mất mạng"),
        "no_survey": _("Hiện chưa có khảo sát tại đây"),
        "no_survey_text": _("Máy tự mở lại khi có khảo sát."),
        "not_yet": _("Khảo sát bắt đầu ngày {date}"),
        "closed": _("Khảo sát đã kết thúc"),
        "closed_text": _("Cảm ơn ông/bà đã quan tâm. Khảo sát tại đây không nhận thêm phiếu."),
        "full": _("Máy tạm ngừng nhận phiếu"),
        "full_text": _("Máy cần nối mạng trước khi nhận thêm phiếu. Xin báo cho cán bộ tại quầy."),
        "loading": _("Đang tải phiếu khảo sát"),
        "stranger": _("Máy này chưa được đăng ký làm kiosk"),
        "stranger_text": _(
            "Chỉ máy đã đăng ký mới nhận phiếu ở chế độ kiosk. Cán bộ: mở mục Kiosk trên trang quản lý, bấm "
            "“Đăng ký máy” rồi quét mã QR bằng máy này."
        ),
        "form": _("Trả lời trên phiếu thường"),
        "revoked": _("Kiosk này đã bị thu hồi"),
        "revoked_text": _(
            "Máy không nhận phiếu nữa. Cán bộ: giữ góc trên bên trái màn hình để lấy phiếu chưa gửi."
        ),
    }


def _staff() -> dict[str, str]:
    return {
        "staff": _("Dành cho cán bộ"),
        "pin": _("Nhập mã PIN của kiosk"),
        "digit_off": _("Xóa số"),
        "cancel": _("Hủy"),
        "wrong_pin": _("Mã PIN chưa đúng."),
        "locked": _("Nhập sai nhiều lần. Xin đợi {n} giây rồi thử lại."),
        "pin_offline": _(
            "Máy đang mất mạng và mã PIN này chưa từng được nhập trên máy. Xin nối mạng rồi thử lại."
        ),
        "enrol": _("Đăng ký máy này làm kiosk"),
        "enrol_text": _("Nhập mã PIN thoát đã đặt cho kiosk trên trang quản lý."),
        "enrol_bad": _(
            "Mã đăng ký đã hết hạn, đã dùng hoặc không thuộc quầy này. Xin mở trang quản lý và hiện mã mới."
        ),
        "enrol_offline": _("Máy đang mất mạng. Xin nối mạng rồi nhập lại mã PIN."),
        "enrol_queue": _(
            "Máy còn phiếu chưa gửi của lần đăng ký trước. Xin gửi hoặc xuất hết trước khi đăng ký lại."
        ),
    }


def _panel() -> dict[str, str]:
    return {
        "kiosk": _("Tên kiosk"),
        "counter": _("Quầy"),
        "network": _("Mạng"),
        "online": _("Đang nối với máy chủ"),
        "queue": _("Phiếu chưa gửi"),
        "refused": _("Phiếu máy chủ không nhận"),
        "arrived": _("Máy chủ đã nhận"),
        "last_sent": _("Lần gửi gần nhất"),
        "never": _("chưa có"),
        "tickets": _("Số phiếu còn nhận được khi mất mạng"),
        "storage": _("Nơi lưu"),
        "sealed": _("mã hóa trên máy"),
        "open": _("không mã hóa được: máy không mở trang qua https"),
        "version": _("Phiên bản"),
        "version_new": _("có bản mới"),
        "send_queue": _("Gửi ngay"),
        "export": _("Xuất phiếu ra tệp"),
        "update": _("Cập nhật và tải lại"),
        "return": _("Quay lại phiếu"),
        "leave": _("Thoát chế độ kiosk"),
        "why_forged": _("mã phiếu không hợp lệ"),
        "why_stale": _("gửi quá 7 ngày sau khi máy lấy mã phiếu"),
        "why_closed": _("khảo sát đã đóng"),
        "why_answers": _("câu trả lời không khớp với phiếu khảo sát"),
    }

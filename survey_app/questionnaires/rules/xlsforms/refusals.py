"""Types of XLSForm questions that a questionnaire has no place for, and why."""

from __future__ import annotations

from survey_app.foundation.languages import gettext as _

_DEVICE = frozenset(
    {
        "start",
        "end",
        "today",
        "deviceid",
        "subscriberid",
        "simserial",
        "phonenumber",
        "username",
        "email",
        "imei",
    }
    | {"audit", "start-geopoint", "background-audio", "background-geopoint"}
)
_FILES = frozenset({"image", "photo", "audio", "video", "file"})
_PLACES = frozenset({"geopoint", "geotrace", "geoshape", "location"})
_SILENT = frozenset({"calculate", "hidden", "xml-external", "csv-external", "osm"})


def reason_for(kind: str, appearance: str) -> str:
    """Return why a question of type `kind` is left out, in the reader's language."""
    if appearance == "label":
        return _("dòng tiêu đề của bảng, không phải câu hỏi")
    reasons = (
        (_DEVICE, _("phiếu ẩn danh, không thu dữ liệu của thiết bị hay của người nhập")),
        (_FILES, _("phiếu không nhận ảnh, ghi âm, phim hay tệp")),
        (_PLACES, _("phiếu ẩn danh, không thu vị trí")),
        (_SILENT, _("phiếu không có phép tính hay giá trị ẩn")),
        ({"decimal"}, _("phiếu chỉ nhận số nguyên")),
        ({"time", "datetime"}, _("phiếu nhận ngày, không nhận giờ")),
        ({""}, _("dòng không có loại câu hỏi")),
    )
    return next((why for kinds, why in reasons if kind in kinds), _("phiếu không có loại câu hỏi này"))

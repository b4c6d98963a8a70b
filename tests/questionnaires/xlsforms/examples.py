"""Five XLSForms of different shape, written for these tests after the XLSForm specification, and how to pack them.

`python -m tests.questionnaires.xlsforms.examples FOLDER` writes them as files, to look at or to try elsewhere.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook

Table = Sequence[Sequence[object]]
Form = Mapping[str, Table]


def book(form: Form) -> bytes:
    """Return an .xlsx file with one sheet for each table; the first row of a table holds the headers."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, rows in form.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    packed = BytesIO()
    made.save(packed)
    return packed.getvalue()


SATISFACTION: Form = {
    "survey": [
        ["type", "name", "label", "required"],
        ["note", "hello", "Xin cảm ơn ông/bà đã dành một phút.", None],
        ["select_one hai_long", "thai_do", "Thái độ của cán bộ", "yes"],
        ["select_one hai_long", "thoi_gian", "Thời gian chờ", None],
        ["select_one hai_long", "ket_qua", "Kết quả nhận được", "no"],
        ["text", "gop_y", "Góp ý thêm", None],
    ],
    "choices": [
        ["list_name", "name", "label"],
        ["hai_long", 1, "Rất không hài lòng"],
        ["hai_long", 2, "Không hài lòng"],
        ["hai_long", 3, "Bình thường"],
        ["hai_long", 4, "Hài lòng"],
        ["hai_long", 5, "Rất hài lòng"],
    ],
    "settings": [["form_title", "form_id", "version"], ["Phiếu hài lòng", "hai_long_2026", "3"]],
}
"""The simplest: one language, no groups, one scale. Loses only what XLSForm never says (a purpose)."""

ROUTES: Form = {
    "survey": [
        ["type", "name", "label::Vietnamese (vi)", "relevant", "appearance", "constraint"],
        ["begin group", "chung", "Thông tin chung", None, "field-list", None],
        ["select_one co_khong", "da_nop", "Ông/Bà đã nộp hồ sơ trong 12 tháng qua chưa?", None, None, None],
        ["integer", "so_lan", "Số lần nộp", "${da_nop} = 'co'", None, ". >= 1 and . <= 50"],
        ["end group"],
        ["begin group", "dich_vu", "Đánh giá", "selected(${da_nop}, 'co')", None, None],
        ["select_one kenh", "kenh", "Ông/Bà nộp ở đâu?", None, None, None],
        ["text", "trang_web", "Trang nào?", "${kenh} = 'mang' or ${kenh} = 'ca_hai'", None, None],
        ["text", "ly_do", "Vì sao không nộp trên mạng?", "${so_lan} > 3", "multiline", None],
        ["begin group", "bang", "Ông/Bà hài lòng ở mức nào?", None, "table-list", None],
        ["select_one muc", "bang_1", "Thủ tục rõ ràng"],
        ["select_one muc", "bang_2", "Đúng hẹn"],
        ["end group"],
        ["end group"],
    ],
    "choices": [
        ["list_name", "name", "label::Vietnamese (vi)"],
        ["co_khong", "co", "Có"],
        ["co_khong", "khong", "Không"],
        ["kenh", "truc_tiep", "Tại quầy"],
        ["kenh", "mang", "Trên mạng"],
        ["kenh", "ca_hai", "Cả hai"],
        ["muc", 1, "Rất kém"],
        ["muc", 2, "Kém"],
        ["muc", 3, "Trung bình"],
        ["muc", 4, "Tốt"],
        ["muc", 5, "Rất tốt"],
        ["muc", -8, "Không biết"],
    ],
    "settings": [["form_title", "form_id"], ["Phiếu có rẽ nhánh", "re-nhanh"]],
}
"""Groups, a table and conditions: those between answers are kept, one on a number cannot be."""

LANGUAGES: Form = {
    "survey": [
        [
            "type",
            "name",
            "label::Vietnamese (vi)",
            "label::English (en)",
            "hint::Vietnamese (vi)",
            "hint::English (en)",
            "required",
            "constraint_message",
        ],
        ["begin_group", "quay", "Tại quầy", "At the counter"],
        ["note", "loi_dan", "Phiếu ẩn danh.", "The form is anonymous."],
        [
            "select_one yn",
            "de_tim",
            "Quầy có dễ tìm không?",
            "Was the counter easy to find?",
            None,
            None,
            "yes",
        ],
        ["date", "ngay", "Ngày đến", "Day of the visit", "Nếu nhớ", "If you remember"],
        ["text", "ten_thu_tuc", "Tên thủ tục", None, "Theo giấy hẹn", "As on the slip", None, "Quá dài"],
        ["end_group"],
    ],
    "choices": [
        ["list_name", "name", "label::Vietnamese (vi)", "label::English (en)"],
        ["yn", 1, "Có", "Yes"],
        ["yn", 2, "Không", "No"],
        ["yn", -8, "Không biết", "Do not know"],
    ],
    "settings": [
        ["form_title", "form_id", "version", "default_language", "style"],
        ["Phiếu hai thứ tiếng", "hai_tieng", "2026112201", "Vietnamese (vi)", "pages"],
    ],
}
"""Two languages with hints; one label is not translated, and the version is a date, as ODK likes it."""

SEVERAL: Form = {
    "survey": [
        ["type", "name", "label", "constraint", "constraint_message", "relevant"],
        [
            "select_multiple ly_do",
            "ly_do",
            "Ông/Bà đến quầy vì việc gì?",
            "not(selected(., '9') and count-selected(.) > 1)",
            "Không chọn “không” cùng việc khác",
        ],
        [
            "text",
            "ly_do_text",
            "Việc khác (ghi cụ thể)",
            "string-length(.) <= 200",
            None,
            "selected(${ly_do}, '4')",
        ],
        ["select_one nguon or_other", "nguon", "Ông/Bà biết quầy này từ đâu?"],
        [
            "select_multiple ly_do2",
            "lan_sau",
            "Lần sau ông/bà sẽ đến làm gì?",
            None,
            None,
            "selected(${ly_do}, '1')",
        ],
    ],
    "choices": [
        ["list_name", "name", "label", "image"],
        ["ly_do", 1, "Nộp hồ sơ", None],
        ["ly_do", 2, "Nhận kết quả", "ket_qua.png"],
        ["ly_do", 4, "Việc khác (ghi cụ thể)", None],
        ["ly_do", 9, "Không việc nào", None],
        ["nguon", "bao", "Báo, đài", None],
        ["nguon", "nguoi_quen", "Người quen", None],
        ["ly_do2", 1, "Nộp hồ sơ", None],
        ["ly_do2", 2, "Nhận kết quả", None],
    ],
    "settings": [["form_title", "form_id"], ["Phiếu chọn nhiều", "chon_nhieu"]],
}
"""Several answers with an exclusive one, a "please specify" text, and `or_other`."""

HOUSEHOLD: Form = {
    "survey": [
        ["type", "name", "label", "relevant", "calculation", "repeat_count", "required", "media::image"],
        ["start", "start"],
        ["deviceid", "deviceid"],
        ["geopoint", "vi_tri", "Vị trí nhà"],
        ["integer", "so_nguoi", "Số người trong hộ"],
        ["begin_repeat", "nguoi", "Người trong hộ", None, None, "${so_nguoi}"],
        ["text", "ten", "Tên gọi"],
        ["begin_group", "nguoi_ct", "Chi tiết"],
        ["integer", "tuoi", "Tuổi"],
        ["end_group"],
        ["end_repeat"],
        ["calculate", "tong", None, None, "count(${nguoi})"],
        ["image", "anh", "Ảnh giấy hẹn"],
        ["begin_group", "ho", "Ý kiến của hộ"],
        [
            "select_one dong_y",
            "tiep_can",
            "Đường đến trụ sở <b>dễ đi</b>",
            None,
            None,
            None,
            "yes",
            "duong.png",
        ],
        ["select_one dong_y", "gan_nha", "Trụ sở gần nhà, ${ten}"],
        ["decimal", "thu_nhap", "Thu nhập (triệu đồng)"],
        ["text", "gop_y", "Góp ý của hộ", "count(${nguoi}) > 2"],
        ["end_group"],
    ],
    "choices": [
        ["list_name", "name", "label", "tinh"],
        ["dong_y", 1, "Rất không đồng ý", None],
        ["dong_y", 2, "Không đồng ý", None],
        ["dong_y", 3, "Không ý kiến", None],
        ["dong_y", 4, "Đồng ý", None],
        ["dong_y", 5, "Rất đồng ý", None],
        ["xa", 1, "Xã A", "04"],
        ["xa", 2, "Xã B", "04"],
    ],
    "settings": [["form_title", "form_id", "version"], ["Phiếu hộ gia đình", "ho_gia_dinh", 1]],
}
"""A household form of the field: a repeat with a group in it, picture, place, calculation, device."""

EXAMPLES: Mapping[str, Form] = {
    "satisfaction": SATISFACTION,
    "routes": ROUTES,
    "languages": LANGUAGES,
    "several": SEVERAL,
    "household": HOUSEHOLD,
}

if __name__ == "__main__":
    for example, tables in EXAMPLES.items():
        (Path(sys.argv[1]) / f"{example}.xlsx").write_bytes(book(tables))

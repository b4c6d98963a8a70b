"""Finds names of people in Vietnamese texts: behind a form of address or a post, and by surname."""

from __future__ import annotations

import re
from collections.abc import Iterator

_UPPER = "A-ZĐ" + "".join(chr(c) for c in range(0xC0, 0x1EFA) if chr(c).isupper() and c != 0x110)
_WORD = rf"(?:[{_UPPER}](?:\.[{_UPPER}])+\.?|[{_UPPER}]\w*)"
_NAME = rf"{_WORD}(?:[ ]{_WORD}){{0,4}}"

_ADDRESSED = (
    "ông|bà|anh|chị|em|cô|chú|bác|cậu|dì|cháu|cụ|thầy|bạn|đồng chí|đ/c|cán bộ|công chức|viên chức|chuyên viên|nhân viên"
    "|cô giáo|thầy giáo|bác sĩ|bác sỹ|y tá|điều dưỡng|luật sư|chủ hộ|họ tên|họ và tên|tôi là|tôi tên|tên tôi là|tên là"
    "|chủ tịch|phó chủ tịch|giám đốc|phó giám đốc|trưởng phòng|phó phòng|trưởng thôn|trưởng xóm|tổ trưởng|bí thư"
    "|phó trưởng phòng|hiệu trưởng|công an viên|thượng úy|đại úy|thiếu tá|trung tá|trung úy|kỹ sư"
    "|kế toán|lái xe|vợ|chồng"
)
# Not people: offices and posts that follow a form of address, and words that only begin a sentence.
_NO_PERSON = (
    "Sở|Ban|Bộ|Phòng|Cục|UBND|HĐND|UBMTTQ|BHXH|VNPT|EVN|Ủy ban|Uỷ ban|Hội đồng|Hội|Một cửa|Công an|Công ty|Công chức"
    "|Văn phòng|Văn hóa|Trung tâm|Thanh tra|Chi cục|Chi nhánh|Chi bộ|Tòa án|Toà án|Mặt trận|Bệnh viện|Nhà nước|Nhà máy"
    "|Trường|Trạm|Tổ|Tổng cục|Tổng công ty|Tổng|Quốc hội|Đoàn|Đảng|Viện|Kho bạc|Hạt|Ngân hàng|Bưu điện"
    "|Điện lực|Địa chính|Tư pháp|Thuế|Hải quan|Kiểm lâm|Quân|Đồn|Chủ tịch|Phó|Giám đốc|Trưởng|Bí thư|Hiệu trưởng"
    "|Tôi|Chúng tôi|Xin|Kính|Việt Nam|Hồ Chí Minh|Xã|Phường|Tỉnh|Thành phố|Huyện|TP|Khu|Thôn|Xóm|Bản|Cơ quan|Đơn vị"
    "|Nhân dân|Quận|Nghị định|Luật|Thông tư"
)
# Streets, schools and places are called after people.
_PLACE = (
    "đường|phố|phường|xã|huyện|tỉnh|thành phố|chợ|cầu|chùa|đền|trường|thpt|thcs|tiểu học|núi|hồ|sông|ngã tư|ngã ba"
    "|quảng trường|công viên|khu|nước|tiếng|bệnh viện|đảo|tượng đài|đại lộ|thôn|xóm|bản|tp|tp\\."
)
_SURNAMES = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Nông|Triệu|Đinh|Bế|Lục|Lương|Mã|Hứa|Sầm|Đàm"
    "|Ma|Giàng|Vàng|Thào|Lò|Quàng|Chu|Vi|Hà|Trịnh|Đoàn|Mai|Tô|Cao|Tạ|Lâm|Đào|Thái|Trương|Phùng|Châu|Kiều|Quách|Tống|Hầu"
    "|Sùng|Vừ|Mùa|Cư|Lầu|Tẩn|Phàn|Chảo|Lầu|Đường|La|Long|Luân|Linh|Bàn|Đặng|Tăng|Từ|Văn|Thân|Khổng|Nghiêm|Ninh|Doãn"
)

_BEHIND_ADDRESS = re.compile(
    rf"(?<!\w)(?P<before>(?:(?:{_PLACE}) )?)(?i:(?:{_ADDRESSED})(?:(?:/| )(?:{_ADDRESSED})){{0,3}})(?:[ ]?:)?[ ]"
    rf"(?!(?:{_NO_PERSON})(?!\w))(?P<it>{_NAME})"
)
_WHOLE = re.compile(
    rf"(?<!\w)(?P<before>(?i:(?:(?:{_PLACE}) )?))(?P<it>(?!Hồ Chí Minh|HỒ CHÍ MINH)"
    rf"(?:{_SURNAMES}|{_SURNAMES.upper()})(?:[ ]{_WORD}){{2,4}})"
)


def names_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of what looks like a person's name; one place may come twice."""
    for found in _BEHIND_ADDRESS.finditer(text):
        if not found["before"]:
            yield found.span("it")
    for found in _WHOLE.finditer(text):
        if not found["before"]:
            yield found.span("it")

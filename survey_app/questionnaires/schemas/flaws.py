"""What can be wrong with a questionnaire file, and the words for it: each flaw names its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto

from survey_app.foundation.languages import gettext
from survey_app.questionnaires.gateway import Where


class Flaw(StrEnum):
    """One kind of mistake."""

    # shape of one value
    REQUIRED = auto()
    EMPTY = auto()
    UNKNOWN_KEY = auto()
    NOT_TEXT = auto()
    NOT_WHOLE = auto()
    NOT_WEIGHT = auto()
    NOT_SWITCH = auto()
    NOT_LIST = auto()
    NOT_GROUP = auto()
    NOT_WORDING = auto()
    NOT_CHOICE = auto()
    NOT_NAME = auto()
    NOT_INSTRUMENT = auto()
    NOT_LANGUAGE = auto()
    TOO_FEW = auto()
    TOO_MANY = auto()
    # wording
    BLANK = auto()
    TOO_LONG = auto()
    NOT_NFC = auto()
    UNTRIMMED = auto()
    UNTRANSLATED = auto()
    UNDECLARED_LANGUAGE = auto()
    NO_VIETNAMESE = auto()
    # questions
    KEY_FOR_TYPE = auto()
    KEY_NOT_FOR_TYPE = auto()
    NO_ANSWERS = auto()
    TWO_KINDS_OF_ANSWERS = auto()
    REPEATED = auto()
    DUPLICATE_ID = auto()
    RESERVED_ID = auto()
    PAGE_ID_CLASH = auto()
    UNKNOWN_SCALE = auto()
    NOT_FIVE_POINTS = auto()
    SPECIFY_IN_SCALE = auto()
    SPECIFY_TWICE = auto()
    EMPTY_RANGE = auto()
    NO_MISSING_LABEL = auto()
    # routes
    UNKNOWN_GATE = auto()
    LATER_GATE = auto()
    UNCODED_GATE = auto()
    IMPOSSIBLE_GATE = auto()
    # recipe
    PARTS_OF_CONTENT = auto()
    DUPLICATE_NODE = auto()
    UNKNOWN_CRITERION = auto()
    CRITERION_NOT_FIVE_POINTS = auto()
    WEIGHT_MISSING = auto()
    # file
    NAME_DIFFERS = auto()


@dataclass(frozen=True, slots=True)
class Finding:
    """A flaw at a place of the document; `values` fill the words."""

    where: Where
    flaw: Flaw
    values: Mapping[str, object] = field(default_factory=dict)

    def words(self) -> tuple[str, str]:
        """Return what is wrong and what to do, in the current language."""
        message, remedy = WORDS[self.flaw]
        name = next((step for step in reversed(self.where) if isinstance(step, str)), "")
        values = {"name": name, **self.values}
        return gettext(message, **values), gettext(remedy, **values)


def _(message: str) -> str:
    """Mark `message` for the catalogue; it is translated when it is shown."""
    return message


WORDS: Mapping[Flaw, tuple[str, str]] = {
    Flaw.REQUIRED: (_("thiếu mục “%(name)s”"), _("Thêm dòng “%(name)s: …”")),
    Flaw.EMPTY: (_("mục “%(name)s” để trống"), _("Ghi giá trị, hoặc xóa dòng này nếu không cần")),
    Flaw.UNKNOWN_KEY: (
        _("mục “%(name)s” không có trong định dạng"),
        _("Sửa lại tên mục hoặc xóa dòng này (xem questionnaires/README.md)"),
    ),
    Flaw.NOT_TEXT: (_("“%(name)s” phải là chữ"), _("Đặt giá trị trong dấu nháy kép")),
    Flaw.NOT_WHOLE: (
        _("“%(name)s” phải là số nguyên từ %(minimum)s đến %(maximum)s"),
        _("Sửa thành số nguyên trong khoảng này, không đặt trong dấu nháy"),
    ),
    Flaw.NOT_WEIGHT: (
        _("trọng số phải là số lớn hơn 0 và không quá 1000000"),
        _("Ghi số dương, dùng dấu chấm thập phân, không đặt trong dấu nháy"),
    ),
    Flaw.NOT_SWITCH: (
        _("“%(name)s” phải là true hoặc false"),
        _("Ghi true hoặc false, không đặt trong dấu nháy"),
    ),
    Flaw.NOT_LIST: (
        _("“%(name)s” phải là một danh sách"),
        _("Viết mỗi phần tử trên một dòng bắt đầu bằng “- ”"),
    ),
    Flaw.NOT_GROUP: (
        _("“%(name)s” phải là một nhóm mục “tên: giá trị”"),
        _("Viết mỗi mục trên một dòng “tên: giá trị”, thụt vào trong"),
    ),
    Flaw.NOT_WORDING: (
        _("“%(name)s” phải có lời cho từng ngôn ngữ"),
        _("Viết mỗi ngôn ngữ một dòng, ví dụ “vi: …” và “en: …”"),
    ),
    Flaw.NOT_CHOICE: (_("“%(name)s” không nhận giá trị này"), _("Chọn một trong: %(choices)s")),
    Flaw.NOT_NAME: (
        _("mã ở “%(name)s” không hợp lệ"),
        _("Mã chỉ gồm chữ cái không dấu, số, “.” và “_”, bắt đầu bằng chữ cái, dài nhất 40 ký tự"),
    ),
    Flaw.NOT_INSTRUMENT: (
        _("tên phiếu không hợp lệ"),
        _("Dùng chữ thường không dấu, số và “_”, bắt đầu bằng chữ cái, dài nhất 40 ký tự, ví dụ sipas_2022"),
    ),
    Flaw.NOT_LANGUAGE: (
        _("mã ngôn ngữ “%(language)s” không hợp lệ"),
        _("Dùng mã hai hoặc ba chữ thường, ví dụ vi, en, tyz"),
    ),
    Flaw.TOO_FEW: (_("“%(name)s” cần ít nhất %(minimum)s phần tử"), _("Thêm phần tử còn thiếu")),
    Flaw.TOO_MANY: (
        _("“%(name)s” có quá %(maximum)s phần tử"),
        _("Bớt phần tử hoặc chia thành nhiều phần"),
    ),
    Flaw.BLANK: (_("lời “%(name)s” để trống"), _("Viết lời cho ngôn ngữ này")),
    Flaw.TOO_LONG: (
        _("lời “%(name)s” dài quá %(maximum)s ký tự"),
        _("Viết ngắn lại, hoặc chuyển phần giải thích sang “help”"),
    ),
    Flaw.NOT_NFC: (
        _("lời “%(name)s” dùng dấu tổ hợp (không phải Unicode NFC)"),
        _("Chuyển sang Unicode dựng sẵn (NFC) rồi lưu lại"),
    ),
    Flaw.UNTRIMMED: (_("lời “%(name)s” có khoảng trắng ở đầu hoặc cuối"), _("Xóa khoảng trắng thừa")),
    Flaw.UNTRANSLATED: (
        _("“%(name)s” thiếu lời tiếng “%(language)s”"),
        _("Thêm dòng “%(language)s: …”, hoặc bỏ ngôn ngữ này khỏi “languages”"),
    ),
    Flaw.UNDECLARED_LANGUAGE: (
        _("ngôn ngữ “%(language)s” không có trong “languages”"),
        _("Thêm “%(language)s” vào “languages”, hoặc xóa dòng này"),
    ),
    Flaw.NO_VIETNAMESE: (
        _("phiếu không có tiếng Việt"),
        _("Thêm “vi” vào “languages” và viết lời tiếng Việt"),
    ),
    Flaw.KEY_FOR_TYPE: (
        _("câu hỏi loại “%(type)s” thiếu mục “%(name)s”"),
        _("Thêm mục “%(name)s”, hoặc đổi loại câu hỏi"),
    ),
    Flaw.KEY_NOT_FOR_TYPE: (
        _("câu hỏi loại “%(type)s” không dùng mục “%(name)s”"),
        _("Xóa mục “%(name)s”, hoặc đổi loại câu hỏi"),
    ),
    Flaw.NO_ANSWERS: (
        _("câu hỏi loại “%(type)s” không có phương án trả lời"),
        _("Thêm “options”, hoặc “scale” với tên một bộ phương án trong “scales”"),
    ),
    Flaw.TWO_KINDS_OF_ANSWERS: (_("câu hỏi có cả “scale” và “options”"), _("Giữ lại một trong hai")),
    Flaw.REPEATED: (_("giá trị “%(value)s” lặp lại trong “%(name)s”"), _("Mỗi giá trị chỉ ghi một lần")),
    Flaw.DUPLICATE_ID: (
        _("mã “%(id)s” đã dùng ở dòng %(line)s"),
        _("Đặt mã khác; mã của phần, câu hỏi, dòng và “<mã>_text” không được trùng nhau"),
    ),
    Flaw.RESERVED_ID: (
        _("trang phiếu dành riêng mã “%(id)s” cho việc khác"),
        _("Đặt mã khác, ví dụ “q_%(id)s” (danh sách mã dành riêng: questionnaires/README.md)"),
    ),
    Flaw.PAGE_ID_CLASH: (
        _("trên trang phiếu, “%(id)s” trùng với tên do mã ở dòng %(line)s tạo ra"),
        _(
            "Đổi một trong hai mã; trang phiếu đặt tên “<mã>_<số phương án>”, “<mã>-h”, “<mã>-e” "
            "và “s-<mã của phần>”"
        ),
    ),
    Flaw.UNKNOWN_SCALE: (
        _("không có bộ phương án “%(scale)s” trong “scales”"),
        _("Thêm bộ này vào “scales”, hoặc sửa tên cho đúng"),
    ),
    Flaw.NOT_FIVE_POINTS: (
        _("bộ “%(scale)s” không phải thang năm mức"),
        _("Thang của câu hỏi “scale” phải có đúng năm mã 1, 2, 3, 4, 5"),
    ),
    Flaw.SPECIFY_IN_SCALE: (
        _("bộ “%(scale)s” có phương án “specify”, không dùng được cho loại “%(type)s”"),
        _("Xóa “specify”, hoặc dùng câu hỏi loại “single”"),
    ),
    Flaw.SPECIFY_TWICE: (
        _("câu hỏi có hơn một phương án “specify”"),
        _("Chỉ để một phương án mở ô ghi cụ thể"),
    ),
    Flaw.EMPTY_RANGE: (_("“minimum” lớn hơn “maximum”"), _("Sửa lại hai giới hạn")),
    Flaw.NO_MISSING_LABEL: (
        _("“%(code)s” chưa có lời trong “missing_answers”"),
        _("Thêm “%(code)s” và lời cho từng ngôn ngữ vào “missing_answers”"),
    ),
    Flaw.UNKNOWN_GATE: (
        _("“show_if” nhắc đến mã “%(item)s” không có"),
        _("Sửa thành mã của một câu hỏi đứng trước"),
    ),
    Flaw.LATER_GATE: (
        _("“show_if” nhắc đến “%(item)s” là câu đứng sau hoặc chính câu này"),
        _("Chuyển câu “%(item)s” lên trước, hoặc dùng câu khác"),
    ),
    Flaw.UNCODED_GATE: (
        _("“show_if” nhắc đến “%(item)s” là câu không có phương án"),
        _("Dùng câu hỏi có phương án chọn"),
    ),
    Flaw.IMPOSSIBLE_GATE: (
        _("“%(item)s” không có phương án mã %(code)s"),
        _("Dùng một trong các mã: %(codes)s"),
    ),
    Flaw.PARTS_OF_CONTENT: (
        _("nội dung phải có “factors” hoặc “criteria”, không có cả hai"),
        _("Giữ lại một trong hai mục"),
    ),
    Flaw.DUPLICATE_NODE: (
        _("mã chỉ số “%(id)s” lặp lại"),
        _("Mỗi nội dung, nhân tố, tiêu chí có mã riêng; “overall” dành cho chỉ số chung"),
    ),
    Flaw.UNKNOWN_CRITERION: (
        _("tiêu chí nhắc đến câu hỏi “%(item)s” không có"),
        _("Sửa thành mã của một câu hỏi thang năm mức"),
    ),
    Flaw.CRITERION_NOT_FIVE_POINTS: (
        _("tiêu chí “%(item)s” không phải câu hỏi thang năm mức"),
        _("Chỉ đưa vào chỉ số các câu hỏi có năm mã 1 đến 5"),
    ),
    Flaw.WEIGHT_MISSING: (
        _("cách tính “weights” nhưng “%(id)s” thiếu trọng số"),
        _("Thêm “weight” cho mọi nội dung, nhân tố và tiêu chí, hoặc đổi cách tính"),
    ),
    Flaw.NAME_DIFFERS: (
        _("nội dung ghi %(inside)s nhưng tệp tên là %(outside)s"),
        _("Đặt tệp ở <instrument>/v<version>.yaml, hoặc sửa “instrument” và “version” cho khớp"),
    ),
}

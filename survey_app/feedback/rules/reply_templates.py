"""Starts for answers: variables that the case fills, places that the officer fills, and the texts that are shipped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from survey_app.feedback.rules.answers import LONGEST_PART, Part, Parts
from survey_app.feedback.rules.kinds import Kind
from survey_app.foundation.languages import gettext as _

_VARIABLE = re.compile(r"\{([a-z][a-z_]*)\}")


@dataclass(frozen=True, slots=True)
class TemplateDraft:
    """A start for an answer: `kind` None for any, `unit_path` "" for all units."""

    name: str
    parts: Parts
    kind: Kind | None = None
    unit_path: str = ""


def variable_labels() -> dict[str, str]:
    """Return what a template may name in braces, with its meaning; the case gives the value."""
    return {
        "ma": _("mã của phản ánh, kiến nghị"),
        "loai": _("loại"),
        "linh_vuc": _("lĩnh vực"),
        "noi": _("nơi xảy ra"),
        "ten_don_vi": _("đơn vị trả lời"),
        "dien_thoai": _("điện thoại của đơn vị"),
        "ngay_nhan": _("ngày nhận"),
        "han": _("hạn trả lời"),
        "hom_nay": _("ngày soạn"),
        "so_ngay_mo_lai": _("số ngày được đề nghị xem lại"),
    }


def fill_known(parts: Parts, values: Mapping[str, str]) -> Parts:
    """Return the parts with every variable that has a value replaced.

    What has none stays in its braces, and so does what the officer is to fill (`{kết quả kiểm tra}`): an answer with
    braces in it cannot be submitted. Braces inside a value are taken out of it.
    """
    flat = {name: " ".join(re.sub(r"[{}]", "", value).split()) for name, value in values.items()}

    def value(found: re.Match[str]) -> str:
        return flat.get(found[1]) or found[0]

    return {part: _VARIABLE.sub(value, text) for part, text in parts.items()}


def template_faults(draft: TemplateDraft) -> tuple[str, ...]:
    """Return what is wrong with a template; an unknown name in braces is a place for the officer, and no fault."""
    texts = list(draft.parts.values())
    found = {
        _("Xin đặt tên cho mẫu."): not draft.name.strip(),
        _("Mẫu chưa có nội dung nào."): not any(texts),
        _("Dấu { phải có dấu } đi cùng, trên cùng một dòng."): any(_is_unbalanced(text) for text in texts),
        _("Một phần nhiều nhất %(most)s ký tự.", most=LONGEST_PART): any(
            len(t) > LONGEST_PART for t in texts
        ),
    }
    return tuple(message for message, is_wrong in found.items() if is_wrong)


def _is_unbalanced(text: str) -> bool:
    return re.search(r"[{}]", re.sub(r"\{[^{}\n]{1,80}\}", "", text)) is not None


_CONTACT = "{ten_don_vi}, điện thoại {dien_thoai}, trong giờ hành chính. Khi hỏi, xin nêu mã {ma}."
_AGAIN = (
    "Nếu chưa đồng ý với trả lời này, ông/bà có thể đề nghị xem lại trong {so_ngay_mo_lai} ngày, tại trang tra cứu, "
    "bằng mã {ma} và mã PIN đã nhận."
)

SHIPPED: dict[str, TemplateDraft] = {
    "petition": TemplateDraft(
        "Phản ánh, kiến nghị: đã kiểm tra và xử lý",
        {
            Part.FOUND: "Ngày {ngay_nhan}, {ten_don_vi} nhận phản ánh, kiến nghị mã {ma}. "
            "{ngày kiểm tra}, chúng tôi đã kiểm tra và thấy: {kết quả kiểm tra}.",
            Part.DONE: "Chúng tôi đã {việc đã làm}. Việc còn phải làm: {việc sẽ làm}.",
            Part.WHO_WHEN: "{bộ phận chịu trách nhiệm} làm xong trước ngày {ngày hoàn thành}.",
            Part.BASIS: "{điều, khoản, số văn bản}.",
            Part.NEXT: _AGAIN,
            Part.CONTACT: _CONTACT,
        },
        Kind.PETITION,
    ),
    "petition_unfounded": TemplateDraft(
        "Phản ánh, kiến nghị: kiểm tra không thấy như đã nêu",
        {
            Part.FOUND: "Ngày {ngày kiểm tra}, {ten_don_vi} đã kiểm tra {đã xem những gì, gặp những ai} và không thấy "
            "{điều đã phản ánh}. Thực tế là: {thực tế}.",
            Part.DONE: "Dù vậy, chúng tôi đã {việc đã nhắc nhở hoặc cải thiện}.",
            Part.WHO_WHEN: "{bộ phận chịu trách nhiệm} tiếp tục theo dõi đến ngày {ngày}.",
            Part.BASIS: "{điều, khoản, số văn bản}.",
            Part.NEXT: f"Nếu có thêm hình ảnh, giấy tờ, xin ông/bà gửi bổ sung. {_AGAIN}",
            Part.CONTACT: _CONTACT,
        },
        Kind.PETITION,
    ),
    "question": TemplateDraft(
        "Hỏi đáp: hướng dẫn thủ tục",
        {
            Part.FOUND: "{câu trả lời}.",
            Part.BASIS: "{điều, khoản, số văn bản}.",
            Part.NEXT: "Ông/bà cần chuẩn bị: {giấy tờ}. Nộp tại {nơi nộp}. Thời hạn giải quyết: {số ngày}. "
            "Lệ phí: {mức thu}.",
            Part.CONTACT: _CONTACT,
        },
        Kind.QUESTION,
    ),
    "suggestion": TemplateDraft(
        "Góp ý: tiếp thu",
        {
            Part.FOUND: "{ten_don_vi} cảm ơn góp ý mã {ma}. Chúng tôi đã xem xét và thấy: {nhận xét}.",
            Part.DONE: "{việc sẽ làm, ngày}.",
            Part.CONTACT: _CONTACT,
        },
        Kind.SUGGESTION,
    ),
    "praise": TemplateDraft(
        "Khen: cảm ơn",
        {
            Part.DONE: "{ten_don_vi} cảm ơn lời khen của ông/bà (mã {ma}). Chúng tôi đã chuyển đến cán bộ và bộ phận "
            "được khen."
        },
        Kind.PRAISE,
    ),
}
"""Starts that every installation has, by a name that never changes."""

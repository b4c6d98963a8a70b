"""What the steps of a weight set do, in sentences that a reader without statistics understands."""

from __future__ import annotations

from collections.abc import Callable

from survey_app.campaigns.rules.weight_steps import (
    Base,
    Blanks,
    Calibrate,
    Margin,
    Nonresponse,
    Place,
    Poststratify,
    Rake,
    Step,
    StepKind,
    Trim,
    margins_of,
)
from survey_app.foundation.languages import format_number
from survey_app.foundation.languages import gettext as _


def place_label(place: Place) -> str:
    """Return what a response has besides its answers, in the reader's words."""
    return {
        Place.STRATUM: _("tầng của mẫu"),
        Place.OFFICE: _("cơ quan"),
        Place.UNIT: _("đơn vị hành chính"),
    }[place]


def step_label(kind: StepKind) -> str:
    """Return what a step is called in tables."""
    return {
        StepKind.BASE: _("Trọng số ban đầu"),
        StepKind.NONRESPONSE: _("Bù người không trả lời"),
        StepKind.POSTSTRATIFY: _("Cân theo một biến"),
        StepKind.RAKE: _("Cân theo nhiều biến"),
        StepKind.CALIBRATE: _("Hiệu chỉnh"),
        StepKind.TRIM: _("Cắt bớt"),
    }[kind]


def step_words(step: Step, name_of: Callable[[str], str]) -> str:
    """Say what a step does; `name_of` names a variable in the reader's language."""
    names = _names(margins_of(step), name_of)
    match step:
        case Base(None):
            words = _(
                "Bắt đầu từ trọng số của thiết kế mẫu: mỗi người đại diện cho số người mà cách chọn mẫu định."
            )
        case Base():
            words = _(
                "Bắt đầu từ dân số: trong mỗi nhóm theo %(names)s, mỗi phiếu đại diện cho số người của nhóm chia "
                "cho số phiếu.",
                names=names,
            )
        case Nonresponse():
            words = _(
                "Bù người không trả lời: trong mỗi nhóm theo %(names)s, trọng số nhân với số người được chọn chia "
                "cho số người đã trả lời.",
                names=names,
            )
        case Poststratify():
            words = _(
                "Cân theo %(names)s: tổng trọng số của mỗi nhóm bằng số người thật của nhóm.", names=names
            )
        case Rake():
            words = _(
                "Cân lần lượt theo %(names)s cho đến khi tổng trọng số khớp với số người thật của mọi nhóm.",
                names=names,
            )
        case Calibrate():
            words = _(
                "Hiệu chỉnh trọng số ít nhất có thể để tổng theo %(names)s khớp với số người thật.",
                names=names,
            )
        case Trim():
            words = _("Cắt bớt trọng số quá nhỏ hoặc quá lớn, phần cắt được chia đều cho các phiếu khác.")
    return words + _more(step)


def _more(step: Step) -> str:
    sentences = []
    if isinstance(step, Calibrate | Trim):
        if step.lower is not None:
            sentences.append(_("Giới hạn dưới: %(bound)s.", bound=format_number(step.lower, 2)))
        if step.upper is not None:
            sentences.append(_("Giới hạn trên: %(bound)s.", bound=format_number(step.upper, 2)))
    if any(margin.blanks is Blanks.KEEP_SHARE for margin in margins_of(step)):
        sentences.append(_("Người không trả lời câu dùng để cân giữ nguyên tỷ trọng của mình."))
    return "".join(f" {sentence}" for sentence in sentences)


def _names(margins: tuple[Margin, ...], name_of: Callable[[str], str]) -> str:
    return ", ".join(f"“{name_of(margin.variable)}”" for margin in margins)

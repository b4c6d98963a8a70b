"""How a result was made, in sentences that a reader without statistics understands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from survey_app.foundation.languages import format_date, format_number
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules import Aggregation, BlankRule, ScoreMethod
from survey_app.results.documents.weighting import design_words
from survey_app.results.rules.cells import SMALLEST_CELL, Reason


def score_words(method: str) -> str:
    """Say what the value of one criterion is."""
    return {
        ScoreMethod.TOP2BOX: _(
            "Giá trị của mỗi tiêu chí là tỷ lệ người chọn mức 4 hoặc 5 trên thang 5 mức, trong số người có "
            "trả lời tiêu chí đó."
        ),
        ScoreMethod.MEAN_SCALED: _(
            "Giá trị của mỗi tiêu chí là điểm trung bình trên thang 5 mức, quy đổi ra thang 0 đến 100: mức 1 "
            "là 0, mức 5 là 100."
        ),
    }[ScoreMethod(method)]


def score_name(method: str) -> str:
    """Name the score method in a few words."""
    return {
        ScoreMethod.TOP2BOX: _("tỷ lệ chọn mức 4 hoặc 5"),
        ScoreMethod.MEAN_SCALED: _("điểm trung bình quy đổi ra thang 0 đến 100"),
    }[ScoreMethod(method)]


def aggregation_words(aggregation: str) -> str:
    """Say how criteria become an index."""
    return {
        Aggregation.EQUAL_CRITERIA: _(
            "Chỉ số của một nhóm là trung bình cộng của mọi tiêu chí trong nhóm; tiêu chí nào cũng được tính "
            "như nhau."
        ),
        Aggregation.MEAN_OF_CONTENTS: _(
            "Chỉ số của một nhóm là trung bình cộng của các nhóm nhỏ ngay bên trong nó."
        ),
        Aggregation.WEIGHTS: _("Chỉ số của một nhóm là trung bình theo trọng số ghi trong phiếu khảo sát."),
    }[Aggregation(aggregation)]


def blanks_words(rule: str) -> str:
    """Say what becomes of unanswered criteria."""
    return {
        BlankRule.DROP_PER_CRITERION: _(
            "Câu bỏ trống không được tính vào tiêu chí đó; các câu khác của phiếu vẫn được tính."
        ),
        BlankRule.DROP_FORM: _("Phiếu có tiêu chí bỏ trống thì không được tính."),
        BlankRule.NOT_SATISFIED: _("Câu bỏ trống được tính như mức thấp nhất."),
    }[BlankRule(rule)]


def method_words(method: Mapping[str, Any]) -> list[str]:
    """Tell the whole method, one sentence or two a line."""
    return [
        score_words(method["score"]),
        aggregation_words(method["aggregation"]),
        blanks_words(method["blanks"])
        + " "
        + _("Các trả lời “không biết”, “không áp dụng”, “từ chối” không được tính vào tiêu chí nào."),
        *design_words(method),
        *([interval_words(method["intervals"])] if method["intervals"] else []),
        _(
            "Không công bố số nào dựa trên dưới %(smallest)s phiếu. Vài số khác cũng được giữ lại, để không "
            "ai lấy tổng trừ đi mà tìm ra số bị ẩn. Số đã công bố chỉ thay đổi khi có thêm ít nhất "
            "%(smallest)s phiếu.",
            smallest=SMALLEST_CELL,
        ),
    ]


def kept_words(day: date) -> str:
    """Say that figures stay as they were published on `day`."""
    return _(
        "Số liệu giữ nguyên như lần công bố ngày %(day)s. Phiếu mới còn ít, nên phiếu mới và trọng số mới (nếu "
        "có) chờ lần công bố sau, để không ai so hai lần công bố mà biết được câu trả lời của vài người.",
        day=format_date(day),
    )


def interval_words(intervals: Mapping[str, int]) -> str:
    """Name the interval methods that the figures carry."""
    names = {"logit": "logit", "korn_graubard": "Korn-Graubard", "clopper_pearson": "Clopper-Pearson"}
    used = ", ".join(name for key, name in names.items() if key in intervals)
    return _("Khoảng tin cậy %(level)s%% được tính theo phương pháp %(methods)s.", level=95, methods=used)


def why_hidden(reason: str) -> str:
    """Say why a figure is not shown; without a number, so that nothing follows from it."""
    return {
        Reason.FEW: _("dưới 10 phiếu, không công bố"),
        Reason.PART: _("có tiêu chí dưới 10 phiếu, không công bố"),
        Reason.PROTECTS: _("không công bố, để bảo vệ nhóm ít phiếu"),
        Reason.WAITS: _("chờ đủ 10 phiếu mới"),
    }[Reason(reason)]


def figure_text(value: float) -> str:
    """Write a percentage with two decimals, rounded half up."""
    return f"{format_number(value, 2)}%"


def spread_text(low: float, high: float) -> str:
    """Write an interval: `81,10 – 83,60%`."""
    return f"{format_number(low, 2)} – {format_number(high, 2)}%"


def count_text(count: int) -> str:
    """Write a number of responses."""
    return _("%(count)s phiếu", count=format_number(count))

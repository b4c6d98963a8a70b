"""How respondents were drawn and weighted, in sentences that a reader without statistics understands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from survey_app.campaigns.rules import StepKind, read_document, step_label, step_words
from survey_app.foundation.languages import current_language, format_number
from survey_app.foundation.languages import gettext as _

Document = Mapping[str, Any]


def design_words(method: Document) -> list[str]:
    """Tell how the respondents came to be there and what they weigh; one sentence or two a line."""
    if "sample" not in method and "weights" not in method:
        return [
            _(
                "Mọi phiếu có trọng số bằng nhau. Khi tính sai số, mỗi cơ quan là một tầng; các cơ quan có số phải "
                "ẩn được gộp thành một tầng, để sai số của chỉ số chung không làm lộ các số đó."
            )
        ]
    lines = _sample_words(method["sample"]) if "sample" in method else [_volunteers()]
    return lines + weight_words(method["weights"])


def _volunteers() -> str:
    return _(
        "Người trả lời tự chọn. Khi tính sai số, mỗi cơ quan là một tầng; các cơ quan có số phải ẩn được gộp thành "
        "một tầng, để sai số của chỉ số chung không làm lộ các số đó."
    )


def _sample_words(sample: Document) -> list[str]:
    strata = _("Mẫu được bốc thăm riêng trong %(count)s tầng.", count=format_number(sample["strata"]))
    units = [format_number(count) for count in sample["units"]]
    stages = {
        0: _("Người trả lời được chọn trực tiếp."),
        1: _(
            "Trước hết chọn %(first)s đơn vị, rồi chọn người trong mỗi đơn vị.",
            first=units[0] if units else "",
        ),
    }.get(
        len(units),
        _(
            "Chọn qua nhiều giai đoạn: %(first)s đơn vị ở giai đoạn đầu, %(last)s đơn vị ở giai đoạn cuối, rồi "
            "chọn người trong mỗi đơn vị.",
            first=units[0] if units else "",
            last=units[-1] if units else "",
        ),
    )
    return [
        f"{strata} {stages}",
        _("Sai số được tính theo đúng cách chọn mẫu; mỗi cơ quan là một phần của toàn mẫu.")
        + " "
        + (
            _("Có tính đến việc mẫu chiếm một phần đáng kể của tổng thể.")
            if sample["population_counts"]
            else _("Mẫu được coi là rất nhỏ so với tổng thể.")
        )
        + _lonely_words(sample["lonely_psu"]),
        _(
            "Ở nơi có số phải ẩn, các đơn vị mẫu ít phiếu được tính gộp, để sai số của chỉ số chung không làm lộ "
            "các số đó."
        ),
    ]


def _lonely_words(rule: str) -> str:
    words = {
        "fail": "",
        "adjust": _("Tầng chỉ có một đơn vị mẫu được so với trung bình của mọi đơn vị."),
        "average": _("Tầng chỉ có một đơn vị mẫu nhận sai số trung bình của các tầng khác."),
        "certainty": _("Tầng chỉ có một đơn vị mẫu được coi là chắc chắn có mặt, không góp vào sai số."),
        "remove": _("Tầng chỉ có một đơn vị mẫu không góp vào sai số."),
    }[rule]
    return f" {words}" if words else ""


def weight_words(weights: Document) -> list[str]:
    """Tell by which steps the responses are weighted, and what unequal weights cost; `weights` as in a method."""
    lines = []
    if weights["name"] is None:
        lines.append(_("Mỗi phiếu mang trọng số của thiết kế mẫu, không điều chỉnh thêm."))
    else:
        lines.append(
            _("Bộ trọng số “%(name)s”%(note)s, gồm các bước:", name=weights["name"], note=_note(weights))
        )
        steps = read_document({"steps": weights["steps"]}).steps
        names = {variable: _in_language(words) for variable, words in weights["variables"].items()}
        for number, (step, report) in enumerate(zip(steps, weights["report"], strict=True), start=1):
            words = step_words(step, lambda variable: names.get(variable, variable))
            lines.append(f"({number}) {words}{_report_words(report)}")
    return [*lines, _effect_words(weights)]


def _note(weights: Document) -> str:
    return f" ({weights['note'].strip().rstrip('.')})" if weights["note"].strip() else ""


def _report_words(report: Document) -> str:
    sentences = []
    if report["step"] in (StepKind.RAKE, StepKind.CALIBRATE) and report["iterations"]:
        sentences.append(_("Khớp sau %(count)s vòng.", count=format_number(report["iterations"])))
    if report["step"] != StepKind.BASE and report["g_min"] is not None and report["g_max"] is not None:
        sentences.append(
            _(
                "Trọng số được nhân với từ %(least)s đến %(most)s.",
                least=format_number(report["g_min"], 2),
                most=format_number(report["g_max"], 2),
            )
        )
    if report["at_bounds"]:
        sentences.append(_("%(count)s phiếu chạm giới hạn.", count=format_number(report["at_bounds"])))
    if report["empty"]:
        sentences.append(_("Nhóm không có phiếu nào: %(names)s.", names=", ".join(report["empty"])))
    return "".join(f" {sentence}" for sentence in sentences)


def _effect_words(weights: Document) -> str:
    if weights["deff"] is None or weights["n_effective"] is None:
        return _("Không phiếu nào có trọng số.")
    return _(
        "Vì trọng số không đều, %(count)s phiếu cho độ chính xác như %(effective)s phiếu trọng số bằng nhau (hệ số "
        "thiết kế do trọng số: %(deff)s).",
        count=format_number(weights["responses"]),
        effective=format_number(weights["n_effective"]),
        deff=format_number(weights["deff"], 2),
    )


def report_rows(weights: Document) -> list[tuple[str, ...]]:
    """Return the report of each step for staff: step, rounds, misfit, factors, weights, design effect, least class."""
    return [
        (
            f"{number}. {step_label(StepKind(report['step']))}",
            format_number(report["iterations"]),
            f"{report['misfit']:.1e}" if report["misfit"] else "0",
            _range(report["g_min"], report["g_max"]),
            _range(report["weight_min"], report["weight_max"]),
            format_number(report["deff"], 2),
            "" if report["smallest_class"] is None else format_number(report["smallest_class"]),
        )
        for number, report in enumerate(weights["report"], start=1)
    ]


def _range(least: float, most: float) -> str:
    return f"{format_number(least, 2)} – {format_number(most, 2)}"


def weights_in_short(method: Document) -> str:
    """Name the weights in a few words, for lists of runs; empty where every volunteer counts once."""
    if "weights" not in method:
        return ""
    return str(method["weights"]["name"] or _("trọng số thiết kế"))


def _in_language(words: Document) -> str:
    return str(words["label_en"] if current_language() == "en" else words["label"])

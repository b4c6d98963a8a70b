"""The contents of a result page: a published document in the reader's language, with its drawings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from survey_app.foundation.languages import current_language, format_number
from survey_app.foundation.languages import gettext as _
from survey_app.responses.rules.flags import SECONDS_PER_ANSWER
from survey_app.results.documents.words import (
    count_text,
    figure_text,
    method_words,
    score_name,
    spread_text,
    why_hidden,
)
from survey_app.web.charts import interval_bar

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure with what is below it. Either `why` is empty, or the figure is hidden and has only `why`."""

    name: str
    figure: str
    spread: str
    count: str
    bar: Markup
    why: str
    below: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """An office with its overall figure; `row.below` are its contents with their factors."""

    unit: str
    row: Row

    @property
    def detailed(self) -> bool:
        """Say whether the contents tell more than the overall figure does."""
        return len(self.row.below) > 1 or any(content.below for content in self.row.below)


@dataclass(frozen=True, slots=True)
class ResultPage:
    """Everything that the page says."""

    overall: Row
    spread_name: str
    reading: str
    contents: tuple[Row, ...]
    offices: tuple[OfficeRow, ...]
    channels: tuple[tuple[str, str], ...]
    flagged: tuple[tuple[str, str], ...]
    pace: str
    responses: str
    statement: str
    method: tuple[str, ...]
    other_method: str
    note: str
    checks: tuple[str, ...]


def result_page(result: Document) -> ResultPage:
    """Word and draw a document that disclosure control has passed (`rules.disclosure.suppress`)."""
    population, overall = result["population"], result["overall"]
    return ResultPage(
        overall=_row(_("Chỉ số chung"), overall),
        spread_name=_("Khoảng tin cậy %(level)s%%", level=95),
        reading=_(
            "Vạch đứng là chỉ số, từ 0 (thấp nhất) đến 100 (cao nhất). "
            "Dải màu là khoảng tin cậy %(level)s%%: nếu hỏi lại nhiều lần những người tự nguyện như vậy, "
            "khoảng %(level)s trong 100 lần dải này chứa con số thật của họ. "
            "Dải càng dài, con số càng kém chắc chắn.",
            level=95,
        ),
        contents=_tree(result),
        offices=tuple(_office(office, overall["estimate"]) for office in result["offices"]),
        channels=tuple(
            (_in_language(row, "label"), _count(row["responses"])) for row in population["channels"]
        ),
        flagged=_flagged(population["flagged"]),
        pace=_(
            "Ngưỡng “nhanh hơn tốc độ đọc” do hệ thống đặt: dưới %(seconds)s giây cho mỗi câu trả lời.",
            seconds=format_number(SECONDS_PER_ANSWER, 1),
        ),
        responses=_count(population["responses"]),
        statement=_in_language(population, "statement"),
        method=tuple(method_words(result["method"])),
        other_method=_other_method(result["method"]),
        note=_in_language(result["method"], "note"),
        checks=_checks(result["sensitivity"]),
    )


def list_row(result: Document) -> Row:
    """Return the overall figure of a published document for the list of results."""
    return _row(_in_language(result["population"], "label"), result["overall"])


def _tree(scope: Document) -> tuple[Row, ...]:
    """Hang factors under contents and criteria under factors, or under a content that has no factors."""
    return tuple(
        _row(
            _in_language(content, "label"),
            content,
            below=tuple(
                _factor(factor, scope) for factor in scope["factors"] if factor["content"] == content["id"]
            )
            + _criteria(scope, content["id"], None),
        )
        for content in scope["contents"]
    )


def _factor(factor: Document, scope: Document) -> Row:
    below = _criteria(scope, factor["content"], factor["id"])
    return _row(_in_language(factor, "label"), factor, below=below)


def _criteria(scope: Document, content: str, factor: str | None) -> tuple[Row, ...]:
    return tuple(
        _row(_in_language(one, "label"), one)
        for one in scope["criteria"]
        if one["content"] == content and one["factor"] == factor
    )


def _office(office: Document, reference: float | None) -> OfficeRow:
    name = office["name_en"] if current_language() == "en" and office["name_en"] else office["name"]
    below = tuple(_office_content(content, office["factors"]) for content in office["contents"])
    row = _row(name, office["overall"], below=below, reference=reference)
    return OfficeRow(office["unit"]["name"], row)


def _office_content(content: Document, factors: Sequence[Document]) -> Row:
    parts = [_row(_in_language(one, "label"), one) for one in factors if one["content"] == content["id"]]
    return _row(_in_language(content, "label"), content, below=tuple(parts))


def _row(name: str, figure: Document, *, below: tuple[Row, ...] = (), reference: float | None = None) -> Row:
    if figure["hidden"] is not None or figure["estimate"] is None:
        why = why_hidden(figure["hidden"]) if figure["hidden"] else _("chưa tính được")
        return Row(name, "", "", "", Markup(), why, below)
    spread = spread_text(figure["ci_low"], figure["ci_high"]) if figure["ci_low"] is not None else ""
    return Row(
        name,
        figure_text(figure["estimate"]),
        spread,
        count_text(figure["n"]),
        _bar(figure, spread, reference),
        "",
        below,
    )


def _bar(figure: Document, spread: str, reference: float | None) -> Markup:
    return interval_bar(
        (figure["estimate"], figure["ci_low"], figure["ci_high"]),
        title=_("%(figure)s trên thang 0 đến 100", figure=figure_text(figure["estimate"])),
        description=_("Khoảng tin cậy %(spread)s", spread=spread) if spread else "",
        reference=reference,
    )


def _other_method(method: Document) -> str:
    """Warn that the figures are not made by the questionnaire's own recipe; empty if they are."""
    if method["questionnaires_own"]:
        return ""
    warning = _("Kết quả này dùng cách tính khác với công thức ghi trong phiếu khảo sát.")
    label = _in_language(method, "label")
    return f"{warning} {label}." if label else warning


def _flagged(flagged: Document) -> tuple[tuple[str, str], ...]:
    return tuple((_in_language(row, "label"), _count(row["responses"])) for row in flagged["reasons"])


def _count(count: int | None) -> str:
    return _("không công bố") if count is None else format_number(count)


def _checks(sensitivity: Document) -> tuple[str, ...]:
    """Say how the overall index would change under other choices."""
    other, unflagged = sensitivity["other_score"], sensitivity["without_flagged"]
    sentences = []
    if other["overall"]["hidden"] is None:
        sentences.append(
            _(
                "Nếu tính bằng %(method)s, chỉ số chung là %(figure)s.",
                method=score_name(other["score"]),
                figure=figure_text(other["overall"]["estimate"]),
            )
        )
    if unflagged["overall"]["hidden"] is None and unflagged["left_out"]:
        sentences.append(
            _(
                "Nếu bỏ %(count)s phiếu có dấu hiệu bất thường, chỉ số chung là %(figure)s.",
                count=format_number(unflagged["left_out"]),
                figure=figure_text(unflagged["overall"]["estimate"]),
            )
        )
    return tuple(sentences)


def _in_language(words: Mapping[str, Any], key: str) -> str:
    english = words.get(f"{key}_en") if current_language() == "en" else None
    return str(english or words.get(key) or "")

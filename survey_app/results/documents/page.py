"""The contents of a result page: a published document in the reader's language, with its drawings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from survey_app.campaigns.rules import Population
from survey_app.foundation.languages import current_language, format_number
from survey_app.foundation.languages import gettext as _
from survey_app.responses.rules.flags import SECONDS_PER_ANSWER
from survey_app.results.documents.words import (
    count_text,
    figure_text,
    kept_words,
    method_words,
    score_name,
    spread_text,
    why_hidden,
)
from survey_app.results.rules.disclosure import LEVELS
from survey_app.web.charts import interval_bar

Document = Mapping[str, Any]

OFFICES_AT_ONCE = 200
"""Offices on one page; a long list goes on at `?page=2`."""


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
class OfficeLine:
    """An office with its overall figure; `kept` says so if the figure is an earlier publication's."""

    code: str
    unit: str
    row: Row
    kept: str


@dataclass(frozen=True, slots=True)
class OfficePage:
    """Everything that the page of an office says."""

    title: str
    period: tuple[date, date]
    office: OfficeLine
    overall: Row
    spread_name: str
    reading: str
    contents: tuple[Row, ...]
    statement: str
    other_method: str
    questionnaire: str
    engine: str


@dataclass(frozen=True, slots=True)
class ResultPage:
    """Everything that the page of a campaign says, but for its offices."""

    title: str
    period: tuple[date, date]
    overall: Row
    spread_name: str
    reading: str
    contents: tuple[Row, ...]
    channels: tuple[tuple[str, str], ...]
    instruments: tuple[Row, ...]
    flagged: tuple[tuple[str, str], ...]
    pace: str
    responses: str
    statement: str
    voluntary: bool
    method: tuple[str, ...]
    other_method: str
    note: str
    other_score: str
    checks: tuple[str, ...]
    questionnaire: str
    engine: str


def result_page(result: Document) -> ResultPage:
    """Word and draw a document that disclosure control has passed (`rules.disclosure.suppress`)."""
    population = result["population"]
    return ResultPage(
        title=_in_language(result["campaign"], "title"),
        period=_period(result["campaign"]),
        overall=_row(_("Chỉ số chung"), result["overall"]),
        spread_name=_spread_name(),
        reading=_reading(result["population"]["kind"]),
        contents=_tree(result, result),
        channels=tuple(
            (_in_language(row, "label"), _count(row["responses"])) for row in population["channels"]
        ),
        instruments=_instruments(result.get("instruments", ())),
        flagged=_flagged(population["flagged"]),
        pace=_(
            "Ngưỡng “nhanh hơn tốc độ đọc” do hệ thống đặt: dưới %(seconds)s giây cho mỗi câu trả lời.",
            seconds=format_number(SECONDS_PER_ANSWER, 1),
        ),
        responses=_count(population["responses"]),
        statement=_in_language(population, "statement"),
        voluntary=population["kind"] == Population.VOLUNTARY,
        method=tuple(method_words(result["method"])),
        other_method=_other_method(result["method"]),
        note=_in_language(result["method"], "note"),
        other_score=_other_score(result["sensitivity"]["other_score"]),
        checks=_checks(result["sensitivity"]),
        questionnaire=result["campaign"]["questionnaire"],
        engine=result["method"]["engine"],
    )


def office_page(office: Document, result: Document) -> OfficePage:
    """Word and draw the published figures of one office; `result` is its campaign's published document."""
    return OfficePage(
        title=_in_language(result["campaign"], "title"),
        period=_period(result["campaign"]),
        office=office_line(office, result["overall"]["estimate"]),
        overall=_row(_("Chỉ số chung"), result["overall"]),
        spread_name=_spread_name(),
        reading=_reading(result["population"]["kind"]),
        contents=_tree(result, office),
        statement=_in_language(result["population"], "statement"),
        other_method=_other_method(result["method"]),
        questionnaire=result["campaign"]["questionnaire"],
        engine=result["method"]["engine"],
    )


def office_line(office: Document, reference: float | None) -> OfficeLine:
    """Return an office with its overall figure, drawn beside the campaign's own in percent."""
    kept = office["kept"]
    return OfficeLine(
        office["code"],
        office["unit"]["name"],
        _row(_in_language(office, "name"), office["overall"], reference=reference),
        kept_words(date.fromisoformat(kept["published"])) if kept else "",
    )


@dataclass(frozen=True, slots=True)
class ListEntry:
    """What the list of results says of one."""

    title: str
    period: tuple[date, date]
    row: Row


def list_row(head: Document) -> ListEntry:
    """Return what the list says of a published result (`IndexRun.head`)."""
    row = _row(_in_language(head, "label"), head["overall"])
    return ListEntry(_in_language(head, "title"), _period(head), row)


def _period(campaign: Document) -> tuple[date, date]:
    return date.fromisoformat(campaign["from"]), date.fromisoformat(campaign["to"])


def _spread_name() -> str:
    return _("Khoảng tin cậy %(level)s%%", level=95)


def _reading(population: str) -> str:
    if population == Population.PROBABILITY_SAMPLE:
        return _(
            "Vạch đứng là chỉ số, từ 0 (thấp nhất) đến 100 (cao nhất). "
            "Dải màu là khoảng tin cậy %(level)s%%: nếu bốc thăm lại nhiều mẫu cùng một cách, "
            "khoảng %(level)s trong 100 lần dải này chứa con số thật của mọi người dân thuộc diện khảo sát. "
            "Dải càng dài, con số càng kém chắc chắn.",
            level=95,
        )
    return _(
        "Vạch đứng là chỉ số, từ 0 (thấp nhất) đến 100 (cao nhất). "
        "Dải màu là khoảng tin cậy %(level)s%%: nếu hỏi lại nhiều lần những người tự nguyện như vậy, "
        "khoảng %(level)s trong 100 lần dải này chứa con số thật của họ. "
        "Dải càng dài, con số càng kém chắc chắn.",
        level=95,
    )


def _tree(result: Document, scope: Document) -> tuple[Row, ...]:
    """Hang factors under contents and criteria under factors, or under a content that has no factors.

    Names and places are those of `result`, figures those of `scope`: the same, or one of its offices.
    """
    figures = {node["id"]: node for level in LEVELS for node in scope[level]}

    def row(node: Document, below: tuple[Row, ...] = ()) -> Row:
        return _row(_in_language(node, "label"), figures[node["id"]], below=below)

    def criteria(content: str, factor: str | None) -> tuple[Row, ...]:
        return tuple(
            row(one) for one in result["criteria"] if (one["content"], one["factor"]) == (content, factor)
        )

    def factors(content: str) -> tuple[Row, ...]:
        return tuple(
            row(one, criteria(content, one["id"])) for one in result["factors"] if one["content"] == content
        )

    return tuple(row(one, factors(one["id"]) + criteria(one["id"], None)) for one in result["contents"])


def _row(name: str, figure: Document, *, below: tuple[Row, ...] = (), reference: float | None = None) -> Row:
    if figure["hidden"] is not None or figure["estimate"] is None:
        why = why_hidden(figure["hidden"]) if figure["hidden"] else _("chưa tính được")
        return Row(name, "", "", "", Markup(), why, below)
    spread = spread_text(figure["ci_low"], figure["ci_high"]) if figure["ci_low"] is not None else ""
    said = spread or _("không tính được khoảng")
    return Row(
        name,
        figure_text(figure["estimate"]),
        said,
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


def _instruments(rows: Iterable[Document]) -> tuple[Row, ...]:
    """Return the overall index by channel and instrument."""
    return tuple(_row(_in_language(row, "label"), row["overall"]) for row in rows)


def _flagged(flagged: Document) -> tuple[tuple[str, str], ...]:
    return tuple((_in_language(row, "label"), _count(row["responses"])) for row in flagged["reasons"])


def _count(count: int | None) -> str:
    return _("không công bố") if count is None else format_number(count)


def _other_score(other: Document) -> str:
    """Say beside the main figure what it would be under the other score method; empty where it is hidden."""
    if other["overall"]["hidden"] is not None or other["overall"]["estimate"] is None:
        return ""
    return _(
        "Nếu tính bằng %(method)s, chỉ số chung là %(figure)s.",
        method=score_name(other["score"]),
        figure=figure_text(other["overall"]["estimate"]),
    )


def _checks(sensitivity: Document) -> tuple[str, ...]:
    """Say how the overall index would change with other responses or weights."""
    unflagged, sentences = sensitivity["without_flagged"], []
    equal = sensitivity.get("unweighted")
    if equal and equal["overall"]["hidden"] is None and equal["overall"]["estimate"] is not None:
        sentences.append(
            _(
                "Nếu mọi phiếu có trọng số bằng nhau, chỉ số chung là %(figure)s.",
                figure=figure_text(equal["overall"]["estimate"]),
            )
        )
    shown = unflagged["overall"]["hidden"] is None and unflagged["overall"]["estimate"] is not None
    if shown and unflagged["left_out"]:
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

"""From the sheets of an XLSForm to a document, with a list of what did not fit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules.answering_time import estimated_seconds
from survey_app.questionnaires.rules.xlsforms.answers import answer_sets
from survey_app.questionnaires.rules.xlsforms.columns import Languages, column_of, languages_of
from survey_app.questionnaires.rules.xlsforms.lists import ChoiceList, lists_of
from survey_app.questionnaires.rules.xlsforms.names import Ids, instrument_of
from survey_app.questionnaires.rules.xlsforms.questions import Questions
from survey_app.questionnaires.rules.xlsforms.sections import sections_of
from survey_app.questionnaires.rules.xlsforms.sheets import (
    CHOICES,
    SETTINGS,
    SURVEY,
    Losses,
    Row,
    Sheets,
    UnableToReadXlsform,
)
from survey_app.questionnaires.rules.xlsforms.tree import tree_of

MOST_SECTIONS = 100

PURPOSE = {"vi": "Cần viết: cơ quan nào hỏi, để làm gì.", "en": "To be written: which agency asks, and why."}
SOURCE = {"vi": "Nhập từ một tệp XLSForm.", "en": "Imported from an XLSForm file."}
UNTITLED = {"vi": "Phiếu chưa có tên", "en": "Untitled form"}
_SETTINGS = frozenset({"form_title", "form_id", "version", "default_language"})

Text = dict[str, str]


def base_document(sheets: Sheets, losses: Losses) -> dict[str, Any]:
    """Return the document that the sheets survey, choices and settings make.

    Raises
    ------
    UnableToReadXlsform
        Not one question could be read.
    """
    settings = _settings(sheets.settings, losses)
    languages = languages_of(sheets, settings.get("default_language", ""), losses)
    form = tree_of(sheets.survey, losses)
    lists = lists_of(sheets.choices, languages, losses)
    questions = Questions(languages, answer_sets(form, lists, languages), Ids(), losses)
    title = _title(settings, languages, losses)
    sections = sections_of(form, questions, title)
    if not sections:
        raise UnableToReadXlsform(_("Không đọc được câu hỏi nào từ tệp này. Hãy xem lại sheet survey."))
    _unused(lists, questions, sheets.choices, losses)
    return _document(settings, languages, title, questions, sections, losses)


def _document(
    settings: dict[str, str],
    languages: Languages,
    title: Text,
    questions: Questions,
    sections: list[dict[str, Any]],
    losses: Losses,
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "instrument": instrument_of(settings.get("form_id") or title["vi"]),
        "version": _version(settings, losses),
        "languages": list(languages.codes),
        "seconds": 5,
        "title": title,
        "purpose": _ours(PURPOSE, languages),
        "source": _ours(SOURCE, languages),
    }
    why = _("XLSForm không ghi mục đích khảo sát; đã ghi câu tạm, cần viết lại")
    losses.add(SETTINGS, 0, "", _("mục đích khảo sát"), why, "purpose")
    if questions.sets.scales:
        made["scales"] = questions.sets.scales
    if questions.missing_answers:
        made["missing_answers"] = dict(questions.missing_answers)
    made["sections"] = sections[:MOST_SECTIONS]
    if len(sections) > MOST_SECTIONS:
        losses.add(
            SURVEY, 0, "", _("các phần sau"), _("phiếu có nhiều nhất %(most)s phần", most=MOST_SECTIONS)
        )
    made["seconds"] = min(max(estimated_seconds(made), 5), 7200)
    return made


def _ours(text: Text, languages: Languages) -> Text:
    return {code: text.get(code, text["vi"]) for code in languages.codes}


def _settings(rows: Sequence[Row], losses: Losses) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows[:1]:
        for header, cell in row.cells.items():
            kind = column_of(header)[0].replace("set form", "form").replace(" ", "_")
            if kind in _SETTINGS:
                found[kind] = cell
            else:
                losses.add(SETTINGS, row.number, header, cell[:200], _("phiếu không có chỗ cho cột này"))
    return found


def _title(settings: dict[str, str], languages: Languages, losses: Losses) -> Text:
    title = settings.get("form_title") or settings.get("form_id")
    row = Row(2, {"label": title or ""})
    single = Languages((languages.default,), {"label": languages.default}, languages.default)
    found = single.text(row, "label", SETTINGS, losses, "title") if title else {}
    if not found:
        why = _("phiếu chưa có tên (form_title); đã ghi tên tạm")
        losses.add(SETTINGS, 2, "form_title", "", why, "title")
        return _ours(UNTITLED, languages)
    return languages.complete(found, SETTINGS, 2, "form_title", losses, "title")


def _version(settings: dict[str, str], losses: Losses) -> int:
    version = settings.get("version", "1")
    if re.fullmatch(r"[1-9][0-9]{0,3}", version):
        return int(version)
    why = _("phiên bản phải là số từ 1 đến 9999; đã ghi 1")
    losses.add(SETTINGS, 2, "version", version, why, "version")
    return 1


def _unused(
    lists: Mapping[str, ChoiceList], questions: Questions, rows: Sequence[Row], losses: Losses
) -> None:
    first: dict[str, int] = {}
    for row in rows:
        for header, cell in row.cells.items():
            if column_of(header)[0] == "list_name":
                first.setdefault(cell, row.number)
    for name in lists:
        if not questions.sets.users[name]:
            losses.add(CHOICES, first[name], "", name, _("không câu hỏi nào dùng danh sách này"))

"""Questionnaires as XLSForms: other programs accept them, and they come back as they were."""

from __future__ import annotations

import io
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from survey_app.questionnaires.documents.xlsform import write_xlsform
from survey_app.questionnaires.gateway import SourceFile, parse, shipped
from survey_app.questionnaires.gateway import read as read_file
from survey_app.questionnaires.gateway.xlsforms import read_xlsform
from survey_app.questionnaires.rules.xlsforms import document_of, sheets_of
from survey_app.questionnaires.schemas import problems_of
from tests.questionnaires.test_schemas_properties import documents

AWKWARD = [
    "=1+1",
    "<b>đậm</b>",
    "<b>",
    "hai\r\ndòng",
    "**đậm**",
    "${q0} rồi",
    "_x000D_ x",
    "&lt;i&gt;",
    "'nháy",
    "a\tb",
    "x" * 2000,
    "-1",
]


@pytest.fixture(scope="module")
def convert() -> Any:
    """pyxform, as KoboToolbox and ODK call it."""
    return pytest.importorskip("pyxform.xls2xform").convert


def sheets_in(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """All cells of a file."""
    book = load_workbook(io.BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.parent.name)
class TestShippedQuestionnaires:
    """Those that come with the product."""

    def test_come_back_the_same_and_lose_nothing(self, path: Path) -> None:
        document = read_file(path).document
        reading = read_xlsform(write_xlsform(document))

        assert reading.document == document
        assert reading.losses == []

    def test_are_accepted_by_pyxform_without_a_warning(self, path: Path, convert: Any) -> None:
        warnings: list[str] = []
        made = convert(write_xlsform(read_file(path).document), warnings=warnings, file_type=".xlsx")

        assert "<h:html" in made.xform
        assert warnings == []


class TestFile:
    """The file itself."""

    def test_is_the_same_for_the_same_document(self, document: dict[str, Any]) -> None:
        backwards = dict(reversed(document.items()))

        assert write_xlsform(document) == write_xlsform(document)
        assert sheets_in(write_xlsform(backwards))["survey"] == sheets_in(write_xlsform(document))["survey"]

    def test_has_the_four_sheets_with_a_note_on_our_own(self, document: dict[str, Any]) -> None:
        sheets = sheets_in(write_xlsform(document))

        assert list(sheets) == ["survey", "choices", "settings", "survey_app"]
        assert all("survey_app" in row[3] for row in sheets["survey_app"][1:])

    def test_says_in_xlsform_what_xlsform_can_say(self, document: dict[str, Any]) -> None:
        sheets = sheets_in(write_xlsform(document))
        headers, *rows = sheets["survey"]
        quality = next(dict(zip(headers, row, strict=True)) for row in rows if row[1] == "quality")

        assert quality["type"] == "select_one SAT5__na"
        assert quality["relevant"] == "selected(${used.1}, '1')"
        assert (quality["required"], quality["appearance"]) == ("yes", "likert")
        assert ("SAT5__na", "-1", "Không áp dụng", "Not applicable") in sheets["choices"]

    def test_keeps_only_what_xlsform_cannot_say_in_our_own_sheet(self, document: dict[str, Any]) -> None:
        paths = [row.cells["path"] for row in sheets_of(document).extras]

        assert sorted(paths) == ["purpose", "recipe", "seconds", "source", "title"]

    def test_writes_words_that_begin_with_a_sign_as_words(self, document: dict[str, Any]) -> None:
        document["sections"][0]["questions"][2]["text"]["vi"] = '=HYPERLINK("http://x")'
        book = load_workbook(io.BytesIO(write_xlsform(document)))

        assert {cell.data_type for row in book["survey"].iter_rows() for cell in row if cell.value} == {"s"}


class TestEdited:
    """What people change in Excel is right."""

    @staticmethod
    def edited(content: bytes, sheet: str, old: str, new: str | None) -> bytes:
        """Replace every cell that holds `old`."""
        book = load_workbook(io.BytesIO(content))
        for row in book[sheet].iter_rows():
            for cell in row:
                if cell.value == old:
                    cell.value = new
        made = io.BytesIO()
        book.save(made)
        return made.getvalue()

    def test_takes_the_new_words(self, document: dict[str, Any]) -> None:
        content = self.edited(write_xlsform(document), "survey", "Tốc độ", "Tốc độ phục vụ")
        expected = deepcopy(document)
        expected["sections"][0]["questions"][2]["text"]["vi"] = "Tốc độ phục vụ"

        assert read_xlsform(content).document == expected

    def test_leaves_out_what_our_sheet_said_of_older_words(self, document: dict[str, Any]) -> None:
        content = self.edited(write_xlsform(document), "settings", "Phiếu mẫu", "Phiếu mới")
        reading = read_xlsform(content)

        assert reading.document["title"] == {"vi": "Phiếu mới", "en": "Phiếu mới"}
        assert "survey_app" in {loss.sheet for loss in reading.losses}


class TestAnyDocument:
    """Every sound document comes back."""

    @settings(max_examples=80, deadline=None)
    @given(document=documents(), data=st.data())
    def test_comes_back_whatever_its_words(self, document: dict[str, Any], data: st.DataObject) -> None:
        document = deepcopy(document)
        for section in document["sections"]:
            for text in (section["title"], *(question["text"] for question in section["questions"])):
                text[data.draw(st.sampled_from(["vi", "en"]))] = data.draw(st.sampled_from([*AWKWARD, "Từ."]))
        assert problems_of(SourceFile("made.yaml", document, {(): 1})) == []
        assert document_of(sheets_of(document)) == (document, [])

    @settings(max_examples=15, deadline=None)
    @given(document=documents())
    def test_comes_back_from_a_file(self, document: dict[str, Any]) -> None:
        reading = read_xlsform(write_xlsform(document))

        assert reading.document == document
        assert reading.losses == []

    @pytest.mark.parametrize("words", AWKWARD)
    def test_comes_back_from_a_file_with_awkward_words(self, document: dict[str, Any], words: str) -> None:
        document["sections"][0]["questions"][1]["help"] = {"vi": words, "en": words}
        document["scales"]["SAT5"][0]["label"] = {"vi": words, "en": words}

        assert read_xlsform(write_xlsform(document)).document == document


def test_comes_back_when_a_question_looks_like_the_text_of_an_option() -> None:
    """The sheets alone would take the second question for the first one's "please specify"."""
    document = parse(
        """
instrument: twin
version: 1
languages: [vi]
seconds: 10
title: {vi: Phiếu}
purpose: {vi: Để thử.}
source: {vi: Tự soạn.}
sections:
  - id: s
    title: {vi: Phần}
    questions:
      - {id: q, type: single, text: {vi: Câu}, options: [{code: 1, label: {vi: A}}, {code: 2, label: {vi: B}}]}
      - {id: q_text, type: short_text, max_length: 200, text: {vi: B}, show_if: [{item: q, codes: [2]}]}
""".encode(),
        "twin.yaml",
    ).document

    assert read_xlsform(write_xlsform(document)).document == document

"""XLSForms from anywhere: what fits is read, what does not is named, and nothing harms."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey_app.questionnaires.documents.xlsform import write_xlsform
from survey_app.questionnaires.gateway import SourceFile
from survey_app.questionnaires.gateway.xlsforms import XlsformReading, read_xlsform
from survey_app.questionnaires.rules.xlsforms import Row, Sheets, UnableToReadXlsform, document_of, sheets_of
from survey_app.questionnaires.schemas import problems_of
from tests.questionnaires.xlsforms.examples import EXAMPLES, HOUSEHOLD, ROUTES, Form, Table, book

LOSSES = {
    "satisfaction": [("settings", 0, "")],
    "routes": [
        ("survey", 9, "relevant"),
        ("choices", 2, "name"),
        ("choices", 4, "name"),
        ("settings", 0, ""),
    ],
    "languages": [
        ("survey", 6, "constraint_message"),
        ("survey", 6, "label::English (en)"),
        ("settings", 0, ""),
        ("settings", 2, "style"),
        ("settings", 2, "form_title::English (en)"),
        ("settings", 2, "version"),
    ],
    "several": [
        ("survey", 2, "constraint"),
        ("survey", 2, "constraint_message"),
        ("survey", 4, "type"),
        ("choices", 1, "image"),
        ("choices", 6, "name"),
        ("settings", 0, ""),
    ],
    "household": [
        ("survey", 2, "type"),
        ("survey", 3, "type"),
        ("survey", 4, "type"),
        ("survey", 5, "constraint"),
        ("survey", 6, "type"),
        ("survey", 7, ""),
        ("survey", 9, ""),
        ("survey", 12, "type"),
        ("survey", 13, "type"),
        ("survey", 15, "media::image"),
        ("survey", 15, "label"),
        ("survey", 16, "label"),
        ("survey", 17, "type"),
        ("survey", 18, "relevant"),
        ("choices", 1, "tinh"),
        ("choices", 7, ""),
        ("settings", 0, ""),
    ],
}


def form(*survey: Table, choices: Table = (), headers: str = "type name label relevant") -> Form:
    """A form of a few rows."""
    made: dict[str, Table] = {"survey": [headers.split(), *survey]}  # type: ignore[list-item]
    if choices:
        made["choices"] = [["list_name", "name", "label"], *choices]
    return made


def read(*survey: Table, **rest: Any) -> XlsformReading:
    """Read a form of a few rows."""
    return read_xlsform(book(form(*survey, **rest)))


def questions(reading: XlsformReading) -> list[dict[str, Any]]:
    """All questions that were read."""
    return [one for section in reading.document["sections"] for one in section["questions"]]


def reasons(reading: XlsformReading, row: int) -> str:
    """What was said about a row of the survey."""
    return "\n".join(loss.why for loss in reading.losses if loss.sheet == "survey" and loss.row == row)


YES_NO = (("yn", 1, "Có"), ("yn", 2, "Không"))


@pytest.mark.parametrize("name", EXAMPLES)
class TestExamples:
    """Five forms of different shape."""

    def test_make_documents_that_the_checker_accepts(self, name: str) -> None:
        document = read_xlsform(book(EXAMPLES[name])).document

        assert problems_of(SourceFile("form.xlsx", document, {(): 1})) == []

    def test_name_each_loss_once_with_its_row(self, name: str) -> None:
        losses = read_xlsform(book(EXAMPLES[name])).losses

        assert [(loss.sheet, loss.row, loss.column) for loss in losses] == LOSSES[name]
        assert all(loss.why for loss in losses)

    def test_come_back_unchanged_from_export_and_lose_nothing_twice(self, name: str) -> None:
        first = read_xlsform(book(EXAMPLES[name])).document
        exported = write_xlsform(first)
        again = read_xlsform(exported)

        assert again.document == first
        assert again.losses == []
        assert write_xlsform(again.document) == exported


class TestWhatFits:
    """Parts that both formats have."""

    def test_reads_groups_as_sections_and_leading_notes_as_help(self) -> None:
        section = read_xlsform(book(EXAMPLES["languages"])).document["sections"][0]

        assert section["title"] == {"vi": "Tại quầy", "en": "At the counter"}
        assert section["help"] == {"vi": "Phiếu ẩn danh.", "en": "The form is anonymous."}

    def test_reads_a_note_between_questions_as_help_of_the_next(self) -> None:
        reading = read(["text", "a", "Một"], ["note", "n", "Nhớ kỹ."], ["text", "b", "Hai"])

        assert [one.get("help") for one in questions(reading)] == [None, {"vi": "Nhớ kỹ."}]

    def test_reads_a_table_as_rows_with_its_missing_answers(self) -> None:
        table = questions(read_xlsform(book(ROUTES)))[-1]

        assert [row["id"] for row in table["rows"]] == ["bang_1", "bang_2"]
        assert (table["type"], table["scale"], table["missing"]) == ("rows", "muc", ["dont_know"])

    def test_adds_the_condition_of_a_group_to_its_questions(self) -> None:
        web = next(one for one in questions(read_xlsform(book(ROUTES))) if one["id"] == "trang_web")

        assert web["show_if"] == [{"item": "da_nop", "codes": [1]}, {"item": "kenh", "codes": [2, 3]}]

    def test_takes_the_text_of_a_please_specify_into_its_option(self) -> None:
        made = questions(read_xlsform(book(EXAMPLES["several"])))

        assert [one["id"] for one in made] == ["ly_do", "nguon", "lan_sau"]
        assert [option.get("specify", False) for option in made[0]["options"]] == [False, False, True, False]

    def test_reads_a_shared_five_point_list_as_a_scale(self) -> None:
        made = questions(read_xlsform(book(EXAMPLES["satisfaction"])))

        assert [one["type"] for one in made] == ["scale", "scale", "scale", "short_text"]

    def test_splits_what_one_section_cannot_hold(self) -> None:
        reading = read(*(["text", f"q{number}", f"Câu {number}"] for number in range(230)))

        assert [len(section["questions"]) for section in reading.document["sections"]] == [100, 100, 30]

    def test_copies_another_language_where_there_is_no_vietnamese(self) -> None:
        reading = read(["text", "a", "Name of the office"], headers="type name label::English(en)")

        assert reading.document["languages"] == ["vi", "en"]
        assert questions(reading)[0]["text"]["vi"] == "Name of the office"


class TestWhatDoesNotFit:
    """Each is a line in words, never a crash."""

    @pytest.mark.parametrize(
        ("relevant", "because"),
        [
            ("${a} != 1", "loại này"),
            ("${later} = 1", "đứng sau"),
            ("${b} = 1", "đứng sau"),
            ("${nowhere} = 1", "không có"),
            ("${a} = 7", "không có phương án 7"),
            ("${a} = 1 or ${c} = 1", "loại này"),
            ("(" * 900 + "${a} = 1", "loại này"),
            ("not(${a} = 1)", "loại này"),
            ("'; DROP TABLE", "loại này"),
        ],
    )
    def test_names_conditions_that_it_cannot_keep(self, relevant: str, because: str) -> None:
        reading = read(
            ["select_one yn", "a", "A"],
            ["select_one yn", "c", "C"],
            ["select_one yn", "b", "B", relevant],
            ["select_one yn", "later", "L"],
            choices=YES_NO,
        )

        assert because in reasons(reading, 4)
        assert "show_if" not in questions(reading)[2]

    def test_cuts_a_circle_of_conditions(self) -> None:
        reading = read(
            ["select_one yn", "a", "A", "${b} = 1"], ["select_one yn", "b", "B", "${a} = 1"], choices=YES_NO
        )

        assert "đứng sau" in reasons(reading, 2)
        assert questions(reading)[1]["show_if"] == [{"item": "a", "codes": [1]}]

    def test_renames_what_is_repeated_reserved_or_in_other_letters(self) -> None:
        reading = read(
            ["text", "a", "1"], ["text", "a", "2"], ["text", "show", "3"], ["text", "địa chỉ-1", "4"]
        )

        assert [one["id"] for one in questions(reading)] == ["a", "a_2", "q_show", "dia_chi_1"]
        assert all("đổi thành" in reasons(reading, row) for row in (3, 4, 5))

    def test_drops_answers_that_repeat_and_questions_without_a_list(self) -> None:
        reading = read(
            ["select_one yn", "a", "A"], ["select_one none", "b", "B"], choices=(*YES_NO, ("yn", 1, "Lại"))
        )

        assert "none" in reasons(reading, 3)
        assert [loss.row for loss in reading.losses if loss.sheet == "choices"] == [4]

    @pytest.mark.parametrize(
        ("label", "words"),
        [
            ("<b>Đậm</b> và <i>nghiêng</i>", "Đậm và nghiêng"),
            ("&lt;script&gt;alert(1)&lt;/script&gt;Câu", "alert(1)Câu"),
            ("**Đậm**", "Đậm"),
            ("Chào ${a}", "Chào [a]"),
            ("Chữ riêng \ue000", "Chữ riêng"),
        ],
    )
    def test_takes_markup_out_of_words_and_says_so(self, label: str, words: str) -> None:
        reading = read(["text", "a", label])

        assert questions(reading)[0]["text"] == {"vi": words}
        assert reasons(reading, 2)

    def test_reports_formulas_and_keeps_the_rest(self) -> None:
        reading = read(["text", "a", "=A1&B1"], ["text", "b", "Hai"])

        assert "công thức" in reasons(reading, 2)
        assert questions(reading)[1]["text"] == {"vi": "Hai"}

    def test_reports_groups_that_do_not_match(self) -> None:
        reading = read(["end_group"], ["begin_group", "g", "G"], ["text", "a", "A"])

        assert "dòng mở" in reasons(reading, 2)
        assert "dòng đóng" in reasons(reading, 3)

    def test_keeps_devices_and_places_out(self) -> None:
        reading = read_xlsform(book(HOUSEHOLD))

        assert all("ẩn danh" in reasons(reading, row) for row in (2, 3, 4))

    def test_tells_what_kobo_would_not_take(self) -> None:
        pytest.importorskip("pyxform")

        reading = read(["text", "a", "A"], ["begin_kobomatrix", "m", "M"], ["end_kobomatrix"])

        assert "KoboToolbox" in reading.losses[-1].what or "KoboToolbox" in reading.losses[0].what

    def test_reads_without_pyxform(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(__import__("sys").modules, "pyxform.xls2xform", None)

        assert len(questions(read_xlsform(book(ROUTES)))) == 6


def packed(change: Callable[[str, bytes], bytes | None], form: Form = ROUTES) -> bytes:
    """A form with changed parts."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book(form))) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return made.getvalue()


def in_sheet(rows: bytes) -> bytes:
    """A form with more XML in its first sheet."""
    return packed(
        lambda name, old: old.replace(b"</sheetData>", rows + b"</sheetData>") if "sheet1" in name else old
    )


CONTENT = book(ROUTES)
ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'


class TestHostileFiles:
    """Refused in words, quickly."""

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"PK\x03\x04",
            b"\xd0\xcf\x11\xe0 an old .xls",
            b"a,b\n1,2\n",
            b"\0" * (20 * 1024 * 1024 + 1),
            packed(lambda name, old: ENTITY + old if "sheet1" in name else old),
            packed(lambda name, old: old.decode().encode("utf-16") if "sheet1" in name else old),
            packed(lambda name, old: old + b" " * 64_000_000 if "sheet1" in name else old),
            packed(lambda name, old: None if "workbook.xml" in name else old),
            packed(lambda name, old: old[: len(old) // 2] if "sheet1" in name else old),
            in_sheet(b"<row>" + b"<c/>" * 400_000 + b"</row>"),
            in_sheet(b"<row/>" * 400_000),
        ],
        ids=[
            "empty",
            "cut",
            "xls",
            "csv",
            "large",
            "entity",
            "utf16",
            "bomb",
            "no_workbook",
            "half",
            "columns",
            "rows",
        ],
    )
    def test_are_refused(self, content: bytes) -> None:
        start = time.monotonic()

        with pytest.raises(UnableToReadXlsform):
            read_xlsform(content)
        assert time.monotonic() - start < 10

    @pytest.mark.parametrize(
        "tables",
        [
            {"choices": [["list_name", "name"], ["a", "b"]]},
            {"survey": [["type", "name", "label"]]},
            {"survey": [["x"], ["y"]]},
            form(["geopoint", "a", "A"]),
            form(*(["text", f"q{number}", "Câu"] for number in range(2_001))),
            form(*(["begin_group", f"g{number}", "G"] for number in range(40))),
        ],
        ids=["no_survey", "no_rows", "no_types", "nothing_left", "too_many_rows", "too_deep"],
    )
    def test_without_a_form_inside_are_refused(self, tables: Form) -> None:
        with pytest.raises(UnableToReadXlsform):
            read_xlsform(book(tables))

    def test_are_not_believed_about_their_size(self) -> None:
        start = time.monotonic()
        content = in_sheet(b'<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>')

        assert len(questions(read_xlsform(content))) == 6
        assert time.monotonic() - start < 5

    @settings(max_examples=60, deadline=None)
    @given(data=st.data())
    def test_with_any_damage_are_read_or_refused(self, data: st.DataObject) -> None:
        content = bytearray(CONTENT)
        for _ in range(data.draw(st.integers(1, 4))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        with suppress(UnableToReadXlsform):
            assert read_xlsform(bytes(content)).document


CELLS = [
    *[
        "a",
        "b",
        "q1",
        "q_text",
        "yes",
        "1",
        "2",
        "3",
        "-8",
        "é",
        "show",
        "<i>",
        "=",
        "text",
        "integer",
        "note",
    ],
    *["date", "image", "begin_group", "end_group", "begin_repeat", "end_repeat", "table-list", "likert"],
    *["multiline", "select_multiple", "select_one a", "select_multiple b", "select_one a or_other"],
    *["${q1} = '1'", "${a} = 1", "selected(${a}, '2')", ". >= 5 and . <= 2", "string-length(.) <= 200"],
    *["Vietnamese (vi)", "9" * 50, "begin group"],
]
SURVEY = [
    *["type", "name", "label", "label::English(en)", "hint", "required", "relevant", "appearance"],
    *["constraint", "media::image"],
]
PATHS = [
    *["sections", "scales", "scales.a", "items.q1.text", "items.a.options", "recipe", "title", "nowhere"],
    *["items.x", "sections.a.title"],
]


def rows(headers: list[str]) -> st.SearchStrategy[tuple[Row, ...]]:
    """Rows of any cells."""
    cells = st.dictionaries(st.sampled_from(headers), st.sampled_from(CELLS), max_size=7)
    return st.lists(cells, max_size=14).map(
        lambda found: tuple(Row(number, one) for number, one in enumerate(found, start=2))
    )


def extras() -> st.SearchStrategy[tuple[Row, ...]]:
    """Rows of the sheet survey_app as somebody else may write them."""
    values = st.sampled_from(["null", "5", "[]", "{}", '{"vi":"a"}', '[{"id":1}]', "no", "[" * 5000, "NaN"])
    cells = st.fixed_dictionaries(
        {"path": st.sampled_from(PATHS), "value": values}, optional={"when": st.just("abc")}
    )
    return st.lists(cells, max_size=4).map(
        lambda found: tuple(Row(number, one) for number, one in enumerate(found, start=2))
    )


class TestAnyCells:
    """Whatever the cells say."""

    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(survey=rows(SURVEY), choices=rows(["list_name", "name", "label", "image"]))
    def test_make_a_sound_document_that_comes_back_or_none(
        self, survey: tuple[Row, ...], choices: tuple[Row, ...]
    ) -> None:
        try:
            document, _losses = document_of(Sheets(survey, choices))
        except UnableToReadXlsform:
            return
        assert problems_of(SourceFile("form.xlsx", document, {(): 1})) == []
        assert document_of(sheets_of(document)) == (document, [])

    @settings(max_examples=100, deadline=None)
    @given(rows=extras())
    def test_of_our_own_sheet_never_break_the_reading(self, rows: tuple[Row, ...]) -> None:
        sheets = Sheets((Row(2, {"type": "text", "name": "q1", "label": "Câu"}),), extras=rows)
        document, _losses = document_of(sheets)

        assert problems_of(SourceFile("form.xlsx", document, {(): 1})) is not None

"""Reports as files: official layout, same bytes for the same figures, nothing that runs as a formula."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pypdfium2
import pytest
import time_machine
from docx import Document
from openpyxl import load_workbook

from survey_app.feedback.documents.reports import (
    MAKERS,
    ReportPaper,
    figures_of,
    report_docx,
    report_pdf,
    report_xlsx,
    table_xlsx,
)
from survey_app.feedback.queries.report_forms import PETITIONS, shipped_forms
from survey_app.feedback.rules.papers import Letterhead
from survey_app.feedback.rules.reports import (
    Figure,
    Grouping,
    Line,
    Report,
    added_up,
    notes_of,
    period_label,
    quarter,
)

FORM, DAY = shipped_forms()[PETITIONS], date(2026, 10, 5)


def line(label: str, first: int) -> Line:
    """Return a line whose figures are all different."""
    return Line(label, label, {str(figure): first + place for place, figure in enumerate(Figure)})


def paper(fields: int = 3) -> ReportPaper:
    lines = tuple(line(f"Lĩnh vực thứ {number}", 100 * number) for number in range(1, fields + 1))
    report = Report(
        period=quarter(2026, 3),
        grouping=Grouping.FIELD,
        lines=(*lines, line("=1+1", 5000)),
        total=added_up(lines, key="", label="Tổng số phản ánh, kiến nghị"),
        others=(line("Góp ý", 7000),),
    )
    return ReportPaper(
        report=report,
        form=FORM,
        letterhead=Letterhead("", "Ủy ban nhân dân phường Thục Phán", "Thục Phán"),
        period=period_label(report.period),
        scope="",
        notes=notes_of(report, FORM, made_on=DAY),
        day=DAY,
    )


def pdf_text(pdf: bytes, page: int) -> str:
    text = pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_range()
    return " ".join(unicodedata.normalize("NFC", text).split())


def test_the_pdf_lies_across_and_repeats_its_heading_with_a_number_from_page_two() -> None:
    pdf = report_pdf(paper(40))
    assert [round(side / 72 * 25.4) for side in pypdfium2.PdfDocument(pdf)[0].get_size()] == [297, 210]
    assert pdf_text(pdf, 0).startswith("DỰ THẢO ỦY BAN NHÂN DÂN PHƯỜNG THỤC PHÁN")
    assert pdf_text(pdf, 1).startswith("2 Theo nội dung")
    assert "STT Lĩnh vực Tổng số" in pdf_text(pdf, 1)


def test_the_pdf_says_every_figure_and_that_the_form_is_unverified() -> None:
    text = pdf_text(report_pdf(paper()), 0)
    for shown in paper().report.every_line():
        assert " ".join(map(str, figures_of(shown, FORM))) in text
    assert "BÁO CÁO" in text
    assert "Quý III năm 2026" in text
    assert "chưa đối chiếu mẫu chính thức" in text


def test_the_word_document_holds_the_same_table() -> None:
    table = Document(BytesIO(report_docx(paper()))).tables[1]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0][2:8] == ["Tổng số", *["Theo nội dung"] * 3, *["Theo nguồn"] * 2]
    assert rows[2] == ["1", "Lĩnh vực thứ 1", *map(str, figures_of(paper().report.lines[0], FORM))]
    assert rows[-2][1] == "Tổng số phản ánh, kiến nghị"


def test_the_spreadsheet_holds_numbers_and_no_formula() -> None:
    sheet = load_workbook(BytesIO(report_xlsx(paper()))).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    first = next(row for row in rows if row[1] == "Lĩnh vực thứ 1")
    assert first[2:] == figures_of(paper().report.lines[0], FORM)
    assert any(row[1] == "'=1+1" for row in rows)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("kind", list(MAKERS))
def test_the_same_figures_have_the_same_bytes_at_another_time(kind: str) -> None:
    with time_machine.travel(datetime(2026, 10, 5, 8, tzinfo=UTC)):
        first = MAKERS[kind](paper())
    with time_machine.travel(datetime(2027, 1, 9, 17, 3, tzinfo=UTC)):
        assert MAKERS[kind](paper()) == first
    assert MAKERS[kind](replace(paper(), period="Quý IV năm 2026")) != first


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", " =", "\uff1d"])
def test_no_cell_of_a_register_opens_a_formula(start: str) -> None:
    content = table_xlsx(["Tóm tắt"], [[f"{start}HYPERLINK(1)"]], title="Sổ", day=DAY)
    cell = load_workbook(BytesIO(content)).worksheets[0]["A2"]
    assert (cell.data_type, cell.value) == ("s", f"'{start}HYPERLINK(1)")


def test_the_notes_name_what_came_from_a_former_unit() -> None:
    former = replace(line("Phường Mới", 3), origins={"Phường Cũ": 4})
    report = replace(paper().report, lines=(former,))
    assert "Phường Mới: 4 trường hợp nhận từ Phường Cũ." in notes_of(report, FORM, made_on=DAY)

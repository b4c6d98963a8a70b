"""A periodic report as XLSX, DOCX and PDF in the layout of official papers; the same figures give the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from itertools import groupby
from typing import Any

from docx.document import Document as WordPaper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.table import Table
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from survey_app.feedback.documents.official import (
    FONT,
    MOTTO,
    NATION,
    docx_bytes,
    head_values,
    new_paper,
    set_pdf,
    with_fixed_times,
    write,
    write_headline,
    write_letterhead,
    write_signature,
)
from survey_app.feedback.rules.papers import Letterhead, dated
from survey_app.feedback.rules.reports import Column, Form, Grouping, Line, Report

_TITLE, _SIGNER = "Báo cáo", "Thủ trưởng cơ quan"
_COPIES = ("Cơ quan nhận báo cáo;", "Lưu: VT.")
_SYMBOL = "BC"
_OPENS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPaper:
    """A report with what stands around its table; `scope` says of which units and field, `notes` stand below."""

    report: Report
    form: Form
    letterhead: Letterhead
    period: str
    scope: str
    notes: tuple[str, ...]
    day: date

    @property
    def lines_of(self) -> str:
        """What a line stands for."""
        return "Đơn vị" if self.report.grouping is Grouping.UNIT else "Lĩnh vực"

    def table(self) -> list[tuple[str, Line]]:
        """Return the lines with their numbers; sums and lines of other kinds have none."""
        numbered = [(str(number), line) for number, line in enumerate(self.report.lines, start=1)]
        return [*numbered, ("", self.report.total), *(("", line) for line in self.report.others)]

    def groups(self) -> list[tuple[str, list[Column]]]:
        """Return the columns by their common heading; a column without one stands alone."""
        found: list[tuple[str, list[Column]]] = []
        for name, columns in groupby(self.form.columns, key=lambda column: column.group):
            together = list(columns)
            found += [(name, together)] if name else [("", [column]) for column in together]
        return found


def figures_of(line: Line, form: Form) -> list[int]:
    """Return the figures of a line in the order of the form's columns."""
    return [line.figures[column.key] for column in form.columns]


def report_pdf(paper: ReportPaper) -> bytes:
    """Return the report as PDF on A4 across."""
    sheet: dict[str, Any] = head_values(paper.letterhead, paper.day) | {
        "symbol": _SYMBOL,
        "title": _TITLE,
        "subject": paper.form.title,
        "period": paper.period,
        "scope": paper.scope,
        "lines-of": paper.lines_of,
        "columns": [column.key for column in paper.form.columns],
        "groups": [
            {"name": name, "headings": [column.heading for column in columns]}
            for name, columns in paper.groups()
        ],
        "lines": [
            {
                "number": number,
                "label": line.label,
                "figures": [str(figure) for figure in figures_of(line, paper.form)],
                "strong": line is paper.report.total,
            }
            for number, line in paper.table()
        ],
        "notes": paper.notes,
        "copies": _COPIES,
        "signer": _SIGNER,
    }
    return set_pdf("report.typ", sheet, paper.day)


def report_docx(paper: ReportPaper) -> bytes:
    """Return the report as a Word document on A4 across."""
    word = new_paper(is_across=True)
    write_letterhead(word, paper.letterhead, _SYMBOL, paper.day)
    write_headline(word, _TITLE, paper.form.title)
    write(word, " – ".join(filter(None, (paper.period, paper.scope))))
    _write_table(word, paper)
    for note in paper.notes:
        write(word, note, size=12, is_italic=True, align=WD_ALIGN_PARAGRAPH.LEFT)
    write_signature(word, _COPIES, _SIGNER)
    return docx_bytes(word, title=_TITLE, author=paper.letterhead.agency, day=paper.day)


def _write_table(word: WordPaper, paper: ReportPaper) -> None:
    table = word.add_table(rows=2, cols=len(paper.form.columns) + 2)
    table.style = "Table Grid"
    _write_heading(table, paper)
    for number, line in paper.table():
        cells, is_bold = table.add_row().cells, line is paper.report.total
        write(cells[0], number, size=10.5, is_bold=is_bold)
        write(cells[1], line.label, size=10.5, is_bold=is_bold, align=WD_ALIGN_PARAGRAPH.LEFT)
        for cell, figure in zip(cells[2:], figures_of(line, paper.form), strict=True):
            write(cell, str(figure), size=10.5, is_bold=is_bold)


def _write_heading(table: Table, paper: ReportPaper) -> None:
    for row, column, height, width, words in _heading(paper):
        cell = table.cell(row, column).merge(table.cell(row + height - 1, column + width - 1))
        write(cell, words, size=10.5, is_bold=True)
    for line in table.rows[:2]:
        # Repeated at the top of every page.
        line._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _heading(paper: ReportPaper) -> Iterable[tuple[int, int, int, int, str]]:
    """Yield (row, column, rows, columns, words) of every cell of the two-line heading."""
    yield 0, 0, 2, 1, "STT"
    yield 0, 1, 2, 1, paper.lines_of
    at = 2
    for name, columns in paper.groups():
        if name:
            yield 0, at, 1, len(columns), name
            yield from ((1, at + place, 1, 1, one.heading) for place, one in enumerate(columns))
        else:
            yield 0, at, 2, 1, columns[0].heading
        at += len(columns)


def report_xlsx(paper: ReportPaper) -> bytes:
    """Return the report as a spreadsheet; figures are numbers, and no text is a formula."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Báo cáo"
    width = len(paper.form.columns) + 2
    top = [paper.letterhead.agency.upper(), NATION, MOTTO, dated(paper.letterhead, paper.day)]
    top += [f"{_TITLE.upper()} (DỰ THẢO)", paper.form.title, paper.period, paper.scope]
    for row, words in enumerate(top, start=1):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=width)
        _put(sheet, row, 1, words, is_bold=row in (1, 2, 3, 5, 6))
    _fill_table(sheet, paper, first_row=len(top) + 2)
    for note in paper.notes:
        sheet.append([_plain(note)])
    return book_bytes(book, paper.day)


def _fill_table(sheet: Worksheet, paper: ReportPaper, *, first_row: int) -> None:
    for row, column, height, width, words in _heading(paper):
        place = first_row + row, column + 1
        _put(sheet, *place, words, is_bold=True, is_framed=True)
        if height + width > 2:
            sheet.merge_cells(
                start_row=place[0],
                start_column=place[1],
                end_row=place[0] + height - 1,
                end_column=place[1] + width - 1,
            )
    for row, (number, line) in enumerate(paper.table(), start=first_row + 2):
        cells: list[str | int] = [number, line.label, *figures_of(line, paper.form)]
        for column, value in enumerate(cells, start=1):
            _put(sheet, row, column, value, is_bold=line is paper.report.total, is_framed=True)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 6, 38
    for column in range(3, len(paper.form.columns) + 3):
        sheet.column_dimensions[get_column_letter(column)].width = 12
    sheet.freeze_panes = f"C{first_row + 2}"


_LINE = Side(style="thin")


def _put(
    sheet: Worksheet,
    row: int,
    column: int,
    value: str | int,
    *,
    is_bold: bool = False,
    is_framed: bool = False,
) -> None:
    cell = sheet.cell(row, column, _plain(value))
    is_label = is_framed and column == 2 and not is_bold
    cell.font = Font(name=FONT, size=12, bold=is_bold)
    cell.alignment = Alignment(
        horizontal="left" if is_label else "center", vertical="center", wrap_text=is_framed
    )
    if is_framed:
        cell.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)


def _plain(value: str | int) -> str | int:
    """Return a value that no spreadsheet takes for a formula (OWASP, "CSV Injection")."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_OPENS_FORMULA):
        return f"'{value}"
    return value


def table_xlsx(
    heading: Sequence[str], rows: Iterable[Sequence[str | int]], *, title: str, day: date
) -> bytes:
    """Return a plain list as a spreadsheet, heading first, written row by row in bounded memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append(list(heading))
    for row in rows:
        sheet.append([_plain(value) for value in row])
    return book_bytes(book, day)


def book_bytes(book: Workbook, day: date) -> bytes:
    """Return the spreadsheet as a file that depends on nothing but its contents."""
    instant = datetime(day.year, day.month, day.day)  # noqa: DTZ001  (the format knows no zone)
    book.properties.creator, book.properties.created = "survey_app", instant
    file = BytesIO()
    book.save(file)
    return with_fixed_times(file.getvalue(), day)


MAKERS: dict[str, Callable[[ReportPaper], bytes]] = {
    "pdf": report_pdf,
    "docx": report_docx,
    "xlsx": report_xlsx,
}
"""What writes a report, by the ending of the file."""

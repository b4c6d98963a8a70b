"""Tables of responses from CSV, XLSX and Parquet files."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from openpyxl import Workbook

from survey_app.responses.documents.tables import UnreadableTable, cell_text, open_table


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_reads_csv_with_any_usual_delimiter_with_and_without_a_mark(
    tmp_path: Path, delimiter: str, mark: str
) -> None:
    path = tmp_path / "a.csv"
    text = f'{mark}overall{delimiter}comment\n4{delimiter}"một{delimiter} hai"\n\n 5 {delimiter}\n'
    path.write_text(text, encoding="utf-8")
    table = open_table(path)
    assert table.header == ("overall", "comment")
    assert list(table.lines) == [(2, ["4", f"một{delimiter} hai"]), (4, ["5", ""])]


@pytest.mark.parametrize("encoding", ["cp1258", "utf-16"])
def test_refuses_other_encodings_with_the_remedy(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("overall,comment\n4,Cân đo\n".encode(encoding))
    with pytest.raises(UnreadableTable, match="iconv"):
        list(open_table(path).lines)


def test_names_the_line_with_an_open_quote(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('overall,comment\n4,a\n5,"b\n', encoding="utf-8")
    with pytest.raises(UnreadableTable, match="3"):
        list(open_table(path).lines)


def test_names_the_line_in_which_a_quote_opens_however_far_it_reaches(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('overall,comment\n4,a\n5,"' + "b\n" * 200_000, encoding="utf-8")
    with pytest.raises(UnreadableTable, match="Dòng 3 "):
        list(open_table(path).lines)


def test_refuses_a_heading_longer_than_any_cell_may_be(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a" * 1_000_000)
    with pytest.raises(UnreadableTable, match="Dòng 1 "):
        open_table(path)


@pytest.mark.parametrize("content", [b"", b"\n\n", b",,\n"])
def test_reads_no_table_without_a_heading(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableTable):
        open_table(path)


@pytest.mark.parametrize("name", ["a.xlsx", "upload"])
def test_reads_the_first_sheet_of_a_spreadsheet_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    book = Workbook()
    book.worksheets[0].append(["overall", "weight", "received", None])
    book.worksheets[0].append([4.0, 12.5, datetime(2026, 11, 21)])  # noqa: DTZ001  (spreadsheets know no zones)
    book.worksheets[0].append([5])
    book.save(path)
    table = open_table(path)
    assert table.header == ("overall", "weight", "received")
    assert list(table.lines) == [(2, ["4", "12.5", "2026-11-21"]), (3, ["5", "", ""])]


def test_refuses_old_and_broken_spreadsheets(tmp_path: Path) -> None:
    old, broken = tmp_path / "a.xls", tmp_path / "b.xlsx"
    old.write_bytes(b"\xd0\xcf\x11\xe0 and more")
    broken.write_bytes(b"PK\x03\x04 and more")
    with pytest.raises(UnreadableTable, match="xlsx"):
        open_table(old)
    with pytest.raises(UnreadableTable, match="Excel"):
        open_table(broken)


def test_reads_parquet_in_the_order_of_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    duckdb.execute(
        "COPY (SELECT (i % 5)::TINYINT AS overall, i / 4 AS weight, CASE WHEN i > 1 THEN 'x' END AS stratum,"
        f" [1, 3] AS channels FROM range(1, 25001) t(i)) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)"
    )
    table = open_table(path)
    lines = list(table.lines)
    assert table.header == ("overall", "weight", "stratum", "channels")
    assert lines[:2] == [(1, ["1", "0.25", "", "1|3"]), (2, ["2", "0.5", "x", "1|3"])]
    assert [number for number, _cells in lines] == list(range(1, 25001))


def test_says_what_to_install_for_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(UnreadableTable, match="analytics"):
        open_table(path)


def test_refuses_a_broken_parquet_file(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 and nothing of the kind")
    with pytest.raises(UnreadableTable, match="Parquet"):
        open_table(path)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        (5.0, "5"),
        (0.1, "0.1"),
        (True, "1"),
        (-8, "-8"),
        (date(2026, 11, 21), "2026-11-21"),
        (datetime(2026, 11, 21, 14, 30, tzinfo=UTC), "2026-11-21T14:30:00+00:00"),
        ([1, 3], "1|3"),
        (" a ", "a"),
    ],
)
def test_says_typed_cells_as_text(cell: object, text: str) -> None:
    assert cell_text(cell) == text

"""Reads tables of responses from CSV, XLSX and Parquet files, line by line in bounded memory."""

from __future__ import annotations

import csv
import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.spreadsheets import (
    OLD_EXCEL_SIGNATURE,
    SPREADSHEET_SIGNATURE,
    UnreadableSpreadsheet,
    sheet_lines,
)

MOST_COLUMNS = 2_000
_PARQUET_SIGNATURE = b"PAR1"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
LARGEST_UNPACKED = 1024 * 1024 * 1024
_DELIMITERS = ",;\t"
_ROWS_AT_ONCE = 10_000

Lines = Iterator[tuple[int, Sequence[str]]]


class UnreadableTable(Refused):
    """The file is no table of responses that can be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Table:
    """The heading of a file and, to be read once, its numbered lines: texts without blanks around them."""

    header: tuple[str, ...]
    lines: Lines


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_table(path: Path, *, largest_unpacked: int = LARGEST_UNPACKED) -> Table:
    """Open a table; the kind of file is told by its first bytes. Empty lines are passed over.

    Parameters
    ----------
    largest_unpacked
        How many bytes a spreadsheet may have once unpacked.

    Raises
    ------
    UnreadableTable
        Another kind of file, another encoding than UTF-8, no heading; also while the lines are read.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(_PARQUET_SIGNATURE):
        return _parquet(path)
    lines = (
        _spreadsheet(path, largest_unpacked)
        if start.startswith(SPREADSHEET_SIGNATURE)
        else _text(path, start)
    )
    filled = ((number, cells) for number, cells in lines if any(cells))
    _number, header = next(filled, (0, ()))
    if not header:
        raise UnreadableTable(_("Tệp trống. Dòng đầu phải là tên các cột."))
    if len(header) > MOST_COLUMNS:
        raise UnreadableTable(_("Tệp có hơn %(most)s cột. Hãy kiểm tra dấu phân cách.", most=MOST_COLUMNS))
    return Table(tuple(header), filled)


def _text(path: Path, start: bytes) -> Lines:
    if start.startswith(OLD_EXCEL_SIGNATURE):
        raise UnreadableTable(
            _("Đây là tệp Excel đời cũ (.xls). Hãy lưu thành .xlsx hoặc CSV UTF-8 rồi nhập lại.")
        )
    if start.startswith(_UTF_16):
        raise _other_encoding()
    return _comma_separated(path)


def _comma_separated(path: Path) -> Lines:
    line = 1
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            delimiter = _delimiter(file.readline())
            file.seek(0)
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            for cells in reader:
                line = reader.line_num
                yield line, [cell.strip() for cell in cells]
                line += 1
        except UnicodeDecodeError as error:
            raise _other_encoding() from error
        except csv.Error as error:
            raise UnreadableTable(
                _(
                    "Dòng %(line)s không đọc được: dấu ngoặc kép chưa đóng hoặc ô quá dài. Hãy sửa dòng đó.",
                    line=line,
                )
            ) from error


def _delimiter(heading: str) -> str:
    """Return the sign that separates most columns of the heading."""
    return max(_DELIMITERS, key=lambda sign: len(next(csv.reader([heading], delimiter=sign), [])))


def _other_encoding() -> UnreadableTable:
    return UnreadableTable(
        _(
            "Tệp không dùng bảng mã UTF-8 (có thể là windows-1258 hoặc UTF-16). Hãy lưu lại thành CSV UTF-8, hoặc "
            "chạy: iconv -f WINDOWS-1258 -t UTF-8 tệp-cũ.csv > tệp-mới.csv"
        )
    )


def _spreadsheet(path: Path, largest_unpacked: int) -> Lines:
    width = None
    try:
        # An open file: by its name a spreadsheet would be refused that does not end in .xlsx.
        with path.open("rb") as file:
            for number, cells in sheet_lines(
                file, most_columns=MOST_COLUMNS + 1, largest_unpacked=largest_unpacked
            ):
                texts = [cell_text(cell) for cell in cells]
                # The cells behind the last heading are padding of the sheet.
                width = width or max((at for at, text in enumerate(texts, start=1) if text), default=None)
                yield number, (texts + [""] * (width or 0))[:width]
    except UnreadableSpreadsheet as error:
        raise UnreadableTable(str(error)) from error


def _parquet(path: Path) -> Table:
    try:
        import duckdb  # noqa: PLC0415  (an extra that only this kind of file needs)
    except ImportError as error:
        raise UnreadableTable(
            _(
                "Để đọc tệp Parquet cần cài thêm phần “analytics”: pip install 'survey_app[analytics]'. "
                "Hoặc hãy lưu tệp thành CSV UTF-8."
            )
        ) from error
    try:
        answer = duckdb.connect().execute("SELECT * FROM read_parquet(?)", [str(path)])
    except duckdb.Error as error:
        raise _broken_parquet(error) from error
    header = tuple(str(column[0]).strip() for column in answer.description or ())
    return Table(header, _parquet_lines(answer, duckdb.Error))


def _parquet_lines(answer: Any, failure: type[Exception]) -> Lines:
    number = 0
    try:
        while rows := answer.fetchmany(_ROWS_AT_ONCE):
            for row in rows:
                number += 1
                yield number, [cell_text(cell) for cell in row]
    except failure as error:
        raise _broken_parquet(error) from error


def _broken_parquet(error: Exception) -> UnreadableTable:
    return UnreadableTable(
        _("Không đọc được tệp Parquet (%(why)s). Hãy tạo lại tệp.", why=str(error).splitlines()[0][:120])
    )


def cell_text(cell: object) -> str:
    """Return what a typed cell says as text: 5.0 is 5, true is 1, nothing and NaN are empty."""
    match cell:
        case None:
            text = ""
        case bool():
            text = str(int(cell))
        case float():
            text = _number_text(cell)
        case datetime():
            is_day = cell.time() == time() and cell.tzinfo is None
            text = (cell.date() if is_day else cell).isoformat()
        case date():
            text = cell.isoformat()
        case list() | tuple():
            text = "|".join(cell_text(one) for one in cell)
        case _:
            text = str(cell).strip()
    return text


def _number_text(number: float) -> str:
    if math.isnan(number):
        return ""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)

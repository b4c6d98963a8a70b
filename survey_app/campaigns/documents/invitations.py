"""Reads lists of people to invite from CSV (UTF-8) and XLSX files that nobody has checked."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO
from itertools import islice

from survey_app.campaigns.rules.invitations import (
    MOST_ROWS,
    NEEDED,
    Column,
    InvitationRow,
    columns_of,
    rows_of,
)
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import format_number
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.spreadsheets import OLD_EXCEL_SIGNATURE, SPREADSHEET_SIGNATURE, sheet_lines

LARGEST_FILE = 5 * 1024 * 1024
_LARGEST_UNPACKED = 60 * 1024 * 1024
_MOST_COLUMNS = 40
_DELIMITERS = ",;\t"


class UnableToReadInvitations(Refused):
    """The file is no list of people to invite that can be read; the message says what to do."""


def read_invitations(content: bytes) -> list[InvitationRow]:
    """Return the rows of a list; the kind of file is told by its content.

    Raises
    ------
    UnableToReadInvitations, foundation.spreadsheets.UnreadableSpreadsheet
        Too large, another kind of file or encoding, a missing column, no row, or more than 20,000.
    """
    if len(content) > LARGEST_FILE:
        raise UnableToReadInvitations(
            _("Tệp quá lớn: nhiều nhất %(most)s MB. Hãy chia danh sách.", most=LARGEST_FILE // 1024**2)
        )
    if content.startswith(OLD_EXCEL_SIGNATURE):
        raise UnableToReadInvitations(
            _("Đây là tệp Excel đời cũ (.xls). Hãy lưu thành .xlsx hoặc CSV UTF-8 rồi nhập lại.")
        )
    lines = _spreadsheet(content) if content.startswith(SPREADSHEET_SIGNATURE) else _text(content)
    rows = list(islice(rows_of(_columns(next(lines, (0, ()))[1]), lines), MOST_ROWS + 1))
    if not rows:
        raise UnableToReadInvitations(_("Danh sách trống: dưới dòng tên cột không có dòng nào."))
    if len(rows) > MOST_ROWS:
        raise UnableToReadInvitations(
            _("Danh sách dài quá %(most)s dòng. Hãy chia thành nhiều tệp.", most=format_number(MOST_ROWS))
        )
    return rows


def _columns(header: Sequence[str]) -> dict[Column, int]:
    columns = columns_of(header)
    missing = [column.value for column in NEEDED if column not in columns]
    if missing:
        raise UnableToReadInvitations(
            _(
                "Thiếu cột %(columns)s. Dòng đầu của tệp là tên cột: phone, unit, procedure, dossier.",
                columns=", ".join(missing),
            )
        )
    return columns


def _spreadsheet(content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    lines = sheet_lines(BytesIO(content), most_columns=_MOST_COLUMNS, largest_unpacked=_LARGEST_UNPACKED)
    return ((number, [_cell(cell) for cell in cells]) for number, cells in lines)


def _cell(cell: object) -> str:
    """Return a cell as text; a phone that the spreadsheet took for a number comes without decimals."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def _text(content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnableToReadInvitations(
            _("Tệp không dùng bảng mã UTF-8. Hãy lưu thành .xlsx hoặc CSV UTF-8 rồi nhập lại.")
        ) from error
    heading = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=heading.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise UnableToReadInvitations(
            _("Dòng %(line)s của tệp không đọc được. Hãy sửa dòng đó.", line=reader.line_num)
        ) from error

"""Reads .xlsx files that nobody has checked: what they would unpack to is looked at before anything is unpacked."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _

SPREADSHEET_SIGNATURE = b"PK\x03\x04"
OLD_EXCEL_SIGNATURE = b"\xd0\xcf\x11\xe0"
_MOST_MEMBERS = 500
_MARKUP_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class UnreadableSpreadsheet(Refused):
    """The file is no spreadsheet, is broken or locked, or would unpack to too much."""


def sheet_lines(
    file: Path | IO[bytes], *, most_columns: int, largest_unpacked: int
) -> Iterator[tuple[int, Sequence[object]]]:
    """Yield the numbered lines of the first sheet, at most `most_columns` wide.

    Parameters
    ----------
    largest_unpacked
        How many bytes the parts of the file may have together once unpacked.

    Raises
    ------
    UnreadableSpreadsheet
    """
    _check_members(file, largest_unpacked)
    # Loaded only here: a tenth of a second that other pages need not pay.
    from openpyxl import load_workbook  # noqa: PLC0415

    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # Made-up dimensions must not make a row of sixteen thousand empty cells.
        sheet.reset_dimensions()
        yield from enumerate(sheet.iter_rows(max_col=most_columns, values_only=True), start=1)
    except Exception as error:
        raise _broken() from error


def _check_members(file: Path | IO[bytes], largest_unpacked: int) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise UnreadableSpreadsheet(
                    _("Tệp này không phải bảng tính Excel. Hãy lưu danh sách thành .xlsx hoặc CSV UTF-8.")
                )
            if len(members) > _MOST_MEMBERS or sum(one.file_size for one in members) > largest_unpacked:
                raise UnreadableSpreadsheet(
                    _(
                        "Bảng tính này mở ra quá lớn. Hãy chỉ giữ lại trang có danh sách rồi lưu thành tệp mới."
                    )
                )
            for member in members:
                if member.filename.endswith((".xml", ".rels")) and _declares(archive, member):
                    raise _broken()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise _broken() from error


def _declares(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Say whether an XML member declares entities, which no spreadsheet does and attacks on parsers need."""
    with archive.open(member) as file:
        return _MARKUP_DECLARATION.search(file.read(4096)) is not None


def _broken() -> UnreadableSpreadsheet:
    return UnreadableSpreadsheet(
        _(
            "Tệp Excel này bị hỏng hoặc có mật khẩu. Hãy mở bằng Excel, lưu thành tệp .xlsx mới rồi tải lên lại."
        )
    )

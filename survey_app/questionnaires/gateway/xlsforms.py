"""Reads XLSForms from people's computers: spreadsheets that may be anything.

openpyxl reads the cells, because a report of losses needs the row of each, and because it can stop early; pyxform,
which is what KoboToolbox and ODK read forms with, is only asked for its opinion on the same cells, through its public
`convert`. So the optional extra is not needed to read a form, and what it refuses (a Kobo extension, say) is a line in
the report and not the end.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules.xlsforms import (
    CHOICES,
    EXTRAS,
    SETTINGS,
    SURVEY,
    Loss,
    Losses,
    Row,
    Sheets,
    UnableToReadXlsform,
    document_of,
)

MAXIMUM_BYTES = 20 * 1024 * 1024
MAXIMUM_UNPACKED = 60 * 1024 * 1024
MAXIMUM_MEMBERS = 500
MAXIMUM_CELLS = 300_000
"""Cells, rows and shared texts together: each becomes an object, and 20,000 choices with four columns have fewer."""
MAXIMUM_ELEMENTS = 40_000
"""Elements of any other part that is parsed, such as styles."""
MAXIMUM_COLUMNS = 120
MAXIMUM_ROWS = {SURVEY: 2_000, CHOICES: 20_000, SETTINGS: 10, EXTRAS: 5_000}
MAXIMUM_SCANNED = 30_000
"""Rows of a sheet that are looked at, empty ones included."""
LONGEST_CELL = 32_767
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_SHEETS = re.compile(r"/?xl/(?:worksheets/|sharedStrings)")
_CELLS = re.compile(rb"<(?:\w+:)?(?:c|row|si)[\s/>]")
_ENTITIES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class XlsformReading:
    """What an XLSForm says as a document, and every part of it that the document does not hold.

    `document` has the shape of a questionnaire file; `schemas` says whether it can be published as it is.
    """

    document: dict[str, Any]
    losses: list[Loss]


def read_xlsform(data: bytes) -> XlsformReading:
    """Read a form from the content of an .xlsx file.

    Raises
    ------
    UnableToReadXlsform
        The content is no spreadsheet, larger than 20 MB (60 MB unpacked), has too many rows, has no sheet
        `survey`, or not one question in it could be read.
    """
    _guard(data)
    losses = Losses()
    sheets = _sheets(data, losses)
    document, lost = document_of(sheets)
    return XlsformReading(document, [*losses, *lost, *_opinion(sheets)])


def _guard(data: bytes) -> None:
    """Refuse what would fill the memory: sizes are read from the directory, which bounds what is unpacked."""
    if len(data) > MAXIMUM_BYTES:
        raise UnableToReadXlsform(_("Tệp lớn hơn 20 MB. Hãy bỏ ảnh và các sheet không dùng rồi tải lên lại."))
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAXIMUM_MEMBERS or sum(one.file_size for one in members) > MAXIMUM_UNPACKED:
                raise _too_large()
            if any(one.compress_type not in _PACKINGS for one in members):
                raise _no_spreadsheet()
            _guard_parts(archive, members)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError) as error:
        raise _no_spreadsheet() from error


def _guard_parts(archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse entities, which grow when they are parsed, codes that hide them, and too many objects.

    Excel writes no declarations, and UTF-8 only.
    """
    cells = 0
    for member in members:
        content = archive.read(member)
        is_text = member.filename.endswith((".xml", ".rels"))
        if _ENTITIES.search(content) or (is_text and b"\0" in content):
            raise _no_spreadsheet()
        cells += sum(1 for _found in _CELLS.finditer(content))
        elements = 0 if _SHEETS.match(member.filename) or not is_text else content.count(b"<")
        if cells > MAXIMUM_CELLS or elements > MAXIMUM_ELEMENTS:
            raise _too_large()


def _too_large() -> UnableToReadXlsform:
    return UnableToReadXlsform(
        _("Tệp nở ra quá lớn khi mở. Hãy chép các sheet survey, choices, settings sang tệp mới.")
    )


def _no_spreadsheet() -> UnableToReadXlsform:
    return UnableToReadXlsform(
        _("Tệp không phải bảng tính Excel (.xlsx) đọc được. Hãy mở tệp và lưu lại dạng .xlsx rồi tải lên.")
    )


def _sheets(data: bytes, losses: Losses) -> Sheets:
    # A tenth of a second that other commands need not wait for.
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # openpyxl tells of drop-down lists and colours that it leaves out
            book = load_workbook(BytesIO(data), read_only=True, keep_links=False)
            named = {one.title.strip().lower(): one for one in reversed(book.worksheets)}
            found = {name: tuple(_rows(name, named[name], losses)) for name in MAXIMUM_ROWS if name in named}
    except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise _no_spreadsheet() from error
    except (ParseError, zipfile.BadZipFile, zlib.error, EOFError, OSError, OverflowError) as error:
        raise _no_spreadsheet() from error
    if not found.get(SURVEY):
        raise UnableToReadXlsform(
            _("Tệp không có sheet “survey” với ít nhất một dòng. Hãy kiểm tra đây có phải là XLSForm không.")
        )
    return Sheets(found[SURVEY], *(found.get(name, ()) for name in (CHOICES, SETTINGS, EXTRAS)))


def _rows(name: str, sheet: Any, losses: Losses) -> Iterator[Row]:
    """Yield the filled rows below the headers; a sheet may claim any size, so what it claims is not looked at."""
    sheet.reset_dimensions()
    rows = enumerate(sheet.iter_rows(max_col=MAXIMUM_COLUMNS), start=1)
    headers: list[str] = []
    filled = 0
    for number, cells in islice(rows, MAXIMUM_SCANNED):
        if not headers:
            headers = _headers(cells)
            continue
        found = {
            header: text
            for header, cell in zip(headers, cells, strict=False)
            if header and (text := _text(cell, name, header, losses))
        }
        if not found:
            continue
        filled += 1
        if filled > MAXIMUM_ROWS[name]:
            most = MAXIMUM_ROWS[name]
            raise UnableToReadXlsform(
                _("Sheet “%(name)s” có hơn %(most)s dòng. Hãy chia thành nhiều phiếu.", name=name, most=most)
            )
        yield Row(number, found)


def _headers(cells: Sequence[Any]) -> list[str]:
    """Return the headers of the first filled row; of two alike the first counts."""
    found: list[str] = []
    for cell in cells:
        text = " ".join(_plain(cell.value).split())
        found.append("" if text in found else text)
    return found if any(found) else []


def _text(cell: Any, sheet: str, header: str, losses: Losses) -> str:
    if cell.value is not None and cell.data_type in ("f", "e"):
        why = _("ô chứa công thức hoặc lỗi; hãy dán giá trị thay cho công thức")
        losses.add(sheet, cell.row, header, _plain(cell.value)[:200], why)
        return ""
    return _plain(cell.value)[:LONGEST_CELL].strip()


def _plain(value: object) -> str:
    """Return the value of a cell as the text that a person sees."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _opinion(sheets: Sheets) -> list[Loss]:
    """Return what KoboToolbox and ODK would object to; nothing when they would not, or the extra is missing."""
    try:
        from pyxform.errors import PyXFormError  # noqa: PLC0415  (an optional extra)
        from pyxform.xls2xform import convert  # noqa: PLC0415
    except ImportError:
        return []
    cells = {
        name: [dict(row.cells) for row in rows]
        for name, rows in sheets.named().items()
        if name != EXTRAS and rows
    }
    try:
        convert(cells, warnings=[])
    except (
        PyXFormError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
        RecursionError,
    ) as error:
        what = _("KoboToolbox và ODK không nhận biểu mẫu này như nó đang có")
        return [Loss(SURVEY, 0, "", what, " ".join(str(error).split())[:500] or type(error).__name__)]
    return []

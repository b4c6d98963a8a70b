"""A questionnaire as an XLSForm, for KoboToolbox, ODK and Excel."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from survey_app.questionnaires.rules.xlsforms import Row, headers, sheets_of

_NEVER = datetime(2000, 1, 1)  # noqa: DTZ001  (spreadsheets know no time zones; the same document makes the same file)
_WIDTHS = {"type": 24, "name": 18, "value": 60, "note": 60}


def write_xlsform(document: Mapping[str, Any]) -> bytes:
    """Return the content of an .xlsx file; equal documents give equal bytes.

    `document` is one that `schemas` accepts. Reading the file gives the same document again: what XLSForm has no
    place for stands in the sheet `survey_app`.
    """
    # A tenth of a second that other pages need not wait for.
    from openpyxl import Workbook  # noqa: PLC0415

    sheets, columns = sheets_of(document), headers(document)
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.named().items():
        _fill(book.create_sheet(name), columns[name], rows)
    book.properties.creator = "survey_app"
    book.properties.created = _NEVER
    packed = BytesIO()
    book.save(packed)
    return _without_times(packed, book.properties)


def _fill(sheet: Any, columns: Sequence[str], rows: Sequence[Row]) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    wrapped = Alignment(wrap_text=True, vertical="top")
    sheet.append(list(columns))
    for place, name in enumerate(columns, start=1):
        sheet.cell(1, place).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(
            name, 36 if "::" in name else 20
        )
    for number, row in enumerate(rows, start=2):
        for place, name in enumerate(columns, start=1):
            if name in row.cells:
                cell = sheet.cell(number, place)
                cell.value = row.cells[name]
                cell.data_type = "s"  # words that begin with "=" are words
                cell.alignment = wrapped
    sheet.freeze_panes = "C2"


def _without_times(packed: BytesIO, properties: Any) -> bytes:
    """Pack again without the time of writing, which openpyxl puts on every part and into the properties."""
    from openpyxl.xml.functions import tostring  # noqa: PLC0415

    properties.modified = _NEVER
    made = BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "docProps/core.xml":
                content = tostring(properties.to_tree())
            info = zipfile.ZipInfo(part.filename, _NEVER.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, content)
    return made.getvalue()

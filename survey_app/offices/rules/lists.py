"""Lists of offices and counters as people send them: which column is which, what a cell means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from survey_app.offices.rules.kinds import ServicePointKind
from survey_app.offices.rules.names import fold

MOST_ROWS = 20_000
LONGEST_CELL = 1_000

HEADERS: Mapping[str, tuple[str, ...]] = {
    "unit_code": ("Mã đơn vị", "Unit code", "Mã xã", "Mã ĐVHC", "Đơn vị"),
    "office_code": ("Mã bộ phận", "Office code"),
    "office_name": ("Tên bộ phận", "Office name", "Bộ phận", "Office"),
    "office_name_en": ("Tên tiếng Anh", "English name", "Tên bộ phận tiếng Anh", "Office English name"),
    "address": ("Địa chỉ", "Address"),
    "number": ("Số quầy", "Counter number"),
    "counter_name": ("Tên quầy", "Counter name", "Quầy", "Counter"),
    "counter_name_en": ("Tên quầy tiếng Anh", "Counter English name"),
    "kind": ("Loại", "Kind", "Loại quầy", "Counter kind"),
}
"""Headings by column, the one in our own template first, then the English one; case and accents do not matter."""

_COLUMN_OF = {fold(heading): column for column, headings in HEADERS.items() for heading in headings}
_KINDS = {
    "": ServicePointKind.COUNTER,
    "quay": ServicePointKind.COUNTER,
    "counter": ServicePointKind.COUNTER,
    "kiosk": ServicePointKind.KIOSK,
    "may tu phuc vu": ServicePointKind.KIOSK,
    "ban": ServicePointKind.DESK,
    "ban huong dan": ServicePointKind.DESK,
    "desk": ServicePointKind.DESK,
}


class RowFate(StrEnum):
    """What would become of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row as it was sent; `line` is its number in the file, empty cells are empty texts."""

    line: int
    unit_code: str = ""
    office_code: str = ""
    office_name: str = ""
    office_name_en: str = ""
    address: str = ""
    number: str = ""
    counter_name: str = ""
    counter_name_en: str = ""
    kind: str = ""


COLUMNS = tuple(field.name for field in fields(ListRow))[1:]


def columns_of(header: Sequence[object]) -> dict[str, int]:
    """Return where each known column stands in a heading row; the first of two alike counts."""
    found: dict[str, int] = {}
    for position, cell in enumerate(header):
        column = _COLUMN_OF.get(fold(cell_text(cell)))
        if column is not None:
            found.setdefault(column, position)
    return found


def missing_columns(columns: Mapping[str, int]) -> list[str]:
    """Return the Vietnamese headings that a list cannot do without and that are not there."""
    return [HEADERS[column][0] for column in ("unit_code", "office_name") if column not in columns]


def rows_of(columns: Mapping[str, int], lines: Iterable[tuple[int, Sequence[object]]]) -> Iterable[ListRow]:
    """Yield the rows of numbered `lines` that are not empty."""
    for number, cells in lines:
        values = {
            column: cell_text(cells[position])
            for column, position in columns.items()
            if position < len(cells)
        }
        if any(values.values()):
            yield ListRow(number, **values)


def cell_text(cell: object) -> str:
    """Return what a cell says as text: 5.0 is 5, nothing is an empty text."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())[: LONGEST_CELL + 1]


def kind_meant(text: str) -> ServicePointKind | None:
    """Return the kind of place that a cell names, a counter if it is empty, None if it names no kind."""
    return _KINDS.get(fold(text))


def possible_unit_codes(text: str) -> tuple[str, ...]:
    """Return the codes that a cell may mean: spreadsheets drop leading zeros, so 4 may be 04 and 1273 be 01273."""
    if not (text.isascii() and text.isdigit()):
        return (text,)
    return tuple(dict.fromkeys((text, text.zfill(2), text.zfill(5))))

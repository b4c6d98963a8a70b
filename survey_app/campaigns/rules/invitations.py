"""Lists of people to invite: how a file names its columns, and what is wrong with a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from survey_app.foundation.languages import gettext as _
from survey_app.messaging.rules.phones import UnableToReadPhone, mobile_number
from survey_app.offices.rules import fold

MOST_ROWS = 20_000
LONGEST_CELL = 200
PROCEDURE_LENGTH = 200
ASKED_AGAIN_AFTER = timedelta(days=30)
"""A phone is invited at most once in this time, whatever the campaign."""
PHONE_KEPT = timedelta(days=60)
"""How long after import a phone is kept at most, encrypted."""


class Column(StrEnum):
    """What a list may say of each person; the first two it must."""

    PHONE = "phone"
    PLACE = "unit"
    PROCEDURE = "procedure"
    DOSSIER = "dossier"


_HEADINGS = {
    Column.PHONE: ("phone", "sdt", "so dien thoai", "dien thoai", "so di dong", "mobile"),
    Column.PLACE: ("unit", "office", "don vi", "ma don vi", "co quan", "bo phan", "bo phan mot cua"),
    Column.PROCEDURE: ("procedure", "thu tuc", "ma thu tuc", "ten thu tuc"),
    Column.DOSSIER: ("dossier", "ho so", "ma ho so", "so ho so"),
}
_COLUMN_OF = {heading: column for column, headings in _HEADINGS.items() for heading in headings}
NEEDED = (Column.PHONE, Column.PLACE)


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """One person as the list writes it; `line` as people count lines in their spreadsheet."""

    line: int
    phone: str
    place: str
    procedure: str = ""
    dossier: str = ""


@dataclass(frozen=True, slots=True)
class Invitee:
    """A row that can be invited: the phone in E.164 and the office it is about."""

    row: InvitationRow
    phone: str
    office_id: int


@dataclass(frozen=True, slots=True)
class RowNote:
    """What is said about one line. It never holds a phone number."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """People to invite, rows that are left out and why, and rows that must be mended first."""

    invitees: tuple[Invitee, ...]
    skipped: tuple[RowNote, ...]
    faults: tuple[RowNote, ...]


def columns_of(header: Sequence[str]) -> dict[Column, int]:
    """Return where each known column stands; the first of two that are named alike counts."""
    found: dict[Column, int] = {}
    for place, heading in enumerate(header):
        column = _COLUMN_OF.get(fold(heading.replace("_", " ")).strip())
        if column is not None:
            found.setdefault(column, place)
    return found


def rows_of(
    columns: Mapping[Column, int], lines: Iterable[tuple[int, Sequence[str]]]
) -> Iterator[InvitationRow]:
    """Yield the filled lines of a table."""
    for line, cells in lines:
        texts = {
            column: cells[place].strip() if place < len(cells) else "" for column, place in columns.items()
        }
        if any(texts.values()):
            yield InvitationRow(
                line,
                texts[Column.PHONE],
                texts[Column.PLACE],
                texts.get(Column.PROCEDURE, ""),
                texts.get(Column.DOSSIER, ""),
            )


def check_rows(rows: Iterable[InvitationRow], places: Mapping[str, int]) -> CheckedRows:
    """Read phones and offices; of several rows with one phone the first counts.

    Parameters
    ----------
    places
        Code of an office of the campaign, or of a unit with one such office, in small letters -> office id.
    """
    invitees: dict[str, Invitee] = {}
    skipped: list[RowNote] = []
    faults: list[RowNote] = []
    for row in rows:
        wrong = _fault(row, places)
        if wrong:
            faults.append(RowNote(row.line, wrong))
            continue
        phone = mobile_number(row.phone)
        if phone in invitees:
            skipped.append(
                RowNote(row.line, _("Trùng số điện thoại với dòng %(line)s.", line=invitees[phone].row.line))
            )
        else:
            invitees[phone] = Invitee(row, phone, places[row.place.lower()])
    return CheckedRows(tuple(invitees.values()), tuple(skipped), tuple(faults))


def _fault(row: InvitationRow, places: Mapping[str, int]) -> str:
    if any(len(cell) > LONGEST_CELL for cell in (row.phone, row.place, row.procedure, row.dossier)):
        return _("Có ô dài quá %(longest)s ký tự.", longest=LONGEST_CELL)
    try:
        mobile_number(row.phone)
    except UnableToReadPhone as error:
        return str(error)
    if row.place.lower() not in places:
        return _(
            "Không có bộ phận một cửa nào của đợt mang mã “%(code)s”, hoặc đơn vị này có nhiều bộ phận: hãy ghi mã bộ "
            "phận.",
            code=row.place[:40],
        )
    return ""

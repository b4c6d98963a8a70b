"""The sheet `survey` as a tree of groups, without what a questionnaire never holds: repeats."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules.xlsforms.columns import column_of
from survey_app.questionnaires.rules.xlsforms.sheets import SURVEY, Losses, Row, UnableToReadXlsform

DEEPEST = 12

_BEGIN = re.compile(r"begin[ _](group|repeat|loop|\w+)")
_END = re.compile(r"end[ _](group|repeat|loop|\w+)")
_SELECT = re.compile(
    r"(select[ _]one|select1|select one from|select[ _]multiple|select all that apply from)\s+(\S+)(\s+or[ _]other)?"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the survey: its type in small letters, and its cells by kind of column."""

    row: Row
    type: str
    cells: dict[str, str]

    @property
    def number(self) -> int:
        """Row of the sheet."""
        return self.row.number

    @property
    def name(self) -> str:
        """Name of the question or group."""
        return self.cells.get("name", "")

    def cell(self, kind: str) -> str:
        """Return a cell that has no language; "" when it is empty."""
        return self.cells.get(kind, "")

    @property
    def choice(self) -> tuple[bool, str, bool] | None:
        """For a choice: whether several answers may be chosen, the list, and whether "other" is added."""
        found = _SELECT.fullmatch(" ".join(self.cells.get("type", "").split()))
        if found is None:
            return None
        kind = found.group(1)
        return "multiple" in kind or "all" in kind, found.group(2), bool(found.group(3))


@dataclass(frozen=True, slots=True)
class Group:
    """A group of rows; the outermost one is the whole form and has no row."""

    entry: Entry | None
    children: list[Entry | Group] = field(default_factory=list)

    @property
    def appearance(self) -> str:
        """How the group is shown."""
        return self.entry.cell("appearance") if self.entry else ""


def tree_of(rows: Sequence[Row], losses: Losses) -> Group:
    """Return the groups and questions of a survey.

    Repeats, and everything inside them, become losses row by row; so do ends without a beginning.

    Raises
    ------
    UnableToReadXlsform
        Groups are nested more than 12 deep.
    """
    open_groups = [Group(None)]
    for entry in _without_repeats(list(_entries(rows)), losses):
        if _BEGIN.fullmatch(entry.type):
            group = Group(entry)
            open_groups[-1].children.append(group)
            open_groups.append(group)
            if len(open_groups) > DEEPEST:
                raise UnableToReadXlsform(
                    _("Các nhóm lồng nhau quá %(most)s lớp. Hãy bỏ bớt nhóm rồi tải lên lại.", most=DEEPEST)
                )
        elif not _END.fullmatch(entry.type):
            open_groups[-1].children.append(entry)
        elif len(open_groups) > 1:
            open_groups.pop()
        else:
            losses.add(SURVEY, entry.number, "type", entry.type, _("không có dòng mở nhóm tương ứng"))
    for group in open_groups[1:]:
        assert group.entry is not None
        losses.add(
            SURVEY, group.entry.number, "type", group.entry.name, _("nhóm không có dòng đóng (end_group)")
        )
    return open_groups[0]


def _entries(rows: Sequence[Row]) -> Iterator[Entry]:
    for row in rows:
        cells: dict[str, str] = {}
        for header, cell in row.cells.items():
            cells.setdefault(column_of(header)[0], cell)
        kind = " ".join(cells.get("type", "").lower().split())
        yield Entry(row, kind, cells)


def _without_repeats(entries: Sequence[Entry], losses: Losses) -> Iterator[Entry]:
    """Leave out repeats; a group inside one is closed before the repeat is."""
    inside: list[str] = []
    start = 0
    for entry in entries:
        begin, end = _BEGIN.fullmatch(entry.type), _END.fullmatch(entry.type)
        if not inside and begin and begin.group(1) != "group":
            inside, start = [begin.group(1)], entry.number
            why = _("phiếu không có vòng lặp (%(type)s) hay nhóm loại này", type=entry.type)
            losses.add(SURVEY, entry.number, "type", entry.name or entry.type, why)
        elif inside:
            inside = _nesting(inside, begin, end)
            if not begin and not end:
                why = _("nằm trong vòng lặp mở ở dòng %(row)s", row=start)
                losses.add(SURVEY, entry.number, "", entry.name or entry.type, why)
        else:
            yield entry


def _nesting(inside: list[str], begin: re.Match[str] | None, end: re.Match[str] | None) -> list[str]:
    if begin:
        return [*inside, begin.group(1)]
    return inside[:-1] if end else inside

"""Periodic reports: their forms as data, the sums that must add up, and the figures by line.

A case counts once in the period in which it was in progress at any time: as carried over where it was in progress at
the start, else as new. At the end it is handled, in progress, or was set aside (withdrawn, split, sent to another
track). So what is in progress at the end of a period is what the next one carries over.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from survey_app.feedback.rules.kinds import Kind
from survey_app.feedback.rules.states import OPEN, TURNED_ASIDE, State
from survey_app.foundation.clock import VIETNAM
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _

IN_PROGRESS = OPEN | {State.MERGED}
"""A merged case waits for the answer of its primary: its sender has none yet."""
SET_ASIDE = TURNED_ASIDE - {State.MERGED}


class Figure(StrEnum):
    """What is counted of every line; the form says which of them are shown."""

    TOTAL = "total"
    CONDUCT = "conduct"
    REGULATION = "regulation"
    UNCLASSIFIED = "unclassified"
    CARRIED_OVER = "carried_over"
    NEW = "new"
    REOPENED = "reopened"
    HANDLED = "handled"
    HANDLED_CONDUCT = "handled_conduct"
    HANDLED_REGULATION = "handled_regulation"
    HANDLED_UNCLASSIFIED = "handled_unclassified"
    IN_PROGRESS = "in_progress"
    SET_ASIDE = "set_aside"
    PUBLISHED = "published"


class Grouping(StrEnum):
    """What a line of the report stands for."""

    FIELD = "field"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Period:
    """From the day `since` until the day before `until`, days of Việt Nam."""

    since: date
    until: date

    @property
    def begins_at(self) -> datetime:
        """The first instant of the period."""
        return datetime.combine(self.since, time(), VIETNAM)

    @property
    def ends_at(self) -> datetime:
        """The first instant behind the period."""
        return datetime.combine(self.until, time(), VIETNAM)

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        return date.fromordinal(self.until.toordinal() - 1)

    @property
    def quarter(self) -> int | None:
        """1 to 4 where the period is just that quarter."""
        number = (self.since.month + 2) // 3
        return number if self == quarter(self.since.year, number) else None


def quarter(year: int, number: int) -> Period:
    """Return quarter 1 to 4 of a year."""
    first = 3 * number - 2
    return Period(date(year, first, 1), date(year + number // 4, (first + 2) % 12 + 1, 1))


def quarters_until(day: date, count: int) -> list[Period]:
    """Return the quarter of `day` and the `count` - 1 before it, newest first."""
    newest = day.year * 4 + (day.month - 1) // 3
    return [quarter(number // 4, number % 4 + 1) for number in range(newest, newest - count, -1)]


def period_label(period: Period) -> str:
    """Return the period in words, such as `Quý III năm 2026`."""
    if period.quarter:
        numeral = ("I", "II", "III", "IV")[period.quarter - 1]
        return _("Quý %(numeral)s năm %(year)s", numeral=numeral, year=period.since.year)
    return _(
        "Từ ngày %(since)s đến ngày %(last)s",
        since=f"{period.since:%d/%m/%Y}",
        last=f"{period.last_day:%d/%m/%Y}",
    )


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a form; columns of one `group` stand under a common heading."""

    key: str
    group: str
    heading: str


@dataclass(frozen=True, slots=True)
class Identity:
    """A sum that must hold in every line: `left` equals the sum of `right`, or (`is_bound`) is not above it."""

    left: str
    right: tuple[str, ...]
    is_bound: bool = False

    def __str__(self) -> str:
        return f"{self.left} {'<=' if self.is_bound else '='} {' + '.join(self.right)}"

    def holds(self, figures: Mapping[str, int]) -> bool:
        """Say whether the figures keep it; where one of them is not known there is nothing to check."""
        if not {self.left, *self.right} <= figures.keys():
            return True
        left, right = figures[self.left], sum(figures[name] for name in self.right)
        return left <= right if self.is_bound else left == right


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a report; `is_verified` where its columns were compared with the official one."""

    name: str
    title: str
    legal_basis: str
    is_verified: bool
    columns: tuple[Column, ...]
    identities: tuple[Identity, ...]

    def headings(self) -> dict[str, str]:
        """Return how each figure of the form is called, with its group where it has one."""
        return {c.key: f"{c.group}: {c.heading}" if c.group else c.heading for c in self.columns}


_IDENTITY = re.compile(r"(\w+) (=|<=) (\w+(?: \+ \w+)*)")


def read_forms(text: str) -> dict[str, Form]:
    """Return the forms written as TOML, by their ids.

    Raises
    ------
    ValueError
        A sum is no sum.
    """
    return {
        name: Form(
            name=raw["name"],
            title=raw["title"],
            legal_basis=raw["legal_basis"],
            is_verified=raw["verified"],
            columns=tuple(Column(**column) for column in raw["columns"]),
            identities=tuple(map(read_identity, raw["identities"])),
        )
        for name, raw in tomllib.loads(text).items()
    }


def read_identity(text: str) -> Identity:
    """Return the sum written as `total = carried_over + new` or `published <= handled`.

    Raises
    ------
    ValueError
        It is written otherwise.
    """
    written = _IDENTITY.fullmatch(text)
    if written is None:
        raise ValueError(f"no sum: {text}")
    return Identity(written[1], tuple(written[3].split(" + ")), written[2] == "<=")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `key` is a field, a unit path or a kind. `origins` says from which other units cases came over.

    They are counted by the unit that had them when the period began, or into which they came first.
    """

    key: str
    label: str
    figures: Mapping[str, int]
    origins: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures of a period: petitions line by line, and the other kinds, a line each, in no sum of these."""

    period: Period
    grouping: Grouping
    lines: tuple[Line, ...]
    total: Line
    others: tuple[Line, ...]

    def every_line(self) -> tuple[Line, ...]:
        """Return all lines, sums included."""
        return (*self.lines, self.total, *self.others)


def added_up(lines: Iterable[Line], *, key: str, label: str) -> Line:
    """Return the sum of lines."""
    figures: Counter[str] = Counter(dict.fromkeys(map(str, Figure), 0))
    for line in lines:
        figures.update(line.figures)
    return Line(key, label, dict(figures))


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A line that does not keep a sum."""

    identity: Identity
    line: Line


def contradictions(lines: Iterable[Line], identities: Sequence[Identity]) -> list[Contradiction]:
    """Return every sum that a line does not keep, in the order of the lines."""
    return [
        Contradiction(identity, line)
        for line in lines
        for identity in identities
        if not identity.holds(line.figures)
    ]


class SumsDoNotAdd(Refused):
    """The figures contradict each other: such a report must not leave. `found` names sums and lines."""

    def __init__(self, found: Sequence[Contradiction]) -> None:
        self.found = tuple(found)
        told = "; ".join(f"{one.line.label}: {one.identity}" for one in found[:10])
        super().__init__(_("Số liệu không khớp, chưa lập được báo cáo. %(told)s", told=told))


def checked(report: Report, form: Form) -> Report:
    """Return the report if every line keeps every sum of the form.

    Raises
    ------
    SumsDoNotAdd
        A line does not.
    """
    found = contradictions(report.every_line(), form.identities)
    if found:
        raise SumsDoNotAdd(found)
    return report


OTHER_KINDS = tuple(kind for kind in Kind if kind is not Kind.PETITION)
"""What the form does not ask for; shown below, each in a line of its own."""


def notes_of(report: Report, form: Form, *, made_on: date) -> tuple[str, ...]:
    """Return what must be said below the table, in Vietnamese as the form itself."""
    total = report.total.figures
    notes = [
        f"Biểu {form.name}: chưa đối chiếu mẫu chính thức." if not form.is_verified else "",
        f"Lập ngày {made_on:%d/%m/%Y}. Lĩnh vực, nội dung theo sổ ngày lập; đơn vị là nơi giữ hồ sơ khi hết kỳ.",
        "Không gồm khiếu nại, tố cáo.",
        _counted(total[Figure.UNCLASSIFIED], "trường hợp chưa phân loại hành vi hay quy định hành chính"),
        _counted(
            total[Figure.REOPENED], "trường hợp mới trong kỳ là yêu cầu xem lại câu trả lời của kỳ trước"
        ),
        *(
            f"{line.label}: {count} trường hợp nhận từ {origin}."
            for line in report.lines
            for origin, count in sorted(line.origins.items())
        ),
    ]
    return tuple(note for note in notes if note)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}." if number else ""

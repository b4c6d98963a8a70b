"""The sheets of an XLSForm as plain rows, and what is said about rows that find no place in a questionnaire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from survey_app.foundation.errors import Refused

SURVEY, CHOICES, SETTINGS, EXTRAS = "survey", "choices", "settings", "survey_app"


class UnableToReadXlsform(Refused):
    """The file is no XLSForm, or nothing can be made of it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the sheet (the headers are row 1) and its filled cells by header."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheets:
    """The four sheets that count; headers stand as in the file, every cell is text without spaces at its ends."""

    survey: tuple[Row, ...]
    choices: tuple[Row, ...] = ()
    settings: tuple[Row, ...] = ()
    extras: tuple[Row, ...] = ()

    def named(self) -> Mapping[str, tuple[Row, ...]]:
        """Return the rows by name of the sheet."""
        return {SURVEY: self.survey, CHOICES: self.choices, SETTINGS: self.settings, EXTRAS: self.extras}


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of the file that is not, or not exactly, in the questionnaire.

    `row` is the row of the sheet, 0 for the sheet as a whole; `column` the header, "" for the whole row; `what`
    and `why` are in the reader's language.
    """

    sheet: str
    row: int
    column: str
    what: str
    why: str


@dataclass(slots=True)
class Losses:
    """Collects losses; one that concerns a value is dropped again when the value turns out to be known exactly."""

    _found: list[tuple[str, Loss]] = field(default_factory=list)

    def add(self, sheet: str, row: int, column: str, what: str, why: str, path: str = "") -> None:
        """Note one loss; `path` is the place of the value in the words of the sheet `survey_app`."""
        self._found.append((path, Loss(sheet, row, column, what, why)))

    def forget(self, path: str) -> None:
        """Drop what was noted about the value at `path`."""
        self._found = [one for one in self._found if one[0] != path]

    def __iter__(self) -> Iterator[Loss]:
        return (loss for _path, loss in self._found)

"""CSV tables of answers: comma, one header line, UTF-8, an empty cell is missing."""

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import BoolArray, FloatArray
from survey_app.estimation.requests.keys import UnusableRequest

TextArray = npt.NDArray[np.str_]


class MissingTable(UnusableRequest):
    """A file is not there, or lies outside the folder of the data."""


class MissingColumn(UnusableRequest):
    """A table has no column of that name."""


class NotNumeric(UnusableRequest):
    """A column that should hold numbers holds text."""


@dataclass(frozen=True)
class Table:
    """One table; columns are text until a request needs numbers.

    Attributes
    ----------
    name : str
        The file's name, for messages.
    columns : dict of array (n,)
    """

    name: str
    columns: dict[str, TextArray]
    _numbers: dict[str, FloatArray] = field(default_factory=dict)

    def text(self, column: str) -> TextArray:
        """A column as text (n,); missing cells are empty.

        Raises
        ------
        MissingColumn
        """
        if column not in self.columns:
            known = ", ".join(list(self.columns)[:40])
            raise MissingColumn(f"{self.name} has no column {column!r}. Its columns: {known}.")
        return self.columns[column]

    def numbers(self, column: str) -> FloatArray:
        """A column as numbers (n,); missing cells are NaN.

        Raises
        ------
        MissingColumn, NotNumeric
        """
        if column not in self._numbers:
            text = self.text(column)
            filled = np.where(text == "", "nan", text)
            try:
                self._numbers[column] = filled.astype(np.float64)
            except ValueError as error:
                row = next(number for number, cell in enumerate(filled) if not _is_number(cell))
                raise NotNumeric(
                    f"{self.name}: column {column!r} holds {str(text[row])!r} in row {row + 2}, which is no "
                    "number. Leave missing cells empty, or choose an estimator for categories."
                ) from error
        return self._numbers[column]

    def is_numeric(self, column: str) -> bool:
        """Whether every filled cell of a column is a number, and at least one is filled."""
        try:
            return not bool(np.isnan(self.numbers(column)).all())
        except NotNumeric:
            return False

    def factor(self, column: str) -> npt.NDArray[Any]:
        """A column as categories (n,): numbers where all are (NaN missing), otherwise text."""
        return self.numbers(column) if self.is_numeric(column) else self.text(column)

    def rows_with(self, column: str, values: list[Any]) -> BoolArray:
        """Rows whose cell is one of `values`, compared as numbers where the column holds numbers."""
        cells = self.text(column)
        if not self.is_numeric(column):
            return np.isin(cells, [spelling for value in values for spelling in spellings(value)])
        try:
            return np.isin(self.numbers(column), np.array([float(value) for value in values]))
        except (TypeError, ValueError) as error:
            raise NotNumeric(f"domain.values: {values!r} for the numeric column {column!r}.") from error

    def matrix(self) -> FloatArray:
        """All columns as numbers: array (n, columns)."""
        return np.column_stack([self.numbers(column) for column in self.columns])


class Tables:
    """The tables of one folder, each read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._read: dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        """The table of a file's name.

        Raises
        ------
        MissingTable, UnusableRequest
        """
        if name not in self._read:
            path = (self._folder / name).resolve()
            if not path.is_relative_to(self._folder) or not path.is_file():
                raise MissingTable(f"There is no file {name!r} in the folder of the data.")
            self._read[name] = Table(name, _read_csv(path, name))
        return self._read[name]


def _read_csv(path: Path, name: str) -> dict[str, TextArray]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [line for line in csv.reader(file) if line]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnusableRequest(
            f"{name}: no CSV file in UTF-8 ({error}). Save it anew as CSV UTF-8."
        ) from error
    if not lines:
        raise UnusableRequest(f"{name}: empty. The first line must name the columns.")
    header, rows = lines[0], lines[1:]
    if not rows:
        raise UnusableRequest(f"{name}: names columns but has no rows. There is nothing to estimate from.")
    if len(set(header)) != len(header):
        raise UnusableRequest(f"{name}: two columns have the same name.")
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            raise UnusableRequest(f"{name}: line {number} has {len(row)} cells, the header {len(header)}.")
    columns = zip(*rows, strict=True)
    return {column: np.array(cells, dtype=np.str_) for column, cells in zip(header, columns, strict=True)}


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def level_text(level: Any) -> str:
    """A level as it stands in labels: numbers with up to 15 digits, whole ones without decimals."""
    number = isinstance(level, int | float | np.number) and not isinstance(level, bool)
    return f"{float(level):.15g}" if number else str(level)


def spellings(level: Any) -> list[str]:
    """How a level named in a request may be spelt in a column of text: true also as TRUE and True."""
    if isinstance(level, bool):
        return [str(level), str(level).upper(), str(level).lower()]
    return [level_text(level)]

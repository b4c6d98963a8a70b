"""Classes of rows, with the known population total of each: groundwork of the weighting steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from survey_app.estimation.codes import (
    FloatArray,
    IntArray,
    Labels,
    UnableToEstimate,
    encode,
    freeze_arrays,
    is_missing,
)
from survey_app.estimation.design import Columns
from survey_app.estimation.stages import Column, MismatchedRows
from survey_app.estimation.weighting.report import Target

SMALL_CODES = 1 << 16
"""Integer columns that span fewer values are encoded by counting, which is far faster than by sorting."""
Totals = Mapping[Any, float]


class MissingClass(UnableToEstimate):
    """A row with a positive weight lies in no class."""


class UnusableTotals(UnableToEstimate):
    """Totals are absent, not numbers, negative, contradictory, or zero for a class in the sample."""


class EmptyClass(UnableToEstimate):
    """A class with a positive total has no row with a positive weight."""


@dataclass(frozen=True)
class Classes:
    """Class of each row and, where known, the population total of each class.

    Attributes
    ----------
    name : str
    codes : array (n,)
        0..k-1; -1 for rows without a class.
    levels : tuple of k str
        Names of the classes: those in the sample in sorted order, then those with a total only.
    totals : array (k,)
        NaN where no total is given.
    complete : bool
        Every row has a class.
    """

    name: str
    codes: IntArray
    levels: tuple[str, ...]
    totals: FloatArray
    complete: bool

    def __post_init__(self) -> None:
        freeze_arrays(self)

    @classmethod
    def create(cls, name: str, columns: Columns, totals: Totals) -> Classes:
        """Classes with totals; classes and totals are matched by the text of their codes (1 and "1" agree).

        Parameters
        ----------
        name : str
        columns : array-like (n,) or tuple of them
            Codes; a tuple crosses its columns. Rows with a missing code lie in no class.
        totals : mapping from code (of crossed columns: tuple of codes) to population total

        Raises
        ------
        UnusableTotals, UnreadableCode, MismatchedRows
        """
        codes, found = encode_classes(name, columns)
        complete = not codes.size or int(codes.min()) >= 0
        known = _checked_totals(name, totals)
        levels = found + tuple(level for level in known if level not in set(found))
        return cls(name, codes, levels, np.array([known.get(level, np.nan) for level in levels]), complete)

    def sums(self, weights: FloatArray) -> FloatArray:
        """Sum of the weights (n,) of each class (k,).

        Raises
        ------
        MissingClass, MismatchedRows
        """
        if weights.shape != self.codes.shape:
            raise MismatchedRows(f"{weights.size} weights for {self.codes.size} rows of {self.name}.")
        if self.complete:
            return sums_by_code(self.codes, weights, len(self.levels))
        lost = (self.codes < 0) & (weights > 0)
        if lost.any():
            raise MissingClass(
                f"{self.name}: {int(lost.sum())} rows with a positive weight have no class (first: row "
                f"{int(np.argmax(lost))}). Give them a class, or weight 0."
            )
        return sums_by_code(self.codes + 1, weights, len(self.levels) + 1)[1:]

    def check(self, sums: FloatArray) -> None:
        """Refuse totals that weights with these class sums (k,) cannot be given.

        Raises
        ------
        UnusableTotals, EmptyClass
        """
        present = sums > 0
        unknown, zero = present & np.isnan(self.totals), present & (self.totals == 0)
        empty = ~present & (self.totals > 0)
        if unknown.any():
            raise UnusableTotals(f"{self.name}: no total for {self._named(unknown)}. Add the totals.")
        if zero.any():
            raise UnusableTotals(
                f"{self.name}: total 0 for {self._named(zero)}, yet the sample holds such rows. Correct the "
                "total, or leave the rows out."
            )
        if empty.any():
            raise EmptyClass(
                f"{self.name}: no rows in {self._named(empty)}, yet the total is positive. Merge it with "
                "a class that has rows, in the column and in the totals."
            )

    def empty(self) -> tuple[str, ...]:
        """Classes whose total is zero."""
        zero = np.flatnonzero(self.totals == 0)
        return tuple(f"{self.name}: {self.levels[k]}" for k in zero)

    def targets(self, before: FloatArray, after: FloatArray) -> tuple[Target, ...]:
        """Totals beside the class sums (k,) before and after a step."""
        return tuple(
            Target(self.name, level, float(total), float(old), float(new))
            for level, total, old, new in zip(self.levels, self.totals, before, after, strict=True)
            if not np.isnan(total)
        )

    def _named(self, chosen: np.ndarray) -> str:
        names = [self.levels[k] for k in np.flatnonzero(chosen)]
        return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def indicators(*variables: Classes) -> scipy.sparse.csr_array:
    """One 0/1 column for every class of every variable, in their order: sparse array (n, k)."""
    widths = [len(variable.levels) for variable in variables]
    shifts = np.cumsum([0, *widths[:-1]])
    columns = np.column_stack([variable.codes for variable in variables])
    placed, size = columns >= 0, columns.shape[0]
    indices = (columns + shifts).astype(np.int32)[placed]
    starts = np.concatenate([[0], np.cumsum(placed.sum(axis=1))])
    return scipy.sparse.csr_array((np.ones(indices.size), indices, starts), shape=(size, sum(widths)))


def encode_classes(name: str, columns: Columns) -> tuple[IntArray, tuple[str, ...]]:
    """Codes 0..k-1 in sorted order (-1: missing) of one column or of crossed ones, and names of the classes.

    Raises
    ------
    UnreadableCode, MismatchedRows
    """
    if not isinstance(columns, tuple):
        codes, labels = _encode(name, columns)
        return codes, tuple(level_name(label) for label in labels)
    codes, labels = _encode(name, columns[0])
    names = [(level_name(label),) for label in labels]
    for column in columns[1:]:
        inner, labels = _encode(name, column)
        if inner.shape != codes.shape:
            raise MismatchedRows(f"{name}: crossed columns have {codes.size} and {inner.size} rows.")
        crossed = np.where((codes < 0) | (inner < 0), -1, codes * max(labels.size, 1) + inner)
        pairs, codes = compress(crossed)
        names = [(*names[pair // labels.size], level_name(labels[pair % labels.size])) for pair in pairs]
    return codes, tuple(level_name(pair) for pair in names)


def sums_by_code(codes: IntArray, weights: FloatArray, count: int) -> FloatArray:
    """Sum of the weights (n,) of each code 0..count-1: array (count,)."""
    sums: FloatArray = np.bincount(codes, weights, count).astype(np.float64, copy=False)
    return sums


def level_name(code: object) -> str:
    """The text of a code: 1, 1.0 and "1" have the same; the parts of a tuple are joined."""
    if isinstance(code, tuple):
        return " x ".join(level_name(part) for part in code)
    if isinstance(code, float | np.floating) and float(code).is_integer():
        return str(int(code))
    return str(code)


def _encode(name: str, column: Column) -> tuple[IntArray, Labels]:
    values = np.asarray(column)
    if values.ndim == 1 and values.size and values.dtype.kind in "iub":
        low, high = int(values.min()), int(values.max())
        if high - low < SMALL_CODES:
            present, codes = compress(values.astype(np.int64) - low)
            return codes, (present + low).astype(values.dtype)
    if values.ndim != 1:
        return encode(values, name)
    given = ~is_missing(values)
    codes = np.full(values.size, -1, dtype=np.int64)
    codes[given], labels = encode(values[given], name)
    return codes, labels


def compress(codes: IntArray) -> tuple[IntArray, IntArray]:
    """The values >= 0 that occur, sorted, and the position of each row's value among them (-1 stays)."""
    span = int(codes.max(initial=-1)) + 1
    if span > max(SMALL_CODES, 2 * codes.size):
        present = np.unique(codes[codes >= 0])
        return present, np.where(codes < 0, -1, np.searchsorted(present, codes))
    if codes.min(initial=0) < 0:
        counts = np.bincount(codes + 1, minlength=span + 1)[1:]
    else:
        counts = np.bincount(codes, minlength=span)
    if counts.all():
        return np.arange(span), codes
    # the last place answers for -1
    position = np.append(np.cumsum(counts > 0) - 1, -1)
    return np.flatnonzero(counts), position[codes]


def checked_total(name: str, total: object) -> float:
    """A total as a number.

    Raises
    ------
    UnusableTotals
        It is no number, NaN or infinite.
    """
    if not isinstance(total, int | float | np.number) or not np.isfinite(total):
        raise UnusableTotals(f"{name}: total {total!r}. Give a finite number.")
    return float(total)


def _checked_totals(name: str, totals: Totals) -> dict[str, float]:
    known: dict[str, float] = {}
    for code, total in totals.items():
        level = level_name(code)
        if level in known:
            raise UnusableTotals(f"{name}: two totals for {level}. Give one.")
        known[level] = checked_total(f"{name} {level}", total)
        if known[level] < 0:
            raise UnusableTotals(f"{name} {level}: total {total}. Give a number >= 0.")
    if not any(known.values()):
        raise UnusableTotals(f"{name}: no positive total. Give the population total of every class.")
    return known

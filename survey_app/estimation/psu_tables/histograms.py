"""One pass over answers: exact weighted histograms of every item in every PSU.

Rows are read in blocks that fit the processor's cache. Two or three items with few codes share one joint
histogram, whose margins are theirs, which halves the work. More threads do not help: the sums hold the
interpreter's lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import FloatArray, IntArray, UnableToEstimate
from survey_app.estimation.psu_tables.exact_weights import ROWS_OF_A_SUM, Packed, carry, pack, split, unpack

Answers = Sequence[npt.NDArray[np.integer]]
Codes = npt.NDArray[np.uint8]
ROWS_AT_ONCE, ROWS_SORTED_AT_ONCE = 2**15, 2**20
CHUNKS_BEFORE_CARRY = 32


class UnusableAnswers(UnableToEstimate):
    """Answers are not whole-number codes of the declared scale, or do not fit the rows."""


@dataclass(frozen=True)
class Scale:
    """The answer codes that all items share.

    Attributes
    ----------
    lowest, highest : int
        Codes run over the whole numbers from `lowest` to `highest`, at most 256 of them.
    missing : int or None
        The code that stands for no answer; None: every row has one.
    """

    lowest: int
    highest: int
    missing: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.size <= 256 or not -128 <= self.lowest <= self.highest <= 255:
            raise UnusableAnswers(
                f"A scale from {self.lowest} to {self.highest}: codes must be ordered and lie in int8 or uint8."
            )
        if self.missing is not None and not self.lowest <= self.missing <= self.highest:
            raise UnusableAnswers(
                f"The missing code {self.missing} lies outside {self.lowest}..{self.highest}. Widen the scale."
            )

    @property
    def size(self) -> int:
        """Number of codes."""
        return self.highest - self.lowest + 1

    @property
    def codes(self) -> IntArray:
        """The codes, lowest first."""
        return np.arange(self.lowest, self.highest + 1)

    @property
    def values(self) -> FloatArray:
        """The codes as numbers, NaN for the missing one."""
        values = self.codes.astype(np.float64)
        values[self.codes == self.missing] = np.nan
        return values


@dataclass(frozen=True)
class Histograms:
    """Sums by (PSU, item, code) in whole numbers (`exact_weights`): arrays (P, items, codes)."""

    counts: IntArray
    high: IntArray
    low: IntArray

    @classmethod
    def empty(cls, psus: int, items: int, scale: Scale) -> "Histograms":
        """All zero."""
        counts, high, low = np.zeros((3, psus, items, scale.size), dtype=np.int64)
        return cls(counts, high, low)


def stable_order(codes: IntArray) -> IntArray | None:
    """Row numbers in the order of `codes` (n,), none negative; None if they are in order."""
    if (codes[1:] >= codes[:-1]).all():
        return None
    # sixteen bits at a time, because NumPy sorts these by radix
    order = np.argsort(codes.astype(np.uint16), kind="stable")
    if codes.max() >= 2**16:
        order = order[np.argsort((codes >> 16).astype(np.uint16)[order], kind="stable")]
    return np.asarray(order, dtype=np.int64)


def count_answers(
    answers: Answers, psu: IntArray, weights: FloatArray, *, psus: int, scale: Scale, exponent: int
) -> Histograms:
    """Histograms of the rows.

    Parameters
    ----------
    answers : sequence of integer arrays (n,)
        One column an item; int8 or uint8 is fastest.
    psu : int array (n,)
        Unit of each row, 0..psus-1.
    weights : array (n,)
        Finite, not negative.
    psus : int
    scale : Scale
    exponent : int
        `exact_weights.exponent_of` the largest weight.

    Raises
    ------
    UnusableAnswers, WeightTooLarge
    """
    sums = Histograms.empty(psus, len(answers), scale)
    for number, start in enumerate(range(0, psu.size, ROWS_SORTED_AT_ONCE)):
        rows = slice(start, start + ROWS_SORTED_AT_ONCE)
        codes = [_codes(column[rows], item, scale) for item, column in enumerate(answers)]
        _add_sorted(sums, _Sorted.of(codes, psu[rows], weights[rows], scale), scale, exponent)
        if number % CHUNKS_BEFORE_CARRY == CHUNKS_BEFORE_CARRY - 1:
            carry(sums.high, sums.low)
    carry(sums.high, sums.low)
    return sums


@dataclass(frozen=True)
class _Sorted:
    """Rows in the order of their PSUs."""

    codes: list[Codes]
    """Of each item or, where rows had to be sorted, of each group of items."""
    joined: bool
    group: int
    psu: IntArray
    weights: FloatArray

    @classmethod
    def of(cls, codes: list[Codes], psu: IntArray, weights: FloatArray, scale: Scale) -> "_Sorted":
        order = stable_order(psu)
        units = psu if order is None else psu[order]
        group = _group_size(scale.size, units)
        # the last group is filled up with copies, which `_add_sorted` drops
        padded = codes + codes[-1:] * (-len(codes) % group)
        if order is None:
            return cls(padded, False, group, units, weights)
        # sorting is the dear part, so it comes after joining
        joint = [column[order] for column in _join(padded, group, scale)]
        return cls(joint, True, group, units, weights[order])

    def joint(self, rows: slice, scale: Scale) -> list[Codes]:
        """Joint codes of each group of items, for some rows."""
        codes = [column[rows] for column in self.codes]
        return codes if self.joined else _join(codes, self.group, scale)


def _add_sorted(sums: Histograms, block: _Sorted, scale: Scale, exponent: int) -> None:
    items = sums.counts.shape[1]
    for start in range(0, block.psu.size, ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        runs, unit = _runs(block.psu[rows])
        packed = pack(block.weights[rows], exponent)
        joint = block.joint(rows, scale)
        total, counts = _run_sums(joint, runs, packed, scale.size, block.group)[:, :, :items]
        starts = np.flatnonzero(np.diff(unit, prepend=-1))
        if starts.size < unit.size:
            total, counts = (np.add.reduceat(part, starts) for part in (total, counts))
        units = _index_of(unit[starts])
        sums.counts[units] += counts
        high, low = split(total)
        sums.high[units] += high
        sums.low[units] += low


def _index_of(units: IntArray) -> slice | IntArray:
    """Index of sorted, distinct units; a slice where they follow one another."""
    first, last = int(units[0]), int(units[-1])
    return slice(first, last + 1) if last - first == units.size - 1 else units


def _runs(psu: IntArray) -> tuple[IntArray, IntArray]:
    """Number of each row's run, and the PSU of each run: a PSU's rows, at most `ROWS_OF_A_SUM` of them."""
    first, last = int(psu[0]), int(psu[-1])
    long = (psu[ROWS_OF_A_SUM:] == psu[:-ROWS_OF_A_SUM]).any()
    if not long and last - first < psu.size:
        return np.subtract(psu, first, dtype=np.int64), np.arange(first, last + 1)
    change = np.ones(psu.size, dtype=np.bool_)
    np.not_equal(psu[1:], psu[:-1], out=change[1:])
    change[::ROWS_OF_A_SUM] = True
    return np.cumsum(change) - 1, psu[change].astype(np.int64)


def _group_size(codes: int, psu: IntArray) -> int:
    """Items that share a joint histogram: as many as keep it in a byte and smaller than the data."""
    limit = min(256, psu.size // (4 * (int(psu[-1]) - int(psu[0]) + 1)))
    size = 1
    while codes ** (size + 1) <= limit and size < 3:
        size += 1
    return size


def _run_sums(joint: list[Codes], runs: IntArray, packed: Packed, size: int, group: int) -> IntArray:
    """Sums of weights and counts by (run, item, code): array (2, runs, items, size)."""
    count, cells = int(runs[-1]) + 1, size**group
    sums = np.zeros((len(joint), count * cells), dtype=np.uint64)
    # short integers are added faster than long ones, but only long ones index fast
    base = (runs * cells).astype(np.uint16 if count * cells <= 2**16 else np.int64)
    short, index = np.empty_like(base), np.empty(runs.size, dtype=np.int64)
    for codes, histogram in zip(joint, sums, strict=True):
        np.add(base, codes, out=short)
        np.copyto(index, short)
        np.add.at(histogram, index, packed)
    parts = unpack(sums).reshape(2, -1, count, cells) @ _margins(size, group)
    whole = parts.transpose(0, 2, 1, 3).astype(np.int64, order="C")
    return whole.reshape(2, count, len(joint) * group, size)


def _codes(column: npt.NDArray[np.integer], item: int, scale: Scale) -> Codes:
    """The checked column modulo 256."""
    if column.dtype.kind not in "iu":
        raise UnusableAnswers(f"Item {item}: {column.dtype} is no code. Convert answers to int8 codes.")
    lowest, highest = column.min(), column.max()
    if lowest < scale.lowest or highest > scale.highest:
        raise UnusableAnswers(
            f"Item {item} holds codes from {lowest} to {highest}; the scale is {scale.lowest} to "
            f"{scale.highest}. Correct the answers or widen the scale."
        )
    return column.view(np.uint8) if column.dtype.itemsize == 1 else column.astype(np.uint8)


def _join(columns: list[Codes], group: int, scale: Scale) -> list[Codes]:
    return [_joint_codes(columns[start : start + group], scale) for start in range(0, len(columns), group)]


def _joint_codes(columns: list[Codes], scale: Scale) -> Codes:
    """One number 0..size^items - 1 for the codes of several items; bytes wrap around as they should."""
    joint, lowest = columns[0], scale.lowest
    for column in columns[1:]:
        joint = joint * np.uint8(scale.size % 256)
        joint += column
        lowest = lowest * scale.size + scale.lowest
    return joint - np.uint8(lowest % 256) if lowest else joint


@cache
def _margins(size: int, items: int) -> FloatArray:
    """0/1 matrix (size^items, items size) that sums a joint histogram to those of its items."""
    digits = np.indices((size,) * items).reshape(items, -1)
    return np.hstack([digit[:, None] == np.arange(size) for digit in digits]).astype(np.float64)

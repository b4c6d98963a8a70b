"""Columns of codes (strata, PSUs, answer options) to consecutive integers."""

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Labels = npt.NDArray[Any]


class UnableToEstimate(ValueError):
    """Base of every refusal of this room; the message names what is wrong and the remedy."""


class MissingCode(UnableToEstimate):
    """A stratum or PSU code is missing: the row belongs nowhere."""


class UnreadableCode(UnableToEstimate):
    """A column of codes mixes types that have no order."""


def as_numbers(column: npt.ArrayLike, name: str, refusal: type[UnableToEstimate]) -> FloatArray:
    """The column as floating-point numbers, or the given refusal where it holds anything else."""
    try:
        return np.asarray(column, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise refusal(f"{name}: not numbers ({error}). Convert the column.") from error


def freeze_arrays(record: object) -> None:
    """Make every array attribute of a result or design read-only."""
    for value in vars(record).values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)


def is_missing(column: Labels) -> BoolArray:
    """Which entries hold no code: NaN, NaT, None or the empty string.

    Parameters
    ----------
    column : array (n,)

    Returns
    -------
    array (n,) of bool
    """
    if column.dtype.kind == "O":
        return np.array([_is_absent(code) for code in column], dtype=np.bool_)
    if column.dtype.kind in "US":
        return np.asarray(column == column.dtype.type())
    # only NaN and NaT differ from themselves
    return np.asarray(column != column)  # noqa: PLR0124


def _is_absent(code: object) -> bool:
    return code is None or code == "" or code != code  # noqa: PLR0124


def encode(column: npt.ArrayLike, name: str) -> tuple[IntArray, Labels]:
    """Integers 0..k-1 in the order of the sorted codes.

    Parameters
    ----------
    column : array-like (n,)
        Integers, strings or any one sortable type.
    name : str
        What the column holds, for messages.

    Returns
    -------
    codes : array (n,) of int
    labels : array (k,)
        The original code of each integer.

    Raises
    ------
    MissingCode
        If any entry is NaN, None or empty.
    UnreadableCode
        If the entries cannot be compared, or the column is not one-dimensional.
    """
    values = np.asarray(column)
    if values.ndim != 1:
        raise UnreadableCode(f"{name}: expected one column, got an array of shape {values.shape}.")
    missing = is_missing(values)
    if missing.any():
        first = int(np.argmax(missing))
        raise MissingCode(
            f"{name}: {int(missing.sum())} rows have no code (first: row {first}). Give each row a code."
        )
    try:
        labels, codes = np.unique(values, return_inverse=True)
    except TypeError as error:
        raise UnreadableCode(f"{name}: mixes types ({error}). Convert the column to one type.") from error
    return codes.astype(np.int64, copy=False), labels


def encode_pairs(outer: IntArray, inner: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Integers of the pairs (outer, inner), nested: sorted by `outer` first.

    Returns
    -------
    codes : array (n,)
    outer_of_code, inner_of_code : arrays (k,)
    """
    width = int(inner.max(initial=0)) + 1
    pairs, codes = np.unique(outer * width + inner, return_inverse=True)
    return codes.astype(np.int64, copy=False), pairs // width, pairs % width

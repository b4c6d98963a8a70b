"""Auxiliary variables of a calibration: numbers and dummies of classes, one column for every known total."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import FloatArray, freeze_arrays
from survey_app.estimation.stages import Column, MismatchedRows
from survey_app.estimation.weighting.classes import UnusableTotals, checked_total, encode_classes

INTERCEPT = "(Intercept)"


@dataclass(frozen=True)
class Auxiliary:
    """Auxiliary variables and their population totals.

    Attributes
    ----------
    names : tuple of p str
    matrix : array (n, p)
        NaN in rows with a missing value.
    totals : array (p,)
    """

    names: tuple[str, ...]
    matrix: FloatArray
    totals: FloatArray

    def __post_init__(self) -> None:
        freeze_arrays(self)


def model_matrix(columns: Mapping[str, Column], totals: Mapping[str, float]) -> Auxiliary:
    """One column for every total, named as R's `model.matrix` names them.

    Parameters
    ----------
    columns : mapping from name to array-like (n,)
        Numbers stand for themselves. Texts (and booleans: TRUE, FALSE) are classes: a dummy ``<name><level>``
        for every level but one, by custom the first; the level left out is the one without a total.
    totals : mapping from column name to population total
        ``(Intercept)`` is the number of units in the population.

    Returns
    -------
    Auxiliary
        ``(Intercept)`` first, then in the order of `columns`.

    Raises
    ------
    UnusableTotals
        A total that is no number, has no column, or is absent.
    MismatchedRows, UnreadableCode
    """
    known = {name: checked_total(name, total) for name, total in totals.items()}
    arrays = {name: np.asarray(column) for name, column in columns.items()}
    if len({array.shape for array in arrays.values()}) > 1 or any(a.ndim != 1 for a in arrays.values()):
        shapes = {name: array.shape for name, array in arrays.items()}
        raise MismatchedRows(f"Calibration columns must be one-dimensional and equally long, got {shapes}.")
    size = next((array.size for array in arrays.values()), 0)
    found = {INTERCEPT: np.ones(size)} if INTERCEPT in known else {}
    for name, array in arrays.items():
        found |= _dummies(name, array, known) if array.dtype.kind in "USOb" else {name: _numbers(name, array)}
    _check_names(known, found, INTERCEPT in known and not arrays)
    matrix = np.column_stack(list(found.values()))
    return Auxiliary(tuple(found), matrix, np.array([known[name] for name in found]))


def _numbers(name: str, array: npt.NDArray[np.number]) -> FloatArray:
    numbers = array.astype(np.float64)
    if np.isinf(numbers).any():
        raise UnusableTotals(f"{name}: holds infinity. Correct the value, or leave the row out.")
    return numbers


def _dummies(name: str, array: npt.NDArray[np.generic], known: dict[str, float]) -> dict[str, FloatArray]:
    """Dummies of the levels that have a total; one level may have none."""
    column = np.where(array, "TRUE", "FALSE") if array.dtype.kind == "b" else array
    codes, levels = encode_classes(name, column)
    left_out = [level for level in levels if name + level not in known]
    if len(left_out) > 1:
        raise UnusableTotals(
            f"{name}: no total for {', '.join(name + level for level in left_out[:5])}. Give the totals of all "
            "levels but one."
        )
    return {
        name + level: np.where(codes < 0, np.nan, codes == code)
        for code, level in enumerate(levels)
        if name + level in known
    }


def _check_names(known: dict[str, float], found: dict[str, FloatArray], alone: bool) -> None:
    lost = [name for name in known if name not in found]
    if lost or not found or alone:
        raise UnusableTotals(
            f"Totals without a column: {', '.join(lost[:5]) or 'none'}. Name numeric columns as they are, "
            "dummies <column><level> with a level of the sample, and give at least one column."
        )
    absent = [name for name in found if name not in known]
    if absent:
        raise UnusableTotals(f"No total for {', '.join(absent[:5])}. Add it, or leave the column out.")

"""Which cells of a table to hide: the small ones, and the cheapest others that protect them.

Cells are protected one after the other. For each, the cheapest change of the table is sought in which the cell
is no longer small, everything adds up and nothing is negative; the cells this change touches are hidden. A
reader who does not see them cannot tell the changed table from the true one. Hidden cells that turn out not to
be needed are shown again, the dearest first.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import BoolArray, FloatArray, UnableToEstimate, freeze_arrays
from survey_app.estimation.disclosure.alternatives import Alternative, Protection
from survey_app.estimation.disclosure.tables import Table, UnusableTable, small_cells


class Unprotectable(UnableToEstimate):
    """A small cell cannot be protected while other cells must be published."""


@dataclass(frozen=True)
class Suppression:
    """What is hidden and why; arrays (cells,) of bool.

    Attributes
    ----------
    primary : array
        Small cells.
    complementary : array
        Cells hidden to protect them.
    """

    primary: BoolArray
    complementary: BoolArray

    def __post_init__(self) -> None:
        freeze_arrays(self)

    @property
    def hidden(self) -> BoolArray:
        """Both."""
        return self.primary | self.complementary


def suppress(
    table: Table,
    minimum: int = 10,
    *,
    costs: npt.ArrayLike | None = None,
    always_published: npt.ArrayLike | None = None,
) -> Suppression:
    """Choose the cells to hide so that `audit.exposures` finds nothing.

    Parameters
    ----------
    table : Table
    minimum : int
        Smallest count that may be known.
    costs : array-like (cells,), optional
        What hiding a cell costs, positive; absent: its count, so that as few respondents as possible vanish.
    always_published : array-like (cells,) of bool, optional
        Cells that must stay, though others then have to go; small ones cannot.

    Returns
    -------
    Suppression
        The same for the same table. Small, not minimal: minimal cell suppression is NP-hard.

    Raises
    ------
    UnusableTable, Unprotectable, UnsolvableAudit

    Notes
    -----
    Cells without respondents are never hidden: a reader may know that they are empty.

    References
    ----------
    J. Kelly, B. Golden, A. Assad, Networks 22 (1992), 397-417.
    A. Hundepool et al., Statistical Disclosure Control (Wiley 2012), 4.4.
    """
    small = small_cells(table, minimum)
    primary = small & table.publishable
    price = _prices(table, costs)
    fixed = (table.counts == 0) | _kept(table, always_published)
    if (fixed & primary).any():
        raise Unprotectable(f"{table.labels[np.argmax(fixed & primary)]} is small and cannot stay published.")
    protection = Protection(table, np.flatnonzero(small), price, minimum)
    hidden, alternatives = _hide(protection, primary, fixed)
    hidden = _show_again(protection, hidden, hidden & ~primary, alternatives)
    return Suppression(primary, hidden & ~primary)


def _hide(
    protection: Protection, primary: BoolArray, fixed: BoolArray
) -> tuple[BoolArray, list[Alternative]]:
    """Hide what the nearest alternative for each target changes; the smallest targets first."""
    hidden, alternatives = primary.copy(), list[Alternative]()
    protected: set[int] = set()
    table, targets = protection.table, protection.targets
    for target in targets[np.argsort(table.counts[targets], kind="stable")].tolist():
        if target not in protected:
            alternative = protection.nearest(target, hidden, fixed)
            if alternative is None:
                raise Unprotectable(
                    f"{table.labels[target]} holds {table.counts[target]} and cannot be protected. "
                    "Let more cells be hidden, or join it with a neighbour."
                )
            hidden[sorted(alternative.changed)] = True
            alternatives.append(alternative)
            protected |= alternative.protects
    return hidden & table.publishable, alternatives


def _show_again(
    protection: Protection, hidden: BoolArray, candidates: BoolArray, alternatives: list[Alternative]
) -> BoolArray:
    """Publish those of the candidates without which every target still has an alternative, the dearest first."""
    kept = hidden.copy()
    cells = np.flatnonzero(candidates)
    for cell in cells[np.argsort(-protection.price[cells], kind="stable")].tolist():
        kept[cell] = False
        standing = [one for one in alternatives if cell not in one.changed]
        new, complete = _alternatives_for_the_rest(protection, kept, standing)
        # what agrees with more that is published agrees with less
        alternatives = standing + new if complete else alternatives + new
        kept[cell] = not complete
    return kept


def _alternatives_for_the_rest(
    protection: Protection, hidden: BoolArray, standing: list[Alternative]
) -> tuple[list[Alternative], bool]:
    """Alternatives for the targets that have none, and whether each has one."""
    new = list[Alternative]()
    protected = frozenset[int]().union(*(one.protects for one in standing))
    for target in protection.targets.tolist():
        if target not in protected:
            alternative = protection.nearest(target, hidden, ~hidden)
            if alternative is None:
                return new, False
            new.append(alternative)
            protected |= alternative.protects
    return new, True


def _prices(table: Table, costs: npt.ArrayLike | None) -> FloatArray:
    try:
        price = np.asarray(table.counts if costs is None else costs, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UnusableTable(f"costs: not numbers ({error}). Give positive numbers.") from error
    if price.shape != table.counts.shape or not (np.isfinite(price) & (price > 0))[table.counts > 0].all():
        raise UnusableTable(f"costs: give one positive number for each of {table.counts.size} cells.")
    return price


def _kept(table: Table, always_published: npt.ArrayLike | None) -> BoolArray:
    if always_published is None:
        return np.zeros(table.counts.size, dtype=np.bool_)
    kept = np.asarray(always_published)
    if kept.shape != table.counts.shape or kept.dtype != np.bool_:
        raise UnusableTable(f"always_published: give one boolean for each of {table.counts.size} cells.")
    return kept

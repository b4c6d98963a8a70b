"""Tables a reader must think possible in which a small cell is not small.

Such an alternative agrees with everything that is published, so it proves that the cell is protected. The
nearest one changes few cells: what it changes must be hidden, and nothing else.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy  # submodules load on first use, so importing this module stays fast

from survey_app.estimation.codes import BoolArray, FloatArray, IntArray
from survey_app.estimation.disclosure.audit import ROUNDING, UnsolvableAudit
from survey_app.estimation.disclosure.tables import Table

INFEASIBLE = 2
"""`scipy.optimize.linprog`: no table fits."""


@dataclass(frozen=True)
class Alternative:
    """A table of whole numbers: which targets are not small in it, and which cells it changes."""

    protects: frozenset[int]
    changed: frozenset[int]


@dataclass(frozen=True)
class Protection:
    """What is to be protected, and at which price.

    Attributes
    ----------
    table : Table
    targets : array
        Small cells.
    price : array (cells,)
        Of changing a published cell by one.
    minimum : int
    """

    table: Table
    targets: IntArray
    price: FloatArray
    minimum: int

    @cached_property
    def groups(self) -> IntArray:
        """Groups that hold anybody; the others are known to be empty."""
        return np.flatnonzero(self.table.sizes > 0)

    @cached_property
    def membership(self) -> Any:
        """Sparse array (cells, groups that hold anybody)."""
        return self.table.membership[:, self.groups]

    def nearest(self, target: int, hidden: BoolArray, fixed: BoolArray) -> Alternative | None:
        """The alternative for one target that changes published cells at the least price.

        Parameters
        ----------
        target : int
            Cell.
        hidden : array (cells,) of bool
            Cells that may change freely.
        fixed : array (cells,) of bool
            Published cells that must not change.

        Returns
        -------
        Alternative or None
            None if there is no such table.

        Raises
        ------
        UnsolvableAudit
        """
        change = self._solve(target, hidden, fixed, whole=False)
        if change is not None and not self._is_alternative(np.round(change), target, hidden, fixed):
            change = self._solve(target, hidden, fixed, whole=True)
            if change is not None and not self._is_alternative(np.round(change), target, hidden, fixed):
                raise UnsolvableAudit(
                    f"{self.table.labels[target]}: the solver's whole numbers do not add up."
                )
        if change is None:
            return None
        moved = self.membership @ np.round(change).astype(np.int64)
        counts = self.table.counts + moved
        protects = self.targets[counts[self.targets] >= self.minimum]
        return Alternative(frozenset(protects.tolist()), frozenset(np.flatnonzero(moved).tolist()))

    def _is_alternative(self, change: FloatArray, target: int, hidden: BoolArray, fixed: BoolArray) -> bool:
        moved = self.membership @ change
        kept = fixed & self.table.publishable & ~hidden
        enough = self.table.counts[target] + moved[target] >= self.minimum
        return bool(enough and not moved[kept].any() and (self.table.sizes[self.groups] + change >= 0).all())

    def _solve(self, target: int, hidden: BoolArray, fixed: BoolArray, *, whole: bool) -> FloatArray | None:
        """Change of each group. Variables: its rise and fall, then those of the published sums that may move."""
        shown = self.table.publishable & ~hidden & (self.table.counts > 0)
        parts = np.diff(self.membership.indptr)
        single, sums = shown & (parts == 1), np.flatnonzero(shown & (parts > 1))
        loose = np.flatnonzero(~fixed[sums])
        # hidden groups have a small price as well, so that few of them change
        cost = self.membership[single].T @ self.price[single] + self.price[self.table.counts > 0].min() / 1000
        stuck = self.membership[single & fixed].T @ np.ones(int((single & fixed).sum())) > 0
        slack = scipy.sparse.eye_array(sums.size, format="csc")[:, loose]
        matrix = self.membership[sums]
        wanted = self.membership[[target]].toarray()[0]
        price = self.price[sums[loose]]
        rise = np.where(stuck, 0.0, np.inf)
        fall = np.where(stuck, 0.0, self.table.sizes[self.groups])
        highest = np.concatenate([rise, fall, np.full(2 * loose.size, np.inf)])
        result = scipy.optimize.linprog(
            np.concatenate([cost, cost, price, price]),
            A_ub=np.concatenate([-wanted, wanted, np.zeros(2 * loose.size)])[None, :],
            b_ub=[self.table.counts[target] - self.minimum],
            A_eq=scipy.sparse.hstack([matrix, -matrix, -slack, slack], "csr") if sums.size else None,
            b_eq=np.zeros(sums.size) if sums.size else None,
            bounds=np.column_stack([np.zeros(highest.size), highest]),
            integrality=(np.arange(highest.size) < 2 * self.groups.size).astype(int) if whole else 0,
            method="highs",
        )
        if result.status == INFEASIBLE:
            return None
        if result.status != 0:
            raise UnsolvableAudit(f"{self.table.labels[target]}: the solver failed: {result.message}")
        rises, falls = result.x[: 2 * self.groups.size].reshape(2, -1)
        change: FloatArray = rises - falls
        return np.where(np.abs(change) < ROUNDING, 0.0, change)

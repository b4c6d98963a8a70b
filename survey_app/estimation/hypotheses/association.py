"""Tests of a two-way table that know the sampling design.

A chi-square test that takes weighted answers for a simple random sample finds differences that are not
there: answers from one place resemble each other. Rao and Scott's corrections weigh the statistic against the
variance that the design really has.
"""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import scipy  # submodules load on first use, so importing this module stays fast

from survey_app.estimation.codes import (
    BoolArray,
    FloatArray,
    Labels,
    encode,
    freeze_arrays,
    is_missing,
)
from survey_app.estimation.estimates import Estimates
from survey_app.estimation.hypotheses.quadratic_forms import saddlepoint_tail
from survey_app.estimation.hypotheses.ttest import (
    NothingToCompare,
    NoVariation,
    TooFewDegreesOfFreedom,
    UnableToTest,
)
from survey_app.estimation.means import Domain, mean, rows_inside, total
from survey_app.estimation.replicates import ReplicateDesign
from survey_app.estimation.variance import AnyDesign, degrees_of_freedom

Statistic = Literal["F", "Chisq", "Wald", "adjWald", "saddlepoint"]


class UnknownStatistic(UnableToTest):
    """No statistic of that name."""


class TableTooSparse(UnableToTest):
    """So many cells are empty that the statistic has no distribution."""


@dataclass(frozen=True)
class AssociationTest:
    """A test of a table of weighted shares.

    Attributes
    ----------
    method : str
        The statistic asked for.
    statistic : float
    df_num, df_den : float or None
        Degrees of freedom of its reference distribution, where it has such.
    p_value : float
    shares : array (r, c) or (r,)
        Weighted shares of the cells among the rows with both codes; they sum to one.
    row_labels, column_labels : arrays (r,), (c,)
        Sorted codes; no columns in a test of one column.
    n : int
        Rows of the domain, also those with a missing code: what "Chisq" and "saddlepoint" scale X2 to.
    """

    method: str
    statistic: float
    df_num: float | None
    df_den: float | None
    p_value: float
    shares: FloatArray
    row_labels: Labels
    column_labels: Labels
    n: int

    def __post_init__(self) -> None:
        freeze_arrays(self)


@dataclass(frozen=True)
class _Table:
    cells: FloatArray  # (n, r c), row-major; NaN where a code is missing
    row_labels: Labels
    column_labels: Labels

    @property
    def shape(self) -> tuple[int, int]:
        return self.row_labels.size, self.column_labels.size

    @property
    def freedom(self) -> int:
        return (self.shape[0] - 1) * (self.shape[1] - 1)


def independence(
    rows: npt.ArrayLike,
    columns: npt.ArrayLike,
    design: AnyDesign,
    *,
    statistic: Statistic = "F",
    domain: Domain = None,
) -> AssociationTest:
    """Test whether two categorical columns are independent in the population.

    Parameters
    ----------
    rows, columns : array-like (n,)
        Codes; rows without one of them (NaN, None, empty) are left out of the table.
    design : Design or ReplicateDesign
        Of the same n rows.
    statistic : {"F", "Chisq", "Wald", "adjWald", "saddlepoint"}
        "F": Rao and Scott's second-order correction of Pearson's X2, the one to use; "Chisq": the first-order
        one (`statistic` is X2 itself); "Wald": of the differences from independence, liberal with few PSUs;
        "adjWald": the same with adjusted df; "saddlepoint": X2 with its own distribution.
    domain : array (n,) of bool, optional

    Returns
    -------
    AssociationTest

    Raises
    ------
    UnknownStatistic, NothingToCompare, TableTooSparse, NoVariation, TooFewDegreesOfFreedom, LonelyPSU

    Notes
    -----
    With V the covariance of the shares, D that of a multinomial sample of n and C the interaction contrasts,
    ``Delta = (C' diag(1/p)/n C)^-1 C' diag(1/p) V diag(1/p) C``; F = X2 / tr(Delta) on d0 = tr(Delta)^2 /
    tr(Delta^2) and d0 nu degrees of freedom, nu those of the design in the domain. An empty cell counts as
    such; a code that occurs in no row with both codes is not part of the table.

    References
    ----------
    J. N. K. Rao, A. J. Scott, Annals of Statistics 12 (1984), 46-60; D. R. Thomas, J. N. K. Rao, JASA 82
    (1987), 630-636; R survey, `svychisq`.
    """
    if statistic not in get_args(Statistic):
        raise UnknownStatistic(f"statistic={statistic!r}: choose one of {', '.join(get_args(Statistic))}.")
    inside = rows_inside(design, domain)
    table = _table(rows, columns, inside)
    nu = degrees_of_freedom(design, inside)
    if nu < 1:
        raise TooFewDegreesOfFreedom(f"{nu} degrees of freedom: sample more PSUs, or merge strata.")
    found = mean(table.cells, design, domain=inside, missing="listwise")
    shares, n = found.estimate.reshape(table.shape), int(inside.sum())
    if statistic in ("Wald", "adjWald"):
        figures = _wald(table, design, inside, nu, adjusted=statistic == "adjWald")
    else:
        chi_form = isinstance(design, ReplicateDesign)
        figures = _rao_scott(_pearson(shares, n), _delta(found, table, n), nu, statistic, chi_form=chi_form)
    return AssociationTest(statistic, *figures, shares, table.row_labels, table.column_labels, n)


def _table(rows: npt.ArrayLike, columns: npt.ArrayLike, inside: BoolArray) -> _Table:
    sides = np.asarray(rows), np.asarray(columns)
    for name, side in zip(("rows", "columns"), sides, strict=True):
        if side.shape != inside.shape:
            raise NothingToCompare(
                f"The table's {name} have shape {side.shape}: give {inside.size} codes, one a row."
            )
    given = inside & ~is_missing(sides[0]) & ~is_missing(sides[1])
    (row, row_labels), (column, column_labels) = (
        encode(side[given], name) for name, side in zip(("rows", "columns"), sides, strict=True)
    )
    _check_levels("rows", row_labels)
    _check_levels("columns", column_labels)
    cells = np.full((inside.size, row_labels.size * column_labels.size), np.nan)
    cell = row * column_labels.size + column
    cells[given] = cell[:, None] == np.arange(cells.shape[1])
    return _Table(cells, row_labels, column_labels)


def _check_levels(name: str, labels: npt.NDArray[Any]) -> None:
    if labels.size < 2:
        only = f"only {labels[0]}" if labels.size else "none"
        raise NothingToCompare(f"The table's {name} have {only} among rows with both codes; two are needed.")


def _pearson(shares: FloatArray, n: int) -> float:
    expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    return float(n * ((shares - expected) ** 2 / expected).sum())


def _delta(found: Estimates, table: _Table, n: int) -> FloatArray:
    """Generalised design effects of the interactions: array ((r-1)(c-1), (r-1)(c-1))."""
    shares = found.estimate
    inverse = np.divide(1.0, shares, out=np.zeros_like(shares), where=shares > 0)
    contrasts = np.kron(_contrasts(table.shape[0]), _contrasts(table.shape[1]))
    weighted = inverse[:, None] * contrasts
    simple = contrasts.T @ weighted / n
    _check_rank(simple)
    delta: FloatArray = np.linalg.solve(simple, weighted.T @ found.vcov @ weighted)
    if not np.trace(delta) > 0:
        raise NoVariation("The table does not vary between PSUs, so independence cannot be tested.")
    return delta


def _contrasts(levels: int) -> FloatArray:
    centred: FloatArray = np.eye(levels)[:, 1:] - 1 / levels
    return centred


def _check_rank(matrix: FloatArray) -> None:
    if np.linalg.matrix_rank(matrix, hermitian=True) < matrix.shape[0]:
        raise TableTooSparse("Too many cells of the table are empty to test independence. Merge categories.")


Figures = tuple[float, float | None, float | None, float]


def _rao_scott(pearson: float, delta: FloatArray, nu: int, statistic: str, *, chi_form: bool) -> Figures:
    trace = float(np.trace(delta))
    d0 = trace**2 / float(np.trace(delta @ delta))
    if statistic == "F":
        return pearson / trace, d0, d0 * nu, float(scipy.special.fdtrc(d0, d0 * nu, pearson / trace))
    freedom = delta.shape[0]
    if statistic == "Chisq":
        return pearson, freedom, None, float(scipy.special.chdtrc(freedom, pearson / trace * freedom))
    # R divides by the variability of linearised variances, but not of replicated ones
    eigenvalues = np.asarray(np.linalg.eigvals(delta).real, dtype=np.float64)
    return pearson, None, None, saddlepoint_tail(pearson, eigenvalues, None if chi_form else d0 * nu)


def _wald(table: _Table, design: AnyDesign, inside: BoolArray, nu: int, *, adjusted: bool) -> Figures:
    if nu < table.freedom:
        raise TooFewDegreesOfFreedom(
            f"{nu} degrees of freedom for {table.freedom} interactions: merge categories, or use statistic='F'."
        )
    found = total(table.cells, design, domain=inside, missing="listwise")
    counts = found.estimate.reshape(table.shape)
    row, column, size = counts.sum(axis=1), counts.sum(axis=0), counts.sum()
    # derivative of count - row column / size in every cell
    (r, c), both = table.shape, row[:, None] * column / size**2
    by_row = np.einsum("ik,j->ijk", np.eye(r), column / size)
    by_column = np.einsum("i,jl->ijl", row / size, np.eye(c))
    jacobian = (
        np.eye(r * c).reshape(r, c, r, c) - by_row[..., None] - by_column[:, :, None] + both[..., None, None]
    )
    kept = jacobian[1:, 1:].reshape(table.freedom, r * c)
    spread = kept @ found.vcov @ kept.T
    _check_rank(spread)
    distance = (counts - row[:, None] * column / size)[1:, 1:].ravel()
    wald = float(distance @ np.linalg.solve(spread, distance))
    df_den = nu - table.freedom + 1 if adjusted else nu
    f = wald * df_den / (table.freedom * nu)
    return f, table.freedom, df_den, float(scipy.special.fdtrc(table.freedom, df_den, f))

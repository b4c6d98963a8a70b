"""One request with everything it speaks of: its table, design, domain and the rows that count."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import BoolArray, FloatArray, is_missing
from survey_app.estimation.estimates import Estimates
from survey_app.estimation.intervals import t_interval
from survey_app.estimation.means import indicators
from survey_app.estimation.requests.document import Request
from survey_app.estimation.requests.keys import UnusableRequest
from survey_app.estimation.requests.tables import Table
from survey_app.estimation.variance import AnyDesign

Fields = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """A request, its table and the design of the table's rows.

    Attributes
    ----------
    request : Request
    table : Table
    design : Design or ReplicateDesign
    domain : array (n,) of bool, optional
    """

    request: Request
    table: Table
    design: AnyDesign
    domain: BoolArray | None

    @property
    def level(self) -> float:
        """Confidence level."""
        return self.request.level

    @property
    def inside(self) -> BoolArray:
        """Rows of the domain with a positive weight: array (n,)."""
        counted = self.design.weights > 0
        return counted if self.domain is None else counted & self.domain

    @property
    def may_miss(self) -> bool:
        """Whether missing values may be left out (`options.na_rm`)."""
        return bool(self.request.options.get("na_rm", False))

    def numbers(self, *columns: str) -> FloatArray:
        """Numeric columns (n, k), refused where a value is missing that may not be.

        Raises
        ------
        MissingColumn, NotNumeric, UnusableRequest
        """
        values = np.column_stack([self.table.numbers(column) for column in columns])
        for column, cells in zip(columns, values.T, strict=True):
            self._check_missing(column, np.isnan(cells))
        return values

    def categories(self, column: str) -> npt.NDArray[Any]:
        """A column of categories (n,), refused where one is missing that may not be."""
        codes = self.table.factor(column)
        self._check_missing(column, is_missing(codes))
        return codes

    def quantities(self, *columns: str) -> tuple[list[str], FloatArray]:
        """Numeric columns as they are, others as one 0/1 column a level: labels and array (n, k)."""
        labels: list[str] = []
        parts: list[FloatArray] = []
        for column in columns:
            if self.table.is_numeric(column):
                labels, parts = [*labels, column], [*parts, self.numbers(column)]
            else:
                levels, shares = indicators(self.categories(column))
                labels, parts = [*labels, *(f"{column}{level}" for level in levels)], [*parts, shares]
        return labels, np.column_stack(parts)

    def _check_missing(self, column: str, missing: BoolArray) -> None:
        if not self.may_miss and (missing & self.inside).any():
            row = int(np.argmax(missing & self.inside))
            raise UnusableRequest(
                f"options.na_rm: column {column!r} has missing values (first: row {row + 2}). Set na_rm to "
                "true to treat the rows without a value as outside the domain, or complete the column."
            )


def fields_of(estimates: Estimates, position: int, label: str) -> Fields:
    """The fields of one estimate, with intervals by the df of the full design and of the domain."""
    k = position
    low, high = t_interval(estimates.estimate[k], estimates.se[k], estimates.df, estimates.level)
    return {
        "label": label,
        "estimate": estimates.estimate[k],
        "se": estimates.se[k],
        "ci_low": low,
        "ci_high": high,
        "df": estimates.df,
        "n": estimates.n[k],
        "df_domain": estimates.df_domain[k],
        "ci_low_domain_df": estimates.ci_low[k],
        "ci_high_domain_df": estimates.ci_high[k],
        "deff": estimates.deff[k],
        "deff_wr": estimates.deff_wr[k],
    }


def result_of(estimates: Estimates, labels: list[str]) -> Fields:
    """One estimate as its fields; several as `rows` with their covariance matrix `vcov`."""
    rows = [fields_of(estimates, position, label) for position, label in enumerate(labels)]
    return rows[0] if len(rows) == 1 else {"rows": rows, "vcov": estimates.vcov}

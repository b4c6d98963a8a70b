"""The PSU table: weighted histograms of every item in every PSU, built from rows and added to one another."""

import io
import math
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import (
    BoolArray,
    FloatArray,
    IntArray,
    Labels,
    UnableToEstimate,
    encode,
    encode_pairs,
    freeze_arrays,
)
from survey_app.estimation.design import Design, LonelyRule, WeightsSumToZero, checked_weights
from survey_app.estimation.psu_tables.exact_weights import carry, exponent_of, to_float
from survey_app.estimation.psu_tables.histograms import (
    Answers,
    Histograms,
    Scale,
    UnusableAnswers,
    count_answers,
)
from survey_app.estimation.psu_tables.units import psus_of_rows
from survey_app.estimation.stages import MismatchedRows, UnusablePopulation

FORMAT = 1


class DifferentTables(UnableToEstimate):
    """Tables that cannot be added: other items, another scale, another range of weights or types of codes."""


class UnreadableTable(UnableToEstimate):
    """Bytes that are no stored PSU table."""


@dataclass(frozen=True)
class PSUTable:
    """Weighted histograms by (PSU, item, code); make it with `build`, `add` or `from_bytes`.

    Attributes
    ----------
    strata, psus : arrays (P,)
        Codes of each PSU, sorted by stratum, then PSU.
    items : tuple of str
        Names of the J items.
    scale : Scale
        The K answer codes.
    exponent : int
        All weights are below 2^exponent (`exact_weights`).
    histograms : Histograms
        Arrays (P, J, K) of whole numbers. Rows of weight zero are in no count, but their PSU is listed.

    Notes
    -----
    Same rows, same bytes: the table does not depend on the order of the rows, nor on how they were cut into
    chunks or spread over files and machines, as long as all were built for the same `largest_weight`.
    """

    strata: Labels
    psus: Labels
    items: tuple[str, ...]
    scale: Scale
    exponent: int
    histograms: Histograms

    def __post_init__(self) -> None:
        freeze_arrays(self)
        freeze_arrays(self.histograms)

    @cached_property
    def weights(self) -> FloatArray:
        """Sums of the weights: array (P, J, K)."""
        sums = to_float(self.histograms.high, self.histograms.low, self.exponent)
        sums.setflags(write=False)
        return sums

    @property
    def counts(self) -> IntArray:
        """Rows with a positive weight: array (P, J, K)."""
        return self.histograms.counts

    def design(
        self,
        *,
        populations: Mapping[object, float] | None = None,
        nest: bool = False,
        lonely_psu: LonelyRule = "fail",
    ) -> Design:
        """The first stage of the sampling design, one row a PSU.

        Its variance is that of the full design where PSUs were drawn with replacement, and otherwise that of
        its first stage (ultimate clusters).

        Parameters
        ----------
        populations : mapping, optional
            Number of PSUs that exist in each stratum; absent: drawn with replacement.
        nest : bool
            PSU codes repeat between strata. The table keeps such PSUs apart in any case; False refuses them.
        lonely_psu : {"fail", "remove", "certainty", "adjust", "average"}

        Raises
        ------
        WeightsSumToZero, UnusablePopulation, and those of `Design.create`
        """
        if not self.counts.any():
            raise WeightsSumToZero("The table holds no row with a positive weight. Add the sample's rows.")
        return Design.create(
            weights=np.ones(self.psus.size),
            strata=self.strata,
            psus=self.psus,
            fpc=None if populations is None else self._population_column(populations),
            nest=nest,
            lonely_psu=lonely_psu,
        )

    def _population_column(self, populations: Mapping[object, float]) -> FloatArray:
        absent = [label for label in np.unique(self.strata).tolist() if label not in populations]
        if absent:
            raise UnusablePopulation(
                f"populations: stratum {absent[0]} has no count ({len(absent)} such). Complete the mapping "
                "(infinity where PSUs were drawn with replacement)."
            )
        return np.array([populations[label] for label in self.strata.tolist()], dtype=np.float64)

    def to_bytes(self) -> bytes:
        """The table as an uncompressed NumPy archive (.npz), readable without this program."""
        file = io.BytesIO()
        np.savez(
            file,
            format=FORMAT,
            strata=self.strata,
            psus=self.psus,
            items=np.array(self.items, dtype=np.str_),
            scale=np.array([self.scale.lowest, self.scale.highest]),
            missing=np.array([] if self.scale.missing is None else [self.scale.missing], dtype=np.int64),
            exponent=self.exponent,
            counts=self.histograms.counts,
            high=self.histograms.high,
            low=self.histograms.low,
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> "PSUTable":
        """Read what `to_bytes` wrote.

        Raises
        ------
        UnreadableTable
        """
        try:
            with np.load(io.BytesIO(stored), allow_pickle=False) as file:
                held = {name: file[name] for name in file.files}
            if int(held["format"]) != FORMAT:
                raise UnreadableTable(f"PSU table of format {held['format']}; this program reads {FORMAT}.")
            lowest, highest = held["scale"].tolist()
            scale = Scale(lowest, highest, held["missing"].tolist()[0] if held["missing"].size else None)
            table = cls(
                held["strata"],
                held["psus"],
                tuple(held["items"].tolist()),
                scale,
                int(held["exponent"]),
                Histograms(held["counts"], held["high"], held["low"]),
            )
        except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
            if isinstance(error, UnreadableTable):
                raise
            raise UnreadableTable(f"Not a stored PSU table ({error}). Build it again.") from error
        return table._checked()

    def _checked(self) -> "PSUTable":
        shape = (self.psus.size, len(self.items), self.scale.size)
        parts = vars(self.histograms).values()
        if self.strata.shape != self.psus.shape or any(part.shape != shape for part in parts):
            raise UnreadableTable(f"The stored arrays do not have the shape {shape}. Build the table again.")
        return self


def build(
    answers: Answers | npt.NDArray[np.integer],
    *,
    strata: npt.ArrayLike | None,
    psus: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    scale: Scale,
    items: Sequence[str] | None = None,
    largest_weight: float | None = None,
) -> PSUTable:
    """Count one block of rows.

    Parameters
    ----------
    answers : sequence of J integer arrays (n,), or one integer array (n, J)
        Answer codes; int8 or uint8, one array a column, is fastest.
    strata : array-like (n,) or None
        First-stage stratum of each row; None: one stratum.
    psus : array-like (n,)
        First-stage unit of each row. Rows in the order of their PSUs are read about twice as fast.
    weights : array-like (n,) or None
        None: ones.
    scale : Scale
        Codes outside it are refused.
    items : sequence of str, optional
        Names of the columns; absent: "1", "2", ...
    largest_weight : float, optional
        A number that no weight of the whole sample exceeds. Absent: the largest of these rows; state it when
        the table is to be added to others.

    Raises
    ------
    UnusableAnswers, MismatchedRows, MissingCode, UnreadableCode, MissingWeight, NegativeWeight,
    WeightTooLarge, UnusableLargestWeight
    """
    columns = list(answers.T) if isinstance(answers, np.ndarray) and answers.ndim == 2 else list(answers)
    names = tuple(str(number + 1) for number in range(len(columns))) if items is None else tuple(items)
    psu_column = np.asarray(psus)
    stratum_column = np.zeros(psu_column.size, dtype=np.int64) if strata is None else np.asarray(strata)
    weight = np.ones(psu_column.size) if weights is None else np.asarray(weights, dtype=np.float64)
    _check_lengths(columns, names, psu_column, stratum_column, weight)
    if weight.size and not (weight.min() >= 0 and weight.max() < np.inf):
        checked_weights(weight)
    codes, labels = psus_of_rows(stratum_column, psu_column)
    exponent = exponent_of(
        float(weight.max(initial=0.0)) or 1.0 if largest_weight is None else largest_weight
    )
    sums = count_answers(columns, codes, weight, psus=labels[0].size, scale=scale, exponent=exponent)
    return PSUTable(*labels, names, scale, exponent, sums)


def _check_lengths(
    columns: Answers, names: tuple[str, ...], psus: Labels, strata: Labels, weights: FloatArray
) -> None:
    if not columns or len(names) != len(columns) or len(set(names)) != len(names):
        raise UnusableAnswers(f"{len(columns)} columns of answers with {len(set(names))} different names.")
    shapes = {"psus": psus.shape, "strata": strata.shape, "weights": weights.shape}
    shapes |= {f"item {name}": column.shape for name, column in zip(names, columns, strict=True)}
    wrong = [f"{name} {shape}" for name, shape in shapes.items() if shape != (psus.size,)]
    if wrong:
        raise MismatchedRows(
            f"Columns must be one-dimensional and as long as psus ({psus.size}): {wrong[0]}."
        )


def add(first: PSUTable, second: PSUTable) -> PSUTable:
    """The table of the rows of both, PSU by PSU; a PSU may have rows in both.

    Raises
    ------
    DifferentTables
    """
    _check_alike(first, second)
    strata, stratum_labels = encode(np.concatenate([first.strata, second.strata]), "strata")
    psus, psu_labels = encode(np.concatenate([first.psus, second.psus]), "psus")
    unit, stratum_of, psu_of = encode_pairs(strata, psus)
    sums = Histograms.empty(stratum_of.size, len(first.items), first.scale)
    # the codes of one table are distinct, so plain fancy addition counts each once
    for table, places in ((first, unit[: first.psus.size]), (second, unit[first.psus.size :])):
        for name, total in vars(sums).items():
            total[places] += getattr(table.histograms, name)
    carry(sums.high, sums.low)
    return PSUTable(
        stratum_labels[stratum_of], psu_labels[psu_of], first.items, first.scale, first.exponent, sums
    )


def merge(tables: Iterable[PSUTable]) -> PSUTable:
    """`add` all of them; raises DifferentTables, also for none."""
    held = list(tables)
    if not held:
        raise DifferentTables("No tables to merge. Pass at least one.")
    return reduce(add, held)


def _check_alike(first: PSUTable, second: PSUTable) -> None:
    if first.items != second.items or first.scale != second.scale:
        raise DifferentTables("The tables hold other items or another scale. Build both with the same.")
    if first.exponent != second.exponent:
        raise DifferentTables(
            f"The tables were built for weights below {math.ldexp(1.0, first.exponent):g} and below "
            f"{math.ldexp(1.0, second.exponent):g}. Build all parts with the same largest_weight."
        )
    for name in ("strata", "psus"):
        kinds = {getattr(table, name).dtype.kind for table in (first, second)}
        if len(kinds) > 1:
            raise DifferentTables(f"{name}: numbers in one table, text in the other. Convert to one type.")


def psus_where(table: PSUTable, strata: Iterable[object]) -> BoolArray:
    """The PSUs of the given strata: a domain nested in PSUs."""
    return np.isin(table.strata, np.array(list(strata)))

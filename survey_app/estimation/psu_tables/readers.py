"""PSU tables from chunks of rows, in the memory of one chunk and two tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy.typing as npt

from survey_app.estimation.psu_tables.histograms import Answers, Scale
from survey_app.estimation.psu_tables.tables import DifferentTables, PSUTable, add, build


@dataclass(frozen=True)
class Chunk:
    """Some rows of a sample: the arguments of `tables.build`."""

    answers: Answers
    strata: npt.ArrayLike | None
    psus: npt.ArrayLike
    weights: npt.ArrayLike | None


def from_chunks(
    chunks: Iterable[Chunk], *, scale: Scale, largest_weight: float, items: Sequence[str] | None = None
) -> PSUTable:
    """Count the rows of all chunks, one chunk at a time.

    Parameters
    ----------
    chunks : iterable of Chunk
        Of any sizes and in any order: the table is the same to the last bit.
    scale : Scale
    largest_weight : float
        A number that no weight exceeds: it must be known before the first row is read.
    items : sequence of str, optional

    Raises
    ------
    DifferentTables
        Without a chunk; further those of `tables.build`.
    """
    table: PSUTable | None = None
    for chunk in chunks:
        part = build(
            chunk.answers,
            strata=chunk.strata,
            psus=chunk.psus,
            weights=chunk.weights,
            scale=scale,
            items=items,
            largest_weight=largest_weight,
        )
        table = part if table is None else add(table, part)
    if table is None:
        raise DifferentTables(
            "No chunks: there is nothing to count. Pass at least one, if need be of 0 rows."
        )
    return table

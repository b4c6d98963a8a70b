"""PSU tables from Parquet files, read by DuckDB through Ibis in bounded memory.

Needs the optional extra `analytics` (``pip install "survey_app[analytics]"``). Ibis words the query, which only
selects columns, and DuckDB streams its result; the counting is that of `tables.build`, exact whatever the size of
the batches. For answers that lie in another engine, hand its batches to `readers.from_chunks`.
"""

from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from survey_app.estimation.codes import Labels, UnableToEstimate
from survey_app.estimation.psu_tables.histograms import Scale
from survey_app.estimation.psu_tables.readers import Chunk, from_chunks
from survey_app.estimation.psu_tables.tables import PSUTable


class AnalyticsNotInstalled(UnableToEstimate):
    """DuckDB and Ibis are not installed."""


class UnusableFile(UnableToEstimate):
    """A file that is not there, no Parquet, or lacks a column."""


def from_parquet(
    paths: Path | Sequence[Path],
    *,
    items: Sequence[str],
    psu: str,
    scale: Scale,
    stratum: str | None = None,
    weight: str | None = None,
    largest_weight: float | None = None,
    threads: int = 2,
) -> PSUTable:
    """Count the rows of Parquet files.

    Parameters
    ----------
    paths : Path or sequence of Path
        Files with the same columns.
    items : sequence of str
        Columns of answer codes; a null is the scale's missing code.
    psu, stratum, weight : str
        Columns of the design; no stratum: one stratum; no weight: ones.
    scale : Scale
    largest_weight : float, optional
        Absent: looked up first. State it when the table is to be added to others.
    threads : int
        Of DuckDB.

    Raises
    ------
    AnalyticsNotInstalled, UnusableFile, and those of `tables.build`
    """
    ibis = _ibis()
    connection = ibis.duckdb.connect(threads=threads)
    try:
        rows = _open(connection, ibis, [paths] if isinstance(paths, Path) else list(paths))
        names = [*items, psu, *(name for name in (stratum, weight) if name is not None)]
        absent = [name for name in names if name not in rows.columns]
        if absent:
            raise UnusableFile(f"No column {', '.join(absent)}. The file has: {', '.join(rows.columns)}.")
        if largest_weight is None:
            largest_weight = 1.0 if weight is None else float(rows[weight].max().to_pyarrow().as_py() or 1.0)
        selected = rows.select(
            *(_code(rows[name], scale) for name in items),
            *(rows[name] for name in dict.fromkeys(names[len(items) :])),
        )
        # Ibis hands the query over: it asks for batches by a method that DuckDB 2 no longer has
        stream = connection.con.sql(ibis.to_sql(selected, dialect="duckdb"))
        batches = import_module("pyarrow").RecordBatchReader.from_stream(stream)
        chunks = _chunks(batches, items, psu, stratum, weight)
        return from_chunks(chunks, scale=scale, largest_weight=largest_weight, items=items)
    finally:
        connection.disconnect()


def _ibis() -> ModuleType:
    try:
        import_module("duckdb")
        return import_module("ibis")
    except ImportError as error:
        raise AnalyticsNotInstalled(
            f'Reading Parquet needs DuckDB and Ibis ({error}). Install "survey_app[analytics]".'
        ) from error


def _open(connection: Any, ibis: ModuleType, paths: list[Path]) -> Any:
    try:
        return connection.read_parquet([str(path) for path in paths])
    except (import_module("duckdb").Error, ibis.common.exceptions.IbisError, OSError) as error:
        raise UnusableFile(f"Cannot read {', '.join(map(str, paths))}: {error}") from error


def _code(column: Any, scale: Scale) -> Any:
    if not column.type().is_integer():
        raise UnusableFile(
            f"Column {column.get_name()} is {column.type()}. Store answers as whole-number codes."
        )
    name = column.get_name()
    return column if scale.missing is None else column.fill_null(scale.missing).cast(column.type()).name(name)


def _chunks(
    batches: Any, items: Sequence[str], psu: str, stratum: str | None, weight: str | None
) -> Iterator[Chunk]:
    for batch in batches:
        columns = {name: _numpy(batch.column(name), name) for name in batch.schema.names}
        yield Chunk(
            answers=[columns[name] for name in items],
            strata=None if stratum is None else columns[stratum],
            psus=columns[psu],
            weights=None if weight is None else columns[weight].astype(np.float64, copy=False),
        )


def _numpy(column: Any, name: str) -> Labels:
    if column.null_count:
        raise UnusableFile(
            f"Column {name} has nulls. Give each row a value (a scale with a missing code takes null answers)."
        )
    return np.asarray(column.to_numpy(zero_copy_only=False))

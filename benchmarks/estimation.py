"""Speed and memory of the estimation engine beside svy and DuckDB, as ratios of one run.

    python -m benchmarks.estimation [means] [domains] [raking] [bootstrap] [parquet] [imports]

n = 1,000,000 answers to 30 five-point items, 34 strata, 3,556 PSUs (no name: all tasks). `parquet` reads
as many rows as BENCHMARK_PARQUET_ROWS says: 2,000,000, or 10,000,000 where a minute more does not matter.
Every contestant runs in a process of its own and counts with its fastest run; memory is what its peak adds to
the process that holds the data.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ROWS, ITEMS, STRATA, PSUS, REPLICATES = 1_000_000, 30, 34, 3_556, 200
PARQUET_ROWS = int(os.environ.get("BENCHMARK_PARQUET_ROWS", "2000000"))
NAMES = [f"c{item + 1}" for item in range(ITEMS)]
MARGINS = {"m1": 2, "m2": 4, "m3": 3, "m4": STRATA}
MEGABYTES, PARQUET_MEGABYTES = 300.0, 1000.0
Seconds = Callable[[], Any]


@dataclass(frozen=True)
class Measured:
    """Seconds of the fastest run, and megabytes added at its peak."""

    seconds: float
    megabytes: float


@dataclass(frozen=True)
class Answers:
    """Rows in the order of their PSUs, or shuffled."""

    codes: list[npt.NDArray[np.int8]]
    psus: npt.NDArray[np.int32]
    strata: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float64]
    margins: dict[str, npt.NDArray[np.int8]]


def answers(rows: int = ROWS, *, shuffled: bool = False, seed: int = 1) -> Answers:
    """Five-point answers at about 80 % satisfied, with unequal weights."""
    rng = np.random.default_rng(seed)
    psus = (rng.permutation(rows) if shuffled else np.arange(rows)) * PSUS // rows
    shares = np.repeat(np.arange(1, 6, dtype=np.int8), (10, 15, 30, 120, 81))
    codes = [shares[rng.integers(0, 256, rows, dtype=np.uint8)] for _ in range(ITEMS)]
    margins = {name: rng.integers(0, size, rows).astype(np.int8) for name, size in MARGINS.items()}
    strata = (psus * STRATA // PSUS).astype(np.int32)
    return Answers(codes, psus.astype(np.int32), strata, rng.uniform(0.5, 2, rows), margins)


def targets(data: Answers) -> dict[str, dict[int, float]]:
    """Totals of each margin, away from those of the sample."""
    population = float(data.weights.sum())
    found = {}
    for name, size in MARGINS.items():
        shares = np.linspace(1, 1.5, size)
        found[name] = dict(enumerate((population * shares / shares.sum()).tolist()))
    return found


# ---- the tasks: each prepares its data and returns what is timed --------------------------------------


def touch(data: Answers) -> Seconds:
    """Add up every column once: the lower bound."""
    return lambda: [column.sum(dtype=np.int64) for column in data.codes]


def _table(data: Answers) -> Any:
    from survey_app.estimation.psu_tables.histograms import Scale
    from survey_app.estimation.psu_tables.tables import build

    return build(data.codes, strata=data.strata, psus=data.psus, weights=data.weights, scale=Scale(1, 5))


def our_means(data: Answers) -> Seconds:
    """From the rows to 30 means with their covariance, encoding of the design included."""
    from survey_app.estimation.psu_tables.estimates import mean

    def run() -> Any:
        table = _table(data)
        return mean(table, table.scale.values, table.design())

    return run


def our_domains(data: Answers) -> Seconds:
    """From the rows to 34 x 30 means."""
    from survey_app.estimation.psu_tables.domains import domain_means

    def run() -> Any:
        table = _table(data)
        return domain_means(table, table.scale.values, table.design(), table.strata, STRATA)

    return run


def our_bootstrap(data: Answers) -> Seconds:
    """From the rows to 200 replicates of 30 means."""
    from survey_app.estimation.psu_tables.replicates import mean
    from survey_app.estimation.replication.bootstrap import subbootstrap

    def run() -> Any:
        table = _table(data)
        return mean(table, table.scale.values, subbootstrap(table.design(), replicates=REPLICATES, seed=1))

    return run


def our_raking(data: Answers) -> Seconds:
    """Weights raked to four margins at a tolerance of 1e-10, encoding of the margins included."""
    from survey_app.estimation.weighting.raking import Margin, Raking

    totals = targets(data)

    def run() -> Any:
        margins = [Margin(name, data.margins[name], totals[name]) for name in MARGINS]
        return Raking.create(margins).adjust(data.weights)

    return run


def _svy_sample(data: Answers) -> Any:
    import polars
    import svy

    columns = {"stratum": data.strata, "psu": data.psus, "w": data.weights}
    columns |= data.margins | dict(zip(NAMES, data.codes, strict=True))
    return svy.Sample(polars.DataFrame(columns), svy.Design(stratum="stratum", psu="psu", wgt="w"))


def svy_means(data: Answers) -> Seconds:
    """30 means in one call, its fast form."""
    sample = _svy_sample(data)
    return lambda: sample.estimation.mean(NAMES)


def svy_domains(data: Answers) -> Seconds:
    """34 x 30 means in one call."""
    sample = _svy_sample(data)
    return lambda: sample.estimation.mean(NAMES, by="stratum")


def svy_bootstrap(data: Answers) -> Seconds:
    """Rao-Wu weights for 200 replicates, then 30 means."""
    sample = _svy_sample(data)
    return lambda: sample.weighting.create_bs_wgts(REPLICATES, rstate=1).estimation.mean(
        NAMES, method="replication"
    )


def svy_raking(data: Answers) -> Seconds:
    """Rake to four margins at a tolerance of 1e-10."""
    totals = targets(data)

    def run() -> Any:
        return sample.weighting.rake(controls=totals, tol=1e-10, max_iter=1000, wgt_name=f"w{time.time_ns()}")

    sample = _svy_sample(data)
    return run


def our_parquet(file: Path) -> Seconds:
    """30 means with standard errors from the file."""
    from survey_app.estimation.psu_tables.estimates import mean
    from survey_app.estimation.psu_tables.histograms import Scale
    from survey_app.estimation.psu_tables.parquet import from_parquet

    def run() -> Any:
        table = from_parquet(
            file, items=NAMES, psu="psu", stratum="stratum", weight="w", scale=Scale(1, 5), threads=2
        )
        return mean(table, table.scale.values, table.design())

    return run


def duckdb_sums(file: Path) -> Seconds:
    """SELECT sum(c1), ..., sum(c30) on the same file with the same threads."""
    import duckdb

    connection = duckdb.connect(config={"threads": 2})
    query = f"SELECT {', '.join(f'sum({name})' for name in NAMES)} FROM read_parquet('{file}')"
    return lambda: connection.execute(query).fetchall()


# ---- measuring ----------------------------------------------------------------------------------------


def measured(task: Callable[[Any], Seconds], data: Any, repeats: int = 5) -> Measured:
    """Run a task in a process of its own; `data`: a file, or the keywords of `answers`."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_measure, args=(task, data, repeats, sender))
    process.start()
    sender.close()  # so that a child that dies ends the wait
    found: Measured = receiver.recv()
    process.join()
    return found


def _measure(task: Callable[[Any], Seconds], data: Any, repeats: int, sender: Any) -> None:
    run = task(data if isinstance(data, Path) else answers(**data))
    gc.collect()
    # from here on the kernel counts the peak anew
    Path("/proc/self/clear_refs").write_text("5")
    before, best = _status("VmRSS"), float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    sender.send(Measured(best, (_status("VmHWM") - before) / 1024))


def _status(field: str) -> int:
    """A field of this process's status in kB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))


def compare(what: str, ours: Measured, other: Measured, name: str, *, least: float) -> bool:
    """Print how many times faster; say whether it misses the least."""
    ratio = other.seconds / ours.seconds
    print(
        f"{what:<34} {ours.seconds:8.3f} s, +{ours.megabytes:4.0f} MB; {name} {other.seconds:8.3f} s, "
        f"+{other.megabytes:5.0f} MB: {ratio:6.1f} x faster (at least {least:g})",
        flush=True,
    )
    return ratio < least or ours.megabytes > MEGABYTES


def within(what: str, ours: Measured, bound: Measured, name: str, *, most: float, megabytes: float) -> bool:
    """Print how many times a lower bound it takes; say whether it exceeds the most."""
    ratio = ours.seconds / bound.seconds
    print(
        f"{what:<34} {ours.seconds:8.3f} s, +{ours.megabytes:4.0f} MB; {name} {bound.seconds:8.3f} s: "
        f"{ratio:6.1f} x its time (at most {most:g})",
        flush=True,
    )
    return ratio > most or ours.megabytes > megabytes


def means() -> bool:
    """30 means with standard errors."""
    ours, other = measured(our_means, {}, 15), measured(svy_means, {})
    missed = compare("30 means, rows in PSU order", ours, other, "svy", least=4)
    missed |= within(
        "30 means, rows in PSU order", ours, measured(touch, {}, 15), "one touch", most=6, megabytes=MEGABYTES
    )
    shuffled = {"shuffled": True}
    return missed | compare(
        "30 means, rows shuffled",
        measured(our_means, shuffled),
        measured(svy_means, shuffled),
        "svy",
        least=1.5,
    )


def domains() -> bool:
    """34 domains x 30 items."""
    return compare(
        "34 domains x 30 means", measured(our_domains, {}), measured(svy_domains, {}, 1), "svy", least=50
    )


def raking() -> bool:
    """Four margins."""
    return compare(
        "raking, 4 margins", measured(our_raking, {}), measured(svy_raking, {}, 2), "svy", least=20
    )


def bootstrap() -> bool:
    """200 replicates x 30 items."""
    ours, other = measured(our_bootstrap, {}, 3), measured(svy_bootstrap, {}, 1)
    return compare(f"{REPLICATES} bootstrap replicates x 30", ours, other, "svy", least=50)


def parquet() -> bool:
    """30 means from Parquet beside the sums of the columns."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answers.parquet"
        write(file, PARQUET_ROWS)
        ours, bound = measured(our_parquet, file, 3), measured(duckdb_sums, file, 3)
        what = f"30 means, {PARQUET_ROWS:,} rows of Parquet"
        return within(what, ours, bound, "sums in DuckDB", most=5, megabytes=PARQUET_MEGABYTES)


def write(file: Path, rows: int) -> None:
    """Answers in PSU order, a part at a time."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    writer = None
    for part, count in enumerate(_parts(rows)):
        data = answers(count, seed=part)
        psus = (data.psus.astype(np.int64) + part * PSUS) * count // rows
        columns = {"stratum": (psus * STRATA // PSUS).astype(np.int8), "psu": psus.astype(np.int32)}
        columns |= {"w": data.weights, **dict(zip(NAMES, data.codes, strict=True))}
        table = pa.table(columns)
        writer = writer or ParquetWriter(file, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _parts(rows: int) -> Iterator[int]:
    while rows > 0:
        yield min(rows, 500_000)
        rows -= 500_000


def imports() -> bool:
    """Every module of the engine that a program may import."""
    folder = Path(__file__).parent.parent / "survey_app" / "estimation"
    names = [
        ".".join(("survey_app", "estimation", *path.relative_to(folder).with_suffix("").parts))
        for path in sorted(folder.rglob("*.py"))
        # doors, which import click
        if path.name not in ("__init__.py", "commands.py")
    ]
    best = min(_import_seconds(names) for _ in range(3))
    print(f"importing {len(names)} modules of estimation: {best:.2f} s (at most 0.5 s)")
    return best > 0.5


def _import_seconds(names: list[str]) -> float:
    code = f"import time; s = time.perf_counter()\nimport {', '.join(names)}\nprint(time.perf_counter() - s)"
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout)


TASKS = {task.__name__: task for task in (means, domains, raking, bootstrap, parquet, imports)}


def main() -> int:
    """Run the tasks named on the command line; 1 if a budget is missed."""
    missed = [name for name in sys.argv[1:] or TASKS if TASKS[name]()]
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())

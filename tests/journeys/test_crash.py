"""Acknowledged means durable: servers are killed and flooded, as real processes."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from benchmarks.workload import install
from survey_app.foundation.database import Database
from tests.journeys.servers import COMMAND, ROOT, environment, free_port, kill, serving

CLIENT = ROOT / "benchmarks" / "load_client.py"


def stored_nonces(url: str) -> list[str]:
    """Return the nonce of every stored comment, read as a stranger to the product would."""
    engine = create_engine(url)
    with engine.connect() as connection:
        bodies = connection.execute(text("SELECT answers FROM responses")).scalars().all()
    engine.dispose()
    texts = [body if isinstance(body, str) else json.dumps(body, ensure_ascii=False) for body in bodies]
    return [nonce for body in texts for nonce in re.findall(r"\[([0-9a-f]+-\d+)\]", body)]


def wait_for_lines(log: Path, count: int) -> None:
    """Return once `log` has so many lines; a busy machine takes longer, a broken server for ever."""
    deadline = time.monotonic() + 30
    while not (log.exists() and log.read_text().count("\n") >= count):
        assert time.monotonic() < deadline, "the server acknowledges too little"
        time.sleep(0.1)


@pytest.mark.processes
def test_every_acknowledged_receipt_survives_kill_9(database: Database, tmp_path: Path):
    code, url = install(database), database.url
    database.dispose()
    port, log = free_port(), tmp_path / "acknowledged.txt"
    server = [*COMMAND, "serve", "--port", str(port)]
    load = [
        *(sys.executable, str(CLIENT), "--url", f"http://127.0.0.1:{port}/{code}", "-c", "16", "-d", "40"),
        *(
            "--ack-status",
            "303",
            "--no-follow",
            "--honeypot",
            "website",
            "--ack-log",
            str(log),
            "--timeout",
            "3",
        ),
    ]
    with serving(server, port, environment(tmp_path, url)) as process:
        client = subprocess.Popen(load, stdout=subprocess.DEVNULL)
        wait_for_lines(log, 100)
        kill(process, signal.SIGKILL)
        time.sleep(1)  # what was acknowledged before the end is still being read
        client.terminate()
        client.wait(30)
    acknowledged = log.read_text().split()
    stored = stored_nonces(url)
    assert len(acknowledged) >= 100
    assert set(acknowledged) <= set(stored)
    assert len(stored) == len(set(stored))


def load(code: str, port: int, *arguments: str) -> dict:
    """Run the load client against a form and return its report."""
    command = [
        *(sys.executable, str(CLIENT), "--url", f"http://127.0.0.1:{port}/{code}", "--ack-status", "303"),
        *("--no-follow", "--honeypot", "website", *arguments),
    ]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=80).stdout
    return json.loads(output[output.index("{") :])


@pytest.mark.processes
def test_ten_thousand_forms_from_one_network_are_all_stored_and_flagged(
    migrated_sqlite: Path, tmp_path: Path
):
    shutil.copy(migrated_sqlite, tmp_path / "survey.sqlite3")
    url, port = f"sqlite:///{tmp_path / 'survey.sqlite3'}", free_port()
    database = Database(url)
    code = install(database)
    with serving([*COMMAND, "serve", "--port", str(port)], port, environment(tmp_path, url)):
        report = load(code, port, "-c", "32", "-n", "10000", "-d", "70")
    with database.read() as session:
        count, bursts = session.execute(
            text("SELECT count(*), sum(flags LIKE '%burst%') FROM responses")
        ).one()
    database.dispose()
    assert (report["acked"], report["errors"], report["rejected"]) == (10_000, 0, 0)
    assert count == 10_000
    assert bursts >= 9_900


@pytest.mark.processes
def test_gunicorn_serves_wsgi_too(migrated_sqlite: Path, tmp_path: Path):
    shutil.copy(migrated_sqlite, tmp_path / "survey.sqlite3")
    url, port = f"sqlite:///{tmp_path / 'survey.sqlite3'}", free_port()
    database = Database(url)
    code = install(database)
    database.dispose()
    server = [sys.executable, "-m", "gunicorn", "wsgi:app", "--threads", "8", "--bind", f"127.0.0.1:{port}"]
    with serving(server, port, environment(tmp_path, url)):
        report = load(code, port, "-c", "4", "-n", "40", "-d", "20")
    assert report["acked"] == 40

"""Acknowledged means durable: the serving processes are killed under load, on both databases."""

from __future__ import annotations

import json
import re
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


@pytest.mark.processes
def test_every_acknowledged_receipt_survives_kill_9(database: Database, tmp_path: Path):
    code, url = install(database), database.url
    database.dispose()
    port, log = free_port(), tmp_path / "acknowledged.txt"
    server = [*COMMAND, "serve", "--port", str(port)]
    load = [
        *(sys.executable, str(CLIENT), "--url", f"http://127.0.0.1:{port}/{code}", "-c", "16", "-d", "4"),
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
        time.sleep(2.5)
        kill(process, signal.SIGKILL)
        client.wait(30)
    acknowledged = log.read_text().split()
    stored = stored_nonces(url)
    assert len(acknowledged) > 50
    assert set(acknowledged) <= set(stored)
    assert len(stored) == len(set(stored))

"""A carrier on loopback that records what it got, and the worker as a real process on a clock that shows 09:30."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tests.journeys.servers import ROOT, environment

_BOOT = """
import os, sys
from datetime import timedelta
from survey_app.foundation import clock
real, ahead = clock.now, timedelta(seconds=float(os.environ["SECONDS_AHEAD"]))
clock.now = lambda: real() + ahead
from survey_app.cli import main
sys.exit(main(prog_name="survey-app"))
"""


class Standin:
    """Takes every message, slowly, and remembers its reference."""

    def __init__(self, seconds_each: float) -> None:
        self.references: list[str] = []
        self.seconds_each = seconds_each
        self.url = ""

    def take(self, form: str) -> None:
        """Record one message."""
        self.references.append(parse_qs(form)["id"][0])
        time.sleep(self.seconds_each)


@contextmanager
def standing_in(seconds_each: float = 0.02) -> Iterator[Standin]:
    """Serve a stand-in until the block ends."""
    standin = Standin(seconds_each)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            standin.take(form)
            try:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"OK")
            except OSError:  # the worker was killed while it waited
                return

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    standin.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield standin
    finally:
        server.shutdown()
        server.server_close()


def seconds_until_morning() -> float:
    """Return how far a clock must be set forward to show 09:30 in Việt Nam."""
    now = datetime.now(UTC)
    return (now.replace(hour=2, minute=30, second=0) - now).total_seconds() % 86_400


def start_worker(folder: Path, url: str, carrier: str, ahead: float) -> subprocess.Popen[bytes]:
    """Start `survey-app worker` in a process group of its own."""
    env = environment(folder, url) | {
        "SURVEY_GENERIC_URL": carrier,
        "SURVEY_CONTACT_KEY": "test contact key of at least 32 characters",
        "SECONDS_AHEAD": str(ahead),
    }
    command = [sys.executable, "-c", _BOOT, "worker"]
    return subprocess.Popen(command, env=env, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL)


def end_worker(worker: subprocess.Popen[bytes], how: signal.Signals, within: float = 30) -> int:
    """Send a signal to a worker and return its exit code."""
    if worker.poll() is None:
        os.killpg(worker.pid, how)
    return worker.wait(within)


def wait_for(condition: Callable[[], bool], seconds: float = 40) -> None:
    """Wait until `condition` holds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.05)

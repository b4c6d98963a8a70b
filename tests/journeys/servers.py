"""The product as real processes, for journeys."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "survey_app.cli")


def environment(folder: Path, url: str = "", public_url: str = "") -> dict[str, str]:
    """Variables of an installation in `folder`."""
    variables = {
        "SURVEY_INSTANCE": str(folder),
        "SURVEY_DATABASE_URL": url,
        "SURVEY_PUBLIC_URL": public_url,
        "SURVEY_LOG_LEVEL": "error",
    }
    return os.environ | {name: value for name, value in variables.items() if value}


def run(*arguments: str, env: dict[str, str]) -> str:
    """Run `survey-app` with `arguments` and return what it printed."""
    command = [*COMMAND, *arguments]
    done = subprocess.run(
        command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def serving(command: list[str], port: int, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Start `command`, wait until `port` answers, and end the whole process group afterwards."""
    process = subprocess.Popen(command, env=env, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield process
    finally:
        kill(process, signal.SIGKILL)


def kill(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """Send a signal to a server and all its workers."""
    try:
        os.killpg(process.pid, how)
    except ProcessLookupError:
        return
    process.wait(20)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise AssertionError(f"the server ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not start within 30 seconds")

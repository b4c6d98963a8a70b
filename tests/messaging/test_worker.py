"""`survey-app worker` as real processes that are killed."""

from __future__ import annotations

import signal
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from survey_app.foundation.database import Database
from survey_app.messaging.models import Sender
from survey_app.messaging.operations import sweep
from survey_app.messaging.rules.states import State
from tests.messaging.post import put, rows, states
from tests.messaging.standin import end_worker, seconds_until_morning, standing_in, start_worker, wait_for

pytestmark = pytest.mark.processes


def _fill(database: Database, count: int, now: datetime) -> None:
    for number in range(count):
        put(database, number, gateway="generic_http", now=now)
    database.write(
        lambda session: session.execute(update(Sender).values(segments_per_second=100.0, burst=20))
    )


def _took_back(database: Database, now: datetime) -> None:
    """Let the sweeper of ten minutes later come by."""
    database.write(lambda session: sweep(session, now=now + timedelta(minutes=10)))


def test_killed_workers_lose_nothing_and_send_nothing_twice(database: Database, tmp_path: Path) -> None:
    ahead = seconds_until_morning()
    now = datetime.now(UTC) + timedelta(seconds=ahead)
    _fill(database, 80, now)
    with standing_in() as carrier:
        for killed_at in (10, 30, 50):
            workers = [start_worker(tmp_path, database.url, carrier.url, ahead) for _ in range(2)]
            wait_for(lambda at=killed_at: len(carrier.references) >= at)  # type: ignore[misc]
            for one in workers:
                end_worker(one, signal.SIGKILL)
            _took_back(database, now)
        worker = start_worker(tmp_path, database.url, carrier.url, ahead)
        wait_for(lambda: set(states(database)) <= {State.ACCEPTED, State.UNKNOWN})
        code = end_worker(worker, signal.SIGTERM)

    stored = {one.reference: one.state for one in rows(database)}
    assert code == 0
    assert max(Counter(carrier.references).values()) == 1
    # Whatever the carrier did not get is in doubt, and the other way round nothing is called sent that it has not.
    assert {one for one, state in stored.items() if state == State.ACCEPTED} <= set(carrier.references)
    assert set(stored) - set(carrier.references) <= {
        one for one, state in stored.items() if state == State.UNKNOWN
    }


def test_a_worker_that_is_told_to_end_finishes_what_it_began(database: Database, tmp_path: Path) -> None:
    ahead = seconds_until_morning()
    _fill(database, 40, datetime.now(UTC) + timedelta(seconds=ahead))
    with standing_in(seconds_each=0.3) as carrier:
        worker = start_worker(tmp_path, database.url, carrier.url, ahead)
        wait_for(lambda: len(carrier.references) >= 10)
        code = end_worker(worker, signal.SIGTERM)

    assert code == 0
    assert set(states(database)) == {State.ACCEPTED, State.QUEUED}
    assert states(database).count(State.ACCEPTED) == len(carrier.references)

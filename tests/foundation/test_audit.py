"""The audit log: what anybody does to its rows shows, and writers at once keep it whole."""

from __future__ import annotations

import threading
import time
import tracemalloc
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from survey_app.foundation.audit import (
    START,
    AuditEntry,
    AuditHead,
    Verdict,
    _digest,
    _seal,
    record,
    verify,
)
from survey_app.foundation.database import Database

KEY = "a key of the audit log, longer than 32 characters"
LINES = 7


def write_lines(database: Database, now: datetime, count: int = LINES, key: str = KEY) -> None:
    def write(session: Session) -> None:
        for position in range(count):
            record(
                session,
                key=key,
                actor=f"account:{position % 3}",
                action="offices.manage",
                subject=f"counter:{position}",
                unit_path="04",
                details={"tên": f"Quầy số {position}", "before": None, "share": 0.1},
                now=now + timedelta(microseconds=position),
            )

    database.write(write)


def verdict_on(database: Database, key: str = KEY, expected: tuple[int, str] | None = None) -> Verdict:
    with database.read() as session:
        return verify(session, key=key, expected=expected)


@pytest.fixture
def log(database: Database, now: datetime) -> Database:
    """A database with an audit log of seven lines."""
    write_lines(database, now)
    return database


class TestVerify:
    """`verify`."""

    def test_finds_an_untouched_log_sound(self, log: Database) -> None:
        verdict = verdict_on(log)

        assert (verdict.lines, verdict.flaw, verdict.at_number) == (LINES, None, None)

    def test_finds_an_empty_log_sound(self, database: Database) -> None:
        assert verdict_on(database).flaw is None

    @pytest.mark.parametrize(
        "change",
        [
            {"actor": "account:9"},
            {"action": "offices.view"},
            {"subject": "counter:99"},
            {"unit_path": ""},
            {"details": {"tên": "Quầy khác"}},
            {"digest": "0" * 64},
            {"at": datetime.fromisoformat("2026-01-01T00:00:00+00:00")},
        ],
        ids=lambda change: next(iter(change)),
    )
    @pytest.mark.parametrize("number", [1, 4, LINES])
    def test_names_a_changed_line(self, log: Database, number: int, change: dict[str, Any]) -> None:
        log.write(
            lambda session: session.execute(
                update(AuditEntry).where(AuditEntry.number == number).values(change)
            )
        )

        assert verdict_on(log).at_number == number

    @pytest.mark.parametrize("number", [1, 4])
    def test_names_a_line_removed_from_the_middle(self, log: Database, number: int) -> None:
        log.write(lambda session: session.execute(delete(AuditEntry).where(AuditEntry.number == number)))

        assert verdict_on(log).at_number == number

    def test_notices_a_removed_line_even_if_the_rest_is_numbered_anew(self, log: Database) -> None:
        def close_the_gap(session: Session) -> None:
            session.execute(delete(AuditEntry).where(AuditEntry.number == 4))
            for number in range(5, LINES + 1):
                session.execute(
                    update(AuditEntry).where(AuditEntry.number == number).values(number=number - 1)
                )

        log.write(close_the_gap)

        assert verdict_on(log).at_number == 4

    @pytest.mark.parametrize("kept", [0, 4, LINES - 1])
    def test_notices_lines_cut_off_at_the_end(self, log: Database, kept: int) -> None:
        log.write(lambda session: session.execute(delete(AuditEntry).where(AuditEntry.number > kept)))

        verdict = verdict_on(log)
        assert (verdict.at_number, verdict.flaw) == (kept + 1, "lines at the end are missing")

    def test_notices_an_end_that_was_moved_back_with_the_lines(self, log: Database) -> None:
        def cut(session: Session) -> None:
            last = session.get_one(AuditEntry, 5)
            session.execute(delete(AuditEntry).where(AuditEntry.number > 5))
            session.execute(update(AuditHead).values(number=5, digest=last.digest))

        log.write(cut)

        assert verdict_on(log).flaw == "the seal of the end was changed"

    def test_notices_a_missing_end(self, log: Database) -> None:
        log.write(lambda session: session.execute(delete(AuditHead)))

        assert verdict_on(log).flaw == "the record of the end is missing"

    def test_names_the_first_of_two_exchanged_lines(self, log: Database) -> None:
        def exchange(session: Session) -> None:
            for before, after in ((3, 99), (5, 3), (99, 5)):
                session.execute(update(AuditEntry).where(AuditEntry.number == before).values(number=after))

        log.write(exchange)

        assert verdict_on(log).at_number == 3

    def test_names_an_inserted_line(self, log: Database, now: datetime) -> None:
        def insert_one(session: Session) -> None:
            for number in range(LINES, 3, -1):
                session.execute(
                    update(AuditEntry).where(AuditEntry.number == number).values(number=number + 1)
                )
            row = {"at": now, "actor": "account:1", "action": "x", "unit_path": "", "subject": "y"}
            session.execute(insert(AuditEntry).values(number=4, details={}, digest="1" * 64, **row))

        log.write(insert_one)

        assert verdict_on(log).at_number == 4

    def test_finds_nothing_sound_with_another_key(self, log: Database) -> None:
        assert verdict_on(log, key="another key that is longer than 32 characters").at_number == 1

    def test_notices_that_an_older_copy_was_put_back(self, log: Database, now: datetime) -> None:
        with log.read() as session:
            old = session.execute(text("SELECT number, digest, seal FROM audit_head")).one()
        write_lines(log, now, 2)
        noted = verdict_on(log)

        def put_back(session: Session) -> None:
            session.execute(delete(AuditEntry).where(AuditEntry.number > LINES))
            session.execute(update(AuditHead).values(number=old.number, digest=old.digest, seal=old.seal))

        log.write(put_back)

        assert verdict_on(log).flaw is None
        assert verdict_on(log, expected=(noted.lines, noted.digest)).at_number == LINES + 1

    def test_takes_the_noted_line_of_an_untouched_log(self, log: Database, now: datetime) -> None:
        noted = verdict_on(log)
        write_lines(log, now, 3)

        assert verdict_on(log, expected=(noted.lines, noted.digest)).flaw is None
        assert verdict_on(log, expected=(noted.lines, "f" * 64)).at_number == LINES


class TestRecord:
    """`record`."""

    def test_stores_nothing_of_what_was_undone(self, log: Database, now: datetime) -> None:
        def fail(session: Session) -> None:
            record(session, key=KEY, actor="account:1", action="x", subject="y", now=now)
            raise RuntimeError("the deed failed")

        with pytest.raises(RuntimeError):
            log.write(fail)

        assert verdict_on(log).lines == LINES

    def test_keeps_the_chain_whole_when_many_write_at_once(self, database: Database, now: datetime) -> None:
        failures: list[BaseException] = []

        def some() -> None:
            try:
                for _ in range(12):
                    write_lines(database, now, 1)
            except BaseException as error:  # noqa: BLE001  (shown by the test)
                failures.append(error)

        writers = [threading.Thread(target=some) for _ in range(4)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(60)

        assert failures == []
        verdict = verdict_on(database)
        assert (verdict.lines, verdict.flaw) == (48, None)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_second_of_two_writers_waits_for_the_first(database: Database, now: datetime) -> None:
    begun, go_on = threading.Event(), threading.Event()
    order: list[str] = []

    def slow(session: Session) -> None:
        record(session, key=KEY, actor="account:1", action="first", subject="x", now=now)
        begun.set()
        assert go_on.wait(10)
        order.append("first")

    first = threading.Thread(target=lambda: database.write(slow))
    first.start()
    assert begun.wait(10)
    second = threading.Thread(target=lambda: (write_lines(database, now, 1), order.append("second")))
    second.start()
    time.sleep(0.3)
    go_on.set()
    first.join(10)
    second.join(10)

    assert order == ["first", "second"]
    with database.read() as session:
        assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)).first() == "first"
    assert verdict_on(database).flaw is None


def write_many_lines(database: Database, now: datetime, count: int) -> None:
    """Write a log as `record` does, but in one go."""
    columns = ("at", "actor", "action", "unit_path", "subject", "details")
    line = dict(
        zip(columns, (now, "account:1", "offices.manage", "04", "x" * 100, {"why": "y" * 300}), strict=True)
    )
    digest, rows = START, []
    for number in range(1, count + 1):
        digest = _digest(KEY, digest, AuditEntry(number=number, digest="", **line))
        rows.append({"number": number, "digest": digest, **line})

    def write(session: Session) -> None:
        session.execute(insert(AuditEntry), rows)
        session.add(AuditHead(id=1, number=count, digest=digest, seal=_seal(KEY, count, digest)))

    database.write(write)


def test_ten_thousand_lines_are_verified_in_bounded_time_and_memory(
    database: Database, now: datetime, timed: Callable[[Callable[[], Verdict]], tuple[Verdict, float, int]]
) -> None:
    write_many_lines(database, now, 10_000)

    verdict, seconds, peak = timed(lambda: verdict_on(database))

    assert (verdict.lines, verdict.flaw) == (10_000, None)
    assert seconds < 15
    assert peak < 10 * 1024 * 1024  # ten thousand lines of this size are 18 MB as objects


@pytest.fixture
def timed() -> Callable[[Callable[[], Verdict]], tuple[Verdict, float, int]]:
    """A function that runs another and returns its result, its seconds and its peak of memory in bytes."""

    def run(work: Callable[[], Verdict]) -> tuple[Verdict, float, int]:
        tracemalloc.start()
        begun = time.perf_counter()
        try:
            return work(), time.perf_counter() - begun, tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    return run

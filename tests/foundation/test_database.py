"""What `read` and `write` promise, on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import JSON, Column, MetaData, String, Table, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from survey_app.foundation import database as module
from survey_app.foundation import engines
from survey_app.foundation.commands import SERVING_THREADS
from survey_app.foundation.database import (
    Database,
    DatabaseUnavailable,
    GroupCommitWriter,
    insert_if_absent,
    is_reachable,
)
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import current_language, use_language
from tests.foundation.notes import Gate, add, all_at_once, committed, start


class _Unwanted(Refused):
    """An operation's own refusal."""


def _then_refuse(word: str) -> Callable[[Session], str]:
    def operation(session: Session) -> str:
        add(word)(session)
        raise _Unwanted(word)

    return operation


def _into_no_table(session: Session) -> None:
    session.execute(text("INSERT INTO no_such_table VALUES (1)"))


class TestWrite:
    """`Database.write`."""

    def test_returns_the_result_once_another_connection_sees_it(self, notes: Database) -> None:
        assert notes.write(add("first")) == "first"
        assert committed(notes) == {"first"}

    def test_raises_the_operations_own_error_and_keeps_nothing(self, notes: Database) -> None:
        with pytest.raises(_Unwanted, match="half"):
            notes.write(_then_refuse("half"))
        assert committed(notes) == set()

    def test_keeps_199_of_200_threads_when_some_are_refused(self, notes: Database) -> None:
        words = [f"word {number}" for number in range(200)]
        unwanted = set(words[::7])
        calls = [
            lambda word=word: notes.write(_then_refuse(word) if word in unwanted else add(word))
            for word in words
        ]

        outcomes = all_at_once(calls)

        assert committed(notes) == set(words) - unwanted
        assert [one.result for one in outcomes] == [None if word in unwanted else word for word in words]
        assert {str(one.error) for one in outcomes if one.error} == unwanted

    def test_stores_one_of_many_equal_rows_and_tells_the_others(self, notes: Database) -> None:
        outcomes = all_at_once([lambda: notes.write(add("same"))] * 20)

        assert committed(notes) == {"same"}
        assert sum(isinstance(one.error, IntegrityError) for one in outcomes) == 19

    def test_refuses_to_be_called_by_an_operation(self, notes: Database) -> None:
        with pytest.raises(RuntimeError, match="pass the session on"):
            notes.write(lambda session: notes.write(add("inner")))
        assert notes.write(add("after")) == "after"
        assert committed(notes) == {"after"}

    def test_runs_the_operation_in_the_callers_language(self, notes: Database) -> None:
        def in_english() -> str:
            with use_language("en"):
                time.sleep(0.01)
                return notes.write(lambda session: current_language())

        outcomes = all_at_once([in_english, lambda: notes.write(lambda session: current_language())] * 10)

        assert [one.result for one in outcomes] == ["en", "vi"] * 10

    def test_tells_a_wrong_statement_from_a_lost_database(self, notes: Database) -> None:
        with pytest.raises(DBAPIError, match="no_such_table"):
            notes.write(_into_no_table)
        with notes.read() as session, pytest.raises(DBAPIError, match="no_such_table"):
            _into_no_table(session)

    def test_names_no_value_when_it_fails(self, database: Database) -> None:
        def operation(session: Session) -> None:
            session.execute(text("SELECT :value FROM no_such_table"), {"value": "0912345678"})

        with pytest.raises((DatabaseUnavailable, DBAPIError)) as caught:
            database.write(operation)
        assert "0912345678" not in str(caught.value)


class TestGroupCommit:
    """The writer thread of SQLite."""

    def test_commits_a_hundred_operations_at_once(self, sqlite_notes: Database) -> None:
        gate, waiting = _held(sqlite_notes, [add(f"word {number}") for number in range(100)])
        commits = _count_commits(sqlite_notes)

        _release(gate, waiting)

        assert len(committed(sqlite_notes)) == 100
        assert commits == [True, True]  # the gate's own, and one for all the others

    def test_flushes_each_commit_to_the_disk(self, sqlite_notes: Database) -> None:
        settings = sqlite_notes.write(_pragmas)

        assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}

    def test_reads_with_the_same_settings(self, sqlite_notes: Database) -> None:
        with sqlite_notes.read() as session:
            assert _pragmas(session)["foreign_keys"] == 1

    @pytest.mark.parametrize(
        ("spoiler", "kind"), [(_then_refuse("spoiled"), _Unwanted), (_into_no_table, OperationalError)]
    )
    def test_takes_a_group_apart_when_one_is_refused(
        self, sqlite_notes: Database, spoiler: Callable[[Session], object], kind: type[Exception]
    ) -> None:
        gate, waiting = _held(sqlite_notes, [add("before"), spoiler, add("after")])

        outcomes = _release(gate, waiting)

        assert committed(sqlite_notes) == {"before", "after"}
        assert [type(one.error) for one in outcomes] == [type(None), kind, type(None)]

    def test_survives_an_operation_that_ends_its_thread(self, sqlite_notes: Database) -> None:
        def leave(session: Session) -> None:
            raise SystemExit(3)

        gate, waiting = _held(sqlite_notes, [add("before"), leave, add("after")])

        outcomes = _release(gate, waiting)

        assert isinstance(outcomes[1].error, SystemExit)
        assert sqlite_notes.write(add("later")) == "later"
        assert committed(sqlite_notes) == {"before", "after", "later"}

    def test_starts_a_new_thread_where_the_old_one_is_gone(self, sqlite_notes: Database) -> None:
        sqlite_notes.write(add("before"))
        sqlite_notes._writer.stop()

        assert sqlite_notes.write(add("after")) == "after"
        assert committed(sqlite_notes) == {"before", "after"}

    def test_commits_what_is_queued_before_it_stops(self, sqlite_notes: Database) -> None:
        gate, waiting = _held(sqlite_notes, [add(f"word {number}") for number in range(300)])
        stopping, _ = start(sqlite_notes._writer.stop)

        _release(gate, waiting)
        stopping.join(60)

        assert not stopping.is_alive()
        assert len(committed(sqlite_notes)) == 300
        assert not sqlite_notes._writer._thread.is_alive()

    def test_commits_what_comes_while_it_stops(self, sqlite_notes: Database) -> None:
        gate, waiting = _held(sqlite_notes, [add("before")])
        stopping, _ = start(sqlite_notes._writer.stop)
        while sqlite_notes._writer._queue.qsize() < 2:
            time.sleep(0.0005)
        waiting += [start(partial(sqlite_notes.write, add(f"word {number}"))) for number in range(300)]
        while sqlite_notes._writer._queue.qsize() < 302:
            time.sleep(0.0005)

        _release(gate, waiting)
        stopping.join(60)

        assert len(committed(sqlite_notes)) == 301

    def test_refuses_in_bounded_time_when_nothing_moves(
        self, sqlite_notes: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "STALLED_AFTER_SECONDS", 0.4)
        writer = GroupCommitWriter(sqlite_notes._sessions, capacity=4)
        gate, waiting = _held(writer, [add("one"), add("two"), add("three")])

        spent = []
        for word in ("first refused", "second refused"):
            before = time.monotonic()
            with pytest.raises(DatabaseUnavailable, match="queue of writes is full"):
                writer.write(add(word))
            spent.append(time.monotonic() - before)
        _release(gate, waiting)
        writer.stop()

        assert spent[0] < 1
        assert spent[1] < 0.2
        assert committed(sqlite_notes) == {"one", "two", "three"}

    def test_lets_a_crowd_wait_for_a_place_while_it_moves(self, sqlite_notes: Database) -> None:
        writer = GroupCommitWriter(sqlite_notes._sessions, capacity=4)

        outcomes = all_at_once([partial(writer.write, add(f"word {number}")) for number in range(100)])
        writer.stop()

        assert [one.error for one in outcomes if one.error] == []
        assert len(committed(sqlite_notes)) == 100

    def test_queues_no_more_than_it_has_places_for(
        self, sqlite_notes: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "ACKNOWLEDGE_WITHIN_SECONDS", 0.1)
        writer = GroupCommitWriter(sqlite_notes._sessions, capacity=3)
        gate, waiting = _held(writer, [])
        outcomes = [all_at_once([partial(writer.write, add(f"word {number}"))])[0] for number in range(9)]
        queued = writer._queue.qsize()
        _release(gate, waiting)
        writer.stop()

        assert {type(one.error) for one in outcomes} == {DatabaseUnavailable}
        assert queued == 3
        assert committed(sqlite_notes) == set()

    def test_leaves_threads_of_the_server_to_answer_with(self) -> None:
        assert module.QUEUE_CAPACITY + 8 <= SERVING_THREADS

    def test_never_runs_what_it_gave_up(
        self, sqlite_notes: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "ACKNOWLEDGE_WITHIN_SECONDS", 0.2)
        gate, [(thread, outcome)] = _held(sqlite_notes, [add("given up")])
        thread.join(60)

        gate.opened.set()
        sqlite_notes.write(add("next"))

        assert isinstance(outcome.error, DatabaseUnavailable)
        assert committed(sqlite_notes) == {"next"}

    def test_answers_late_rather_than_wrongly_once_begun(
        self, sqlite_notes: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "ACKNOWLEDGE_WITHIN_SECONDS", 0.1)

        def slow(session: Session) -> str:
            time.sleep(0.4)
            return add("slow")(session)

        assert sqlite_notes.write(slow) == "slow"


class TestLockedSQLite:
    """Another process holds the file."""

    def test_gives_up_within_six_seconds_and_recovers(self, sqlite_notes: Database) -> None:
        path = sqlite_notes.engine.url.database
        stranger = sqlite3.connect(path, isolation_level=None)
        stranger.execute("BEGIN IMMEDIATE")
        before = time.monotonic()

        with pytest.raises(DatabaseUnavailable):
            sqlite_notes.write(add("one"))
        waited = time.monotonic() - before
        with sqlite_notes.read() as session:
            readable = session.execute(text("SELECT count(*) FROM notes")).scalar_one()
        stranger.execute("ROLLBACK")
        stranger.close()

        assert waited < 6
        assert readable == 0
        assert sqlite_notes.write(add("later")) == "later"
        assert committed(sqlite_notes) == {"later"}

    def test_does_not_wait_again_for_each_of_a_group_taken_apart(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engines, "LOCK_WAIT_SECONDS", 0.3)
        database = Database(f"sqlite:///{tmp_path / 'notes.sqlite3'}")
        database.write(lambda session: session.execute(text("CREATE TABLE notes (word VARCHAR(40))")))
        stranger = sqlite3.connect(tmp_path / "notes.sqlite3", isolation_level=None, check_same_thread=False)

        checkouts = []

        @event.listens_for(database.engine, "checkout")
        def lock_after_the_group(_driver: object, _record: object, _proxy: object) -> None:
            checkouts.append(True)
            if len(checkouts) == 3:  # the gate, the group, and then the first one alone
                stranger.execute("BEGIN IMMEDIATE")

        words = [add(f"word {number}") for number in range(20)]
        gate, waiting = _held(database, [_then_refuse("bad"), *words])
        before = time.monotonic()
        outcomes = _release(gate, waiting)
        waited = time.monotonic() - before
        stranger.close()
        database.dispose()

        assert waited < 3
        assert {type(one.error) for one in outcomes} == {DatabaseUnavailable}


class TestLostPostgreSQL:
    """The server restarted or ended the connection."""

    def test_writes_again_after_every_connection_was_ended(self, postgresql_notes: Database) -> None:
        postgresql_notes.write(add("before"))
        _end_connections(postgresql_notes)

        assert postgresql_notes.write(add("after")) == "after"
        assert committed(postgresql_notes) == {"before", "after"}

    def test_tries_once_more_when_the_connection_ends_before_the_commit(
        self, postgresql_notes: Database
    ) -> None:
        attempts = []

        def operation(session: Session) -> str:
            attempts.append(True)
            add("first")(session)
            if len(attempts) == 1:
                _end_connections(postgresql_notes)
            return add("second")(session)

        assert postgresql_notes.write(operation) == "second"
        assert len(attempts) == 2
        assert committed(postgresql_notes) == {"first", "second"}

    def test_never_repeats_a_commit_of_unknown_outcome(self, postgresql_notes: Database) -> None:
        attempts = []

        def operation(session: Session) -> None:
            attempts.append(True)
            add("once")(session)
            event.listen(session, "before_commit", lambda _session: _end_connections(postgresql_notes))

        with pytest.raises(DatabaseUnavailable) as caught:
            postgresql_notes.write(operation)
        assert len(attempts) == 1
        assert caught.value.outcome_unknown

    def test_knows_that_a_refused_commit_stored_nothing(self, postgresql_notes: Database) -> None:
        def operation(session: Session) -> None:
            session.execute(text("INSERT INTO later VALUES ('twice'), ('twice')"))

        with postgresql_notes.engine.begin() as connection:
            connection.execute(text("CREATE TABLE later (word TEXT UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
        with pytest.raises(IntegrityError):
            postgresql_notes.write(operation)

    def test_reads_again_after_one_refusal(self, postgresql_notes: Database) -> None:
        postgresql_notes.write(add("kept"))
        _end_connections(postgresql_notes)

        with pytest.raises(DatabaseUnavailable), postgresql_notes.read() as session:
            session.execute(text("SELECT 1"))
        with postgresql_notes.read() as session:
            assert session.execute(text("SELECT word FROM notes")).scalar_one() == "kept"


class TestUnavailablePostgreSQL:
    """The server answers, but not with what was asked."""

    STATES = ("25006", "40001", "40P01", "53300", "55P03", "57014", "57P01", "57P02", "57P03")

    @pytest.mark.parametrize("state", STATES)
    def test_is_told_by_its_sqlstate(self, postgresql_notes: Database, state: str) -> None:
        raising = f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"
        with pytest.raises(DatabaseUnavailable) as caught:
            postgresql_notes.write(lambda session: session.execute(text(raising)))
        assert not caught.value.outcome_unknown
        assert postgresql_notes.write(add("after")) == "after"

    def test_is_told_while_it_is_read_only_and_written_to_at_once_afterwards(
        self, postgresql_notes: Database
    ) -> None:
        name = postgresql_notes.engine.url.database
        stranger = create_engine(postgresql_notes.url, isolation_level="AUTOCOMMIT")

        def fail_over(read_only: str) -> None:
            with stranger.connect() as connection:
                connection.execute(
                    text(f"ALTER DATABASE {name} SET default_transaction_read_only = {read_only}")
                )

        fail_over("on")
        postgresql_notes.engine.dispose()
        with pytest.raises(DatabaseUnavailable, match="ReadOnlySqlTransaction"):
            postgresql_notes.write(add("during"))
        fail_over("off")
        stranger.dispose()

        assert postgresql_notes.write(add("after")) == "after"
        assert committed(postgresql_notes) == {"after"}

    def test_is_left_by_a_pool_whose_server_has_become_read_only(self, postgresql_notes: Database) -> None:
        postgresql_notes.write(add("before"))
        with postgresql_notes.engine.connect() as connection:
            connection.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"))
            connection.commit()

        assert postgresql_notes.write(add("after")) == "after"

    def test_may_not_think_longer_than_the_limit(
        self, create_postgresql_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert module.STATEMENT_SECONDS == 30
        monkeypatch.setattr(module, "STATEMENT_SECONDS", 1)
        database = Database(create_postgresql_database(), pool_size=2)
        with pytest.raises(DatabaseUnavailable, match="QueryCanceled"), database.read() as session:
            session.execute(text("SELECT pg_sleep(20)"))
        database.dispose()

    def test_may_think_as_long_as_it_likes_for_a_command(self, postgresql_notes: Database) -> None:
        postgresql_notes.allow_long_statements()
        postgresql_notes.dispose()
        with postgresql_notes.read() as session:
            assert session.execute(text("SHOW statement_timeout")).scalar_one() == "0"

    def test_is_given_up_when_it_vanishes_without_a_word(self, postgresql_notes: Database) -> None:
        with postgresql_notes.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            given = driver.info.get_parameters()
        assert {name: int(given[name]) for name in engines.KEEPALIVE} == engines.KEEPALIVE
        assert (
            engines.KEEPALIVE["keepalives_idle"]
            + engines.KEEPALIVE["keepalives_interval"] * engines.KEEPALIVE["keepalives_count"]
            <= 30
        )

    def test_keeps_the_options_of_its_address(self, create_postgresql_database: Callable[[], str]) -> None:
        url = make_url(create_postgresql_database()).update_query_dict({"options": "-c work_mem=7MB"})
        database = Database(url.render_as_string(hide_password=False))
        with database.read() as session:
            shown = [
                session.execute(text(f"SHOW {name}")).scalar_one() for name in ("work_mem", "lock_timeout")
            ]
        database.dispose()
        assert shown == ["7MB", "5s"]


class TestDeadlockOnPostgreSQL:
    """Two transactions wait for each other, and the server ends one of them."""

    def test_is_nobodys_fault_and_both_are_stored(self, postgresql_notes: Database) -> None:
        for word in ("a", "b"):
            postgresql_notes.write(add(word))
        both_hold, attempts = threading.Barrier(2), []

        def marking(first: str, then: str) -> Callable[[Session], None]:
            def operation(session: Session) -> None:
                attempts.append(first)
                _mark(session, first)
                if len(attempts) <= 2:
                    both_hold.wait(10)
                _mark(session, then)

            return operation

        pairs = [("a", "b"), ("b", "a")]
        outcomes = all_at_once([partial(postgresql_notes.write, marking(*pair)) for pair in pairs])

        assert [one.error for one in outcomes] == [None, None]
        assert len(attempts) == 3
        with postgresql_notes.read() as session:
            found = session.execute(text("SELECT word FROM notes ORDER BY word")).scalars()
            assert sorted(found) == ["a!!", "b!!"]


def _mark(session: Session, word: str) -> None:
    session.execute(text("UPDATE notes SET word = word || '!' WHERE word LIKE :word || '%'"), {"word": word})


class TestLockedPostgreSQL:
    """Another session holds the table."""

    def test_gives_up_after_the_same_wait_and_recovers(
        self, create_postgresql_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert engines.LOCK_WAIT_SECONDS == 5
        monkeypatch.setattr(engines, "LOCK_WAIT_SECONDS", 1)
        database = Database(create_postgresql_database())
        database.write(lambda session: session.execute(text("CREATE TABLE notes (word VARCHAR(40))")))
        stranger = create_engine(database.url)
        with stranger.connect() as connection:
            connection.execute(text("LOCK TABLE notes"))
            thread, outcome = start(partial(database.write, add("one")))
            thread.join(4)
            given_up = not thread.is_alive()
        stranger.dispose()

        assert given_up
        assert isinstance(outcome.error, DatabaseUnavailable)
        assert database.write(add("later")) == "later"
        assert committed(database) == {"later"}
        database.dispose()


class TestRead:
    """`Database.read`."""

    def test_cannot_write(self, notes: Database) -> None:
        with notes.read() as session, pytest.raises(DBAPIError, match=r"read-?only"):
            add("sneaked in")(session)
        assert committed(notes) == set()

    def test_leaves_connections_that_can_write(self, notes: Database) -> None:
        with notes.read() as session:
            session.execute(text("SELECT 1"))

        assert [notes.write(add(f"word {number}")) for number in range(3)] == ["word 0", "word 1", "word 2"]

    def test_sees_one_snapshot(self, notes: Database) -> None:
        count = text("SELECT count(*) FROM notes")
        with notes.read() as session:
            before = session.execute(count).scalar_one()
            notes.write(add("meanwhile"))
            after = session.execute(count).scalar_one()
        assert (before, after) == (0, 0)

    def test_sees_what_was_acknowledged_before_it_began(self, notes: Database) -> None:
        notes.write(add("kept"))
        with notes.read() as session:
            assert session.execute(text("SELECT word FROM notes")).scalar_one() == "kept"

    @pytest.mark.parametrize(
        "url", ["sqlite:////no/such/folder/x.sqlite3", "postgresql+psycopg://someone:secret@127.0.0.1:9/x"]
    )
    def test_says_plainly_that_there_is_no_database(self, url: str) -> None:
        database = Database(url)
        with pytest.raises(DatabaseUnavailable) as caught, database.read() as session:
            session.execute(text("SELECT 1"))
        assert "secret" not in str(caught.value)
        with pytest.raises(DatabaseUnavailable):
            database.write(add("nowhere"))
        assert not is_reachable(database)
        database.dispose()

    def test_finds_no_database_in_another_file(self, tmp_path: Path) -> None:
        (tmp_path / "letter.txt").write_text("This is no database. " * 100)
        database = Database(f"sqlite:///{tmp_path / 'letter.txt'}")

        assert not is_reachable(database)
        database.dispose()

    def test_finds_a_living_database_reachable(self, database: Database) -> None:
        assert is_reachable(database)


class TestInsertIfAbsent:
    """`insert_if_absent`."""

    def test_says_whether_it_inserted(self, notes: Database) -> None:
        table = Table("notes", MetaData(), Column("word", String(40), primary_key=True))

        def insert(session: Session) -> bool:
            return insert_if_absent(session, table, {"word": "once"})

        assert [notes.write(insert), notes.write(insert)] == [True, False]
        assert committed(notes) == {"once"}

    def test_lets_one_of_many_threads_through(self, notes: Database) -> None:
        table = Table("notes", MetaData(), Column("word", String(40), primary_key=True))
        call = lambda: notes.write(lambda session: insert_if_absent(session, table, {"word": "once"}))  # noqa: E731

        assert sum(one.result for one in all_at_once([call] * 20)) == 1


def test_stores_vietnamese_readably_in_json(database: Database) -> None:
    table = Table("sayings", MetaData(), Column("words", JSON))
    words = {"câu": "Rất hài lòng — đường Nguyễn Huệ"}
    table.create(database.engine)
    try:
        database.write(lambda session: session.execute(table.insert(), {"words": words}))
        with database.read() as session:
            stored = session.execute(text("SELECT CAST(words AS TEXT) FROM sayings")).scalar_one()
            assert session.execute(table.select()).scalar_one() == words
        assert "đường Nguyễn Huệ" in stored
    finally:
        table.drop(database.engine)


def _pragmas(session: Session) -> dict[str, object]:
    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    return {name: session.execute(text(f"PRAGMA {name}")).scalar_one() for name in names}


def _held(
    writer: Database | GroupCommitWriter, operations: list[Callable[[Session], object]]
) -> tuple[Gate, list]:
    """Keep the writer busy until all `operations` are queued behind it, in order."""
    gate = Gate()
    start(lambda: writer.write(gate))
    assert gate.reached.wait(60)
    queue = (writer._writer if isinstance(writer, Database) else writer)._queue
    waiting = []
    for number, operation in enumerate(operations, start=1):
        waiting.append(start(lambda operation=operation: writer.write(operation)))
        while queue.qsize() < number:
            time.sleep(0.0005)
    return gate, waiting


def _release(gate: Gate, waiting: list) -> list:
    gate.opened.set()
    for thread, _ in waiting:
        thread.join(60)
        assert not thread.is_alive()
    return [outcome for _, outcome in waiting]


def _count_commits(database: Database) -> list[bool]:
    commits: list[bool] = []
    event.listen(database.engine, "commit", lambda _connection: commits.append(True))
    return commits


def _end_connections(database: Database) -> None:
    """End every connection to `database` but the one that asks, as a restart of the server does."""
    engine = create_engine(database.url)
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    engine.dispose()


class TestLostFile:
    """The file of an SQLite database is deleted or replaced under a running server."""

    def test_refuses_to_write_where_no_name_leads(self, migrated_sqlite: Path, tmp_path: Path) -> None:
        path = tmp_path / "survey.sqlite3"
        shutil.copy(migrated_sqlite, path)
        database = Database(f"sqlite:///{path}")
        database.write(lambda session: session.execute(text("SELECT 1")).scalar())
        path.unlink()

        with pytest.raises(DatabaseUnavailable, match="removed"):
            database.write(lambda session: session.execute(text("SELECT 1")).scalar())
        assert not is_reachable(database)
        assert not path.exists()

        shutil.copy(migrated_sqlite, path)
        assert is_reachable(database)
        database.dispose()

"""One code path to SQLite and PostgreSQL; the only file in which a transaction begins or ends.

Doors call `read()` for queries and `write(operation)` for operations. On PostgreSQL every thread commits for
itself. On SQLite one thread groups the commits of all others: `synchronous=FULL` then costs one flush for up
to 256 operations, and two writers never wait for each other's locks.
"""

from __future__ import annotations

import json
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import Engine, Executable, MetaData, Table, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

T = TypeVar("T")

QUEUE_CAPACITY = 1024
GROUP_SIZE = 256
LOCK_WAIT_SECONDS = 5
ACKNOWLEDGE_WITHIN_SECONDS = 30


class Base(DeclarativeBase):
    """Parent of every table; names constraints by rule, so migrations can address them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class DatabaseUnavailable(Exception):
    """The database is locked, gone or too busy. Nothing was stored; the caller may try again."""


UNAVAILABLE = (OperationalError, InterfaceError, PoolTimeout)

_writing: ContextVar[bool] = ContextVar("writing", default=False)


@contextmanager
def refusing_plainly() -> Iterator[None]:
    """Turn what drivers raise when a database is locked or gone into `DatabaseUnavailable`."""
    try:
        yield
    except UNAVAILABLE as error:
        if _is_refused_statement(error):
            raise
        raise DatabaseUnavailable(_kind(error)) from error


def _is_refused_statement(error: Exception) -> bool:
    """Say whether SQLite means an error in the statement (no such table), for which it has no class of its own."""
    return getattr(getattr(error, "orig", None), "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR


class Database:
    """Engines and sessions of one installation."""

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgresql_engine(url, pool_size)
        self.reader = _sqlite_engine(url, query_only=True) if self.is_sqlite else self.engine
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._reading = sessionmaker(self.reader, expire_on_commit=False)
        self._writer = GroupCommitWriter(self._sessions) if self.is_sqlite else None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session for queries; it sees one snapshot and is rolled back at the end.

        Raises
        ------
        DatabaseUnavailable
            No connection could be had, or the statement met a locked or lost database.
        """
        with refusing_plainly(), self._reading() as session:
            if not self.is_sqlite:
                # READ COMMITTED, the default, would show each statement another state.
                session.connection(
                    execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
                )
            yield session

    def write(self, operation: Callable[[Session], T]) -> T:
        """Run `operation(session)` and return its result once it is durable.

        `operation` may run more than once (a group that fails is taken apart; a lost connection is tried
        again before COMMIT), so it must change nothing but the database.

        Raises
        ------
        DatabaseUnavailable
            Nothing was stored; try again later.
        RuntimeError
            Called by an operation, whose own transaction this one could not be part of.
        """
        if _writing.get():
            raise RuntimeError("write() inside write(): pass the session on instead.")
        mark = _writing.set(True)
        try:
            with refusing_plainly():
                return self._writer.write(operation) if self._writer else self._commit(operation)
        finally:
            _writing.reset(mark)

    def _commit(self, operation: Callable[[Session], T]) -> T:
        for attempt in (1, 2):
            with self._sessions() as session:
                try:
                    result = operation(session)
                    session.flush()
                except DBAPIError as error:
                    # A restarted server leaves dead connections in the pool; before COMMIT a repeat is safe.
                    if error.connection_invalidated and attempt == 1:
                        continue
                    raise
                session.commit()
                return result
        raise AssertionError("unreachable")

    def dispose(self) -> None:
        """Close every connection and stop the writer."""
        if self._writer:
            self._writer.stop()
        self.reader.dispose()
        self.engine.dispose()


@dataclass(slots=True)
class _Job:
    operation: Callable[[Session], Any]
    future: Future[Any] = field(default_factory=Future)
    # The caller's own, so that a refusal is worded in the caller's language.
    context: Context = field(default_factory=copy_context)

    def run(self, session: Session) -> Any:
        return self.context.run(self.operation, session)


class GroupCommitWriter:
    """One thread that drains a bounded queue and commits up to `GROUP_SIZE` operations at once."""

    def __init__(self, sessions: sessionmaker[Session], capacity: int = QUEUE_CAPACITY) -> None:
        self._sessions = sessions
        self._queue: queue.Queue[_Job | None] = queue.Queue(capacity)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def write(self, operation: Callable[[Session], T]) -> T:
        """Queue `operation`, wait for its commit, return its result or raise its error."""
        self._start()
        job = _Job(operation)
        try:
            self._queue.put_nowait(job)
        except queue.Full as error:
            raise DatabaseUnavailable("the queue of writes is full") from error
        try:
            result: T = job.future.result(ACKNOWLEDGE_WITHIN_SECONDS)
        except TimeoutError as error:
            # Once begun it may still be committed: then its own answer is the only honest one.
            if job.future.cancel():
                raise DatabaseUnavailable("the queue of writes does not move") from error
            result = job.future.result()
        return result

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            with self._lock:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
                    self._thread.start()

    def stop(self) -> None:
        """Finish what is queued, then end the thread."""
        if self._thread is not None and self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _run(self) -> None:
        stopping = False
        while not (stopping and self._queue.empty()):
            waiting = self._waiting()
            stopping = stopping or None in waiting
            self._commit_together(
                [job for job in waiting if job and job.future.set_running_or_notify_cancel()]
            )

    def _waiting(self) -> list[_Job | None]:
        """Wait for one entry of the queue and take what else is there; None asks for the end."""
        taken = [self._queue.get()]
        while len(taken) < GROUP_SIZE:
            try:
                taken.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return taken

    def _commit_together(self, group: list[_Job]) -> bool:
        """Commit `group` at once, or each job alone if one is refused; say whether it could begin."""
        begun = False
        try:
            with self._sessions.begin() as session:
                session.connection()  # takes the lock: from here on only an operation or COMMIT can fail
                begun = True
                results = [job.run(session) for job in group]
        except BaseException as error:  # noqa: BLE001  (whatever it is belongs to the callers, who wait for it)
            if begun and len(group) > 1:
                self._commit_apart(group)
            else:
                _refuse(group, error)
        else:
            for job, result in zip(group, results, strict=True):
                job.future.set_result(result)
        return begun

    def _commit_apart(self, group: list[_Job]) -> None:
        """Give each job its own transaction, so that none suffers from another that was refused."""
        for position, job in enumerate(group):
            if not self._commit_together([job]):
                # The database was lost meanwhile: the rest must not wait for it one by one.
                _refuse(group[position + 1 :], job.future.exception())
                return


def _refuse(group: list[_Job], error: BaseException | None) -> None:
    for job in group:
        job.future.set_exception(error)


def read() -> Any:
    """Open a reading session of the current application: `with read() as session:`."""
    return current_database().read()


def write(operation: Callable[[Session], T]) -> T:
    """Run `operation(session)` on the current application's database; see `Database.write`."""
    return current_database().write(operation)


def current_database() -> Database:
    """Return the database of the application that handles this request or command."""
    database: Database = current_app.extensions["survey_app.database"]
    return database


def insert_if_absent(session: Session, table: Any, values: Mapping[str, Any]) -> bool:
    """Insert one row of a table or model unless a unique constraint holds it; say whether it was inserted."""
    session.flush()
    connection = session.connection()
    statement = _insert_if_absent(getattr(table, "__table__", table), connection.dialect.name)
    # Without the option SQLAlchemy forgets the count of an INSERT before anybody can ask.
    result = connection.execute(statement, values, execution_options={"preserve_rowcount": True})
    return bool(result.rowcount == 1)


@cache
def _insert_if_absent(table: Table, dialect: str) -> Executable:
    """Build the statement once: a form is submitted thousands of times a minute."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement: Executable = insert(table).on_conflict_do_nothing()
    return statement


def _kind(error: Exception) -> str:
    """Describe a failure without the statement and its parameters, which may hold personal data."""
    return type(getattr(error, "orig", None) or error).__name__


def _sqlite_engine(url: str, *, query_only: bool = False) -> Engine:
    engine = create_engine(
        url,
        json_serializer=_dump_json,
        hide_parameters=True,
        connect_args={"timeout": LOCK_WAIT_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own implicit BEGIN is deferred and comes too late
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        if query_only:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if query_only else "BEGIN IMMEDIATE")

    return engine


def _postgresql_engine(url: str, pool_size: int) -> Engine:
    return create_engine(
        url,
        json_serializer=_dump_json,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=16,
        pool_timeout=LOCK_WAIT_SECONDS,
        connect_args={
            "connect_timeout": LOCK_WAIT_SECONDS,
            "options": f"-c timezone=UTC -c lock_timeout={LOCK_WAIT_SECONDS}s",
        },
    )


def _dump_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def is_reachable(database: Database) -> bool:
    """Say whether the database answers a trivial query now."""
    try:
        with database.read() as session:
            session.execute(text("SELECT 1"))
    except (DatabaseUnavailable, DatabaseError):
        return False
    return True

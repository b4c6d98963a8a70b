"""One code path to SQLite and PostgreSQL; the only file in which a transaction begins or ends.

Doors call `read()` for queries and `write(operation)` for operations. On PostgreSQL every thread commits for
itself. On SQLite one thread groups the commits of all others: `synchronous=FULL` then costs one flush for all
operations that wait, and two writers never wait for each other's locks.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field
from functools import cache
from time import monotonic
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import CursorResult, Engine, Executable, MetaData, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from survey_app.foundation import availability
from survey_app.foundation.availability import DatabaseUnavailable, is_conflict, kind_of, refusing_plainly
from survey_app.foundation.engines import FileGuard, postgresql_engine, sqlite_engine

__all__ = [
    "Base",
    "Database",
    "DatabaseUnavailable",
    "GroupCommitWriter",
    "current_database",
    "insert_if_absent",
    "insert_new",
    "is_conflict",
    "is_reachable",
    "read",
    "refusing_plainly",
    "write",
]

T = TypeVar("T")

# Writers who wait for one commit on SQLite, queued or under way. Each holds a thread of the server, which has 64
# (foundation/commands.py): the other 16 stay free to show pages and to refuse further writes. A healthy writer
# frees all places many times a second, so whoever finds none waits, and is refused only when nothing moves.
QUEUE_CAPACITY = 48
STALLED_AFTER_SECONDS = 2
ACKNOWLEDGE_WITHIN_SECONDS = 30
# No page needs a statement half as long; commands lift this limit (Database.allow_long_statements).
STATEMENT_SECONDS = 30


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


_writing: ContextVar[bool] = ContextVar("writing", default=False)


class Database:
    """Engines and sessions of one installation."""

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self._statement_seconds = STATEMENT_SECONDS
        guard = FileGuard(url)
        self.engine = sqlite_engine(url, guard) if self.is_sqlite else self._postgresql(pool_size)
        self.reader = sqlite_engine(url, guard, query_only=True) if self.is_sqlite else self.engine
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

        `operation` may run more than once (a group that fails is taken apart; a lost connection or a deadlock
        is tried again before COMMIT), so it must change nothing but the database.

        Raises
        ------
        DatabaseUnavailable
            Nothing was stored, unless its `outcome_unknown` is true; try again later.
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
                    if attempt == 1 and availability.is_mended_by_repeating(
                        error
                    ):  # before COMMIT that is safe
                        continue
                    raise
                _commit(session)
                return result
        raise AssertionError("unreachable")

    def allow_long_statements(self) -> None:
        """Lift the limit on a statement's time for new connections: for commands, which hold up no reader."""
        self._statement_seconds = 0

    def _postgresql(self, pool_size: int) -> Engine:
        return postgresql_engine(self.url, pool_size, lambda: self._statement_seconds)

    def dispose(self) -> None:
        """Close every connection and stop the writer."""
        if self._writer:
            self._writer.stop()
        self.reader.dispose()
        self.engine.dispose()


def _commit(session: Session) -> None:
    try:
        session.commit()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        # The server may have heard COMMIT and its answer been lost.
        raise DatabaseUnavailable(kind_of(error), outcome_unknown=True) from error


@dataclass(slots=True)
class _Job:
    operation: Callable[[Session], Any]
    future: Future[Any] = field(default_factory=Future)
    # The caller's own, so that a refusal is worded in the caller's language.
    context: Context = field(default_factory=copy_context)

    def run(self, session: Session) -> Any:
        return self.context.run(self.operation, session)


class GroupCommitWriter:
    """One thread that drains a bounded queue and commits what it found there at once.

    At most `capacity` callers wait at a time; one more waits for a place, and is refused once the transaction
    under way takes longer than `STALLED_AFTER_SECONDS`.
    """

    def __init__(self, sessions: sessionmaker[Session], capacity: int = QUEUE_CAPACITY) -> None:
        self._sessions = sessions
        # What was given up stays queued until the writer moves again, so the queue has a limit of its own.
        self._queue: queue.Queue[_Job | None] = queue.Queue(capacity)
        self._places = threading.BoundedSemaphore(capacity)
        self._begun_at: float | None = None
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def write(self, operation: Callable[[Session], T]) -> T:
        """Queue `operation`, wait for its commit, return its result or raise its error."""
        self._start()
        job = _Job(operation)
        if not self._places.acquire(timeout=self._patience()):
            raise DatabaseUnavailable("the queue of writes is full")
        try:
            self._queue.put_nowait(job)
            result: T = _acknowledged(job.future)
        except queue.Full as error:
            raise DatabaseUnavailable("the queue of writes is full") from error
        finally:
            self._places.release()
        return result

    def _patience(self) -> float:
        """Return how many seconds a caller may wait for a place: none once the writer does not move."""
        begun = self._begun_at
        return STALLED_AFTER_SECONDS if begun is None else max(0, begun + STALLED_AFTER_SECONDS - monotonic())

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
            self._begun_at = None
            waiting = self._waiting()
            stopping = stopping or None in waiting
            self._commit_together(
                [job for job in waiting if job and job.future.set_running_or_notify_cancel()]
            )

    def _waiting(self) -> list[_Job | None]:
        """Wait for one entry of the queue and take what else is there; None asks for the end."""
        taken = [self._queue.get()]
        with suppress(queue.Empty):
            while True:
                taken.append(self._queue.get_nowait())
        return taken

    def _commit_together(self, group: list[_Job]) -> bool:
        """Commit `group` at once, or each job alone if one is refused; say whether it could begin."""
        begun = False
        self._begun_at = monotonic()
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


def _acknowledged(future: Future[T]) -> T:
    try:
        return future.result(ACKNOWLEDGE_WITHIN_SECONDS)
    except TimeoutError as error:
        # Once begun it may still be committed: then its own answer is the only honest one.
        if future.cancel():
            raise DatabaseUnavailable("the queue of writes does not move") from error
        return future.result()


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
    return _insert(session, table, values).rowcount == 1


def insert_new(session: Session, table: Any, values: Mapping[str, Any], *more: Any) -> Any:
    """Insert one row as `insert_if_absent` does; return its `id`, None if a unique constraint holds it.

    With `more` columns or subqueries: a row of the id and them.
    """
    result = _insert(session, table, values, getattr(table, "__table__", table).c.id, *more)
    return result.one_or_none() if more else result.scalar_one_or_none()


def _insert(session: Session, table: Any, values: Mapping[str, Any], *returned: Any) -> CursorResult[Any]:
    session.flush()
    connection = session.connection()
    statement = _insert_statement(getattr(table, "__table__", table), connection.dialect.name, *returned)
    # Without the option SQLAlchemy forgets the count of an INSERT before anybody can ask.
    return connection.execute(statement, values, execution_options={"preserve_rowcount": not returned})


@cache
def _insert_statement(table: Table, dialect: str, *returned: Any) -> Executable:
    """Build the statement once: a form is submitted thousands of times a minute."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(table).on_conflict_do_nothing()
    return statement.returning(*returned) if returned else statement


def is_reachable(database: Database) -> bool:
    """Say whether the database answers a trivial query now."""
    try:
        with database.read() as session:
            session.execute(text("SELECT 1"))
    except (DatabaseUnavailable, DatabaseError):
        return False
    return True

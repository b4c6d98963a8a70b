"""Connections to SQLite and PostgreSQL, set up so that none waits for ever."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, ExceptionContext, create_engine, event, make_url

from survey_app.foundation.availability import GONE_STATES, DatabaseUnavailable, sqlstate

LOCK_WAIT_SECONDS = 5

# A server that is gone without a word (power, network) is given up after about 25 seconds.
KEEPALIVE = {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


def sqlite_engine(url: str, guard: FileGuard, *, query_only: bool = False) -> Engine:
    """Return an engine whose transactions take the write lock at once, or, `query_only`, never."""
    engine = create_engine(
        url,
        json_serializer=_dump_json,
        hide_parameters=True,
        connect_args={"timeout": LOCK_WAIT_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, _arguments: Any, _options: Any) -> None:
        guard.before_connecting()

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: Any) -> None:
        record.info["file"] = guard.file()
        connection.isolation_level = None  # the driver's own implicit BEGIN is deferred and comes too late
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        if query_only:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        if connection.info["file"] != guard.file():
            connection.invalidate()
            raise DatabaseUnavailable("the database file was removed or replaced")
        connection.exec_driver_sql("BEGIN" if query_only else "BEGIN IMMEDIATE")

    return engine


class FileGuard:
    """Notices that the database file was deleted or replaced under a running server.

    SQLite would go on in the file that no name leads to any more, and what it acknowledged would be gone at the
    next start; a new connection would begin an empty database in its place.
    """

    def __init__(self, url: str) -> None:
        self._path = Path(make_url(url).database or "")
        self._was_there = False

    def file(self) -> tuple[int, int] | None:
        """Return what identifies the file, None without one."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        self._was_there = True
        return found.st_dev, found.st_ino

    def before_connecting(self) -> None:
        """Refuse to make an empty database where there was one."""
        if self._was_there and self.file() is None:
            raise DatabaseUnavailable("the database file was removed")


def postgresql_engine(url: str, pool_size: int, statement_seconds: Callable[[], int]) -> Engine:
    """Return an engine; `statement_seconds` is asked at each new connection, 0 means no limit."""
    engine = create_engine(
        url,
        json_serializer=_dump_json,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=16,
        pool_timeout=LOCK_WAIT_SECONDS,
        connect_args={"connect_timeout": LOCK_WAIT_SECONDS, **KEEPALIVE},
    )

    @event.listens_for(engine, "do_connect")
    def _connect(dialect: Any, _record: Any, arguments: Any, options: dict[str, Any]) -> Any:
        own = (
            f"-c timezone=UTC -c lock_timeout={LOCK_WAIT_SECONDS}s "
            f"-c statement_timeout={statement_seconds()}s"
        )
        # An address may bring options of its own.
        return dialect.connect(*arguments, **options | {"options": f"{options.get('options', '')} {own}"})

    event.listen(engine, "handle_error", _forget_lost_server)
    return engine


def _forget_lost_server(context: ExceptionContext) -> None:
    """Let no pooled connection lead to a server that has become read-only or is going down."""
    if sqlstate(context.original_exception) in GONE_STATES:
        context.is_disconnect = True


def _dump_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

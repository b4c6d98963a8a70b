"""Tells a database that cannot serve now from a statement that is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# SQLSTATEs of a server that serves nobody on this connection any more: read-only after a failover (which the driver
# reports as an internal error), shut down by an administrator, crashed, starting.
GONE_STATES = frozenset({"25006", "57P01", "57P02", "57P03"})
# And of a busy one: serialization failure, deadlock, too many connections, statement timeout, lock not available.
BUSY_STATES = frozenset({"40001", "40P01", "53300", "57014", "55P03"})


class DatabaseUnavailable(Exception):
    """The database is locked, gone, read-only or too busy; the caller may try again.

    Nothing was stored, unless `outcome_unknown`: then the connection was lost during COMMIT, and only a look
    at the database tells whether the operation was stored.
    """

    def __init__(self, kind: str, *, outcome_unknown: bool = False) -> None:
        super().__init__(kind)
        self.outcome_unknown = outcome_unknown


@contextmanager
def refusing_plainly() -> Iterator[None]:
    """Turn what drivers raise when a database is locked or gone into `DatabaseUnavailable`."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        if not _is_unavailable(error):
            raise
        raise DatabaseUnavailable(kind_of(error)) from error


def sqlstate(error: BaseException | None) -> str | None:
    """Return the SQLSTATE that a driver's error carries, or None."""
    state: str | None = getattr(error, "sqlstate", None)
    return state


def kind_of(error: Exception) -> str:
    """Describe a failure without the statement and its parameters, which may hold personal data."""
    return type(getattr(error, "orig", None) or error).__name__


def is_mended_by_repeating(error: DBAPIError) -> bool:
    """Say whether the transaction did nothing wrong: its connection was lost, or it was undone to end a deadlock.

    A restarted server leaves dead connections in the pool.
    """
    return error.connection_invalidated or sqlstate(error.orig) in ("40001", "40P01")


def _is_unavailable(error: DBAPIError | PoolTimeout) -> bool:
    if isinstance(error, PoolTimeout) or sqlstate(error.orig) in GONE_STATES | BUSY_STATES:
        return True
    # SQLite means an error in the statement (no such table) too, for which it has no class of its own.
    refused = getattr(error.orig, "sqlite_errorname", None) == "SQLITE_ERROR"
    return isinstance(error, OperationalError | InterfaceError) and not refused


# Of a unique and of a foreign key (SQLSTATE, and SQLite's names for them).
_CONFLICTS = ("23505", "23503", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")


def is_conflict(error: IntegrityError) -> bool:
    """Say whether a statement failed because of what somebody else stored or deleted, not by its own fault."""
    names = (getattr(error.orig, "sqlstate", None), getattr(error.orig, "sqlite_errorname", None))
    return any(name in _CONFLICTS for name in names)

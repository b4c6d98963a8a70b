"""One transaction at a time for a name: for rules about something that has no row of its own to lock."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ARRAY, String, bindparam, column, func, select
from sqlalchemy.orm import Session

_NAMES = func.unnest(bindparam("names", type_=ARRAY(String))).table_valued(column("name", String))
_HOLD = select(func.pg_advisory_xact_lock(func.hashtextextended(_NAMES.c.name, 0)))


def hold_name(session: Session, name: str) -> None:
    """Wait until no other transaction holds `name`, and hold it until this one ends.

    What the others committed is seen by statements that follow. On SQLite nothing is to be done: whoever writes is
    alone.
    """
    hold_names(session, [name])


def hold_names(session: Session, names: Collection[str]) -> None:
    """Hold several names as `hold_name` does, in an order of their own, so that nobody waits in a circle."""
    if names and session.get_bind().dialect.name == "postgresql":
        session.execute(_HOLD, {"names": sorted(set(names))})

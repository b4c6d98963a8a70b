"""Counts tries before they are looked at, so that a hundred sent at once are a hundred (rules/throttling.py)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey_app.foundation.database import insert_if_absent
from survey_app.staff.models import SignInFailure
from survey_app.staff.rules.throttling import (
    COUNTED_AT_MOST,
    KEPT_FOR,
    Counter,
    Failures,
    left_of,
    seconds_to_wait,
)


def begin_try(session: Session, *, keys: Mapping[Counter, str], now: datetime) -> int:
    """Count one try as failed and return 0; or count nothing and return the seconds to wait.

    `keys` are keyed hashes. `forgive_try` takes the try back when it was good.
    """
    _purge(session, now)
    rows = {counter: _locked(session, keys[counter], now) for counter in sorted(keys, key=keys.__getitem__)}
    counted = {counter: Failures(row.count, row.last_at) for counter, row in rows.items() if row.count}
    wait = seconds_to_wait(counted, now)
    for counter, row in rows.items():
        if wait == 0:
            left = left_of(Failures(row.count, row.last_at), counter, now)
            row.count, row.last_at = min(left + 1, COUNTED_AT_MOST), now
        elif row.count == 0:
            # Whoever waits and tries one name after the other must not fill the table.
            session.delete(row)
    session.flush()
    return wait


def _purge(session: Session, now: datetime) -> None:
    """Forget a day after the last failure; rows that somebody counts in just now are left to the next call."""
    old = select(SignInFailure.key).where(SignInFailure.last_at < now - KEPT_FOR).limit(500)
    session.execute(
        delete(SignInFailure).where(SignInFailure.key.in_(old.with_for_update(skip_locked=True))),
        execution_options={"synchronize_session": False},
    )


def _locked(session: Session, key: str, now: datetime) -> SignInFailure:
    query = select(SignInFailure).where(SignInFailure.key == key).with_for_update()
    for _attempt in range(3):
        insert_if_absent(session, SignInFailure, {"key": key, "count": 0, "last_at": now})
        row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
        if row is not None:  # else it was purged between the two statements
            return row
    raise AssertionError("unreachable: a fresh row is never purged")


def forgive_try(session: Session, *, keys: Mapping[Counter, str]) -> None:
    """Take back the try that was good: this browser starts anew, and the wider counters lose what it added."""
    for counter in sorted(keys, key=keys.__getitem__):
        row = session.scalars(
            select(SignInFailure).where(SignInFailure.key == keys[counter]).with_for_update()
        ).one_or_none()
        if row is not None and counter in (Counter.DEVICE, Counter.PAIR):
            row.count = 0
        elif row is not None:
            row.count = max(0, row.count - 1)
    session.flush()

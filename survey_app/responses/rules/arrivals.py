"""When responses are settled: none can appear any more among those stored before."""

from __future__ import annotations

from datetime import datetime, timedelta

from survey_app.foundation.clock import hour_of

SETTLED = timedelta(minutes=10)
"""No transaction lasts so long: a write is refused after 30 seconds."""


def settled_until(now: datetime) -> datetime:
    """Return the instant before which no more answers from citizens' devices arrive."""
    return hour_of(now - SETTLED)


def is_due(counted_until: datetime, noted_at: datetime, now: datetime) -> bool:
    """Say whether counting on would find something that has settled since."""
    return counted_until < settled_until(now) or noted_at + SETTLED <= now

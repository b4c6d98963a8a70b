"""The only place that asks what time it is; doors pass the answer down as `now`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def local_date(instant: datetime) -> date:
    """Return the calendar date of `instant` in Việt Nam."""
    return instant.astimezone(VIETNAM).date()


def hour_of(instant: datetime) -> datetime:
    """Return `instant` cut to the full hour: response times are kept no finer, so that they name nobody."""
    return instant.replace(minute=0, second=0, microsecond=0)

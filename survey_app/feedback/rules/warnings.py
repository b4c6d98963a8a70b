"""When a running limit is spoken of: at 50, 80 and 100 per cent of its time, pauses left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from survey_app.feedback.rules.calendar import WorkingCalendar, full_minute
from survey_app.feedback.rules.limits import Pause, TimeUnit

PERCENTS = (50, 80, 100)
OVERDUE = 100


def warnings_of(
    calendar: WorkingCalendar,
    *,
    time_unit: TimeUnit,
    start: datetime,
    due: datetime,
    pauses: Sequence[Pause] = (),
) -> dict[int, datetime]:
    """Return the instant of each per cent, in UTC: of working minutes for working days, else of minutes.

    The last one is `due` itself. A share that is no full minute is reached with the minute it falls into.
    """
    counted = _spent(calendar, time_unit, start, due) - sum(_spent(calendar, time_unit, *p) for p in pauses)
    shares = {percent: -(-max(counted, 0) * percent // 100) for percent in PERCENTS if percent < OVERDUE}
    instants = {
        percent: min(_after(calendar, time_unit, start, share, pauses), due)
        for percent, share in shares.items()
    }
    return instants | {OVERDUE: due}


def next_warning(warnings: dict[int, datetime], *, told: int) -> datetime | None:
    """Return when the first warning above `told` per cent is due, None after the last."""
    return min((instant for percent, instant in warnings.items() if percent > told), default=None)


def reached(warnings: dict[int, datetime], *, now: datetime) -> int:
    """Return the highest per cent that is reached by `now`, 0 for none."""
    return max((percent for percent, instant in warnings.items() if instant <= now), default=0)


def _after(
    calendar: WorkingCalendar, time_unit: TimeUnit, start: datetime, minutes: int, pauses: Sequence[Pause]
) -> datetime:
    """Return when `minutes` have passed since `start`, those in `pauses` not counted."""
    at = start
    for begun, ended in pauses:
        spent = _spent(calendar, time_unit, at, begun)
        if spent >= minutes:
            break
        at, minutes = max(at, ended), minutes - spent
    if time_unit is TimeUnit.WORKING_DAY:
        return calendar.after_working_minutes(at, minutes)
    return full_minute(at).astimezone(UTC) + timedelta(minutes=minutes)


def _spent(calendar: WorkingCalendar, time_unit: TimeUnit, a: datetime, b: datetime) -> int:
    if time_unit is TimeUnit.WORKING_DAY:
        return calendar.working_minutes(a, b)
    return max(0, int((full_minute(b) - full_minute(a)).total_seconds()) // 60)

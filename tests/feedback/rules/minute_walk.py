"""Legal deadlines by walking the calendar minute by minute: slow, obvious, and written from the rules alone.

A calendar is a plain dict: `week` gives the intervals of each weekday (Monday is 0), `off` the dates without work,
`worked` the dates that are worked although their weekday may be free. All in Asia/Ho_Chi_Minh; every instant is first
cut down to its minute.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
Spec = dict[str, Any]
Pauses = Sequence[tuple[datetime, datetime]]


def due_by_walking(
    calendar_spec: Spec,
    amount: int,
    time_unit: str,
    start: datetime,
    *,
    counts_day_of_receipt: bool,
    pauses: Pauses = (),
) -> datetime:
    """Return when a duty of `amount` working days, calendar days or hours is due, after the pauses in their order."""
    begin = _minute(start)
    if time_unit == "hour":
        return (
            begin + timedelta(hours=amount) + sum((_minute(b) - _minute(a) for a, b in pauses), timedelta())
        )
    if time_unit == "calendar_day":
        return _calendar_days(calendar_spec, amount, begin, counts_day_of_receipt, pauses)
    return _working_days(calendar_spec, amount, begin, counts_day_of_receipt, pauses)


def working_minutes_by_walking(calendar_spec: Spec, a: datetime, b: datetime) -> int:
    """Count the working minutes from `a` on and before `b`."""
    count, at, end = 0, _minute(a), _minute(b)
    while at < end:
        count += _is_worked(calendar_spec, at)
        at += MINUTE
    return count


def _working_days(spec: Spec, amount: int, start: datetime, counts: bool, pauses: Pauses) -> datetime:
    at = start
    while not _is_worked(spec, at):
        at += MINUTE
    day, left = at.date(), amount - 1 if counts else amount
    while left:
        day += DAY
        left -= bool(_hours(spec, day))
    due = _closing(spec, day)
    for begin, end in pauses:
        left = working_minutes_by_walking(spec, begin, end)
        while left:
            left -= _is_worked(spec, due)
            due += MINUTE
    return due


def _calendar_days(spec: Spec, amount: int, start: datetime, counts: bool, pauses: Pauses) -> datetime:
    day = _next_worked(spec, start.date() + (amount - 1 if counts else amount) * DAY)
    for begin, end in pauses:
        day = _next_worked(spec, day + (_minute(end).date() - _minute(begin).date()))
    return _closing(spec, day)


def _next_worked(spec: Spec, day: date) -> date:
    while not _hours(spec, day):
        day += DAY
    return day


def _minute(instant: datetime) -> datetime:
    return instant.astimezone(HERE).replace(second=0, microsecond=0)


def _is_worked(spec: Spec, at: datetime) -> bool:
    clock = at.time()
    return any(opens <= clock < closes for opens, closes in _hours(spec, at.date()))


def _closing(spec: Spec, day: date) -> datetime:
    return datetime.combine(day, _hours(spec, day)[-1][1], HERE)


def _hours(spec: Spec, day: date) -> list[tuple[time, time]]:
    """Return the intervals of a day, kept per calendar because a walk asks for the same day 1,440 times."""
    known: dict[date, list[tuple[time, time]]] = spec.setdefault("walked", {})
    if day not in known:
        known[day] = [(time.fromisoformat(a), time.fromisoformat(b)) for a, b in _written(spec, day)]
    return known[day]


def _written(spec: Spec, day: date) -> Sequence[tuple[str, str]]:
    week = spec["week"]
    if day in spec["off"]:
        return ()
    if day in spec["worked"] and not week[day.weekday()]:
        return next(_worked_weekdays(week))
    hours: Sequence[tuple[str, str]] = week[day.weekday()]
    return hours


def _worked_weekdays(week: dict[int, Sequence[tuple[str, str]]]) -> Iterator[Sequence[tuple[str, str]]]:
    return (week[weekday] for weekday in range(7) if week[weekday])

"""Shows how a limit is counted, day by day, for who wants to check it by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from survey_app.feedback.rules.calendar import CalendarEntry, WorkingCalendar, full_minute
from survey_app.feedback.rules.limits import TimeUnit

MOST_DAYS = 400
"""A list of more days helps nobody."""


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day on the way to the due time; `number` 0 is the day of receipt, None a day that does not count."""

    entry: CalendarEntry
    number: int | None


def counted_days(
    calendar: WorkingCalendar,
    *,
    start: datetime,
    due: datetime,
    time_unit: TimeUnit,
    day_of_receipt_counts: bool = False,
) -> list[CountedDay]:
    """Return the days from `start` to `due`, at most `MOST_DAYS`, each with its number in the count.

    Hours are counted by the clock: their days have no numbers.
    """
    days = list(_days(full_minute(start).date(), full_minute(due).date()))
    first = calendar.first_day_with_time(start) if time_unit is TimeUnit.WORKING_DAY else days[0]
    counted = [
        day
        for day in days
        if day >= first and (calendar.is_working_day(day) or time_unit is TimeUnit.CALENDAR_DAY)
    ]
    if time_unit is TimeUnit.HOUR:
        counted = []
    numbers = {day: number for number, day in enumerate(counted, start=1 if day_of_receipt_counts else 0)}
    return [CountedDay(calendar.entry(day), numbers.get(day)) for day in days]


def _days(first: date, last: date) -> Iterator[date]:
    for place in range(min((last - first).days + 1, MOST_DAYS)):
        yield first + timedelta(days=place)

"""The working week of an office: hours for each weekday, to the minute."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

Hours = tuple[tuple[int, int], ...]
"""Intervals [from, to) of one day in minutes since midnight, in order and apart; () on a day without."""

Week = tuple[Hours, ...]
"""Hours of Monday to Sunday."""

DAY = 24 * 60
_TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
_OFFICE_DAY: Hours = ((7 * 60 + 30, 11 * 60 + 30), (13 * 60 + 30, 17 * 60))
DEFAULT_WEEK: Week = (_OFFICE_DAY,) * 5 + ((), ())


class NoWorkingWeek(ValueError):
    """The times are no working week: one is no time, they overlap, or no day has any."""


def read_week(raw: Mapping[Any, Sequence[Sequence[str]]]) -> Week:
    """Return the week written as {"0": [["07:30", "11:30"], ...], ...}, Monday is 0; absent days have no hours.

    Raises
    ------
    NoWorkingWeek
        The times cannot be a working week.
    """
    by_weekday = {int(weekday): intervals for weekday, intervals in raw.items()}
    week = tuple(_hours(by_weekday.get(weekday, ())) for weekday in range(7))
    if not any(week):
        raise NoWorkingWeek("no day has hours")
    return week


def write_week(week: Week) -> dict[str, list[list[str]]]:
    """Return the week as `read_week` reads it."""
    return {
        str(weekday): [[time_text(start), time_text(end)] for start, end in hours]
        for weekday, hours in enumerate(week)
        if hours
    }


def read_hours(text: str) -> Hours:
    """Return the hours that somebody typed, such as "07:30-11:30, 13:30-17:00"; () for an empty text.

    Raises
    ------
    NoWorkingWeek
        The text is no list of times.
    """
    parts = [part for part in re.split(r"[,;]", text) if part.strip()]
    return _hours([re.split(r"\s*[-–]\s*", part.strip()) for part in parts])


def hours_text(hours: Hours) -> str:
    """Return the hours as `read_hours` reads them."""
    return ", ".join(f"{time_text(start)}-{time_text(end)}" for start, end in hours)


def time_text(minute: int) -> str:
    """Return the time of a minute of the day: 450 is 07:30."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _hours(intervals: Sequence[Sequence[str]]) -> Hours:
    if any(len(interval) != 2 for interval in intervals):
        raise NoWorkingWeek("an interval has a start and an end")
    hours = tuple(sorted((_minute(start), _minute(end)) for start, end in intervals))
    if any(start >= end for start, end in hours) or any(a[1] > b[0] for a, b in pairwise(hours)):
        raise NoWorkingWeek("an interval ends before it starts, or before the one before it ends")
    return hours


def _minute(text: str) -> int:
    written = _TIME.fullmatch(text.strip())
    minute = int(written[1]) * 60 + int(written[2]) if written else DAY + 1
    if minute > DAY:
        raise NoWorkingWeek("no time of a day")
    return minute

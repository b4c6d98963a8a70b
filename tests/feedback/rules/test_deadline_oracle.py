"""Ten thousand random limits agree to the minute with a walk through the calendar that knows nothing of this code."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from survey_app.feedback.rules.calendar import EnteredDay, WorkingCalendar
from survey_app.feedback.rules.limits import TimeUnit, due
from survey_app.feedback.rules.public_holidays import state_year
from survey_app.feedback.rules.week import read_week
from survey_app.foundation.clock import VIETNAM
from tests.feedback.rules.minute_walk import due_by_walking, working_minutes_by_walking

CALENDARS, CASES = 40, 250
YEARS = range(2023, 2030)
_TIMES = ["06:00", "07:00", "07:30", "11:30", "12:00", "13:00", "13:30", "16:30", "17:00", "19:45"]


def _week(draw: random.Random) -> dict[int, list[tuple[str, str]]]:
    week: dict[int, list[tuple[str, str]]] = {weekday: [] for weekday in range(7)}
    for weekday in draw.sample(range(7), draw.choice((1, 4, 5, 5, 5, 6, 7))):
        times = sorted(draw.sample(_TIMES, 2 * draw.choice((1, 2, 2, 2, 3))))
        week[weekday] = list(zip(times[::2], times[1::2], strict=True))
    return week


def _entered(draw: random.Random) -> dict[date, EnteredDay]:
    days = [date(2025, 1, 1) + timedelta(days=draw.randrange(1000)) for _ in range(draw.choice((0, 10, 80)))]
    holidays = draw.sample(sorted(state_year(2026).off), draw.choice((0, 3)))
    return {day: EnteredDay(draw.random() < 0.5, "") for day in [*days, *holidays]}


def _spec(week: dict[int, list[tuple[str, str]]], entered: dict[date, EnteredDay]) -> dict[str, Any]:
    """Return the calendar as the walk reads it: what was entered goes before what the state gives."""
    holidays = {day for year in YEARS for day in state_year(year).off}
    swapped = {day for year in YEARS for day in state_year(year).worked}
    worked = {day for day, entry in entered.items() if entry.is_working}
    free = set(entered) - worked
    return {"week": week, "off": (holidays | free) - worked, "worked": (swapped | worked) - free}


def _instant(draw: random.Random) -> datetime:
    """Return any second of two years; one in three stands where hours may begin or end."""
    instant = datetime(2025, 1, 1, tzinfo=VIETNAM) + timedelta(seconds=draw.randrange(2 * 365 * 86_400))
    if draw.random() < 1 / 3:
        return datetime.combine(instant.date(), time.fromisoformat(draw.choice(_TIMES)), VIETNAM)
    return instant


def _pauses(draw: random.Random, start: datetime) -> list[tuple[datetime, datetime]]:
    pauses, at = [], start
    for _ in range(draw.choice((0, 0, 1, 1, 2))):
        begun = at + timedelta(minutes=draw.randrange(5_000))
        at = begun + timedelta(minutes=draw.randrange(5_000))
        pauses.append((begun, at))
    return pauses


@pytest.mark.parametrize("seed", range(CALENDARS))
def test_due_times_agree_with_a_walk_by_the_minute(seed: int) -> None:
    draw = random.Random(seed)
    week, entered = _week(draw), _entered(draw)
    spec = _spec(week, entered)
    written = {str(weekday): hours for weekday, hours in week.items()}
    calendar = WorkingCalendar(weeks=[(date(2020, 1, 1), read_week(written))], entered=entered)
    for _ in range(CASES):
        start, unit = _instant(draw), draw.choice(list(TimeUnit))
        amount, counts, pauses = draw.randint(1, 20), draw.random() < 0.3, _pauses(draw, start)

        walked = due_by_walking(spec, amount, unit, start, counts_day_of_receipt=counts, pauses=pauses)

        assert walked == due(
            calendar,
            start=start,
            amount=amount,
            time_unit=unit,
            day_of_receipt_counts=counts,
            pauses=pauses,
        ), (amount, unit, start, counts, pauses)


@pytest.mark.parametrize("seed", range(5))
def test_working_minutes_agree_with_a_walk_by_the_minute(seed: int) -> None:
    draw = random.Random(seed)
    week, entered = _week(draw), _entered(draw)
    written = {str(weekday): hours for weekday, hours in week.items()}
    calendar = WorkingCalendar(weeks=[(date(2020, 1, 1), read_week(written))], entered=entered)
    for _ in range(20):
        start = _instant(draw)
        end = start + timedelta(minutes=draw.randrange(30_000))

        assert calendar.working_minutes(start, end) == working_minutes_by_walking(
            _spec(week, entered), start, end
        )

"""The walk itself, on cases counted by hand on a paper calendar."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.feedback.rules.minute_walk import HERE, due_by_walking, working_minutes_by_walking

OFFICE = [("07:30", "11:30"), ("13:30", "17:00")]  # 240 + 210 = 450 minutes


def calendar() -> dict[str, object]:
    """Monday to Friday; 30/04 and 01/05/2026 (Thursday, Friday) off; Saturday 09/05/2026 worked instead."""
    return {
        "week": {day: OFFICE if day < 5 else [] for day in range(7)},
        "off": {date(2026, 4, 30), date(2026, 5, 1)},
        "worked": {date(2026, 5, 9)},
    }


def at(day: int, month: int, clock: str) -> datetime:
    return datetime.combine(date(2026, month, day), datetime.strptime(clock, "%H:%M").time(), HERE)  # noqa: DTZ007


@pytest.mark.parametrize(
    ("start", "amount", "unit", "counts", "due"),
    [
        # Wed 29/04 16:55: day zero is Wednesday; Thursday and Friday are off, the weekend too: Monday is the first.
        (at(29, 4, "16:55"), 1, "working_day", False, at(4, 5, "17:00")),
        # Wed 29/04 17:00: no time is left, so day zero is Mon 04/05 and the first day Tue 05/05.
        (at(29, 4, "17:00"), 1, "working_day", False, at(5, 5, "17:00")),
        # The same, counting the day of receipt: Monday itself.
        (at(29, 4, "17:00"), 1, "working_day", True, at(4, 5, "17:00")),
        # From Mon 04/05 five days: Tue, Wed, Thu, Fri, and the worked Saturday 09/05.
        (at(4, 5, "08:00"), 5, "working_day", False, at(9, 5, "17:00")),
        # Ten days from 20/04 are 30/04, which is off: the next working day is Mon 04/05.
        (at(20, 4, "08:00"), 10, "calendar_day", False, at(4, 5, "17:00")),
        (at(20, 4, "08:10"), 72, "hour", False, at(23, 4, "08:10")),
    ],
)
def test_days_are_counted_as_on_paper(
    start: datetime, amount: int, unit: str, counts: bool, due: datetime
) -> None:
    assert due_by_walking(calendar(), amount, unit, start, counts_day_of_receipt=counts) == due


def test_a_pause_moves_the_end_by_its_working_minutes() -> None:
    # Due Tue 05/05 17:00; paused Mon 16:00 to Tue 08:30 = 60 + 60 minutes; Wed 07:30 + 120 minutes = 09:30.
    pauses = [(at(4, 5, "16:00"), at(5, 5, "08:30"))]
    due = due_by_walking(
        calendar(), 1, "working_day", at(4, 5, "07:30"), counts_day_of_receipt=False, pauses=pauses
    )
    assert due == at(6, 5, "09:30")


def test_minutes_are_counted_across_lunch_and_weekend() -> None:
    # Fri 08/05 16:30 to 17:00 = 30; worked Saturday = 450; Monday 07:30 to 08:00 = 30.
    assert working_minutes_by_walking(calendar(), at(8, 5, "16:30"), at(11, 5, "08:00")) == 510

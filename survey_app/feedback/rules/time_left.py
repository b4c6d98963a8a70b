"""How much working time is left until something is due, or has gone since, in the words of the unit's own days."""

from __future__ import annotations

from datetime import datetime

from survey_app.feedback.rules.calendar import WorkingCalendar
from survey_app.feedback.rules.views import working_time
from survey_app.foundation.clock import local_date

_MINUTES_OF_EIGHT_HOURS = 480


def minutes_a_day(calendar: WorkingCalendar, now: datetime) -> int:
    """Return how long the unit works on its longest day of this week: what people there call a day."""
    week = calendar.week_on(local_date(now))
    return max((sum(end - start for start, end in hours) for hours in week), default=0) or (
        _MINUTES_OF_EIGHT_HOURS
    )


def time_left(calendar: WorkingCalendar, *, due_at: datetime, now: datetime) -> str:
    """Return the working time between the two in words, whichever comes first."""
    minutes = calendar.working_minutes(min(due_at, now), max(due_at, now))
    return working_time(minutes, minutes_a_day=minutes_a_day(calendar, now))

"""Reads of room texting: how a campaign invites, how its conversations stand, what waits for a person."""

from survey_app.texting.queries.conversations import plan_of
from survey_app.texting.queries.numbers import LiveCounts, live_counts
from survey_app.texting.queries.readings import ReadingLine, count_to_read, readings_to_read

__all__ = [
    "LiveCounts",
    "ReadingLine",
    "count_to_read",
    "live_counts",
    "plan_of",
    "readings_to_read",
]

"""Instants, days of Việt Nam, full hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import time_machine

from survey_app.foundation.clock import VIETNAM, hour_of, local_date, now


@time_machine.travel(datetime(2026, 11, 21, 2, 30, tzinfo=UTC), tick=False)
def test_tells_the_instant_in_utc() -> None:
    assert now() == datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
    assert now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        # Việt Nam is seven hours ahead of UTC and knows no summer time.
        (datetime(2026, 11, 21, 16, 59, 59, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 21, 17, 0, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 12, 31, 17, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2026, 11, 21, 23, 0, tzinfo=timezone(timedelta(hours=-5))), date(2026, 11, 22)),
    ],
)
def test_changes_the_day_at_midnight_in_viet_nam(instant: datetime, day: date) -> None:
    assert local_date(instant) == day


def test_cuts_an_instant_to_its_hour() -> None:
    instant = datetime(2026, 11, 21, 2, 59, 59, 999_999, tzinfo=UTC)

    assert hour_of(instant) == datetime(2026, 11, 21, 2, tzinfo=UTC)
    assert hour_of(instant.astimezone(VIETNAM)) == datetime(2026, 11, 21, 2, tzinfo=UTC)

"""When messages may leave."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.foundation.clock import VIETNAM
from survey_app.messaging.rules.hours import (
    BEST_TIME,
    DEFAULT_WINDOW,
    REPLY_HOURS,
    SEND_TAKES,
    UnableToSetWindow,
    Window,
    may_send,
    next_allowed,
    time_left,
)

zones = st.sampled_from([UTC, VIETNAM, timezone(timedelta(hours=-11)), timezone(timedelta(hours=14))])
since_1990 = st.timedeltas(timedelta(), timedelta(days=36_500))
instants = st.builds(
    lambda passed, zone: (datetime(1990, 1, 1, tzinfo=UTC) + passed).astimezone(zone), since_1990, zones
)
minutes = st.integers(7 * 60, 22 * 60)
windows = st.lists(minutes, min_size=2, max_size=2, unique=True).map(
    lambda pair: Window(*(time(*divmod(one, 60)) if one < 1440 else time.max for one in sorted(pair)))
)


def local(hour: int, minute: int = 0, second: int = 0, day: int = 21) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=VIETNAM)


class TestWindow:
    """A setting, inside hours that are none."""

    @pytest.mark.parametrize(
        ("opens", "closes"),
        [
            (time(6, 59), time(20)),
            (time(8), time(22, 0, 1)),
            (time(0), time(23, 59)),
            (time(20), time(8)),
            (time(9), time(9)),
        ],
    )
    def test_cannot_be_wider_than_the_law_nor_empty(self, opens: time, closes: time) -> None:
        with pytest.raises(UnableToSetWindow, match="07:00 đến 22:00"):
            Window(opens, closes)

    def test_is_by_default_from_8_to_20(self) -> None:
        assert (DEFAULT_WINDOW.opens, DEFAULT_WINDOW.closes) == (time(8), time(20))
        assert (BEST_TIME.opens, BEST_TIME.closes) == (time(17, 15), time(19, 30))


class TestMaySend:
    """Whether a sending that begins now stays in the window."""

    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            (local(7, 59, 59), False),
            (local(8), True),
            (local(19, 59, 30), True),
            (local(19, 59, 31), False),
            (local(20), False),
            (local(3), False),
        ],
    )
    def test_is_asked_at_the_edges_of_the_default_window(self, now: datetime, expected: bool) -> None:
        assert may_send(now) is expected

    def test_is_no_at_21_59_59_because_a_slow_carrier_would_take_it_past_22(self) -> None:
        assert not may_send(local(21, 59, 59), REPLY_HOURS)
        assert may_send(local(21, 59, 59), REPLY_HOURS, takes=timedelta(seconds=1))

    def test_refuses_an_instant_without_a_time_zone(self) -> None:
        with pytest.raises(ValueError, match="time zone"):
            may_send(local(12).replace(tzinfo=None))

    @settings(deadline=None, max_examples=300)
    @given(instants, windows, st.integers(0, 600))
    def test_is_never_yes_between_22_and_7_whatever_the_window(
        self, now: datetime, window: Window, seconds: int
    ) -> None:
        takes = timedelta(seconds=seconds)
        allowed = may_send(now, window, takes)
        # The wall clock of Việt Nam is UTC+7 without summer time; counted here without the zone database.
        begins = (now.astimezone(UTC) + timedelta(hours=7)).replace(tzinfo=None)
        ends = begins + takes
        night = ends > begins.replace(hour=22, minute=0, second=0, microsecond=0) or begins.hour < 7

        assert not (allowed and night)


class TestNextAllowed:
    """When a message that has to wait may go."""

    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            (local(3), local(8)),
            (local(12, 34, 56), local(12, 34, 56)),
            (local(19, 59, 45), local(8, day=22)),
            (local(23), local(8, day=22)),
            (datetime(2026, 12, 31, 23, tzinfo=VIETNAM), datetime(2027, 1, 1, 8, tzinfo=VIETNAM)),
        ],
    )
    def test_is_now_or_the_next_opening(self, now: datetime, expected: datetime) -> None:
        assert next_allowed(now) == expected

    def test_takes_the_time_when_people_answer_on_the_same_day(self) -> None:
        assert next_allowed(local(9, 30), BEST_TIME) == local(17, 15)

    def test_refuses_a_window_that_no_sending_fits_in(self) -> None:
        with pytest.raises(ValueError, match="shorter than one sending"):
            next_allowed(local(9), Window(time(9), time(9, 1)), takes=timedelta(minutes=2))

    @settings(deadline=None, max_examples=300)
    @given(instants, windows)
    def test_is_an_instant_at_which_sending_is_allowed_within_a_day(
        self, now: datetime, window: Window
    ) -> None:
        found = next_allowed(now, window)

        assert may_send(found, window)
        assert timedelta() <= found - now < timedelta(days=1) + SEND_TAKES
        assert (
            found == now if may_send(now, window) else not may_send(found - timedelta(microseconds=1), window)
        )


class TestTimeLeft:
    """How long a carrier may keep a message in its queue."""

    @pytest.mark.parametrize(
        ("now", "left"),
        [
            (local(21, 30), timedelta(minutes=30)),
            (local(22), timedelta()),
            (local(6, 59), timedelta()),
            (local(7), timedelta(hours=15)),
        ],
    )
    def test_ends_at_the_hard_stop(self, now: datetime, left: timedelta) -> None:
        assert time_left(now, REPLY_HOURS) == left

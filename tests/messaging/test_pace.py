"""How fast a sender may send, and when it tries again."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.messaging.rules.pace import MOST_SEGMENTS, Bucket, Pace, RetryPlan, next_try, take

NOW = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
FULL = Bucket(NOW)
SECOND = timedelta(seconds=1)


def drain(pace: Pace, messages: list[int]) -> list[tuple[timedelta, int]]:
    """Send messages one after the other as soon as each may go; return when, and how many segments."""
    bucket, now, sent = FULL, NOW, []
    for segments in messages:
        bucket, wait = take(bucket, pace, segments, now)
        if wait:
            now += wait
            bucket, wait = take(bucket, pace, segments, now)
        assert not wait
        sent.append((now - NOW, segments))
    return sent


class TestTake:
    """A token bucket in segments per second."""

    def test_lets_a_burst_go_at_once_and_then_one_in_each_interval(self) -> None:
        times = [at for at, _ in drain(Pace(segments_per_second=10, burst=10), [1] * 12)]

        assert times[9:] == [timedelta(), timedelta(milliseconds=100), timedelta(milliseconds=200)]

    def test_sends_300_messages_in_29_seconds_at_ten_a_second(self) -> None:
        assert drain(Pace(), [1] * 300)[-1][0] == 29 * SECOND

    def test_takes_nothing_while_there_is_something_to_wait_for(self) -> None:
        empty = Bucket(NOW + SECOND)
        bucket, wait = take(empty, Pace(), 1, NOW)

        assert (bucket, wait) == (empty, timedelta(milliseconds=100))

    def test_lets_a_message_go_that_is_longer_than_the_burst_and_has_the_next_ones_pay(self) -> None:
        times = [at for at, _ in drain(Pace(segments_per_second=1, burst=1), [3, 1])]

        assert times == [timedelta(), 3 * SECOND]

    def test_never_saves_up_more_than_the_burst(self) -> None:
        old = Bucket(NOW - timedelta(days=7))
        bucket, _ = take(old, Pace(), 10, NOW)

        assert take(bucket, Pace(), 1, NOW)[1] == timedelta(milliseconds=100)

    def test_waits_no_longer_than_for_a_full_bucket_after_the_clock_was_set_back(self) -> None:
        _, wait = take(Bucket(NOW + timedelta(days=365)), Pace(), 1, NOW)

        assert wait == timedelta(milliseconds=100)

    @pytest.mark.parametrize("segments", [0, MOST_SEGMENTS + 1])
    def test_refuses_messages_that_cannot_be(self, segments: int) -> None:
        with pytest.raises(ValueError, match="between 1 and 10"):
            take(FULL, Pace(), segments, NOW)

    @pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-1, 1), (math.inf, 1), (math.nan, 1), (1, 0)])
    def test_refuses_a_pace_at_which_nothing_would_go(self, rate: float, burst: int) -> None:
        with pytest.raises(ValueError, match="positive"):
            Pace(segments_per_second=rate, burst=burst)

    @settings(deadline=None, max_examples=60)
    @given(
        st.floats(0.1, 500),
        st.integers(MOST_SEGMENTS, 40),
        st.lists(st.integers(1, MOST_SEGMENTS), min_size=2, max_size=40),
    )
    def test_never_exceeds_burst_and_rate_in_any_span_of_time(
        self, rate: float, burst: int, messages: list[int]
    ) -> None:
        sent = drain(Pace(segments_per_second=rate, burst=burst), messages)
        spans = [(sent[first : last + 1]) for first in range(len(sent)) for last in range(first, len(sent))]

        for span in spans:
            seconds = (span[-1][0] - span[0][0]).total_seconds()
            assert sum(segments for _, segments in span) <= burst + rate * seconds + 1e-3


class TestNextTry:
    """Exponential backoff with full jitter."""

    def test_draws_between_nothing_and_a_doubling_ceiling(self) -> None:
        plan = RetryPlan(first=timedelta(seconds=30), longest=timedelta(hours=1))

        assert [plan.ceiling(n).total_seconds() for n in (1, 2, 3, 7, 8, 9, 10**9)] == [
            30, 60, 120, 1920, 3600, 3600, 3600,
        ]  # fmt: skip

    @settings(deadline=None)
    @given(st.integers(1, 200), st.integers())
    def test_stays_under_the_ceiling_and_never_goes_back(self, failures: int, seed: int) -> None:
        at = next_try(failures, first_tried_at=NOW, now=NOW, rng=random.Random(seed))

        assert at is not None
        assert timedelta() <= at - NOW <= RetryPlan().ceiling(failures)

    def test_spreads_the_waiting_messages_after_an_outage(self) -> None:
        rng = random.Random(5)
        waits = [next_try(8, first_tried_at=NOW, now=NOW, rng=rng) for _ in range(1_000)]
        hours = sorted((at - NOW) / timedelta(hours=1) for at in waits if at)

        assert len(hours) == 1_000
        assert [round(hours[rank], 1) for rank in (100, 500, 900)] == [0.1, 0.5, 0.9]

    def test_waits_at_least_as_long_as_the_carrier_asks(self) -> None:
        asked = timedelta(minutes=7)
        at = next_try(1, first_tried_at=NOW, now=NOW, rng=random.Random(1), asked_to_wait=asked)

        assert at is not None
        assert asked <= at - NOW <= asked + timedelta(seconds=30)

    def test_gives_up_after_24_hours(self) -> None:
        late = NOW + timedelta(hours=24)

        assert next_try(9, first_tried_at=NOW, now=late, rng=random.Random(1)) is None

    def test_outlasts_a_carrier_that_is_down_for_an_hour(self) -> None:
        rng, now, failures = random.Random(3), NOW, 0
        while now < NOW + timedelta(hours=1):
            failures += 1
            at = next_try(failures, first_tried_at=NOW, now=now, rng=rng)
            assert at is not None
            now = at

        assert failures < 30
        assert now < NOW + timedelta(hours=2)

"""Whatever the clock does, no message is handed over between 22:00 and 07:00 in Việt Nam."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey_app.config import Settings
from survey_app.foundation.database import Database
from survey_app.messaging.rules.contract import OutboundText, Outcome
from survey_app.messaging.rules.limits import Purpose
from survey_app.messaging.rules.policy import Policy
from survey_app.messaging.rules.states import State
from survey_app.messaging.tasks import Courier, courier
from tests.messaging.post import Carrier, deliver, put

MIDNIGHT = datetime(2026, 11, 20, 17, tzinfo=UTC)
"""00:00 of 21/11/2026 in Việt Nam, which is UTC+7 without summer time."""
EDGES = (6, 7, 8, 12, 20, 22, 24, 31, 32)
"""Hours from that midnight: night, the law's hours, our own window, the same on the next day."""
PEOPLE = count(1)

moments = st.builds(
    lambda hour, seconds: MIDNIGHT + timedelta(hours=hour, seconds=seconds),
    st.sampled_from(EDGES),
    st.integers(-45, 45),
)


class WildClock:
    """Shows the given moments one after the other, forwards or backwards, and then stands."""

    def __init__(self) -> None:
        self.shows, self.coming = MIDNIGHT, list[datetime]()

    def __call__(self) -> datetime:
        """Return the next moment."""
        self.shows = self.coming.pop(0) if self.coming else self.shows
        return self.shows


class WatchfulCarrier(Carrier):
    """Notes what the clock showed when a message came."""

    def __init__(self, clock: WildClock) -> None:
        super().__init__()
        self.clock, self.came_at = clock, list[datetime]()

    def send(self, message: OutboundText) -> Outcome:
        """Take the message."""
        self.came_at.append(self.clock.shows)
        return super().send(message)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> WildClock:
    """The clock that the courier sees."""
    clock = WildClock()
    monkeypatch.setattr(courier, "now", clock)
    return clock


def _hand_over(post: Courier, clock: WildClock, moments: Sequence[datetime]) -> None:
    clock.coming = list(moments)
    for _ in range(3):
        for leased in post.lease(4).ids:
            deliver(post, leased)


def _is_night(instant: datetime) -> bool:
    return not 7 <= (instant + timedelta(hours=7)).hour < 22


@pytest.fixture
def post(database: Database, settings_of: Callable[[str], Settings], clock: WildClock) -> Courier:
    """A courier on that clock, with a carrier that watches it."""
    gateways = {"simulator": WatchfulCarrier(clock)}
    return Courier(database, settings_of(database.url), Policy(), gateways=gateways)  # type: ignore[arg-type]


def _came_at(post: Courier) -> list[datetime]:
    carrier = post.gateways["simulator"]
    assert isinstance(carrier, WatchfulCarrier)
    return carrier.came_at


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shown=st.lists(moments, min_size=2, max_size=14), purpose=st.sampled_from(list(Purpose)))
def test_nothing_leaves_at_night_whatever_the_clock_does(
    database: Database, post: Courier, clock: WildClock, shown: Sequence[datetime], purpose: Purpose
) -> None:
    for _ in range(3):
        put(database, next(PEOPLE), now=shown[0], purpose=purpose)
    _hand_over(post, clock, shown)

    assert [at for at in _came_at(post) if _is_night(at)] == []


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("hour", [6, 7, 8, 19, 21, 22])
def test_a_clock_that_stands_lets_messages_go_in_their_hours(
    database: Database, post: Courier, clock: WildClock, purpose: Purpose, hour: int
) -> None:
    at = MIDNIGHT + timedelta(hours=hour, minutes=30)
    put(database, next(PEOPLE), now=MIDNIGHT - timedelta(hours=8), purpose=purpose)
    _hand_over(post, clock, [at])

    # A reply to a citizen waits for the night only; what we begin keeps to 08:00-20:00.
    assert bool(_came_at(post)) is (7 <= hour < 22 if purpose is Purpose.REPLY else 8 <= hour < 20)


def test_a_clock_set_back_into_the_night_holds_a_message_that_had_begun(
    database: Database, post: Courier, clock: WildClock
) -> None:
    seven = MIDNIGHT + timedelta(hours=7)
    put(database, next(PEOPLE), now=MIDNIGHT, purpose=Purpose.REPLY)
    [leased] = _leased_at(post, clock, seven)
    clock.coming = [seven + timedelta(seconds=2), seven - timedelta(seconds=2)]

    assert deliver(post, leased) is State.QUEUED
    assert _came_at(post) == []


def _leased_at(post: Courier, clock: WildClock, at: datetime) -> Sequence[int]:
    clock.shows = at
    return post.lease(1).ids

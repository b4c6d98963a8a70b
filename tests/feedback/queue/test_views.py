"""What the queue can be asked for, and how it tells time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.feedback.rules.kinds import Channel, Kind
from survey_app.feedback.rules.states import State
from survey_app.feedback.rules.views import (
    Place,
    Urgency,
    View,
    Wanted,
    place,
    state_label,
    urgency,
    view_label,
    wanted,
    working_time,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)
WORDS = st.lists(st.sampled_from(["đèn", "a&b", "50%", "“x”", "+1"]), max_size=3).map(" ".join)
ASKED = st.builds(
    Wanted,
    view=st.sampled_from(View),
    text=WORDS,
    state=st.none() | st.sampled_from(State),
    kind=st.none() | st.sampled_from(Kind),
    channel=st.none() | st.sampled_from(Channel),
    field=WORDS,
    unit=WORDS,
    handler=st.sampled_from(["", "me", "none", "17"]),
    is_overdue=st.booleans(),
    since=st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    until=st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)


class TestWanted:
    """Filters in an address."""

    @settings(deadline=None, max_examples=80)
    @given(ASKED)
    def test_come_back_as_they_went(self, asked: Wanted) -> None:
        assert wanted(dict(parse_qsl(asked.query()))) == asked

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("view", "none of ours"),
            ("state", "x"),
            ("handler", "0"),
            ("handler", "9" * 19),
            ("handler", "1 OR 1=1"),
            ("since", "9999-12-31"),
            ("until", "31/12/2026"),
            ("overdue", "yes"),
        ],
    )
    def test_that_make_no_sense_are_left_out(self, name: str, text: str) -> None:
        assert wanted({name: text}) == Wanted()

    def test_are_cut_to_what_fits(self) -> None:
        asked = wanted({"q": "a\0 b" + "c" * 500, "field": " x  y "})

        assert (len(asked.text), asked.text[:3], asked.field) == (100, "a b", "x y")


class TestPlace:
    """Where the next page goes on."""

    @settings(deadline=None, max_examples=50)
    @given(
        st.none() | st.integers(0, 7_000_000_000_000_000).map(lambda us: EPOCH + timedelta(microseconds=us)),
        st.integers(1, 10**17),
    )
    def test_comes_back_as_it_went(self, due_at: datetime | None, case_id: int) -> None:
        assert place(str(Place(due_at, case_id))) == Place(due_at, case_id)

    @pytest.mark.parametrize("text", [None, "", "-", "x-1", "1-", "1" * 17 + "-1", "-" + "1" * 19, "-1;--"])
    def test_is_none_for_anything_else(self, text: str | None) -> None:
        assert place(text) is None


class TestUrgency:
    """How a case stands with its time; `soon` is tomorrow noon."""

    @pytest.mark.parametrize(
        ("hours", "expected"),
        [(-1, Urgency.OVERDUE), (0, Urgency.SOON), (24, Urgency.SOON), (25, Urgency.IN_TIME)],
    )
    def test_follows_what_is_left(self, hours: int, expected: Urgency) -> None:
        due_at = NOON + timedelta(hours=hours)

        assert urgency(State.ASSIGNED, due_at, now=NOON, soon=NOON + timedelta(hours=24)) is expected

    @pytest.mark.parametrize(("state", "expected"), [(State.WAITING, "paused"), (State.CLOSED, "none")])
    def test_knows_a_clock_that_stands(self, state: State, expected: str) -> None:
        assert urgency(state, None, now=NOON, soon=NOON) == expected


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (2 * 480 + 180, "2 ngày 3 giờ làm việc"),
        (480 + 59, "1 ngày làm việc"),
        (200, "3 giờ 20 phút làm việc"),
        (120, "2 giờ làm việc"),
        (0, "0 phút làm việc"),
    ],
)
def test_working_time_is_told_in_its_two_largest_units(minutes: int, told: str) -> None:
    # A day of eight hours: Bộ luật Lao động 2019, Điều 105.
    assert working_time(minutes, minutes_a_day=480) == told


def test_every_view_and_state_has_its_own_words() -> None:
    assert len({view_label(view) for view in View}) == len(View)
    assert all(state_label(state) for state in State)

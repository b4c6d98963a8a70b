"""How often one phone may be written to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.messaging.rules.limits import (
    BEGUN_BY_US,
    DEFAULT_LIMITS,
    ONE_INVITATION_IN_30_DAYS,
    ONE_INVITATION_PER_DOSSIER,
    ONE_REMINDER_PER_DOSSIER,
    THREE_MESSAGES_A_DAY,
    Hold,
    Limit,
    Purpose,
    Written,
    hold,
)

NOW = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
INVITED_YESTERDAY = Written(Purpose.INVITATION, NOW - DAY, "H1")


def held(purpose: Purpose, *history: Written, dossier: str | None = "H1") -> Hold | None:
    return hold(purpose, dossier=dossier, history=history, now=NOW)


class TestHold:
    """The limits of this product."""

    def test_lets_the_first_message_go(self) -> None:
        assert held(Purpose.INVITATION) is None

    def test_refuses_a_second_invitation_for_a_dossier_for_ever(self) -> None:
        years_ago = Written(Purpose.INVITATION, NOW - 900 * DAY, "H1")

        assert held(Purpose.INVITATION, years_ago) == Hold(ONE_INVITATION_PER_DOSSIER, None)

    def test_says_never_where_another_limit_says_later(self) -> None:
        assert held(Purpose.INVITATION, INVITED_YESTERDAY) == Hold(ONE_INVITATION_PER_DOSSIER, None)

    def test_lets_one_reminder_go_and_no_second(self) -> None:
        reminder = Written(Purpose.REMINDER, NOW - 2 * HOUR, "H1")

        assert held(Purpose.REMINDER, INVITED_YESTERDAY) is None
        assert held(Purpose.REMINDER, INVITED_YESTERDAY, reminder) == Hold(ONE_REMINDER_PER_DOSSIER, None)

    @pytest.mark.parametrize(
        ("ago", "until"),
        [(29 * DAY, NOW + DAY), (30 * DAY - timedelta(seconds=1), NOW + timedelta(seconds=1))],
    )
    def test_asks_a_phone_once_in_30_days_whatever_the_dossier(self, ago: timedelta, until: datetime) -> None:
        other = Written(Purpose.INVITATION, NOW - ago, "H2")

        assert held(Purpose.INVITATION, other) == Hold(ONE_INVITATION_IN_30_DAYS, until)

    def test_asks_again_after_30_days(self) -> None:
        assert held(Purpose.INVITATION, Written(Purpose.INVITATION, NOW - 30 * DAY, "H2")) is None

    def test_begins_three_messages_in_24_hours_and_holds_the_fourth_until_the_first_is_a_day_old(
        self,
    ) -> None:
        notices = [Written(Purpose.NOTICE, NOW - hours * HOUR) for hours in (1, 5, 23)]

        assert held(Purpose.NOTICE, *notices[:2]) is None
        assert held(Purpose.NOTICE, *notices) == Hold(THREE_MESSAGES_A_DAY, NOW + HOUR)

    def test_holds_until_enough_messages_are_a_day_old_where_more_were_sent_than_now_allowed(self) -> None:
        notices = [Written(Purpose.NOTICE, NOW - hours * HOUR) for hours in (20, 12, 8, 4, 2)]

        assert held(Purpose.NOTICE, *notices) == Hold(THREE_MESSAGES_A_DAY, NOW + 16 * HOUR)

    def test_never_holds_the_answer_to_a_citizens_own_text(self) -> None:
        replies = [Written(Purpose.REPLY, NOW) for _ in range(9)]

        assert held(Purpose.REPLY, *replies, INVITED_YESTERDAY) is None
        assert held(Purpose.NOTICE, *replies) is None

    def test_counts_what_still_waits_to_be_sent(self) -> None:
        queued = Written(Purpose.INVITATION, NOW + 3 * HOUR, "H2")

        assert held(Purpose.INVITATION, queued) == Hold(ONE_INVITATION_IN_30_DAYS, NOW + 3 * HOUR + 30 * DAY)

    def test_does_not_take_messages_without_a_dossier_for_one_dossier(self) -> None:
        unnamed = Written(Purpose.REMINDER, NOW - 90 * DAY)

        assert held(Purpose.REMINDER, unnamed, dossier=None) is None

    def test_obeys_limits_that_are_set_otherwise(self) -> None:
        week = replace(ONE_INVITATION_IN_30_DAYS, within=7 * DAY)
        history = [Written(Purpose.INVITATION, NOW - 8 * DAY, "H2")]

        assert hold(Purpose.INVITATION, dossier="H1", history=history, now=NOW, limits=[week]) is None

    @settings(deadline=None, max_examples=60)
    @given(
        st.lists(st.tuples(st.integers(0, 40 * 24), st.sampled_from(list(Purpose)), st.sampled_from("ABCD")))
    )
    def test_keeps_every_limit_however_messages_come(self, wishes: list[tuple[int, Purpose, str]]) -> None:
        sent: list[Written] = []
        for hours, purpose, dossier in sorted(wishes):
            at = NOW + hours * HOUR
            if hold(purpose, dossier=dossier, history=sent, now=at) is None:
                sent.append(Written(purpose, at, dossier))

        begun = [one.at for one in sent if one.purpose in BEGUN_BY_US]
        invited = [one.at for one in sent if one.purpose is Purpose.INVITATION]
        assert all(later - first >= DAY for first, later in zip(begun, begun[3:], strict=False))
        assert all(later - first >= 30 * DAY for first, later in pairwise(invited))


@pytest.mark.parametrize("limit", DEFAULT_LIMITS)
def test_every_limit_names_its_source_and_the_day_it_was_read(limit: Limit) -> None:
    assert limit.source
    assert limit.as_of.year >= 2026

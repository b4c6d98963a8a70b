"""Which messages workers take: each once, in its hours, at its pace, never to somebody who refused."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from survey_app.foundation.clock import VIETNAM
from survey_app.foundation.database import Database
from survey_app.messaging.models import GatewayStop, OutboxMessage, Sender
from survey_app.messaging.operations import lease, opt_out, release_all, sweep
from survey_app.messaging.rules.limits import Purpose
from survey_app.messaging.rules.policy import Policy
from survey_app.messaging.rules.states import State
from tests.messaging.post import (
    KEY,
    NIGHT,
    NOW,
    UNLIMITED,
    begun,
    later,
    phone,
    put,
    row,
    rows,
    start,
    states,
    take,
)


def _rest(database: Database) -> None:
    """Bring every message back into the queue and every sender to rest."""

    def change(session: object) -> None:
        session.execute(update(OutboxMessage).values(state="queued", due_at=NOW))  # type: ignore[attr-defined]
        session.execute(update(Sender).values(full_at=datetime(2000, 1, 1, tzinfo=UTC)))  # type: ignore[attr-defined]

    database.write(change)


class TestLease:
    """`operations.lease`."""

    def test_takes_a_message_once(self, database: Database) -> None:
        put(database)

        assert len(take(database, owner="a")) == 1
        assert len(take(database, owner="b")) == 0
        assert rows(database)[0].leased_by == "a"

    def test_takes_replies_first(self, database: Database) -> None:
        put(database, 1)
        put(database, 2, purpose=Purpose.REPLY, text="Cam on", topic="replies")

        [first] = take(database, most=1)
        assert row(database, first).is_reply

    def test_waits_until_a_message_is_due(self, database: Database) -> None:
        put(database, due_at=later(hours=1))

        assert len(take(database, now=later(minutes=59))) == 0
        assert len(take(database, now=later(minutes=60))) == 1

    def test_keeps_to_the_pace_of_the_sender(self, database: Database) -> None:
        # Ten segments at once after a rest, then ten a second (Twilio support 360057082693).
        for number in range(30):
            put(database, number)

        assert len(take(database, most=30)) == 10
        assert len(take(database, most=30, now=later(seconds=0.5))) == 5
        assert len(take(database, most=30, now=later(seconds=1.5))) == 10

    def test_skips_a_sender_that_is_not_in_use(self, database: Database) -> None:
        put(database)
        database.write(lambda session: session.execute(update(Sender).values(active=False)))

        assert len(take(database)) == 0

    def test_takes_nothing_for_a_carrier_that_is_stopped(self, database: Database) -> None:
        put(database)
        database.write(lambda session: session.add(GatewayStop(gateway="simulator", since=NOW, code="21606")))

        assert len(take(database)) == 0

    def test_suppresses_what_was_refused_after_it_was_queued(self, database: Database) -> None:
        put(database, 1)
        put(database, 2)
        database.write(lambda session: opt_out(session, key=KEY, phone=phone(1), source="sms", now=NOW))

        [leased] = take(database)
        assert states(database) == [State.SUPPRESSED, State.LEASED]
        assert leased == rows(database)[1].id

    def test_asks_a_phone_once_in_30_days_in_whatever_campaign(self, database: Database) -> None:
        put(database, 1)
        put(database, 1, topic="campaign:2")

        assert len(take(database)) == 1
        assert rows(database)[1].due_at >= NOW + timedelta(days=30)

    def test_cancels_a_second_invitation_for_the_same_dossier(self, database: Database) -> None:
        put(database, 1, dossier="d")
        put(database, 1, dossier="d")

        assert len(take(database)) == 1
        assert [(one.state, one.code) for one in rows(database)] == [("leased", ""), ("cancelled", "limit")]

    def test_sends_at_most_three_messages_to_a_phone_in_24_hours(self, database: Database) -> None:
        # NĐ 91/2020/NĐ-CP Đ13
        for _ in range(4):
            put(database, 1, purpose=Purpose.NOTICE, text="Thong bao")

        assert len(take(database)) == 3
        assert len(take(database, now=later(hours=23.9))) == 0

    def test_says_that_it_is_worth_asking_again_when_all_it_saw_was_settled(self, database: Database) -> None:
        put(database, 1)
        take(database)
        for topic in range(40):
            put(database, 1, topic=f"campaign:{topic}")

        leased = database.write(lambda session: lease(session, owner="a", most=5, now=NOW))
        assert (list(leased.ids), leased.more) == ([], True)


class TestHours:
    """When messages leave, whatever the clock says."""

    def test_takes_nothing_at_21_59_that_could_leave_after_22(self, database: Database) -> None:
        put(database, purpose=Purpose.REPLY, text="Cam on")
        at = NOW.astimezone(VIETNAM).replace(hour=21, minute=59)

        assert len(take(database, now=at.replace(second=45))) == 0
        assert len(take(database, now=at.replace(second=29))) == 1

    def test_does_not_begin_at_21_59_what_was_leased_before(self, database: Database) -> None:
        put(database, purpose=Purpose.REPLY, text="Cam on")
        at = NOW.astimezone(VIETNAM).replace(hour=21, minute=59, second=20)
        [leased] = take(database, now=at)

        assert start(database, leased, now=at.replace(second=40)) is None
        # 07:00 the next morning, when answers to citizens may go again
        assert (row(database, leased).state, row(database, leased).due_at.astimezone(VIETNAM).hour) == (
            "queued",
            7,
        )

    def test_lets_only_replies_go_outside_the_window(self, database: Database) -> None:
        put(database, 1)
        put(database, 2, purpose=Purpose.REPLY, text="Cam on")
        evening = NOW.astimezone(VIETNAM).replace(hour=21)

        [leased] = take(database, now=evening)
        assert row(database, leased).is_reply
        assert len(take(database, now=NIGHT)) == 0

    @pytest.mark.parametrize("purpose", [Purpose.INVITATION, Purpose.REPLY])
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(seconds=st.integers(0, 86_399), lag=st.floats(0, 59))
    def test_never_begins_between_22_and_7(
        self, database: Database, purpose: Purpose, seconds: int, lag: float
    ) -> None:
        if not rows(database):
            put(database, purpose=purpose)
        _rest(database)
        instant = NOW.astimezone(VIETNAM).replace(hour=0, minute=0) + timedelta(seconds=seconds)

        for leased in take(database, now=instant, policy=UNLIMITED):
            begins_at = instant + timedelta(seconds=lag)
            if start(database, leased, now=begins_at, policy=UNLIMITED):
                # with 30 seconds for the sending itself
                local = begins_at.astimezone(VIETNAM)
                assert local.hour >= 7
                assert (local + timedelta(seconds=30)).hour < 22 or (local.hour, local.minute) == (21, 59)


class TestWorkers:
    """Several workers at once."""

    def test_never_take_the_same_message(self, database: Database) -> None:
        for number in range(60):
            put(database, number)
        database.write(
            lambda session: session.execute(update(Sender).values(segments_per_second=1000.0, burst=1000))
        )
        taken: list[int] = []

        def work(owner: str) -> None:
            until = monotonic() + 20
            while len(taken) < 60 and monotonic() < until:
                taken.extend(take(database, owner=owner, most=5))

        threads = [threading.Thread(target=work, args=(str(number),)) for number in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join(30)

        assert len(taken) == 60
        assert max(Counter(taken).values()) == 1

    def test_keep_to_one_pace_together(self, database: Database) -> None:
        for number in range(40):
            put(database, number)
        taken: list[int] = []

        def work(owner: str) -> None:
            for _ in range(5):
                taken.extend(take(database, owner=owner, most=5))

        threads = [threading.Thread(target=work, args=(str(number),)) for number in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join(30)

        assert len(taken) == 10

    def test_cannot_begin_what_another_holds(self, database: Database) -> None:
        put(database)
        [leased] = take(database, owner="a")

        assert start(database, leased, owner="b") is None
        assert start(database, leased, owner="a", now=later(minutes=2)) is None
        assert start(database, leased, owner="a") is not None

    def test_give_back_what_they_did_not_begin(self, database: Database) -> None:
        put(database, 1)
        put(database, 2)
        leased = take(database)
        start(database, leased[0])

        assert database.write(lambda session: release_all(session, owner="a", now=NOW)) == 1
        assert states(database) == [State.SENDING, State.QUEUED]


class TestSweep:
    """`operations.sweep`."""

    def test_queues_again_what_was_leased_and_not_begun(self, database: Database) -> None:
        put(database)
        take(database)

        assert database.write(lambda session: sweep(session, now=later(seconds=30))) == (0, 0)
        assert database.write(lambda session: sweep(session, now=later(minutes=2))) == (1, 0)
        assert states(database) == [State.QUEUED]

    def test_marks_as_unknown_what_had_begun_and_never_queues_it(self, database: Database) -> None:
        begun(database)

        assert database.write(lambda session: sweep(session, now=later(minutes=3))) == (0, 1)
        assert states(database) == [State.UNKNOWN]
        assert len(take(database, now=later(hours=1))) == 0

    def test_has_a_policy_whose_leases_outlast_the_slowest_sending(self) -> None:
        # Four exchanges with a carrier of 5 + 15 seconds each.
        assert Policy().sending >= timedelta(seconds=80)

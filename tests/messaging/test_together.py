"""Several messages in one transaction: what is saved, and that none suffers from another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from survey_app.config import Settings
from survey_app.foundation.database import Database
from survey_app.messaging.models import OutboxMessage, Sender
from survey_app.messaging.operations import Begun, Ended, Leased, begin_sendings, finish_sendings
from survey_app.messaging.rules.contract import Accepted, Cause, Permanent
from survey_app.messaging.rules.policy import Policy
from survey_app.messaging.rules.states import State
from survey_app.messaging.tasks import Courier, courier, drain
from tests.messaging.post import DICE, KEY, NOW, Carrier, later, put, row, rows, states, take
from tests.messaging.test_inbound import EVENT, Room, come
from tests.texting.test_reply_cost import statements_of


@pytest.fixture
def post(
    database: Database, settings_of: Callable[[str], Settings], monkeypatch: pytest.MonkeyPatch
) -> Courier:
    """A courier at 09:30, with a carrier in memory."""
    monkeypatch.setattr(courier, "now", lambda: NOW)
    carrier: Any = Carrier()
    return Courier(database, settings_of(database.url), Policy(), gateways={"simulator": carrier})


def _begin(database: Database, ids: Sequence[int]) -> list[Begun]:
    return database.write(
        lambda session: begin_sendings(session, message_ids=ids, owner="a", key=KEY, now=NOW)
    )


def _finish(database: Database, ended: Sequence[Ended]) -> list[State | None]:
    return database.write(lambda session: finish_sendings(session, ended=ended, rng=DICE, now=NOW))


class TestBegin:
    """`operations.begin_sendings`."""

    def test_asks_a_phone_once_when_two_messages_begin_together(self, database: Database) -> None:
        for dossier in ("a", "b"):
            put(database, 1, dossier=dossier)
        leased = {"state": State.LEASED.value, "leased_by": "a", "leased_until": later(minutes=1)}
        database.write(lambda session: session.execute(update(OutboxMessage).values(leased)))
        ids = [one.id for one in rows(database)]

        assert [one.id for one in _begin(database, ids)] == ids[:1]
        assert states(database) == [State.SENDING, State.QUEUED]

    def test_costs_no_more_statements_for_nine_messages_than_for_two(self, database: Database) -> None:
        counts = []
        for number in (2, 9):
            for one in range(number):
                put(database, 100 * number + one)
            _fill_bucket(database)
            ids = take(database, most=number)
            with statements_of(database) as seen:
                assert len(_begin(database, ids)) == number
            counts.append(len(seen))

        assert counts[0] == counts[1] <= 6


class TestFinish:
    """`operations.finish_sendings`."""

    def test_gives_each_message_its_own_outcome(self, database: Database) -> None:
        for number in (1, 2):
            put(database, number)
        first, second = take(database)
        _begin(database, [first, second])
        ended = [Ended(second, 1, Permanent("30007", Cause.CONTENT)), Ended(first, 1, Accepted("SM1"))]

        assert _finish(database, ended) == [State.FAILED, State.ACCEPTED]
        assert (row(database, first).provider_id, row(database, second).code) == ("SM1", "30007")

    def test_leaves_out_a_message_that_is_gone(self, database: Database) -> None:
        put(database)
        [known] = take(database)
        _begin(database, [known])
        ended = [Ended(known + 1, 1, Accepted("SM2")), Ended(known, 1, Accepted("SM1"))]

        assert _finish(database, ended) == [None, State.ACCEPTED]


class TestDrain:
    """`tasks.drain`."""

    def test_sends_the_others_when_one_of_several_cannot_begin(
        self, database: Database, post: Courier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(3):
            put(database, number)
        broken, together = rows(database)[1].id, Courier.begin

        def begin(self: Courier, message_ids: Sequence[int]) -> list[Begun]:
            if broken in message_ids:
                raise ZeroDivisionError
            return together(self, message_ids)

        monkeypatch.setattr(Courier, "begin", begin)
        drain(post, at_once=4, seconds=1, stop=threading.Event())

        assert states(database) == [State.ACCEPTED, State.QUEUED, State.ACCEPTED]

    def test_keeps_what_carriers_said_when_it_fails_itself(
        self, database: Database, post: Courier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(database)
        take_some = Courier.lease

        def fail_later(self: Courier, most: int, *, is_busy: bool) -> Leased:
            if is_busy:
                raise ZeroDivisionError
            return take_some(self, most)

        monkeypatch.setattr(Courier, "lease", fail_later)
        with pytest.raises(ZeroDivisionError):
            drain(post, at_once=4, seconds=5, stop=threading.Event())

        assert states(database) == [State.ACCEPTED]


class TestHear:
    """`Courier.hear`."""

    def test_hands_on_the_others_when_one_of_several_fails(self, database: Database, post: Courier) -> None:
        room = Room(replies=())

        def failing_on_one(session: Session, event: Any, inbound_id: int, now: datetime) -> Sequence[str]:
            if event.provider_id == "2":
                raise ZeroDivisionError
            return room(session, event, inbound_id, now)

        carrier = post.gateways["simulator"]
        listening = replace(post, handler=failing_on_one, gateways={"twilio": carrier})
        for number in ("1", "2", "3"):
            come(database, replace(EVENT, provider_id=number, text=f"so {number}"))

        assert [listening.hear(), listening.hear()] == [3, 0]
        assert {one.provider_id for one in room.heard} == {"1", "3"}


def _fill_bucket(database: Database) -> None:
    database.write(lambda session: session.execute(update(Sender).values(full_at=NOW)))

"""The courier between tables and carriers, with a carrier in memory."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from survey_app.config import Settings
from survey_app.foundation.database import Database, DatabaseUnavailable
from survey_app.messaging.models import Sender
from survey_app.messaging.operations import Draft, begin_sending, enqueue_many, sweep
from survey_app.messaging.queries import count_states
from survey_app.messaging.rules.contract import (
    Found,
    InDoubt,
    Medium,
    OutboundText,
    Outcome,
    Retryable,
    Status,
)
from survey_app.messaging.rules.limits import Purpose
from survey_app.messaging.rules.policy import Policy
from survey_app.messaging.rules.states import State
from survey_app.messaging.tasks import Courier, courier, drain
from survey_app.messaging.tasks.worker import listen
from tests.messaging.post import (
    KEY,
    NOW,
    TEXT,
    TOPIC,
    Carrier,
    deliver,
    later,
    phone,
    put,
    row,
    rows,
    states,
    take,
)
from tests.messaging.test_inbound import Room, come


@dataclass
class Clock:
    """The time that the courier is told; with `jumps`, another each time it asks."""

    instant: datetime = NOW
    jumps: list[datetime] = field(default_factory=list)

    def __call__(self) -> datetime:
        """Return it."""
        return self.jumps.pop(0) if self.jumps else self.instant


@dataclass
class Away:
    """A database that is away for some writes."""

    database: Database
    refuses: list[bool]

    def write(self, operation: Callable[[Session], Any]) -> Any:
        """Write, or refuse as told."""
        if self.refuses and self.refuses.pop(0):
            raise DatabaseUnavailable("away")
        return self.database.write(operation)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands until it is moved."""
    clock = Clock()
    monkeypatch.setattr(courier, "now", clock)
    return clock


@pytest.fixture
def carrier() -> Carrier:
    """A carrier in memory."""
    return Carrier()


@pytest.fixture
def post(
    database: Database, settings_of: Callable[[str], Settings], carrier: Carrier, clock: Clock
) -> Courier:
    """A courier to that carrier."""
    gateways = {"simulator": carrier}
    return Courier(database, settings_of(database.url), Policy(), gateways=gateways)  # type: ignore[arg-type]


class _Enough:
    """Tells a drain to end once the outbox has nothing more to send."""

    def __init__(self, database: Database) -> None:
        self._database, self._idle = database, 0

    def is_set(self) -> bool:
        return self._idle > 2

    def wait(self, timeout: float | None = None) -> object:
        self._idle += 1
        return threading.Event().wait(0.01)


def _fast(database: Database) -> None:
    database.write(
        lambda session: session.execute(update(Sender).values(segments_per_second=1e6, burst=100_000))
    )


class TestDeliver:
    """`Courier.deliver`."""

    def test_hands_a_message_over_and_stores_what_was_said(
        self, database: Database, post: Courier, carrier: Carrier
    ) -> None:
        queued = put(database)
        [leased] = post.lease(5).ids

        assert deliver(post, leased) is State.ACCEPTED
        assert [(one.reference, one.to) for one in carrier.got] == [(queued.reference, phone(1))]
        assert row(database, leased).provider_id == f"id-{queued.reference}"

    def test_calls_nobody_when_the_worker_slept_since(
        self, database: Database, post: Courier, carrier: Carrier, clock: Clock
    ) -> None:
        put(database)
        [leased] = post.lease(5).ids
        clock.jumps = [NOW, later(seconds=11)]

        assert deliver(post, leased) is State.QUEUED
        assert carrier.got == []

    def test_takes_a_fault_in_the_gateway_for_a_doubt(
        self, database: Database, post: Courier, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(message: OutboundText) -> Outcome:
            raise ZeroDivisionError

        monkeypatch.setattr(carrier, "send", fail)
        put(database)

        assert deliver(post, post.lease(5).ids[0]) is State.UNKNOWN

    def test_stores_the_outcome_when_the_database_comes_back(
        self, database: Database, post: Courier, carrier: Carrier
    ) -> None:
        put(database)
        [leased] = post.lease(5).ids
        shaky = replace(post, database=Away(database, [False, True, True]))  # type: ignore[arg-type]

        assert deliver(shaky, leased) is State.ACCEPTED
        assert len(carrier.got) == 1


class TestLookUp:
    """`Courier.look_up`."""

    @pytest.mark.parametrize(
        ("found", "state"),
        [
            (Found("id", Status.DELIVERED), State.DELIVERED),
            (Found(None), State.QUEUED),
            (None, State.UNKNOWN),
        ],
    )
    def test_settles_a_message_in_doubt(
        self,
        database: Database,
        post: Courier,
        carrier: Carrier,
        clock: Clock,
        found: Found | None,
        state: State,
    ) -> None:
        carrier.outcome, carrier.found = InDoubt("ReadTimeout"), found
        put(database)
        deliver(post, post.lease(5).ids[0])
        clock.instant = later(minutes=6)

        assert post.look_up() == 1
        assert states(database) == [state]


class TestDrain:
    """`tasks.drain`."""

    def test_sends_each_message_once_with_two_workers(
        self, database: Database, post: Courier, carrier: Carrier
    ) -> None:
        for number in range(40):
            put(database, number)
        _fast(database)
        other = Courier(database, post.settings, post.policy, gateways=post.gateways)
        workers = [
            threading.Thread(
                target=drain,
                args=(one,),
                kwargs={"at_once": 4, "seconds": 20, "stop": _Enough(database)},
            )
            for one in (post, other)
        ]
        for one in workers:
            one.start()
        for one in workers:
            one.join(40)

        assert max(Counter(one.reference for one in carrier.got).values()) == 1
        assert states(database) == [State.ACCEPTED] * 40

    def test_comes_through_an_hour_without_the_carrier(
        self, database: Database, post: Courier, carrier: Carrier, clock: Clock
    ) -> None:
        for number in range(5):
            put(database, number)
        carrier.outcome = Retryable("ConnectionError")
        while clock.instant < later(hours=1):
            drain(post, at_once=2, seconds=20, stop=_Enough(database))
            clock.instant += timedelta(minutes=10)
        carrier.outcome = None
        while clock.instant < later(hours=3):
            drain(post, at_once=2, seconds=20, stop=_Enough(database))
            clock.instant += timedelta(minutes=20)

        assert states(database) == [State.ACCEPTED] * 5
        assert len(carrier.got) == 5
        assert all(one.failures >= 3 for one in rows(database))

    def test_gives_back_what_it_took_and_did_not_begin(self, database: Database, post: Courier) -> None:
        put(database)
        take(database, owner=post.owner)
        drain(post, at_once=2, seconds=0, stop=_Enough(database))

        assert states(database) == [State.QUEUED]

    def test_takes_no_more_from_a_long_outbox_than_it_has_threads(
        self, database: Database, post: Courier
    ) -> None:
        _enqueue(database, 60)
        _fast(database)
        watching = _Watching(database)
        drain(replace(post, gateways={"simulator": watching}), at_once=4, seconds=30, stop=_Enough(database))

        assert states(database) == [State.ACCEPTED] * 60
        assert max(watching.taken) <= 4


class _Watching(Carrier):
    """A carrier that looks how many messages the worker holds."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.taken: list[int] = []
        self._database = database

    def send(self, message: OutboundText) -> Outcome:
        """Count what is leased or being sent."""
        with self._database.read() as session:
            counts = count_states(session)
        self.taken.append(counts.get(State.LEASED, 0) + counts.get(State.SENDING, 0))
        return super().send(message)


def _enqueue(database: Database, size: int) -> None:
    drafts = [Draft(phone=phone(number), text=TEXT, purpose=Purpose.INVITATION) for number in range(size)]
    database.write(
        lambda session: enqueue_many(
            session,
            now=NOW,
            key=KEY,
            medium=Medium.SMS,
            gateway="simulator",
            sender="CaoBang",
            topic=TOPIC,
            drafts=drafts,
        )
    )


class TestListen:
    """`tasks.worker.listen`."""

    def test_hands_on_what_came_in_and_answers_through_the_outbox(
        self, database: Database, post: Courier, carrier: Carrier
    ) -> None:
        room = Room()
        listening = Courier(database, post.settings, post.policy, room, gateways={"twilio": carrier})
        come(database)
        listen(listening, seconds=5, stop=_Enough(database))

        assert len(room.heard) == 1
        assert [one.text for one in rows(database)] == ["Cam on"]

    def test_is_not_held_up_by_a_text_that_fails(
        self, database: Database, post: Courier, carrier: Carrier
    ) -> None:
        def failing(*_: object) -> list[str]:
            raise ZeroDivisionError

        listening = Courier(database, post.settings, post.policy, failing, gateways={"twilio": carrier})
        come(database)

        assert [listening.hear(), listening.hear()] == [1, 0]


class TestUnclean:
    """Workers that end at any moment."""

    @pytest.mark.parametrize("moment", ["leased", "begun", "sent"])
    def test_lose_nothing_and_send_nothing_twice_unknowingly(
        self, database: Database, post: Courier, carrier: Carrier, clock: Clock, moment: str
    ) -> None:
        put(database)
        [leased] = post.lease(5).ids
        if moment != "leased":
            started = database.write(
                lambda session: begin_sending(
                    session, message_id=leased, owner=post.owner, key=KEY, now=NOW, policy=post.policy
                )
            )
            assert started
            if moment == "sent":
                carrier.send(started.message)
        carrier.found = Found("id" if carrier.got else None)
        clock.instant = later(minutes=10)
        database.write(lambda session: sweep(session, now=later(minutes=4)))
        assert states(database) == [State.QUEUED if moment == "leased" else State.UNKNOWN]
        post.look_up()
        drain(post, at_once=1, seconds=10, stop=_Enough(database))

        assert states(database) == [State.ACCEPTED]
        assert len(carrier.got) == 1

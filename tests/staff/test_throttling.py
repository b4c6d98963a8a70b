"""Guessing slows down, and nobody can lock somebody else out."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from survey_app.foundation.database import Database
from survey_app.staff.models import SignInFailure
from survey_app.staff.operations import begin_try, forgive_try
from survey_app.staff.rules.throttling import (
    LIMITS,
    UNDER_ATTACK,
    Counter,
    Failures,
    seconds_to_wait,
)


def keys_of(network: str, account: str = "lan") -> dict[Counter, str]:
    """Keys of a browser that nobody knows."""
    return {
        Counter.PAIR: f"pair {account} {network}".ljust(64),
        Counter.NETWORK: f"network {network}".ljust(64),
        Counter.ACCOUNT: f"account {account}".ljust(64),
    }


OWNERS_DEVICE = {Counter.DEVICE: "device of lan".ljust(64)}


class Guesser:
    """Tries as often as it is let, from one network."""

    def __init__(self, database: Database, start: datetime, network: str = "203.0.113.9") -> None:
        self.database, self.at, self.network = database, start, network

    def guess(self, account: str = "lan") -> int:
        """Return the seconds to wait, 0 if the guess was looked at."""
        keys, at = keys_of(self.network, account), self.at
        return self.database.write(lambda session: begin_try(session, keys=keys, now=at))

    def guess_for(self, time: timedelta) -> int:
        """Return how many guesses were looked at within `time`, waiting no longer than told."""
        end, looked_at = self.at + time, 0
        while self.at < end:
            wait = self.guess()
            looked_at += wait == 0
            self.at += timedelta(seconds=wait)
        return looked_at


class TestOneNetwork:
    """Somebody who guesses from one network."""

    def test_has_five_free_tries_and_then_waits_twice_as_long_each_time(
        self, database: Database, now: datetime
    ) -> None:
        guesser, waits = Guesser(database, now), []
        for _ in range(10):
            while wait := guesser.guess():
                waits.append(wait)
                guesser.at += timedelta(seconds=wait)

        assert waits == [1, 2, 4, 8, 16]

    def test_gets_few_guesses_a_day(self, database: Database, now: datetime) -> None:
        assert Guesser(database, now).guess_for(timedelta(days=1)) < 60

    def test_gets_no_more_by_asking_many_times_at_once(self, database: Database, now: datetime) -> None:
        guesser, passed = Guesser(database, now), []
        threads = [threading.Thread(target=lambda: passed.append(guesser.guess() == 0)) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

        assert len(passed) == 12
        assert sum(passed) == LIMITS[Counter.PAIR].free

    def test_waits_as_a_whole_when_it_tries_many_accounts(self, database: Database, now: datetime) -> None:
        guesser = Guesser(database, now)
        looked_at = sum(guesser.guess(f"person{number}") == 0 for number in range(100))

        assert looked_at == LIMITS[Counter.NETWORK].free

    def test_is_forgiven_by_a_success(self, database: Database, now: datetime) -> None:
        guesser = Guesser(database, now)
        for _ in range(5):
            guesser.guess()
        database.write(lambda session: forgive_try(session, keys=keys_of(guesser.network)))

        assert [guesser.guess() for _ in range(5)] == [0] * 5

    def test_is_forgiven_little_by_little(self, now: datetime) -> None:
        failures = {Counter.PAIR: Failures(6, now)}

        assert seconds_to_wait(failures, now) == 2
        assert seconds_to_wait(failures, now + timedelta(hours=3)) == 0


class TestOwner:
    """The owner of an account that is being guessed."""

    @pytest.fixture
    def attacked(self, database: Database, now: datetime) -> Database:
        """An account that fails from very many networks, each pressing on."""
        for number in range(UNDER_ATTACK + 10):
            guesser = Guesser(database, now, f"198.51.100.{number}")
            for _ in range(3):
                guesser.guess()
        return database

    def test_is_not_held_up_on_a_browser_that_signed_in_before(
        self, attacked: Database, now: datetime
    ) -> None:
        waits = [
            attacked.write(lambda session: begin_try(session, keys=OWNERS_DEVICE, now=now))
            for _ in range(LIMITS[Counter.DEVICE].free)
        ]

        assert waits == [0] * LIMITS[Counter.DEVICE].free

    def test_is_not_held_up_on_a_new_browser_in_another_network(
        self, attacked: Database, now: datetime
    ) -> None:
        assert Guesser(attacked, now, "192.0.2.1").guess() == 0

    def test_is_not_held_up_by_an_attacker_who_never_stops(self, database: Database, now: datetime) -> None:
        attacker = Guesser(database, now)
        attacker.guess_for(timedelta(hours=20))

        assert Guesser(database, attacker.at, "192.0.2.1").guess() == 0

    def test_is_better_protected_the_more_networks_attack(self, attacked: Database, now: datetime) -> None:
        stranger = Guesser(attacked, now, "192.0.2.200")

        assert [stranger.guess() for _ in range(3)] == [0, 1, 1]


def test_a_stolen_device_cookie_buys_few_guesses(database: Database, now: datetime) -> None:
    waits = [
        database.write(lambda session: begin_try(session, keys=OWNERS_DEVICE, now=now)) for _ in range(30)
    ]

    assert waits.count(0) == LIMITS[Counter.DEVICE].free


def test_rows_are_gone_a_day_after_the_last_failure(database: Database, now: datetime) -> None:
    Guesser(database, now).guess()
    Guesser(database, now + timedelta(hours=25), "192.0.2.1").guess("mai")

    with database.read() as session:
        assert session.scalars(select(func.count()).select_from(SignInFailure)).one() == 3


def test_names_tried_while_waiting_leave_no_rows(database: Database, now: datetime) -> None:
    guesser = Guesser(database, now)
    while guesser.guess("lan") == 0:
        pass
    with database.read() as session:
        before = session.scalars(select(func.count()).select_from(SignInFailure)).one()
    for number in range(LIMITS[Counter.NETWORK].free + 20):
        guesser.guess(f"name {number}")

    with database.read() as session:
        names = session.scalars(select(func.count()).select_from(SignInFailure)).one() - before
    assert names <= 2 * LIMITS[Counter.NETWORK].free

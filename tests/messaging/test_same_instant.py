"""Two senders that begin to write to one phone at the same instant."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from survey_app.foundation.database import Database
from survey_app.messaging.models import OutboxMessage
from survey_app.messaging.operations import Begun, begin_sending
from survey_app.messaging.rules.limits import ONE_INVITATION_IN_30_DAYS
from survey_app.messaging.rules.states import State
from tests.messaging.post import KEY, NOW, later, put, rows


def leased_at_once(database: Database, phones: tuple[int, int]) -> list[int]:
    """Leave two invitations as two workers have them that leased at the same instant, each from its sender."""
    for sender, number in zip(("CaoBang", "LangSon"), phones, strict=True):
        put(database, number, sender=sender, dossier=sender)
    leased = {"state": State.LEASED.value, "leased_by": "a", "leased_until": later(minutes=1)}
    database.write(lambda session: session.execute(update(OutboxMessage).values(leased)))
    return [one.id for one in rows(database)]


def begin_at_once(database: Database, ids: list[int]) -> list[Begun | None]:
    """Begin the second while the first has begun and is not committed."""
    started = threading.Event()

    def first(session: Session) -> Begun | None:
        begun = begin_sending(session, message_id=ids[0], owner="a", key=KEY, now=NOW)
        started.set()
        threading.Event().wait(0.3)
        return begun

    def second(session: Session) -> Begun | None:
        return begin_sending(session, message_id=ids[1], owner="a", key=KEY, now=NOW)

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(database.write, first)
        assert started.wait(10)
        other = pool.submit(database.write, second)
        return [one.result(10), other.result(10)]


def test_invite_the_person_once_and_the_other_waits_for_30_days(database: Database) -> None:
    begun = begin_at_once(database, leased_at_once(database, (1, 1)))
    first, other = rows(database)

    assert [one is not None for one in begun] == [True, False]
    assert (first.state, other.state) == (State.SENDING, State.QUEUED)
    assert ONE_INVITATION_IN_30_DAYS.within is not None
    assert timedelta() <= other.due_at - (NOW + ONE_INVITATION_IN_30_DAYS.within) < timedelta(days=1)


def test_do_not_wait_for_each_other_when_the_phones_differ(database: Database) -> None:
    begun = begin_at_once(database, leased_at_once(database, (1, 2)))

    assert all(begun)

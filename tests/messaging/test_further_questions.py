"""The same text again within a minute: delivered twice, or the answer to the next question."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from survey_app.foundation.database import Database
from survey_app.messaging.operations import Question, handle
from survey_app.messaging.rules.contract import InboundText, Medium
from survey_app.messaging.rules.policy import READ_AND_ANSWERED, may_answer
from tests.messaging.post import KEY, NOW, later, phone
from tests.messaging.test_inbound import Room, come, kept

FIVE = InboundText(provider_id="SM1", sender=phone(1), to="8079", text="5")
ASKING = (Question("(2/3) Thai do phuc vu? 1-5"),)


@pytest.mark.parametrize(
    ("seconds", "heard"), [(0, 1), (4, 1), (READ_AND_ANSWERED.total_seconds(), 2), (40, 2), (61, 2)]
)
def test_after_a_question_it_is_an_answer_once_the_question_can_have_been_read(
    database: Database, seconds: float, heard: int
) -> None:
    room = Room(replies=ASKING)
    come(database, FIVE, room)
    come(database, replace(FIVE, provider_id="SM2"), room, later(seconds=seconds))

    assert len(room.heard) == heard
    assert [one.possible_duplicate_of is None for one in kept(database)].count(True) == heard


def test_after_thanks_it_is_delivered_twice(database: Database) -> None:
    room = Room()
    come(database, FIVE, room)
    come(database, replace(FIVE, provider_id="SM2"), room, later(seconds=40))

    assert len(room.heard) == 1


def test_each_answer_of_a_row_of_equal_ones_counts_once_though_all_come_twice(database: Database) -> None:
    room = Room(replies=ASKING)
    for number, seconds in enumerate((0, 15, 30)):
        for again, delay in enumerate((0, 2)):
            event = replace(FIVE, provider_id=f"SM{number}.{again}")
            come(database, event, room, later(seconds=seconds + delay))

    assert len(room.heard) == 3
    came = kept(database)
    assert [one.possible_duplicate_of for one in came[1::2]] == [one.id for one in came[::2]]


@pytest.mark.parametrize(("seconds", "heard"), [(7, ["TC", "DK"]), (20, ["TC", "DK", "TC"])])
def test_after_another_text_it_is_said_anew_and_not_delivered_twice(
    database: Database, seconds: float, heard: list[str]
) -> None:
    room = Room()
    for number, (text, at) in enumerate((("TC", 0.0), ("DK", 5.0), ("TC", seconds), ("tc", seconds + 2))):
        come(database, replace(FIVE, provider_id=f"SM{number}", text=text), room, later(seconds=at))

    assert [one.text for one in room.heard] == heard


def test_a_question_that_the_worker_puts_counts_from_then_on(database: Database) -> None:
    room, slow = Room(replies=ASKING), 20
    first = come(database, FIVE)
    database.write(
        lambda session: handle(
            session,
            inbound_id=first.inbound_id,
            handler=room,
            medium=Medium.SMS,
            key=KEY,
            now=later(seconds=slow),
        )
    )
    for number, seconds in enumerate((slow + 5, slow + 10)):
        come(database, replace(FIVE, provider_id=f"SM{number + 2}"), room, later(seconds=seconds))

    assert [one.possible_duplicate_of for one in kept(database)] == [None, first.inbound_id, None]


def test_the_question_is_kept_as_the_reply_it_is(database: Database) -> None:
    answered = come(database, FIVE, Room(replies=ASKING))
    repeated = come(database, FIVE, Room(replies=ASKING))

    assert list(answered.replies) == list(repeated.replies) == list(kept(database)[0].replies)


def test_nothing_can_answer_a_question_that_was_not_put() -> None:
    assert not may_answer(None, NOW)
    assert not may_answer(NOW, NOW + READ_AND_ANSWERED - timedelta(seconds=1))

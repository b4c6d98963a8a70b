"""Putting messages into the outbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from survey_app.foundation.database import Database
from survey_app.foundation.privacy import FieldCipher
from survey_app.messaging.models import OutboxMessage
from survey_app.messaging.operations import (
    Draft,
    UnableToEnqueue,
    cancel_topic,
    enqueue_many,
    opt_out,
    pause_topic,
    resume_topic,
    set_topic_pace,
)
from survey_app.messaging.queries import phone_hash, topic_counts
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.limits import Purpose
from survey_app.messaging.rules.phones import UnableToReadPhone
from survey_app.messaging.rules.states import State
from survey_app.messaging.rules.templates import UnableToFill
from tests.messaging.post import KEY, NIGHT, NOW, TEXT, TOPIC, phone, put, rows, states, take


class TestEnqueue:
    """`operations.enqueue`."""

    def test_stores_the_phone_hashed_and_sealed_and_never_plain(self, database: Database) -> None:
        put(database, phone="0901 000 001")

        [message] = rows(database)
        assert message.phone_hash == phone_hash(KEY, phone(1))
        assert message.phone_sealed
        assert FieldCipher(KEY).decrypt(message.phone_sealed) == phone(1)
        assert "901000001" not in str(vars(message))

    def test_counts_the_segments(self, database: Database) -> None:
        # 143 characters in GSM-7 are one segment; a dong sign makes it UCS-2, 67 a segment from the second on.
        put(database, 1)
        put(database, 2, text="Ủ" * 71, purpose=Purpose.NOTICE)

        assert [one.segments for one in rows(database)] == [1, 2]

    def test_gives_each_message_a_reference_of_its_own_that_carriers_take(self, database: Database) -> None:
        references = {put(database, number).reference for number in range(5)}

        assert len(references) == 5
        assert all(len(one) <= 28 for one in references)

    def test_suppresses_a_message_to_a_phone_that_refused(self, database: Database) -> None:
        database.write(lambda session: opt_out(session, key=KEY, phone=phone(1), source="sms", now=NOW))

        assert put(database, 1).state is State.SUPPRESSED
        assert put(database, 2).state is State.QUEUED
        assert rows(database)[0].phone_sealed is None

    def test_puts_a_night_message_off_until_the_morning(self, database: Database) -> None:
        put(database, now=NIGHT)

        # 08:00 of the next day in Việt Nam is 01:00 in UTC.
        assert rows(database)[0].due_at == NIGHT.replace(hour=1) + timedelta(days=1)

    @pytest.mark.parametrize(
        ("given", "error"),
        [
            ({"text": "Xin chao {name}. Tu choi: soan TC"}, UnableToFill),
            ({"text": "Xin chao"}, UnableToEnqueue),
            ({"text": "", "purpose": Purpose.NOTICE}, UnableToEnqueue),
            ({"text": "x" * 1_601, "purpose": Purpose.NOTICE}, UnableToEnqueue),
            ({"medium": Medium.ZALO}, UnableToEnqueue),
            ({"phone": "0240 3851 234"}, UnableToReadPhone),
            ({"phone": "khong co"}, UnableToReadPhone),
        ],
    )
    def test_refuses_what_cannot_be_sent(
        self, database: Database, given: dict[str, Any], error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            put(database, **given)
        assert states(database) == []

    def test_stores_all_of_a_batch_or_nothing(self, database: Database) -> None:
        good = Draft(phone=phone(1), text=TEXT, purpose=Purpose.INVITATION)
        bad = Draft(phone="1", text=TEXT, purpose=Purpose.INVITATION)

        with pytest.raises(UnableToReadPhone):
            database.write(
                lambda session: enqueue_many(
                    session,
                    now=NOW,
                    key=KEY,
                    medium=Medium.SMS,
                    gateway="simulator",
                    sender="CaoBang",
                    topic=TOPIC,
                    drafts=[good, bad],
                )
            )
        assert states(database) == []


class TestTopics:
    """`operations.pause_topic` and its neighbours."""

    def test_holds_messages_back_until_resumed(self, database: Database) -> None:
        put(database)
        database.write(lambda session: pause_topic(session, topic=TOPIC, now=NOW))
        paused = take(database)
        database.write(lambda session: resume_topic(session, topic=TOPIC, now=NOW))

        assert not paused
        assert len(take(database)) == 1

    def test_lets_replies_go_while_paused(self, database: Database) -> None:
        put(database, purpose=Purpose.REPLY, text="Cam on")
        database.write(lambda session: pause_topic(session, topic=TOPIC, now=NOW))

        assert len(take(database)) == 1

    def test_holds_no_other_topic_back(self, database: Database) -> None:
        put(database, 1)
        put(database, 2, topic="campaign:2")
        database.write(lambda session: pause_topic(session, topic=TOPIC, now=NOW))

        [leased] = take(database)
        assert rows(database)[1].id == leased

    def test_cancels_what_has_not_begun(self, database: Database) -> None:
        for number in range(3):
            put(database, number)
        put(database, 4, purpose=Purpose.REPLY, text="Cam on")
        take(database, most=2)

        assert database.write(lambda session: cancel_topic(session, topic=TOPIC, now=NOW)) == 3
        with database.read() as session:
            assert topic_counts(session, TOPIC)[State.CANCELLED] == 3
        assert [one.phone_sealed for one in rows(database)[:3]] == [None] * 3

    def test_goes_no_faster_than_it_is_told(self, database: Database) -> None:
        for number in range(5):
            put(database, number)
        database.write(lambda session: set_topic_pace(session, topic=TOPIC, segments_per_second=2, now=NOW))

        assert len(take(database)) == 2
        assert len(take(database, now=NOW + timedelta(seconds=0.4))) == 0
        assert len(take(database, now=NOW + timedelta(seconds=1))) == 2


def test_a_message_knows_its_topic(database: Database) -> None:
    put(database)
    with database.read() as session:
        assert session.get_one(OutboxMessage, rows(database)[0].id).topic.name == TOPIC

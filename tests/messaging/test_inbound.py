"""What comes in: kept once, answered alike, handed to the room above, and forgotten in time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.foundation.database import Database
from survey_app.messaging.models import InboundMessage
from survey_app.messaging.operations import (
    Reception,
    handle,
    note_failed_handling,
    opt_in,
    opt_out,
    purge,
    receive,
)
from survey_app.messaging.operations.optouts import UnableToOptIn
from survey_app.messaging.queries import refuses, unhandled
from survey_app.messaging.rules.contract import Accepted, InboundText, Medium, ProviderRating
from survey_app.messaging.rules.optouts import Lifter, Reason
from survey_app.messaging.rules.policy import MOST_HANDLINGS
from survey_app.messaging.rules.states import State
from tests.messaging.post import KEY, NOW, begun, end, later, phone, put, row, rows, states

EVENT = InboundText(provider_id="SM1", sender=phone(1), to="8079", text="DG 7K3F9M2X 5")
RATING = ProviderRating(provider_id="a1", reference="abc", stars=5, choices=("Nhanh",), note="Tốt")


@dataclass
class Room:
    """The room above: remembers what it was given."""

    replies: Sequence[str] = ("Cam on",)
    heard: list[InboundText | ProviderRating] = field(default_factory=list)

    def __call__(
        self, session: Session, event: InboundText | ProviderRating, inbound_id: int, now: datetime
    ) -> Sequence[str]:
        """Answer always alike."""
        self.heard.append(event)
        return self.replies


def come(
    database: Database,
    event: InboundText | ProviderRating = EVENT,
    room: Room | None = None,
    at: datetime = NOW,
) -> Reception:
    """Receive an event."""
    return database.write(
        lambda session: receive(session, gateway="twilio", event=event, handler=room, key=KEY, now=at)
    )


def kept(database: Database) -> list[InboundMessage]:
    """Return all that came in."""
    with database.read() as session:
        return list(session.scalars(select(InboundMessage).order_by(InboundMessage.id)))


class TestReceive:
    """`operations.receive`."""

    def test_keeps_a_text_that_is_delivered_three_times_once_and_answers_it_alike(
        self, database: Database
    ) -> None:
        room = Room()
        receptions = [come(database, room=room, at=later(seconds=40 * time)) for time in range(3)]

        assert len(kept(database)) == len(room.heard) == 1
        assert [list(one.replies) for one in receptions] == [["Cam on"]] * 3
        assert [one.is_new for one in receptions] == [True, False, False]

    def test_counts_the_same_text_under_another_id_within_60_seconds_once(self, database: Database) -> None:
        room = Room()
        come(database, room=room)
        again = come(
            database, replace(EVENT, provider_id="SM2", text="dg  7K3F9M2X 5"), room, later(seconds=59)
        )

        first, second = kept(database)
        assert (second.possible_duplicate_of, list(again.replies)) == (first.id, ["Cam on"])
        assert len(room.heard) == 1

    @pytest.mark.parametrize(
        ("changed", "seconds"),
        [({}, 60), ({"text": "DG 7K3F9M2X 4"}, 1), ({"to": "8041"}, 1), ({"sender": phone(2)}, 1)],
    )
    def test_counts_what_differs_or_comes_later(
        self, database: Database, changed: dict[str, str], seconds: float
    ) -> None:
        room = Room()
        come(database, room=room)
        other = replace(EVENT, provider_id="SM2", **changed)  # type: ignore[arg-type]
        come(database, other, room, later(seconds=seconds))

        assert len(room.heard) == 2

    def test_counts_two_deliveries_at_the_same_moment_once(self, database: Database) -> None:
        room, barrier = Room(), threading.Barrier(4)

        def deliver(number: int) -> None:
            barrier.wait(10)
            come(database, replace(EVENT, provider_id=f"SM{number // 2}"), room)

        threads = [threading.Thread(target=deliver, args=(number,)) for number in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join(30)

        assert len(kept(database)) == 2
        assert [one.possible_duplicate_of is None for one in kept(database)].count(True) == 1

    def test_keeps_what_no_database_stores(self, database: Database) -> None:
        come(database, replace(EVENT, text="5\0 \ud800"))

        assert kept(database)[0].text == "5\ufffd \ufffd"

    def test_keeps_the_phone_hashed_and_sealed(self, database: Database) -> None:
        come(database)

        assert "901000001" not in str(vars(kept(database)[0]))

    def test_keeps_a_rating_for_the_worker(self, database: Database) -> None:
        room = Room()
        received = come(database, replace(RATING, reference="abcr1"))
        with database.read() as session:
            [waiting] = unhandled(session, NOW, most=5)
        database.write(
            lambda session: handle(
                session, inbound_id=waiting.id, handler=room, medium=Medium.ZALO, key=KEY, now=NOW
            )
        )

        assert list(received.replies) == []
        assert room.heard == [replace(RATING, received_at=NOW)]


class TestHandle:
    """`operations.handle`."""

    @staticmethod
    def _handle(database: Database, room: Room) -> bool:
        inbound_id = kept(database)[-1].id
        return database.write(
            lambda session: handle(
                session, inbound_id=inbound_id, handler=room, medium=Medium.SMS, key=KEY, now=NOW
            )
        )

    def test_sends_replies_through_the_outbox_from_the_number_that_was_written_to(
        self, database: Database
    ) -> None:
        come(database)

        assert self._handle(database, Room())
        [reply] = rows(database)
        assert (reply.text, reply.is_reply, reply.state) == ("Cam on", True, State.QUEUED)

    def test_handles_a_text_once(self, database: Database) -> None:
        room = Room()
        come(database)
        self._handle(database, room)

        assert not self._handle(database, room)
        assert len(room.heard) == 1

    def test_sends_nothing_to_who_refused_with_this_very_text(self, database: Database) -> None:
        def refusing(session: Session, event: object, inbound_id: int, now: datetime) -> Sequence[str]:
            opt_out(session, key=KEY, phone=phone(1), source="sms", now=now)
            return ["Da ghi nhan"]

        come(database)
        self._handle(database, refusing)  # type: ignore[arg-type]

        assert states(database) == [State.SUPPRESSED]

    def test_keeps_a_text_from_a_number_that_nothing_can_be_sent_to(self, database: Database) -> None:
        come(database, replace(EVENT, sender="8041"))

        assert self._handle(database, Room())
        assert rows(database) == []

    def test_leaves_to_a_person_what_fails_time_and_again(self, database: Database) -> None:
        inbound_id = come(database).inbound_id
        for _ in range(MOST_HANDLINGS):
            database.write(lambda session: note_failed_handling(session, inbound_id=inbound_id))

        with database.read() as session:
            assert unhandled(session, later(days=1), most=5) == []


class TestOptOut:
    """`operations.opt_out` and `opt_in`."""

    def test_suppresses_what_waits_on_every_medium_at_once(self, database: Database) -> None:
        put(database, 1)
        put(database, 1, medium=Medium.ZALO, gateway="zalo", sender="oa", template="7", topic="campaign:2")
        put(database, 2)
        database.write(lambda session: opt_out(session, key=KEY, phone=phone(1), source="sms", now=NOW))

        assert states(database) == [State.SUPPRESSED, State.SUPPRESSED, State.QUEUED]

    def test_is_stored_once(self, database: Database) -> None:
        said = [
            database.write(lambda session: opt_out(session, key=KEY, phone=phone(1), source="sms", now=NOW))
            for _ in range(2)
        ]

        assert said == [True, False]

    def test_of_an_unreachable_number_leaves_the_other_medium_alone(self, database: Database) -> None:
        put(database, 1)
        put(database, 1, medium=Medium.ZALO, gateway="zalo", sender="oa", template="7", topic="campaign:2")
        database.write(
            lambda session: opt_out(
                session, key=KEY, phone=phone(1), reason=Reason.UNREACHABLE, source="twilio", now=NOW
            )
        )

        assert states(database) == [State.SUPPRESSED, State.QUEUED]

    def test_is_lifted_by_the_phone_itself_only(self, database: Database) -> None:
        database.write(lambda session: opt_out(session, key=KEY, phone=phone(1), source="sms", now=NOW))

        with pytest.raises(UnableToOptIn):
            database.write(
                lambda session: opt_in(session, key=KEY, phone=phone(1), lifter=Lifter.STAFF, now=NOW)
            )
        database.write(lambda session: opt_in(session, key=KEY, phone=phone(1), lifter=Lifter.PHONE, now=NOW))
        with database.read() as session:
            assert not refuses(session, key=KEY, phone=phone(1), medium=Medium.SMS)


class TestPurge:
    """`operations.purge`."""

    @staticmethod
    def _purge(database: Database, **after: float) -> bool:
        return database.write(lambda session: purge(session, now=later(**after)))

    def test_cuts_a_text_from_its_phone_after_a_day(self, database: Database) -> None:
        come(database, room=Room())
        self._purge(database, hours=23)
        assert kept(database)[0].phone_hash
        self._purge(database, hours=24)

        [text] = kept(database)
        assert (text.phone_hash, text.phone_sealed, text.fingerprint, text.text) == (None, None, None, "")

    def test_forgets_after_a_day_what_was_rated_and_which_message_asked(self, database: Database) -> None:
        come(database, RATING, room=Room())
        self._purge(database, hours=24)

        [rating] = kept(database)
        assert (rating.text, rating.details) == ("", {})

    def test_still_knows_a_repeat_whose_text_it_has_forgotten(self, database: Database) -> None:
        come(database, room=Room())
        self._purge(database, hours=24)

        assert come(database, room=Room(), at=later(hours=25)).replies == ["Cam on"]
        assert len(kept(database)) == 1

    def test_keeps_whole_what_nobody_has_handled(self, database: Database) -> None:
        come(database)
        self._purge(database, hours=25)

        [text] = kept(database)
        assert (text.text, text.phone_hash is None) == (EVENT.text, False)

    def test_deletes_texts_on_their_day(self, database: Database) -> None:
        come(database, room=Room())
        self._purge(database, days=90)

        assert kept(database) == []

    def test_forgets_the_phone_of_what_was_sent_three_days_after(self, database: Database) -> None:
        message_id = begun(database)
        end(database, message_id, Accepted("SM1"))
        self._purge(database, days=2)
        assert row(database, message_id).phone_sealed
        self._purge(database, days=3)

        assert row(database, message_id).phone_sealed is None
        assert row(database, message_id).phone_hash

    def test_leaves_only_counts_of_old_messages(self, database: Database) -> None:
        message_id = begun(database)
        end(database, message_id, Accepted("SM1"))
        assert not self._purge(database, days=91)

        old = row(database, message_id)
        assert (old.phone_hash, old.text, old.state) == (None, "", State.ACCEPTED)
        with database.read() as session:
            assert session.scalar(select(func.count()).select_from(InboundMessage)) == 0

    def test_says_when_more_is_due(self, database: Database) -> None:
        assert not self._purge(database, days=timedelta(days=1).days)

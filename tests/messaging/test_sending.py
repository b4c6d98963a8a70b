"""One sending: what is committed before the call, and what each answer of the carrier leads to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from survey_app.foundation.database import Database
from survey_app.messaging.operations import (
    UnableToResend,
    begin_sending,
    continue_gateway,
    opt_out,
    pause_topic,
    resend,
    settle_doubt,
    sweep,
    update_status,
)
from survey_app.messaging.queries import dead_letters, doubts, refuses, stops
from survey_app.messaging.rules.contract import (
    Accepted,
    Cause,
    Found,
    InDoubt,
    Medium,
    Outcome,
    Permanent,
    Retryable,
    Status,
    StatusUpdate,
)
from survey_app.messaging.rules.policy import ASKED_AFTER
from survey_app.messaging.rules.states import State
from tests.messaging.post import (
    KEY,
    NOW,
    TEXT,
    TOPIC,
    begun,
    end,
    later,
    phone,
    put,
    row,
    start,
    states,
    take,
)


class TestBegin:
    """`operations.begin_sending`."""

    def test_marks_the_message_before_the_carrier_is_called(self, database: Database) -> None:
        queued = put(database)
        [leased] = take(database)
        found = start(database, leased)

        assert (found.gateway, found.attempt) == ("simulator", 1)
        assert (found.message.to, found.message.text, found.message.sender) == (phone(1), TEXT, "CaoBang")
        assert found.message.reference == queued.reference
        assert (row(database, leased).state, row(database, leased).began_at) == (State.SENDING, NOW)

    def test_does_not_begin_after_an_opt_out_in_the_middle_of_a_batch(self, database: Database) -> None:
        for number in range(3):
            put(database, number)
        leased = take(database)
        assert start(database, leased[0])
        database.write(lambda session: opt_out(session, key=KEY, phone=phone(1), source="sms", now=NOW))

        assert start(database, leased[1]) is None
        assert start(database, leased[2]) is not None
        assert states(database) == [State.SENDING, State.SUPPRESSED, State.SENDING]

    def test_does_not_begin_what_was_paused_meanwhile(self, database: Database) -> None:
        put(database)
        [leased] = take(database)
        database.write(lambda session: pause_topic(session, topic=TOPIC, now=NOW))

        assert start(database, leased) is None
        assert states(database) == [State.QUEUED]

    def test_stops_the_carrier_when_phones_cannot_be_decrypted(self, database: Database) -> None:
        put(database)
        [leased] = take(database)
        other = "another contact key of at least 32 characters"

        found = database.write(
            lambda session: begin_sending(session, message_id=leased, owner="a", key=other, now=NOW)
        )
        assert found is None
        with database.read() as session:
            assert [one.code for one in stops(session)] == ["key"]


class TestFinish:
    """`operations.finish_sending`."""

    @pytest.mark.parametrize(
        ("outcome", "state"),
        [
            (Accepted("SM1"), State.ACCEPTED),
            (Retryable("20429"), State.QUEUED),
            (Permanent("21614", Cause.NUMBER), State.FAILED),
            (InDoubt("ReadTimeout"), State.UNKNOWN),
        ],
    )
    def test_leads_to_the_state_of_the_outcome(
        self, database: Database, outcome: Outcome, state: State
    ) -> None:
        message_id = begun(database)

        assert end(database, message_id, outcome) is state
        assert row(database, message_id).leased_by is None

    def test_keeps_the_carriers_id_and_code(self, database: Database) -> None:
        one, other = begun(database, 1), begun(database, 2)
        end(database, one, Accepted("SM1"))
        end(database, other, Permanent("30007", Cause.CONTENT))

        assert (row(database, one).provider_id, row(database, one).sent_at) == ("SM1", NOW)
        assert (row(database, other).code, row(database, other).cause) == ("30007", "content")

    def test_tries_for_24_hours_while_the_carrier_is_down_and_then_gives_up(self, database: Database) -> None:
        message_id, at, attempt = begun(database), NOW, 0
        while row(database, message_id).state == State.SENDING:
            attempt += 1
            end(database, message_id, Retryable("503"), attempt=attempt, now=at)
            at = max(at, row(database, message_id).due_at)
            for leased in take(database, now=at):
                start(database, leased, now=at)

        assert row(database, message_id).state == State.DEAD
        # Doubled from 30 seconds to an hour, drawn evenly, and not at night.
        assert 8 <= attempt <= 60
        assert at <= NOW + timedelta(hours=24)

    def test_waits_as_long_as_the_carrier_asks(self, database: Database) -> None:
        message_id = begun(database)
        end(database, message_id, Retryable("20429", timedelta(minutes=7)))

        assert row(database, message_id).due_at >= later(minutes=7)

    def test_blocks_a_number_that_cannot_be_reached_on_this_medium_only(self, database: Database) -> None:
        end(database, begun(database), Permanent("21614", Cause.NUMBER))

        with database.read() as session:
            assert refuses(session, key=KEY, phone=phone(1), medium=Medium.SMS)
            assert not refuses(session, key=KEY, phone=phone(1), medium=Medium.ZALO)

    def test_takes_the_carriers_word_for_an_opt_out_on_every_medium(self, database: Database) -> None:
        end(database, begun(database), Permanent("21610", Cause.OPTED_OUT))

        with database.read() as session:
            assert refuses(session, key=KEY, phone=phone(1), medium=Medium.ZALO)

    def test_stops_the_carrier_on_a_fault_of_configuration_until_a_person_has_looked(
        self, database: Database
    ) -> None:
        end(database, begun(database), Permanent("21606", Cause.CONFIGURATION))
        put(database, 2)

        assert len(take(database, now=later(minutes=2))) == 0
        assert database.write(lambda session: continue_gateway(session, gateway="simulator"))
        assert len(take(database, now=later(minutes=2))) == 1

    def test_drops_the_answer_of_an_earlier_attempt_unless_it_was_sent(self, database: Database) -> None:
        message_id = begun(database)
        end(database, message_id, Retryable("503"))
        again = row(database, message_id).due_at
        start(database, take(database, now=again)[0], now=again)

        assert end(database, message_id, Permanent("21614", Cause.NUMBER), attempt=1) is None
        assert row(database, message_id).state == State.SENDING
        assert end(database, message_id, Accepted("SM1"), attempt=1) is State.ACCEPTED

    def test_believes_a_worker_that_was_thought_dead_and_did_send(self, database: Database) -> None:
        message_id = begun(database)
        database.write(lambda session: sweep(session, now=later(minutes=3)))

        assert end(database, message_id, Accepted("SM1"), now=later(minutes=4)) is State.ACCEPTED

    def test_forgets_the_phone_once_nothing_more_can_be_sent(self, database: Database) -> None:
        message_id = begun(database)
        end(database, message_id, Permanent("21614", Cause.NUMBER))

        assert row(database, message_id).phone_sealed is None


class TestReceipts:
    """`operations.update_status`."""

    @staticmethod
    def _tell(database: Database, *statuses: Status, identity: str = "SM1", **given: object) -> list[bool]:
        updates = [StatusUpdate(identity, status, **given) for status in statuses]  # type: ignore[arg-type]
        return [
            database.write(
                lambda session, one=one: update_status(session, gateway="simulator", update=one, now=NOW)  # type: ignore[misc]
            )
            for one in updates
        ]

    def test_ignores_steps_back_and_repetitions(self, database: Database) -> None:
        message_id = begun(database)
        end(database, message_id, Accepted("SM1"))

        told = self._tell(database, Status.DELIVERED, Status.SENT, Status.DELIVERED, Status.FAILED)
        assert told == [True, False, False, False]
        assert row(database, message_id).state == State.DELIVERED

    def test_ignores_what_it_knows_nothing_of(self, database: Database) -> None:
        assert self._tell(database, Status.SENT) == [False]

    def test_settles_a_doubt_by_our_reference(self, database: Database) -> None:
        message_id = begun(database)
        end(database, message_id, InDoubt("ReadTimeout"))
        reference = row(database, message_id).reference

        assert self._tell(database, Status.SENT, reference=reference) == [True]
        assert (row(database, message_id).state, row(database, message_id).provider_id) == ("sent", "SM1")

    def test_blocks_the_phone_that_the_carrier_could_not_reach_later(self, database: Database) -> None:
        message_id = begun(database)
        end(database, message_id, Accepted("SM1"))
        self._tell(database, Status.FAILED, code="30005", cause=Cause.NUMBER)

        assert (row(database, message_id).state, row(database, message_id).code) == ("failed", "30005")
        with database.read() as session:
            assert refuses(session, key=KEY, phone=phone(1), medium=Medium.SMS)


class TestDoubts:
    """`operations.settle_doubt`."""

    @staticmethod
    def _doubtful(database: Database) -> int:
        message_id = begun(database)
        end(database, message_id, InDoubt("ReadTimeout"))
        return message_id

    @staticmethod
    def _settle(database: Database, found: Found | None, *, attempt: int = 1, **after: float) -> State | None:
        with database.read() as session:
            [doubt] = doubts(session, later(**after), most=5)
        return database.write(
            lambda session: settle_doubt(
                session, message_id=doubt.id, attempt=attempt, found=found, now=later(**after)
            )
        )

    def test_asks_no_earlier_than_five_minutes_after(self, database: Database) -> None:
        self._doubtful(database)

        with database.read() as session:
            assert doubts(session, NOW + ASKED_AFTER - timedelta(seconds=1), most=5) == []
            assert len(doubts(session, NOW + ASKED_AFTER, most=5)) == 1

    def test_takes_what_the_carrier_found(self, database: Database) -> None:
        message_id = self._doubtful(database)

        assert self._settle(database, Found("SM1", Status.DELIVERED), minutes=6) is State.DELIVERED
        assert row(database, message_id).provider_id == "SM1"

    def test_queues_again_what_the_carrier_never_had(self, database: Database) -> None:
        self._doubtful(database)

        assert self._settle(database, Found(None), minutes=6) is State.QUEUED
        assert len(take(database, now=later(minutes=6))) == 1

    def test_asks_ever_more_rarely_for_a_day_and_never_sends_blindly(self, database: Database) -> None:
        message_id, asked, at = self._doubtful(database), 0, NOW + ASKED_AFTER
        while row(database, message_id).leased_until is not None:
            asked += 1
            assert self._settle(database, None, seconds=(at - NOW).total_seconds()) is State.UNKNOWN
            at = row(database, message_id).leased_until or at

        assert 5 <= asked <= 30
        assert len(take(database, now=later(days=3))) == 0

    def test_drops_the_answer_about_an_earlier_attempt(self, database: Database) -> None:
        self._doubtful(database)

        assert self._settle(database, Found(None), attempt=0, minutes=6) is None
        assert states(database) == [State.UNKNOWN]


class TestResend:
    """`operations.resend`."""

    @staticmethod
    def _resend(database: Database, message_id: int, *, twice_is_fine: bool = False) -> None:
        database.write(
            lambda session: resend(session, message_id=message_id, twice_is_fine=twice_is_fine, now=NOW)
        )

    def test_sends_a_dead_letter_again_under_another_name_for_the_carrier(self, database: Database) -> None:
        message_id = begun(database)
        end(database, message_id, Permanent("30007", Cause.CONTENT))
        reference = row(database, message_id).reference
        self._resend(database, message_id)

        found = start(database, take(database)[0])
        assert found.message.reference == f"{reference}r1"
        assert row(database, message_id).reference == reference

    def test_asks_before_it_sends_what_may_have_been_sent(self, database: Database) -> None:
        message_id = begun(database)
        end(database, message_id, InDoubt("ReadTimeout"))

        with pytest.raises(UnableToResend):
            self._resend(database, message_id)
        self._resend(database, message_id, twice_is_fine=True)
        assert states(database) == [State.QUEUED]

    def test_refuses_a_number_that_cannot_be_reached(self, database: Database) -> None:
        message_id = begun(database)
        end(database, message_id, Permanent("21614", Cause.NUMBER))

        with pytest.raises(UnableToResend):
            self._resend(database, message_id)

    def test_lists_dead_letters_the_doubtful_first(self, database: Database) -> None:
        failed, doubtful = begun(database, 1), begun(database, 2)
        end(database, failed, Permanent("30007", Cause.CONTENT))
        end(database, doubtful, InDoubt("ReadTimeout"))

        with database.read() as session:
            letters = dead_letters(session, offset=0, most=10)
        assert [one.id for one in letters] == [doubtful, failed]

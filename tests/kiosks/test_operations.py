"""Kiosks and their devices, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from survey_app.campaigns.operations import close_campaign
from survey_app.foundation.clock import hour_of, now
from survey_app.foundation.database import Database
from survey_app.kiosks.models import Kiosk
from survey_app.kiosks.operations import (
    EnrolmentOutcome,
    PinOutcome,
    create_kiosk,
    enrol_device,
    note_health,
    receive,
    revoke_kiosk,
    set_pin,
    start_enrolment,
    try_pin,
)
from survey_app.kiosks.operations.devices import NoSuchKiosk, UnableToCreateKiosk, UnusablePin
from survey_app.kiosks.queries import device_by_key, entry_at
from survey_app.kiosks.rules.arrivals import Outcome, Refusal, Result, Sent
from survey_app.kiosks.rules.health import Health
from survey_app.responses.guards import KIOSK, FormSigner
from survey_app.responses.models import Response
from tests.kiosks.conftest import ANSWERS, KEY, PIN, enrol, make_kiosk, point_of

NOW = datetime.now(UTC)
SIGNER = FormSigner(KEY)


def kiosk(database: Database, kiosk_id: int) -> Kiosk:
    """Return the row."""
    with database.read() as session:
        found = session.get(Kiosk, kiosk_id)
        assert found
        return found


def token_for(database: Database, kiosk_id: int, at: datetime = NOW) -> str:
    """Return a fresh enrolment token."""
    return database.write(lambda session: start_enrolment(session, kiosk_id=kiosk_id, now=at))


def try_to_enrol(database: Database, code: str, token: str, **changes: Any) -> EnrolmentOutcome:
    """Enrol with the right PIN at the right counter, unless `changes` say otherwise."""
    given = {"service_point_id": point_of(database, code), "pin": PIN, "key": KEY, "now": NOW} | changes
    return database.write(lambda session: enrol_device(session, token=token, **given))


def try_out(database: Database, kiosk_id: int, pin: str, at: datetime = NOW) -> PinOutcome:
    """Type a PIN."""
    return database.write(lambda session: try_pin(session, kiosk_id=kiosk_id, pin=pin, key=KEY, now=at))


class TestCreateKiosk:
    @pytest.mark.parametrize("pin", ["12345", "123456", "77777a", "", "111111"])
    def test_refuses_pins_that_are_none_or_easy(self, database: Database, open_code: str, pin: str):
        point = point_of(database, open_code)

        with pytest.raises(UnusablePin):
            database.write(
                lambda session: create_kiosk(
                    session, service_point_id=point, name="Máy", pin=pin, key=KEY, now=NOW
                )
            )

    @pytest.mark.parametrize(("point", "name"), [(999_999, "Máy"), (None, "  "), (None, "x" * 81)])
    def test_refuses_a_counter_that_is_gone_and_a_name_that_does_not_fit(
        self, database: Database, open_code: str, point: int | None, name: str
    ):
        point = point or point_of(database, open_code)

        with pytest.raises(UnableToCreateKiosk):
            database.write(
                lambda session: create_kiosk(
                    session, service_point_id=point, name=name, pin=PIN, key=KEY, now=NOW
                )
            )

    def test_keeps_no_pin(self, database: Database, open_code: str):
        assert PIN not in kiosk(database, make_kiosk(database, open_code)).pin_hash


class TestEnrolment:
    def test_gives_a_key_of_which_only_the_digest_is_kept(self, database: Database, open_code: str):
        kiosk_id = make_kiosk(database, open_code)
        key = enrol(database, open_code, kiosk_id)

        with database.read() as session:
            device = device_by_key(session, key)
            nobody = device_by_key(session, key + "x")
        assert device
        assert device.kiosk_id == kiosk_id
        assert nobody is None
        assert key not in str(vars(kiosk(database, kiosk_id)))

    def test_works_once(self, database: Database, open_code: str):
        token = token_for(database, make_kiosk(database, open_code))

        assert try_to_enrol(database, open_code, token).device_key
        assert try_to_enrol(database, open_code, token) == EnrolmentOutcome()

    @pytest.mark.parametrize(
        "changes",
        [{"now": NOW + timedelta(minutes=31)}, {"service_point_id": 999}],
        ids=["late", "other-counter"],
    )
    def test_is_refused_late_or_at_another_counter(
        self, database: Database, open_code: str, changes: dict[str, Any]
    ):
        token = token_for(database, make_kiosk(database, open_code))

        assert try_to_enrol(database, open_code, token, **changes) == EnrolmentOutcome()

    def test_ends_with_a_newer_token(self, database: Database, open_code: str):
        kiosk_id = make_kiosk(database, open_code)
        first, second = token_for(database, kiosk_id), token_for(database, kiosk_id)

        assert try_to_enrol(database, open_code, first).device_key is None
        assert try_to_enrol(database, open_code, second).device_key

    def test_needs_the_pin_and_counts_wrong_ones(self, database: Database, open_code: str):
        kiosk_id = make_kiosk(database, open_code)
        token = token_for(database, kiosk_id)
        outcomes = [try_to_enrol(database, open_code, token, pin="908070") for _ in range(5)]

        assert [one.pin and one.pin.wait_seconds for one in outcomes] == [0, 0, 0, 0, 60]
        assert try_to_enrol(database, open_code, token).device_key is None
        assert try_to_enrol(database, open_code, token, now=NOW + timedelta(seconds=61)).device_key

    def test_of_another_device_ends_the_first(self, database: Database, open_code: str):
        kiosk_id = make_kiosk(database, open_code)
        first = enrol(database, open_code, kiosk_id)
        enrol(database, open_code, kiosk_id)

        with database.read() as session:
            assert device_by_key(session, first) is None


class TestPin:
    def test_opens_and_clears_the_count(self, database: Database, open_code: str):
        kiosk_id = make_kiosk(database, open_code)
        for _ in range(4):
            try_out(database, kiosk_id, "000001")

        assert try_out(database, kiosk_id, PIN) == PinOutcome(True)
        assert kiosk(database, kiosk_id).pin_failures == 0

    def test_even_the_right_one_waits_after_five_wrong_ones(self, database: Database, open_code: str):
        kiosk_id = make_kiosk(database, open_code)
        for _ in range(5):
            try_out(database, kiosk_id, "000001")

        assert try_out(database, kiosk_id, PIN) == PinOutcome(False, 61)
        assert try_out(database, kiosk_id, PIN, NOW + timedelta(seconds=61)).right

    def test_guessing_for_a_day_tries_hardly_a_hundred(self, database: Database, open_code: str):
        kiosk_id, at, tried = make_kiosk(database, open_code), NOW, 0
        while at < NOW + timedelta(days=1):
            wait = try_out(database, kiosk_id, f"{tried:06}", at).wait_seconds
            tried, at = tried + 1, at + timedelta(seconds=max(wait, 1))

        assert 90 < tried < 120

    def test_that_is_new_replaces_the_old_one_and_ends_the_wait(self, database: Database, open_code: str):
        kiosk_id = make_kiosk(database, open_code)
        for _ in range(5):
            try_out(database, kiosk_id, "000001")
        database.write(lambda s: set_pin(s, kiosk_id=kiosk_id, pin="246813", key=KEY, now=NOW))

        assert not try_out(database, kiosk_id, PIN).right
        assert try_out(database, kiosk_id, "246813").right

    def test_needs_the_key_of_the_installation(self, database: Database, open_code: str):
        kiosk_id = make_kiosk(database, open_code)
        outcome = database.write(
            lambda session: try_pin(session, kiosk_id=kiosk_id, pin=PIN, key="another " + KEY, now=NOW)
        )

        assert not outcome.right


class TestRevokedKiosk:
    def test_takes_no_pin_no_token_and_no_second_end(self, database: Database, open_code: str):
        kiosk_id = make_kiosk(database, open_code)
        token = token_for(database, kiosk_id)
        database.write(lambda session: revoke_kiosk(session, kiosk_id=kiosk_id, now=NOW))

        assert try_to_enrol(database, open_code, token) == EnrolmentOutcome()
        with pytest.raises(NoSuchKiosk):
            token_for(database, kiosk_id)
        with pytest.raises(NoSuchKiosk):
            try_out(database, kiosk_id, PIN)
        with pytest.raises(NoSuchKiosk):
            database.write(lambda session: revoke_kiosk(session, kiosk_id=kiosk_id, now=NOW))


def test_health_keeps_the_hour_of_the_oldest_answer_only(database: Database, open_code: str):
    kiosk_id = make_kiosk(database, open_code)
    health = Health(
        waiting=3, refused=1, oldest_waiting_at=NOW - timedelta(hours=2, minutes=7), recorded=9, version="abc"
    )
    database.write(lambda session: note_health(session, kiosk_id=kiosk_id, health=health, now=NOW))
    kept = kiosk(database, kiosk_id)

    assert (kept.queue_length, kept.refused, kept.recorded, kept.app_version) == (3, 1, 9, "abc")
    assert kept.oldest_waiting_at == hour_of(NOW - timedelta(hours=2, minutes=7))
    assert kept.last_seen_at == NOW


class Sender:
    """A device's queue, sent straight to the operation."""

    def __init__(self, database: Database, code: str) -> None:
        self.database, self.code = database, code
        self.kiosk_id = make_kiosk(database, code)
        with database.read() as session:
            entry = entry_at(session, code=code, service_point_id=point_of(database, code), now=now())
        assert entry
        assert entry.campaign
        self.campaign_id = entry.campaign.id

    def answer(self, issued_at: datetime | None = None, **changes: Any) -> Sent:
        """Return one answer on a fresh ticket."""
        issued_at, instrument = issued_at or now(), changes.pop("instrument", KIOSK)
        id_, token = SIGNER.issue(self.code, self.campaign_id, issued_at, instrument=instrument)
        plain: dict[str, Any] = {
            "answers": ANSWERS,
            "language": "vi",
            "hour": None,
            "seconds": 20,
            "burst": False,
        }
        return Sent(**({"id": id_, "token": token} | plain | changes))

    def send(self, *batch: Sent, at: datetime | None = None) -> list[Result]:
        """Send a batch at `at`."""
        at, point = at or now(), point_of(self.database, self.code)
        with self.database.read() as session:
            entry = entry_at(session, code=self.code, service_point_id=point, now=at)
        assert entry
        return self.database.write(
            lambda session: receive(
                session, kiosk_id=self.kiosk_id, entry=entry, batch=batch, signer=SIGNER, now=at
            )
        )

    def outcomes(self, *batch: Sent, at: datetime | None = None) -> list[Outcome | Refusal]:
        """Send a batch and return what became of each answer, refusals by their reason."""
        return [one.reason or one.outcome for one in self.send(*batch, at=at)]

    def stored(self) -> list[Response]:
        """Return the stored responses."""
        with self.database.read() as session:
            return list(session.scalars(select(Response).order_by(Response.id)))


@pytest.fixture
def sender(database: Database, open_code: str) -> Sender:
    """A device at a counter with an open campaign."""
    return Sender(database, open_code)


class TestReceive:
    def test_stores_each_answer_once_and_counts_it(self, sender: Sender):
        batch = [sender.answer() for _ in range(3)]

        assert sender.outcomes(*batch) == [Outcome.STORED] * 3
        assert sender.outcomes(*batch, batch[0]) == [Outcome.DUPLICATE] * 4
        assert len(sender.stored()) == 3
        assert kiosk(sender.database, sender.kiosk_id).received == 3

    def test_stores_the_instrument_the_place_and_the_hour_of_the_device(self, sender: Sender):
        issued, hour = now() - timedelta(days=3), hour_of(now()) - timedelta(days=2)
        sender.send(sender.answer(issued, hour=hour, language="en"))
        (one,) = sender.stored()

        assert (one.instrument, one.channel, one.language) == ("kiosk", "qr", "en")
        assert one.service_point_id == point_of(sender.database, sender.code)
        assert one.received_hour == hour
        assert one.answers == {"overall": 4, "comment": "Cán bộ tận tình."}

    def test_refuses_one_without_keeping_the_others_out(self, sender: Sender):
        good, wrong = sender.answer(), sender.answer(answers={"overall": ["99"]})
        forged = sender.answer(token="1k.1." + "0" * 64)
        web = sender.answer(instrument="web")
        stale = sender.answer(now() - timedelta(days=7, minutes=1))

        assert sender.outcomes(wrong, forged, web, stale, good) == [
            *(Refusal.ANSWERS, Refusal.FORGED, Refusal.FORGED, Refusal.STALE, Outcome.STORED)
        ]

    def test_knows_an_old_ticket_again_that_was_stored_in_time(self, sender: Sender):
        sent = sender.answer(now() - timedelta(days=6, hours=23))

        assert sender.outcomes(sent) == [Outcome.STORED]
        assert sender.outcomes(sent, at=now() + timedelta(hours=2)) == [Outcome.DUPLICATE]

    def test_flags_what_the_device_and_the_time_tell(self, sender: Sender):
        sender.send(sender.answer(burst=True), sender.answer(seconds=1), sender.answer())

        assert [one.flags for one in sender.stored()] == ["burst", "too_fast", ""]

    def test_takes_answers_from_before_the_end_and_refuses_later_ones(self, sender: Sender):
        before = sender.answer(hour=now())
        sender.database.write(lambda session: close_campaign(session, code="thu", now=now()))
        later = now() + timedelta(hours=5)
        after = sender.answer(hour=later)

        assert sender.outcomes(before, after, at=later) == [Outcome.STORED, Refusal.CLOSED]
        assert [one.flags for one in sender.stored()] == ["late"]

    def test_gives_an_answer_in_an_unknown_language_the_first_one(self, sender: Sender):
        sender.send(sender.answer(language="xx"))

        assert sender.stored()[0].language == "vi"

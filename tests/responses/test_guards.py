"""Tokens, receipts and the short memory of networks."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from survey_app.foundation.clock import now
from survey_app.responses.guards import (
    MISSES_PER_MINUTE,
    NETWORKS_REMEMBERED,
    ForgedToken,
    FormSigner,
    NetworkWatch,
)
from survey_app.responses.rules.flags import Flag, is_too_fast, store_flags

SIGNER = FormSigner("a secret of the tests, longer than 32 characters")
ISSUED = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)


class TestFormSigner:
    def test_reads_what_it_issued(self):
        submission_id, token = SIGNER.issue("7K3F9M2X", 12, ISSUED)
        read = SIGNER.read(submission_id, "7K3F9M2X", token)
        assert (read.submission_id, read.code, read.campaign_id) == (submission_id, "7K3F9M2X", 12)
        assert read.issued_at == ISSUED

    def test_keeps_the_instrument_and_the_rehearsal(self):
        submission_id, token = SIGNER.issue("7K3F9M2X", 12, ISSUED, instrument="kiosk", rehearsal_id=3)
        read = SIGNER.read(submission_id, "7K3F9M2X", token)
        assert (read.campaign_id, read.instrument, read.rehearsal_id) == (12, "kiosk", 3)
        assert token.startswith("12kr3.")

    def test_spells_an_ordinary_form_as_it_always_was(self):
        submission_id, token = SIGNER.issue("7K3F9M2X", 12, ISSUED)
        read = SIGNER.read(submission_id, "7K3F9M2X", token)
        assert re.fullmatch(r"12\.1795228200\.[0-9a-f]{64}", token)
        assert (read.instrument, read.rehearsal_id) == ("web", None)

    @pytest.mark.parametrize(("said", "claimed"), [("12r3.", "12."), ("12.", "12k."), ("12r3.", "12r4.")])
    def test_refuses_another_instrument_or_rehearsal_under_the_same_signature(self, said: str, claimed: str):
        rehearsal = 3 if "r" in said else None
        submission_id, token = SIGNER.issue("7K3F9M2X", 12, ISSUED, rehearsal_id=rehearsal)
        with pytest.raises(ForgedToken):
            SIGNER.read(submission_id, "7K3F9M2X", token.replace(said, claimed, 1))

    @pytest.mark.parametrize("more", ["=", '=="><script>alert(1)</script>', "\n", " ", ".", "0", "\u0660"])
    def test_refuses_a_token_with_anything_added(self, more: str):
        submission_id, token = SIGNER.issue("7K3F9M2X", 12, ISSUED)
        for spelling in (token + more, more + token):
            with pytest.raises(ForgedToken):
                SIGNER.read(submission_id, "7K3F9M2X", spelling)

    def test_refuses_a_submission_id_of_another_shape(self):
        with pytest.raises(ForgedToken):
            SIGNER.read('"><b>', "7K3F9M2X", SIGNER.issue("7K3F9M2X", 12, ISSUED)[1])

    def test_refuses_the_token_of_another_counter(self):
        submission_id, token = SIGNER.issue("7K3F9M2X", 12, ISSUED)
        with pytest.raises(ForgedToken):
            SIGNER.read(submission_id, "8K3F9M2X", token)

    def test_refuses_the_token_of_another_submission(self):
        _, token = SIGNER.issue("7K3F9M2X", 12, ISSUED)
        with pytest.raises(ForgedToken):
            SIGNER.read("0" * 32, "7K3F9M2X", token)

    @pytest.mark.parametrize("token", ["", ".", "12", "12.x.y", "é.é.é", "12.ZZZZ.AAAA", "\x00"])
    def test_refuses_nonsense(self, token: str):
        with pytest.raises(ForgedToken):
            SIGNER.read("0" * 32, "7K3F9M2X", token)

    def test_refuses_another_campaign_under_the_same_signature(self):
        submission_id, token = SIGNER.issue("7K3F9M2X", 12, ISSUED)
        with pytest.raises(ForgedToken):
            SIGNER.read(submission_id, "7K3F9M2X", "13" + token[2:])

    def test_refuses_the_token_of_another_installation(self):
        submission_id, token = FormSigner("another secret, also longer than 32 characters").issue(
            "7K3F9M2X", 12, ISSUED
        )
        with pytest.raises(ForgedToken):
            SIGNER.read(submission_id, "7K3F9M2X", token)

    def test_a_form_is_stale_after_seven_days(self):
        submission_id, token = SIGNER.issue("7K3F9M2X", 12, ISSUED)
        read = SIGNER.read(submission_id, "7K3F9M2X", token)
        assert not read.is_stale(ISSUED + timedelta(days=7) - timedelta(minutes=1))
        assert read.is_stale(ISSUED + timedelta(days=7, minutes=1))

    def test_gives_one_submission_one_receipt(self):
        assert SIGNER.receipt("ab" * 16) == SIGNER.receipt("ab" * 16) != SIGNER.receipt("ac" * 16)

    def test_two_forms_never_share_a_submission_id(self):
        assert len({SIGNER.issue("7K3F9M2X", 1, ISSUED)[0] for _ in range(500)}) == 500


TEXT = {"item": 5, "comment": "Cán bộ tận tình."}


class Ticks:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


class TestNetworkWatch:
    def test_finds_guessing_after_ten_misses_in_a_minute(self, ticks: Ticks):
        watch = NetworkWatch(ticks)
        for _ in range(MISSES_PER_MINUTE):
            assert not watch.is_guessing(b"net")
            watch.miss(b"net")
        assert watch.is_guessing(b"net")

    def test_forgives_after_a_minute_and_blames_no_other_network(self, ticks: Ticks):
        watch = NetworkWatch(ticks)
        for _ in range(MISSES_PER_MINUTE):
            watch.miss(b"net")
        assert not watch.is_guessing(b"other")
        ticks.seconds += 61
        assert not watch.is_guessing(b"net")

    def test_flags_the_fifth_form_of_a_minute_as_a_burst(self, ticks: Ticks):
        watch = NetworkWatch(ticks)
        flags = [watch.observe(b"net", "CODE", {"item": i}, f"id {i}") for i in range(5)]
        assert flags == [frozenset()] * 4 + [frozenset({Flag.BURST})]

    def test_counts_a_submission_sent_again_once(self, ticks: Ticks):
        watch = NetworkWatch(ticks)
        assert {watch.observe(b"net", "CODE", TEXT, "one id") for _ in range(9)} == {frozenset()}

    def test_flags_the_same_text_from_the_same_network_within_a_day(self, ticks: Ticks):
        watch = NetworkWatch(ticks)
        watch.observe(b"net", "CODE", TEXT, "first")
        ticks.seconds += 23 * 3600
        assert watch.observe(b"net", "CODE", TEXT, "second") == {Flag.DUPLICATE}
        assert watch.observe(b"other", "CODE", TEXT, "third") == frozenset()

    def test_forgets_a_duplicate_after_a_day(self, ticks: Ticks):
        watch = NetworkWatch(ticks)
        watch.observe(b"net", "CODE", TEXT, "first")
        ticks.seconds += 24 * 3600 + 1
        assert watch.observe(b"net", "CODE", TEXT, "second") == frozenset()

    def test_takes_equal_ticks_for_two_people_after_a_minute(self, ticks: Ticks):
        watch = NetworkWatch(ticks)
        watch.observe(b"net", "CODE", {"item": 5}, "first")
        assert watch.observe(b"net", "CODE", {"item": 5}, "second") == {Flag.DUPLICATE}
        ticks.seconds += 61
        assert watch.observe(b"net", "CODE", {"item": 5}, "third") == frozenset()

    def test_remembers_a_bounded_number_of_networks(self, ticks: Ticks):
        watch = NetworkWatch(ticks)
        for i in range(NETWORKS_REMEMBERED + 100):
            watch.miss(i.to_bytes(4, "big"))
        assert len(watch._misses) == NETWORKS_REMEMBERED

    def test_knows_a_network_under_another_name_tomorrow(self):
        watch = NetworkWatch()
        with time_machine.travel("2026-11-21T12:00:00Z", tick=False):
            today = watch.network("203.0.113.7", now())
            assert today == watch.network("203.0.113.7", now())
            assert today != watch.network("203.0.113.7", now() + timedelta(days=1))


class TestFlags:
    def test_two_seconds_are_too_fast_for_any_form(self):
        assert [is_too_fast(seconds, 1) for seconds in (1.9, 2.1)] == [True, False]

    def test_half_a_second_an_answer_is_the_limit(self):
        assert [is_too_fast(seconds, 28) for seconds in (13.9, 14.1)] == [True, False]

    def test_are_stored_in_alphabetical_order(self):
        assert store_flags(frozenset({Flag.TOO_FAST, Flag.BURST})) == "burst too_fast"

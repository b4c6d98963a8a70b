"""Pure decisions about kiosks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from survey_app.kiosks.rules.arrivals import answered_hour
from survey_app.kiosks.rules.health import Signal, needs_a_look, signal
from survey_app.kiosks.rules.pins import is_easy, is_pin, wait_seconds
from survey_app.kiosks.rules.sheets import sheet
from survey_app.questionnaires.rules import build
from tests.responses.conftest import DOCUMENT

NOW = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


class TestPins:
    @pytest.mark.parametrize("text", ["135790", "000000"])
    def test_have_six_digits(self, text: str):
        assert is_pin(text)

    @pytest.mark.parametrize("text", ["", "12345", "1234567", "12345a", "12345٦", "135790\n", " 13579"])
    def test_are_nothing_else(self, text: str):
        assert not is_pin(text)

    @pytest.mark.parametrize("pin", ["000000", "121212", "123456", "654321", "456789", "110000"])
    def test_that_anybody_tries_first_are_easy(self, pin: str):
        assert is_easy(pin)

    @pytest.mark.parametrize("pin", ["135790", "102030", "123457", "908172"])
    def test_of_other_digits_are_not(self, pin: str):
        assert not is_easy(pin)

    def test_wait_longer_after_each_wrong_one_from_the_fifth(self):
        assert [wait_seconds(n) for n in range(4, 11)] == [0, 60, 120, 240, 480, 900, 900]
        assert wait_seconds(10**6) == 900


class TestSignal:
    @pytest.mark.parametrize(
        ("enrolled", "seen", "revoked", "expected"),
        [
            (None, None, None, Signal.NOT_ENROLLED),
            (NOW, NOW - timedelta(seconds=180), None, Signal.ACTIVE),
            (NOW, NOW - timedelta(seconds=181), None, Signal.SILENT),
            (NOW, NOW, NOW, Signal.REVOKED),
        ],
    )
    def test_says_who_is_heard_from(
        self, enrolled: datetime | None, seen: datetime | None, revoked: datetime | None, expected: Signal
    ):
        found = signal(enrolled_at=enrolled, last_seen_at=seen, revoked_at=revoked, now=NOW)

        assert found is expected

    @pytest.mark.parametrize(
        ("found", "refused", "oldest", "expected"),
        [
            (Signal.ACTIVE, 0, None, False),
            (Signal.ACTIVE, 0, NOW - HOUR, False),
            (Signal.ACTIVE, 0, NOW - 3 * HOUR, True),
            (Signal.ACTIVE, 1, None, True),
            (Signal.SILENT, 0, None, True),
            (Signal.NOT_ENROLLED, 0, None, False),
            (Signal.REVOKED, 1, NOW - 3 * HOUR, False),
        ],
    )
    def test_calls_for_a_look_when_answers_may_be_lost(
        self, found: Signal, refused: int, oldest: datetime | None, expected: bool
    ):
        assert needs_a_look(found, refused, oldest, NOW) is expected


class TestAnsweredHour:
    def test_is_the_device_s_for_an_answer_that_waited(self):
        assert answered_hour(NOW - 50 * HOUR, NOW - 60 * HOUR, NOW) == NOW.replace(minute=0) - 50 * HOUR

    @pytest.mark.parametrize(
        "claimed",
        [None, NOW + HOUR, NOW - 3 * HOUR, datetime(1970, 1, 1, tzinfo=UTC)],
        ids=["none", "future", "before-its-ticket", "epoch"],
    )
    def test_is_that_of_the_arrival_when_the_device_s_clock_is_wrong(self, claimed: datetime | None):
        assert answered_hour(claimed, NOW - HOUR, NOW) == NOW.replace(minute=0)

    def test_is_never_finer_than_an_hour(self):
        assert answered_hour(NOW - timedelta(minutes=7), NOW - HOUR, NOW) == NOW.replace(minute=0)


class TestSheet:
    def test_has_one_screen_for_each_question_and_each_row(self):
        screens = sheet(build(DOCUMENT))["screens"]

        assert [one["item"] for one in screens] == [
            *("overall", "visits.1", "visits.2", "why", "channels", "times", "day", "place", "comment")
        ]

    def test_carries_both_languages_the_path_and_the_limits(self):
        screens = {one["item"]: one for one in sheet(build(DOCUMENT))["screens"]}

        assert screens["overall"]["text"] == {"vi": "Hài lòng chung?", "en": "Satisfied overall?"}
        assert screens["why"]["if"] == [["overall", ["1", "2"]]]
        assert (screens["times"]["low"], screens["times"]["high"]) == (0, 50)
        assert screens["comment"]["length"] == 500

    def test_asks_the_question_above_each_of_its_rows(self):
        row = sheet(build(DOCUMENT))["screens"][1]

        assert (row["lead"]["vi"], row["text"]["vi"]) == ("Ông/Bà đã từng?", "Nộp hồ sơ")

    def test_names_the_section_of_every_screen_after_the_first_section(self):
        screens = sheet(build(DOCUMENT))["screens"]

        assert [one["section"] and one["section"]["vi"] for one in screens] == [None] * 3 + ["Phần hai"] * 6

    def test_keeps_missing_answers_apart(self):
        overall = sheet(build(DOCUMENT))["screens"][0]

        assert [one["code"] for one in overall["options"]] == ["1", "2", "3", "4", "5"]
        assert [one["code"] for one in overall["apart"]] == ["-1"]

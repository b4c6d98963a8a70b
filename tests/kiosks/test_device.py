"""What a device may ask, and what a stranger learns: nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from survey_app.campaigns.operations import (
    close_campaign,
    create_campaign,
    end_rehearsal,
    open_campaign,
    start_rehearsal,
)
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import Database
from survey_app.kiosks.models import Kiosk
from survey_app.kiosks.operations import revoke_kiosk, set_pin, start_enrolment
from survey_app.offices.operations import add_service_point, rotate_code
from survey_app.responses.models import RehearsalResponse, Response
from tests.kiosks.conftest import KEY, PIN, Tablet, enrol, make_kiosk

HEALTH = {"waiting": 2, "refused": 0, "oldest": None, "recorded": 5, "version": "x"}
DOORS: dict[str, Any] = {
    "form": None,
    "tickets": {"count": 1},
    "answers": {"answers": []},
    "heartbeat": HEALTH,
    "unlock": {"pin": PIN},
}


def database_of(app: Flask) -> Database:
    """The application's database."""
    database: Database = app.extensions["survey_app.database"]
    return database


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("door", DOORS)
class TestDoors:
    def test_are_shut_to_a_forged_key(self, tablet: Tablet, door: str):
        for key in ("", "forged", tablet.key[:-1], tablet.key + "A", "x" * 5000):
            answer = tablet.ask(door, DOORS[door], headers={"X-Kiosk-Key": key})
            assert (answer.status_code, answer.json) == (401, {"refused": "device"})

    def test_tell_a_stranger_nothing_about_codes(self, tablet: Tablet, door: str):
        known = tablet.ask(door, DOORS[door], headers={"X-Kiosk-Key": "forged"})
        unknown = tablet.ask(door, DOORS[door], headers={"X-Kiosk-Key": "forged"}, code="7K3F9M2X")

        assert (known.status_code, known.data) == (unknown.status_code, unknown.data)

    def test_are_shut_to_a_revoked_kiosk(self, app: Flask, tablet: Tablet, door: str):
        database_of(app).write(lambda s: revoke_kiosk(s, kiosk_id=tablet.kiosk_id, now=now()))
        answer = tablet.ask(door, DOORS[door])

        assert (answer.status_code, answer.json) == (403, {"refused": "revoked"})

    def test_are_shut_to_the_kiosk_of_another_counter(self, app: Flask, tablet: Tablet, door: str):
        other = database_of(app).write(
            lambda s: add_service_point(s, office_code="ttpvhcc", name="Quầy 2", now=now()).code
        )
        answer = tablet.ask(door, DOORS[door], code=other)

        assert (answer.status_code, answer.json) == (403, {"refused": "counter"})

    def test_set_no_cookie_and_are_kept_nowhere(self, tablet: Tablet, door: str):
        answer = tablet.ask(door, DOORS[door])

        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"

    def test_refuse_what_is_no_json_object(self, tablet: Tablet, door: str):
        if DOORS[door] is None:
            return
        for body, kind in ((b"{", "application/json"), (b"[1]", "application/json"), (b"{}", "text/plain")):
            answer = tablet.ask(door, data=body, headers={"Content-Type": kind})
            assert (answer.status_code, answer.json) == (400, {"refused": "json"})
        assert tablet.ask(door, {"unknown": 1}).json == {"refused": "shape"}


class TestAnswers:
    def test_arrive_once_however_often_the_batch_is_sent(
        self, tablet: Tablet, stored: Callable[[], list[Response]]
    ):
        batch = [tablet.sent(ticket) for ticket in tablet.tickets(20)]

        assert {one["outcome"] for one in tablet.send(*batch)} == {"stored"}
        assert {one["outcome"] for one in tablet.send(*batch)} == {"duplicate"}
        assert len(stored()) == 20

    def test_are_refused_by_the_thousand(self, tablet: Tablet, stored: Callable[[], list[Response]]):
        ticket = tablet.tickets()[0]
        answer = tablet.ask("answers", {"answers": [tablet.sent(ticket)] * 1000})

        assert answer.status_code in (400, 413)
        assert stored() == []

    def test_of_twenty_one_are_one_too_many(self, tablet: Tablet):
        batch = [tablet.sent(ticket) for ticket in tablet.tickets(21)]

        assert tablet.ask("answers", {"answers": batch}).json == {"refused": "shape"}

    def test_of_ten_kilobytes_of_emoji_are_refused_with_a_reason(self, tablet: Tablet):
        (ticket,) = tablet.tickets()
        sent = tablet.sent(ticket, answers={"overall": ["4"], "comment": ["😀" * 2500]})

        assert tablet.send(sent) == [{"id": ticket[0], "outcome": "refused", "reason": "answers"}]

    @pytest.mark.parametrize(
        "changes",
        [
            {"answers": {"overall": "4"}},
            {"answers": {"overall": [4]}},
            {"answers": []},
            {"hour": "yesterday"},
            {"hour": "2026-11-21T00:00:00"},
            {"seconds": "20"},
            {"seconds": -1},
            {"burst": None},
            {"id": None},
            {"token": "x" * 300},
        ],
        ids=str,
    )
    def test_in_another_shape_are_refused_as_a_whole(
        self, tablet: Tablet, changes: dict[str, Any], stored: Callable[[], list[Response]]
    ):
        good, wrong = (tablet.sent(ticket) for ticket in tablet.tickets(2))
        answer = tablet.ask("answers", {"answers": [good, wrong | changes]})

        assert (answer.status_code, answer.json) == (400, {"refused": "shape"})
        assert stored() == []

    def test_to_items_that_do_not_exist_are_left_aside(
        self, tablet: Tablet, stored: Callable[[], list[Response]]
    ):
        (ticket,) = tablet.tickets()
        tablet.send(tablet.sent(ticket, answers={"overall": ["3"], "__proto__": ["x"]}))

        assert stored()[0].answers == {"overall": 3}

    def test_survive_that_the_poster_s_code_was_rotated(
        self, app: Flask, tablet: Tablet, stored: Callable[[], list[Response]]
    ):
        (before,) = tablet.tickets()
        database_of(app).write(lambda s: rotate_code(s, code=tablet.code, now=now()))
        (after,) = tablet.tickets()
        tablet.send(tablet.sent(before), tablet.sent(after))

        assert len(stored()) == 2

    def test_given_before_the_end_are_taken_after_it(
        self, app: Flask, tablet: Tablet, stored: Callable[[], list[Response]]
    ):
        (ticket,) = tablet.tickets()
        database_of(app).write(lambda s: close_campaign(s, code="thu", now=now()))

        assert tablet.ask("tickets", {"count": 1}).status_code == 409
        assert tablet.ask("form").json["status"] == "closed"
        assert tablet.send(tablet.sent(ticket))[0]["outcome"] == "stored"
        assert stored()[0].flags == "late"


class TestRehearsal:
    @pytest.fixture
    def rehearsing(self, app: Flask, tablet: Tablet) -> None:
        """The counter's campaign is closed and the next one is being rehearsed."""

        def rehearse(session: Any) -> None:
            campaign = close_campaign(session, code="thu", now=now())
            version, office = campaign.questionnaire_version_id, 1
            create_campaign(
                session,
                code="sau",
                title="Đợt sau",
                title_en="Next",
                questionnaire_version_id=version,
                opens_on=local_date(now()),
                closes_on=local_date(now()) + timedelta(days=9),
                office_ids=[office],
                channels=["qr"],
                now=now(),
            )
            start_rehearsal(session, code="sau", now=now())

        database_of(app).write(rehearse)

    @pytest.mark.usefixtures("rehearsing")
    def test_answers_reach_the_rehearsal_and_no_figure(
        self, app: Flask, tablet: Tablet, stored: Callable[[], list[Response]]
    ):
        (ticket,) = tablet.tickets()

        assert tablet.ask("form").json["status"] == "rehearsal"
        assert tablet.send(tablet.sent(ticket))[0]["outcome"] == "stored"
        assert stored() == []
        with database_of(app).read() as session:
            assert session.query(RehearsalResponse).one().instrument == "kiosk"

    @pytest.mark.usefixtures("rehearsing")
    @pytest.mark.parametrize("how", [end_rehearsal, lambda s, code: open_campaign(s, code=code, now=now())])
    def test_answers_that_come_after_it_are_refused(
        self, app: Flask, tablet: Tablet, stored: Callable[[], list[Response]], how: Callable[..., object]
    ):
        (ticket,) = tablet.tickets()
        series = tablet.ask("form").json["series"]
        database_of(app).write(lambda s: how(s, code="sau"))

        assert tablet.send(tablet.sent(ticket))[0]["reason"] == "rehearsal"
        assert tablet.ask("form").json["series"] != series
        assert stored() == []


class TestHeartbeat:
    def test_keeps_the_health_and_tells_the_news(self, tablet: Tablet, row: Callable[[], Kiosk]):
        news = tablet.ask("heartbeat", HEALTH | {"refused": 1, "oldest": "2026-01-01T05:00:00Z"}).json
        form = tablet.ask("form").json

        assert news["state"] == form["state"]
        assert (news["received"], news["name"]) == (0, "Máy 1")
        assert (row().queue_length, row().refused, row().recorded) == (2, 1, 5)

    def test_tells_that_the_pin_was_changed(self, app: Flask, tablet: Tablet):
        before = tablet.ask("heartbeat", HEALTH).json["pin"]
        database_of(app).write(
            lambda s: set_pin(s, kiosk_id=tablet.kiosk_id, pin="246813", key=KEY, now=now())
        )

        assert tablet.ask("heartbeat", HEALTH).json["pin"] != before

    @pytest.mark.parametrize(
        "changes", [{"waiting": -1}, {"waiting": 10**12}, {"version": "x" * 17}], ids=str
    )
    def test_refuses_nonsense(self, tablet: Tablet, changes: dict[str, Any]):
        assert tablet.ask("heartbeat", HEALTH | changes).status_code == 400


class TestUnlock:
    def test_opens_with_the_pin_only(self, tablet: Tablet):
        assert tablet.ask("unlock", {"pin": PIN}).status_code == 200
        assert tablet.ask("unlock", {"pin": "908070"}).json == {"refused": "pin", "wait": 0}

    def test_makes_guessing_wait(self, tablet: Tablet):
        answers = [tablet.ask("unlock", {"pin": f"9{n:05}"}) for n in range(5)]

        assert [one.status_code for one in answers] == [403, 403, 403, 403, 429]
        assert tablet.ask("unlock", {"pin": PIN}).status_code == 429


class TestEnrolment:
    def test_by_address_and_pin_makes_a_kiosk(self, app: Flask, tablet: Tablet):
        database = database_of(app)
        second = make_kiosk(database, tablet.code, "Máy 2")
        token = database.write(lambda s: start_enrolment(s, kiosk_id=second, now=now()))
        answer = tablet.client.post(f"/kiosk/{tablet.code}/enrolment", json={"token": token, "pin": PIN})

        assert answer.json["name"] == "Máy 2"
        assert tablet.ask("form", headers={"X-Kiosk-Key": answer.json["key"]}).status_code == 200

    @pytest.mark.parametrize("token", ["", "0" * 26, "x" * 64])
    def test_with_a_guessed_token_is_refused_alike(self, tablet: Tablet, token: str):
        for address in ("7K3F9M2X", "no-code", tablet.code):
            answer = tablet.client.post(f"/kiosk/{address}/enrolment", json={"token": token, "pin": PIN})
            assert (answer.status_code, answer.json) == (403, {"refused": "token"})

    def test_anew_counts_from_nought(self, app: Flask, tablet: Tablet, row: Callable[[], Kiosk]):
        tablet.send(tablet.sent(tablet.tickets()[0]))
        tablet.ask("heartbeat", HEALTH)
        enrol(database_of(app), tablet.code, tablet.kiosk_id)

        assert (row().received, row().recorded, row().queue_length) == (0, 0, 0)


class TestHostileTexts:
    """What a device may send by mistake or on purpose."""

    def test_half_an_emoji_holds_up_no_other_answer(
        self, tablet: Tablet, stored: Callable[[], list[Response]]
    ):
        cut, whole = tablet.tickets(2)
        comment = {"overall": ["4"], "comment": ["Rất tốt \ud83d\0"]}

        results = tablet.send(tablet.sent(cut, answers=comment), tablet.sent(whole))

        assert [one["outcome"] for one in results] == ["stored", "stored"]
        assert len(stored()) == 2

    @pytest.mark.parametrize("version", ["\ud800", "\0"])
    @pytest.mark.parametrize("oldest", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-12:00", None])
    def test_a_heartbeat_is_taken_whatever_the_clock_shows(
        self, tablet: Tablet, version: str, oldest: str | None
    ):
        assert tablet.ask("heartbeat", HEALTH | {"version": version, "oldest": oldest}).status_code == 200

    def test_a_stranger_breaks_nothing(self, tablet: Tablet):
        half = tablet.ask("enrolment", {"token": "\ud800", "pin": "\ud800"})
        deep = tablet.ask("enrolment", data="[" * 100_000, content_type="application/json")

        assert (half.status_code, half.json) == (403, {"refused": "token"})
        assert (deep.status_code, deep.json) == (400, {"refused": "json"})

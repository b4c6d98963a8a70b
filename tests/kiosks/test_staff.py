"""Staff screens of kiosks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from survey_app.foundation.audit import AuditEntry
from survey_app.foundation.clock import now
from survey_app.kiosks.models import Kiosk
from survey_app.kiosks.operations import revoke_kiosk
from survey_app.kiosks.queries import list_kiosks, standing
from survey_app.staff.rules.permissions import PERMITTED, Action, Role
from tests.kiosks.conftest import PIN, Tablet, make_kiosk, point_of
from tests.staff_client import StaffClient

Sign = Callable[..., StaffClient]
FORM = {"name": "Máy quầy 1", "pin": PIN, "again": PIN}


def change(app: Flask, kiosk_id: int, **values: object) -> None:
    """Set columns of a kiosk."""
    statement = update(Kiosk).where(Kiosk.id == kiosk_id).values(**values)
    app.extensions["survey_app.database"].write(lambda session: session.execute(statement))


def pages(kiosk_id: int) -> tuple[str, ...]:
    """Every page of one kiosk."""
    return (f"/kiosks/{kiosk_id}", f"/kiosks/{kiosk_id}/pin", f"/kiosks/{kiosk_id}/revocation")


class TestWhoMayPass:
    @pytest.mark.parametrize("role", Role)
    def test_only_who_manages_kiosks(self, staff_client: Sign, tablet: Tablet, role: Role):
        expected = 200 if role in PERMITTED[Action.MANAGE_KIOSKS] else 403
        person = staff_client(role)

        for page in ("/kiosks", "/kiosks/new", "/kiosks/guide", *pages(tablet.kiosk_id)):
            assert person.get(page).status_code == expected

    def test_in_the_unit_of_the_kiosk(self, staff_client: Sign, tablet: Tablet):
        stranger = staff_client((Role.SURVEY_MANAGER, "20"))

        assert "Máy 1" not in stranger.get("/kiosks").text
        for page in pages(tablet.kiosk_id):
            assert stranger.get(page).status_code == 404
        for action in ("enrolment", "pin", "revocation"):
            assert stranger.post(f"/kiosks/{tablet.kiosk_id}/{action}", FORM).status_code == 404

    def test_nobody_finds_a_kiosk_or_a_counter_that_is_not_there(self, staff_client: Sign, tablet: Tablet):
        person = staff_client(Role.ADMINISTRATOR)

        for page in (*pages(999), f"/kiosks/{10**30}", "/kiosks/new?point=999", "/kiosks/new?point=x%00"):
            assert person.get(page).status_code == 404


class TestCreating:
    def test_leads_from_the_counter_to_the_kiosk(self, app: Flask, staff_client: Sign, code: str):
        person = staff_client((Role.SURVEY_MANAGER, "04"))
        point = point_of(app.extensions["survey_app.database"], code)

        assert f"/kiosks/new?point={point}" in person.get("/kiosks/new?q=quầy 1").text
        assert f"/kiosks/new?point={point}" in person.get(f"/kiosks/new?q={code}").text
        assert "Không tìm thấy quầy" in person.get("/kiosks/new?q=không có").text
        answer = person.post("/kiosks/new", FORM | {"point": str(point)})
        assert answer.status_code == 303
        assert "chưa đăng ký máy" in person.get(answer.location).text

    def test_gives_back_what_was_typed_with_what_is_wrong(self, app: Flask, staff_client: Sign, code: str):
        person, point = (
            staff_client(Role.ADMINISTRATOR),
            point_of(app.extensions["survey_app.database"], code),
        )
        for wrong in ({"pin": "123456", "again": "123456"}, {"again": "000000"}, {"pin": "12"}, {"name": ""}):
            answer = person.post("/kiosks/new", FORM | {"point": str(point)} | wrong)
            assert answer.status_code == 422
            assert "Có lỗi cần sửa" in answer.text
            assert PIN not in answer.text

    def test_shows_html_in_a_name_as_text(self, app: Flask, staff_client: Sign, code: str):
        kiosk_id = make_kiosk(app.extensions["survey_app.database"], code, "<b onclick=x>Máy</b>")
        person = staff_client(Role.ADMINISTRATOR)

        for page in ("/kiosks", *pages(kiosk_id)):
            assert "&lt;b onclick=x&gt;Máy" in person.get(page).text
            assert "<b onclick" not in person.get(page).text


class TestEnrolment:
    def test_shows_a_one_time_address_that_works(self, staff_client: Sign, tablet: Tablet):
        person = staff_client(Role.SURVEY_MANAGER)
        page = person.post(f"/kiosks/{tablet.kiosk_id}/enrolment").text
        found = re.search(rf"http://127.0.0.1:8000/kiosk/{tablet.code}#enrol=([0-9A-Z]{{26}})", page)
        assert found
        assert "<svg" in page

        sent = tablet.client.post(f"/kiosk/{tablet.code}/enrolment", json={"token": found[1], "pin": PIN})
        assert sent.status_code == 200

    def test_is_written_down_without_its_token_or_a_pin(self, app: Flask, staff_client: Sign, tablet: Tablet):
        person = staff_client(Role.SURVEY_MANAGER)
        page = person.post(f"/kiosks/{tablet.kiosk_id}/enrolment").text
        person.post(f"/kiosks/{tablet.kiosk_id}/pin", {"pin": "246813", "again": "246813"})
        token = re.findall(r"enrol=([0-9A-Z]{26})", page)[0]
        with app.extensions["survey_app.database"].read() as session:
            lines = session.scalars(select(AuditEntry)).all()
        written = " ".join(f"{one.subject} {one.details}" for one in lines)

        assert [one.details["step"] for one in lines] == ["enrolment", "pin"]
        assert token not in written
        assert "246813" not in written


class TestHealth:
    def test_is_told_in_minutes_and_answers(self, app: Flask, staff_client: Sign, tablet: Tablet):
        change(
            app,
            tablet.kiosk_id,
            last_seen_at=now() - timedelta(minutes=17),
            queue_length=3,
            refused=2,
            recorded=45,
            received=40,
        )
        listed = staff_client(Role.ADMINISTRATOR).get("/kiosks").text

        for words in ("im lặng 17 phút", "còn 3 phiếu chưa gửi", "2 phiếu không nhận được", "đã nhận 40/45"):
            assert words in listed

    def test_of_an_active_kiosk_is_good(self, staff_client: Sign, tablet: Tablet):
        tablet.send(tablet.sent(tablet.tickets()[0]))
        listed = staff_client(Role.ADMINISTRATOR).get("/kiosks").text

        assert "đang hoạt động" in listed
        assert "đã nhận 1/1" in listed

    @pytest.mark.parametrize(
        ("minutes", "values"),
        [
            ({}, {}),
            ({"last_seen_at": 4}, {}),
            ({}, {"refused": 1}),
            ({"oldest_waiting_at": 180}, {}),
            ({"oldest_waiting_at": 30}, {}),
            ({"last_seen_at": 4000, "revoked_at": 0}, {}),
        ],
        ids=str,
    )
    def test_calls_for_a_look_by_one_rule(
        self, app: Flask, tablet: Tablet, minutes: dict[str, int], values: dict[str, int]
    ):
        ago = {name: now() - timedelta(minutes=count) for name, count in minutes.items()}
        change(app, tablet.kiosk_id, name="Máy", **ago, **values)
        with app.extensions["survey_app.database"].read() as session:
            (line,) = list_kiosks(session, scopes=[""], now=now(), page=1).items
            listed = list_kiosks(session, scopes=["04"], now=now(), page=1, trouble_only=True).items
            sums = standing(session, scopes=["04"], now=now())

        assert bool(listed) == line.needs_a_look(now()) == bool(sums.in_trouble)

    def test_list_of_trouble_may_be_empty(self, staff_client: Sign, tablet: Tablet):
        assert (
            "Không có kiosk nào cần xem" in staff_client(Role.ADMINISTRATOR).get("/kiosks?show=trouble").text
        )

    def test_list_says_how_to_begin(self, staff_client: Sign):
        assert "Chưa có kiosk nào" in staff_client(Role.ADMINISTRATOR).get("/kiosks").text
        assert "Chưa có quầy nào" in staff_client(Role.ADMINISTRATOR).get("/kiosks/new").text


class TestChanges:
    def test_of_the_pin_need_the_same_pin_twice(self, staff_client: Sign, tablet: Tablet):
        person, page = staff_client(Role.SURVEY_MANAGER), f"/kiosks/{tablet.kiosk_id}/pin"

        assert person.post(page, {"pin": "246813", "again": "246814"}).status_code == 422
        assert person.post(page, {"pin": "246813", "again": "246813"}).status_code == 303
        assert tablet.ask("unlock", {"pin": "246813"}).status_code == 200
        assert tablet.ask("unlock", {"pin": PIN}).status_code == 403

    def test_end_a_kiosk_after_saying_what_happens(self, app: Flask, staff_client: Sign, tablet: Tablet):
        change(app, tablet.kiosk_id, queue_length=4)
        person, page = staff_client(Role.SURVEY_MANAGER), f"/kiosks/{tablet.kiosk_id}/revocation"

        assert "Máy còn 4 phiếu chưa gửi" in person.get(page).text
        assert person.post(page).status_code == 303
        assert tablet.ask("form").json == {"refused": "revoked"}
        assert "đã thu hồi" in person.get("/kiosks").text

    def test_of_a_kiosk_that_was_revoked_meanwhile_are_refused_in_words(
        self, app: Flask, staff_client: Sign, tablet: Tablet
    ):
        app.extensions["survey_app.database"].write(
            lambda s: revoke_kiosk(s, kiosk_id=tablet.kiosk_id, now=now())
        )
        person, base = staff_client(Role.SURVEY_MANAGER), f"/kiosks/{tablet.kiosk_id}"

        assert "đã bị thu hồi" in person.post(f"{base}/pin", {"pin": "246813", "again": "246813"}).text
        for action in ("enrolment", "revocation"):
            answer = person.post(f"{base}/{action}", follow_redirects=True)
            assert "đã bị thu hồi" in answer.text

    def test_need_the_token_of_a_form(self, staff_client: Sign, tablet: Tablet):
        person = staff_client(Role.SURVEY_MANAGER)

        assert person.http.post(f"/kiosks/{tablet.kiosk_id}/revocation").status_code == 400
        assert tablet.ask("form").status_code == 200


def test_enrolment_waits_for_a_code(app: Flask, staff_client: Sign, tablet: Tablet):
    app.extensions["survey_app.database"].write(
        lambda s: s.execute(text("UPDATE public_codes SET revoked_at = :now"), {"now": now()})
    )
    answer = staff_client(Role.SURVEY_MANAGER).post(
        f"/kiosks/{tablet.kiosk_id}/enrolment", follow_redirects=True
    )

    assert "chưa có mã công khai" in answer.text

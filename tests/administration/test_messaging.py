"""The screens for messages: carriers, senders, templates, refusals, health, dead letters."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app.foundation.clock import now as present
from survey_app.foundation.database import Database
from survey_app.messaging.models import GatewayStop, MessageTemplate, OptOut, OutboxMessage, Sender
from survey_app.messaging.operations import enqueue, opt_out
from survey_app.messaging.rules.contract import Cause, Medium
from survey_app.messaging.rules.limits import Purpose
from survey_app.messaging.rules.optouts import Reason
from survey_app.messaging.rules.states import State
from survey_app.staff.rules.permissions import Role
from tests.staff_client import StaffClient

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Staff = Callable[..., StaffClient]
Log = Callable[[], list[tuple[str, str, str, dict[str, Any]]]]
HERE = "/admin/messaging"
PHONE = "+84901234567"
SENDER = {
    "gateway": "esms",
    "name": "UBND-CB",
    "segments_per_second": "10",
    "burst": "10",
    "price": "350",
    "active": "y",
}
READY = (
    "{unit}: Ong/ba cham diem phuc vu ho so 1-5 (5=rat hai long, 1=rat khong hai long). "
    "Soan DG {code} diem gui {number}. Tu choi: soan TC"
)
TEMPLATE = {"name": "Mời", "medium": "sms", "text": READY, "accents": "no", "is_first": "y"}


@pytest.fixture
def admin(site: Flask, staff_client: Staff) -> StaffClient:
    """Who administers the whole installation."""
    return staff_client(Role.ADMINISTRATOR)


def database_of(staff: StaffClient) -> Database:
    """Return the database of the site."""
    found: Database = staff.app.extensions["survey_app.database"]
    return found


def stored(staff: StaffClient, model: Any) -> list[Any]:
    """Return every row of a table."""
    with database_of(staff).read() as session:
        return list(session.scalars(select(model)))


def dead_letter(staff: StaffClient, state: State, cause: Cause | None = None) -> int:
    """Store a message that did not arrive; return its id."""

    def store(session: Any) -> int:
        enqueue(
            session,
            now=present(),
            key=staff.app.config["SETTINGS"].contact_key,
            medium=Medium.SMS,
            gateway="esms",
            sender="UBND-CB",
            phone=PHONE,
            text="Xin cam on.",
            purpose=Purpose.REPLY,
            topic="test",
        )
        row = session.scalars(select(OutboxMessage)).one()
        row.state, row.cause, row.code = state.value, cause and cause.value, "30007"
        row.began_at, row.attempt = present(), 1
        return int(row.id)

    return database_of(staff).write(store)


class TestGateways:
    """/admin/messaging"""

    def test_says_plainly_that_twilio_hears_nobody_in_vietnam(self, admin: StaffClient) -> None:
        assert "Tại Việt Nam, Twilio không nhận được tin trả lời" in admin.get(HERE).text

    def test_names_settings_and_never_their_value(self, admin: StaffClient) -> None:
        given = {"esms_api_key": "ma-bi-mat-1", "esms_secret_key": "ma-bi-mat-2"}
        admin.app.config["SETTINGS"] = replace(admin.app.config["SETTINGS"], **given)
        page = admin.get(HERE).text

        assert re.search(r"SURVEY_ESMS_API_KEY</code>\s*<span class=\"tag good\">đã đặt", page)
        assert re.search(r"SURVEY_TWILIO_AUTH_TOKEN</code>\s*<span class=\"tag bad\">chưa đặt, cần có", page)
        assert "ma-bi-mat" not in page

    def test_a_test_message_goes_into_the_outbox_of_the_simulator(self, admin: StaffClient, log: Log) -> None:
        admin.post(f"{HERE}/test")

        assert [one.state for one in stored(admin, OutboxMessage)] == ["queued"]
        assert [one.gateway for one in stored(admin, Sender)] == ["simulator"]
        assert log()[-1] == (
            "messaging.manage",
            "gateway:simulator",
            "",
            {"did": "test_message_sent"},
        )

    def test_is_for_who_administers_everything(self, site: Flask, staff_client: Staff) -> None:
        assert staff_client((Role.ADMINISTRATOR, "04")).get(HERE).status_code == 404
        assert staff_client(Role.SURVEY_MANAGER).get(HERE).status_code == 403

    def test_is_linked_from_the_first_page_for_them_only(
        self, admin: StaffClient, staff_client: Staff
    ) -> None:
        link = f'href="{HERE}"'

        assert link in admin.get("/admin").text
        assert link not in staff_client((Role.ADMINISTRATOR, "04")).get("/admin").text


class TestSenders:
    """/admin/messaging/senders"""

    def test_are_added_and_changed(self, admin: StaffClient) -> None:
        admin.post(f"{HERE}/senders/new", SENDER)
        id_ = stored(admin, Sender)[0].id
        admin.post(f"{HERE}/senders/{id_}", SENDER | {"price": "400", "active": ""})
        sender = stored(admin, Sender)[0]

        assert (sender.gateway, sender.medium, int(sender.price), sender.active) == (
            "esms",
            "sms",
            400,
            False,
        )
        assert "UBND-CB" in admin.get(f"{HERE}/senders").text

    def test_keep_to_the_rules_of_brandnames(self, admin: StaffClient) -> None:
        answer = admin.post(f"{HERE}/senders/new", SENDER | {"name": "Cao Bằng"})

        assert answer.status_code == 422
        assert "chữ cái không dấu" in answer.text
        assert stored(admin, Sender) == []

    @pytest.mark.parametrize("wrong", [{"segments_per_second": "0"}, {"price": "-1"}, {"burst": "x"}])
    def test_have_a_pace_and_a_price_that_can_be(self, admin: StaffClient, wrong: dict[str, str]) -> None:
        assert admin.post(f"{HERE}/senders/new", SENDER | wrong).status_code == 422

    def test_that_are_not_there_are_not_found(self, admin: StaffClient) -> None:
        assert admin.get(f"{HERE}/senders/99").status_code == 404


class TestTemplates:
    """/admin/messaging/templates"""

    def test_preview_measures_both_ways_of_writing_and_saves_nothing(self, admin: StaffClient) -> None:
        admin.post(f"{HERE}/senders/new", SENDER)
        accented = READY.replace("Ong/ba cham diem", "Ông/bà chấm điểm")
        values = TEMPLATE | {"text": accented, "sender": "1", "do": "preview"}
        page = " ".join(admin.post(f"{HERE}/templates/new", values).text.split())

        # 143 characters are one GSM-7 segment and three of UCS-2 (70, then 67 each); 350 đồng a segment.
        assert "<strong>143 ký tự</strong> · GSM-7 · <strong>1 tin</strong>" in page
        assert "<strong>143 ký tự</strong> · UCS-2 · <strong>3 tin</strong>" in page
        assert "350 đồng một người" in page
        assert "1.050 đồng một người" in page
        assert stored(admin, MessageTemplate) == []

    def test_are_saved_changed_and_deleted(self, admin: StaffClient) -> None:
        admin.post(f"{HERE}/templates/new", TEMPLATE | {"do": "save"})
        one = stored(admin, MessageTemplate)[0]
        admin.post(f"{HERE}/templates/{one.id}", TEMPLATE | {"name": "Mời lại", "do": "save"})

        assert [kept.name for kept in stored(admin, MessageTemplate)] == ["Mời lại"]
        assert 'value="Mời lại"' in admin.get(f"{HERE}/templates/{one.id}").text
        admin.post(f"{HERE}/templates/{one.id}/delete")
        assert stored(admin, MessageTemplate) == []

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"text": READY + " {name}"}, "Không có biến: {name}"),
            ({"text": "Cham diem {code}"}, "cách từ chối"),
            ({"accents": "yes", "text": READY.replace("Ong", "Ông")}, "Tin nhắn dài 3 tin"),
            ({"name": ""}, "Xin điền mục này"),
        ],
    )
    def test_with_faults_are_refused_and_what_was_typed_stays(
        self, admin: StaffClient, wrong: dict[str, str], said: str
    ) -> None:
        answer = admin.post(f"{HERE}/templates/new", TEMPLATE | wrong | {"do": "save"})

        assert answer.status_code == 422
        assert said in answer.text
        assert "Soan DG" in answer.text or "Cham diem" in answer.text
        assert stored(admin, MessageTemplate) == []

    def test_longer_than_two_segments_are_saved_once_that_is_confirmed(self, admin: StaffClient) -> None:
        long = TEMPLATE | {"accents": "yes", "text": READY.replace("Ong", "Ông"), "confirmed": "y"}
        admin.post(f"{HERE}/templates/new", long | {"do": "save"})

        assert [one.confirmed for one in stored(admin, MessageTemplate)] == [True]


class TestOptOuts:
    """/admin/messaging/opt-outs"""

    @staticmethod
    def refuse(admin: StaffClient, reason: Reason) -> None:
        """Store a refusal."""
        key = admin.app.config["SETTINGS"].contact_key
        database_of(admin).write(
            lambda session: opt_out(session, key=key, phone=PHONE, reason=reason, source="sms", now=present())
        )

    def test_are_counted_by_reason(self, admin: StaffClient) -> None:
        self.refuse(admin, Reason.CITIZEN)

        assert "<dt>người dân từ chối</dt><dd>1</dd>" in admin.get(f"{HERE}/opt-outs").text

    def test_a_look_up_is_logged_without_the_number(self, admin: StaffClient, log: Log) -> None:
        self.refuse(admin, Reason.CITIZEN)
        page = admin.post(f"{HERE}/opt-outs/look-up", {"phone": "0901 234 567"}).text

        assert "người dân từ chối" in page
        assert log()[-1] == ("messaging.manage", "opt_outs", "", {"did": "opt_out_looked_up"})

    def test_a_citizens_own_refusal_is_not_for_staff_to_lift(self, admin: StaffClient) -> None:
        self.refuse(admin, Reason.CITIZEN)
        page = admin.post(f"{HERE}/opt-outs/look-up", {"phone": PHONE}).text
        answer = admin.post(f"{HERE}/opt-outs/lift", {"phone": PHONE, "document": "12/CV"})

        assert "nhắn DK từ số này" in page
        assert answer.status_code == 422
        assert len(stored(admin, OptOut)) == 1

    def test_what_staff_noted_is_lifted_on_a_written_request(self, admin: StaffClient, log: Log) -> None:
        admin.post(f"{HERE}/opt-outs/add", {"phone": PHONE, "reason": "staff", "document": "tại quầy"})
        assert len(stored(admin, OptOut)) == 1

        admin.post(f"{HERE}/opt-outs/lift", {"phone": PHONE, "document": "12/CV"})
        assert stored(admin, OptOut) == []
        assert log()[-1][3] == {"did": "opt_out_lifted", "document": "12/CV"}

    def test_are_not_lifted_without_a_document(self, admin: StaffClient) -> None:
        self.refuse(admin, Reason.STAFF)
        answer = admin.post(f"{HERE}/opt-outs/lift", {"phone": PHONE, "document": ""})

        assert answer.status_code == 422
        assert len(stored(admin, OptOut)) == 1

    @pytest.mark.parametrize("action", ["look-up", "add"])
    def test_what_is_no_phone_is_said_beside_the_field(self, admin: StaffClient, action: str) -> None:
        values = {"phone": "02063852136", "reason": "staff", "document": "x"}
        answer = admin.post(f"{HERE}/opt-outs/{action}", values)

        assert answer.status_code == 422
        assert "Số máy bàn" in answer.text


class TestHealth:
    """/admin/messaging/health"""

    def test_shows_stops_and_lets_them_go_on(self, admin: StaffClient) -> None:
        stop = GatewayStop(gateway="esms", since=present(), code="101")
        database_of(admin).write(lambda session: session.add(stop))

        assert "Nhà mạng trả mã 101" in admin.get(f"{HERE}/health").text
        admin.post(f"{HERE}/gateways/esms/continue")
        assert stored(admin, GatewayStop) == []

    def test_tells_how_long_the_oldest_message_waits(self, admin: StaffClient) -> None:
        dead_letter(admin, State.QUEUED)

        def age(session: Any) -> None:
            session.scalars(select(OutboxMessage)).one().due_at = present() - timedelta(minutes=31)

        database_of(admin).write(age)
        page = admin.get(f"{HERE}/health").text

        assert "31 phút" in page
        assert "chậm" in page

    def test_an_unknown_carrier_is_not_there(self, admin: StaffClient) -> None:
        assert admin.post(f"{HERE}/gateways/smpp/continue").status_code == 404


class TestDeadLetters:
    """/admin/messaging/dead-letters"""

    def test_are_listed_with_a_masked_phone_and_the_cause(self, admin: StaffClient) -> None:
        dead_letter(admin, State.FAILED, Cause.CONTENT)
        page = admin.get(f"{HERE}/dead-letters").text

        assert "+84 90• ••• •67" in page
        assert "901234567" not in page
        assert "nội dung bị lọc" in page

    def test_are_filtered_by_state(self, admin: StaffClient) -> None:
        dead_letter(admin, State.DEAD)

        assert "Không có tin nào" in admin.get(f"{HERE}/dead-letters?state=unknown").text
        assert "Gửi lại…" in admin.get(f"{HERE}/dead-letters?state=dead").text

    def test_in_doubt_are_sent_again_after_a_warning(self, admin: StaffClient) -> None:
        id_ = dead_letter(admin, State.UNKNOWN)
        warning = admin.get(f"{HERE}/dead-letters/{id_}/resend").text

        assert "có thể nhận tin này hai lần" in warning
        assert stored(admin, OutboxMessage)[0].state == "unknown"
        admin.post(f"{HERE}/dead-letters/{id_}/resend")
        assert stored(admin, OutboxMessage)[0].state == "queued"

    def test_of_people_who_refused_are_never_sent_again(self, admin: StaffClient) -> None:
        id_ = dead_letter(admin, State.FAILED, Cause.OPTED_OUT)

        assert admin.get(f"{HERE}/dead-letters/{id_}/resend").status_code == 404
        admin.post(f"{HERE}/dead-letters/{id_}/resend")
        assert stored(admin, OutboxMessage)[0].state == "failed"

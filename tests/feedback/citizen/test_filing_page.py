"""A clerk files what a visitor says, a caller tells or a letter holds, and prints the receipt."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from survey_app.feedback.models import Case, CaseClock, CaseEvent, Grievance
from survey_app.foundation.audit import AuditEntry
from survey_app.foundation.clock import VIETNAM
from survey_app.foundation.clock import now as clock_now
from survey_app.staff.rules.permissions import Role
from tests.feedback.citizen.conftest import Citizen
from tests.staff_client import StaffClient

VISIT = {
    "channel": "counter",
    "kind": "petition",
    "unit": "01273",
    "text": "Nước máy đục từ sáng thứ hai.",
    "name": "Nông Văn Tài",
    "address": "Tổ 3",
    "anonymity": "officers_only",
}


@pytest.fixture
def clerk(citizen: Citizen, staff_client: Callable[..., StaffClient]) -> StaffClient:
    """An intake clerk of Phường Thục Phán."""
    return staff_client((Role.INTAKE_CLERK, "04/01273"))


def file(clerk: StaffClient, **other: Any) -> TestResponse:
    """Fill in the form as it is shown and send it."""
    data = VISIT | other
    if "paper" not in data:
        found = re.search(r'name="paper"[^>]* value="([^"]+)"', clerk.get("/desk/new").text)
        assert found is not None
        data["paper"] = html.unescape(found[1])
    return clerk.post("/desk/new", data)


class TestFiling:
    def test_opens_a_case_and_prints_code_and_pin(self, citizen: Citizen, clerk: StaffClient) -> None:
        answer = file(clerk)
        assert re.search(r"PA-\w{4}-\w{4}-\w{3}</strong>.*\d{6}</strong>", answer.text, re.DOTALL)
        (case,) = citizen.cases()
        assert (case.channel, case.filed_by, case.unit_path) == ("counter", clerk.account_id, "04/01273")

    def test_writes_no_personal_data_into_events_and_audit(
        self, citizen: Citizen, clerk: StaffClient
    ) -> None:
        file(clerk)
        with citizen.database.read() as session:
            written = [
                *session.scalars(select(CaseEvent.details)),
                *session.scalars(select(AuditEntry.details)),
            ]
        assert "Tài" not in str(written)
        assert "Nước" not in str(written)

    def test_no_kind_is_taken_for_granted(self, citizen: Citizen, clerk: StaffClient) -> None:
        assert (
            " selected"
            not in re.findall(r"<select[^>]* name=\"kind\".*?</select>", clerk.get("/desk/new").text)[0]
        )
        assert file(clerk, kind="").status_code == 422
        assert citizen.cases() == []

    def test_a_call_must_have_been_read_back(self, citizen: Citizen, clerk: StaffClient) -> None:
        assert file(clerk, channel="phone").status_code == 422
        assert citizen.cases() == []
        assert file(clerk, channel="phone", read_back="y").status_code == 200

    def test_a_letter_without_a_name_is_entered_all_the_same(
        self, citizen: Citizen, clerk: StaffClient
    ) -> None:
        # NĐ 20/2008/NĐ-CP Đ9: everything is entered, then classified; what fails Đ7 is refused with its reason.
        assert file(clerk, channel="letter", name="", address="").status_code == 200
        assert file(clerk, name="", address="").status_code == 422

    def test_keeps_the_code_of_the_national_portal(self, citizen: Citizen, clerk: StaffClient) -> None:
        assert file(clerk, channel="portal", national_code="PAKN-1").status_code == 422
        file(clerk, channel="portal", national_code="PAKN.20200812.0012")
        assert citizen.cases()[0].national_code == "PAKN.20200812.0012"

    def test_counts_from_when_a_letter_arrived(self, citizen: Citizen, clerk: StaffClient) -> None:
        now = clock_now()
        arrived = (now - timedelta(days=3)).astimezone(VIETNAM)
        answer = file(clerk, channel="letter", arrived_at=f"{arrived:%Y-%m-%dT%H:%M}")
        assert f"{arrived:%d/%m/%Y}" in answer.text
        (case,) = citizen.cases()
        with citizen.database.read() as session:
            began = set(session.scalars(select(CaseClock.started_at)))
            entered = session.scalars(select(CaseEvent.at)).one()
        assert {case.created_at} == began == {arrived.replace(second=0, microsecond=0)}
        assert entered >= now

    def test_shows_the_pin_of_an_old_letter_when_the_page_is_loaded_again(
        self, citizen: Citizen, clerk: StaffClient
    ) -> None:
        arrived = clock_now().astimezone(VIETNAM) - timedelta(days=9)
        found = re.search(r'name="paper"[^>]* value="([^"]+)"', clerk.get("/desk/new").text)
        assert found is not None
        letter = {"channel": "letter", "arrived_at": f"{arrived:%Y-%m-%dT%H:%M}"}
        pages = [file(clerk, paper=html.unescape(found[1]), **letter).text for _time in range(2)]
        assert all(re.search(r"<strong[^>]*>\d{6}</strong>", page) for page in pages)

    @pytest.mark.parametrize(("channel", "days"), [("letter", -1), ("email", 61), ("counter", 1)])
    def test_refuses_a_time_of_arrival_that_cannot_be(
        self, citizen: Citizen, clerk: StaffClient, channel: str, days: int
    ) -> None:
        arrived = clock_now().astimezone(VIETNAM) - timedelta(days=days)
        assert file(clerk, channel=channel, arrived_at=f"{arrived:%Y-%m-%dT%H:%M}").status_code == 422
        assert citizen.cases() == []

    def test_keeps_the_field_of_work(self, citizen: Citizen, clerk: StaffClient) -> None:
        file(clerk, field_name="utilities")
        assert citizen.cases()[0].field == "utilities"

    def test_makes_the_clerk_look_at_what_seems_a_complaint(
        self, citizen: Citizen, clerk: StaffClient
    ) -> None:
        text = "Tôi khiếu nại quyết định số 12."
        assert "khiếu nại" in file(clerk, text=text).text
        assert citizen.cases() == []
        assert file(clerk, text=text, is_looked_at="y").status_code == 200

    def test_enters_a_denunciation_in_the_restricted_register_only(
        self, citizen: Citizen, clerk: StaffClient
    ) -> None:
        answer = file(clerk, kind="denunciation", text="Ông X tham ô.", is_signed="y")
        assert answer.status_code == 200
        assert "/desk/cases/" not in answer.text
        with citizen.database.read() as session:
            assert session.scalar(select(func.count()).select_from(Grievance)) == 1
            assert session.scalar(select(func.count()).select_from(Case)) == 0

    def test_sent_twice_opens_one_case(self, citizen: Citizen, clerk: StaffClient) -> None:
        found = re.search(r'name="paper"[^>]* value="([^"]+)"', clerk.get("/desk/new").text)
        assert found is not None
        for _ in range(2):
            assert file(clerk, paper=html.unescape(found[1])).status_code == 200
        assert len(citizen.cases()) == 1

    def test_is_for_the_clerks_own_units(self, citizen: Citizen, clerk: StaffClient) -> None:
        assert file(clerk, unit="01279").status_code == 422
        assert citizen.cases() == []

    @pytest.mark.parametrize("role", [Role.UNIT_HANDLER, Role.AUDITOR, Role.GRIEVANCE_OFFICER])
    def test_is_for_clerks(
        self, citizen: Citizen, staff_client: Callable[..., StaffClient], role: Role
    ) -> None:
        assert staff_client(role).get("/desk/new").status_code == 403

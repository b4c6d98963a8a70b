"""The code of a counter opened by staff, by a kiosk, and by networks that guess."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from survey_app.foundation.clock import now
from survey_app.offices.operations import deactivate_service_point
from survey_app.offices.queries import service_points
from survey_app.staff.rules.permissions import Role
from tests.responses.conftest import Citizen

SATISFIED = {"overall": "4", "comment": "giữ <lại>"}
FORGED = {"submission_id": "x", "form_token": "y"}


class TestStaffScan:
    def test_leads_staff_of_the_unit_to_the_check(self, code: str, staff_client):
        answer = staff_client((Role.INTAKE_CLERK, "04")).get(f"/{code.lower()}")
        assert (answer.status_code, answer.location) == (303, f"/offices/checks/{code}")

    def test_shows_staff_the_form_on_request(self, code: str, staff_client):
        assert "Hài lòng chung?" in staff_client((Role.INTAKE_CLERK, "04")).get(f"/{code}?view=citizen").text

    def test_shows_staff_of_another_unit_what_a_citizen_sees(self, code: str, staff_client):
        assert "Hài lòng chung?" in staff_client((Role.INTAKE_CLERK, "01")).get(f"/{code}").text

    def test_shows_a_role_that_does_not_check_what_a_citizen_sees(self, code: str, staff_client):
        assert "Hài lòng chung?" in staff_client(Role.AUDITOR).get(f"/{code}").text

    def test_sets_no_cookie(self, code: str, staff_client):
        staff = staff_client((Role.INTAKE_CLERK, "04"))
        assert "Set-Cookie" not in staff.get(f"/{code}").headers
        assert "Set-Cookie" not in staff.get(f"/{code}?view=citizen").headers

    def test_takes_an_answer_sent_from_a_browser_of_staff(self, code: str, staff_client, stored):
        staff = staff_client((Role.INTAKE_CLERK, "04"))
        page = staff.get(f"/{code}?view=citizen").text
        hidden = dict(re.findall(r'name="(submission_id|form_token)" value="([^"]+)"', page))
        assert staff.http.post(f"/{code}", data=SATISFIED | hidden).status_code == 303
        assert len(stored()) == 1

    def test_a_forged_cookie_changes_nothing(self, app: Flask, code: str):
        browser = app.test_client()
        browser.set_cookie("staff", "forged")
        answer = browser.get(f"/{code}")
        assert answer.status_code == 200
        assert "Hài lòng chung?" in answer.text

    def test_costs_citizens_nothing(self, app: Flask, client: FlaskClient, code: str):
        client.get(f"/{code}")
        statements: list[str] = []
        engine = app.extensions["survey_app.database"].reader
        event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        client.get(f"/{code}")
        assert statements == []


class TestKioskAddress:
    def test_leads_to_the_kiosk_of_the_code(self, client: FlaskClient, code: str):
        answer = client.get(f"/{code.lower()}?kiosk=1")
        assert (answer.status_code, answer.location) == (303, f"/kiosk/{code}")

    def test_stores_the_instrument_that_the_token_names(self, app: Flask, citizen: Citizen, stored):
        signer = app.extensions["survey_app.responses"].signer
        submission_id, token = signer.issue(citizen.code, 1, now(), instrument="kiosk")
        citizen.send(SATISFIED, {"submission_id": submission_id, "form_token": token})
        assert stored()[0].instrument == "kiosk"


class TestClosedCounter:
    def close(self, app: Flask, code: str) -> None:
        database = app.extensions["survey_app.database"]
        with database.read() as session:
            (point,) = service_points(session, code=code)
        database.write(
            lambda session: deactivate_service_point(
                session, service_point_id=point.service_point_id, now=now()
            )
        )
        app.extensions["survey_app.responses"].directory.forget()

    def test_still_takes_the_form_that_was_open(self, app: Flask, citizen: Citizen, stored):
        hidden = citizen.hidden()
        self.close(app, citizen.code)
        assert citizen.send(SATISFIED, hidden).status_code == 303
        assert "late" in stored()[0].flags

    def test_keeps_what_was_typed_when_an_answer_is_missing(self, app: Flask, citizen: Citizen):
        hidden = citizen.hidden()
        self.close(app, citizen.code)
        answer = citizen.send({"comment": "giữ <lại>"}, hidden)
        assert answer.status_code == 422
        assert "giữ &lt;lại&gt;" in answer.text

    def test_gives_the_text_of_a_forged_form_back(self, app: Flask, citizen: Citizen, stored):
        self.close(app, citizen.code)
        answer = citizen.send(SATISFIED, FORGED)
        assert answer.status_code == 410
        assert "giữ &lt;lại&gt;</textarea>" in answer.text
        assert stored() == []


class TestThrottled:
    def test_gives_the_answers_of_a_throttled_form_back(self, citizen: Citizen, stored):
        for _ in range(10):
            citizen.send(SATISFIED, FORGED)
        answer = citizen.send(SATISFIED, FORGED)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
        assert "giữ &lt;lại&gt;" in answer.text
        assert re.search(r'id="overall_4"[^>]* checked', answer.text)
        assert stored() == []

    def test_keeps_the_answers_without_telling_whether_the_code_exists(self, app: Flask, citizen: Citizen):
        for letter in "ABCDEFGHJK":
            citizen.client.get(f"/0000000{letter}")
        app.extensions["survey_app.responses"].directory.forget()
        hit = citizen.send(SATISFIED, FORGED)
        miss = citizen.client.post("/0000000Z", data=SATISFIED | FORGED)
        assert hit.status_code == miss.status_code == 429
        assert "giữ &lt;lại&gt;</textarea>" in hit.text
        assert hit.text.replace(citizen.code, "0000000Z") == miss.text

    def test_what_it_kept_can_be_sent(self, app: Flask, citizen: Citizen):
        for letter in "ABCDEFGHJK":
            citizen.client.get(f"/0000000{letter}")
        app.extensions["survey_app.responses"].directory.forget()
        page = citizen.send(SATISFIED, FORGED).text
        kept = re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', page, re.DOTALL)
        assert dict(kept)["overall"] == "4"
        assert re.search(rf'action="/{citizen.code}"', page)

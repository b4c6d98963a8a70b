"""Failures: problem details for machines, a calm page for people, a reference in the log, nobody's data."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey_app.foundation.database import Database
from survey_app.foundation.log import configure_log
from survey_app.web.problems import explain, problem
from tests.web.doors import BROWSER, MACHINE, on_sqlite

STATUSES = (400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 502, 503)
REFERENCE = re.compile(r"[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}")
PRIVATE = "Nguyen Thi Lan 0912345678"


def _shown_reference(answer: TestResponse) -> str:
    found = REFERENCE.search(answer.text)
    assert found, answer.text
    return found[0]


@on_sqlite
class TestForMachines:
    """Problem details (RFC 9457)."""

    @pytest.mark.parametrize("status", STATUSES)
    def test_have_the_members_of_the_standard(self, app: Flask, status: int) -> None:
        with app.test_request_context("/api/v1/anything"):
            answer = problem(status, detail="Xin chọn lại.", reference="K7F2-9QXM")

        assert answer.status_code == status
        assert answer.content_type == "application/problem+json"
        # RFC 9457, 3.1; with "about:blank" the title says what the status says (4.2.1).
        assert json.loads(answer.get_data()) == {
            "type": "about:blank",
            "title": explain(status).title,
            "status": status,
            "detail": "Xin chọn lại.",
            "reference": "K7F2-9QXM",
        }

    def test_name_the_general_remedy_where_none_is_given(self, app: Flask) -> None:
        with app.test_request_context("/results/x.json"):
            members = json.loads(problem(404).get_data())

        assert members["detail"] == explain(404).remedy
        assert "reference" not in members

    @pytest.mark.parametrize(
        ("path", "accept"),
        [
            ("/api/v1/x", BROWSER["Accept"]),
            ("/results/no-such.json", "*/*"),
            ("/no/such/page", "application/json"),
            ("/no/such/page", "application/problem+json"),
            ("/no/such/page", "application/json, */*;q=0.5"),
            ("/no/such/page", "application/json, text/html;q=0.9"),
        ],
    )
    def test_go_to_who_asks_like_a_machine(self, client: FlaskClient, path: str, accept: str) -> None:
        answer = client.get(path, headers={"Accept": accept})

        assert answer.status_code == 404
        assert answer.content_type == "application/problem+json"

    @pytest.mark.parametrize(
        "accept", [BROWSER["Accept"], "*/*", "text/html", "text/html, application/json", ""]
    )
    def test_do_not_go_to_who_asks_like_a_person(self, client: FlaskClient, accept: str) -> None:
        answer = client.get("/no/such/page", headers={"Accept": accept})

        assert answer.status_code == 404
        assert answer.content_type == "text/html; charset=utf-8"

    def test_speak_the_readers_language_in_readable_letters(self, client: FlaskClient) -> None:
        answer = client.get("/api/v1/x")

        assert "Không tìm thấy" in answer.text


@pytest.mark.parametrize("status", [code for code in STATUSES if code < 500])
def test_does_not_blame_the_system_for_a_wrong_request(status: int) -> None:
    assert explain(status).title != explain(500).title
    assert "tham chiếu" not in explain(status).remedy


@on_sqlite
class TestForPeople:
    """The page of the same meaning."""

    @pytest.mark.parametrize("status", STATUSES)
    def test_says_what_happened_and_what_to_do(self, doors: FlaskClient, status: int) -> None:
        answer = doors.get(f"/-/aborted?status={status}", headers=BROWSER)

        assert answer.status_code == status
        assert f"<h1>{explain(status).title}</h1>" in answer.text
        assert explain(status).remedy in answer.text

    @pytest.mark.parametrize("status", STATUSES)
    def test_shows_a_reference_when_the_fault_is_ours(self, doors: FlaskClient, status: int) -> None:
        answer = doors.get(f"/-/aborted?status={status}", headers=BROWSER)

        assert ("Mã tham chiếu" in answer.text) == (status >= 500)

    def test_offers_the_box_for_a_code_where_nothing_was_found(self, client: FlaskClient) -> None:
        assert 'name="code"' in client.get("/no/such/page", headers=BROWSER).text

    def test_shows_the_words_of_a_refusal(self, doors: FlaskClient) -> None:
        answer = doors.get("/-/refused", headers=BROWSER)

        assert answer.status_code == 400
        assert "Cuộc khảo sát này đã đóng. Xin mở cuộc khác." in answer.text

    def test_never_repeats_what_was_asked_as_markup(self, client: FlaskClient) -> None:
        answer = client.get("/no/<script>alert(1)</script>?q=<script>alert(2)</script>", headers=BROWSER)

        assert "<script>alert" not in answer.text


@on_sqlite
class TestHeaders:
    """What comes with a failure."""

    @pytest.mark.parametrize(("status", "seconds"), [(429, 60), (503, 5)])
    @pytest.mark.parametrize("who", [BROWSER, MACHINE], ids=["browser", "machine"])
    def test_say_when_to_come_back(
        self, doors: FlaskClient, status: int, seconds: int, who: dict[str, str]
    ) -> None:
        assert doors.get(f"/-/aborted?status={status}", headers=who).headers["Retry-After"] == str(seconds)

    @pytest.mark.parametrize("status", [code for code in STATUSES if code not in (429, 503)])
    def test_do_not_invite_back_where_waiting_changes_nothing(self, doors: FlaskClient, status: int) -> None:
        assert "Retry-After" not in doors.get(f"/-/aborted?status={status}").headers

    @pytest.mark.parametrize("status", STATUSES)
    def test_keep_failures_out_of_caches(self, doors: FlaskClient, status: int) -> None:
        assert doors.get(f"/-/aborted?status={status}").headers["Cache-Control"] == "no-store"


@on_sqlite
class TestMethods:
    """Requests of kinds that a door does not take."""

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
    @pytest.mark.parametrize("who", [BROWSER, MACHINE], ids=["browser", "machine"])
    def test_are_refused_with_those_it_takes(
        self, client: FlaskClient, method: str, who: dict[str, str]
    ) -> None:
        answer = client.open("/results/some-campaign", method=method, headers=who)

        assert answer.status_code == 405
        assert {one.strip() for one in answer.headers["Allow"].split(",")} == {"GET", "HEAD", "OPTIONS"}

    def test_are_listed_on_request(self, client: FlaskClient) -> None:
        answer = client.options("/results/some-campaign")

        assert answer.status_code == 200
        assert {one.strip() for one in answer.headers["Allow"].split(",")} == {"GET", "HEAD", "OPTIONS"}

    @pytest.mark.parametrize("path", ["/", "/privacy", "/results", "/healthz", "/no/such/page", "/7K3F9M2X"])
    def test_head_answers_like_get_without_the_page(self, client: FlaskClient, path: str) -> None:
        got, head = client.get(path, headers=BROWSER), client.head(path, headers=BROWSER)

        assert head.status_code == got.status_code
        assert head.data == b""
        assert head.headers["Content-Type"] == got.headers["Content-Type"]


@on_sqlite
class TestSizes:
    """More than a form may hold."""

    def test_takes_100_kilobytes(self, doors: FlaskClient) -> None:
        assert doors.post("/-/reads-form", data={"text": "x" * 100_000}).text == "100000"

    @pytest.mark.parametrize("who", [BROWSER, MACHINE], ids=["browser", "machine"])
    def test_refuses_more_than_a_megabyte(self, doors: FlaskClient, who: dict[str, str]) -> None:
        answer = doors.post("/-/reads-form", data={"text": "x" * (1024 * 1024)}, headers=who)

        assert answer.status_code == 413
        assert explain(413).title in answer.text

    def test_refuses_more_than_a_megabyte_in_parts(self, doors: FlaskClient) -> None:
        head = b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n'
        body = head + b"x" * (1024 * 1024) + b"\r\n--b--\r\n"
        answer = doors.post("/-/reads-form", data=body, content_type="multipart/form-data; boundary=b")

        assert answer.status_code == 413


class TestFailuresOfOurs:
    """A fault in the code or the database."""

    FAULTS = ("broken-query", "wrong-type", "stored-twice", "value-error")

    @pytest.mark.parametrize("fault", FAULTS)
    def test_are_answered_with_the_reference_of_the_log(
        self, doors: FlaskClient, fault: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        answer, line = _failed(doors, fault, capsys)

        assert answer.status_code == 500
        assert _shown_reference(answer) == line["reference"]
        assert line["event"] == "failure"
        assert line["endpoint"] == fault

    @pytest.mark.parametrize("fault", FAULTS)
    def test_leave_no_personal_data_in_answer_and_log(
        self, doors: FlaskClient, fault: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        # As a machine: a page leads back to the reader's own address, and to what stands in it.
        answer, line = _failed(doors, fault, capsys, who=MACHINE)

        written = answer.text + json.dumps(line, ensure_ascii=False)
        assert [part for part in (*PRIVATE.split(), "127.0.0.1") if part in written] == []

    @pytest.mark.parametrize("fault", FAULTS)
    def test_can_be_found_in_the_code(
        self, doors: FlaskClient, fault: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        _, line = _failed(doors, fault, capsys)

        assert any("tests/web/doors.py:" in place for place in line["where"])
        assert line["kind"]

    def test_show_no_insides(self, doors: FlaskClient) -> None:
        for who in (BROWSER, MACHINE):
            text = doors.get("/-/broken-query", headers=who).text
            assert not re.search(r"Traceback|sqlalchemy|psycopg|sqlite|no_such_table|\.py", text)

    def test_of_the_database_ask_to_come_back(
        self, doors: FlaskClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        configure_log("info")
        answer = doors.get("/-/database-gone", headers=BROWSER)

        line = json.loads(capsys.readouterr().err)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert (line["event"], line["kind"]) == ("database unavailable", "OperationalError")
        assert _shown_reference(answer) == line["reference"]

    def test_do_not_stop_the_next_request(self, doors: FlaskClient, database: Database) -> None:
        doors.get("/-/stored-twice?value=one")

        assert doors.get("/-/refused").status_code == 400
        assert doors.get("/readyz").status_code == 200

    def test_without_a_request_for_a_page_are_still_problem_details(self, doors: FlaskClient) -> None:
        answer = doors.get("/-/broken-query", headers=MACHINE)

        assert answer.content_type == "application/problem+json"
        assert REFERENCE.fullmatch(answer.get_json()["reference"])


@on_sqlite
class TestBadAddresses:
    """What no browser sends."""

    @pytest.mark.parametrize(
        "path",
        [
            "/%00",
            "/%ff%fe",
            "/a%00b/thanks",
            "/" + "x" * 5_000,
            "/results/%ff.json",
            "/results/..%2f..%2fetc%2fpasswd",
            "/?code=%00%ff",
            "/?lang=%ff&size=%00",
            "/?" + "a=1&" * 2_000,
        ],
    )
    def test_get_a_clear_answer(self, client: FlaskClient, path: str) -> None:
        answer = client.get(path, headers=BROWSER)

        assert answer.status_code in (200, 400, 404, 422)
        assert "<h1>" in answer.text or answer.is_json or "problem+json" in answer.content_type

    @pytest.mark.parametrize("body", [b"\x00\xff\xfe", b"=&=&%ff=%00", b"%", b"text=\xc3\x28"])
    def test_bodies_that_no_form_sends_are_survived(self, doors: FlaskClient, body: bytes) -> None:
        answer = doors.post("/-/reads-form", data=body, content_type="application/x-www-form-urlencoded")

        assert answer.status_code in (200, 400)


def _failed(
    doors: FlaskClient, fault: str, capsys: pytest.CaptureFixture[str], who: dict[str, str] = BROWSER
) -> tuple[TestResponse, dict[str, Any]]:
    """Walk into `fault` with a name and a telephone number in the address and in the statement."""
    configure_log("info")
    answer = doors.get(f"/-/{fault}", query_string={"value": PRIVATE}, headers=who)
    line: dict[str, Any] = json.loads(capsys.readouterr().err)
    return answer, line

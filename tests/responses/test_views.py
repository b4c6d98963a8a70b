"""The citizen's way over HTTP, and what is sent to break it; on SQLite and PostgreSQL."""

from __future__ import annotations

import gzip
import re
import sqlite3
import zlib
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import quote

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from survey_app.campaigns.operations import close_campaign
from survey_app.foundation.clock import now
from survey_app.foundation.database import DatabaseUnavailable
from survey_app.offices.operations import revoke_code, rotate_code
from survey_app.responses.models import Submission
from tests.responses.conftest import Citizen

SATISFIED = {"overall": "4"}


def forget(app: Flask) -> None:
    """Let a second pass for the directory of codes."""
    app.extensions["survey_app.responses"].directory.forget()


class TestStart:
    def test_leads_a_typed_code_to_its_form(self, client: FlaskClient, code: str):
        answer = client.get("/", query_string={"code": f" {code[:4].lower()} {code[4:]} "})
        assert (answer.status_code, answer.location) == (303, f"/{code}")

    def test_gives_back_a_code_that_cannot_be_one(self, client: FlaskClient, code: str):
        answer = client.get("/", query_string={"code": "<b>quầy 1"})
        assert answer.status_code == 422
        assert 'value="&lt;b&gt;quầy 1"' in answer.text


class TestShowForm:
    def test_names_the_counter_and_asks_the_first_question(self, citizen: Citizen):
        page = citizen.open()
        assert "Quầy 1" in page
        assert re.search(r"<h1>Hài lòng chung\?</h1>", page)

    def test_takes_any_spelling_of_the_code(self, citizen: Citizen, client: FlaskClient):
        assert client.get(f"/{citizen.code.lower()}").status_code == 200

    def test_preselects_nothing(self, citizen: Citizen):
        assert " checked" not in citizen.open()

    def test_sets_no_cookie(self, citizen: Citizen, client: FlaskClient):
        assert "Set-Cookie" not in client.get(f"/{citizen.code}").headers

    def test_runs_no_statement_once_the_form_is_known(
        self, app: Flask, citizen: Citizen, client: FlaskClient
    ):
        client.get(f"/{citizen.code}")
        statements: list[str] = []
        engine = app.extensions["survey_app.database"].reader
        event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        client.get(f"/{citizen.code}")
        assert statements == []

    def test_speaks_english(self, citizen: Citizen):
        page = citizen.open("?lang=en")
        assert '<html lang="en"' in page
        assert "Satisfied overall?" in page

    def test_is_one_gzip_member_equal_to_the_plain_page(self, citizen: Citizen, client: FlaskClient):
        body = client.get(f"/{citizen.code}", headers={"Accept-Encoding": "gzip"}).data
        first = zlib.decompressobj(31)
        page = first.decompress(body) + first.flush()
        assert first.unused_data == b""
        assert len(gzip.decompress(body)) == len(page) > 3000


class TestSubmitForm:
    def test_stores_the_answers_and_shows_a_receipt(self, citizen: Citizen, client: FlaskClient, stored):
        answer = citizen.send(SATISFIED | {"visits.1": "1", "comment": "Rất tốt"})
        (response,) = stored()
        assert answer.status_code == 303
        assert response.answers == {"overall": 4, "visits.1": 1, "comment": "Rất tốt"}
        assert re.search(r'class="code">[0-9A-Z]{4}-[0-9A-Z]{4}<', client.get(answer.location).text)

    def test_keeps_the_time_to_the_hour_and_the_place(self, citizen: Citizen, stored):
        citizen.send(SATISFIED)
        (response,) = stored()
        assert (response.received_hour.minute, response.received_hour.second) == (0, 0)
        assert (response.channel, response.instrument, response.language) == ("qr", "web", "vi")

    def test_gives_a_repeated_submission_the_same_receipt_and_no_second_row(self, citizen: Citizen, stored):
        hidden = citizen.hidden()
        first, second = citizen.send(SATISFIED, hidden), citizen.send(SATISFIED, hidden)
        assert first.location == second.location
        assert len(stored()) == 1

    def test_keeps_everything_typed_when_an_answer_is_missing(self, citizen: Citizen, stored):
        answer = citizen.send({"visits.2": "2", "comment": "Chờ <lâu> & mệt"})
        assert answer.status_code == 422
        assert "Có lỗi cần sửa" in answer.text
        assert 'href="#overall_1"' in answer.text
        assert "Chờ &lt;lâu&gt; &amp; mệt" in answer.text
        assert re.search(r'id="visits.2_2"[^>]* checked', answer.text)
        assert stored() == []

    def test_prefixes_the_title_of_a_page_with_errors(self, citizen: Citizen):
        assert "<title>Lỗi: " in citizen.send({}).text

    def test_switches_the_language_and_keeps_the_answers(self, citizen: Citizen, stored):
        answer = citizen.send({"comment": "Tốt", "overall": "5", "show": "lang:en"})
        assert answer.status_code == 200
        assert "Satisfied overall?" in answer.text
        assert re.search(r'id="overall_5"[^>]* checked', answer.text)
        assert "?lang=en" in re.search(r'action="([^"]+)"', answer.text)[1]
        assert stored() == []

    def test_a_switched_form_can_still_be_sent(self, citizen: Citizen, client: FlaskClient, stored):
        page = citizen.send(SATISFIED | {"show": "size:l"}).text
        hidden = dict(re.findall(r'name="(submission_id|form_token)" value="([^"]+)"', page))
        assert citizen.send(SATISFIED, hidden).status_code == 303
        assert len(stored()) == 1

    def test_escapes_what_is_put_into_the_hidden_fields(self, citizen: Citizen):
        evil = {"submission_id": '"><script>alert(1)</script>', "form_token": "'\"><img>", "show": "lang:en"}
        assert "<script>alert" not in citizen.send({}, evil).text
        assert "<img" not in citizen.send({}, evil).text


class TestInjection:
    EVIL = "=\"><script>document.title='PWNED'</script>"

    def test_refuses_a_valid_token_with_markup_behind_it(self, citizen: Citizen):
        hidden = citizen.hidden()
        answer = citizen.send({}, hidden | {"form_token": hidden["form_token"] + self.EVIL})
        assert answer.status_code == 400
        assert "PWNED" not in answer.text

    def test_never_lets_a_page_vouch_for_what_was_injected(self, citizen: Citizen, client: FlaskClient):
        policy = client.get(f"/{citizen.code}").headers["Content-Security-Policy"]
        answer = citizen.send({"comment": "<script>alert(1)</script>"})
        assert answer.headers["Content-Security-Policy"] == policy

    def test_escapes_what_a_page_gives_back_while_nothing_can_be_stored(self, app: Flask, citizen: Citizen):
        with patch.object(
            app.extensions["survey_app.database"], "write", side_effect=DatabaseUnavailable("gone")
        ):
            answer = citizen.send(SATISFIED | {"comment": "</textarea><script>alert(1)</script>"})
        assert "<script>alert" not in answer.text


class TestFlags:
    def test_flags_a_form_filled_in_faster_than_anybody_reads(self, citizen: Citizen, stored):
        citizen.send(SATISFIED)
        assert stored()[0].flags == "too_fast"

    def test_flags_nothing_about_an_ordinary_submission(self, citizen: Citizen, stored):
        hidden = citizen.hidden()
        with time_machine.travel(now() + timedelta(seconds=30)):
            citizen.send(SATISFIED, hidden)
        assert stored()[0].flags == ""

    def test_flags_and_stores_what_filled_the_hidden_field(self, citizen: Citizen, stored):
        citizen.send(SATISFIED | {"website": "http://spam"})
        assert "honeypot" in stored()[0].flags

    def test_flags_and_stores_bursts_and_duplicates(self, citizen: Citizen, stored):
        for _ in range(6):
            assert citizen.send(SATISFIED).status_code == 303
        assert stored()[-1].flags == "burst duplicate too_fast"
        assert len(stored()) == 6


class TestBadInput:
    @pytest.mark.parametrize("value", ["7", "-9", "nonsense", "4\x00", "𝟜"])
    def test_answers_an_unknown_option_with_the_form(self, citizen: Citizen, stored, value: str):
        answer = citizen.send({"overall": value, "comment": "giữ lại"})
        assert answer.status_code == 422
        assert "giữ lại" in answer.text
        assert stored() == []

    def test_answers_two_values_of_a_single_choice_with_the_form(self, citizen: Citizen):
        assert citizen.send({"overall": ["4", "5"]}).status_code == 422

    def test_gives_100_kilobytes_of_text_back(self, citizen: Citizen, stored):
        long = "Ý kiến " * 14_000
        answer = citizen.send(SATISFIED | {"comment": long})
        assert answer.status_code == 422
        assert long.strip() in answer.text
        assert stored() == []

    def test_stores_emoji_as_they_are(self, citizen: Citizen, stored):
        citizen.send(SATISFIED | {"comment": "👍🏽" * 200})
        assert stored()[0].answers["comment"] == "👍🏽" * 200

    def test_removes_nul_bytes(self, citizen: Citizen, stored):
        citizen.send(SATISFIED | {"comment": "a\x00b"})
        assert stored()[0].answers["comment"] == "ab"

    def test_asks_to_retype_broken_utf8(self, citizen: Citizen, client: FlaskClient, stored):
        hidden = "&".join(f"{name}={quote(value)}" for name, value in citizen.hidden().items())
        body = f"overall=4&comment=Xin%20ch%E0o%FF&{hidden}"
        answer = client.post(f"/{citizen.code}", data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 422
        assert "không đọc được" in answer.text
        assert stored() == []

    def test_refuses_more_than_a_megabyte(self, citizen: Citizen):
        assert citizen.send(SATISFIED | {"comment": "x" * 1_100_000}).status_code == 413

    def test_survives_a_body_that_is_no_form(self, client: FlaskClient, code: str):
        assert client.post(f"/{code}", data=b"\xff\xfe{", content_type="application/json").status_code == 400

    def test_gives_a_forged_token_the_answers_and_a_fresh_token(self, citizen: Citizen, stored):
        hidden = citizen.hidden()
        answer = citizen.send(SATISFIED | {"comment": "giữ lại"}, hidden | {"form_token": "1.forged.token"})
        assert answer.status_code == 400
        assert "giữ lại" in answer.text
        fresh = dict(re.findall(r'name="(submission_id|form_token)" value="([^"]+)"', answer.text))
        assert citizen.send(SATISFIED, fresh).status_code == 303
        assert len(stored()) == 1

    def test_gives_a_stale_form_the_answers_and_a_fresh_token(self, citizen: Citizen, stored):
        hidden = citizen.hidden()
        with time_machine.travel(now() + timedelta(days=8)):
            answer = citizen.send(SATISFIED, hidden)
        assert answer.status_code == 409
        assert re.search(r'id="overall_4"[^>]* checked', answer.text)
        assert stored() == []

    def test_thanks_for_a_stale_form_that_was_stored_while_young(self, citizen: Citizen, stored):
        hidden = citizen.hidden()
        first = citizen.send(SATISFIED, hidden)
        with time_machine.travel(now() + timedelta(days=7, hours=1)):
            assert citizen.send(SATISFIED, hidden).location == first.location
        assert len(stored()) == 1

    def test_does_not_call_a_form_given_back_too_fast(self, citizen: Citizen, stored):
        page = citizen.send(SATISFIED, {"submission_id": "x", "form_token": "y"}).text
        fresh = dict(re.findall(r'name="(submission_id|form_token)" value="([^"]+)"', page))
        citizen.send(SATISFIED, fresh)
        assert stored()[0].flags == ""

    def test_throttles_forged_tokens_but_stores_valid_ones(self, citizen: Citizen, stored):
        statuses = [
            citizen.send(SATISFIED, {"submission_id": "x", "form_token": "y"}).status_code for _ in range(12)
        ]
        assert statuses == [400] * 10 + [429] * 2
        assert citizen.send(SATISFIED).status_code == 303

    def test_throttles_guessed_codes_and_still_serves_forms_in_use(
        self, citizen: Citizen, client: FlaskClient
    ):
        hidden = citizen.hidden()
        statuses = [client.get(f"/0000000{letter}").status_code for letter in "ABCDEFGHJKMN"]
        assert statuses == [404] * 10 + [429] * 2
        assert client.get(f"/{citizen.code}").status_code == 200
        assert citizen.send(SATISFIED, hidden).status_code == 303

    def test_tells_a_guessing_network_no_hit_from_a_miss(self, client: FlaskClient, code: str):
        for letter in "ABCDEFGHJK":
            client.get(f"/0000000{letter}")
        assert client.get(f"/{code}").status_code == 429

    def test_always_stores_a_valid_form_from_a_guessing_network(self, app: Flask, citizen: Citizen, stored):
        hidden = citizen.hidden()
        forget(app)
        for letter in "ABCDEFGHJKMN":
            citizen.client.get(f"/0000000{letter}")
        assert citizen.send(SATISFIED, hidden).status_code == 303
        assert len(stored()) == 1


class TestNotOpen:
    def test_accepts_a_form_opened_before_the_campaign_closed_and_flags_it(
        self, app: Flask, citizen: Citizen, stored
    ):
        hidden = citizen.hidden()
        with time_machine.travel(now() + timedelta(minutes=5)):
            app.extensions["survey_app.database"].write(
                lambda session: close_campaign(session, code="thu", now=now())
            )
            forget(app)
            assert "Khảo sát đã kết thúc" in citizen.open()
            assert citizen.send(SATISFIED, hidden).status_code == 303
        assert stored()[0].flags == "late"

    def test_changes_the_language_of_a_form_whose_campaign_closed_meanwhile(
        self, app: Flask, citizen: Citizen
    ):
        hidden = citizen.hidden()
        with time_machine.travel(now() + timedelta(minutes=5)):
            app.extensions["survey_app.database"].write(
                lambda session: close_campaign(session, code="thu", now=now())
            )
            forget(app)
            page = citizen.send({"comment": "giữ lại", "show": "lang:en"}, hidden).text
        assert "Satisfied overall?" in page
        assert "giữ lại" in page
        assert hidden["form_token"] in page

    def test_refuses_a_form_made_after_the_campaign_closed(self, app: Flask, citizen: Citizen, stored):
        signer = app.extensions["survey_app.responses"].signer
        app.extensions["survey_app.database"].write(
            lambda session: close_campaign(session, code="thu", now=now())
        )
        forget(app)
        with time_machine.travel(now() + timedelta(minutes=5)):
            submission_id, token = signer.issue(citizen.code, 1, now())
            answer = citizen.send(SATISFIED, {"submission_id": submission_id, "form_token": token})
        assert "Khảo sát đã kết thúc" in answer.text
        assert stored() == []

    def test_an_old_poster_leads_to_a_friendly_page(self, app: Flask, citizen: Citizen):
        new = app.extensions["survey_app.database"].write(
            lambda session: rotate_code(session, code=citizen.code, now=now())
        )
        forget(app)
        page = citizen.open()
        assert "Mã này đã được thay" in page
        assert new not in page
        assert "Mọi loại câu hỏi" in Citizen(citizen.client, new).open()

    def test_stores_a_form_opened_before_its_code_was_revoked(self, app: Flask, citizen: Citizen, stored):
        hidden = citizen.hidden()
        app.extensions["survey_app.database"].write(
            lambda session: revoke_code(session, code=citizen.code, now=now())
        )
        forget(app)
        assert citizen.send(SATISFIED, hidden).status_code == 303
        assert "late" in stored()[0].flags

    def test_an_unknown_code_gets_a_page_with_a_box(self, client: FlaskClient, code: str):
        answer = client.get("/0000000A")
        assert answer.status_code == 404
        assert 'id="code"' in answer.text

    def test_thanks_without_a_receipt_leads_back_to_the_form(self, citizen: Citizen, client: FlaskClient):
        answer = client.get(f"/{citizen.code}/thanks?receipt=<script>")
        assert (answer.status_code, answer.location) == (303, f"/{citizen.code}")


class TestDatabaseTrouble:
    def test_gives_the_answers_back_when_nothing_can_be_stored(self, app: Flask, citizen: Citizen, stored):
        hidden = citizen.hidden()
        with patch.object(
            app.extensions["survey_app.database"], "write", side_effect=DatabaseUnavailable("gone")
        ):
            answer = citizen.send(SATISFIED | {"comment": "giữ lại"}, hidden)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "giữ lại" in answer.text
        assert re.search(r"Mã tham chiếu: \w{4}-\w{4}", answer.text)
        assert citizen.send(SATISFIED, hidden).status_code == 303
        assert len(stored()) == 1

    def test_shows_a_known_form_while_the_database_is_away(self, app: Flask, citizen: Citizen):
        citizen.open()
        with (
            time_machine.travel(now() + timedelta(minutes=1)),
            patch.object(
                app.extensions["survey_app.database"], "read", side_effect=DatabaseUnavailable("gone")
            ),
        ):
            assert "Hài lòng chung?" in citizen.open()

    def test_flags_nothing_for_sending_again_after_an_outage(self, app: Flask, citizen: Citizen, stored):
        hidden = citizen.hidden()
        with time_machine.travel(now() + timedelta(seconds=30)):
            with patch.object(
                app.extensions["survey_app.database"], "write", side_effect=DatabaseUnavailable("x")
            ):
                for _ in range(6):
                    assert citizen.send(SATISFIED | {"comment": "Tốt"}, hidden).status_code == 503
            assert citizen.send(SATISFIED | {"comment": "Tốt"}, hidden).status_code == 303
        assert stored()[0].flags == ""

    def test_answers_503_for_an_unknown_code_while_the_database_is_away(
        self, app: Flask, client: FlaskClient
    ):
        with patch.object(
            app.extensions["survey_app.database"], "read", side_effect=DatabaseUnavailable("gone")
        ):
            answer = client.get("/7K3F9M2X")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")

    def test_keeps_the_answers_while_another_program_locks_the_file(
        self, app: Flask, citizen: Citizen, stored
    ):
        database = app.extensions["survey_app.database"]
        if not database.is_sqlite:
            pytest.skip("PostgreSQL locks rows, not the database")
        hidden = citizen.hidden()
        other = sqlite3.connect(database.url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert citizen.send(SATISFIED, hidden).status_code == 503
        other.execute("ROLLBACK")
        other.close()
        assert citizen.send(SATISFIED, hidden).status_code == 303
        assert len(stored()) == 1

    def test_stores_neither_half_when_the_second_insert_fails(self, app: Flask, citizen: Citizen, stored):
        hidden = citizen.hidden()
        with patch("survey_app.responses.operations.submissions.encode", side_effect=RuntimeError("marker")):
            assert citizen.send(SATISFIED, hidden).status_code == 500
        with app.extensions["survey_app.database"].read() as session:
            assert session.scalar(select(func.count()).select_from(Submission)) == 0
        assert stored() == []

"""Anonymous by structure: no table of answers can hold a person, and no page leaves a trace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import Date, inspect, text

from survey_app.campaigns.queries import campaign_by_code
from survey_app.config import Settings
from survey_app.demo.building import (
    Plan,
    answer_campaign,
    build_campaign,
    build_places,
    publish_questionnaires,
)
from survey_app.factory import create_app, import_models
from survey_app.foundation import migrations
from survey_app.foundation.clock import local_date
from survey_app.foundation.clock import now as present
from survey_app.foundation.database import Base, Database
from survey_app.results.operations import publish_run, store_run
from survey_app.results.queries.figures import compute
from tests.architecture.house import PACKAGE
from tests.web.inline import forbidden_in, hash_of, inline_parts

ANSWERS = ("responses", "response_designs", "rehearsal_responses", "submissions")
DESIGN = {"response_designs": {"responses"}}
"""A sampling design stands beside its response, and is read with it only for estimation."""
# privacy-law.md, 6, and what else leads to a person.
FORBIDDEN = re.compile(
    r"(^|_)(name|phone|telephone|mobile|e?mail|ip|address|addr|cccd|cmnd|identity|user|agent|user_agent|token|cookie"
    r"|session|device|fingerprint|birth|latitude|longitude|invitation|code)(_|$)"
)


@pytest.mark.parametrize("name", ANSWERS)
class TestAnswerTables:
    """Tables of answers."""

    def test_have_no_column_that_leads_to_a_person(self, database: Database, name: str) -> None:
        columns = [one["name"] for one in inspect(database.engine).get_columns(name)]

        assert columns
        assert [column for column in columns if FORBIDDEN.search(column)] == []

    def test_know_no_moment_finer_than_their_rule(self, name: str) -> None:
        import_models()
        moments = {
            column.name: column.type.__class__.__name__
            for column in Base.metadata.tables[name].columns
            if isinstance(column.type, Date) or "Time" in column.type.__class__.__name__
        }

        allowed = {"response_designs": [{}], "submissions": [{"received_on": "Date"}]}
        assert moments in allowed.get(name, [{"received_hour": "UtcDateTime"}])

    def test_share_no_key(self, name: str) -> None:
        import_models()
        others = {other.column.table.name for other in Base.metadata.tables[name].foreign_keys}

        forbidden = {
            *ANSWERS,
            "response_imports",
            "response_uploads",
            "invitations",
            "contacts",
            "public_codes",
        }
        assert not others & (forbidden - DESIGN.get(name, set()))


def test_the_deny_list_bites() -> None:
    assert all(
        FORBIDDEN.search(word)
        for word in ("name", "client_ip", "user_agent", "e_mail", "phone_hash", "token")
    )
    assert not any(
        FORBIDDEN.search(word) for word in ("codes", "campaign_id", "received_hour", "service_point_id")
    )


def test_only_the_staff_room_knows_browsers() -> None:
    """Sessions and the coarse device label belong to people who sign in; the shell keeps their display."""
    read = re.compile(
        r"user_agent|User-Agent|HTTP_USER_AGENT|set_cookie|\bsession\[|flask import [^\n]*\bsession\b"
    )
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if read.search(path.read_text(encoding="utf-8"))
    }

    assert {name for name in found if not name.startswith("staff/")} <= {"web/shell.py"}


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str]]:
    """The application with a campaign, some answers and a published result, and the code of one counter."""
    folder = tmp_path_factory.mktemp("answered")
    app = create_app(Settings.from_environment({"SURVEY_INSTANCE": str(folder)}))
    database: Database = app.extensions["survey_app.database"]
    plan = Plan("tai-quay", "Đánh giá tại quầy", "Ratings at the counter", "counter_pulse", "qr", 60)
    now: datetime = present()
    migrations.upgrade(database)
    build_places(database, now)
    publish_questionnaires(database, now)
    build_campaign(database, plan, now)
    answer_campaign(database, plan, now)
    with database.read() as session:
        campaign = campaign_by_code(session, plan.code, today=local_date(now))
        assert campaign
        run = compute(session, campaign=campaign)
    database.write(lambda session: store_run(session, computation=run, now=now))
    database.write(lambda session: publish_run(session, run_id=run.run_id, now=now))
    with database.read() as session:
        code = session.execute(text("SELECT code FROM public_codes ORDER BY code LIMIT 1")).scalar_one()
    yield app, code
    database.dispose()


class TestCitizensPages:
    """The form, the thanks and the pages around them, with an open campaign."""

    PATHS = (
        "/{code}",
        "/{code}?lang=en",
        "/{code}/thanks?receipt=7K3F-9M2X",
        "/",
        "/results",
        "/results/tai-quay",
    )

    @pytest.mark.parametrize("path", PATHS)
    def test_set_no_cookie_and_carry_the_headers(self, answered: tuple[Flask, str], path: str) -> None:
        app, code = answered
        answer = app.test_client().get(path.format(code=code))

        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")

    @pytest.mark.parametrize("path", PATHS)
    def test_load_nothing_more_than_themselves(self, answered: tuple[Flask, str], path: str) -> None:
        app, code = answered
        html = app.test_client().get(path.format(code=code)).text

        assert (
            re.findall(r"""<(?:script|img|iframe|link|source)[^>]*\b(?:src|href)=["'](?!data:)[^"']*""", html)
            == []
        )

    @pytest.mark.parametrize("path", PATHS)
    def test_run_nothing_that_their_policy_does_not_name(
        self, answered: tuple[Flask, str], path: str
    ) -> None:
        app, code = answered
        answer = app.test_client().get(path.format(code=code))
        policy = answer.headers["Content-Security-Policy"]

        assert forbidden_in(answer.text) == []
        assert [one for one in inline_parts(answer.text) if hash_of(one) not in policy] == []

    def test_store_what_was_answered_and_nothing_about_who_or_when(self, answered: tuple[Flask, str]) -> None:
        app, code = answered
        browser = app.test_client(use_cookies=True)
        who = {
            "User-Agent": "Telltale/1.0",
            "X-Forwarded-For": "203.0.113.77",
            "Referer": "https://telltale.example/",
        }
        html = browser.get(f"/{code}", headers=who).text
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
        chosen = re.findall(r'<input[^>]*type="radio"[^>]*>', html)
        for control in chosen:
            name = re.search(r'name="(\w+)"', control)
            value = re.search(r'value="([^"]*)"', control)
            assert name
            assert value
            fields.setdefault(name[1], value[1])

        answer = browser.post(
            f"/{code}", data=fields, headers=who, environ_overrides={"REMOTE_ADDR": "203.0.113.77"}
        )
        database: Database = app.extensions["survey_app.database"]
        stored = _everything(database)

        assert answer.status_code == 303
        assert "Set-Cookie" not in answer.headers
        assert "elltale" not in stored
        assert "203.0.113.77" not in stored
        assert fields["form_token"] not in stored


def _everything(database: Database) -> str:
    """Return every cell of every table as text."""
    with database.read() as session:
        return "\n".join(
            str(tuple(row))
            for table in Base.metadata.sorted_tables
            for row in session.execute(text(f'SELECT * FROM "{table.name}"'))
        )

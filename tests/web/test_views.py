"""Pages that belong to no room, and the state of the process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app.config import Settings
from survey_app.factory import create_app
from survey_app.foundation import migrations
from survey_app.foundation.database import Database
from tests.web.doors import on_sqlite


@on_sqlite
@pytest.mark.parametrize("path", ["/privacy", "/accessibility"])
class TestPages:
    """Privacy and accessibility."""

    def test_have_one_heading_a_title_and_a_main_part(self, client: FlaskClient, path: str) -> None:
        text = client.get(path).text

        assert text.count("<h1>") == text.count('<main id="main"') == 1
        assert "<title>Đánh giá dịch vụ công</title>" not in text

    def test_need_no_script(self, client: FlaskClient, path: str) -> None:
        assert "<script" not in client.get(path).text


@on_sqlite
class TestPrivacy:
    """/privacy says what is true."""

    @pytest.mark.parametrize(
        "words",
        [
            # What the table of responses holds (architecture.md, 3), and what no table holds.
            "làm tròn xuống đến giờ",
            "8 ngày",
            "không đặt cookie",
            "Địa chỉ mạng (IP)",
            "người quản trị cơ sở dữ liệu",
            "ít nhất 10 phiếu",
        ],
    )
    def test_says_what_is_kept_and_what_is_not(self, client: FlaskClient, words: str) -> None:
        assert words in client.get("/privacy").text


@on_sqlite
class TestRobots:
    """/robots.txt."""

    def test_keeps_codes_out_of_search_engines(self, client: FlaskClient) -> None:
        answer = client.get("/robots.txt")

        assert answer.mimetype == "text/plain"
        assert answer.text.splitlines() == ["User-agent: *", "Allow: /results", "Disallow: /"]


class TestHealth:
    """/healthz and /readyz."""

    def test_are_well_on_a_migrated_database(self, client: FlaskClient) -> None:
        assert client.get("/healthz").get_json() == {"status": "ok"}
        ready = client.get("/readyz")
        assert (ready.status_code, ready.get_json()) == (200, {"database": True, "migrations": True})

    @pytest.mark.parametrize("revision", [None, "0001"])
    def test_wait_for_the_newest_migration(
        self, empty_database_url: str, settings_of: Callable[[str], Settings], revision: str | None
    ) -> None:
        app = create_app(settings_of(empty_database_url))
        database: Database = app.extensions["survey_app.database"]
        if revision:
            migrations.upgrade(database, revision)

        before = _ready(app)
        migrations.upgrade(database)

        assert before == (503, {"database": True, "migrations": False})
        assert _ready(app) == (200, {"database": True, "migrations": True})
        database.dispose()

    @pytest.mark.parametrize(
        "url", ["sqlite:////no/such/folder/x.sqlite3", "postgresql+psycopg://me:secret@127.0.0.1:9/x"]
    )
    def test_tell_that_the_database_is_gone(self, settings_of: Callable[[str], Settings], url: str) -> None:
        app = create_app(settings_of(url))

        assert app.test_client().get("/healthz").status_code == 200
        assert _ready(app) == (503, {"database": False, "migrations": False})
        app.extensions["survey_app.database"].dispose()


def _ready(app: Flask) -> tuple[int, Any]:
    answer = app.test_client().get("/readyz")
    return answer.status_code, answer.get_json()

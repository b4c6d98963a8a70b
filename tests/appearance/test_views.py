"""Public addresses of stylesheets and logos, and the sample."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app.appearance.gateway import read_logo
from survey_app.appearance.operations import save_theme
from survey_app.appearance.rules import Tokens, stylesheet_address, theme_css
from survey_app.foundation.database import Database
from survey_app.staff.rules.permissions import Role
from tests.appearance.pictures import picture
from tests.staff_client import StaffClient

RED = Tokens(accent="#7a0c0c")


class TestStylesheet:
    """/theme/…"""

    def test_is_kept_for_good_by_everybody(self, client: FlaskClient) -> None:
        answer = client.get(stylesheet_address(RED))

        assert answer.text == theme_css(RED)
        assert answer.content_type == "text/css; charset=utf-8"
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers

    def test_of_a_made_up_name_is_not_there(self, client: FlaskClient) -> None:
        assert client.get("/theme/000000000000-000000-000000-000000-000000-000000.css").status_code == 404


class TestLogo:
    """/logo/…"""

    def test_is_served_as_the_png_that_was_made(self, client: FlaskClient, app: Flask, now: datetime) -> None:
        made = read_logo(picture())
        database: Database = app.extensions["survey_app.database"]
        database.write(lambda session: save_theme(session, unit_path="04", tokens=RED, logo=made, now=now))

        answer = client.get(f"/logo/{made.digest}.png")

        assert (answer.data, answer.content_type) == (made.png, "image/png")
        assert "immutable" in answer.headers["Cache-Control"]

    @pytest.mark.parametrize("digest", ["0" * 64, "x", "%2e%2e"])
    def test_that_nobody_shows_is_not_there(self, client: FlaskClient, digest: str) -> None:
        assert client.get(f"/logo/{digest}.png").status_code == 404


class TestSample:
    """The frame on the settings page."""

    def test_shows_a_page_in_colours_that_are_not_saved(
        self, staff_client: Callable[..., StaffClient]
    ) -> None:
        address = stylesheet_address(RED)
        name = address.removeprefix("/theme/").removesuffix(".css")

        page = staff_client(Role.ADMINISTRATOR).get(f"/admin/appearance/sample/{name}")

        assert page.status_code == 200
        assert f'href="{address}"' in page.text

    def test_of_a_made_up_name_is_not_there(self, staff_client: Callable[..., StaffClient]) -> None:
        assert staff_client(Role.ADMINISTRATOR).get("/admin/appearance/sample/x").status_code == 404

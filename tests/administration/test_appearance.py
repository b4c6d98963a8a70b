"""Choosing how a province's pages look."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from flask import Flask

from survey_app.appearance.queries import Theme, theme_of
from survey_app.appearance.rules import DEFAULTS, Tokens, stylesheet_address
from survey_app.staff.rules.permissions import Role
from tests.appearance.pictures import bomb, picture
from tests.staff_client import StaffClient

Staff = Callable[..., StaffClient]
RED = Tokens(accent="#7a0c0c")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def _sent(
    tokens: Tokens = RED, do: str = "save", logo: bytes | None = None, name: str = "logo.png"
) -> dict[str, Any]:
    fields: dict[str, Any] = asdict(tokens) | {"do": do}
    return fields if logo is None else fields | {"logo": (io.BytesIO(logo), name)}


def _theme(site: Flask, path: str = "04") -> Theme | None:
    with site.extensions["survey_app.database"].read() as session:
        return theme_of(session, path)


class TestPage:
    """/admin/appearance/<place>"""

    def test_begins_with_the_look_that_ships(self, site: Flask, staff_client: Staff) -> None:
        page = staff_client(Role.ADMINISTRATOR).get("/admin/appearance/04").text

        assert f'value="{DEFAULTS.accent}"' in page
        assert stylesheet_address(DEFAULTS).split("/")[2].removesuffix(".css") in page

    def test_saves_colours_and_logo_for_a_province(
        self, site: Flask, staff_client: Staff, log: Callable[[], list[Any]]
    ) -> None:
        answer = staff_client((Role.ADMINISTRATOR, "04")).post("/admin/appearance/04", _sent(logo=picture()))
        theme = _theme(site)

        assert answer.status_code == 303
        assert theme
        assert (theme.tokens, theme.unit_path, theme.logo_height) == (RED, "04", 128)
        assert log()[-1][:3] == ("appearance.manage", "appearance:04", "04")

    def test_changes_pages_of_this_process_at_once(self, site: Flask, staff_client: Staff) -> None:
        administrator = staff_client(Role.ADMINISTRATOR)
        themes = site.extensions["survey_app.themes"]
        before = themes.of("04")

        administrator.post("/admin/appearance/04", _sent())

        assert before is None
        assert themes.of("04/01273").tokens == RED

    def test_tries_without_saving_and_without_a_script(self, site: Flask, staff_client: Staff) -> None:
        yellow = Tokens(accent="#f2c200")

        page = staff_client(Role.ADMINISTRATOR).post("/admin/appearance/04", _sent(yellow, "preview"))

        assert page.status_code == 200
        assert "f2c200-ffffff-16242f-ffffff-f1f5f8?unit=04" in page.text
        assert _theme(site) is None

    def test_refuses_colours_that_cannot_be_read_and_keeps_them_typed(
        self, site: Flask, staff_client: Staff
    ) -> None:
        page = staff_client(Role.ADMINISTRATOR).post("/admin/appearance/04", _sent(Tokens(accent="#f2c200")))

        assert page.status_code == 422
        assert "chỉ tương phản 1,68 : 1" in page.text
        assert "Có thể đổi “Màu chủ đạo” thành #907300" in page.text
        assert 'value="#f2c200"' in page.text
        assert _theme(site) is None

    @pytest.mark.parametrize("accent", ["red", "", "#fff", "#000000;}*{display:none"])
    def test_refuses_what_is_no_colour(self, site: Flask, staff_client: Staff, accent: str) -> None:
        page = staff_client(Role.ADMINISTRATOR).post("/admin/appearance/04", _sent() | {"accent": accent})

        assert page.status_code == 422
        assert "#rrggbb" in page.text

    @pytest.mark.parametrize(
        ("content", "name", "words"),
        [
            (SVG, "logo.svg", "Tệp SVG"),
            (SVG, "logo.png", "Tệp SVG"),
            (b"MZ" + bytes(100), "logo.png", "Không đọc được ảnh"),
            (picture() + bytes(500_000), "logo.png", "quá 500 KB"),
            (bomb(20_000, 20_000), "logo.png", "4 triệu điểm ảnh"),
        ],
    )
    def test_refuses_a_bad_logo_and_saves_nothing(
        self, site: Flask, staff_client: Staff, content: bytes, name: str, words: str
    ) -> None:
        page = staff_client(Role.ADMINISTRATOR).post("/admin/appearance/04", _sent(logo=content, name=name))

        assert page.status_code == 422
        assert words in page.text
        assert 'value="#7a0c0c"' in page.text
        assert _theme(site) is None

    def test_takes_no_upload_without_end(self, site: Flask, staff_client: Staff) -> None:
        page = staff_client(Role.ADMINISTRATOR).http.post(
            "/admin/appearance/04",
            input_stream=io.BytesIO(bytes(6_000_000)),
            content_type="multipart/form-data; boundary=x",
        )

        assert page.status_code == 413

    def test_removes_the_logo_alone(self, site: Flask, staff_client: Staff) -> None:
        administrator = staff_client(Role.ADMINISTRATOR)
        administrator.post("/admin/appearance/04", _sent(logo=picture()))

        administrator.post("/admin/appearance/04/logo/remove")
        theme = _theme(site)

        assert theme
        assert (theme.tokens, theme.logo) == (RED, None)

    def test_goes_back_to_the_default_after_saying_what_that_means(
        self, site: Flask, staff_client: Staff
    ) -> None:
        administrator = staff_client(Role.ADMINISTRATOR)
        administrator.post("/admin/appearance/04", _sent())

        question = administrator.get("/admin/appearance/04/reset").text
        kept = _theme(site)
        administrator.post("/admin/appearance/04/reset")

        assert "Trở về giao diện mặc định cho Tỉnh Cao Bằng?" in question
        assert kept
        assert _theme(site) is None


class TestPlaces:
    """/admin/appearance"""

    def test_lists_everything_for_who_administers_everything(self, site: Flask, staff_client: Staff) -> None:
        page = staff_client(Role.ADMINISTRATOR).get("/admin/appearance").text

        assert page.count('href="/admin/appearance/') == 35

    def test_leads_the_administrator_of_one_province_there(self, site: Flask, staff_client: Staff) -> None:
        answer = staff_client((Role.ADMINISTRATOR, "04")).get("/admin/appearance")

        assert (answer.status_code, answer.location) == (303, "/admin/appearance/04")

    @pytest.mark.parametrize("path", ["", "/reset"])
    @pytest.mark.parametrize("place", ["01", "all", "99", "04/01273", "../04"])
    def test_of_another_unit_are_not_there(
        self, site: Flask, staff_client: Staff, place: str, path: str
    ) -> None:
        administrator = staff_client((Role.ADMINISTRATOR, "04"))

        answers = {administrator.get(f"/admin/appearance/{place}{path}").status_code}
        answers.add(administrator.post(f"/admin/appearance/{place}{path}", _sent()).status_code)

        assert answers == {404}
        assert _theme(site, place) is None

    def test_offer_nothing_to_the_administrator_of_a_commune(self, site: Flask, staff_client: Staff) -> None:
        administrator = staff_client((Role.ADMINISTRATOR, "04/01273"))

        assert administrator.get("/admin/appearance/04").status_code == 404
        assert "Giao diện đặt chung cho cả tỉnh" in administrator.get("/admin/appearance").text

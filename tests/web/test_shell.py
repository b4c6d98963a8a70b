"""What the shell does to every answer: language, headers, compression, no cookie."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

import survey_app
from survey_app.config import Settings
from survey_app.factory import create_app
from survey_app.web.display import Display
from survey_app.web.shell import page_link, tool_words
from tests.web.doors import BROWSER, MACHINE, on_sqlite

PAGES = ("/", "/privacy", "/accessibility", "/results", "/no/such/page", "/7K3F9M2X", "/7K3F9M2X/thanks")
OTHERS = (
    "/robots.txt",
    "/healthz",
    "/readyz",
    "/results/none",
    "/results/none.json",
    "/results/none.csv",
    "/?code=x",
)


@on_sqlite
class TestHeaders:
    """Security headers."""

    @pytest.mark.parametrize("path", PAGES + OTHERS)
    @pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "TRACE"])
    def test_stand_on_every_answer_once(self, client: FlaskClient, path: str, method: str) -> None:
        headers = client.open(path, method=method).headers

        expected = {
            "X-Content-Type-Options": ["nosniff"],
            "Referrer-Policy": ["no-referrer"],
            "Cross-Origin-Opener-Policy": ["same-origin"],
            "Cross-Origin-Resource-Policy": ["same-origin"],
        }
        assert {name: headers.getlist(name) for name in expected} == expected
        assert len(headers.getlist("Content-Security-Policy")) == 1
        assert "geolocation=()" in headers["Permissions-Policy"]
        assert "Cache-Control" in headers

    @pytest.mark.parametrize("name", ["broken-query", "database-gone", "refused"])
    def test_stand_on_failures_too(self, doors: FlaskClient, name: str) -> None:
        headers = doors.get(f"/-/{name}").headers

        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")

    @pytest.mark.parametrize("path", PAGES + OTHERS)
    def test_set_no_cookie(self, app: Flask, path: str) -> None:
        browser = app.test_client(use_cookies=True)

        for method in ("GET", "POST"):
            assert "Set-Cookie" not in browser.open(path, method=method).headers

    def test_name_no_software(self, client: FlaskClient) -> None:
        headers = client.get("/").headers

        assert "X-Powered-By" not in headers
        assert not re.search("werkzeug|flask|python", headers.get("Server", ""), re.IGNORECASE)

    def test_ask_for_https_only_where_it_is_served(self, client: FlaskClient) -> None:
        assert "Strict-Transport-Security" not in client.get("/").headers
        secure = client.get("/", base_url="https://danhgia.gov.example").headers
        assert secure["Strict-Transport-Security"].startswith("max-age=")


@on_sqlite
class TestLanguage:
    """`?lang=`."""

    @pytest.mark.parametrize("path", PAGES)
    @pytest.mark.parametrize(
        ("query", "language"),
        [
            ("", "vi"),
            ("lang=vi", "vi"),
            ("lang=en", "en"),
            ("lang=fr", "vi"),
            ("lang=", "vi"),
            ("lang=EN", "vi"),
        ],
    )
    def test_is_that_of_the_address_or_vietnamese(
        self, client: FlaskClient, path: str, query: str, language: str
    ) -> None:
        answer = client.get(f"{path}?{query}", headers=BROWSER, follow_redirects=True)

        assert f'<html lang="{language}"' in answer.text

    def test_does_not_stay_for_the_next_reader(self, client: FlaskClient) -> None:
        client.get("/?lang=en")

        assert '<html lang="vi"' in client.get("/").text

    def test_is_kept_by_the_links_of_a_page(self, client: FlaskClient) -> None:
        text = client.get("/privacy?lang=en&size=l").text

        links = [link for link in re.findall(r'href="(/[^"]*)"', text) if "lang=" not in link]
        # Without it only the way back to Vietnamese.
        assert links == ["/privacy?size=l"]

    def test_never_mixes_between_requests_at_the_same_time(self, app: Flask) -> None:
        def language_of(number: int) -> bool:
            wanted = ("vi", "en")[number % 2]
            return f'<html lang="{wanted}"' in app.test_client().get(f"/privacy?lang={wanted}").text

        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(language_of, range(80)))


@on_sqlite
class TestDisplay:
    """Text size and contrast."""

    @pytest.mark.parametrize(
        ("query", "classes"),
        [
            ("", None),
            ("size=l", "size-l"),
            ("size=xl&contrast=high", "size-xl contrast"),
        ],
    )
    def test_are_classes_of_the_page(self, client: FlaskClient, query: str, classes: str | None) -> None:
        opening = re.search(r"<html[^>]*>", client.get(f"/privacy?{query}").text)

        assert opening
        assert re.findall(r'class="([^"]*)"', opening[0]) == ([] if classes is None else [classes])

    def test_offer_links_to_the_same_page_with_other_choices(self, client: FlaskClient) -> None:
        text = client.get("/results?page=2&size=l").text

        assert 'href="/results?page=2&amp;size=xl"' in text
        assert 'href="/results?page=2&amp;size=l&amp;lang=en"' in text or "lang=en&amp;size=l" in text

    @pytest.mark.parametrize("path", ["/no-such-page", "/results/no-such-campaign", "/staff/no-such-page"])
    def test_of_a_failure_repeat_nothing_that_was_typed_into_the_address(
        self, client: FlaskClient, path: str
    ) -> None:
        answer = client.get(f"{path}?phone=0901234567&lang=en", headers={"Accept": "text/html"})

        assert answer.status_code in (403, 404)
        assert "lang=" in answer.text or "size=" in answer.text
        assert "0901234567" not in answer.text

    @pytest.mark.parametrize("path", ["//evil.example/x", "///evil.example/x", "/\\evil.example/x"])
    def test_never_lead_to_another_site(self, client: FlaskClient, path: str) -> None:
        text = client.get("/", environ_overrides={"PATH_INFO": path, "REQUEST_URI": path}).text

        assert re.findall(r'href="(?:[/\\]{2}|/\\|https?:)[^"]*"', text) == []

    def test_keep_an_address_with_odd_letters_whole(self, app: Flask) -> None:
        with app.test_request_context("/results/a%3Fb%23c%22d?x=%26y"):
            link = page_link(Display(language="en"))
        with app.test_request_context(link):
            assert request.path == '/results/a?b#c"d'
            assert request.args.to_dict() == {"x": "&y", "lang": "en"}

    def test_name_each_tool(self, app: Flask) -> None:
        with app.test_request_context("/"):
            words = [tool_words(name, target) for name, target in Display().tools()]

        assert all(sign and name for sign, name in words)
        assert len({name for _, name in words}) == 4


@on_sqlite
class TestCompression:
    """gzip."""

    @pytest.mark.parametrize("path", ["/privacy", "/no/such/page", "/results"])
    def test_gives_the_same_page(self, client: FlaskClient, path: str) -> None:
        packed = client.get(path, headers={"Accept-Encoding": "br, gzip"})

        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == client.get(path).data
        assert int(packed.headers["Content-Length"]) == len(packed.data)

    @pytest.mark.parametrize("accepted", ["", "br", "identity", "gzip;q=0", "gzip; q=0.0, br", "GZIP;q=0"])
    def test_is_spared_who_does_not_take_it(self, client: FlaskClient, accepted: str) -> None:
        answer = client.get("/privacy", headers={"Accept-Encoding": accepted})

        assert "Content-Encoding" not in answer.headers
        assert b"<h1>" in answer.data

    @pytest.mark.parametrize("accepted", ["gzip", "gzip;q=0.5", "gzip, deflate, br;q=0"])
    def test_is_given_who_takes_it(self, client: FlaskClient, accepted: str) -> None:
        answer = client.get("/privacy", headers={"Accept-Encoding": accepted})

        assert answer.headers["Content-Encoding"] == "gzip"

    @pytest.mark.parametrize("path", ["/privacy", "/healthz"])
    def test_tells_caches_that_the_answer_depends_on_it(self, client: FlaskClient, path: str) -> None:
        assert "Accept-Encoding" in client.get(path).headers["Vary"]

    @pytest.mark.parametrize(
        ("mimetype", "packed"),
        [("text/csv", True), ("image/svg+xml", True), ("application/json", True), ("image/png", False)],
    )
    def test_is_for_text(self, doors: FlaskClient, mimetype: str, packed: bool) -> None:
        answer = doors.get("/-/big", query_string={"type": mimetype}, headers={"Accept-Encoding": "gzip"})

        assert ("Content-Encoding" in answer.headers) == packed

    def test_leaves_small_answers_alone(self, client: FlaskClient) -> None:
        assert "Content-Encoding" not in client.get("/healthz", headers={"Accept-Encoding": "gzip"}).headers

    def test_packs_problem_details_readably(self, client: FlaskClient) -> None:
        answer = client.get("/x/y/z", headers=MACHINE | {"Accept-Encoding": "gzip"})

        assert answer.status_code == 404
        assert answer.content_type == "application/problem+json"


class TestProxies:
    """`SURVEY_TRUSTED_PROXIES`."""

    @pytest.mark.parametrize(("trusted", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.7")])
    @on_sqlite
    def test_are_believed_only_when_named(self, settings: Settings, trusted: int, seen: str) -> None:
        app = create_app(replace(settings, trusted_proxies=trusted))
        forwarded = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
        app.add_url_rule("/-/who", "who", lambda: f"{request.remote_addr} {request.is_secure}")

        assert app.test_client().get("/-/who", headers=forwarded).text == f"{seen} {bool(trusted)}"
        app.extensions["survey_app.database"].dispose()


@on_sqlite
def test_shipped_styles_and_scripts_stand_in_the_page_letter_for_letter(app: Flask) -> None:
    inline = app.jinja_env.globals["inline"]
    file = Path(survey_app.__file__).parent / "web" / "templates" / "web" / "page.css"
    assert inline("web/page.css") == f"<style>{file.read_text(encoding='utf-8')}</style>"


def test_building_the_application_touches_no_database(settings_of: Callable[[str], Settings]) -> None:
    app = create_app(settings_of("sqlite:////no/such/folder/x.sqlite3"))

    assert app.test_client().get("/healthz").status_code == 200
    assert app.test_client().get("/privacy").status_code == 200
    app.extensions["survey_app.database"].dispose()

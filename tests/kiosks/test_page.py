"""The page on the tablet: the same for everybody, closed to everything but itself, and small."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from survey_app.foundation.languages import LANGUAGES
from survey_app.kiosks.views.page import SCRIPTS
from survey_app.kiosks.views.words import device_words
from tests.architecture.house import PACKAGE
from tests.web.inline import forbidden_in, inline_parts

ASSETS = PACKAGE / "kiosks" / "assets"
DEVICE = [ASSETS / f"{name}.js" for name in (*SCRIPTS, "worker")]
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ON_SQLITE
class TestPage:
    def test_tells_nobody_which_codes_exist(self, client: FlaskClient, code: str):
        known, unknown = client.get(f"/kiosk/{code}"), client.get("/kiosk/7K3F9M2X")

        assert known.text == unknown.text.replace("7K3F9M2X", code)
        assert known.status_code == unknown.status_code == 200

    @pytest.mark.parametrize("path", ["/kiosk/x", "/kiosk/policies", "/kiosk/7K3F9M2X/nothing", "/kiosk/%00"])
    def test_is_no_page_for_what_is_no_code(self, client: FlaskClient, path: str):
        assert client.get(path).status_code == 404

    def test_leads_a_typed_code_to_its_one_address(self, client: FlaskClient):
        answer = client.get("/kiosk/7k3f-9m2x")

        assert (answer.status_code, answer.location) == (303, "/kiosk/7K3F9M2X")

    def test_runs_and_reaches_nothing_but_this_site(self, client: FlaskClient):
        answer = client.get("/kiosk/7K3F9M2X")
        policy = answer.headers["Content-Security-Policy"]

        assert "unsafe" not in policy
        assert policy.startswith(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"
        )
        assert forbidden_in(answer.text) == []
        assert [part for part in inline_parts(answer.text) if part.strip()] == []
        assert "Set-Cookie" not in answer.headers

    def test_gives_the_ordinary_form_to_browsers_without_scripts(self, client: FlaskClient):
        (fallback,) = re.findall(r"<noscript>(.*?)</noscript>", client.get("/kiosk/7K3F9M2X").text, re.DOTALL)

        assert 'href="/7K3F9M2X"' in fallback
        assert "Kiosk cần JavaScript" in fallback

    def test_names_its_version_everywhere_alike(self, client: FlaskClient):
        (named,) = re.findall(r'data-version="(\w{12})"', client.get("/kiosk/7K3F9M2X").text)
        worker = client.get("/kiosk/worker.js").text

        assert json.loads(worker.split("VERSION=")[1].split(",FILES")[0]) == named


@ON_SQLITE
class TestWorker:
    def test_keeps_every_file_of_the_page(self, client: FlaskClient):
        page, worker = client.get("/kiosk/7K3F9M2X").text, client.get("/kiosk/worker.js").text
        files = set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', page))

        assert set(json.loads(worker.split("FILES=")[1].split(";\n")[0])) == files
        assert all(client.get(file).status_code == 200 for file in files)

    def test_may_serve_kiosks_and_is_asked_for_anew(self, client: FlaskClient):
        headers = client.get("/kiosk/worker.js").headers

        assert headers["Service-Worker-Allowed"] == "/kiosk/"
        assert headers["Cache-Control"] == "no-cache"
        assert headers["Content-Security-Policy"] == "default-src 'none'; connect-src 'self'"
        assert headers["Content-Type"].startswith("text/javascript")


class TestScripts:
    @ON_SQLITE
    def test_weigh_little(self, client: FlaskClient):
        sizes = [len(gzip.compress(path.read_bytes(), 9)) for path in DEVICE]

        assert sum(sizes) < 16_000
        assert len(gzip.compress(client.get("/kiosk/7K3F9M2X").data)) < 8_000

    @pytest.mark.parametrize("path", DEVICE, ids=lambda path: path.name)
    def test_are_of_2017_and_write_no_html(self, path: Path):
        script = path.read_text(encoding="utf-8")

        for newer in (r"\?\.", r"\?\?", r"\bcatch \{", r"\{\.\.\.", r"\*\*", r"\.flat\(", r"\.at\("):
            assert not re.search(newer, script), newer
        for danger in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
        ):
            assert danger not in script

    @pytest.mark.parametrize("path", DEVICE, ids=lambda path: path.name)
    def test_say_only_words_that_exist_in_every_language(self, path: Path):
        said = set(re.findall(r"\bsay\('(\w+)'", path.read_text(encoding="utf-8")))
        words = device_words(LANGUAGES)

        assert [name for name in said for language in LANGUAGES if name not in words[language]] in (
            [],
            ["why_"] * len(LANGUAGES),
        )
        assert words["vi"].keys() == words["en"].keys()

"""Inline styles and scripts run by their hash only; templates hold nothing that a hash cannot allow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import survey_app
from survey_app.web.security import CLOSED_POLICY, page_policy
from tests.web.doors import on_sqlite
from tests.web.inline import forbidden_in, hash_of, inline_parts

PACKAGE = Path(survey_app.__file__).parent
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
PYTHON = sorted(PACKAGE.glob("**/*.py"))


def _directives(policy: str) -> dict[str, list[str]]:
    parts = [one.split() for one in policy.split(";")]
    return {name: values for name, *values in parts}


class TestPagePolicy:
    """`page_policy`."""

    def test_allows_each_shipped_style_and_script_by_its_hash(self) -> None:
        styles, scripts = ["p{color:#000}", "\nb { x: 'ễ' }\n"], ["let a = 1 < 2;"]

        found = _directives(page_policy(styles, scripts))

        assert found["style-src"] == ["'self'", *map(hash_of, styles)]
        assert found["script-src"] == [hash_of(scripts[0])]

    def test_allows_no_script_where_there_is_none(self) -> None:
        found = _directives(page_policy([], []))

        assert (found["style-src"], found["script-src"]) == (["'self'"], ["'none'"])

    def test_forbids_all_else(self) -> None:
        found = _directives(page_policy(["a{}"], []))

        assert found["default-src"] == ["'none'"]
        assert found["form-action"] == ["'self'"]
        assert found["base-uri"] == found["frame-ancestors"] == ["'none'"]
        sources = {one for values in found.values() for one in values}
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"} & sources

    def test_closes_everything_to_what_is_no_page(self) -> None:
        assert _directives(CLOSED_POLICY)["default-src"] == ["'none'"]


class TestTemplates:
    """The templates of all rooms."""

    def test_hold_no_inline_style_and_no_handler(self) -> None:
        assert _holding(r"<[^>]*?\sstyle\s*=(?!=)") == {}
        assert _holding(r"<[^>]*?\son[a-z]+\s*=(?!=)") == {}
        assert _holding(r"javascript:") == {}

    def test_load_nothing_from_elsewhere(self) -> None:
        assert _holding(r"""(?:src|srcset|poster)\s*=\s*["']?(?:https?:)?//""") == {}
        assert _holding(r"@import|url\(\s*['\"]?(?:https?:)?//") == {}

    def test_mark_nothing_as_safe(self) -> None:
        assert _holding(r"\|\s*safe") == {}

    def test_switch_escaping_never_off(self) -> None:
        assert _holding(r"autoescape false") == {}


def _holding(pattern: str) -> dict[str, list[str]]:
    """Return the templates in which a pattern is found, with what was found."""
    found = {
        path.relative_to(PACKAGE).as_posix(): re.findall(pattern, path.read_text(encoding="utf-8"))
        for path in TEMPLATES
    }
    return {name: words for name, words in found.items() if words}


def test_there_are_templates_to_look_at() -> None:
    assert {path.parent.name for path in TEMPLATES} >= {"web", "responses", "results"}


@on_sqlite
@pytest.mark.parametrize(
    "path", ["/", "/privacy", "/accessibility", "/results", "/no/such/page", "/7K3F9M2X"]
)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_policy_of_a_page_fits_the_page(client: FlaskClient, path: str, lang: str) -> None:
    answer = client.get(f"{path}?lang={lang}&size=l&contrast=high")
    policy = answer.headers["Content-Security-Policy"]

    assert forbidden_in(answer.text) == []
    assert inline_parts(answer.text)
    assert [one for one in inline_parts(answer.text) if hash_of(one) not in policy] == []


@on_sqlite
@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", "<style>*{display:none}</style>", '"><script>alert(1)</script>']
)
def test_what_a_person_types_is_no_part_of_the_policy(doors: FlaskClient, typed: str) -> None:
    plain = doors.get("/-/typed", query_string={"typed": "xin chào"})
    answer = doors.get("/-/typed", query_string={"typed": typed})

    assert typed not in answer.text
    assert answer.headers["Content-Security-Policy"] == plain.headers["Content-Security-Policy"]

"""Which theme a page gets, and how long a process keeps it."""

from __future__ import annotations

from datetime import datetime

import pytest

from survey_app.appearance.operations import save_theme
from survey_app.appearance.queries import KEPT_SECONDS, Themes, theme_of
from survey_app.appearance.rules import Tokens
from survey_app.foundation.database import Database

COUNTRY, PROVINCE = Tokens(accent="#123456"), Tokens(accent="#7a0c0c")


@pytest.fixture
def themed(database: Database, now: datetime) -> Database:
    """An installation with a look of its own, and one province with another."""
    database.write(lambda session: save_theme(session, unit_path="", tokens=COUNTRY, now=now))
    database.write(lambda session: save_theme(session, unit_path="04", tokens=PROVINCE, now=now))
    return database


@pytest.mark.parametrize(
    ("unit_path", "tokens"),
    [
        ("04", PROVINCE),
        ("04/01273", PROVINCE),
        ("", COUNTRY),
        ("01", COUNTRY),
        ("040", COUNTRY),
        ("0", COUNTRY),
    ],
)
def test_a_unit_looks_like_its_province_or_else_like_the_installation(
    themed: Database, unit_path: str, tokens: Tokens
) -> None:
    with themed.read() as session:
        theme = theme_of(session, unit_path)
    kept = Themes(themed).of(unit_path)

    assert theme
    assert theme.tokens == tokens
    assert kept == theme


def test_an_installation_without_themes_has_none(database: Database) -> None:
    with database.read() as session:
        assert theme_of(session, "04") is None
    assert Themes(database).of("04") is None


class TestThemes:
    """What a process keeps."""

    def test_are_read_again_after_half_a_minute(self, themed: Database, now: datetime) -> None:
        clock = [100.0]
        themes = Themes(themed, lambda: clock[0])
        before = themes.of("04")
        themed.write(lambda session: save_theme(session, unit_path="04", tokens=COUNTRY, now=now))

        clock[0] += KEPT_SECONDS - 1
        meanwhile = themes.of("04")
        clock[0] += 1
        after = themes.of("04")

        assert before == meanwhile
        assert after
        assert after.tokens == COUNTRY

    def test_are_read_again_at_once_where_they_were_changed(self, themed: Database, now: datetime) -> None:
        themes = Themes(themed)
        themes.of("04")
        themed.write(lambda session: save_theme(session, unit_path="04", tokens=COUNTRY, now=now))

        themes.forget()
        theme = themes.of("04")

        assert theme
        assert theme.tokens == COUNTRY

"""Saving, changing and taking back the look of a unit."""

from __future__ import annotations

from datetime import datetime

import pytest

from survey_app.appearance.gateway import read_logo
from survey_app.appearance.operations import UnreadableColours, remove_logo, reset_theme, save_theme
from survey_app.appearance.queries import logo_of, theme_of
from survey_app.appearance.rules import Tokens
from survey_app.foundation.database import Database
from tests.appearance.pictures import picture

RED = Tokens(accent="#7a0c0c")


class TestSaveTheme:
    """The colours and the logo of a unit."""

    def test_stores_colours_and_logo(self, database: Database, now: datetime) -> None:
        logo = read_logo(picture())

        database.write(lambda session: save_theme(session, unit_path="04", tokens=RED, logo=logo, now=now))

        with database.read() as session:
            theme = theme_of(session, "04")
            assert theme
            assert theme.tokens == RED
            assert theme.logo == f"/logo/{logo.digest}.png"
            assert logo_of(session, logo.digest) == logo.png

    def test_keeps_the_logo_when_only_colours_change(self, database: Database, now: datetime) -> None:
        logo = read_logo(picture())
        database.write(lambda session: save_theme(session, unit_path="04", tokens=RED, logo=logo, now=now))

        database.write(lambda session: save_theme(session, unit_path="04", tokens=Tokens(), now=now))

        with database.read() as session:
            theme = theme_of(session, "04")
        assert theme
        assert (theme.tokens, theme.logo_height) == (Tokens(), 128)

    def test_refuses_what_cannot_be_read_and_says_what_would_do(
        self, database: Database, now: datetime
    ) -> None:
        yellow = Tokens(accent="#f2c200")

        with pytest.raises(UnreadableColours) as refused:
            database.write(lambda session: save_theme(session, unit_path="04", tokens=yellow, now=now))

        words = str(refused.value)
        assert "“Màu chủ đạo” và “Chữ trên màu chủ đạo” chỉ tương phản 1,68 : 1" in words
        assert f"Có thể đổi “Màu chủ đạo” thành {refused.value.pairs[0].nearest}." in words
        with database.read() as session:
            assert theme_of(session, "04") is None


class TestTakingBack:
    """The way back."""

    def test_removes_the_logo_alone(self, database: Database, now: datetime) -> None:
        logo = read_logo(picture())
        database.write(lambda session: save_theme(session, unit_path="04", tokens=RED, logo=logo, now=now))

        database.write(lambda session: remove_logo(session, unit_path="04", now=now))

        with database.read() as session:
            theme = theme_of(session, "04")
            assert theme
            assert (theme.tokens, theme.logo) == (RED, None)
            assert logo_of(session, logo.digest) is None

    def test_returns_to_the_look_above(self, database: Database, now: datetime) -> None:
        database.write(
            lambda session: save_theme(session, unit_path="", tokens=Tokens(ink="#000000"), now=now)
        )
        database.write(lambda session: save_theme(session, unit_path="04", tokens=RED, now=now))

        database.write(lambda session: reset_theme(session, unit_path="04"))

        with database.read() as session:
            theme = theme_of(session, "04")
        assert theme
        assert theme.tokens.ink == "#000000"

    def test_of_what_never_was_changes_nothing(self, database: Database, now: datetime) -> None:
        database.write(lambda session: reset_theme(session, unit_path="04"))
        database.write(lambda session: remove_logo(session, unit_path="04", now=now))

        with database.read() as session:
            assert theme_of(session, "04") is None

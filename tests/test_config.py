"""Settings from SURVEY_* variables, and secrets that are made once."""

from __future__ import annotations

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from survey_app import config
from survey_app.config import InvalidSettings, Settings

LONG = "a secret of at least 32 characters, for tests"


def _read(tmp_path: Path, **variables: str) -> Settings:
    return Settings.from_environment({"SURVEY_INSTANCE": str(tmp_path / "instance"), **variables})


class TestSecrets:
    """`SURVEY_SECRET_KEY` and `SURVEY_CONTACT_KEY`."""

    def test_are_made_once_and_kept(self, tmp_path: Path) -> None:
        first, second = _read(tmp_path), _read(tmp_path)

        assert (first.secret_key, first.contact_key) == (second.secret_key, second.contact_key)
        assert len(first.secret_key) >= 32
        assert len(first.contact_key) >= 32

    def test_differ_from_each_other_and_between_installations(self, tmp_path: Path) -> None:
        one, other = _read(tmp_path / "one"), _read(tmp_path / "other")

        assert len({one.secret_key, one.contact_key, other.secret_key, other.contact_key}) == 4

    def test_are_readable_to_the_owner_only(self, tmp_path: Path) -> None:
        _read(tmp_path)

        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "instance").iterdir()}
        assert modes == {"secret_key.txt": 0o600, "contact_key.txt": 0o600, "audit_key.txt": 0o600}

    def test_are_the_same_for_processes_that_start_together(self, tmp_path: Path) -> None:
        for number in range(20):
            with ThreadPoolExecutor(8) as pool:
                found = set(pool.map(lambda _, at=number: _read(tmp_path / str(at)).secret_key, range(8)))
            assert len(found) == 1

    def test_are_taken_from_the_environment_and_then_not_written(self, tmp_path: Path) -> None:
        settings = _read(
            tmp_path, SURVEY_SECRET_KEY=LONG, SURVEY_CONTACT_KEY=f"{LONG} too", SURVEY_AUDIT_KEY=LONG
        )

        assert (settings.secret_key, settings.contact_key) == (LONG, f"{LONG} too")
        assert not (tmp_path / "instance").exists()

    @pytest.mark.parametrize("variable", ["SURVEY_SECRET_KEY", "SURVEY_CONTACT_KEY", "SURVEY_AUDIT_KEY"])
    def test_are_refused_when_too_short(self, tmp_path: Path, variable: str) -> None:
        with pytest.raises(InvalidSettings, match=f"{variable} is shorter than 32 characters") as caught:
            _read(tmp_path, **{variable: "only 31 characters are not enou"})
        assert "only 31" not in str(caught.value)

    def test_are_refused_when_the_kept_one_was_emptied(self, tmp_path: Path) -> None:
        _read(tmp_path)
        (tmp_path / "instance" / "secret_key.txt").write_text("")

        with pytest.raises(InvalidSettings, match=r"secret_key\.txt is shorter"):
            _read(tmp_path)


class TestDatabaseUrl:
    """`SURVEY_DATABASE_URL`."""

    def test_is_sqlite_in_the_instance_folder_unless_given(self, tmp_path: Path) -> None:
        settings = _read(tmp_path)

        assert settings.database_url == f"sqlite:///{tmp_path / 'instance' / 'survey.sqlite3'}"
        assert settings.is_sqlite

    @pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
    def test_names_the_installed_driver(self, tmp_path: Path, scheme: str) -> None:
        settings = _read(
            tmp_path, SURVEY_DATABASE_URL=f"{scheme}://me:pw@db.local:5433/survey?sslmode=require"
        )

        assert settings.database_url == "postgresql+psycopg://me:pw@db.local:5433/survey?sslmode=require"
        assert not settings.is_sqlite

    @pytest.mark.parametrize(
        "url",
        [
            "mysql://me:hidden@db/survey",
            "hidden",
            "postgresql:hidden",
            "sqlite://",
            "sqlite:///",
            "sqlite:///:memory:",
        ],
    )
    def test_refuses_what_it_cannot_serve_without_repeating_it(self, tmp_path: Path, url: str) -> None:
        with pytest.raises(InvalidSettings, match="SURVEY_DATABASE_URL") as caught:
            _read(tmp_path, SURVEY_DATABASE_URL=url)
        assert "hidden" not in str(caught.value)


class TestPublicUrl:
    """`SURVEY_PUBLIC_URL`, which is printed in QR codes."""

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("https://danhgia.gov.example", "https://danhgia.gov.example"),
            ("http://10.0.0.5:8080/", "http://10.0.0.5:8080"),
            ("https://www.gov.example/danh-gia/", "https://www.gov.example/danh-gia"),
            ("http://[2001:db8::1]:8000", "http://[2001:db8::1]:8000"),
            ("HTTPS://Xn--Nh-Gia.Example", "HTTPS://Xn--Nh-Gia.Example"),
        ],
    )
    def test_may_have_a_port_and_a_path(self, tmp_path: Path, given: str, kept: str) -> None:
        assert _read(tmp_path, SURVEY_PUBLIC_URL=given).public_url == kept

    @pytest.mark.parametrize(
        ("given", "flaw"),
        [
            ("dg.caobang.gov.vn", "does not begin with http:// or https://"),
            ("dg.caobang.gov.vn:8000", "does not begin with http:// or https://"),
            ("//dg.caobang.gov.vn", "does not begin with http:// or https://"),
            ("ftp://dg.caobang.gov.vn", "does not begin with http:// or https://"),
            ("https:dg.caobang.gov.vn", "names no host"),
            ("https:///dg", "names no host"),
            ("https://:8000", "names no host"),
            ("https://dg.caobang.gov.vn:port", "cannot be read"),
            ("https://[::1", "cannot be read"),
            ("https://dg.caobang.gov.vn:0", "names no host"),
            ("https://dg.caobang.gov.vn?x=1", "after ? or #"),
            ("https://dg.caobang.gov.vn/?", "after ? or #"),
            ("https://dg.caobang.gov.vn/#top", "after ? or #"),
            ("https://dg caobang.gov.vn", "spaces or letters"),
            ("https://đánh-giá.vn", "spaces or letters"),
            ('https://dg.caobang.gov.vn/"', "spaces or letters"),
        ],
    )
    def test_is_refused_with_the_flaw_and_the_remedy(self, tmp_path: Path, given: str, flaw: str) -> None:
        with pytest.raises(InvalidSettings, match=re.escape(flaw)) as caught:
            _read(tmp_path, SURVEY_PUBLIC_URL=given)
        assert str(caught.value).startswith(f"SURVEY_PUBLIC_URL={given!r} ")
        assert "Give the address that citizens reach, for example https://" in str(caught.value)

    def test_is_not_repeated_when_it_holds_a_password(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidSettings, match="holds a user name or password") as caught:
            _read(tmp_path, SURVEY_PUBLIC_URL="https://me:hushhush@dg.caobang.gov.vn")
        assert "hushhush" not in str(caught.value)


class TestOtherSettings:
    """The rest."""

    @pytest.mark.parametrize("text", ["two", "-1", "1.5", "²", "٣"])
    def test_refuse_a_count_that_is_no_whole_number(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(InvalidSettings, match="SURVEY_TRUSTED_PROXIES"):
            _read(tmp_path, SURVEY_TRUSTED_PROXIES=text)

    def test_refuse_an_unknown_log_level(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidSettings, match="SURVEY_LOG_LEVEL='loud'"):
            _read(tmp_path, SURVEY_LOG_LEVEL="loud")

    def test_refuse_an_unknown_language(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidSettings, match=r"SURVEY_LANG='fr' is unknown\. Give vi or en\."):
            _read(tmp_path, SURVEY_LANG="fr")

    def test_are_read_with_blanks_around_them(self, tmp_path: Path) -> None:
        settings = _read(
            tmp_path, SURVEY_TRUSTED_PROXIES=" 2 ", SURVEY_PUBLIC_URL=" https://danhgia.gov.example/ "
        )

        assert settings.trusted_proxies == 2
        assert settings.public_url == "https://danhgia.gov.example"

    def test_take_an_empty_variable_for_one_that_is_not_given(self, tmp_path: Path) -> None:
        assert (
            _read(tmp_path, SURVEY_DATABASE_URL="", SURVEY_PUBLIC_URL=" ").public_url
            == "http://127.0.0.1:8000"
        )

    def test_are_frozen(self, tmp_path: Path) -> None:
        with pytest.raises(FrozenInstanceError):
            _read(tmp_path).public_url = "https://other"  # type: ignore[misc]

    def test_each_have_a_variable_and_a_meaning(self) -> None:
        assert all(item.metadata["variable"].startswith("SURVEY_") for item in fields(Settings))
        assert all(item.metadata["meaning"] for item in fields(Settings))

    def test_stand_on_the_lowest_floor(self) -> None:
        assert not any(name.startswith(("flask", "sqlalchemy")) for name in vars(config))

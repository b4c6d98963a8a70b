"""The command `survey-app`, as an operator meets it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import text

import survey_app
from survey_app.cli import _COMMANDS, _WITHOUT_APPLICATION, main
from survey_app.factory import create_app
from survey_app.foundation import migrations
from survey_app.foundation.database import Database, DatabaseUnavailable

COMMAND = Path(sys.executable).with_name("survey-app")


def _leaves(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every verb with the words that lead to it."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from _leaves(found, (*path, name))


VERBS = list(_leaves(main))


@pytest.fixture
def invoke(app: Flask) -> Callable[..., Result]:
    """Return a function that runs a command in the application of the test."""
    return lambda *words, **more: CliRunner().invoke(main, words, obj={"app": app}, **more)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment for real processes, without settings of this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SURVEY_")}
    return kept | {"SURVEY_INSTANCE": str(tmp_path / "instance")}


def _run(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *words], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


class TestHelp:
    """`--help` everywhere."""

    def test_answers_in_half_a_second(self, environment: dict[str, str]) -> None:
        spent = []
        for _ in range(5):
            before = time.perf_counter()
            assert _run(environment, "--help").returncode == 0
            spent.append(time.perf_counter() - before)
            if len(spent) >= 3 and min(spent) < 0.5:
                break
        assert min(spent) < 0.5

    def test_lists_every_room(self) -> None:
        shown = CliRunner().invoke(main, ["--help"]).output

        assert [name for name in _COMMANDS if f"  {name} " not in shown] == []

    def test_explains_each_verb_without_an_installation(self) -> None:
        codes = {
            " ".join(words): CliRunner().invoke(main, [*words, "--help"], obj={"app": None}).exit_code
            for words, _ in VERBS
        }

        assert {words: code for words, code in codes.items() if code != 0} == {}
        assert [" ".join(words) for words, verb in VERBS if not verb.help] == []

    def test_names_the_meaning_of_each_option(self) -> None:
        options = {
            f"{' '.join(words)} {option.name}": option.help
            for words, verb in VERBS
            for option in verb.params
            if isinstance(option, click.Option)
        }

        assert [name for name, meaning in options.items() if not meaning] == []

    @pytest.mark.parametrize("name", sorted(_COMMANDS))
    def test_says_the_same_on_both_levels(self, name: str) -> None:
        found = main.get_command(click.Context(main), name)

        assert found is not None
        assert found.help

    def test_needs_no_room_to_list_them(self) -> None:
        code = "import sys, survey_app.cli; print([m for m in sys.modules if m.startswith('survey_app.')])"
        loaded = subprocess.check_output([sys.executable, "-c", code], text=True)

        assert loaded.strip() == "['survey_app.cli']"


def test_every_verb_on_stored_data_runs_inside_the_application() -> None:
    inside = {
        " ".join(words)
        for words, verb in VERBS
        if verb.callback is not None and verb.callback.__code__.co_name == "in_application"
    }

    assert inside == {" ".join(words) for words, _ in VERBS} - set(_WITHOUT_APPLICATION)


def test_an_unknown_room_is_refused() -> None:
    result = CliRunner().invoke(main, ["nonsense"])

    assert result.exit_code == 2
    assert "No such command" in result.output


def test_names_its_version(environment: dict[str, str]) -> None:
    assert "0.1.0" in _run(environment, "--version").stdout


class TestConfig:
    """`survey-app config`."""

    SECRETS = ("a secret key that nobody may ever see", "a contact key that nobody may ever see")

    def _config(self, environment: dict[str, str], *words: str) -> str:
        given = {
            "SURVEY_SECRET_KEY": self.SECRETS[0],
            "SURVEY_CONTACT_KEY": self.SECRETS[1],
            "SURVEY_DATABASE_URL": "postgresql://me:hushhush@db.local/survey?password=hushhush",
        }
        done = _run(environment | given, "config", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @pytest.mark.parametrize("words", [(), ("--json",)], ids=["text", "json"])
    def test_hides_secrets_and_passwords(self, environment: dict[str, str], words: tuple[str, ...]) -> None:
        shown = self._config(environment, *words)

        assert not any(secret in shown for secret in (*self.SECRETS, "hushhush"))
        assert "db.local/survey" in shown

    def test_gives_value_source_and_meaning_as_json(self, environment: dict[str, str]) -> None:
        rows: dict[str, Any] = {
            row["variable"]: row for row in json.loads(self._config(environment, "--json"))
        }

        assert rows["SURVEY_SECRET_KEY"]["source"] == "environment"
        assert rows["SURVEY_TRUSTED_PROXIES"] | {"meaning": ""} == {
            "variable": "SURVEY_TRUSTED_PROXIES",
            "value": "0",
            "source": "default",
            "meaning": "",
        }
        assert all(row["meaning"] for row in rows.values())

    def test_says_of_a_secret_whether_it_is_set(self, environment: dict[str, str]) -> None:
        rows = {row["variable"]: row for row in json.loads(self._config(environment, "--json"))}
        variables = ("SURVEY_SECRET_KEY", "SURVEY_AUDIT_KEY", "SURVEY_TWILIO_AUTH_TOKEN")

        assert [(rows[one]["value"], rows[one]["source"]) for one in variables] == [
            ("(set, hidden)", "environment"),
            ("(set, hidden)", "instance folder"),
            ("(not set)", "default"),
        ]

    def test_lists_the_language_of_messages(self, environment: dict[str, str]) -> None:
        rows = json.loads(self._config(environment | {"SURVEY_LANG": "vi"}, "--json"))
        (row,) = [row for row in rows if row["variable"] == "SURVEY_LANG"]

        assert (row["value"], row["source"]) == ("vi", "environment")

    def test_lists_every_variable_that_is_read(self, environment: dict[str, str]) -> None:
        package = Path(survey_app.__file__).parent
        code = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
        known = {row["variable"] for row in json.loads(self._config(environment, "--json"))}

        # SURVEY_APP_NAME is the name under which `make` starts the command, no setting.
        assert set(re.findall(r'"(SURVEY_[A-Z_]+)"', code)) - {"SURVEY_APP_NAME"} == known

    def test_refuses_settings_that_cannot_be_read(self, environment: dict[str, str]) -> None:
        done = _run(environment | {"SURVEY_TRUSTED_PROXIES": "many"}, "config")

        assert done.returncode == 1
        assert done.stderr == "Error: SURVEY_TRUSTED_PROXIES='many' is not a whole number. Give 0 or more.\n"


class TestDatabase:
    """`survey-app database`."""

    def test_goes_up_and_down_and_tells_where_it_is(
        self, empty_database_url: str, settings_of: Callable[[str], Any]
    ) -> None:
        app = create_app(settings_of(empty_database_url))

        def run(*words: str) -> Result:
            return CliRunner().invoke(main, ["database", *words], obj={"app": app})

        try:
            assert (run("status").exit_code, run("status").output.split()[1]) == (1, "empty")
            assert run("upgrade").output == f"The database is at {migrations.head()}.\n"
            assert run("status").exit_code == 0
            assert run("downgrade", "0001", "--yes").output == "The database is at 0001.\n"
            assert "survey-app database upgrade" in run("status").output
            assert run("downgrade", "base", "--yes").output == "The database is at base.\n"
        finally:
            app.extensions["survey_app.database"].dispose()

    def test_asks_before_it_deletes(self, invoke: Callable[..., Result]) -> None:
        result = invoke("database", "downgrade", "base", input="n\n")

        assert result.exit_code == 1
        assert invoke("database", "status").exit_code == 0

    @pytest.mark.parametrize("verb", [("upgrade", "9999"), ("downgrade", "9999", "--yes")])
    def test_refuses_a_revision_that_does_not_exist(
        self, invoke: Callable[..., Result], verb: tuple[str, ...]
    ) -> None:
        result = invoke("database", *verb)

        assert result.exit_code == 1
        assert result.output.startswith("Error: Can't locate revision identified by '9999'.")


class TestBrokenDatabase:
    """Plain words and exit code 1, never a traceback."""

    @pytest.fixture(params=["not a database", "no folder", "no server", "not migrated"])
    def broken(
        self, request: pytest.FixtureRequest, environment: dict[str, str], tmp_path: Path
    ) -> dict[str, str]:
        urls = {
            "not a database": f"sqlite:///{tmp_path / 'garbage.sqlite3'}",
            "no folder": f"sqlite:///{tmp_path / 'missing' / 'x.sqlite3'}",
            "no server": "postgresql://me:hushhush@127.0.0.1:9/survey",
            "not migrated": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
        }
        (tmp_path / "garbage.sqlite3").write_bytes(b"this is no database " * 100)
        return environment | {"SURVEY_DATABASE_URL": urls[request.param]}

    @pytest.mark.parametrize("words", ["database status", "campaigns status --all", "serve --port 0"])
    def test_is_told_in_plain_words(self, broken: dict[str, str], words: str) -> None:
        done = _run(broken, *words.split())

        assert done.returncode == 1
        assert "Error: " in done.stderr
        assert "survey-app database" in done.stderr
        assert "Traceback" not in done.stderr
        assert "hushhush" not in done.stderr

    @pytest.mark.parametrize(
        ("outcome_unknown", "told"),
        [
            (
                True,
                "it may be stored or not. Look with the room's `list`, `show` or `status` before you repeat",
            ),
            (False, "The database does not answer (Lost). Check SURVEY_DATABASE_URL"),
        ],
    )
    def test_says_whether_something_may_have_been_stored(
        self, invoke: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, outcome_unknown: bool, told: str
    ) -> None:
        def lose(*_arguments: object) -> None:
            raise DatabaseUnavailable("Lost", outcome_unknown=outcome_unknown)

        monkeypatch.setattr(Database, "write", lose)
        result = invoke("campaigns", "close", "any")

        assert result.exit_code == 1
        assert told in result.output

    def test_gives_a_command_the_time_it_needs(
        self,
        environment: dict[str, str],
        create_postgresql_database: Callable[[], str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        for name, value in (environment | {"SURVEY_DATABASE_URL": create_postgresql_database()}).items():
            monkeypatch.setenv(name, value)
        shown: dict[str, Any] = {}
        result = CliRunner().invoke(main, ["database", "upgrade"], obj=shown)
        assert result.exit_code == 0, result.output

        database: Database = shown["app"].extensions["survey_app.database"]
        with database.read() as session:
            limit = session.execute(text("SHOW statement_timeout")).scalar_one()
        database.dispose()
        assert limit == "0"

    def test_is_told_when_postgresql_was_never_migrated(
        self, environment: dict[str, str], create_postgresql_database: Callable[[], str]
    ) -> None:
        done = _run(
            environment | {"SURVEY_DATABASE_URL": create_postgresql_database()}, "campaigns", "status"
        )

        assert done.returncode == 1
        assert "Error: The database refused (UndefinedTable)." in done.stderr
        assert "Traceback" not in done.stderr

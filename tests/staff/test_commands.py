"""The command line of the staff room."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import delete, select, update

from survey_app.foundation.audit import BY_COMMAND, AuditEntry
from survey_app.foundation.errors import Refused
from survey_app.staff.commands import staff
from tests.staff.conftest import PASSWORD, Browsers


class Terminal:
    """Types `survey-app staff ...` on the test's database."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def run(self, *words: str, typed: str | None = None) -> Result:
        """Run one verb."""
        with self.app.app_context():
            return CliRunner().invoke(staff, words, input=typed)

    def add(self, email: str = "boss@x.gov.vn", *more: str, typed: str | None = None) -> Result:
        """Add an administrator."""
        return self.run("create-admin", "--email", email, "--name", "Trần Bình", *more, typed=typed)


@pytest.fixture
def terminal(app: Flask) -> Terminal:
    """A terminal on an empty database."""
    return Terminal(app)


class TestCreateAdmin:
    """`create-admin`."""

    def test_prints_a_password_that_signs_in(self, terminal: Terminal, browser: Browsers) -> None:
        result = terminal.add()
        password = result.output.partition("shown once): ")[2].splitlines()[0]
        one = browser()

        assert result.exit_code == 0
        assert one.sign_in("boss@x.gov.vn", password).status_code == 303
        assert 'href="/admin"' in one.get("/staff").text

    def test_takes_a_password_from_standard_input(self, terminal: Terminal, browser: Browsers) -> None:
        result = terminal.add("boss@x.gov.vn", "--password-stdin", typed=f"{PASSWORD}\n")

        assert PASSWORD not in result.output
        assert browser().sign_in("boss@x.gov.vn").status_code == 303

    @pytest.mark.parametrize(
        ("email", "typed"),
        [("boss@x.gov.vn", "short\n"), ("nonsense", f"{PASSWORD}\n"), ("boss@x.gov.vn", "")],
    )
    def test_refuses_a_weak_password_and_a_malformed_address(
        self, terminal: Terminal, email: str, typed: str
    ) -> None:
        assert isinstance(terminal.add(email, "--password-stdin", typed=typed).exception, Refused)

    def test_refuses_an_existing_account(self, terminal: Terminal) -> None:
        terminal.add()

        assert isinstance(terminal.add("BOSS@x.gov.vn").exception, Refused)

    def test_stands_in_the_audit_log_without_the_address(self, app: Flask, terminal: Terminal) -> None:
        terminal.add()
        with app.extensions["survey_app.database"].read() as session:
            line = session.scalars(select(AuditEntry)).one()

        assert (line.actor, line.action) == (BY_COMMAND, "accounts.manage")
        assert "boss" not in str(vars(line))


class TestResetLink:
    """`reset-link`."""

    def test_prints_a_link_that_works(self, terminal: Terminal, browser: Browsers) -> None:
        terminal.add()
        result = terminal.run("reset-link", "boss@x.gov.vn", "--json")
        link = json.loads(result.output)["link"]

        assert browser().get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200

    def test_names_the_remedy_for_an_unknown_address(self, terminal: Terminal) -> None:
        result = terminal.run("reset-link", "nobody@x.gov.vn")

        assert result.exit_code == 1
        assert "staff list" in result.output


def test_list_names_everybody_with_state_and_roles(terminal: Terminal) -> None:
    terminal.add()

    assert "boss@x.gov.vn\tTrần Bình\tactive\tadministrator@everywhere" in terminal.run("list").output
    assert json.loads(terminal.run("list", "--json", "--search", "tran").output)[0]["name"] == "Trần Bình"
    assert json.loads(terminal.run("list", "--json", "--search", "nobody").output) == []


class TestVerifyAudit:
    """`verify-audit`."""

    @pytest.fixture
    def log(self, terminal: Terminal) -> Terminal:
        """A log of three lines."""
        for number in range(3):
            terminal.add(f"boss{number}@x.gov.vn")
        return terminal

    def test_finds_a_whole_log_sound(self, log: Terminal) -> None:
        result = log.run("verify-audit")

        assert result.exit_code == 0
        assert "3 lines, all sound" in result.output

    def test_names_the_first_broken_line_and_fails(self, app: Flask, log: Terminal) -> None:
        app.extensions["survey_app.database"].write(
            lambda session: session.execute(
                update(AuditEntry).where(AuditEntry.number == 2).values(subject="account:99")
            )
        )
        result = log.run("verify-audit", "--json")

        assert result.exit_code == 1
        assert json.loads(result.output)["at_number"] == 2

    def test_notices_what_is_missing_since_an_earlier_run(self, app: Flask, log: Terminal) -> None:
        noted = log.run("verify-audit").output.rpartition(" ")[2].strip()
        assert log.run("verify-audit", "--expect", noted).exit_code == 0
        app.extensions["survey_app.database"].write(
            lambda session: session.execute(delete(AuditEntry).where(AuditEntry.number == 3))
        )

        assert log.run("verify-audit", "--expect", noted).exit_code == 1
        assert "NUMBER:DIGEST" in log.run("verify-audit", "--expect", "nonsense").output

"""The commands that invite: list, plan, preview, send, status, tidy."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result
from flask import Flask
from openpyxl import Workbook

from survey_app.cli import main
from survey_app.texting.rules.conversation import State
from tests.texting.conftest import PHONES, Desk, furnish

LIST = "Số điện thoại;Đơn vị;Thủ tục;Mã hồ sơ\n0901234561;cao-bang;Cấp CCCD;H04.1\n84901234562;hoa-an;;\n"


@pytest.fixture
def desk(app: Flask, now: datetime) -> Desk:
    """The desk on the database of the application, with an open campaign."""
    desk = furnish(app.extensions["survey_app.database"], now)
    desk.campaign()
    return desk


@pytest.fixture
def run(app: Flask, now: datetime) -> Any:
    """A function that runs a command, so many days after the campaign opened."""

    def invoke(*words: str, days: float = 0) -> Result:
        with time_machine.travel(now + timedelta(days=days), tick=False):
            return CliRunner().invoke(main, words, obj={"app": app})

    return invoke


@pytest.fixture
def listed(desk: Desk, run: Any, tmp_path: Path) -> Desk:
    """The campaign with two people on its list, and a plan."""
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    assert run("campaigns", "invite", str(path), "--campaign", "moi").exit_code == 0
    plan = ("--sender", "CAOBANG", "--unit", "UBND tinh Cao Bang", "--number", "8079")
    assert run("texting", "plan", "--campaign", "moi", *plan).exit_code == 0
    return desk


class TestInvite:
    """survey-app campaigns invite."""

    def test_puts_people_on_the_list_by_vietnamese_headings(self, listed: Desk) -> None:
        listed.send()

        assert [one.office_id for one in listed.conversations] == list(listed.offices)

    def test_reads_phones_that_a_spreadsheet_took_for_numbers(
        self, desk: Desk, run: Any, tmp_path: Path
    ) -> None:
        book = Workbook()
        sheet = book.create_sheet(index=0)
        for row in (("phone", "unit"), (901234561, "cao-bang"), (84901234562.0, "cao-bang")):
            sheet.append(row)
        book.save(tmp_path / "list.xlsx")
        result = run("campaigns", "invite", str(tmp_path / "list.xlsx"), "--campaign", "moi", "--json")

        assert json.loads(result.output)["invited"] == 2

    def test_names_every_line_at_fault_without_its_phone_and_stores_nothing(
        self, desk: Desk, run: Any, tmp_path: Path
    ) -> None:
        path = tmp_path / "list.csv"
        path.write_text("phone,unit\n0901234561,cao-bang\n02431234567,cao-bang\n0901234563,xa\n", "utf-8")
        result = run("campaigns", "invite", str(path), "--campaign", "moi")

        assert result.exit_code == 1
        assert f"{path}:3:" in result.output
        assert f"{path}:4:" in result.output
        assert "02431234567" not in result.output
        assert desk.invite().invited == 3

    def test_only_checks_in_a_dry_run(self, desk: Desk, run: Any, tmp_path: Path) -> None:
        path = tmp_path / "list.csv"
        path.write_text(LIST, encoding="utf-8")
        first = run("campaigns", "invite", str(path), "--campaign", "moi", "--dry-run")
        again = run("campaigns", "invite", str(path), "--campaign", "moi", "--json")

        assert "Would put 2 people" in first.output
        assert json.loads(again.output)["invited"] == 2

    @pytest.mark.parametrize(
        "content",
        [b"", b"phone,unit\n", b"ten,unit\nAn,x\n", b"phone,unit\n\xff\xfe,x\n", b"\xd0\xcf\x11\xe0"],
    )
    def test_refuses_what_is_no_list(self, desk: Desk, run: Any, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "list.csv"
        path.write_bytes(content)
        result = run("campaigns", "invite", str(path), "--campaign", "moi")

        assert (result.exit_code, result.exception.__class__) == (1, SystemExit)

    def test_refuses_a_campaign_of_volunteers(self, desk: Desk, run: Any, tmp_path: Path) -> None:
        desk.campaign("tai-quay", channels=("qr",))
        path = tmp_path / "list.csv"
        path.write_text(LIST, encoding="utf-8")

        assert run("campaigns", "invite", str(path), "--campaign", "tai-quay").exit_code == 1


class TestTexting:
    """survey-app texting."""

    def test_previews_sends_and_counts(self, listed: Desk, run: Any) -> None:
        preview = json.loads(run("texting", "preview", "--campaign", "moi", "--json").output)
        sent = run("texting", "send", "--campaign", "moi")
        counts = json.loads(run("texting", "status", "--campaign", "moi", "--json").output)

        assert (preview["people"], preview["segments"]) == (2, 1)
        assert sent.output.endswith(
            "2 people invited; 0 of them want no messages, so nothing goes to them.\n"
        )
        assert (counts["listed"], counts["invited"], counts["waiting"]) == (2, 2, 2)

    def test_reminds_once(self, listed: Desk, run: Any) -> None:
        run("texting", "send", "--campaign", "moi")
        first = run("texting", "remind", "--campaign", "moi", days=3)
        again = run("texting", "remind", "--campaign", "moi", days=4)

        assert "2 people reminded" in first.output
        assert "0 people reminded" in again.output

    def test_pauses_and_resumes(self, listed: Desk, run: Any) -> None:
        assert run("texting", "pause", "--campaign", "moi").exit_code == 0
        assert run("texting", "resume", "--campaign", "moi").exit_code == 0

    def test_tidies_what_is_over(self, listed: Desk, run: Any) -> None:
        listed.send()
        listed.text(PHONES[0], "5")
        result = run("texting", "tidy", days=8)

        assert "Parted 1 phones from answers; 1 invitations expired" in result.output
        assert [one.state for one in listed.conversations] == [State.CLOSED, State.EXPIRED]

    @pytest.mark.parametrize("verb", ["preview", "send", "remind", "pause", "status"])
    def test_names_a_campaign_that_is_not_there(self, desk: Desk, run: Any, verb: str) -> None:
        result = run("texting", verb, "--campaign", "khong-co")

        assert result.exit_code == 1
        assert "khong-co" in result.output

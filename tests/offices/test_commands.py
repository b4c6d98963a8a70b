"""The command line of the offices room, from an empty database to a printed poster."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pytest
import zxingcpp
from click.testing import CliRunner, Result
from flask import Flask
from PIL import Image

from survey_app.cli import main
from survey_app.config import Settings


class Terminal:
    """Types `survey-app offices ...` on the test's database."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app, self.folder = app, folder

    def run(self, *words: object) -> Result:
        return CliRunner().invoke(main, ["offices", *map(str, words)], obj={"app": self.app})

    def json(self, *words: object) -> object:
        result = self.run(*words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)


@pytest.fixture
def terminal(app: Flask, tmp_path: Path) -> Terminal:
    """A terminal on an empty database."""
    return Terminal(app, tmp_path)


@pytest.fixture
def counter(terminal: Terminal) -> str:
    """The public code of one counter in Cao Bằng."""
    assert terminal.run("load-units", "--province", "04").exit_code == 0
    office = terminal.run("add-office", "--unit", "04", "--code", "cao-bang", "--name", "Trung tâm Cao Bằng")
    assert office.exit_code == 0, office.output
    added = terminal.json("add-counter", "--office", "cao-bang", "--name", "Quầy 1", "--name-en", "Counter 1")
    assert isinstance(added, dict)
    return str(added["code"])


def test_load_units_counts_what_it_did(terminal: Terminal) -> None:
    assert terminal.json("load-units", "--province", "04") == {"added": 57, "changed": 0, "unchanged": 0}
    assert "0 added, 0 changed, 57 unchanged" in terminal.run("load-units", "--province", "04").output


def test_load_units_refuses_an_unknown_province(terminal: Terminal) -> None:
    result = terminal.run("load-units", "--province", "99")
    assert result.exit_code == 1
    assert "No province has the code '99'" in result.output


def test_add_counter_prints_code_and_address(terminal: Terminal, counter: str) -> None:
    result = terminal.run("add-counter", "--office", "cao-bang", "--name", "Quầy 2", "--kind", "kiosk")
    code = result.stdout.splitlines()[0].removeprefix("code: ")
    assert result.stdout == f"code: {code}\nurl: http://127.0.0.1:8000/{code}\n"
    assert code != counter


def test_refusals_are_one_line_and_exit_1(terminal: Terminal, counter: str) -> None:
    result = terminal.run("add-office", "--unit", "04", "--code", "cao-bang", "--name", "Trùng")
    assert result.exit_code == 1
    assert "cao-bang" in result.output
    assert "Traceback" not in result.output


def test_list_shows_codes_below_a_unit(terminal: Terminal, counter: str) -> None:
    assert terminal.run("list").stdout == f"{counter}  04  cao-bang  Quầy 1\n"
    listed = terminal.json("list", "--unit", "04")
    assert isinstance(listed, list)
    assert (listed[0]["code"], listed[0]["url"]) == (counter, f"http://127.0.0.1:8000/{counter}")
    assert terminal.json("list", "--unit", "01273") == []


@pytest.mark.parametrize("choice", ["office", "unit", "code"])
def test_poster_prints_what_was_chosen(terminal: Terminal, counter: str, choice: str) -> None:
    value = {"office": "cao-bang", "unit": "04", "code": counter.lower()}[choice]
    out = terminal.folder / "poster.pdf"
    result = terminal.run("poster", f"--{choice}", value, "--format", "a6", "--out", out)
    assert result.exit_code == 0, result.output
    page = pdfium.PdfDocument(out)[0]
    assert "Ủy ban nhân dân tỉnh Cao Bằng thu thập" in page.get_textpage().get_text_range()
    (found,) = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    assert found.text == f"HTTP://127.0.0.1:8000/{counter}"


def test_poster_wants_one_choice(terminal: Terminal) -> None:
    result = terminal.run("poster", "--out", terminal.folder / "poster.pdf")
    assert result.exit_code == 2
    assert "Give one of --office, --unit and --code." in result.output


def test_poster_says_what_it_does_not_know(terminal: Terminal, counter: str) -> None:
    out = terminal.folder / "poster.pdf"
    assert (
        "No office has the code 'nowhere'"
        in terminal.run("poster", "--office", "nowhere", "--out", out).output
    )
    assert "No unit has the code '99'" in terminal.run("poster", "--unit", "99", "--out", out).output
    assert terminal.run("poster", "--unit", "01273", "--out", out).exit_code == 1
    assert not out.exists()


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_qr_writes_the_file_that_was_asked_for(terminal: Terminal, counter: str, suffix: str) -> None:
    out = terminal.folder / f"code.{suffix}"
    assert terminal.run("qr", counter, "--out", out).exit_code == 0
    if suffix == "png":
        (found,) = zxingcpp.read_barcodes(Image.open(out))
        assert found.text == f"HTTP://127.0.0.1:8000/{counter}"
    else:
        assert out.read_text(encoding="utf-8").startswith("<?xml")


def test_warns_before_an_address_of_this_computer_is_printed(terminal: Terminal, counter: str) -> None:
    warning = (
        "Warning: only this computer reaches http://127.0.0.1:8000. Set SURVEY_PUBLIC_URL before printing."
    )
    poster = terminal.run("poster", "--code", counter, "--out", terminal.folder / "poster.pdf")
    assert poster.stderr == f"{warning}\n"
    assert terminal.run("qr", counter, "--out", terminal.folder / "code.svg").stderr == f"{warning}\n"


def test_prints_an_address_for_citizens_without_a_warning(
    terminal: Terminal, counter: str, settings: Settings
) -> None:
    terminal.app.config["SETTINGS"] = replace(settings, public_url="https://dg.caobang.gov.vn")
    result = terminal.run("qr", counter, "--out", terminal.folder / "code.svg")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"HTTPS://DG.CAOBANG.GOV.VN/{counter} in ")


def test_unwritable_file_is_one_line(terminal: Terminal, counter: str) -> None:
    result = terminal.run("qr", counter, "--out", terminal.folder / "nowhere" / "code.svg")
    assert result.exit_code == 1
    assert "No such file or directory" in result.output


def test_qr_refuses_other_files_and_other_words(terminal: Terminal, counter: str) -> None:
    assert (
        "neither .svg nor .png" in terminal.run("qr", counter, "--out", terminal.folder / "code.gif").output
    )
    assert "is not a public code" in terminal.run("qr", "hello", "--out", terminal.folder / "code.svg").output
    assert "was never issued" in terminal.run("qr", "7K3F9M2X", "--out", terminal.folder / "code.svg").output


def test_rotated_code_is_no_longer_printed(terminal: Terminal, counter: str) -> None:
    rotated = terminal.json("rotate", counter.lower())
    assert isinstance(rotated, dict)
    assert rotated["replaces"] == counter
    assert (
        f"{counter} was rotated" in terminal.run("qr", counter, "--out", terminal.folder / "code.svg").output
    )
    assert terminal.run("qr", rotated["code"], "--out", terminal.folder / "code.svg").exit_code == 0


def test_revoke_withdraws_once(terminal: Terminal, counter: str) -> None:
    assert terminal.run("revoke", counter).stdout == f"Revoked {counter}.\n"
    assert terminal.run("revoke", counter).exit_code == 1


def test_issue_code_puts_a_counter_back_to_work_after_revoke(terminal: Terminal, counter: str) -> None:
    place = ("--office", "cao-bang", "--counter", "Quầy 1")
    assert terminal.run("issue-code", *place).exit_code == 1
    terminal.run("revoke", counter)
    new = terminal.json("issue-code", *place)
    assert isinstance(new, dict)
    assert new["code"] != counter
    assert terminal.run("issue-code", "--office", "cao-bang", "--counter", "Quầy 9").exit_code == 1


def test_close_office_takes_its_counters_off_the_list(terminal: Terminal, counter: str) -> None:
    assert terminal.run("close-office", "cao-bang").exit_code == 0
    assert terminal.json("list") == []
    listed = terminal.json("list", "--all")
    assert isinstance(listed, list)
    assert listed[0]["active"] is False

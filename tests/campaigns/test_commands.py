"""The commands that staff use until they have screens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
import time_machine
from click.testing import CliRunner, Result
from flask import Flask

from survey_app.cli import main
from survey_app.offices.operations import deactivate_office
from survey_app.questionnaires.operations import publish
from tests.campaigns.conftest import pulse

if TYPE_CHECKING:
    from tests.campaigns.conftest import World

Run = Callable[..., Result]
USUAL = {
    "--code": "cao-bang-2026",
    "--title": "Ý kiến tại quầy",
    "--title-en": "Counter pulse",
    "--questionnaire": "counter_pulse",
    "--from": "2026-11-01",
    "--to": "2026-12-31",
}


@pytest.fixture
def run(app: Flask, now: datetime) -> Iterator[Run]:
    """Run `survey-app campaigns ...` on the test database, on 21/11/2026."""

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["campaigns", *arguments], obj={"app": app})

    with time_machine.travel(now):
        yield invoke


@pytest.fixture
def create(world: World, run: Run) -> Run:
    """Run `create` with usual options; what is given replaces or adds some."""

    def invoke(*places: str, **changed: str) -> Result:
        options = {**USUAL, **{f"--{name}": value for name, value in changed.items()}}
        return run("create", *(word for pair in options.items() for word in pair), *places)

    return invoke


BOTH = ("--unit", "04", "--channel", "qr", "--channel", "web")


def test_a_campaign_is_created_opened_listed_and_closed(create: Run, run: Run) -> None:
    assert create(*BOTH).output == (
        "Drafted cao-bang-2026 (offices: 3). Next: survey-app campaigns open cao-bang-2026\n"
    )
    assert "takes answers from 2026-11-01 to 2026-12-31 by 6 codes" in run("open", "cao-bang-2026").output
    assert "cao-bang-2026  open  2026-11-01 to 2026-12-31  qr+web" in run("list").stdout
    assert run("close", "cao-bang-2026").exit_code == 0
    assert "cao-bang-2026  closed" in run("list").stdout


def test_codes_prints_addresses_that_lead_to_the_campaign(world: World, create: Run, run: Run) -> None:
    create(*BOTH)
    run("open", "cao-bang-2026")
    rows = json.loads(run("codes", "cao-bang-2026", "--json").stdout)
    assert [(row["office"], row["counter"], row["channel"]) for row in rows] == [
        ("bare-office", None, "web"),
        ("commune-office", "Quầy 1", "qr"),
        ("commune-office", None, "web"),
        ("province-office", "Quầy 1", "qr"),
        ("province-office", "Quầy 2", "qr"),
        ("province-office", None, "web"),
    ]
    for row in rows:
        assert row["url"] == f"http://127.0.0.1:8000/{row['code']}"
        entry = world.entry(row["code"])
        assert entry is not None
        assert entry.status == "open"


def test_codes_prints_one_line_for_each_address(world: World, create: Run, run: Run) -> None:
    create("--office", "province-office", "--channel", "qr")
    run("open", "cao-bang-2026")
    lines = run("codes", "cao-bang-2026").stdout.splitlines()
    assert lines[0] == f"http://127.0.0.1:8000/{world.counters['province 1']}  qr  province-office  Quầy 1"
    assert len(lines) == 2


def test_list_as_json_names_the_questionnaire_version(create: Run, run: Run) -> None:
    create("--office", "commune-office", "--channel", "web")
    (row,) = json.loads(run("list", "--json").stdout)
    assert row == {
        "code": "cao-bang-2026",
        "title": "Ý kiến tại quầy",
        "title_en": "Counter pulse",
        "questionnaire": "counter_pulse@1",
        "from": "2026-11-01",
        "to": "2026-12-31",
        "state": "draft",
        "closed_at": None,
        "channels": ["web"],
    }


def test_offices_and_units_that_overlap_count_once(create: Run) -> None:
    output = create("--office", "commune-office", "--unit", "01273", "--channel", "qr").output
    assert "(offices: 2)" in output


def test_a_unit_stands_for_its_active_offices(world: World, create: Run) -> None:
    world.database.write(lambda session: deactivate_office(session, code="bare-office", now=world.now))
    assert "(offices: 1)" in create("--unit", "01273", "--channel", "qr").output


def test_open_warns_of_an_office_without_a_code(create: Run, run: Run) -> None:
    create("--unit", "01273", "--channel", "qr")
    warnings = run("open", "cao-bang-2026").stderr
    assert "Warning: bare-office has no code" in warnings
    assert "commune-office" not in warnings


def test_open_warns_of_no_missing_code_where_people_are_invited(create: Run, run: Run) -> None:
    create("--unit", "01273", "--channel", "sms")
    opened = run("open", "cao-bang-2026")

    assert opened.stderr == ""
    assert "Next: survey-app campaigns invite FILE --campaign cao-bang-2026" in opened.stdout


def test_open_warns_of_no_missing_code_where_answers_come_from_files(create: Run, run: Run) -> None:
    create("--unit", "01273", "--channel", "interview")
    opened = run("open", "cao-bang-2026")
    assert opened.stderr == ""
    assert "Next: survey-app responses import FILE --campaign cao-bang-2026" in opened.output


@pytest.mark.parametrize(
    ("places", "changed", "remedy"),
    [
        (BOTH, {"questionnaire": "sipas_2022"}, "Run `survey-app questionnaires publish sipas_2022`."),
        (BOTH, {"questionnaire": "counter_pulse@7"}, "survey-app questionnaires publish counter_pulse@7"),
        (("--channel", "qr"), {}, "Give at least one --office or --unit."),
        (("--channel", "qr", "--office", "none"), {}, "See `survey-app offices list`."),
        (("--channel", "qr", "--unit", "99999"), {}, "Run `survey-app offices load-units` first."),
        (("--channel", "fax", "--unit", "04"), {}, "'qr', 'web'"),
        (BOTH, {"from": "31/12/2026"}, "%Y-%m-%d"),
    ],
)
def test_create_refuses_with_a_remedy_and_stores_nothing(
    create: Run, run: Run, places: tuple[str, ...], changed: dict[str, str], remedy: str
) -> None:
    result = create(*places, **changed)
    assert result.exit_code in (1, 2)
    assert remedy in result.output
    assert json.loads(run("list", "--json").stdout) == []


def test_create_says_when_a_unit_has_no_active_office(world: World, create: Run) -> None:
    for office in ("bare-office", "commune-office"):
        world.database.write(
            lambda session, office=office: deactivate_office(session, code=office, now=world.now)
        )
    assert "The unit 01273 has no active office." in create("--unit", "01273", "--channel", "qr").output


@pytest.mark.parametrize("verb", ["open", "close", "codes", "rehearse", "end-rehearsal"])
def test_each_verb_names_a_campaign_that_does_not_exist(run: Run, verb: str) -> None:
    result = run(verb, "nowhere")
    assert result.exit_code == 1
    assert "nowhere" in result.output


def test_a_refused_move_is_told_in_plain_words(create: Run, run: Run) -> None:
    create(*BOTH)
    result = run("close", "cao-bang-2026")
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")


def test_a_rehearsal_begins_and_ends(create: Run, run: Run) -> None:
    create(*BOTH)
    assert run("rehearse", "cao-bang-2026").output.startswith("Rehearsing cao-bang-2026.")
    assert json.loads(run("list", "--json").stdout)[0]["state"] == "rehearsal"
    assert "is a draft again" in run("end-rehearsal", "cao-bang-2026").output
    assert json.loads(run("list", "--json").stdout)[0]["state"] == "draft"


def test_a_campaign_is_extended_and_copied(world: World, create: Run, run: Run) -> None:
    create(*BOTH)
    run("open", "cao-bang-2026")
    assert run("extend", "cao-bang-2026", "--to", "2027-01-31").output == (
        "cao-bang-2026 now lasts to 2027-01-31.\n"
    )
    world.database.write(lambda session: publish(session, document=pulse(2), now=world.now))
    world.database.write(lambda session: deactivate_office(session, code="bare-office", now=world.now))
    result = run("copy", "cao-bang-2026", "--code", "again", "--from", "2027-11-01", "--to", "2027-12-31")
    assert result.stdout == "Drafted again. Next: survey-app campaigns open again\n"
    assert "counter_pulse is version 2 now, it was 1." in result.stderr
    assert "Left out, because it was closed: Bộ phận bare" in result.stderr


def test_the_owner_is_a_unit_and_holds_all_offices(create: Run) -> None:
    assert "Drafted" in create("--unit", "01273", "--channel", "qr", "--owner", "04").output
    refused = create("--unit", "04", "--channel", "qr", "--owner", "01273", code="other")
    assert "is not inside the unit in charge" in refused.output

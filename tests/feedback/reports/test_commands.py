"""`survey-app feedback report` and `check-form`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from survey_app.feedback.commands import feedback
from survey_app.feedback.models import Case
from survey_app.feedback.rules.states import State
from survey_app.foundation.database import Database
from tests.feedback.case_desk import WARD, CaseDesk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
QUARTER = ["report", "--from", "2026-07-01", "--to", "2026-09-30"]


@pytest.fixture
def desk(app: Flask) -> CaseDesk:
    database: Database = app.extensions["survey_app.database"]
    desk = CaseDesk(database, datetime(2026, 9, 30, 16, 59, tzinfo=UTC))
    desk.prepare()
    desk.case(field="Đất đai")
    return desk


def run(app: Flask, words: list[str]) -> Result:
    with app.app_context():
        return CliRunner().invoke(feedback, words)


def test_prints_a_table_with_its_reservation(app: Flask, desk: CaseDesk) -> None:
    result = run(app, QUARTER)
    assert result.exit_code == 0
    assert "Đất đai" in result.output
    assert "chưa đối chiếu mẫu chính thức" in result.output


def test_gives_json_for_one_unit_and_counts_the_last_minute_of_the_last_day(
    app: Flask, desk: CaseDesk
) -> None:
    result = run(app, [*QUARTER, "--unit", WARD, "--by", "unit", "--format", "json"])
    document = json.loads(result.output)
    assert (document["total"]["total"], document["lines"][0]["key"]) == (1, WARD)
    assert document["verified"] is False


@pytest.mark.parametrize("kind", ["xlsx", "docx", "pdf"])
def test_writes_a_file(app: Flask, desk: CaseDesk, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"report.{kind}"
    result = run(app, [*QUARTER, "--format", kind, "--output", str(file)])
    assert result.exit_code == 0
    assert file.read_bytes()[:2] == (b"%P" if kind == "pdf" else b"PK")


def test_needs_a_file_to_write_to(app: Flask, desk: CaseDesk) -> None:
    result = run(app, [*QUARTER, "--format", "pdf"])
    assert "needs --output" in result.output


def test_exits_with_two_and_names_sum_and_line_where_figures_contradict(
    app: Flask, desk: CaseDesk, tmp_path: Path
) -> None:
    file = tmp_path / "report.pdf"
    case = desk.case(field="Hộ tịch")
    desk.database.write(lambda session: setattr(session.get_one(Case, case), "state", State.CLOSED))
    result = run(app, [*QUARTER, "--format", "pdf", "--output", str(file)])
    assert (result.exit_code, file.exists()) == (2, False)
    assert "Hộ tịch: total = handled + in_progress + set_aside" in result.output


@pytest.mark.parametrize(
    ("numbers", "code"),
    [({"18": 6, "19": 1, "20": 2, "21": 3}, 0), ({"18": 7, "19": 1, "20": 2, "21": 3}, 2)],
)
def test_checks_the_sums_of_a_form_filled_elsewhere(
    app: Flask, tmp_path: Path, numbers: dict[str, int], code: int
) -> None:
    file = tmp_path / "form.json"
    file.write_text(json.dumps({"Quận A": numbers}))
    result = run(app, ["check-form", str(file)])
    assert result.exit_code == code
    assert ("Quận A: 18 = 19 + 20 + 21 does not hold" in result.output) == (code == 2)

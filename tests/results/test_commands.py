"""`survey-app results …` as an operator types it, on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from click.testing import CliRunner, Result
from flask import Flask

from survey_app.cli import main


@pytest.fixture
def run(app: Flask, now: datetime) -> Iterator[Callable[..., Result]]:
    """Run `survey-app results ...` on the test database, on 21/11/2026."""

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["results", *arguments], obj={"app": app})

    with time_machine.travel(now):
        yield invoke


@pytest.fixture
def survey(app: Flask, make_survey, some):
    """The trial campaign on the application's database, with 60 and 30 responses."""
    survey = make_survey(app.extensions["survey_app.database"])
    survey.store(some(0, 60) + some(1, 30, flags="burst"))
    return survey


def test_run_prints_only_json_on_standard_output_and_the_next_step_beside_it(survey, run):
    result = run("run", "--campaign", "thu-nghiem", "--json")
    printed = json.loads(result.stdout)
    assert list(printed)[:2] == ["run", "campaign"]
    assert f"survey-app results publish {printed['run']}" in result.stderr


def test_run_prints_the_same_bytes_twice_and_stores_one_run(survey, run):
    first, second = (run("run", "--campaign", "thu-nghiem", "--json") for _ in range(2))
    assert first.stdout_bytes == second.stdout_bytes
    assert len(json.loads(run("list", "--json").stdout)) == 1


def test_run_prints_a_table_with_intervals_and_counts(survey, run):
    lines = run("run", "--campaign", "thu-nghiem").stdout.splitlines()
    overall = next(line for line in lines if line.startswith("Overall"))
    result = json.loads(run("run", "--campaign", "thu-nghiem", "--json").stdout)["overall"]
    assert overall.split() == [
        "Overall",
        f"{result['estimate']:.2f}",
        f"{result['ci_low']:.2f}",
        "–",
        f"{result['ci_high']:.2f}",
        "90",
    ]
    assert any(line.startswith("      q1  Item 1") for line in lines)
    assert "survey-app results publish" in lines[-1]


def test_run_takes_other_choices_of_method(survey, run):
    result = run(
        "run",
        "--campaign",
        "thu-nghiem",
        "--score",
        "mean_scaled",
        "--aggregation",
        "mean_of_contents",
        "--blanks",
        "not_satisfied",
        "--json",
    )
    method = json.loads(result.stdout)["method"]
    assert (method["score"], method["aggregation"], method["blanks"]) == (
        "mean_scaled",
        "mean_of_contents",
        "not_satisfied",
    )


def test_run_refuses_an_unknown_campaign_and_says_how_to_list_them(survey, run):
    result = run("run", "--campaign", "khong-co", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "survey-app campaigns status --all" in result.stderr


def test_run_refuses_a_campaign_without_responses(app, make_survey, run):
    make_survey(app.extensions["survey_app.database"], code="chua-co")
    result = run("run", "--campaign", "chua-co")
    assert result.exit_code == 1
    assert "chua-co" in result.stderr


def test_show_prints_a_stored_run_as_it_was_computed(survey, run):
    printed = run("run", "--campaign", "thu-nghiem", "--json").stdout
    assert run("show", json.loads(printed)["run"], "--json").stdout == printed


def test_publish_publishes_and_lists_the_state(survey, run):
    run_id = json.loads(run("run", "--campaign", "thu-nghiem", "--json").stdout)["run"]
    assert "/results/thu-nghiem" in run("publish", run_id).stdout
    (row,) = json.loads(run("list", "--campaign", "thu-nghiem", "--json").stdout)
    assert (row["run"], row["state"], row["responses"]) == (run_id, "published", 90)


def test_publish_says_so_when_the_page_keeps_its_figures(survey, run, some):
    first = survey.run()
    run("publish", first)
    survey.store(some(2, 3))
    result = run("publish", survey.run())
    assert result.exit_code == 0
    assert f"keeps the figures of run {first}" in result.stderr


def test_publish_says_how_many_offices_keep_theirs(survey, run, some):
    run("publish", survey.run())
    survey.store(some(0, 4) + some(1, 12, 3))
    assert "2 offices keep their earlier figures" in run("publish", survey.run()).stderr


def test_publish_refuses_an_unknown_run(survey, run):
    result = run("publish", "000000000000")
    assert result.exit_code == 1
    assert "results list" in result.stderr


def test_list_says_what_to_do_when_there_is_no_run(survey, run):
    assert "survey-app results run" in run("list").stdout

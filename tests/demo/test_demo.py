"""The sample installation keeps its promises."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import text

from survey_app.campaigns.operations import create_campaign
from survey_app.campaigns.queries import campaign_by_code
from survey_app.cli import main
from survey_app.config import Settings
from survey_app.demo import building, commands, desk
from survey_app.demo.building import CLIENTS, FIELDED, PLANS
from survey_app.demo.inviting import INVITED
from survey_app.demo.population import allocate, top2_share
from survey_app.demo.stories import Story, stories
from survey_app.factory import create_app
from survey_app.foundation import migrations
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import Database
from survey_app.offices.queries import find_office
from survey_app.questionnaires.gateway import read, shipped_file
from survey_app.questionnaires.queries import id_by_name
from survey_app.questionnaires.rules import build
from survey_app.responses.queries import watermark
from survey_app.results.queries import runs
from tests.journeys.servers import environment, run


class TestAllocate:
    def test_sums_to_the_total(self):
        assert allocate(10, [0.5, 0.3, 0.2]) == [5, 3, 2]

    def test_gives_what_is_left_to_the_largest_remainders(self):
        assert allocate(2, [1, 1, 1]) == [1, 1, 0]


class TestClients:
    def test_answer_as_satisfied_as_the_formula_says(self):
        # A share of 0.75 among 4,000 has a standard error of 0.0068: four of them are allowed.
        path = shipped_file("counter_pulse")
        assert path is not None
        questionnaire, rng = build(read(path).document), random.Random(1)
        answers = [CLIENTS.answer(questionnaire, "thuc-phan", rng) for _ in range(4000)]
        share = sum(one["satisfaction"] >= 4 for one in answers) / len(answers)
        expected = top2_share("satisfaction", CLIENTS.effects["thuc-phan"])
        assert share == pytest.approx(expected, abs=0.028)


def test_demo_builds_once_and_its_interval_holds_the_true_value(tmp_path: Path):
    env = environment(tmp_path)
    printed = run("demo", "--no-serve", env=env)
    figures = re.findall(r"index ([\d.]+) % \(([\d.]+) to ([\d.]+)\), true value ([\d.]+) %", printed)
    assert len(figures) == len(PLANS)
    for _estimate, low, high, truth in figures:
        assert float(low) <= float(truth) <= float(high)
    assert len(re.findall(r"^form: http://127\.0\.0\.1:8000/[0-9A-Z]{8}$", printed, re.MULTILINE)) == 2

    status = json.loads(run("campaigns", "status", "--all", "--json", env=env))
    assert (
        sum(campaign["responses"] for campaign in status if campaign["campaign"] != INVITED.code)
        == 5000 + FIELDED.responses
    )

    start = time.monotonic()
    again = run("demo", "--no-serve", env=env)
    assert time.monotonic() - start < 20  # about two seconds; other tests run beside this one
    assert re.findall(r"^form: .*$", again, re.MULTILINE) == re.findall(r"^form: .*$", printed, re.MULTILINE)


SMALL = tuple(replace(plan, responses=responses) for plan, responses in zip(PLANS, (90, 50), strict=True))


class _Cut(BaseException):
    """The power fails."""


@contextmanager
def _small_sample() -> Iterator[None]:
    """Let the sample be of 140 responses, stored 20 at a time, and of one message to the desk."""

    def first(today: date) -> tuple[Story, ...]:
        return tuple(story for story in stories(today) if story.id == desk.FIRST)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk, "stories", first)
        patch.setattr(building, "PLANS", SMALL)
        patch.setattr(commands, "PLANS", SMALL)
        patch.setattr(building, "GROUP", 20)
        yield


@pytest.fixture
def small() -> Iterator[None]:
    """A sample that is built in a second."""
    with _small_sample():
        yield


def _demo(app: Flask) -> Result:
    return CliRunner().invoke(main, ["demo", "--no-serve"], obj={"app": app})


def _figures(database: Database) -> list[dict[str, Any]]:
    """The published results, without the row numbers that they rest on."""
    with database.read() as session:
        texts = []
        for plan in SMALL:
            campaign = campaign_by_code(session, plan.code, today=local_date(now()))
            assert campaign is not None
            run = runs.published_run(session, campaign_id=campaign.id)
            assert run is not None
            assert watermark(session, campaign_id=campaign.id).count == plan.responses
            texts.append(runs.result_text(session, run_id=run.id))
    results = [json.loads(text) for text in texts]
    for result in results:
        del result["method"]["data"]["last_response"]
    return results


def _cut_at(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, nth: int) -> None:
    """Let the power fail at the `nth` call of a function."""
    whole: Callable[..., Any] = getattr(module, name)
    calls = count(1)

    def call(*arguments: Any, **named: Any) -> Any:
        if next(calls) == nth:
            raise _Cut
        return whole(*arguments, **named)

    monkeypatch.setattr(module, name, call)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The figures of a sample that was built in one go."""
    folder = tmp_path_factory.mktemp("uninterrupted")
    app = create_app(Settings.from_environment({"SURVEY_INSTANCE": str(folder)}))
    database: Database = app.extensions["survey_app.database"]
    with _small_sample():
        result = _demo(app)
        assert result.exit_code == 0, result.output
        figures = _figures(database)
    database.dispose()
    return figures


@pytest.mark.parametrize(
    ("module", "name", "nth"),
    [
        (building, "add_office", 2),
        (building, "open_campaign", 1),
        (building, "submit", 1),
        (building, "submit", 47),
        (commands, "store_run", 1),
        (commands, "publish_run", 1),
        (building, "open_campaign", 2),
        (building, "submit", 90 + 33),
        (commands, "publish_run", 2),
    ],
)
def test_demo_goes_on_where_it_was_interrupted(
    app: Flask,
    small: None,
    uninterrupted: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
    nth: int,
) -> None:
    with monkeypatch.context() as patch:
        _cut_at(patch, module, name, nth)
        with pytest.raises(_Cut):
            _demo(app)

    result = _demo(app)

    assert result.exit_code == 0, result.output
    assert _figures(app.extensions["survey_app.database"]) == uninterrupted


def test_demo_leaves_a_finished_sample_alone(
    app: Flask, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _demo(app).exit_code == 0
    monkeypatch.setattr(commands, "_build", None)

    # Only the password of its people is new each time.
    assert _demo(app).exit_code == 0


class TestForeignDatabase:
    """A database with campaigns of somebody else."""

    @pytest.fixture
    def foreign(self, app: Flask) -> Database:
        database: Database = app.extensions["survey_app.database"]
        building.build_places(database, now())
        building.publish_questionnaires(database, now())

        def create(session: Any) -> None:
            office = find_office(session, "thuc-phan")
            assert office is not None
            create_campaign(
                session,
                code="real-thing",
                title="Khảo sát thật",
                title_en="A real survey",
                questionnaire_version_id=id_by_name(session, "counter_pulse"),
                opens_on=local_date(now()),
                closes_on=local_date(now()),
                office_ids=[office.id],
                channels=["qr"],
                now=now(),
            )

        database.write(create)
        return database

    def test_is_not_written_to(self, app: Flask, small: None, foreign: Database) -> None:
        result = _demo(app)

        assert result.exit_code == 1
        assert "campaigns that are not of the sample (real-thing)" in result.output
        assert "SURVEY_INSTANCE=instance-demo" in result.output
        with foreign.read() as session:
            assert session.execute(text("SELECT code FROM campaigns")).scalars().all() == ["real-thing"]

    def test_is_not_upgraded(self, settings_of: Callable[..., Any], empty_database_url: str) -> None:
        app = create_app(settings_of(empty_database_url))
        database: Database = app.extensions["survey_app.database"]
        migrations.upgrade(database, "0003")
        with database.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO questionnaire_versions (id, instrument, version, content_hash, document, published_at)"
                    " VALUES (1, 'x', 1, 'x', '{}', '2026-01-01')"
                )
            )
            connection.execute(
                text(
                    "INSERT INTO campaigns (id, code, title, title_en, questionnaire_version_id, opens_on, "
                    "closes_on, state, channels, created_at) VALUES (1, 'real-thing', 'x', 'x', 1, '2026-01-01', "
                    "'2026-01-02', 'draft', '[]', '2026-01-01')"
                )
            )

        assert _demo(app).exit_code == 1
        assert migrations.current(database) == "0003"
        database.dispose()

"""The sample installation keeps its promises."""

from __future__ import annotations

import json
import random
import re
import time
from pathlib import Path

import pytest

from survey_app.demo.building import CLIENTS, PLANS
from survey_app.demo.population import allocate, top2_share
from survey_app.questionnaires.gateway import read, shipped_file
from survey_app.questionnaires.rules import build
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
    assert sum(campaign["responses"] for campaign in status) == 5000

    start = time.monotonic()
    again = run("demo", "--no-serve", env=env)
    assert time.monotonic() - start < 10
    assert re.findall(r"^form: .*$", again, re.MULTILINE) == re.findall(r"^form: .*$", printed, re.MULTILINE)

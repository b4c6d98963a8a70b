"""The questionnaires that ship, and the printed texts they must reproduce."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from survey_app.questionnaires.gateway import shipped_file
from survey_app.questionnaires.rules import Questionnaire, build
from survey_app.questionnaires.schemas import load

DATA = Path(__file__).parent / "data"

Rows = list[dict[str, str]]


@pytest.fixture(scope="session")
def printed() -> Callable[[str], Rows]:
    """Read a table of `data` (see its README)."""

    def rows(name: str) -> Rows:
        with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return rows


def ships(name: str) -> Questionnaire:
    """Build the newest version of a questionnaire that ships."""
    path = shipped_file(name)
    assert path is not None
    return build(load(path).document)


@pytest.fixture(scope="session")
def sipas() -> Questionnaire:
    """The form of 2022."""
    return ships("sipas_2022")


@pytest.fixture(scope="session")
def one_stop() -> Questionnaire:
    """The twelve items."""
    return ships("one_stop")


@pytest.fixture(scope="session")
def counter_pulse() -> Questionnaire:
    """The minute at the counter."""
    return ships("counter_pulse")

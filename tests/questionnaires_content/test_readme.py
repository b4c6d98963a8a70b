"""What questionnaires/README.md says is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from survey_app.foundation.resources import resource_folder
from survey_app.questionnaires.commands import questionnaires
from survey_app.questionnaires.gateway import parse, shipped
from survey_app.questionnaires.rules import QuestionType, build
from survey_app.questionnaires.schemas import load, problems_of
from survey_app.questionnaires.schemas.shape import QuestionnaireShape

README = (resource_folder("questionnaires") / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)


def test_shows_a_smallest_file_that_is_sound() -> None:
    assert problems_of(parse(EXAMPLES[0].encode(), "example.yaml")) == []


def test_shows_a_route_that_fits_the_smallest_file() -> None:
    source = parse((EXAMPLES[0] + EXAMPLES[1]).encode(), "example.yaml")
    assert problems_of(source) == []
    assert len(build(source.document).items) == 3


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.parent.name)
def test_counts_the_items_of_each_file_and_states_its_time(path: Path) -> None:
    made = build(load(path).document)
    (row,) = re.findall(rf"^\| `{made.instrument}/v{made.version}\.yaml` .*$", README, re.MULTILINE)
    time = f"{made.seconds} seconds" if made.seconds < 60 else f"{made.seconds / 60:g} minutes"
    assert row.endswith(f"| {len(made.items)} | {time} |")


@pytest.mark.parametrize("word", [*QuestionType, *QuestionnaireShape().fields])
def test_explains_every_type_and_key(word: str) -> None:
    assert f"`{word}`" in README


def test_names_every_command() -> None:
    assert set(re.findall(r"^survey-app questionnaires (\w+)", README, re.MULTILINE)) == set(
        questionnaires.commands
    )

"""What is written as YAML is read back alike."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.questionnaires.documents.yaml_file import write_yaml
from survey_app.questionnaires.gateway import parse, read, shipped

# What a file may contain at all: the gateway refuses control and private-use characters.
LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn"), exclude_characters="\ufeff")
WORDS = st.text(LETTERS | st.sampled_from("\n\t \"'\\:#-[]{}&*!|>%@`,?~"), max_size=40)


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.parent.name)
def test_gives_back_every_file_that_ships(path: Any) -> None:
    document = read(path).document
    assert parse(write_yaml(document).encode(), "x").document == document


@given(WORDS)
def test_gives_back_any_words(words: str) -> None:
    document = {"title": {"vi": words}, "list": [words, {"id": words}]}
    assert parse(write_yaml(document).encode(), "x").document == document


@pytest.mark.parametrize(
    "value", [0, -5, 1.5, 0.1, 1e-6, True, False, None, [], [1, "a", True], "yes", "null", "1"]
)
def test_gives_back_values_of_each_kind(value: Any) -> None:
    document = {"first": value, "list": [{"x": value}]}
    assert parse(write_yaml(document).encode(), "x").document == document

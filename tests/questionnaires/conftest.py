"""The sample questionnaire of this room's tests."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from survey_app.questionnaires.gateway import parse
from survey_app.questionnaires.rules import Questionnaire, build

SAMPLE = Path(__file__).parent / "sample.yaml"


@pytest.fixture(scope="session")
def sample_text() -> str:
    """The sample file."""
    return SAMPLE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def parsed_sample(sample_text: str) -> dict[str, Any]:
    """The sample's document, read once."""
    return parse(sample_text.encode(), "sample.yaml").document


@pytest.fixture
def document(parsed_sample: dict[str, Any]) -> dict[str, Any]:
    """A copy of the sample's document that the test may change."""
    return deepcopy(parsed_sample)


@pytest.fixture
def questionnaire(document: dict[str, Any]) -> Questionnaire:
    """The sample, built."""
    return build(document)

"""What a line of the log holds, and what it never holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from survey_app.foundation.log import configure_log, logger

PRIVATE = "Nguyen Thi Lan 0912345678"


@pytest.fixture(autouse=True)
def _fresh_log() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def _logged(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().err)
    return found


def _fail_with(value: str) -> None:
    try:
        int(value)
    except ValueError as error:
        raise KeyError(value) from error


def test_writes_one_json_line_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    configure_log("info")
    logger.info("stored", unit="Phường Thục Phán")

    line = _logged(capsys)
    assert line["event"] == "stored"
    assert line["level"] == "info"
    assert line["unit"] == "Phường Thục Phán"
    assert line["timestamp"].endswith("Z")


def test_keeps_quiet_below_its_level(capsys: pytest.CaptureFixture[str]) -> None:
    configure_log("warning")
    logger.info("not worth a line")

    assert capsys.readouterr().err == ""


def test_names_kinds_and_places_of_a_failure_but_no_value(capsys: pytest.CaptureFixture[str]) -> None:
    configure_log("info")
    try:
        _fail_with(PRIVATE)
    except KeyError as error:
        logger.error("failure", exc_info=error)

    text = capsys.readouterr().err
    line = json.loads(text)
    assert line["kind"] == "KeyError < ValueError"
    assert any(place.startswith("tests/foundation/test_log.py:") for place in line["where"])
    assert PRIVATE not in text


def test_ends_with_causes_that_go_in_a_circle(capsys: pytest.CaptureFixture[str]) -> None:
    configure_log("info")
    one, other = ValueError("one"), KeyError("other")
    one.__cause__, other.__cause__ = other, one
    logger.error("failure", exc_info=one)

    assert _logged(capsys)["kind"] == "ValueError < KeyError"

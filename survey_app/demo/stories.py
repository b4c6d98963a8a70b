"""Reads the invented messages of the sample desk: who wrote what, and what became of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from survey_app.feedback.rules.kinds import Channel, GrievanceKind, Kind
from survey_app.foundation.languages import format_date

_DAY = re.compile(r"<<([+-]\d+)>>")


@dataclass(frozen=True, slots=True)
class Story:
    """One message: when it came, in days before the sample was built, and the steps that followed, in order.

    `words` are the texts of the steps by their names, as data/cases.yaml explains them.
    """

    id: str
    kind: Kind | GrievanceKind
    unit: str
    channel: Channel
    text: str
    ago: float
    took: float
    steps: tuple[str, ...]
    words: dict[str, Any]

    def word(self, name: str, otherwise: Any = "") -> Any:
        """Return the text of a step."""
        return self.words.get(name, otherwise)


def stories(today: date) -> tuple[Story, ...]:
    """Return all messages of the sample, with the dates in them counted from `today`."""
    return tuple(_story(record) for record in _dated(_records(), today))


@cache
def _records() -> Any:
    text = files("survey_app.demo").joinpath("data", "cases.yaml").read_text(encoding="utf-8")
    return YAML(typ="safe", pure=True).load(text)


def _story(record: dict[str, Any]) -> Story:
    kind = record["kind"]
    return Story(
        id=record["id"],
        kind=Kind(kind) if kind in list(Kind) else GrievanceKind(kind),
        unit=record["unit"],
        channel=Channel(record.get("channel", Channel.WEB)),
        text=record["text"],
        ago=record["ago"],
        took=record["took"],
        steps=tuple(record["steps"].split()),
        words=record,
    )


def _dated(value: Any, today: date) -> Any:
    """Return `value` with `<<-3>>` in its texts written as the date three days before `today`."""
    if isinstance(value, str):
        return _DAY.sub(lambda found: format_date(today + timedelta(days=int(found[1]))), value)
    if isinstance(value, list):
        return [_dated(one, today) for one in value]
    if isinstance(value, dict):
        return {name: _dated(one, today) for name, one in value.items()}
    return value

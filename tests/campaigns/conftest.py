"""Three offices, their counters and a published questionnaire, ready for campaigns."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.operations import create_campaign, open_campaign
from survey_app.campaigns.queries import Entry, find_entry
from survey_app.foundation.database import Database
from survey_app.offices.models import Unit
from survey_app.offices.operations import add_office, add_service_point
from survey_app.offices.rules import UnitKind
from survey_app.questionnaires.operations import publish
from survey_app.staff.rules.permissions import Role
from tests.staff_client import StaffClient


def pulse(version: int = 1) -> dict[str, Any]:
    """A questionnaire of one question, plain as its file."""
    return {
        "instrument": "counter_pulse",
        "version": version,
        "languages": ["vi", "en"],
        "seconds": 40,
        "title": {"vi": "Đánh giá lần phục vụ này", "en": "Rate this visit"},
        "purpose": {"vi": "Hỏi để sửa.", "en": "We ask in order to mend."},
        "source": {"vi": "Bài kiểm thử.", "en": "A test."},
        "scales": {
            "YN": [
                {"code": 1, "label": {"vi": "Có", "en": "Yes"}},
                {"code": 2, "label": {"vi": "Không", "en": "No"}},
            ]
        },
        "missing_answers": {},
        "sections": [
            {
                "id": "one",
                "title": {"vi": "Phần một", "en": "Part one"},
                "questions": [
                    {
                        "id": "kind",
                        "type": "scale",
                        "scale": "YN",
                        "required": True,
                        "text": {"vi": f"Có thân thiện không ({version})?", "en": f"Friendly ({version})?"},
                    }
                ],
            }
        ],
    }


@dataclass(frozen=True)
class World:
    """What campaigns are made of: offices "province", "commune" and "bare", counters such as "province 2"."""

    database: Database
    now: datetime
    version_id: int
    offices: dict[str, int]
    counters: dict[str, str]

    def draft(
        self,
        code: str = "pulse",
        *,
        offices: Iterable[str] = ("province",),
        channels: Iterable[str] = ("qr",),
        opens_on: date = date(2026, 11, 1),
        closes_on: date = date(2026, 12, 31),
        **other: object,
    ) -> Campaign:
        """Store a draft that differs from a usual one in what is given."""
        values: dict[str, object] = {
            "code": code,
            "title": "Ý kiến tại quầy",
            "title_en": "Counter pulse",
            "questionnaire_version_id": self.version_id,
            "opens_on": opens_on,
            "closes_on": closes_on,
            "office_ids": [self.offices[name] for name in offices],
            "channels": channels,
            "now": self.now,
            **other,
        }
        return self.database.write(lambda session: create_campaign(session, **values))  # type: ignore[arg-type]

    def open(self, code: str, *, now: datetime | None = None) -> Campaign:
        """Open the campaign called `code`."""
        return self.database.write(lambda session: open_campaign(session, code=code, now=now or self.now))

    def entry(self, code: str, now: datetime | None = None) -> Entry | None:
        """What somebody finds behind a public code."""
        with self.database.read() as session:
            return find_entry(session, code=code, now=now or self.now)


@pytest.fixture
def world(database: Database, now: datetime) -> World:
    """Cao Bằng with an office of two counters; in a commune one office with a counter and one without."""
    rng = random.Random(2)

    def build(session):
        province = Unit(**_unit("04", "Tỉnh Cao Bằng", UnitKind.PROVINCE, "04"))
        session.add(province)
        session.flush()
        session.add(
            Unit(parent_id=province.id, **_unit("01273", "Phường Thục Phán", UnitKind.COMMUNE, "04/01273"))
        )
        version = publish(session, document=pulse(), now=now)
        offices, counters = {}, {}
        for name, unit_code, points in (("province", "04", 2), ("commune", "01273", 1), ("bare", "01273", 0)):
            office = add_office(session, unit_code=unit_code, code=f"{name}-office", name=f"Bộ phận {name}")
            offices[name] = office.id
            for number in range(1, points + 1):
                point = add_service_point(
                    session,
                    office_code=office.code,
                    name=f"Quầy {number}",
                    number=str(number),
                    now=now,
                    rng=rng,
                )
                counters[f"{name} {number}"] = point.code
        return version.id, offices, counters

    return World(database, now, *database.write(build))


def _unit(code: str, name: str, kind: UnitKind, path: str) -> dict[str, object]:
    words = {
        "code": code,
        "name": name,
        "kind": kind,
        "type": name.split(maxsplit=1)[0],
        "path": path,
        "search_name": code,
    }
    return {**words, "valid_from": date(2025, 7, 1)}


@pytest.fixture
def manager(app: Flask, world: World, staff_client: Callable[..., StaffClient]) -> Iterator[StaffClient]:
    """A survey manager of the province, on 21/11/2026."""
    with time_machine.travel(world.now, tick=False):
        yield staff_client((Role.SURVEY_MANAGER, "04"))

"""A small survey with known answers, stored as the form would store it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from survey_app.campaigns.operations import create_campaign
from survey_app.campaigns.queries import CampaignView, campaign_by_code
from survey_app.foundation.database import Database
from survey_app.offices.operations import add_office, load_units
from survey_app.offices.queries import shipped_units
from survey_app.questionnaires.operations import publish
from survey_app.responses.models import Response
from survey_app.results.operations import publish_run, store_run
from survey_app.results.queries.figures import Choices, compute
from survey_app.results.rules.document import Computation

TODAY = date(2026, 11, 21)
UNITS = ("04", "01273", "01477")
PATTERN = (
    (5, 4, 5, 1, 4),
    (4, 4, 3, 1, 5),
    (2, 5, 4, 1, 0),
    (5, 0, 5, 1, 3),
    (4, 4, 4, 1, 4),
    (1, 3, 5, 1, 5),
    (5, 5, 2, 1, 4),
)
"""Codes of q1, q2, q3, gate and q4: mostly satisfied, some blanks, everybody passed the gate."""


def words(vi: str, en: str) -> dict[str, str]:
    """One wording in both languages."""
    return {"vi": vi, "en": en}


def _questions() -> list[dict[str, Any]]:
    rows = [{"id": f"q{number}", "text": words(f"Câu {number}", f"Item {number}")} for number in (1, 2, 3)]
    yes_no = [{"code": 1, "label": words("Có", "Yes")}, {"code": 2, "label": words("Không", "No")}]
    grid = {"id": "grid", "type": "rows", "scale": "five", "rows": rows, "missing": ["not_applicable"]}
    gate = {"id": "gate", "type": "single", "options": yes_no, "text": words("Đã nộp hồ sơ?", "Filed?")}
    last = {"id": "q4", "type": "scale", "scale": "five", "text": words("Câu 4", "Item 4")}
    return [
        grid | {"text": words("Mức hài lòng", "Satisfaction")},
        gate,
        last | {"show_if": [{"item": "gate", "codes": [1]}]},
    ]


def _recipe() -> dict[str, Any]:
    first = {
        "id": "F1",
        "label": words("Nhân tố 1", "Factor 1"),
        "criteria": [{"item": "q1"}, {"item": "q2"}],
    }
    second = {"id": "F2", "label": words("Nhân tố 2", "Factor 2"), "criteria": [{"item": "q3"}]}
    return {
        "score": "top2box",
        "aggregation": "equal_criteria",
        "blanks": "drop_per_criterion",
        "status_note": words("Công thức thử", "Trial recipe"),
        "alternatives": [
            {"id": "scaled", "score": "mean_scaled", "label": words("Cách khác", "Another way")}
        ],
        "contents": [
            {"id": "A", "label": words("Nội dung A", "Content A"), "factors": [first, second]},
            {"id": "B", "label": words("Nội dung B", "Content B"), "criteria": [{"item": "q4"}]},
        ],
    }


def trial_document(*, with_recipe: bool = True, **recipe: Any) -> dict[str, Any]:
    """A questionnaire: content A with factors F1 (q1, q2) and F2 (q3), content B with q4, which a gate opens."""
    scale = [{"code": code, "label": words(f"mức {code}", f"point {code}")} for code in range(1, 6)]
    made: dict[str, Any] = {
        "instrument": "trial",
        "version": 1,
        "title": words("Phiếu thử", "Trial form"),
        "languages": ["vi", "en"],
        "seconds": 60,
        "purpose": words("Thử", "Trial"),
        "source": words("Thử", "Trial"),
        "missing_answers": {"not_applicable": words("Không áp dụng", "Not applicable")},
        "scales": {"five": scale},
        "sections": [{"id": "s", "title": words("Phần", "Part"), "questions": _questions()}],
    }
    return made | {"recipe": _recipe() | recipe} if with_recipe else made


@dataclass(frozen=True)
class Answer:
    """One response: codes of q1, q2, q3, gate and q4; offices are counted from 0."""

    office: int
    codes: tuple[int, ...]
    flags: str = ""
    channel: str = "qr"
    instrument: str = "web"


def some_answers(office: int, count: int, start: int = 0, **more: Any) -> list[Answer]:
    """`count` responses of an office, taken from `PATTERN` in turn."""
    return [Answer(office, PATTERN[(start + number) % len(PATTERN)], **more) for number in range(count)]


@dataclass(frozen=True)
class Survey:
    """A campaign on a database, and what one does with it."""

    database: Database
    campaign: CampaignView
    offices: tuple[int, ...]
    now: datetime

    def store(self, given: Sequence[Answer]) -> None:
        """Store responses in this order."""
        rows = [self._row(answer) for answer in given]
        self.database.write(lambda session: session.execute(insert(Response), rows) and None)

    def _row(self, answer: Answer) -> dict[str, Any]:
        return {
            "campaign_id": self.campaign.id,
            "questionnaire_version_id": self.campaign.questionnaire_version_id,
            "office_id": self.offices[answer.office],
            "service_point_id": None,
            "channel": answer.channel,
            "instrument": answer.instrument,
            "language": "vi",
            "received_hour": datetime(2026, 11, 21, 2, tzinfo=UTC),
            "flags": answer.flags,
            "answers": {},
            "codes": bytes(code & 0xFF for code in answer.codes),
        }

    def compute(self, **choices: Any) -> Computation:
        """Compute the index as the responses stand."""
        with self.database.read() as session:
            return compute(session, campaign=self.campaign, choices=Choices(**choices))

    def run(self, **choices: Any) -> str:
        """Compute and store a run, return its id."""
        computation = self.compute(**choices)
        return self.database.write(
            lambda session: store_run(session, computation=computation, now=self.now)
        ).id

    def publish(self, run_id: str, now: datetime | None = None) -> None:
        """Publish a run."""
        self.database.write(lambda session: publish_run(session, run_id=run_id, now=now or self.now))


def build_survey(
    database: Database,
    now: datetime,
    *,
    offices: int = 3,
    document: dict[str, Any] | None = None,
    code: str = "thu-nghiem",
    office_name: str = "Bộ phận Một cửa",
) -> Survey:
    """Create a campaign over `offices` new offices."""

    def create(session: Session) -> tuple[int, ...]:
        load_units(session, rows=[row for row in shipped_units("04") if row.code in UNITS], now=now)
        found = tuple(
            add_office(
                session,
                unit_code=UNITS[number % len(UNITS)],
                code=f"{code}-{number:02}",
                name=f"{office_name} {number:02}",
                name_en=f"One-stop office {number:02}",
            ).id
            for number in range(offices)
        )
        version = publish(session, document=document or trial_document(), now=now)
        create_campaign(
            session,
            code=code,
            title="Đợt thử",
            title_en="Trial campaign",
            questionnaire_version_id=version.id,
            opens_on=date(2026, 11, 1),
            closes_on=date(2026, 11, 30),
            office_ids=found,
            channels=["qr", "web"],
            now=now,
        )
        return found

    places = database.write(create)
    with database.read() as session:
        campaign = campaign_by_code(session, code, today=TODAY)
    assert campaign is not None
    return Survey(database, campaign, places, now)


@pytest.fixture(scope="session")
def trial() -> Callable[..., dict[str, Any]]:
    """The document of the trial questionnaire, with keywords that change its recipe."""
    return trial_document


@pytest.fixture
def answer() -> type[Answer]:
    """One response."""
    return Answer


@pytest.fixture
def some() -> Callable[..., list[Answer]]:
    """Several responses of one office."""
    return some_answers


@pytest.fixture
def make_survey(now: datetime) -> Callable[..., Survey]:
    """Return a function that creates a campaign on a database: `make_survey(database, offices=3, …)`."""

    def make(database: Database, **more: Any) -> Survey:
        return build_survey(database, now, **more)

    return make


@pytest.fixture
def survey(database: Database, now: datetime) -> Survey:
    """A campaign over three offices without responses, on SQLite and on PostgreSQL."""
    return build_survey(database, now)


@pytest.fixture
def other_database(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    """A second, empty SQLite database."""
    shutil.copy(migrated_sqlite, tmp_path / "other.sqlite3")
    database = Database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    yield database
    database.dispose()


@pytest.fixture
def sqlite_survey(other_database: Database, now: datetime) -> Survey:
    """A campaign over three offices on SQLite alone, for what does not depend on the database."""
    return build_survey(other_database, now)

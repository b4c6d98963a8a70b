"""A small questionnaire with every kind of question, and an open campaign on one counter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from survey_app.campaigns.operations import create_campaign, open_campaign
from survey_app.foundation.clock import local_date
from survey_app.foundation.clock import now as clock_now
from survey_app.foundation.database import Database
from survey_app.offices.operations import add_office, add_service_point, load_units
from survey_app.offices.queries import shipped_units
from survey_app.questionnaires.operations import publish
from survey_app.questionnaires.queries import id_by_name
from survey_app.questionnaires.rules import Questionnaire, build

SCALE = ("Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng")


def text(vi: str, en: str | None = None) -> dict[str, str]:
    """Wording in both languages."""
    return {"vi": vi, "en": en or vi}


def options(*labels: str) -> list[dict[str, Any]]:
    """Options numbered from 1."""
    return [{"code": code, "label": text(label)} for code, label in enumerate(labels, start=1)]


DOCUMENT: dict[str, Any] = {
    "instrument": "every_kind",
    "version": 1,
    "languages": ["vi", "en"],
    "seconds": 45,
    "title": text("Mọi loại câu hỏi", "Every kind of question"),
    "purpose": text("Phiếu của bài kiểm thử.", "A form for tests."),
    "source": text("Phiếu của bài kiểm thử.", "A form for tests."),
    "scales": {"SAT5": options(*SCALE), "YN": options("Có", "Không")},
    "missing_answers": {"not_applicable": text("Không áp dụng", "Not applicable")},
    "sections": [
        {
            "id": "one",
            "title": text("Phần một", "Part one"),
            "questions": [
                {
                    "id": "overall",
                    "type": "scale",
                    "scale": "SAT5",
                    "required": True,
                    "missing": ["not_applicable"],
                    "text": text("Hài lòng chung?", "Satisfied overall?"),
                },
                {
                    "id": "visits",
                    "type": "rows",
                    "scale": "YN",
                    "text": text("Ông/Bà đã từng?", "Have you ever?"),
                    "rows": [
                        {"id": "visits.1", "text": text("Nộp hồ sơ")},
                        {"id": "visits.2", "text": text("Góp ý")},
                    ],
                },
            ],
        },
        {
            "id": "two",
            "title": text("Phần hai", "Part two"),
            "questions": [
                {
                    "id": "why",
                    "type": "single",
                    "options": [
                        *options("Chậm", "Xa"),
                        {"code": 9, "label": text("Khác (xin ghi)"), "specify": True},
                    ],
                    "text": text("Vì sao?"),
                    "show_if": [{"item": "overall", "codes": [1, 2]}],
                },
                {
                    "id": "channels",
                    "type": "multiple",
                    "options": options("Trực tiếp", "Trực tuyến", "Bưu chính"),
                    "text": text("Kênh nào?"),
                },
                {"id": "times", "type": "number", "minimum": 0, "maximum": 50, "text": text("Mấy lần?")},
                {"id": "day", "type": "date", "text": text("Ngày nào?")},
                {"id": "place", "type": "short_text", "max_length": 40, "text": text("Ở đâu?")},
                {"id": "comment", "type": "long_text", "max_length": 500, "text": text("Góp ý?")},
            ],
        },
    ],
}


@pytest.fixture(scope="session")
def questionnaire() -> Questionnaire:
    """The frozen questionnaire of these tests."""
    return build(DOCUMENT)


def install(database: Database) -> str:
    """Open the campaign `thu` and return the code of its counter."""
    at = clock_now()

    def store(session: Any) -> str:
        load_units(session, rows=shipped_units("04"), now=at)
        publish(session, document=DOCUMENT, now=at)
        office = add_office(
            session, unit_code="04", code="ttpvhcc", name="Trung tâm hành chính", name_en="Centre"
        )
        point = add_service_point(session, office_code="ttpvhcc", name="Quầy 1", name_en="Counter 1", now=at)
        create_campaign(
            session,
            code="thu",
            title="Khảo sát thử",
            title_en="Trial survey",
            questionnaire_version_id=id_by_name(session, "every_kind"),
            opens_on=local_date(at) - timedelta(days=1),
            closes_on=local_date(at) + timedelta(days=30),
            office_ids=[office.id],
            channels=["qr"],
            now=at,
        )
        open_campaign(session, code="thu", now=at)
        return point.code

    return database.write(store)


@dataclass
class Citizen:
    """Somebody in front of a form: opens it, fills it in, sends it."""

    client: FlaskClient
    code: str

    def open(self, query: str = "") -> str:
        """Return the form's HTML."""
        return self.client.get(f"/{self.code}{query}").text

    def hidden(self) -> dict[str, str]:
        """Return submission id and token of a fresh form."""
        return dict(re.findall(r'name="(submission_id|form_token)" value="([^"]+)"', self.open()))

    def send(self, answers: dict[str, Any], hidden: dict[str, str] | None = None, query: str = "") -> Any:
        """POST `answers` with the hidden fields of a fresh form, or with those given."""
        return self.client.post(
            f"/{self.code}{query}", data=answers | (self.hidden() if hidden is None else hidden)
        )


@pytest.fixture
def code(app: Any) -> str:
    """The code of a counter with an open campaign."""
    return install(app.extensions["survey_app.database"])


@pytest.fixture
def citizen(client: FlaskClient, code: str) -> Citizen:
    """A citizen at that counter."""
    return Citizen(client, code)


@pytest.fixture
def stored(app: Any):
    """Return a function that lists the stored responses."""
    from sqlalchemy import select

    from survey_app.responses.models import Response

    def read() -> list[Response]:
        with app.extensions["survey_app.database"].read() as session:
            return list(session.scalars(select(Response).order_by(Response.id)))

    return read

"""A province with one counter, and a citizen with a browser without cookies or scripts."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey_app.feedback.models import Case
from survey_app.foundation.database import Database
from survey_app.offices.operations import add_office, add_service_point, load_units
from survey_app.offices.queries import shipped_units

KEY = "test contact key of at least 32 characters"
PETITION = {
    "kind": "petition",
    "unit": "01273",
    "text": "Đèn đường trước nhà số 12 bị hỏng đã hai tuần.",
    "place": "Tổ 5",
    "name": "Hoàng Thị Lan",
    "phone": "0912 345 678",
    "anonymity": "officers_only",
    "do": "send",
}


@dataclass
class Citizen:
    """Fills in the form as a browser shows it, and reads what comes back."""

    http: FlaskClient
    database: Database
    counter: str

    def paper(self, page: str | None = None) -> str:
        """Return the hidden paper of a form, of a fresh one unless `page` is given."""
        text = page or self.http.get("/feedback").text
        found = re.search(r'name="paper" value="([^"]+)"', text)
        assert found is not None
        return html.unescape(found[1])

    def send(self, **other: Any) -> TestResponse:
        """Send a complete petition; `other` fields differ from it."""
        data = PETITION | other
        data.setdefault("paper", self.paper())
        return self.http.post("/feedback", data=data, content_type="multipart/form-data")

    def sent(self, **other: Any) -> tuple[str, str]:
        """Send a form and return the code and PIN that the page shows."""
        return code_and_pin(self.send(**other))

    def key(self, code: str, pin: str) -> str:
        """Return the pass in the page that code and PIN open."""
        page = self.http.post("/feedback/track", data={"code": code, "pin": pin}).text
        found = re.search(r'name="key" value="([^"]+)"', page)
        assert found is not None
        return html.unescape(found[1])

    def cases(self) -> list[Case]:
        """Return all stored cases."""
        with self.database.read() as session:
            cases = list(session.scalars(select(Case).order_by(Case.id)))
            session.expunge_all()
        return cases


def code_and_pin(answer: TestResponse) -> tuple[str, str]:
    """Return what the page after sending shows."""
    assert answer.status_code == 200, answer.text
    code = re.search(r'id="code">([^<]+)<', answer.text)
    pin = re.search(r'id="pin">(\d{6})<', answer.text)
    assert code is not None, answer.text
    assert pin is not None, answer.text
    return code[1], pin[1]


@pytest.fixture
def counter(app: Flask, now: datetime) -> str:
    """The public code of a counter in Phường Thục Phán, Cao Bằng."""
    database: Database = app.extensions["survey_app.database"]

    def build(session: Any) -> str:
        load_units(session, rows=shipped_units("04"), now=now)
        add_office(session, unit_code="01273", code="thuc-phan", name="Bộ phận Một cửa")
        point: str = add_service_point(session, office_code="thuc-phan", name="Quầy 2", now=now).code
        return point

    return database.write(build)


@pytest.fixture
def citizen(app: Flask, client: FlaskClient, counter: str) -> Citizen:
    """Somebody with a phone."""
    return Citizen(client, app.extensions["survey_app.database"], counter)

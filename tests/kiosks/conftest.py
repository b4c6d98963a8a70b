"""A counter with an open campaign, and a tablet enrolled there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey_app.foundation.clock import now
from survey_app.foundation.database import Database
from survey_app.kiosks.models import Kiosk
from survey_app.kiosks.operations import create_kiosk, enrol_device, start_enrolment
from survey_app.offices.queries import entry_point
from survey_app.responses.models import Response
from tests.responses.conftest import install

KEY = "test secret key of at least 32 characters"
PIN = "135790"
ANSWERS = {"overall": ["4"], "comment": ["Cán bộ tận tình."]}


def point_of(database: Database, code: str) -> int:
    """Return the id of the counter behind `code`."""
    with database.read() as session:
        point = entry_point(session, code)
    assert point
    assert point.service_point_id
    return point.service_point_id


def make_kiosk(database: Database, code: str, name: str = "Máy 1") -> int:
    """Store a kiosk at the counter of `code` and return its id."""
    point = point_of(database, code)
    made = database.write(
        lambda session: create_kiosk(session, service_point_id=point, name=name, pin=PIN, key=KEY, now=now())
    )
    return made.id


def enrol(database: Database, code: str, kiosk_id: int) -> str:
    """Enrol a device and return its key."""
    point = point_of(database, code)
    token = database.write(lambda session: start_enrolment(session, kiosk_id=kiosk_id, now=now()))
    outcome = database.write(
        lambda session: enrol_device(
            session, token=token, service_point_id=point, pin=PIN, key=KEY, now=now()
        )
    )
    assert outcome.device_key
    return outcome.device_key


@dataclass
class Tablet:
    """A device as its script talks to the server."""

    client: FlaskClient
    code: str
    key: str
    kiosk_id: int

    def ask(self, path: str, contents: Any = None, **options: Any) -> TestResponse:
        """GET, or POST `contents` as JSON, with the device's key."""
        headers = {"X-Kiosk-Key": self.key} | options.pop("headers", {})
        address = f"/kiosk/{options.pop('code', self.code)}/{path}"
        if contents is None and "data" not in options:
            return self.client.get(address, headers=headers)
        return self.client.post(address, json=contents, headers=headers, **options)

    def tickets(self, count: int = 1) -> list[list[str]]:
        """Return (id, token) pairs."""
        found: list[list[str]] = self.ask("tickets", {"count": count}).json["tickets"]
        return found

    def sent(self, ticket: list[str], **changes: Any) -> dict[str, Any]:
        """Return one answer on a ticket, as the script sends it."""
        plain = {"answers": ANSWERS, "language": "vi", "hour": None, "seconds": 20, "burst": False}
        return {"id": ticket[0], "token": ticket[1]} | plain | changes

    def send(self, *answers: dict[str, Any]) -> list[dict[str, str]]:
        """Send a batch and return its results."""
        found: list[dict[str, str]] = self.ask("answers", {"answers": list(answers)}).json["results"]
        return found


@pytest.fixture
def open_code(database: Database) -> str:
    """The code of a counter with an open campaign, on a database of its own."""
    return install(database)


@pytest.fixture
def code(app: Flask) -> str:
    """The code of a counter with an open campaign, in the application."""
    return install(app.extensions["survey_app.database"])


@pytest.fixture
def tablet(app: Flask, client: FlaskClient, code: str) -> Tablet:
    """A tablet enrolled at that counter."""
    database = app.extensions["survey_app.database"]
    kiosk_id = make_kiosk(database, code)
    return Tablet(client, code, enrol(database, code, kiosk_id), kiosk_id)


@pytest.fixture
def stored(app: Flask) -> Callable[[], list[Response]]:
    """A function that lists the stored responses."""

    def read() -> list[Response]:
        with app.extensions["survey_app.database"].read() as session:
            return list(session.scalars(select(Response).order_by(Response.id)))

    return read


@pytest.fixture
def row(app: Flask, tablet: Tablet) -> Callable[[], Kiosk]:
    """A function that reads the tablet's row."""

    def read() -> Kiosk:
        with app.extensions["survey_app.database"].read() as session:
            found = session.get(Kiosk, tablet.kiosk_id)
            assert found
            return found

    return read

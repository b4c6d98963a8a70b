"""An administrator gives the cases of a closed unit to its successor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app.feedback.models import Case
from survey_app.feedback.rules.states import State
from survey_app.foundation.audit import AuditEntry
from survey_app.foundation.clock import local_date
from survey_app.foundation.database import Database
from survey_app.offices.models import Unit
from survey_app.offices.operations import load_units
from survey_app.offices.queries import shipped_units
from survey_app.staff.models import Account
from survey_app.staff.rules.permissions import Role
from tests.feedback.queue.cases import store
from tests.staff_client import StaffClient

CLOSED, HEIR = "04/01273", "04/01279"
Clients = Callable[..., StaffClient]


@pytest.fixture
def database(app: Flask, now: datetime) -> Database:
    """Cao Bằng, of which one ward was closed yesterday and holds three cases, one of them refused."""
    database: Database = app.extensions["survey_app.database"]

    def prepare(session: Any) -> None:
        load_units(session, rows=shipped_units("04"), now=now)
        ended = session.scalars(select(Unit).where(Unit.path == CLOSED)).one()
        ended.valid_to = local_date(now - timedelta(days=1))

    database.write(prepare)
    for state in (State.NEW, State.ANSWERED, State.REFUSED):
        store(database, now=now, unit_path=CLOSED, state=state)
    return database


@pytest.fixture
def administrator(database: Database, staff_client: Clients) -> StaffClient:
    """Who manages the desks of the province."""
    return staff_client((Role.ADMINISTRATOR, "04"))


def paths(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Case.unit_path).order_by(Case.id)))


def test_shows_what_would_go_before_anything_goes(administrator: StaffClient, database: Database) -> None:
    page = administrator.get(f"/desk/succession?from={CLOSED}&to=01279").text
    assert "Chuyển 2 hồ sơ sang" in page
    assert paths(database) == [CLOSED] * 3


def test_moves_what_is_open_and_says_how_many(administrator: StaffClient, database: Database) -> None:
    answer = administrator.post("/desk/succession", {"from": CLOSED, "to": HEIR})
    assert "Đã chuyển 2 hồ sơ" in administrator.get(answer.location).text
    assert paths(database) == [HEIR, HEIR, CLOSED]
    with database.read() as session:
        line = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).one()
    assert (line.details["did"], line.details["to"]) == ("unit_succeeded", HEIR)


@pytest.mark.parametrize("old", [HEIR, "04/99999", ""])
def test_takes_no_cases_from_a_unit_that_is_alive(
    administrator: StaffClient, database: Database, old: str
) -> None:
    assert administrator.post("/desk/succession", {"from": old, "to": "04"}).status_code == 404


def test_offers_no_unit_outside_ones_scope(database: Database, staff_client: Clients) -> None:
    stranger = staff_client((Role.ADMINISTRATOR, HEIR))
    assert "Không đơn vị đã giải thể nào còn hồ sơ." in stranger.get("/desk/succession").text
    assert stranger.post("/desk/succession", {"from": CLOSED, "to": HEIR}).status_code == 404


def test_lists_the_cases_of_who_has_left(
    administrator: StaffClient, database: Database, staff_client: Clients, now: datetime
) -> None:
    leaver = staff_client((Role.UNIT_HANDLER, HEIR)).account_id
    store(database, now=now, unit_path=HEIR, state=State.ASSIGNED, handler_id=leaver)
    database.write(lambda session: setattr(session.get_one(Account, leaver), "active", False))
    assert "Người phân công của đơn vị bàn giao" in administrator.get("/desk/succession").text
    both = staff_client((Role.ADMINISTRATOR, "04"), (Role.ROUTING_OFFICER, "04"))
    assert f"/desk/handover?from={leaver}" in both.get("/desk/succession").text


def test_is_for_who_manages_the_desk(database: Database, staff_client: Clients) -> None:
    assert staff_client((Role.ROUTING_OFFICER, "04")).get("/desk/succession").status_code == 403

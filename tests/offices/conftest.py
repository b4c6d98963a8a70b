"""Units, an office and counters for the tests of staff pages."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from survey_app.foundation.database import Database
from survey_app.offices import operations, queries
from survey_app.staff.rules.permissions import Role
from tests.staff_client import StaffClient


@pytest.fixture
def store(app: Flask) -> Database:
    """The database of the application."""
    found: Database = app.extensions["survey_app.database"]
    return found


@pytest.fixture
def units(store: Database, now: datetime) -> Database:
    """The installation with Cao Bằng and Đà Nẵng."""
    rows = [row for code in ("04", "48") for row in queries.shipped_units(code)]
    store.write(lambda session: operations.load_units(session, rows=rows, now=now))
    return store


@pytest.fixture
def places(units: Database, now: datetime) -> dict[str, str]:
    """An office in Thục Phán (Cao Bằng) with two counters and one in Hòa Khánh (Đà Nẵng) with one.

    Codes of the counters by `office/number`.
    """

    def fill(session: queries.Session) -> dict[str, str]:
        codes = {}
        for code, unit, name in (
            ("thuc-phan", "01273", "Bộ phận Một cửa phường Thục Phán"),
            ("hoa-khanh", "20200", "Bộ phận Một cửa phường Hòa Khánh"),
        ):
            operations.add_office(session, unit_code=unit, code=code, name=name)
            for number in ("1", "2") if code == "thuc-phan" else ("1",):
                added = operations.add_service_point(
                    session,
                    office_code=code,
                    name=f"Quầy {number}",
                    number=number,
                    now=now,
                    rng=random.Random(code + number),
                )
                codes[f"{code}/{number}"] = added.code
        return codes

    return units.write(fill)


@pytest.fixture
def manager(staff_client: Callable[..., StaffClient]) -> StaffClient:
    """A survey manager of Cao Bằng."""
    return staff_client((Role.SURVEY_MANAGER, "04"))


@pytest.fixture
def clerk(staff_client: Callable[..., StaffClient]) -> StaffClient:
    """An intake clerk of Thục Phán."""
    return staff_client((Role.INTAKE_CLERK, "04/01273"))

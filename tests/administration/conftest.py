"""An installation with the units of one province, and people to administer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from survey_app.foundation.clock import now as present
from survey_app.foundation.database import Database
from survey_app.offices.operations import load_units
from survey_app.offices.queries import shipped_units
from survey_app.staff.operations import add_account, grant_roles, start_sign_in
from survey_app.staff.rules.permissions import Role

UNITS = {"04", "01273", "01281", "01351", "01", "00004", "09931"}


@pytest.fixture
def site(app: Flask) -> Flask:
    """The application with two provinces and some of their communes."""
    database: Database = app.extensions["survey_app.database"]
    rows = [row for row in shipped_units() if row.code in UNITS]
    database.write(lambda session: load_units(session, rows=rows, now=present()))
    return app


@pytest.fixture
def person(site: Flask) -> Callable[..., int]:
    """A function that adds somebody who is signed in in one browser, and returns the number of the account."""

    def add(name: str, *grants: tuple[Role, str], **values: Any) -> int:
        def create(session: Any) -> int:
            slug = ".".join(name.lower().encode("ascii", "ignore").decode().split())
            email = values.pop("email", f"{slug}@example.vn")
            account = add_account(session, email=email, name=name, now=present())
            account.password_hash = "x"
            for field, value in values.items():
                setattr(account, field, value)
            grant_roles(session, account_id=account.id, grants=grants, now=present())
            start_sign_in(
                session, account_id=account.id, device="Firefox · Linux", method="password", now=present()
            )
            return account.id

        database: Database = site.extensions["survey_app.database"]
        return database.write(create)

    return add


@pytest.fixture
def detail(site: Flask) -> Callable[[int], Any]:
    """A function that returns what is stored of an account."""
    from survey_app.staff.queries import account_detail

    def look(account_id: int) -> Any:
        with site.extensions["survey_app.database"].read() as session:
            return account_detail(session, account_id, now=present())

    return look


@pytest.fixture
def log(site: Flask) -> Callable[[], list[tuple[str, str, str, dict[str, Any]]]]:
    """A function that returns the lines of the audit log as (action, subject, unit, details)."""
    from sqlalchemy import select

    from survey_app.foundation.audit import AuditEntry

    def look() -> list[tuple[str, str, str, dict[str, Any]]]:
        with site.extensions["survey_app.database"].read() as session:
            entries = session.scalars(select(AuditEntry).order_by(AuditEntry.number))
            return [(one.action, one.subject, one.unit_path, one.details) for one in entries]

    return look

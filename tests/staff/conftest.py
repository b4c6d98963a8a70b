"""People with passwords, and browsers that sign in as they would."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey_app.foundation.clock import now
from survey_app.foundation.database import Database
from survey_app.staff.guards.passwords import hashed
from survey_app.staff.models import Account
from survey_app.staff.operations import add_account, grant_roles, set_password
from survey_app.staff.rules.permissions import Role

PASSWORD = "ghế mây mưa rào bánh cuốn"
EMAIL = "lan.nguyen@caobang.gov.vn"


class Browser:
    """A browser that opens pages and sends the forms it was shown, with the tokens in them."""

    def __init__(self, app: Flask, address: str = "203.0.113.1") -> None:
        self.http = app.test_client()
        self.environment = {"REMOTE_ADDR": address}

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        return self.http.get(path, environ_overrides=self.environment, **options)

    def send(self, path: str, data: dict[str, str], *, shown_at: str | None = None) -> TestResponse:
        """Send a form: the token is taken from the page that shows it."""
        page = self.get(shown_at or path).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        sent = data | ({"csrf_token": token[1]} if token else {})
        return self.http.post(path, data=sent, environ_overrides=self.environment)

    def sign_in(self, email: str = EMAIL, password: str = PASSWORD, query: str = "") -> TestResponse:
        """Send e-mail and password."""
        return self.send(f"/staff/sign-in{query}", {"email": email, "password": password})


People = Callable[..., int]
Browsers = Callable[..., Browser]


@pytest.fixture
def person(app: Flask) -> People:
    """A function that adds a person with a password and roles, giving the id of the account."""
    database: Database = app.extensions["survey_app.database"]

    def add(
        *grants: tuple[Role, str], email: str = EMAIL, password: str | None = PASSWORD, active: bool = True
    ) -> int:
        stored = hashed(password) if password else None

        def create(session: Session) -> int:
            account = add_account(session, email=email, name="Nguyễn Thị Lan", now=now())
            grant_roles(session, account_id=account.id, grants=grants or [(Role.LEADER, "04")], now=now())
            if stored:
                set_password(session, account_id=account.id, password_hash=stored, now=now())
            session.get_one(Account, account.id).active = active
            return account.id

        return database.write(create)

    return add


@pytest.fixture
def browser(app: Flask) -> Browsers:
    """A function that gives a fresh browser, from a network if one is named."""
    return lambda address="203.0.113.1": Browser(app, address)


@pytest.fixture
def stopped_clock() -> Iterator[None]:
    """A clock that stands, so that no wait runs out while a busy machine sends the next try."""
    with time_machine.travel(now(), tick=False):
        yield

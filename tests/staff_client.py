"""A browser in which a member of staff is signed in."""

from __future__ import annotations

from itertools import count
from typing import Any

from flask import Flask
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from survey_app.foundation.clock import now
from survey_app.foundation.database import Database
from survey_app.staff.guards import TOKEN
from survey_app.staff.operations import add_account, grant_roles, start_sign_in
from survey_app.staff.rules.permissions import EVERYWHERE, Role

_numbers = count(1)


class StaffClient:
    """Opens staff pages as one person; `post` adds the form's token, as a browser would."""

    def __init__(self, app: Flask, *grants: Role | tuple[Role, str]) -> None:
        self.app = app
        self.http = app.test_client()
        pairs = [(grant, EVERYWHERE) if isinstance(grant, Role) else grant for grant in grants]
        database: Database = app.extensions["survey_app.database"]

        def create(session: Any) -> tuple[int, str]:
            account = add_account(
                session, email=f"person{next(_numbers)}@example.vn", name="Nguyễn Thị Thử", now=now()
            )
            grant_roles(session, account_id=account.id, grants=pairs, now=now())
            token = start_sign_in(session, account_id=account.id, device="Test", method="password", now=now())
            return account.id, token

        self.account_id, token = database.write(create)
        with self.http.session_transaction() as session:
            session[TOKEN] = token

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        return self.http.get(path, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form with its token."""
        return self.http.post(path, data={"csrf_token": self._csrf()} | (data or {}), **options)

    def _csrf(self) -> str:
        with self.http.session_transaction() as session:
            raw = session.setdefault("csrf_token", "0" * 40)
        with self.app.test_request_context():
            from flask import session as current

            current["csrf_token"] = raw
            token: str = generate_csrf()
            return token

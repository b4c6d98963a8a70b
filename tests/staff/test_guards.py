"""Guards: who passes, who signs in first, and what is written down."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, g, session
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from survey_app.foundation.clock import now
from survey_app.foundation.database import Database
from survey_app.staff.guards import TOKEN, ChangedMeanwhile, NoLongerPermitted, act
from survey_app.staff.models import Account
from survey_app.staff.operations import deactivate, end_sign_ins, revoke_grant
from survey_app.staff.queries import grant_lines
from survey_app.staff.rules.permissions import Action, Role
from tests.staff_client import StaffClient


class TestHome:
    """The first page."""

    def test_sends_a_stranger_to_the_sign_in_page_and_back_later(self, client: FlaskClient) -> None:
        answer = client.get("/staff")

        assert answer.status_code == 303
        assert answer.location == "/staff/sign-in?next=/staff"

    def test_greets_the_person(self, staff_client: Callable[..., StaffClient]) -> None:
        page = staff_client(Role.LEADER).get("/staff")

        assert page.status_code == 200
        assert "Xin chào, Nguyễn Thị Thử" in page.text


class TestPlantedForms:
    """A page of another site sends a form in the name of whoever opens it."""

    @pytest.mark.parametrize("path", ["/staff/account", "/staff/sign-in", "/staff/sign-out"])
    def test_are_refused_without_giving_the_words_back_or_touching_the_cookie(
        self, client: FlaskClient, path: str
    ) -> None:
        answer = client.post(path, data={"name": "planted words"}, headers={"Sec-Fetch-Site": "cross-site"})

        assert answer.status_code == 403
        assert "planted words" not in answer.text
        assert "Set-Cookie" not in answer.headers

    def test_are_told_from_forms_of_ones_own_that_come_too_late(self, client: FlaskClient) -> None:
        answer = client.post(
            "/staff/account", data={"name": "own words"}, headers={"Sec-Fetch-Site": "same-origin"}
        )

        assert answer.status_code == 401
        assert "own words" in answer.text


class TestAct:
    """The last look before something is written."""

    @pytest.mark.parametrize("end", ["deactivate", "end_sign_ins", "revoke"])
    def test_stops_who_was_put_out_after_the_page_was_opened(
        self, app: Flask, staff_client: Callable[..., StaffClient], end: str
    ) -> None:
        person = staff_client(Role.SURVEY_MANAGER)
        database: Database = app.extensions["survey_app.database"]
        ends = {
            "deactivate": lambda s: deactivate(s, account_id=person.account_id, now=now()),
            "end_sign_ins": lambda s: end_sign_ins(s, account_id=person.account_id, now=now()),
            "revoke": lambda s: revoke_grant(
                s, grant_id=grant_lines(s, person.account_id)[0].grant_id, now=now()
            ),
        }
        with person.http.session_transaction() as kept:
            token = kept[TOKEN]
        with app.test_request_context("/offices/new", method="POST"):
            session[TOKEN], g.staff_action = token, Action.MANAGE_OFFICES
            act(lambda _: None, subject="before")
            database.write(ends[end])

            with pytest.raises(NoLongerPermitted):
                act(lambda _: None, subject="after")

    def test_tells_who_was_later_when_two_store_the_same(
        self, app: Flask, staff_client: Callable[..., StaffClient]
    ) -> None:
        person, database = staff_client(Role.ADMINISTRATOR), app.extensions["survey_app.database"]
        with person.http.session_transaction() as kept:
            token = kept[TOKEN]
        row = {
            "email": "lan@example.vn",
            "name": "Lan",
            "search_text": "",
            "active": True,
            "created_at": now(),
        }
        database.write(lambda s: s.add(Account(**row)))
        with app.test_request_context("/admin/accounts/new", method="POST"):
            session[TOKEN], g.staff_action = token, Action.MANAGE_ACCOUNTS

            with pytest.raises(ChangedMeanwhile):
                act(lambda s: s.add(Account(**row)) or s.flush(), subject="account:2")
            with pytest.raises(IntegrityError):
                act(lambda s: s.add(Account(**row | {"email": None})) or s.flush(), subject="account:2")


def test_a_role_taken_away_while_typing_gives_the_text_back(
    app: Flask, staff_client: Callable[..., StaffClient]
) -> None:
    client = staff_client(Role.LEADER)

    answer = client.post("/offices/new", {"name": "Bộ phận <b>mới</b>"})

    assert answer.status_code == 403
    assert "Bộ phận &lt;b&gt;mới&lt;/b&gt;" in answer.text

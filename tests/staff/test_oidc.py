"""Signing in through the agency's identity provider, end to end against one that runs on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey_app.config import InvalidSettings, Settings
from survey_app.factory import create_app
from survey_app.foundation.clock import now as present
from survey_app.foundation.database import Database
from survey_app.staff.operations import add_account, grant_roles
from survey_app.staff.queries import account_by_email
from survey_app.staff.rules.permissions import EVERYWHERE, Role
from tests.staff.oidc_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    OpenIdProvider,
    running_provider,
    sign_in_at,
)

EMAIL = "lan@example.vn"


@pytest.fixture
def agency() -> Iterator[OpenIdProvider]:
    """The agency's identity provider."""
    with running_provider() as provider:
        yield provider


@pytest.fixture
def site(settings: Settings, agency: OpenIdProvider) -> Iterator[Flask]:
    """An installation that knows the provider and has invited one person."""
    configured = replace(
        settings, oidc_issuer=agency.address, oidc_client_id=CLIENT_ID, oidc_client_secret=CLIENT_SECRET
    )
    app = create_app(configured)
    app.testing = True
    database: Database = app.extensions["survey_app.database"]

    def invite(session: Any) -> None:
        account = add_account(session, email=EMAIL, name="Trần Thị Lan", now=present())
        grant_roles(session, account_id=account.id, grants=[(Role.LEADER, EVERYWHERE)], now=present())

    database.write(invite)
    yield app
    database.dispose()


@pytest.fixture
def browser(site: Flask) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return site.test_client()


@pytest.fixture
def enter(browser: FlaskClient, agency: OpenIdProvider) -> Callable[..., TestResponse]:
    """A function that walks to the provider and back, returning the last answer."""

    def walk(wanted: str = "/staff/oidc/start") -> TestResponse:
        return browser.get(_way_back(browser, agency, wanted))

    return walk


def _way_back(browser: FlaskClient, agency: OpenIdProvider, wanted: str = "/staff/oidc/start") -> str:
    started = browser.get(wanted)
    assert started.status_code == 303
    return sign_in_at(agency, started.location).removeprefix("http://127.0.0.1:8000")


def _change_account(site: Flask, **values: Any) -> None:
    def change(session: Any) -> None:
        account = account_by_email(session, EMAIL)
        assert account
        for name, value in values.items():
            setattr(account, name, value)

    site.extensions["survey_app.database"].write(change)


class TestSignIn:
    """The whole walk."""

    def test_signs_in_whoever_was_invited_and_asks_no_second_factor(
        self, browser: FlaskClient, enter: Callable[..., TestResponse], site: Flask
    ) -> None:
        _change_account(site, totp_secret=b"sealed", totp_confirmed_at=present())

        answer = enter()

        assert (answer.status_code, answer.location) == (303, "/staff")
        assert "Trần Thị Lan" in browser.get("/staff").text

    def test_leads_to_the_page_that_was_wanted(self, enter: Callable[..., TestResponse]) -> None:
        assert enter("/staff/oidc/start?next=/campaigns/new").location == "/campaigns/new"

    @pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil.example"])
    def test_leads_nobody_away(self, enter: Callable[..., TestResponse], wanted: str) -> None:
        assert enter(f"/staff/oidc/start?next={wanted}").location == "/staff"

    def test_knows_the_person_again(self, enter: Callable[..., TestResponse]) -> None:
        assert [enter().status_code, enter().status_code] == [303, 303]

    def test_refuses_another_person_who_was_given_the_same_address(
        self, enter: Callable[..., TestResponse], agency: OpenIdProvider
    ) -> None:
        enter()
        agency.subject = "person-2"

        page = enter()

        assert page.status_code == 403
        assert "đã gắn với một người khác" in page.text

    def test_refuses_a_person_who_is_bound_to_another_account_already(
        self, enter: Callable[..., TestResponse], agency: OpenIdProvider, site: Flask
    ) -> None:
        enter()
        _change_account(site, email="an@example.vn")
        site.extensions["survey_app.database"].write(
            lambda session: add_account(session, email=EMAIL, name="Lan", now=present()) and None
        )

        page = enter()

        assert page.status_code == 403
        assert "đã gắn với một người khác" in page.text

    @pytest.mark.parametrize(
        ("fault", "words"),
        [
            ({"claims": {"nonce": "of another"}}, "Không xác nhận được"),
            ({"claims": {"aud": "another client"}}, "Không xác nhận được"),
            ({"claims": {"exp": 1_000_000_000}}, "Không xác nhận được"),
            ({"forged": True}, "Không xác nhận được"),
            ({"claims": {"email_verified": False}}, "chưa xác nhận e-mail"),
            ({"claims": {"email": None}}, "chưa được mời"),
            ({"email": "stranger@example.vn"}, "chưa được mời"),
        ],
        ids=["nonce", "audience", "expired", "signature", "unverified", "no address", "not invited"],
    )
    def test_refuses_who_cannot_be_believed_or_was_not_invited(
        self,
        browser: FlaskClient,
        enter: Callable[..., TestResponse],
        agency: OpenIdProvider,
        fault: dict[str, Any],
        words: str,
    ) -> None:
        for name, value in fault.items():
            setattr(agency, name, value)

        page = enter()

        assert page.status_code == 403
        assert words in page.text
        assert browser.get("/staff").status_code == 303

    def test_makes_no_account_of_a_stranger(
        self, enter: Callable[..., TestResponse], agency: OpenIdProvider, site: Flask
    ) -> None:
        agency.email = "stranger@example.vn"

        enter()

        with site.extensions["survey_app.database"].read() as session:
            assert account_by_email(session, "stranger@example.vn") is None

    def test_refuses_whoever_has_left(self, enter: Callable[..., TestResponse], site: Flask) -> None:
        _change_account(site, active=False)

        assert enter().status_code == 403

    def test_takes_an_answer_once(self, browser: FlaskClient, agency: OpenIdProvider) -> None:
        address = _way_back(browser, agency)

        answers = [browser.get(address).status_code, browser.get(address).status_code]

        assert answers == [303, 403]

    def test_takes_no_answer_that_began_in_another_browser(
        self, browser: FlaskClient, agency: OpenIdProvider, site: Flask
    ) -> None:
        address = _way_back(browser, agency)

        page = site.test_client().get(address)

        assert page.status_code == 403
        assert "không bắt đầu từ máy này" in page.text

    def test_takes_no_answer_to_another_beginning(self, browser: FlaskClient, agency: OpenIdProvider) -> None:
        first = _way_back(browser, agency)
        _way_back(browser, agency)

        assert browser.get(first).status_code == 403

    def test_takes_no_answer_after_ten_minutes(self, browser: FlaskClient, agency: OpenIdProvider) -> None:
        address = _way_back(browser, agency)

        with time_machine.travel(present() + timedelta(minutes=11), tick=False):
            page = browser.get(address)

        assert page.status_code == 403
        assert "quá 10 phút" in page.text

    def test_says_so_when_the_person_gave_up(self, browser: FlaskClient, agency: OpenIdProvider) -> None:
        state = _way_back(browser, agency).partition("state=")[2]

        page = browser.get(f"/staff/oidc/callback?error=access_denied&state={state}")

        assert page.status_code == 403
        assert "đã hủy" in page.text

    @pytest.mark.parametrize("query", ["", "?code=x", "?state=x&code=x", "?state=%C3%A9&code=x"])
    def test_takes_no_made_up_answer(self, browser: FlaskClient, query: str) -> None:
        assert browser.get(f"/staff/oidc/callback{query}").status_code == 403

    def test_offers_the_password_when_the_provider_is_down(
        self, browser: FlaskClient, agency: OpenIdProvider
    ) -> None:
        agency.metadata = {"issuer": "https://other.example"}

        page = browser.get("/staff/oidc/start")

        assert page.status_code == 503
        assert 'href="/staff/sign-in"' in page.text


class TestSettings:
    """An installation without a provider, or with an unsafe one."""

    @pytest.mark.parametrize("path", ["/staff/oidc/start", "/staff/oidc/callback"])
    def test_have_no_such_doors_unless_a_provider_is_named(self, client: FlaskClient, path: str) -> None:
        assert client.get(path).status_code == 404

    @pytest.mark.parametrize(
        ("issuer", "client_id"),
        [
            ("http://login.example.vn", "x"),
            ("login.example.vn", "x"),
            ("https://login.example.vn?x=1", "x"),
            ("https://login.example.vn", ""),
        ],
    )
    def test_refuse_a_provider_that_could_be_listened_to(
        self, tmp_path: Any, issuer: str, client_id: str
    ) -> None:
        with pytest.raises(InvalidSettings, match="SURVEY_OIDC_"):
            Settings.from_environment(
                {
                    "SURVEY_INSTANCE": str(tmp_path),
                    "SURVEY_OIDC_ISSUER": issuer,
                    "SURVEY_OIDC_CLIENT_ID": client_id,
                }
            )

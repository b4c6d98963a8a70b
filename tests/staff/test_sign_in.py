"""Signing in by password, and out."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from survey_app.foundation.audit import AuditEntry, verify
from survey_app.foundation.clock import now as present
from survey_app.foundation.database import Database
from survey_app.staff.models import Account, Grant, SignIn
from tests.staff.conftest import EMAIL, PASSWORD, Browser, Browsers, People

WRONG = "E-mail hoặc mật khẩu chưa đúng"


class TestSignIn:
    """`/staff/sign-in`."""

    def test_leads_to_the_page_wanted(self, person: People, browser: Browsers) -> None:
        person()
        one = browser()
        wanted = one.get("/staff/account")
        answer = one.sign_in(query="?next=/staff/account")

        assert wanted.location == "/staff/sign-in?next=/staff/account"
        assert (answer.status_code, answer.location) == (303, "/staff/account")
        assert one.get("/staff/account").status_code == 200

    @pytest.mark.parametrize(
        "target",
        ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "http:/x", "//[", "/a\\b"],
    )  # fmt: skip
    def test_leads_nobody_to_another_site(self, person: People, browser: Browsers, target: str) -> None:
        person()

        assert browser().sign_in(query=f"?next={quote(target)}").location == "/staff"

    def test_takes_the_address_in_any_case(self, person: People, browser: Browsers) -> None:
        person()

        assert browser().sign_in(f" {EMAIL.upper()} ").status_code == 303

    @pytest.mark.parametrize(
        ("email", "password", "state"),
        [
            (EMAIL, "ghế mây mưa rào bánh cuộn", {}),
            ("nobody@caobang.gov.vn", PASSWORD, {}),
            (EMAIL, PASSWORD, {"active": False}),
            (EMAIL, PASSWORD, {"password": None}),
            ("'; DROP TABLE accounts; --", PASSWORD, {}),
            ("lan\0@x.vn", PASSWORD, {}),
        ],
    )
    def test_says_the_same_words_whatever_was_wrong(
        self,
        person: People,
        browser: Browsers,
        email: str,
        password: str,
        state: dict[str, object],
    ) -> None:
        person(**state)
        answer = browser().sign_in(email, password)

        assert answer.status_code == 422
        assert WRONG in answer.text
        assert password not in answer.text

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    def test_takes_as_long_for_an_unknown_account_as_for_a_wrong_password(
        self, person: People, browser: Browsers
    ) -> None:
        person()

        def seconds(email: str) -> float:
            times = []
            for number in range(4):
                one = browser(f"192.0.2.{number}")
                begun = time.process_time()
                one.sign_in(email, "sai sai sai sai sai")
                times.append(time.process_time() - begun)
            return statistics.median(times)

        seconds("warm@up.vn")
        known, unknown = seconds(EMAIL), seconds("nobody@x.gov.vn")
        assert 0.5 < known / unknown < 2

    def test_takes_less_than_400_ms(self, person: People, browser: Browsers) -> None:
        person()
        browser().sign_in()
        times = []
        for _ in range(5):
            one = browser()
            one.get("/staff/sign-in")
            begun = time.process_time()
            assert one.sign_in().status_code == 303
            times.append(time.process_time() - begun)

        assert min(times) < 0.4

    def test_needs_the_token_of_the_form(self, person: People, browser: Browsers) -> None:
        person()
        one = browser()
        answer = one.http.post("/staff/sign-in", data={"email": EMAIL, "password": PASSWORD})

        assert answer.status_code == 422
        assert one.get("/staff").status_code == 303

    def test_throws_a_planted_session_away(self, person: People, browser: Browsers) -> None:
        person()
        one = browser()
        with one.http.session_transaction() as session:
            session["token"] = "planted"
            session["csrf_token"] = "1" * 40
        one.sign_in()

        with one.http.session_transaction() as session:
            assert session["token"] != "planted"
            assert session.get("csrf_token") != "1" * 40

    def test_sets_cookies_that_no_script_and_no_other_site_can_use(
        self, person: People, browser: Browsers
    ) -> None:
        person()
        cookies = browser().sign_in().headers.getlist("Set-Cookie")

        assert len(cookies) == 2
        assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)
        assert not any("Secure" in cookie for cookie in cookies)

    def test_stores_a_digest_and_a_coarse_device(self, app: Flask, person: People, browser: Browsers) -> None:
        person()
        one = browser()
        one.http.environ_base["HTTP_USER_AGENT"] = (
            "Mozilla/5.0 (Linux; Android 14; SM-A556E) Chrome/126 Safari"
        )
        one.sign_in()
        with one.http.session_transaction() as session:
            token = session["token"]

        database: Database = app.extensions["survey_app.database"]
        with database.read() as reading:
            row = reading.scalars(select(SignIn)).one()
        assert row.device == "Chrome · Android"
        assert token not in str(vars(row))

    def test_writes_the_sign_in_down_without_address(
        self, app: Flask, person: People, browser: Browsers
    ) -> None:
        account_id = person()
        one = browser()
        one.sign_in()
        one.send("/staff/sign-out", {}, shown_at="/staff")

        database: Database = app.extensions["survey_app.database"]
        with database.read() as session:
            lines = session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
            assert verify(session, key=app.config["SETTINGS"].audit_key).flaw is None
        assert [line.details["did"] for line in lines] == ["signed_in", "signed_out"]
        assert {(line.actor, line.unit_path) for line in lines} == {(f"account:{account_id}", "04")}
        assert not any(EMAIL in str(vars(line)) for line in lines)

    def test_shows_the_agencys_button_where_there_is_a_provider(self, app: Flask, browser: Browsers) -> None:
        words = "Đăng nhập bằng tài khoản cơ quan"

        assert (words in browser().get("/staff/sign-in").text) is bool(
            getattr(app.config["SETTINGS"], "oidc_issuer", "")
        )

    @pytest.mark.usefixtures("stopped_clock")
    def test_makes_a_guesser_wait_but_not_the_owner(self, person: People, browser: Browsers) -> None:
        person()
        owner, attacker = browser("203.0.113.1"), browser("198.51.100.7")
        owner.sign_in()
        owner.send("/staff/sign-out", {}, shown_at="/staff")
        answers = [attacker.sign_in(password=f"guess number {number} of many") for number in range(8)]

        assert [answer.status_code for answer in answers[:5]] == [422] * 5
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["Retry-After"]) >= 1
        assert attacker.sign_in().status_code == 429  # even the right password has to wait there
        assert owner.sign_in().status_code == 303
        assert browser("192.0.2.9").sign_in().status_code == 303

    @pytest.mark.usefixtures("stopped_clock")
    def test_makes_who_guesses_an_unknown_account_wait_as_well(self, browser: Browsers) -> None:
        attacker = browser()
        answers = [
            attacker.sign_in("nobody@x.gov.vn", f"guess number {number} of many") for number in range(8)
        ]

        assert answers[-1].status_code == 429

    @pytest.mark.usefixtures("stopped_clock")
    def test_lets_the_owner_in_on_the_attackers_own_network(self, person: People, browser: Browsers) -> None:
        # One address for the whole office, visitors' wireless included.
        person()
        owner, attacker = browser(), browser()
        owner.sign_in()
        owner.send("/staff/sign-out", {}, shown_at="/staff")
        for number in range(31):
            attacker.sign_in(f"person{number}@x.gov.vn", "one password for all")
        attacker.sign_in(password="one password for all")

        assert attacker.sign_in().status_code == 429
        assert owner.sign_in().status_code == 303

    @pytest.mark.usefixtures("stopped_clock")
    def test_takes_no_forged_device_cookie(self, person: People, browser: Browsers) -> None:
        account_id = person()
        attacker = browser()
        attacker.http.set_cookie("staff_device", f'["x",[{account_id}]].forged', path="/staff")
        answers = [attacker.sign_in(password=f"guess number {number} of many") for number in range(8)]

        assert answers[-1].status_code == 429

    def test_hashes_anew_what_was_hashed_with_older_parameters(
        self, app: Flask, person: People, browser: Browsers
    ) -> None:
        from argon2 import PasswordHasher

        account_id, database = person(), app.extensions["survey_app.database"]
        old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)

        def weaken(session: object) -> None:
            session.get_one(Account, account_id).password_hash = old  # type: ignore[attr-defined]

        database.write(weaken)
        assert browser().sign_in().status_code == 303
        with database.read() as session:
            stored = session.get_one(Account, account_id).password_hash

        assert stored != old
        assert "m=47104" in stored
        assert browser().sign_in().status_code == 303


class TestStaying:
    """How long a sign-in lasts."""

    @pytest.fixture
    def signed_in(self, person: People, browser: Browsers) -> Browser:
        """A browser in which somebody signed in just now."""
        person()
        one = browser()
        one.sign_in()
        return one

    def open_after(self, one: Browser, *minutes: int) -> list[int]:
        """Open a page after so many minutes each, and return the answers."""
        start, answers = present(), []
        for minute in minutes:
            with time_machine.travel(start + timedelta(minutes=minute), tick=False):
                answers.append(one.get("/staff").status_code)
        return answers

    def test_ends_after_an_hour_without_use(self, signed_in: Browser) -> None:
        assert self.open_after(signed_in, 59, 125) == [200, 303]

    def test_goes_on_while_it_is_used(self, signed_in: Browser) -> None:
        assert self.open_after(signed_in, 50, 100, 150) == [200, 200, 200]

    def test_ends_after_twelve_hours_even_in_use(self, signed_in: Browser) -> None:
        assert self.open_after(signed_in, *range(30, 750, 30))[-2:] == [200, 303]

    def test_is_noted_every_five_minutes_at_most(self, app: Flask, signed_in: Browser) -> None:
        database: Database = app.extensions["survey_app.database"]

        def seen() -> object:
            with database.read() as session:
                return session.scalars(select(SignIn.seen_at)).one()

        first = seen()
        self.open_after(signed_in, 4)
        assert seen() == first
        self.open_after(signed_in, 6)
        assert seen() != first

    def test_ends_when_the_account_is_closed(self, app: Flask, signed_in: Browser) -> None:
        app.extensions["survey_app.database"].write(
            lambda session: setattr(session.scalars(select(Account)).one(), "active", False)
        )

        assert signed_in.get("/staff").status_code == 303


class TestSignOut:
    """`/staff/sign-out`."""

    def test_ends_the_sign_in_for_good(self, person: People, browser: Browsers) -> None:
        person()
        one = browser()
        one.sign_in()
        kept = one.http.get_cookie("staff")
        answer = one.send("/staff/sign-out", {}, shown_at="/staff")
        assert kept
        one.http.set_cookie("staff", kept.value)

        assert answer.location == "/staff/sign-in"
        assert one.get("/staff").status_code == 303

    def test_is_not_done_by_a_link_from_elsewhere(self, person: People, browser: Browsers) -> None:
        person()
        one = browser()
        one.sign_in()

        assert one.http.post("/staff/sign-out").status_code == 400
        assert one.get("/staff/sign-out").status_code == 405
        assert one.get("/staff").status_code == 200

    def test_shows_the_door_to_who_is_out_already(self, browser: Browsers) -> None:
        assert browser().http.post("/staff/sign-out").location == "/staff/sign-in"


class TestHttps:
    """An installation behind https."""

    def test_marks_its_cookies_secure(self, app: Flask, person: People, browser: Browsers) -> None:
        person()
        app.config["SESSION_COOKIE_SECURE"] = True
        one = browser()
        one.http.environ_base["wsgi.url_scheme"] = "https"
        cookies = one.sign_in().headers.getlist("Set-Cookie")

        assert cookies
        assert all("Secure" in cookie for cookie in cookies)


def test_a_person_without_a_role_is_told_whom_to_ask(app: Flask, person: People, browser: Browsers) -> None:
    account_id = person()
    app.extensions["survey_app.database"].write(
        lambda session: session.query(Grant).filter_by(account_id=account_id).delete()
    )
    one = browser()
    one.sign_in()

    assert "chưa được cấp quyền" in one.get("/staff").text
    assert one.send("/staff/sign-out", {}, shown_at="/staff").status_code == 303

"""The second factor: linking a telephone, signing in with codes, recovery, switching off."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from survey_app.foundation.clock import now as present
from survey_app.staff.operations import issue_reset_link
from tests.staff.conftest import PASSWORD, Browser, Browsers, People


class Telephone:
    """An authenticator app."""

    def __init__(self, secret: str) -> None:
        self.totp = pyotp.TOTP(secret)

    def code(self, later: int = 0) -> str:
        """Return the code shown in `later` seconds: 30 is taken already, and differs from one used a moment ago."""
        return self.totp.at(present() + timedelta(seconds=later))


def link(one: Browser) -> tuple[Telephone, list[str]]:
    """Link a telephone in a signed-in browser; return it and the recovery codes."""
    one.send("/staff/account/second-factor/begin", {}, shown_at="/staff/account")
    page = one.get("/staff/account/second-factor").text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert secret
    telephone = Telephone(secret[1].replace(" ", ""))
    done = one.send("/staff/account/second-factor", {"one_time_code": telephone.code()})
    assert done.status_code == 200, done.text
    return telephone, re.findall(r'class="code">([0-9A-Z-]{14})<', done.text)


@pytest.fixture
def linked(person: People, browser: Browsers) -> tuple[Browser, Telephone, list[str]]:
    """A signed-in browser of somebody with a second factor, the telephone and the recovery codes."""
    person()
    one = browser()
    one.sign_in()
    return (one, *link(one))


class TestLinking:
    """Linking a telephone."""

    def test_shows_ten_recovery_codes_once(self, linked: tuple[Browser, Telephone, list[str]]) -> None:
        one, _telephone, codes = linked

        assert len(set(codes)) == 10
        assert one.get("/staff/account/second-factor").status_code == 303
        assert codes[0] not in one.get("/staff/account").text

    def test_shows_a_qr_code_that_a_telephone_reads(self, person: People, browser: Browsers) -> None:
        person()
        one = browser()
        one.sign_in()
        one.send("/staff/account/second-factor/begin", {}, shown_at="/staff/account")

        assert 'src="data:image/svg+xml' in one.get("/staff/account/second-factor").text

    def test_keeps_secret_and_codes_unreadable(
        self, app: Flask, linked: tuple[Browser, Telephone, list[str]]
    ) -> None:
        _one, telephone, codes = linked
        with app.extensions["survey_app.database"].read() as session:
            stored = str(session.execute(text("SELECT * FROM accounts")).all())
            stored += str(session.execute(text("SELECT * FROM recovery_codes")).all())

        assert telephone.totp.secret not in stored
        assert not any(code.replace("-", "") in stored for code in codes)

    def test_does_not_count_before_a_code_was_given(self, person: People, browser: Browsers) -> None:
        person()
        one = browser()
        one.sign_in()
        one.send("/staff/account/second-factor/begin", {}, shown_at="/staff/account")
        wrong = one.send("/staff/account/second-factor", {"one_time_code": "000000"})

        assert wrong.status_code == 422
        assert browser().sign_in().location == "/staff"

    def test_signs_other_browsers_out(self, person: People, browser: Browsers) -> None:
        person()
        other, one = browser(), browser()
        other.sign_in()
        one.sign_in()
        link(one)

        assert other.get("/staff").status_code == 303
        assert one.get("/staff").status_code == 200


class TestSecondStep:
    """`/staff/sign-in/code`."""

    def test_comes_after_the_password_and_leads_on(
        self, linked: tuple[Browser, Telephone, list[str]], browser: Browsers
    ) -> None:
        one = browser()
        first = one.sign_in(query="?next=/staff/account")
        between = one.get("/staff")
        second = one.send("/staff/sign-in/code", {"one_time_code": linked[1].code(30)})

        assert first.location == "/staff/sign-in/code"
        assert between.status_code == 303
        assert second.location == "/staff/account"
        assert one.get("/staff").status_code == 200

    def test_takes_no_code_twice(
        self, linked: tuple[Browser, Telephone, list[str]], browser: Browsers
    ) -> None:
        code = linked[1].code(30)
        statuses = []
        for _ in range(2):
            one = browser()
            one.sign_in()
            statuses.append(one.send("/staff/sign-in/code", {"one_time_code": code}).status_code)

        assert statuses == [303, 422]

    def test_takes_no_old_code(self, linked: tuple[Browser, Telephone, list[str]], browser: Browsers) -> None:
        one = browser()
        one.sign_in()

        assert one.send("/staff/sign-in/code", {"one_time_code": linked[1].code(-90)}).status_code == 422

    def test_takes_each_recovery_code_once(
        self, linked: tuple[Browser, Telephone, list[str]], browser: Browsers
    ) -> None:
        statuses = []
        for code in (linked[2][0], linked[2][0], linked[2][1].lower()):
            one = browser()
            one.sign_in()
            statuses.append(one.send("/staff/sign-in/code", {"one_time_code": code}).status_code)

        assert statuses == [303, 422, 303]
        assert "Còn 8 mã dự phòng" in one.get("/staff/account").text

    @pytest.mark.usefixtures("stopped_clock")
    def test_slows_guessing_down(
        self, linked: tuple[Browser, Telephone, list[str]], browser: Browsers
    ) -> None:
        one = browser("198.51.100.7")
        one.sign_in()
        statuses = [
            one.send("/staff/sign-in/code", {"one_time_code": f"{number:06}"}).status_code
            for number in range(8)
        ]

        assert statuses[:5] == [422] * 5
        assert statuses[-1] == 429

    def test_cannot_be_reached_without_the_password(
        self, linked: tuple[Browser, Telephone, list[str]], browser: Browsers
    ) -> None:
        assert browser().get("/staff/sign-in/code").location == "/staff/sign-in"

    def test_is_offered_for_ten_minutes(
        self, linked: tuple[Browser, Telephone, list[str]], browser: Browsers
    ) -> None:
        one = browser()
        one.sign_in()
        with time_machine.travel(present() + timedelta(minutes=11), tick=False):
            assert one.get("/staff/sign-in/code").location == "/staff/sign-in"

    def test_is_asked_for_after_a_reset_link_too(
        self, app: Flask, linked: tuple[Browser, Telephone, list[str]], browser: Browsers
    ) -> None:
        reset = app.extensions["survey_app.database"].write(
            lambda session: issue_reset_link(session, account_id=1, by=None, now=present())
        )
        one, new = browser(), "đồng hồ cát và lá bàng"
        answer = one.send(reset.path, {"password": new, "password_again": new})

        assert answer.location == "/staff/sign-in/code"
        assert one.get("/staff").status_code == 303
        assert one.send("/staff/sign-in/code", {"one_time_code": linked[1].code(30)}).status_code == 303


class TestSwitchingOff:
    """`/staff/account/second-factor/off` and `/codes`."""

    def test_needs_the_password(
        self, linked: tuple[Browser, Telephone, list[str]], browser: Browsers
    ) -> None:
        one = linked[0]
        path = "/staff/account/second-factor/off"

        assert one.send(path, {"password": "không phải mật khẩu này"}).status_code == 422
        assert one.send(path, {"password": PASSWORD}).status_code == 303
        assert browser().sign_in().location == "/staff"

    def test_new_recovery_codes_replace_the_old_ones(
        self, linked: tuple[Browser, Telephone, list[str]], browser: Browsers
    ) -> None:
        page = linked[0].send("/staff/account/second-factor/codes", {"password": PASSWORD})
        fresh = re.findall(r'class="code">([0-9A-Z-]{14})<', page.text)
        one = browser()
        one.sign_in()

        assert len(fresh) == 10
        assert one.send("/staff/sign-in/code", {"one_time_code": linked[2][0]}).status_code == 422
        assert one.send("/staff/sign-in/code", {"one_time_code": fresh[0]}).status_code == 303

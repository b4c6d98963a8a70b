"""A person's own account."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app.foundation.audit import AuditEntry
from survey_app.staff.models import Grant
from survey_app.staff.rules.permissions import Role
from tests.staff.conftest import EMAIL, PASSWORD, Browser, Browsers, People

NEW = "đồng hồ cát và lá bàng"


@pytest.fixture
def mine(person: People, browser: Browsers) -> Browser:
    """A browser in which somebody with a role in one province is signed in."""
    person()
    one = browser()
    one.sign_in()
    return one


class TestProfile:
    """`/staff/account`."""

    def test_keeps_name_and_language(self, mine: Browser) -> None:
        answer = mine.send("/staff/account", {"name": "Nguyễn Lan", "language": "en"})
        page = mine.get("/staff/account").text

        assert answer.status_code == 303
        assert 'lang="en"' in page
        assert 'value="Nguyễn Lan"' in page

    @pytest.mark.parametrize("sent", [{"name": ""}, {"name": "x" * 121}, {"language": "fr"}])
    def test_refuses_what_cannot_be(self, mine: Browser, sent: dict[str, str]) -> None:
        answer = mine.send("/staff/account", {"name": "Nguyễn Lan", "language": "vi"} | sent)

        assert answer.status_code == 422

    def test_shows_markup_in_a_name_as_text(self, mine: Browser) -> None:
        mine.send("/staff/account", {"name": "<script>alert(1)</script>", "language": "vi"})

        assert "<script>alert" not in mine.get("/staff/account").text + mine.get("/staff").text

    def test_is_open_to_who_lost_the_last_role_meanwhile(self, app: Flask, mine: Browser) -> None:
        app.extensions["survey_app.database"].write(lambda session: session.query(Grant).delete())

        assert mine.send("/staff/account", {"name": "Lan", "language": "vi"}).status_code == 303


class TestPassword:
    """`/staff/account/password`."""

    def typed(self, now: str = PASSWORD, new: str = NEW, again: str = NEW) -> dict[str, str]:
        """What is typed into the form."""
        return {"password_now": now, "password": new, "password_again": again}

    def test_changes_it_and_signs_other_browsers_out(self, mine: Browser, browser: Browsers) -> None:
        other = browser()
        other.sign_in()
        answer = mine.send("/staff/account/password", self.typed())

        assert answer.location == "/staff/account"
        assert mine.get("/staff").status_code == 200
        assert other.get("/staff").status_code == 303
        assert browser().sign_in(password=NEW).status_code == 303

    def test_needs_the_present_one(self, mine: Browser, browser: Browsers) -> None:
        answer = mine.send("/staff/account/password", self.typed(now=NEW))

        assert answer.status_code == 422
        assert NEW not in answer.text
        assert browser().sign_in().status_code == 303

    def test_takes_no_easy_one(self, mine: Browser) -> None:
        easy = "nguyễn thị lan 2026"

        assert "dễ đoán" in mine.send("/staff/account/password", self.typed(new=easy, again=easy)).text


class TestSignIns:
    """The list of browsers."""

    def test_shows_this_one_and_the_others(self, mine: Browser, browser: Browsers) -> None:
        browser().sign_in()
        page = mine.get("/staff/account").text

        assert page.count("Máy này</span>") == 1
        assert len(re.findall(r"/staff/account/sign-ins/\d+/end", page)) == 1

    def test_signs_one_of_them_out(self, mine: Browser, browser: Browsers) -> None:
        other = browser()
        other.sign_in()
        path = re.search(r"/staff/account/sign-ins/\d+/end", mine.get("/staff/account").text)
        assert path
        mine.send(path[0], {}, shown_at="/staff/account")

        assert other.get("/staff").status_code == 303
        assert mine.get("/staff").status_code == 200

    def test_signs_all_others_out(self, mine: Browser, browser: Browsers) -> None:
        others = [browser(), browser()]
        for other in others:
            other.sign_in()
        mine.send("/staff/account/sign-ins/end-others", {}, shown_at="/staff/account")

        assert [other.get("/staff").status_code for other in others] == [303, 303]
        assert mine.get("/staff").status_code == 200

    def test_never_touches_somebody_elses(self, mine: Browser, person: People, browser: Browsers) -> None:
        person(email="mai@caobang.gov.vn")
        other = browser()
        other.sign_in("mai@caobang.gov.vn")
        for number in range(1, 5):
            if number != 1:
                mine.send(f"/staff/account/sign-ins/{number}/end", {}, shown_at="/staff/account")

        assert other.get("/staff").status_code == 200


def test_every_change_stands_in_the_log_of_the_unit(app: Flask, mine: Browser) -> None:
    mine.send("/staff/account", {"name": "Nguyễn Lan", "language": "vi"})
    with app.extensions["survey_app.database"].read() as session:
        line = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()

    assert line is not None
    assert (line.action, line.unit_path) == ("staff.own_account", "04")
    assert line.details == {"did": "profile_changed"}
    assert EMAIL not in str(vars(line))


class TestHome:
    """`/staff`."""

    def test_advises_an_administrator_to_add_a_second_factor(self, person: People, browser: Browsers) -> None:
        person((Role.ADMINISTRATOR, ""))
        one = browser()
        one.sign_in()

        assert "xác thực hai bước" in one.get("/staff").text

    def test_shows_the_first_steps_to_who_can_take_them(self, person: People, browser: Browsers) -> None:
        person((Role.SURVEY_MANAGER, "04"))
        one = browser()
        one.sign_in()
        page = one.get("/staff").text

        assert all(f'href="{path}"' in page for path in ("/offices", "/campaigns/new", "/offices/posters"))

    def test_shows_others_only_what_they_may_open(self, mine: Browser) -> None:
        page = mine.get("/staff").text

        assert "/campaigns/new" not in page
        assert 'href="/admin"' not in page

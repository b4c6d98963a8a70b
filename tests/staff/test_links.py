"""Invitations and reset links: once, for a while, and in the right hands."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from survey_app.foundation.clock import now as present
from survey_app.foundation.database import Database
from survey_app.staff.models import Account
from survey_app.staff.operations import (
    NewLink,
    UnableToAddAccount,
    UnableToChangeAccount,
    UnableToGrant,
    UnableToUseLink,
    deactivate,
    grant_role,
    invite,
    issue_reset_link,
    use_link,
)
from survey_app.staff.queries import grants_of
from survey_app.staff.rules.accounts import Purpose
from survey_app.staff.rules.permissions import Role
from tests.staff.conftest import EMAIL, PASSWORD, Browsers, People

NEW = "đồng hồ cát và lá bàng"
ADMIN, CLERK = Role.ADMINISTRATOR, Role.INTAKE_CLERK
Invite = Callable[..., NewLink]


@pytest.fixture
def invited(app: Flask) -> Invite:
    """A function that invites somebody and gives the link."""
    database: Database = app.extensions["survey_app.database"]
    return lambda name="Nguyễn Thị Lan": database.write(
        lambda session: invite(
            session, email=EMAIL, name=name, grants=[(CLERK, "04")], by=None, now=present()
        )
    )


@pytest.fixture
def reset(app: Flask) -> Callable[[int], NewLink]:
    """A function that issues a reset link for an account."""
    database: Database = app.extensions["survey_app.database"]
    return lambda account_id: database.write(
        lambda session: issue_reset_link(session, account_id=account_id, by=None, now=present())
    )


def answers(password: str = NEW, again: str | None = None, name: str = "Nguyễn Thị Lan") -> dict[str, str]:
    """What is typed into the form of a link."""
    return {"name": name, "password": password, "password_again": password if again is None else again}


class TestInvitation:
    """`/staff/invitation/<token>`."""

    def test_lets_the_person_choose_a_password_and_in(self, invited: Invite, browser: Browsers) -> None:
        link, one = invited(), browser()
        page = one.get(link.path)
        answer = one.send(link.path, answers(name="Nguyễn Thị Lan Anh"))

        assert EMAIL in page.text
        assert answer.location == "/staff"
        assert "Xin chào, Nguyễn Thị Lan Anh" in one.get("/staff").text
        assert browser().sign_in(password=NEW).status_code == 303

    def test_is_not_spent_by_opening_it(self, invited: Invite, browser: Browsers) -> None:
        link = invited()

        assert [browser().get(link.path).status_code for _ in range(3)] == [200, 200, 200]

    def test_is_worth_nothing_the_second_time(self, invited: Invite, browser: Browsers) -> None:
        link = invited()
        browser().send(link.path, answers())
        again = browser().get(link.path)

        assert again.status_code == 410
        assert "đã được dùng" in again.text
        assert EMAIL not in again.text

    def test_expires_after_72_hours(self, invited: Invite, browser: Browsers) -> None:
        link = invited()
        with time_machine.travel(present() + timedelta(hours=71), tick=False):
            assert browser().get(link.path).status_code == 200
        with time_machine.travel(present() + timedelta(hours=73), tick=False):
            late = browser().get(link.path)

        assert late.status_code == 410
        assert "đã hết hạn" in late.text

    @pytest.mark.parametrize("token", ["x", "A" * 43, "..%2f..", "%00", "<script>"])
    def test_says_kindly_that_a_forged_one_is_wrong(
        self, invited: Invite, browser: Browsers, token: str
    ) -> None:
        invited()
        answer = browser().get(f"/staff/invitation/{token}")

        assert answer.status_code == 404
        assert "<script>" not in answer.text

    def test_is_no_reset_link(self, invited: Invite, browser: Browsers) -> None:
        assert browser().get(f"/staff/reset/{invited().token}").status_code == 404

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            (answers("ngắn quá"), "ít nhất 15 ký tự"),
            (answers("anhyeuemnhieulam"), "dễ đoán"),
            (answers("nguyen thi lan 2026"), "dễ đoán"),
            (answers(NEW, again=NEW + "!"), "chưa giống nhau"),
            (answers(name="  "), "họ và tên"),
            (answers(name="x" * 121), "120"),
        ],
    )
    def test_says_what_is_wrong_and_stays_open(
        self, invited: Invite, browser: Browsers, typed: dict[str, str], words: str
    ) -> None:
        link, one = invited(), browser()
        answer = one.send(link.path, typed)

        assert answer.status_code == 422
        assert words in answer.text
        assert one.send(link.path, answers()).status_code == 303

    def test_shows_a_name_with_markup_as_text(self, invited: Invite, browser: Browsers) -> None:
        page = browser().get(invited("<img src=x onerror=alert(1)>").path)

        assert "<img src=x" not in page.text
        assert "&lt;img src=x" in page.text

    def test_needs_the_token_of_the_form(self, invited: Invite, browser: Browsers) -> None:
        assert browser().http.post(invited().path, data=answers()).status_code == 422


class TestReset:
    """`/staff/reset` and `/staff/reset/<token>`."""

    def test_says_how_to_get_a_link_and_asks_for_nothing(self, browser: Browsers) -> None:
        page = browser().get("/staff/reset")

        assert page.status_code == 200
        assert "người quản trị" in page.text
        assert 'type="email"' not in page.text

    def test_changes_the_password_and_ends_all_sign_ins(
        self, person: People, reset: Callable[[int], NewLink], browser: Browsers
    ) -> None:
        account_id, old, one = person(), browser(), browser()
        old.sign_in()
        link = reset(account_id)
        one.send(link.path, answers())

        assert old.get("/staff").status_code == 303
        assert one.get("/staff").status_code == 200
        assert browser().sign_in().status_code == 422
        assert browser().sign_in(password=NEW).status_code == 303

    def test_works_once_and_for_24_hours(
        self, person: People, reset: Callable[[int], NewLink], browser: Browsers
    ) -> None:
        link = reset(person())
        with time_machine.travel(present() + timedelta(hours=25), tick=False):
            assert browser().get(link.path).status_code == 410
        browser().send(link.path, answers())

        assert browser().send(link.path, answers("mưa bóng mây ngoài hiên")).status_code == 410
        assert browser().sign_in(password="mưa bóng mây ngoài hiên").status_code == 422

    def test_is_void_once_a_newer_one_is_issued_or_the_account_closed(
        self, app: Flask, person: People, reset: Callable[[int], NewLink], browser: Browsers
    ) -> None:
        account_id = person()
        first, second = reset(account_id), reset(account_id)
        assert browser().get(first.path).status_code == 410
        assert browser().get(second.path).status_code == 200
        app.extensions["survey_app.database"].write(
            lambda session: deactivate(session, account_id=account_id, now=present())
        )

        assert browser().get(second.path).status_code == 410

    def test_is_stored_as_a_digest(self, app: Flask, person: People, reset: Callable[[int], NewLink]) -> None:
        link = reset(person())
        with app.extensions["survey_app.database"].read() as session:
            rows = session.execute(text("SELECT * FROM one_time_links")).all()

        assert len(rows) == 1
        assert link.token not in str(rows)


class TestUseLink:
    """`use_link`."""

    def test_lets_one_of_many_win(self, database: Database) -> None:
        link = database.write(
            lambda session: invite(session, email=EMAIL, name="Lan", grants=[], by=None, now=present())
        )
        won: list[str] = []

        def use(position: int) -> None:
            def operation(session: Session) -> None:
                use_link(
                    session,
                    token=link.token,
                    purpose=Purpose.INVITATION,
                    password_hash=f"hash {position}",
                    now=present(),
                )

            try:
                database.write(operation)
            except UnableToUseLink:
                return
            won.append(f"hash {position}")

        threads = [threading.Thread(target=use, args=(position,)) for position in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

        with database.read() as session:
            assert [session.scalars(select(Account.password_hash)).one()] == won


class TestInvite:
    """`invite` and `issue_reset_link`."""

    @pytest.fixture
    def province(self, database: Database, now: datetime) -> int:
        """The account of the administrator of Cao Bằng."""
        link = database.write(
            lambda session: invite(
                session, email="a@x.vn", name="A", grants=[(ADMIN, "04")], by=None, now=now
            )
        )
        return link.account_id

    def test_gives_the_roles(self, database: Database, province: int, now: datetime) -> None:
        link = database.write(
            lambda session: invite(
                session, email=EMAIL, name="Lan", grants=[(CLERK, "04/01273")], by=province, now=now
            )
        )

        assert link.expires_at == now + timedelta(hours=72)
        with database.read() as session:
            assert grants_of(session, link.account_id) == [(CLERK, "04/01273")]

    @pytest.mark.parametrize("path", ["", "01", "0", "04'", "04/"])
    def test_gives_none_beyond_the_administrators_unit(
        self, database: Database, province: int, now: datetime, path: str
    ) -> None:
        with pytest.raises(UnableToGrant):
            database.write(
                lambda session: invite(
                    session, email=EMAIL, name="Lan", grants=[(CLERK, path)], by=province, now=now
                )
            )
        with database.read() as session:
            assert session.scalars(select(Account).where(Account.email == EMAIL)).first() is None

    @pytest.mark.parametrize(
        ("email", "name"), [("A@X.vn", "B"), ("no address", "B"), (EMAIL, " "), (EMAIL, "x" * 121)]
    )
    def test_refuses_a_taken_or_malformed_address_and_no_name(
        self, database: Database, province: int, now: datetime, email: str, name: str
    ) -> None:
        with pytest.raises(UnableToAddAccount):
            database.write(
                lambda session: invite(session, email=email, name=name, grants=[], by=province, now=now)
            )

    def test_sends_who_never_answered_another_invitation(
        self, database: Database, province: int, now: datetime
    ) -> None:
        link = database.write(
            lambda session: issue_reset_link(session, account_id=province, by=None, now=now)
        )

        assert link.purpose is Purpose.INVITATION

    def test_lets_no_unit_take_over_an_account_with_more(
        self, database: Database, province: int, now: datetime
    ) -> None:
        boss = database.write(
            lambda session: invite(
                session, email=EMAIL, name="B", grants=[(ADMIN, ""), (CLERK, "04")], by=None, now=now
            )
        )

        with pytest.raises(UnableToChangeAccount):
            database.write(
                lambda session: issue_reset_link(session, account_id=boss.account_id, by=province, now=now)
            )


def test_the_password_of_the_tests_is_a_good_one(person: People, browser: Browsers) -> None:
    person()

    assert browser().sign_in(password=PASSWORD).status_code == 303


class TestOutgrownLinks:
    """A link that its maker kept back, when the account is given more than the maker administers."""

    @pytest.fixture
    def kept(self, app: Flask, person: People) -> NewLink:
        """An invitation that the administrator of province 04 made."""
        maker = person((ADMIN, "04"), email="quan.tri@caobang.gov.vn")
        database: Database = app.extensions["survey_app.database"]
        return database.write(
            lambda session: invite(
                session, email=EMAIL, name="Lan", grants=[(CLERK, "04")], by=maker, now=present()
            )
        )

    @pytest.mark.parametrize(("path", "status"), [("", 410), ("01", 410), ("04", 200), ("04/01273", 200)])
    def test_opens_no_door_that_its_maker_may_not_open(
        self, app: Flask, browser: Browsers, kept: NewLink, path: str, status: int
    ) -> None:
        app.extensions["survey_app.database"].write(
            lambda session: grant_role(
                session, account_id=kept.account_id, role=ADMIN, unit_path=path, by=None, now=present()
            )
        )

        assert browser().get(kept.path).status_code == status

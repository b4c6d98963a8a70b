"""The people of the sample province can sign in, each with one role to try."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from survey_app.demo.people import PEOPLE, give_password
from survey_app.foundation.database import Database
from survey_app.staff.guards import is_password
from survey_app.staff.models import Account
from survey_app.staff.queries import account_by_email, grants_of
from survey_app.staff.rules.permissions import Role


def _hashes(database: Database) -> list[str | None]:
    with database.read() as session:
        return list(session.scalars(select(Account.password_hash)))


class TestGivePassword:
    """`give_password`."""

    def test_lets_everybody_sign_in_with_it(self, database: Database, now: datetime) -> None:
        password = give_password(database, now)

        assert len(_hashes(database)) == len(PEOPLE)
        assert all(is_password(stored, password) for stored in _hashes(database))

    def test_gives_each_the_roles_of_the_plan(self, database: Database, now: datetime) -> None:
        give_password(database, now)

        with database.read() as session:
            for person in PEOPLE:
                account = account_by_email(session, person.email)
                assert account is not None
                assert set(grants_of(session, account.id)) == set(person.grants)

    def test_replaces_the_password_and_adds_nobody_twice(self, database: Database, now: datetime) -> None:
        first, second = give_password(database, now), give_password(database, now)

        assert not is_password(_hashes(database)[0], first)
        assert is_password(_hashes(database)[0], second)
        assert len(_hashes(database)) == len(PEOPLE)


def test_two_people_stand_behind_every_figure() -> None:
    publishers = {person.email for person in PEOPLE for role, _ in person.grants if role is Role.APPROVER}
    analysts = {person.email for person in PEOPLE for role, _ in person.grants if role is Role.ANALYST}

    assert publishers
    assert analysts
    assert not publishers & analysts

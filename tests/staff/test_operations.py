"""Roles given and taken, people leaving and coming back, and what administrators see of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from survey_app.foundation.database import Database
from survey_app.staff.operations import (
    UnableToChangeAccount,
    UnableToGrant,
    UnableToRevoke,
    add_account,
    create_administrator,
    deactivate,
    end_sign_ins,
    grant_role,
    grant_roles,
    invite,
    reactivate,
    rename,
    revoke_grant,
    start_sign_in,
)
from survey_app.staff.queries import (
    account_by_email,
    account_detail,
    accounts_page,
    grant_lines,
    grants_of,
    names_of,
    signed_in,
)
from survey_app.staff.rules.accounts import folded
from survey_app.staff.rules.permissions import Role

ADMIN, CLERK, LEADER = Role.ADMINISTRATOR, Role.INTAKE_CLERK, Role.LEADER
Add = Callable[..., int]


@pytest.fixture
def add(database: Database, now: datetime) -> Add:
    """A function that adds a person with a password and roles, giving the id of the account."""

    def add(name: str, *grants: tuple[Role, str]) -> int:
        def create(session: Any) -> int:
            email = f"{folded(name).replace(' ', '.')}@x.gov.vn"
            account = add_account(session, email=email, name=name, now=now)
            account.password_hash = "hash"
            grant_roles(session, account_id=account.id, grants=grants, now=now)
            return account.id

        return database.write(create)

    return add


def grant_ids(database: Database, account_id: int) -> list[int]:
    with database.read() as session:
        return [line.grant_id for line in grant_lines(session, account_id)]


class TestGrantRole:
    """`grant_role` and `revoke_grant`."""

    def test_gives_a_role_once(self, database: Database, add: Add, now: datetime) -> None:
        boss, lan = add("Boss", (ADMIN, "04")), add("Lan")
        given = [
            database.write(
                lambda session: grant_role(
                    session, account_id=lan, role=CLERK, unit_path="04/01273", by=boss, now=now
                )
            )
            for _ in range(2)
        ]

        assert given[0] == given[1]
        with database.read() as session:
            assert grants_of(session, lan) == [(CLERK, "04/01273")]
            assert grant_lines(session, lan)[0].granted_by == "Boss"

    def test_gives_none_to_a_closed_account(self, database: Database, add: Add, now: datetime) -> None:
        boss, lan = add("Boss", (ADMIN, "")), add("Lan")
        database.write(lambda session: deactivate(session, account_id=lan, by=boss, now=now))

        with pytest.raises(UnableToGrant):
            database.write(
                lambda session: grant_role(
                    session, account_id=lan, role=CLERK, unit_path="04", by=boss, now=now
                )
            )

    def test_is_taken_away_at_once(self, database: Database, add: Add, now: datetime) -> None:
        lan = add("Lan", (LEADER, "04"))
        token = database.write(
            lambda session: start_sign_in(session, account_id=lan, device="", method="password", now=now)
        )
        database.write(lambda session: revoke_grant(session, grant_id=grant_ids(database, lan)[0], now=now))

        with database.read() as session:
            staff = signed_in(session, token=token, now=now)
        assert staff is not None
        assert staff.grants == ()

    def test_is_not_taken_twice_nor_from_outside(self, database: Database, add: Add, now: datetime) -> None:
        lan, other = add("Lan", (LEADER, "04")), add("Other", (ADMIN, "01"))
        grant_id = grant_ids(database, lan)[0]

        with pytest.raises(UnableToRevoke):
            database.write(lambda session: revoke_grant(session, grant_id=grant_id, by=other, now=now))
        database.write(lambda session: revoke_grant(session, grant_id=grant_id, now=now))
        with pytest.raises(UnableToRevoke):
            database.write(lambda session: revoke_grant(session, grant_id=grant_id, now=now))


class TestLastAdministrator:
    """Somebody must keep the key of the house."""

    def test_is_neither_revoked_nor_closed(self, database: Database, add: Add, now: datetime) -> None:
        boss = add("Boss", (ADMIN, ""))
        add("Province", (ADMIN, "04"))

        with pytest.raises(UnableToRevoke):
            database.write(
                lambda session: revoke_grant(session, grant_id=grant_ids(database, boss)[0], now=now)
            )
        with pytest.raises(UnableToChangeAccount):
            database.write(lambda session: deactivate(session, account_id=boss, now=now))

    def test_is_not_replaced_by_an_unanswered_invitation(
        self, database: Database, add: Add, now: datetime
    ) -> None:
        boss = add("Boss", (ADMIN, ""))
        database.write(
            lambda session: invite(
                session, email="new@x.vn", name="New", grants=[(ADMIN, "")], by=boss, now=now
            )
        )

        with pytest.raises(UnableToChangeAccount):
            database.write(lambda session: deactivate(session, account_id=boss, now=now))

    def test_may_go_once_there_is_another(self, database: Database, add: Add, now: datetime) -> None:
        boss, other = add("Boss", (ADMIN, "")), add("Other", (ADMIN, ""))
        database.write(lambda session: deactivate(session, account_id=boss, now=now))

        with pytest.raises(UnableToChangeAccount):
            database.write(lambda session: deactivate(session, account_id=other, now=now))

    def test_remains_when_two_close_each_other_at_once(
        self, database: Database, add: Add, now: datetime
    ) -> None:
        both, refused = (add("Boss", (ADMIN, "")), add("Other", (ADMIN, ""))), []
        barrier = threading.Barrier(2)

        def close(account_id: int) -> None:
            barrier.wait(10)
            try:
                database.write(lambda session: deactivate(session, account_id=account_id, now=now))
            except UnableToChangeAccount:
                refused.append(account_id)

        threads = [threading.Thread(target=close, args=(one,)) for one in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

        assert len(refused) == 1


class TestDeactivate:
    """`deactivate` and `reactivate`."""

    def test_ends_every_sign_in_and_keeps_the_roles(
        self, database: Database, add: Add, now: datetime
    ) -> None:
        boss, lan = add("Boss", (ADMIN, "")), add("Lan", (CLERK, "04"))
        token = database.write(
            lambda session: start_sign_in(session, account_id=lan, device="", method="password", now=now)
        )
        database.write(lambda session: deactivate(session, account_id=lan, by=boss, now=now))
        database.write(lambda session: reactivate(session, account_id=lan, by=boss, now=now))

        with database.read() as session:
            assert signed_in(session, token=token, now=now) is None
            assert grants_of(session, lan) == [(CLERK, "04")]

    @pytest.mark.parametrize("grants", [[(CLERK, "01")], [(CLERK, "04"), (CLERK, "")], []])
    def test_is_refused_beyond_the_administrators_unit(
        self, database: Database, add: Add, now: datetime, grants: list[tuple[Role, str]]
    ) -> None:
        province, lan = add("Province", (ADMIN, "04")), add("Lan", *grants)

        for operation in (deactivate, reactivate):
            with pytest.raises(UnableToChangeAccount):
                database.write(
                    lambda session, do=operation: do(session, account_id=lan, by=province, now=now)
                )
        with pytest.raises(UnableToChangeAccount):
            database.write(lambda session: rename(session, account_id=lan, name="Khác", by=province))


def test_ending_sign_ins_counts_them_and_spares_one(database: Database, add: Add, now: datetime) -> None:
    lan = add("Lan")
    for _ in range(3):
        database.write(
            lambda session: start_sign_in(session, account_id=lan, device="", method="oidc", now=now)
        )
    with database.read() as session:
        detail = account_detail(session, lan, now=now)
    assert detail is not None
    kept = detail.sign_ins[0].sign_in_id

    ended = database.write(lambda session: end_sign_ins(session, account_id=lan, except_id=kept, now=now))

    assert ended == 2
    with database.read() as session:
        after = account_detail(session, lan, now=now)
    assert after is not None
    assert [one.sign_in_id for one in after.sign_ins] == [kept]


class TestAccountsPage:
    """`accounts_page`."""

    @pytest.fixture
    def people(self, add: Add) -> None:
        """People of two provinces and of none."""
        add("Nguyễn Thị Đào", (CLERK, "04/01273"), (LEADER, "01"))
        add("Trần Văn Bình", (LEADER, "01"))
        add("Lê Huệ", (ADMIN, ""))
        add("Phạm Không")

    @pytest.mark.parametrize(
        ("scopes", "names"),
        [
            ([""], ["Lê Huệ", "Nguyễn Thị Đào", "Phạm Không", "Trần Văn Bình"]),
            (["04"], ["Nguyễn Thị Đào"]),
            (["01"], ["Nguyễn Thị Đào", "Trần Văn Bình"]),
            (["0"], []),
            ([], []),
        ],
    )
    def test_lists_who_has_a_role_inside(
        self, database: Database, people: None, scopes: list[str], names: list[str]
    ) -> None:
        with database.read() as session:
            page = accounts_page(session, scopes=scopes)

        assert [line.name for line in page.items] == names

    @pytest.mark.parametrize("search", ["dao", "ĐÀO", "nguyen đào", "thị nguyễn"])
    def test_finds_names_with_or_without_diacritics(
        self, database: Database, people: None, search: str
    ) -> None:
        with database.read() as session:
            page = accounts_page(session, scopes=[""], search=search)

        assert [line.name for line in page.items] == ["Nguyễn Thị Đào"]

    @pytest.mark.parametrize("search", ["%", "_", "' OR 1=1 --", "\0"])
    def test_takes_signs_as_signs(self, database: Database, people: None, search: str) -> None:
        with database.read() as session:
            page = accounts_page(session, scopes=[""], search=search)

        assert len(page.items) == (4 if search == "\0" else 0)

    def test_goes_page_by_page(self, database: Database, people: None) -> None:
        with database.read() as session:
            pages = [accounts_page(session, scopes=[""], number=number, size=3) for number in (1, 2)]

        assert [len(page.items) for page in pages] == [3, 1]
        assert [page.more for page in pages] == [True, False]


def test_a_detail_tells_everything_of_one_person(database: Database, now: datetime) -> None:
    link = database.write(
        lambda session: invite(
            session, email="lan@x.vn", name="Lan", grants=[(CLERK, "04")], by=None, now=now
        )
    )
    with database.read() as session:
        detail = account_detail(session, link.account_id, now=now)
        nobody = account_detail(session, 99, now=now)

    assert nobody is None
    assert detail is not None
    assert (detail.has_password, detail.link_until) == (False, now + timedelta(hours=72))
    assert [(grant.role, grant.unit_path) for grant in detail.grants] == [(CLERK, "04")]


def test_the_first_administrator_is_ready_to_sign_in(database: Database, now: datetime) -> None:
    database.write(
        lambda session: create_administrator(
            session, email="Boss@x.vn", name="Boss", password_hash="hash", now=now
        )
    )
    with database.read() as session:
        account = account_by_email(session, "BOSS@X.VN")
        assert account is not None
        assert grants_of(session, account.id) == [(ADMIN, "")]
        assert names_of(session, [account.id, 99]) == {account.id: "Boss"}

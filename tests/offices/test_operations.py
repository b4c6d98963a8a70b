"""Loading units, opening and closing offices and counters, issuing and withdrawing codes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey_app.foundation.database import Database
from survey_app.offices import operations
from survey_app.offices.models import PublicCode, ServicePoint, Unit, UnitName
from survey_app.offices.queries import (
    entry_point,
    find_office,
    find_unit,
    service_points,
    shipped_units,
    unit_name_on,
)
from survey_app.offices.rules import (
    CodeStatus,
    DatedName,
    ServicePointKind,
    UnitKind,
    UnitRow,
    normalise_code,
)

CAO_BANG = shipped_units("04")


@pytest.fixture
def loaded(database: Database, now: datetime) -> Database:
    """Cao Bằng with its 56 communes."""
    database.write(lambda session: operations.load_units(session, rows=CAO_BANG, now=now))
    return database


@pytest.fixture
def office(loaded: Database) -> Database:
    """Cao Bằng with one one-stop office."""
    loaded.write(
        lambda session: operations.add_office(
            session, unit_code="04", code="cao-bang", name="Trung tâm Cao Bằng"
        )
    )
    return loaded


class Scripted:
    """Draws the characters it was given, one after the other."""

    def __init__(self, characters: str) -> None:
        self.characters = iter(characters)

    def choice(self, seq: str, /) -> str:
        return next(self.characters)


def add_point(
    database: Database, now: datetime, name: str = "Quầy 1", seed: int = 1
) -> operations.NewServicePoint:
    return database.write(
        lambda session: operations.add_service_point(
            session, office_code="cao-bang", name=name, now=now, rng=random.Random(seed)
        )
    )


class TestLoadUnits:
    def test_stores_all_units_in_seconds_and_nothing_the_second_time(
        self, database: Database, now: datetime
    ) -> None:
        rows = shipped_units()
        started = time.process_time()
        first = database.write(lambda session: operations.load_units(session, rows=rows, now=now))
        assert time.process_time() - started < 3
        assert first == operations.LoadReport(added=3355, changed=0, unchanged=0)
        written: list[str] = []
        event.listen(database.engine, "before_cursor_execute", lambda *call: written.append(call[2]))
        second = database.write(lambda session: operations.load_units(session, rows=rows, now=now))
        assert second == operations.LoadReport(added=0, changed=0, unchanged=3355)
        assert [statement for statement in written if not statement.startswith(("SELECT", "BEGIN"))] == []

    def test_puts_communes_below_their_province(self, loaded: Database) -> None:
        with loaded.read() as session:
            province, commune = find_unit(session, "04"), find_unit(session, "01273")
            assert province is not None
            assert commune is not None
            assert (province.path, commune.path, commune.parent_id) == ("04", "04/01273", province.id)

    @pytest.mark.parametrize(
        ("day", "name", "kind"),
        [
            (date(2025, 7, 1), "Xã Lộc Ninh", "Xã"),
            (date(2026, 4, 29), "Xã Lộc Ninh", "Xã"),
            (date(2026, 4, 30), "Phường Lộc Ninh", "Phường"),
        ],
    )
    def test_keeps_the_names_of_each_day(
        self, database: Database, now: datetime, day: date, name: str, kind: str
    ) -> None:
        """Source: 237/NQ-UBTVQH16, in force 30/04/2026."""
        database.write(lambda session: operations.load_units(session, rows=shipped_units("75"), now=now))
        with database.read() as session:
            then = unit_name_on(session, "25270", day)
            assert then is not None
            assert (then.name, then.type) == (name, kind)

    def test_knows_no_name_before_the_unit_existed(self, loaded: Database) -> None:
        with loaded.read() as session:
            assert unit_name_on(session, "04", date(2025, 6, 30)) is None

    def test_shows_the_present_name_and_follows_a_change_when_loaded_again(
        self, database: Database, now: datetime
    ) -> None:
        before = now.replace(year=2025)
        rows = shipped_units("75")
        database.write(lambda session: operations.load_units(session, rows=rows, now=before))
        with database.read() as session:
            assert session.scalar(select(Unit.name).where(Unit.code == "75")) == "Tỉnh Đồng Nai"
        report = database.write(lambda session: operations.load_units(session, rows=rows, now=now))
        assert report == operations.LoadReport(added=0, changed=11, unchanged=85)
        with database.read() as session:
            assert session.scalar(select(Unit.name).where(Unit.code == "75")) == "Thành phố Đồng Nai"

    def test_replaces_dated_names_that_a_better_list_corrects(self, loaded: Database, now: datetime) -> None:
        old = CAO_BANG[0]
        corrected = replace(old, names=(replace(old.names[0], legal_basis="Công báo"),))
        report = loaded.write(lambda session: operations.load_units(session, rows=[corrected], now=now))
        assert report == operations.LoadReport(added=0, changed=1, unchanged=0)
        with loaded.read() as session:
            bases = session.scalars(select(UnitName.legal_basis).join(Unit).where(Unit.code == "04")).all()
            assert bases == ["Công báo"]

    def test_takes_departments_below_a_loaded_unit(self, loaded: Database, now: datetime) -> None:
        name = DatedName("Sở Nội vụ", "Sở", date(2025, 7, 1), None, "")
        row = UnitRow("04-SNV", UnitKind.DEPARTMENT, "04", date(2025, 7, 1), (name,))
        loaded.write(lambda session: operations.load_units(session, rows=[row], now=now))
        with loaded.read() as session:
            unit = find_unit(session, "04-SNV")
            assert unit is not None
            assert (unit.kind, unit.path) == (UnitKind.DEPARTMENT, "04/04-SNV")

    def test_refuses_an_unknown_parent(self, database: Database, now: datetime) -> None:
        with pytest.raises(operations.UnableToLoadUnits, match="cấp trên 04"):
            database.write(lambda session: operations.load_units(session, rows=CAO_BANG[1:], now=now))

    def test_refuses_a_code_that_comes_twice(self, database: Database, now: datetime) -> None:
        with pytest.raises(operations.UnableToLoadUnits, match="lặp"):
            database.write(
                lambda session: operations.load_units(session, rows=[*CAO_BANG, CAO_BANG[-1]], now=now)
            )

    def test_refuses_to_move_a_unit_to_another_parent(self, loaded: Database, now: datetime) -> None:
        moved = replace(CAO_BANG[1], parent_code=None)
        with pytest.raises(operations.UnableToLoadUnits, match="cấp trên khác"):
            loaded.write(lambda session: operations.load_units(session, rows=[moved], now=now))


class TestAddOffice:
    def test_stores_it_under_its_unit(self, office: Database) -> None:
        with office.read() as session:
            added, unit = find_office(session, "cao-bang"), find_unit(session, "04")
            assert added is not None
            assert unit is not None
            assert (added.unit_id, added.name, added.active) == (unit.id, "Trung tâm Cao Bằng", True)

    @pytest.mark.parametrize(
        ("unit_code", "code", "name", "words"),
        [
            ("99", "moi", "Mới", "đơn vị mã 99"),
            ("04", "Cao Bang", "Mới", "không hợp lệ"),
            ("04", "cao-bang", "Mới", "Đã có"),
            ("04", "moi", " ", "Tên phải có"),
            ("04", "moi", "a\x00b", "Tên phải có"),
            ("04", "moi", "x" * 201, "Tên phải có"),
        ],
    )
    def test_refuses_what_cannot_be_an_office(
        self, office: Database, unit_code: str, code: str, name: str, words: str
    ) -> None:
        with pytest.raises(operations.UnableToAddOffice, match=words):
            office.write(
                lambda session: operations.add_office(session, unit_code=unit_code, code=code, name=name)
            )


class TestAddServicePoint:
    def test_issues_a_code_that_leads_to_it(self, office: Database, now: datetime) -> None:
        added = add_point(office, now)
        assert normalise_code(added.code) == added.code
        with office.read() as session:
            entry = entry_point(session, added.code)
            assert entry is not None
            assert (entry.service_point_id, entry.status) == (added.service_point_id, CodeStatus.ACTIVE)

    def test_stores_kind_number_and_english_name(self, office: Database, now: datetime) -> None:
        added = office.write(
            lambda session: operations.add_service_point(
                session,
                office_code="cao-bang",
                name="Máy tự phục vụ",
                name_en="Kiosk",
                number="A12",
                kind=ServicePointKind.KIOSK,
                now=now,
            )
        )
        with office.read() as session:
            point = session.get(ServicePoint, added.service_point_id)
            assert point is not None
            assert (point.kind, point.number, point.name_en) == (ServicePointKind.KIOSK, "A12", "Kiosk")

    def test_refuses_an_unknown_office(self, loaded: Database, now: datetime) -> None:
        with pytest.raises(operations.UnableToAddServicePoint, match="cao-bang"):
            add_point(loaded, now)

    def test_refuses_a_number_too_long_for_a_sign(self, office: Database, now: datetime) -> None:
        with pytest.raises(operations.UnableToAddServicePoint, match="1 đến 6"):
            office.write(
                lambda session: operations.add_service_point(
                    session, office_code="cao-bang", name="Quầy", number="1234567", now=now
                )
            )


class TestIssueCode:
    def test_gives_the_link_of_a_campaign_no_counter(self, database: Database, now: datetime) -> None:
        code = database.write(lambda session: operations.issue_code(session, now=now))
        with database.read() as session:
            entry = entry_point(session, code)
            assert entry is not None
            assert (entry.status, entry.service_point_id, entry.unit_name) == (CodeStatus.ACTIVE, None, None)

    def test_draws_again_when_a_code_is_taken(self, database: Database, now: datetime) -> None:
        for expected in ("AAAAAAA2", "AAAAAAA3"):
            source = Scripted("AAAAAAA2AAAAAAA3")
            code = database.write(
                lambda session, rng=source: operations.issue_code(session, now=now, rng=rng)
            )
            assert code == expected

    def test_refuses_a_second_code_for_a_counter(self, office: Database, now: datetime) -> None:
        added = add_point(office, now)
        with pytest.raises(operations.UnableToIssueCode, match=added.code):
            office.write(
                lambda session: operations.issue_code(
                    session, now=now, service_point_id=added.service_point_id
                )
            )

    def test_refuses_an_unknown_counter(self, database: Database, now: datetime) -> None:
        with pytest.raises(operations.UnableToIssueCode, match="7"):
            database.write(lambda session: operations.issue_code(session, now=now, service_point_id=7))


class TestRotateCode:
    def test_hands_the_counter_to_a_new_code(self, office: Database, now: datetime) -> None:
        added = add_point(office, now)
        later = now + timedelta(days=1)
        new = office.write(lambda session: operations.rotate_code(session, code=added.code, now=later))
        with office.read() as session:
            old_entry, new_entry = entry_point(session, added.code), entry_point(session, new)
            assert old_entry is not None
            assert new_entry is not None
            assert (old_entry.status, new_entry.status) == (CodeStatus.ROTATED, CodeStatus.ACTIVE)
            assert new_entry.service_point_id == added.service_point_id
            old = session.get_one(PublicCode, added.code)
            assert (old.replaced_by, old.revoked_at, old.issued_at) == (new, later, now)

    def test_refuses_a_code_twice(self, office: Database, now: datetime) -> None:
        added = add_point(office, now)
        office.write(lambda session: operations.rotate_code(session, code=added.code, now=now))
        with pytest.raises(operations.UnableToRotateCode, match="ngừng dùng"):
            office.write(lambda session: operations.rotate_code(session, code=added.code, now=now))

    def test_refuses_a_code_never_issued(self, database: Database, now: datetime) -> None:
        with pytest.raises(operations.UnableToRotateCode, match="7K3F9M2X chưa từng"):
            database.write(lambda session: operations.rotate_code(session, code="7K3F9M2X", now=now))

    def test_refuses_the_link_of_a_campaign(self, database: Database, now: datetime):
        link = database.write(lambda session: operations.issue_code(session, now=now))
        with pytest.raises(operations.UnableToRotateCode):
            database.write(lambda session: operations.rotate_code(session, code=link, now=now))


class TestTwoAtOnce:
    """Of two who change the codes of one counter, the second sees what the first did."""

    @pytest.mark.parametrize("first", ["rotate", "revoke"])
    def test_rotates_a_code_once(self, office: Database, now: datetime, first: str) -> None:
        added = add_point(office, now)
        acts = {"rotate": operations.rotate_code, "revoke": operations.revoke_code}
        refused = _while_uncommitted(
            office,
            lambda session: acts[first](session, code=added.code, now=now),
            lambda session: operations.rotate_code(session, code=added.code, now=now),
        )

        assert isinstance(refused, operations.UnableToRotateCode)
        assert _active_codes(office, added) == (1 if first == "rotate" else 0)

    def test_issues_one_code(self, office: Database, now: datetime) -> None:
        added = add_point(office, now)
        office.write(lambda session: operations.revoke_code(session, code=added.code, now=now))

        def issue(session: Session) -> str:
            return operations.issue_code(session, now=now, service_point_id=added.service_point_id)

        assert isinstance(_while_uncommitted(office, issue, issue), operations.UnableToIssueCode)
        assert _active_codes(office, added) == 1

    def test_leaves_no_code_to_a_counter_that_closes(self, office: Database, now: datetime) -> None:
        added = add_point(office, now)
        closed = _while_uncommitted(
            office,
            lambda session: operations.rotate_code(session, code=added.code, now=now),
            lambda session: operations.deactivate_office(session, code="cao-bang", now=now),
        )

        assert closed is None
        assert _active_codes(office, added) == 0

    def test_meets_the_database_itself_in_the_end(self, office: Database, now: datetime) -> None:
        added = add_point(office, now)
        second = PublicCode(code="7K3F9M2X", service_point_id=added.service_point_id, issued_at=now)
        with pytest.raises(IntegrityError):
            office.write(lambda session: session.add(second))


def _while_uncommitted(
    database: Database, first: Callable[[Session], object], second: Callable[[Session], object]
) -> BaseException | None:
    """Run `second` while `first` is done but not committed; return what `second` raised."""
    done = Event()

    def lingering(session: Session) -> None:
        first(session)
        done.set()
        time.sleep(0.3)

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(database.write, lingering)
        assert done.wait(30)
        other = pool.submit(database.write, second)
        one.result(30)
        return other.exception(30)


def _active_codes(database: Database, point: operations.NewServicePoint) -> int | None:
    active = select(func.count()).where(
        PublicCode.service_point_id == point.service_point_id, PublicCode.revoked_at.is_(None)
    )
    with database.read() as session:
        return session.scalar(active)


class TestRevokeCode:
    def test_leaves_the_counter_without_a_code(self, office: Database, now: datetime) -> None:
        added = add_point(office, now)
        office.write(lambda session: operations.revoke_code(session, code=added.code, now=now))
        with office.read() as session:
            entry = entry_point(session, added.code)
            assert entry is not None
            assert entry.status is CodeStatus.REVOKED
            assert [line.code for line in service_points(session)] == [None]

    def test_refuses_a_withdrawn_code(self, office: Database, now: datetime) -> None:
        added = add_point(office, now)
        office.write(lambda session: operations.revoke_code(session, code=added.code, now=now))
        with pytest.raises(operations.UnableToRevokeCode):
            office.write(lambda session: operations.revoke_code(session, code=added.code, now=now))

    def test_allows_a_new_code_afterwards(self, office: Database, now: datetime) -> None:
        added = add_point(office, now)
        office.write(lambda session: operations.revoke_code(session, code=added.code, now=now))
        new = office.write(
            lambda session: operations.issue_code(session, now=now, service_point_id=added.service_point_id)
        )
        assert new != added.code


class TestDeactivate:
    def test_closes_a_counter_and_its_code_only(self, office: Database, now: datetime) -> None:
        first, second = add_point(office, now, seed=1), add_point(office, now, "Quầy 2", seed=2)
        office.write(
            lambda session: operations.deactivate_service_point(
                session, service_point_id=first.service_point_id, now=now
            )
        )
        with office.read() as session:
            assert [line.code for line in service_points(session)] == [second.code]
            entry = entry_point(session, first.code)
            assert entry is not None
            assert entry.status is CodeStatus.REVOKED

    def test_closes_an_office_with_all_its_counters(self, office: Database, now: datetime) -> None:
        add_point(office, now, seed=1)
        add_point(office, now, "Quầy 2", seed=2)
        office.write(lambda session: operations.deactivate_office(session, code="cao-bang", now=now))
        with office.read() as session:
            assert service_points(session) == []
            active = select(func.count()).select_from(PublicCode).where(PublicCode.revoked_at.is_(None))
            assert session.scalar(active) == 0

    def test_keeps_an_earlier_withdrawal_as_it_was(self, office: Database, now: datetime) -> None:
        added = add_point(office, now)
        office.write(lambda session: operations.rotate_code(session, code=added.code, now=now))
        office.write(
            lambda session: operations.deactivate_office(session, code="cao-bang", now=now + timedelta(1))
        )
        with office.read() as session:
            old = session.get_one(PublicCode, added.code)
            assert (old.revoked_at, old.revoked_reason) == (now, CodeStatus.ROTATED)

    def test_refuses_what_does_not_exist(self, database: Database, now: datetime) -> None:
        with pytest.raises(operations.UnableToDeactivate, match="khong-co"):
            database.write(lambda session: operations.deactivate_office(session, code="khong-co", now=now))
        with pytest.raises(operations.UnableToDeactivate, match="12"):
            database.write(
                lambda session: operations.deactivate_service_point(session, service_point_id=12, now=now)
            )

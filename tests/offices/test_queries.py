"""Finding units, offices, counters, and what a public code leads to: on both databases."""

from __future__ import annotations

import random
from datetime import datetime

import pytest
from sqlalchemy import event, text

from survey_app.foundation.database import Database
from survey_app.offices import operations, queries
from survey_app.offices.rules import CodeStatus, UnitKind

# Đà Nẵng and Tây Ninh both have a Hòa Khánh; Bình Định's new province Gia Lai keeps code 52.
PROVINCES = ("04", "48", "80")


@pytest.fixture
def units(database: Database, now: datetime) -> Database:
    """Cao Bằng, Đà Nẵng and Tây Ninh with their communes."""
    rows = [row for code in PROVINCES for row in queries.shipped_units(code)]
    database.write(lambda session: operations.load_units(session, rows=rows, now=now))
    return database


@pytest.fixture
def places(units: Database, now: datetime) -> Database:
    """An office of Cao Bằng with two counters and one of a commune below it with one."""

    def fill(session: queries.Session) -> None:
        operations.add_office(
            session, unit_code="04", code="cao-bang", name="Trung tâm Cao Bằng", name_en="Cao Bang Centre"
        )
        operations.add_office(session, unit_code="01273", code="thuc-phan", name="Trung tâm phường")
        for number, (office, name) in enumerate(
            [("thuc-phan", "Hộ tịch"), ("cao-bang", "Quầy 1"), ("cao-bang", "Quầy 2")]
        ):
            operations.add_service_point(
                session, office_code=office, name=name, name_en="Desk", now=now, rng=random.Random(number)
            )

    units.write(fill)
    return units


class TestSearchUnits:
    @pytest.mark.parametrize(
        "text",
        ["phuong hoa khanh", "phường Hoà Khánh", "PHƯỜNG HÒA KHÁNH", "P. Hòa Khánh", "20200", " 20200 "],
    )
    def test_finds_the_ward_first(self, units: Database, text: str) -> None:
        with units.read() as session:
            assert queries.search_units(session, text)[0].code == "20200"

    @pytest.mark.parametrize("text", ["Hoà Khánh", "HÒA KHÁNH", "hoa khanh"])
    def test_finds_every_unit_of_the_name(self, units: Database, text: str) -> None:
        with units.read() as session:
            assert {unit.code for unit in queries.search_units(session, text)} >= {"20200", "27979"}

    def test_prefers_the_kind_that_was_typed(self, units: Database) -> None:
        with units.read() as session:
            assert queries.search_units(session, "xa hoa khanh")[0].code == "27979"

    def test_looks_only_below_a_unit_and_at_a_kind_when_asked(self, units: Database) -> None:
        with units.read() as session:
            assert [unit.code for unit in queries.search_units(session, "hoa khanh", below="48")] == ["20200"]
            assert [
                unit.code for unit in queries.search_units(session, "cao bằng", kind=UnitKind.PROVINCE)
            ] == ["04"]

    def test_gives_no_more_than_asked_for(self, units: Database) -> None:
        with units.read() as session:
            assert len(queries.search_units(session, "a", limit=7)) == 7

    @pytest.mark.parametrize("text", ["", "%", "_", "khong co xa nay", "\x00"])
    def test_finds_nothing_where_nothing_is_meant(self, units: Database, text: str) -> None:
        with units.read() as session:
            assert queries.search_units(session, text) == []


class TestUnitsBelow:
    def test_are_the_communes_of_a_province_without_itself(self, units: Database) -> None:
        with units.read() as session:
            below = queries.units_below(session, "04")
            assert len(below) == 56
            assert {unit.path[:3] for unit in below} == {"04/"}

    def test_of_a_commune_are_none(self, units: Database) -> None:
        with units.read() as session:
            assert queries.units_below(session, "04/01273") == []


class TestOfficesInside:
    def test_include_those_of_lower_units(self, places: Database) -> None:
        with places.read() as session:
            assert [office.code for office in queries.offices_inside(session, "04")] == [
                "cao-bang",
                "thuc-phan",
            ]
            assert [office.code for office in queries.offices_inside(session, "04/01273")] == ["thuc-phan"]
            assert queries.offices_inside(session, "48") == []

    def test_leave_closed_ones_out(self, places: Database, now: datetime) -> None:
        places.write(lambda session: operations.deactivate_office(session, code="cao-bang", now=now))
        with places.read() as session:
            assert [office.code for office in queries.offices_inside(session, "04")] == ["thuc-phan"]


class TestServicePoints:
    def test_come_by_office_in_the_order_they_were_added(self, places: Database) -> None:
        with places.read() as session:
            lines = queries.service_points(session)
            assert [line.name for line in lines] == ["Quầy 1", "Quầy 2", "Hộ tịch"]

    def test_can_be_chosen_by_unit_office_and_code(self, places: Database) -> None:
        with places.read() as session:
            (of_unit,) = queries.service_points(session, path="04/01273")
            (of_code,) = queries.service_points(session, code=of_unit.code)
            assert of_code == of_unit
            assert len(queries.service_points(session, office_code="cao-bang")) == 2

    def test_show_the_active_code_once_after_rotations(self, places: Database, now: datetime) -> None:
        with places.read() as session:
            (line,) = queries.service_points(session, office_code="thuc-phan")
        assert line.code is not None
        code = line.code
        for _ in range(2):
            code = places.write(lambda session, old=code: operations.rotate_code(session, code=old, now=now))
        with places.read() as session:
            assert [line.code for line in queries.service_points(session, office_code="thuc-phan")] == [code]

    def test_include_closed_ones_when_asked(self, places: Database, now: datetime) -> None:
        places.write(lambda session: operations.deactivate_office(session, code="cao-bang", now=now))
        with places.read() as session:
            assert len(queries.service_points(session)) == 1
            assert len(queries.service_points(session, active_only=False)) == 3


class TestEntryPoint:
    def test_names_counter_office_and_unit(self, places: Database) -> None:
        with places.read() as session:
            line = queries.service_points(session, office_code="cao-bang")[0]
            assert line.code is not None
            unit = queries.find_unit(session, "04")
            assert unit is not None
            assert queries.entry_point(session, line.code) == queries.EntryPoint(
                code=line.code,
                status=CodeStatus.ACTIVE,
                service_point_id=line.service_point_id,
                service_point_name="Quầy 1",
                service_point_name_en="Desk",
                office_id=line.office_id,
                office_name="Trung tâm Cao Bằng",
                office_name_en="Cao Bang Centre",
                unit_id=unit.id,
                unit_name="Tỉnh Cao Bằng",
                unit_path="04",
            )

    def test_takes_one_statement(self, places: Database) -> None:
        with places.read() as session:
            code = queries.service_points(session)[0].code
        assert code is not None
        statements: list[str] = []
        with places.read() as session:
            event.listen(places.reader, "before_cursor_execute", lambda *call: statements.append(call[2]))
            assert queries.entry_point(session, code) is not None
        assert len([statement for statement in statements if statement != "BEGIN"]) == 1

    def test_reads_no_whole_table(self, places: Database) -> None:
        statements: list[tuple[str, object]] = []
        with places.read() as session:
            event.listen(places.reader, "before_cursor_execute", lambda *call: statements.append(call[2:4]))
            queries.entry_point(session, "7K3F9M2X")
            statement, parameters = statements[-1]
            if not places.is_sqlite:  # PostgreSQL prefers to scan tables as small as these
                session.execute(text("SET LOCAL enable_seqscan = off"))
            explain = "EXPLAIN QUERY PLAN" if places.is_sqlite else "EXPLAIN"
            plan = str(session.connection().exec_driver_sql(f"{explain} {statement}", parameters).all())
        assert "public_codes" in plan
        assert "SCAN" not in plan.upper().replace("INDEX SCAN", "")

    def test_of_a_code_never_issued_is_none(self, places: Database) -> None:
        with places.read() as session:
            assert queries.entry_point(session, "7K3F9M2X") is None

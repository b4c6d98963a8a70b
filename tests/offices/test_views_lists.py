"""Lists of units and offices, and the first steps of a new installation."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from survey_app.foundation.database import Database
from survey_app.offices import queries
from survey_app.staff.rules.permissions import Role
from tests.staff_client import StaffClient


class TestOfficeList:
    """/offices."""

    def test_asks_a_stranger_to_sign_in(self, client: FlaskClient) -> None:
        assert client.get("/offices").location == "/staff/sign-in?next=/offices"

    def test_leads_a_new_installation_in_one_click_to_the_first_office(
        self, staff_client: Callable[..., StaffClient]
    ) -> None:
        person = staff_client(Role.SURVEY_MANAGER)

        assert 'href="/offices/new"' in person.get("/offices").text
        assert person.get("/offices/new").location == "/offices/units/load"

    def test_shows_only_offices_of_the_persons_units(
        self, places: dict[str, str], manager: StaffClient
    ) -> None:
        page = manager.get("/offices").text

        assert "Bộ phận Một cửa phường Thục Phán" in page
        assert "Hòa Khánh" not in page

    def test_finds_offices_and_units_without_accents(
        self, places: dict[str, str], manager: StaffClient
    ) -> None:
        page = manager.get("/offices?q=THUC phan").text

        assert 'href="/offices/thuc-phan"' in page
        assert 'href="/offices/units/01273"' in page

    def test_finds_nothing_of_another_province(self, places: dict[str, str], manager: StaffClient) -> None:
        page = manager.get("/offices?q=hoa khanh").text

        assert "Không tìm thấy bộ phận nào" in page
        assert "20200" not in page

    def test_offers_no_change_to_who_may_only_look(
        self, places: dict[str, str], staff_client: Callable[..., StaffClient]
    ) -> None:
        page = staff_client((Role.AUDITOR, "04")).get("/offices").text

        assert "Thục Phán" in page
        assert "/offices/new" not in page


class TestUnitPage:
    """/offices/units/<code>."""

    def test_shows_the_offices_below(self, places: dict[str, str], manager: StaffClient) -> None:
        assert "Bộ phận Một cửa phường Thục Phán" in manager.get("/offices/units/04").text

    def test_of_another_province_is_not_there(self, places: dict[str, str], manager: StaffClient) -> None:
        assert manager.get("/offices/units/48").status_code == 404
        assert manager.get("/offices/units/20200").status_code == 404


class TestSuggestions:
    """/offices/units/suggestions.json."""

    def test_name_the_unit_with_its_province(self, units: Database, manager: StaffClient) -> None:
        assert manager.get("/offices/units/suggestions.json?q=thuc phan").json == [
            {"value": "Phường Thục Phán (01273)", "label": "Phường Thục Phán, Tỉnh Cao Bằng"}
        ]

    def test_leave_out_other_provinces(self, units: Database, manager: StaffClient) -> None:
        assert manager.get("/offices/units/suggestions.json?q=hoa khanh").json == []


class TestLoadingUnits:
    """/offices/units/load."""

    def test_loads_the_province_and_leads_to_the_first_office(
        self, app: object, store: Database, manager: StaffClient
    ) -> None:
        answer = manager.post("/offices/units/load", {"province": "04"})

        assert answer.location == "/offices/new"
        with store.read() as session:
            assert queries.find_unit(session, "01273") is not None

    def test_refuses_a_province_of_others(self, store: Database, manager: StaffClient) -> None:
        assert manager.post("/offices/units/load", {"province": "48"}).status_code == 422
        assert manager.post("/offices/units/load", {"province": "all"}).status_code == 422
        with store.read() as session:
            assert not queries.unit_exists(session)

    def test_is_not_there_for_a_commune(self, staff_client: Callable[..., StaffClient]) -> None:
        assert staff_client((Role.SURVEY_MANAGER, "04/01273")).get("/offices/units/load").status_code == 404


class TestDepartments:
    """Units that no official list names."""

    def _add(self, person: StaffClient, **more: str) -> object:
        data = {"name": "Sở Nội vụ", "since": "2025-07-01"} | more
        return person.post("/offices/units/04/departments/new", data)

    def test_are_added_with_a_code_made_from_the_name(self, units: Database, manager: StaffClient) -> None:
        assert self._add(manager).location == "/offices/units/04.SNV"  # type: ignore[attr-defined]
        assert "Sở Nội vụ" in manager.get("/offices/units/04").text

    def test_keep_their_former_name_with_its_days(self, units: Database, manager: StaffClient) -> None:
        self._add(manager)
        manager.post("/offices/units/04.SNV/edit", {"name": "Sở Nội vụ mới", "since": "2026-03-01"})
        page = manager.get("/offices/units/04.SNV").text

        assert "<h1>Sở Nội vụ mới</h1>" in page
        assert "<td>Sở Nội vụ</td><td>01/07/2025</td><td>01/03/2026</td>" in page

    def test_end_on_a_day_and_offer_nothing_after(self, units: Database, manager: StaffClient) -> None:
        self._add(manager)
        manager.post("/offices/units/04.SNV/close", {"until": "2026-06-01", "successor": "Sở Tài chính"})

        assert "01/06/2026" in manager.get("/offices/units/04.SNV").text
        assert manager.get("/offices/units/04.SNV/edit").status_code == 404

    def test_do_not_end_while_an_office_is_open(self, units: Database, manager: StaffClient) -> None:
        self._add(manager)
        manager.post("/offices/new", {"name": "Một cửa Sở", "unit": "04.SNV"})
        answer = manager.post("/offices/units/04.SNV/close", {"until": "2026-06-01"})

        assert answer.status_code == 422
        assert "Hãy đóng các nơi đó trước" in answer.text

    def test_give_back_what_was_typed_with_the_reason(self, units: Database, manager: StaffClient) -> None:
        answer = self._add(manager, code="Mã/sai")

        assert answer.status_code == 422  # type: ignore[attr-defined]
        assert 'value="Mã/sai"' in answer.text  # type: ignore[attr-defined]

    def test_are_not_made_of_official_units(self, units: Database, manager: StaffClient) -> None:
        assert manager.get("/offices/units/01273/edit").status_code == 404

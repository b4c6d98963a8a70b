"""The pages of the desk's rules: what counts, what may be entered, and by whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app.feedback.models import CalendarDay, DeadlineRule, DeskSetting, OfficeHours
from survey_app.feedback.rules.settings import DeskSettings, read_settings, write_settings
from survey_app.foundation.audit import AuditEntry
from survey_app.foundation.clock import now
from survey_app.foundation.database import Database
from survey_app.staff.rules.permissions import EVERYWHERE, Role
from tests.feedback.case_desk import OTHER_WARD, PROVINCE, WARD, CaseDesk
from tests.staff_client import StaffClient

PAGES = (
    "/desk/rules",
    "/desk/rules/limits",
    "/desk/rules/calendar",
    "/desk/rules/hours",
    "/desk/rules/settings",
)
LIMIT = {
    "unit": WARD,
    "kind": "petition",
    "duty": "answer",
    "amount": "7",
    "longest": "12",
    "time_unit": "working_day",
    "counted_from": "receipt",
    "legal_basis": "QĐ 12/2026/QĐ-UBND Đ7",
    "valid_from": "2026-01-01",
}


@pytest.fixture
def database(app: Flask) -> Database:
    """The application's database, with the units of a small province."""
    database: Database = app.extensions["survey_app.database"]
    CaseDesk(database, now()).prepare()
    return database


@pytest.fixture
def administrator(database: Database, staff_client: Callable[..., StaffClient]) -> StaffClient:
    """A person who runs the whole installation."""
    return staff_client((Role.ADMINISTRATOR, EVERYWHERE))


@pytest.fixture
def of_ward(database: Database, staff_client: Callable[..., StaffClient]) -> StaffClient:
    """A person who runs one ward."""
    return staff_client((Role.ADMINISTRATOR, WARD))


def settings_form(**changed: object) -> dict[str, object]:
    """Return the settings as the form sends them."""
    values = write_settings(DeskSettings()) | changed
    return {name: "y" if value is True else value for name, value in values.items() if value is not False}


class TestWhoMaySee:
    @pytest.mark.parametrize("page", PAGES)
    def test_an_administrator_sees_every_page(self, administrator: StaffClient, page: str) -> None:
        response = administrator.get(f"{page}?unit={WARD}")

        assert response.status_code == 200
        assert "Đơn vị 01273, Đơn vị 04" in response.text

    @pytest.mark.parametrize("page", PAGES)
    def test_an_officer_sees_none(
        self, database: Database, staff_client: Callable[..., StaffClient], page: str
    ) -> None:
        assert staff_client(Role.ROUTING_OFFICER).get(page).status_code == 403

    @pytest.mark.parametrize("path", [OTHER_WARD, PROVINCE, "", "04/99999"])
    def test_another_unit_is_not_there(self, of_ward: StaffClient, path: str) -> None:
        assert of_ward.get(f"/desk/rules?unit={path}").status_code == 404

    def test_the_own_unit_is_shown_first(self, of_ward: StaffClient) -> None:
        assert "Đơn vị 01273" in of_ward.get("/desk/rules").text

    def test_a_unit_is_found_by_name(self, administrator: StaffClient) -> None:
        assert f"unit={WARD.replace('/', '%2F')}" in administrator.get("/desk/rules?q=01273").text or (
            f"unit={WARD}" in administrator.get("/desk/rules?q=01273").text
        )


class TestTryOut:
    def test_shows_the_due_time_and_how_the_days_are_counted(self, administrator: StaffClient) -> None:
        """NĐ 20/2008/NĐ-CP Đ9.1.d: five working days, over 30/4 and 1/5."""
        page = administrator.get("/desk/rules?kind=petition&duty=forward&begun=2026-04-29T16:55").text

        assert "08/05/2026 17:00" in page
        assert "Ngày Chiến thắng" in page
        assert "NĐ 20/2008/NĐ-CP Đ9.1.d" in page

    def test_says_so_where_nothing_limits(self, administrator: StaffClient) -> None:
        page = administrator.get("/desk/rules?kind=praise&duty=decide&begun=2026-04-29T16:55").text

        assert "Không có thời hạn nào" in page

    @pytest.mark.parametrize("begun", ["", "gestern", "0001-01-01T00:00", "9999-12-31T23:59"])
    def test_bears_any_date(self, administrator: StaffClient, begun: str) -> None:
        response = administrator.get(f"/desk/rules?kind=petition&duty=answer&begun={begun}")

        assert response.status_code == 200


class TestLimits:
    def test_a_limit_is_entered_for_the_unit_with_its_line_in_the_log(
        self, of_ward: StaffClient, database: Database
    ) -> None:
        response = of_ward.post("/desk/rules/limits", LIMIT)

        with database.read() as session:
            rule = session.scalars(select(DeadlineRule)).one()
            entry = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
        assert response.status_code == 303
        assert (rule.unit_path, rule.amount, rule.longest) == (WARD, 7, 12)
        assert entry
        assert entry.subject == f"deadline_rule:{rule.id}"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"amount": "0"},
            {"legal_basis": " "},
            {"longest": "7"},
            {"valid_to": "2025-12-31"},
            {"kind": "other"},
        ],
    )
    def test_a_limit_that_contradicts_itself_is_refused_and_kept_on_the_page(
        self, of_ward: StaffClient, database: Database, wrong: dict[str, str]
    ) -> None:
        response = of_ward.post("/desk/rules/limits", LIMIT | wrong)

        assert response.status_code == 422
        assert "Có lỗi cần sửa" in response.text
        with database.read() as session:
            assert session.scalars(select(DeadlineRule)).first() is None

    def test_a_limit_is_ended_and_stays(self, of_ward: StaffClient, database: Database) -> None:
        of_ward.post("/desk/rules/limits", LIMIT)
        with database.read() as session:
            rule_id = session.scalars(select(DeadlineRule.id)).one()

        address = f"/desk/rules/limits/{rule_id}/end"
        asked = of_ward.get(f"{address}?unit={WARD}")
        ended = of_ward.post(address, {"unit": WARD, "last_day": "2026-12-31"})

        assert (asked.status_code, ended.status_code) == (200, 303)
        with database.read() as session:
            assert session.scalars(select(DeadlineRule.valid_to)).one() == date(2026, 12, 31)

    def test_a_limit_of_the_province_is_not_ended_by_a_ward(
        self, administrator: StaffClient, of_ward: StaffClient, database: Database
    ) -> None:
        administrator.post("/desk/rules/limits", LIMIT | {"unit": PROVINCE})
        with database.read() as session:
            rule_id = session.scalars(select(DeadlineRule.id)).one()

        response = of_ward.post(f"/desk/rules/limits/{rule_id}/end", {"unit": WARD, "last_day": "2026-12-31"})

        assert response.status_code == 404
        assert "QĐ 12/2026/QĐ-UBND Đ7" in of_ward.get("/desk/rules/limits").text


class TestCalendar:
    def test_shows_the_year_with_its_holidays(self, administrator: StaffClient) -> None:
        page = administrator.get("/desk/rules/calendar?year=2026").text

        assert "Mùng hai Tết Nguyên Đán" in page
        assert "Chưa nhập quyết định nào cho năm 2026" in page

    @pytest.mark.parametrize("year", ["0", "99999", "x", "2100"])
    def test_bears_any_year(self, administrator: StaffClient, year: str) -> None:
        assert administrator.get(f"/desk/rules/calendar?year={year}").status_code == 200

    def test_a_swapped_pair_is_entered_and_taken_out_again(
        self, of_ward: StaffClient, database: Database
    ) -> None:
        pair = {"unit": WARD, "off": "2026-01-02", "worked": "2026-01-10", "legal_basis": "QĐ 1"}

        assert of_ward.post("/desk/rules/calendar/swaps", pair).status_code == 303
        with database.read() as session:
            days = session.scalars(select(CalendarDay).order_by(CalendarDay.day)).all()
        assert [(day.day, day.is_working) for day in days] == [
            (date(2026, 1, 2), False),
            (date(2026, 1, 10), True),
        ]
        of_ward.post(f"/desk/rules/calendar/days/{days[0].id}/remove", {"unit": WARD})
        with database.read() as session:
            assert session.scalars(select(CalendarDay.day)).all() == [date(2026, 1, 10)]

    def test_a_day_is_entered_once(self, of_ward: StaffClient) -> None:
        day = {"unit": WARD, "day": "2026-09-07", "is_working": "no", "name": "Bão"}

        assert of_ward.post("/desk/rules/calendar/days", day).status_code == 303
        again = of_ward.post("/desk/rules/calendar/days", day)
        assert again.status_code == 422
        assert "Lịch đã có ngày 07/09/2026" in again.text

    def test_a_day_of_all_units_is_not_taken_out_by_a_ward(
        self, administrator: StaffClient, of_ward: StaffClient, database: Database
    ) -> None:
        day = {"unit": "", "day": "2026-09-07", "is_working": "no", "name": "Bão"}
        administrator.post("/desk/rules/calendar/days", day)
        with database.read() as session:
            day_id = session.scalars(select(CalendarDay.id)).one()

        assert of_ward.post(f"/desk/rules/calendar/days/{day_id}/remove", {"unit": WARD}).status_code == 404

    def test_a_name_cannot_bring_markup(self, of_ward: StaffClient) -> None:
        day = {"unit": WARD, "day": "2026-09-07", "is_working": "no", "name": "<script>x</script>"}
        of_ward.post("/desk/rules/calendar/days", day)

        assert "<script>x" not in of_ward.get("/desk/rules/calendar?year=2026").text


class TestHours:
    def test_a_week_is_set_from_a_day_on(self, of_ward: StaffClient, database: Database) -> None:
        week = {f"day{day}": "7:00-11:30, 13:00-16:30" for day in range(5)} | {"day5": "", "day6": ""}

        response = of_ward.post("/desk/rules/hours", {"unit": WARD, "valid_from": "2026-04-15"} | week)

        assert response.status_code == 303
        with database.read() as session:
            stored = session.scalars(select(OfficeHours)).one()
        assert stored.week["0"] == [["07:00", "11:30"], ["13:00", "16:30"]]
        assert "07:00-11:30, 13:00-16:30" in of_ward.get("/desk/rules/hours").text

    def test_what_are_no_hours_is_refused_beside_its_day(self, of_ward: StaffClient) -> None:
        response = of_ward.post(
            "/desk/rules/hours", {"unit": WARD, "valid_from": "2026-04-15", "day2": "sáng chiều"}
        )

        assert response.status_code == 422
        assert "sáng chiều" in response.text

    def test_a_week_without_work_is_refused(self, of_ward: StaffClient, database: Database) -> None:
        response = of_ward.post("/desk/rules/hours", {"unit": WARD, "valid_from": "2026-04-15"})

        assert "ít nhất một ngày làm việc" in response.text
        with database.read() as session:
            assert session.scalars(select(OfficeHours)).first() is None


class TestSettings:
    def test_are_stored_for_the_unit_and_forgotten_again(
        self, of_ward: StaffClient, database: Database
    ) -> None:
        sent = settings_form(unit=WARD, reopen_days=30, two_people=False)

        assert of_ward.post("/desk/rules/settings", sent).status_code == 303
        with database.read() as session:
            stored = session.scalars(select(DeskSetting)).one()
        assert read_settings(stored.values) == DeskSettings(reopen_days=30, two_people=False)
        of_ward.post("/desk/rules/settings/forget", {"unit": WARD})
        with database.read() as session:
            assert session.scalars(select(DeskSetting)).first() is None

    def test_the_receiving_unit_is_named_by_code_and_comes_back_as_it_was_shown(
        self, of_ward: StaffClient, database: Database
    ) -> None:
        of_ward.post("/desk/rules/settings", settings_form(unit=WARD, receiving_path="04"))
        shown = "Đơn vị 04"
        assert f'value="{shown}"' in of_ward.get("/desk/rules/settings").text

        of_ward.post("/desk/rules/settings", settings_form(unit=WARD, receiving_path=shown))

        with database.read() as session:
            assert session.scalars(select(DeskSetting)).one().values["receiving_path"] == PROVINCE

    def test_a_receiving_unit_that_nobody_knows_is_refused(self, of_ward: StaffClient) -> None:
        response = of_ward.post("/desk/rules/settings", settings_form(unit=WARD, receiving_path="Sao Hỏa"))

        assert response.status_code == 422
        assert "Không rõ đơn vị tiếp nhận thay" in response.text

    def test_another_units_settings_stay(self, of_ward: StaffClient) -> None:
        assert of_ward.post("/desk/rules/settings", settings_form(unit=PROVINCE)).status_code == 404

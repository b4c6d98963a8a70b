"""The daily check of codes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app.foundation.clock import now as present
from survey_app.foundation.database import Database
from survey_app.offices import operations, queries
from survey_app.offices.models import QrCheck
from survey_app.offices.rules import CheckOutcome
from survey_app.offices.views.checks import day_began
from survey_app.staff.rules.permissions import Role
from tests.staff_client import StaffClient


def test_names_the_counter_of_the_scanned_code(places: dict[str, str], clerk: StaffClient) -> None:
    page = clerk.get(f"/offices/checks/{places['thuc-phan/1'].lower()}").text

    assert '<h1 class="place">Quầy 1</h1>' in page
    assert f'href="/{places["thuc-phan/1"]}?view=citizen"' in page


@pytest.mark.parametrize("outcome", list(CheckOutcome))
def test_records_what_was_found_and_by_whom(
    places: dict[str, str], store: Database, clerk: StaffClient, outcome: CheckOutcome
) -> None:
    answer = clerk.post(f"/offices/checks/{places['thuc-phan/1']}", {"outcome": str(outcome)})

    assert answer.location == "/offices/checks"
    with store.read() as session:
        check = session.scalars(select(QrCheck)).one()
    assert (check.outcome, check.account_id) == (outcome, clerk.account_id)


@pytest.mark.parametrize("outcome", ["", "good", "<b>"])
def test_asks_again_when_nothing_sensible_was_chosen(
    places: dict[str, str], clerk: StaffClient, outcome: str
) -> None:
    answer = clerk.post(f"/offices/checks/{places['thuc-phan/1']}", {"outcome": outcome})

    assert answer.status_code == 422
    assert "Có lỗi cần sửa" in answer.text


def test_a_counter_or_code_out_of_reach_is_not_there(places: dict[str, str], clerk: StaffClient) -> None:
    for code in (places["hoa-khanh/1"], "7K3F9M2X", "nonsense"):
        assert clerk.get(f"/offices/checks/{code}").status_code == 404
        assert clerk.post(f"/offices/checks/{code}", {"outcome": "ok"}).status_code == 404


def test_an_auditor_checks_nothing(places: dict[str, str], staff_client: Callable[..., StaffClient]) -> None:
    assert staff_client(Role.AUDITOR).get("/offices/checks").status_code == 403


def test_an_old_print_is_named_as_such(
    places: dict[str, str], store: Database, clerk: StaffClient, now: datetime
) -> None:
    store.write(lambda session: operations.rotate_code(session, code=places["thuc-phan/1"], now=now))
    page = clerk.get(f"/offices/checks/{places['thuc-phan/1']}").text

    assert "Mã trên tấm này đã ngừng dùng" in page
    assert "ghi nhận</button>" not in page


def test_a_counter_closed_while_its_page_was_open_is_refused(
    places: dict[str, str], store: Database, clerk: StaffClient, now: datetime
) -> None:
    with store.read() as session:
        (point,) = queries.service_points(session, code=places["thuc-phan/1"])
    store.write(
        lambda session: operations.deactivate_service_point(
            session, service_point_id=point.service_point_id, now=now
        )
    )
    answer = clerk.post(f"/offices/checks/{places['thuc-phan/1']}", {"outcome": "ok"})

    assert answer.status_code == 422
    assert "Quầy này đã đóng" in answer.text


class TestList:
    """/offices/checks."""

    def _check(self, store: Database, person: StaffClient, code: str, days_ago: int) -> None:
        def record(session: queries.Session) -> None:
            (point,) = queries.service_points(session, code=code)
            operations.record_check(
                session,
                service_point_id=point.service_point_id,
                account_id=person.account_id,
                outcome=CheckOutcome.OK,
                now=present() - timedelta(days=days_ago),
            )

        store.write(record)

    def test_says_how_long_ago_each_counter_was_checked(
        self, places: dict[str, str], store: Database, clerk: StaffClient
    ) -> None:
        self._check(store, clerk, places["thuc-phan/1"], 3)
        page = clerk.get("/offices/checks").text

        assert "3 ngày trước" in page
        assert "Chưa bao giờ" in page
        assert "Hòa Khánh" not in page

    def test_leaves_out_what_was_checked_today_when_asked(
        self, places: dict[str, str], store: Database, clerk: StaffClient
    ) -> None:
        self._check(store, clerk, places["thuc-phan/1"], 0)
        page = clerk.get("/offices/checks?unchecked=1").text

        assert places["thuc-phan/2"] in page
        assert places["thuc-phan/1"] not in page
        assert "Hôm nay đã kiểm tra 1 trên 2 quầy" in page

    def test_shows_the_last_of_several_checks(
        self, places: dict[str, str], store: Database, clerk: StaffClient
    ) -> None:
        for outcome in ("ok", "covered"):
            clerk.post(f"/offices/checks/{places['thuc-phan/1']}", {"outcome": outcome})
        page = clerk.get("/offices/checks").text

        assert "Bị che khuất</span>" in page
        assert "1 quầy có vấn đề" in page


def test_a_day_begins_at_midnight_in_viet_nam(now: datetime) -> None:
    assert day_began(now).isoformat() == "2026-11-20T17:00:00+00:00"

"""An office's activity and the list of silent counters."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from survey_app.foundation.database import Database
from survey_app.offices.operations import deactivate_service_point
from survey_app.responses.rules.silence import window_before
from survey_app.staff.rules.permissions import Role
from tests.responses.places import Office

SILENCE = "che, bóc hoặc dán đè"


@pytest.fixture
def office(app: Flask, now: datetime):
    """On 21/11/2026: both counters had 5 responses a working day, the first none in the last 3 working days."""
    database: Database = app.extensions["survey_app.database"]
    with time_machine.travel(now):
        office = Office(database, opens_on=date(2026, 9, 21), now=now - timedelta(days=61))
        window = window_before(date(2026, 11, 21))
        for day in window.usual + window.recent:
            at = datetime(day.year, day.month, day.day, 3, tzinfo=now.tzinfo)
            office.arrive(at, count=5, counter=1)
            if day in window.usual:
                office.arrive(at, count=5, counter=0)
        office.arrive(now, count=2, counter=1)
        yield office


class TestActivity:
    def test_shows_each_counters_latest_response(self, office: Office, staff_client):
        page = staff_client((Role.UNIT_HANDLER, "04")).get("/offices/ttpvhcc/activity").text
        assert "hôm nay, 9 giờ" in page
        assert "17/11/2026, 10 giờ" in page

    def test_warns_of_the_silent_counter_and_states_the_rule(self, office: Office, staff_client):
        page = staff_client((Role.UNIT_HANDLER, "04")).get("/offices/ttpvhcc/activity").text
        assert "0 phiếu trong 3 ngày làm việc, thường có khoảng 15,0" in page
        assert SILENCE in page
        assert "dưới 1 % (phân phối Poisson)" in page

    def test_is_not_there_for_people_of_another_unit(self, office: Office, staff_client):
        assert staff_client((Role.LEADER, "04/01273")).get("/offices/ttpvhcc/activity").status_code == 404

    def test_an_office_that_does_not_exist_answers_404(self, office: Office, staff_client):
        assert staff_client(Role.LEADER).get("/offices/nope/activity").status_code == 404


class TestSilent:
    def test_lists_the_silent_counters_of_the_persons_units(self, office: Office, staff_client):
        page = staff_client((Role.LEADER, "04")).get("/offices/silent").text
        assert "<td>Quầy 1</td>" in page
        assert "<td>Quầy 2</td>" not in page

    def test_is_empty_in_another_unit(self, office: Office, staff_client):
        page = staff_client((Role.LEADER, "01")).get("/offices/silent").text
        assert "Không có quầy nào im lặng bất thường" in page

    def test_leaves_out_a_counter_that_was_closed(self, office: Office, staff_client, now: datetime):
        office.database.write(
            lambda session: deactivate_service_point(session, service_point_id=office.points[0], now=now)
        )
        assert "<td>Quầy 1</td>" not in staff_client(Role.LEADER).get("/offices/silent").text

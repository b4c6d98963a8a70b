"""The live page of a campaign, and what it must not show."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.operations import close_campaign
from survey_app.foundation.clock import now
from survey_app.foundation.database import Database
from survey_app.staff.rules.permissions import Role
from tests.responses.places import Office

DAY = timedelta(days=1)


@pytest.fixture
def office(app: Flask) -> Office:
    """An office with two counters and 6 responses today, one of them flagged."""
    database: Database = app.extensions["survey_app.database"]
    at = now()
    office = Office(database, opens_on=(at - 30 * DAY).date(), now=at)
    office.arrive(at, count=5)
    office.arrive(at, count=1, flags="too_fast", instrument="kiosk")
    office.arrive(at - 3 * DAY, count=1200)
    return office


@pytest.fixture
def owned(office: Office) -> Office:
    """The same, with the campaign owned by unit 04."""

    def own(session: object) -> None:
        session.get(Campaign, office.campaign_id).unit_path = "04"  # type: ignore[attr-defined]

    office.database.write(own)
    return office


class TestLive:
    def test_shows_totals_reasons_and_places(self, office: Office, staff_client):
        page = staff_client(Role.ANALYST).get("/campaigns/thu/live").text
        assert "1.206" in page
        assert "gửi nhanh hơn tốc độ đọc" in page
        assert "Máy đặt tại quầy (kiosk)" in page
        assert "Quầy 2" in page

    def test_counts_the_same_before_and_after_counting_on(self, office: Office, staff_client):
        staff = staff_client(Role.ANALYST)
        first = staff.get("/campaigns/thu/live.json").json
        assert staff.get("/campaigns/thu/live.json").json["responses"] == first["responses"] == 1206

    def test_gives_numbers_by_hour_and_counter_as_json(self, office: Office, staff_client):
        found = staff_client(Role.ANALYST).get("/campaigns/thu/live.json").json
        assert found["flags"] == {"too_fast": 1}
        assert sorted(found["hours"].values()) == [6, 1200]
        assert [(one["counter"], one["responses"], one["today"]) for one in found["places"]] == [
            ("Quầy 1", 1206, 6),
            ("Quầy 2", 0, 0),
        ]

    def test_lists_only_counters_without_responses_on_request(self, office: Office, staff_client):
        page = staff_client(Role.ANALYST).get("/campaigns/thu/live?only=empty").text
        assert "Quầy 2" in page
        assert "<td>Quầy 1</td>" not in page

    def test_loads_itself_anew_without_script_until_it_is_told_not_to(self, office: Office, staff_client):
        staff = staff_client(Role.ANALYST)
        assert 'http-equiv="refresh"' in staff.get("/campaigns/thu/live").text
        assert 'http-equiv="refresh"' not in staff.get("/campaigns/thu/live?refresh=off").text

    def test_shows_numbers_only(self, office: Office, staff_client):
        assert "overall" not in staff_client(Role.ANALYST).get("/campaigns/thu/live").text

    def test_is_not_there_for_people_of_another_unit(self, owned: Office, staff_client):
        assert staff_client((Role.ANALYST, "01")).get("/campaigns/thu/live").status_code == 404
        assert staff_client((Role.ANALYST, "01")).get("/campaigns/thu/live.json").status_code == 404
        assert staff_client((Role.ANALYST, "04")).get("/campaigns/thu/live").status_code == 200

    def test_refuses_a_role_that_may_not_see_campaigns(self, office: Office, staff_client):
        assert staff_client(Role.INTAKE_CLERK).get("/campaigns/thu/live").status_code == 403

    def test_a_campaign_that_does_not_exist_answers_404(self, office: Office, staff_client):
        assert staff_client(Role.ANALYST).get("/campaigns/nope/live").status_code == 404

    @pytest.mark.parametrize("page", ["0", "-1", "abc", "99999999999", "2"])
    def test_survives_any_page_number(self, office: Office, staff_client, page: str):
        assert staff_client(Role.ANALYST).get(f"/campaigns/thu/live?page={page}").status_code == 200

    def test_stays_for_a_campaign_that_was_closed(self, office: Office, staff_client):
        office.database.write(lambda session: close_campaign(session, code="thu", now=now()))
        page = staff_client(Role.ANALYST).get("/campaigns/thu/live").text
        assert "đã đóng" in page
        assert "1.206" in page

    def test_escapes_names(self, office: Office, staff_client):
        def rename(session: object) -> None:
            session.get(Campaign, office.campaign_id).title = "<script>alert(1)</script>"  # type: ignore[attr-defined]

        office.database.write(rename)
        assert "<script>alert" not in staff_client(Role.ANALYST).get("/campaigns/thu/live").text

"""The pages of a campaign's invitations: texts, preview, sending, pausing, counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from survey_app.foundation.clock import now as present
from survey_app.messaging.models import OutboxMessage, OutboxTopic
from survey_app.staff.rules.permissions import Role
from survey_app.texting.models import TextingPlan
from survey_app.texting.rules.words import INVITATION
from tests.staff_client import StaffClient
from tests.texting.conftest import Desk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Staff = Callable[..., StaffClient]
HERE = "/campaigns/moi/invitations"
TEXTS = {
    "gateway": "simulator",
    "sender": "CAOBANG",
    "number": "8079",
    "unit": "UBND tỉnh Cao Bằng",
    "invitation": INVITATION,
    "reminder": "",
    "follow_ups": "0",
}


@pytest.fixture
def campaign(desk: Desk, app: Flask) -> Desk:
    """An open campaign by SMS without texts and list."""
    desk.now = present()
    desk.campaign()
    return desk


@pytest.fixture
def manager(campaign: Desk, staff_client: Staff) -> StaffClient:
    """Who manages campaigns."""
    return staff_client(Role.SURVEY_MANAGER)


class TestPlan:
    """`/invitations/plan`"""

    def test_preview_counts_the_text_as_it_will_be_sent(self, campaign: Desk, manager: StaffClient) -> None:
        page = manager.post(f"{HERE}/plan", TEXTS | {"do": "preview"}).text

        # The invitation by short code is 143 septets with these values (one segment).
        assert "UBND tinh Cao Bang: Ong/ba cham diem" in page
        assert "<strong>143 ký tự</strong>" in page
        assert campaign.rows(TextingPlan) == []

    def test_is_saved(self, campaign: Desk, manager: StaffClient) -> None:
        answer = manager.post(f"{HERE}/plan", TEXTS | {"do": "save"})
        plan = campaign.rows(TextingPlan)[0]

        assert answer.location.endswith(HERE)
        assert (plan.medium, plan.gateway, plan.sender) == ("sms", "simulator", "CAOBANG")

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"invitation": "{unit}: cham diem {code}"}, "cách từ chối"),
            ({"invitation": INVITATION + " {name}"}, "Không có biến: {name}"),
            ({"number": ""}, "chưa có đầu số"),
            ({"gateway": "twilio"}, "Xin chọn trong danh sách"),
            ({"follow_ups": "9"}, "Xin ghi số từ 0 đến 4."),
        ],
    )
    def test_refuses_what_could_not_be_sent_and_keeps_what_was_typed(
        self, campaign: Desk, manager: StaffClient, wrong: dict[str, str], said: str
    ) -> None:
        answer = manager.post(f"{HERE}/plan", TEXTS | wrong | {"do": "save"})

        assert answer.status_code == 422
        assert said in answer.text
        assert 'value="CAOBANG"' in answer.text
        assert campaign.rows(TextingPlan) == []

    @pytest.mark.parametrize("do", ["preview", "save"])
    def test_asks_for_consent_to_a_long_text_only_where_there_is_one(
        self, campaign: Desk, manager: StaffClient, do: str
    ) -> None:
        # 143 septets and 180 more are three segments.
        long = {"invitation": INVITATION + " x" * 90}

        assert "dài hơn 2 tin" not in manager.get(f"{HERE}/plan").text
        assert "dài hơn 2 tin" not in manager.post(f"{HERE}/plan", TEXTS | {"do": "preview"}).text
        assert "dài hơn 2 tin, vẫn gửi" in manager.post(f"{HERE}/plan", TEXTS | long | {"do": do}).text

    def test_saves_a_long_text_once_consent_is_given(self, campaign: Desk, manager: StaffClient) -> None:
        long = {"invitation": INVITATION + " x" * 90, "confirmed": "y", "do": "save"}

        assert manager.post(f"{HERE}/plan", TEXTS | long).status_code == 303


class TestSending:
    """`/invitations`"""

    def test_says_what_is_missing_before_anything_can_be_sent(self, manager: StaffClient) -> None:
        assert "chưa có cách gửi" in manager.get(HERE).text

    def test_preview_tells_people_segments_and_text(self, campaign: Desk, manager: StaffClient) -> None:
        campaign.plan()
        campaign.invite()
        page = manager.get(HERE).text

        assert "3 người" in page
        assert "1 tin" in page
        assert "Soan DG 7K3F9M2X diem gui 8079" in page

    def test_preview_tells_the_hours_of_this_installation(
        self, campaign: Desk, manager: StaffClient, app: Flask
    ) -> None:
        campaign.plan()
        campaign.invite()
        settings = replace(app.config["SETTINGS"], messages_from="09:30", messages_until="11:45")
        app.config["SETTINGS"] = settings

        assert "trong giờ gửi, 09:30 đến 11:45" in manager.get(HERE).text

    def test_sends_to_everybody_once(self, campaign: Desk, manager: StaffClient) -> None:
        campaign.plan()
        campaign.invite()
        first = manager.post(f"{HERE}/send", follow_redirects=True).text
        second = manager.post(f"{HERE}/send", follow_redirects=True).text

        assert "Đã xếp hàng 3 tin mời." in first
        assert "Không còn ai để gửi" in second
        assert len(campaign.rows(OutboxMessage)) == 3

    def test_pauses_and_goes_on(self, campaign: Desk, manager: StaffClient) -> None:
        campaign.plan()
        campaign.invite()
        campaign.send()

        assert "đang tạm dừng" in manager.post(f"{HERE}/pause", follow_redirects=True).text
        assert [one.paused for one in campaign.rows(OutboxTopic)] == [True]
        assert "đang tạm dừng" not in manager.post(f"{HERE}/resume", follow_redirects=True).text

    def test_reminds_nobody_on_the_first_day(self, campaign: Desk, manager: StaffClient) -> None:
        campaign.plan()
        campaign.invite()
        campaign.send()

        assert "Không còn ai để gửi" in manager.post(f"{HERE}/remind", follow_redirects=True).text

    def test_counts_can_be_fetched_by_themselves(self, campaign: Desk, manager: StaffClient) -> None:
        campaign.plan()
        campaign.invite()
        fetched = manager.get(f"{HERE}.json").get_json()

        assert "<dt>Trong danh sách</dt><dd>3</dd>" in fetched["page"]

    def test_the_page_of_the_campaign_tells_of_lists_and_not_of_counters(
        self, campaign: Desk, manager: StaffClient
    ) -> None:
        page = manager.get("/campaigns/moi").text

        assert "Đợt mời bằng tin nhắn" in page
        assert "Mã trong danh sách mời" in page
        assert "quầy nào chưa có ai trả lời" not in page

    def test_the_last_step_is_the_present_one_once_everybody_is_invited(
        self, campaign: Desk, manager: StaffClient
    ) -> None:
        campaign.plan()
        campaign.invite()
        campaign.send()

        assert '<li aria-current="step">Theo dõi và nhắc</li>' in manager.get(HERE).text

    def test_a_refusal_of_the_operation_is_said(self, campaign: Desk, manager: StaffClient) -> None:
        assert "chưa có cách gửi" in manager.post(f"{HERE}/send", follow_redirects=True).text


class TestDoors:
    """Who may pass."""

    def test_a_campaign_of_volunteers_has_no_invitations(self, campaign: Desk, manager: StaffClient) -> None:
        campaign.campaign("tai-quay", channels=["qr"])

        assert manager.get("/campaigns/tai-quay/invitations").status_code == 404
        assert manager.get("/campaigns/tai-quay/invitations/list").status_code == 404

    def test_a_campaign_of_another_unit_is_not_there(self, campaign: Desk, staff_client: Staff) -> None:
        assert staff_client((Role.SURVEY_MANAGER, "08")).get(HERE).status_code == 404

"""Drafting, opening and closing campaigns on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, update

from survey_app.campaigns.models import Campaign, CampaignLink
from survey_app.campaigns.operations import (
    UnableToCloseCampaign,
    UnableToCreateCampaign,
    UnableToOpenCampaign,
    UnknownCampaign,
    close_campaign,
    open_campaign,
)
from survey_app.campaigns.queries import campaign_links, campaign_offices
from survey_app.campaigns.rules import State
from survey_app.offices.operations import deactivate_office, revoke_code
from survey_app.questionnaires.models import QuestionnaireVersion

if TYPE_CHECKING:
    from tests.campaigns.conftest import World

ENDED = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)  # 01/01/2027 00:00 in Việt Nam


class TestCreateCampaign:
    def test_stores_a_draft_with_its_offices_and_channels(self, world: World) -> None:
        campaign = world.draft("cao-bang-2026", offices=("province", "commune"), channels=["web", "qr", "qr"])
        assert (campaign.state, campaign.channels, campaign.created_at) == (
            State.DRAFT,
            ["qr", "web"],
            world.now,
        )
        with world.database.read() as session:
            offices = campaign_offices(session, campaign.id)
        assert [office.code for office in offices] == ["commune-office", "province-office"]

    def test_cleans_titles(self, world: World) -> None:
        assert world.draft(title="  Ý kiến   tại quầy ").title == "Ý kiến tại quầy"

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"code": "Cao Bằng"}, "Cao Bằng.*không hợp lệ.*3 đến 60"),
            ({"title": " "}, "tên tiếng Việt và tên tiếng Anh"),
            ({"title_en": "x" * 201}, "từ 1 đến 200 ký tự"),
            ({"closes_on": date(2026, 10, 31)}, "31/10/2026 trước ngày bắt đầu 01/11/2026"),
            ({"closes_on": date(2026, 11, 20)}, "20/11/2026 đã qua.*từ 21/11/2026"),
            ({"questionnaire_version_id": 999}, "số 999. Hãy công bố"),
            ({"office_ids": []}, "ít nhất một bộ phận"),
            ({"office_ids": [998, 999]}, "số 998, 999"),
            ({"channels": []}, "ít nhất một kênh: qr, web"),
            ({"channels": ["qr", "fax"]}, "“fax”.*qr, web"),
        ],
    )
    def test_refuses_what_cannot_be_used_and_says_what_to_do(
        self, world: World, wrong: dict[str, object], message: str
    ) -> None:
        with pytest.raises(UnableToCreateCampaign, match=message):
            world.draft(**wrong)  # type: ignore[arg-type]
        assert _count(world, Campaign) == 0

    def test_refuses_a_code_that_is_taken(self, world: World) -> None:
        world.draft("pulse")
        with pytest.raises(UnableToCreateCampaign, match="“pulse” đã được dùng"):
            world.draft("pulse", offices=("commune",))

    def test_refuses_a_closed_office(self, world: World) -> None:
        _close_office(world, "commune")
        with pytest.raises(UnableToCreateCampaign, match="đang hoạt động"):
            world.draft(offices=("province", "commune"))

    def test_refuses_a_retired_questionnaire(self, world: World) -> None:
        world.database.write(
            lambda session: session.execute(update(QuestionnaireVersion).values(retired_at=world.now))
        )
        with pytest.raises(UnableToCreateCampaign, match="đã ngừng dùng"):
            world.draft()

    def test_accepts_a_single_day_that_is_today(self, world: World) -> None:
        today = date(2026, 11, 21)
        assert world.draft(opens_on=today, closes_on=today).state is State.DRAFT


class TestOpenCampaign:
    def test_opens_a_draft(self, world: World) -> None:
        world.draft()
        campaign = world.open("pulse")
        assert (campaign.state, campaign.opened_at, campaign.closed_at) == (State.OPEN, world.now, None)

    def test_names_a_campaign_that_does_not_exist(self, world: World) -> None:
        with pytest.raises(UnknownCampaign, match="“nowhere”"):
            world.open("nowhere")

    @pytest.mark.parametrize(
        ("opens_on", "label"), [((2026, 11, 1), "đang mở"), ((2026, 12, 1), "chưa đến ngày")]
    )
    def test_refuses_what_is_opened_already_and_names_its_state(
        self, world: World, opens_on: tuple[int, int, int], label: str
    ) -> None:
        world.draft(opens_on=date(*opens_on))
        world.open("pulse")
        with pytest.raises(UnableToOpenCampaign, match=label):
            world.open("pulse")

    @pytest.mark.parametrize("opened", [False, True])
    def test_refuses_once_the_last_day_is_over_in_viet_nam(self, world: World, opened: bool) -> None:
        world.draft()
        if opened:
            world.open("pulse")
        with pytest.raises(UnableToOpenCampaign, match=r"đã kết thúc ngày 31/12/2026. Hãy tạo đợt mới"):
            world.open("pulse", now=ENDED)

    def test_opens_in_the_last_second_of_the_last_day(self, world: World) -> None:
        world.draft()
        assert world.open("pulse", now=ENDED - timedelta(seconds=1)).state is State.OPEN

    def test_opens_a_closed_campaign_again_and_keeps_the_first_opening(self, world: World) -> None:
        world.draft()
        world.open("pulse")
        _close(world, "pulse")
        campaign = world.open("pulse", now=world.now + timedelta(hours=1))
        assert (campaign.state, campaign.opened_at, campaign.closed_at) == (State.OPEN, world.now, None)

    def test_refuses_when_all_offices_were_closed(self, world: World) -> None:
        world.draft(offices=("commune",))
        _close_office(world, "commune")
        with pytest.raises(UnableToOpenCampaign, match="ngừng hoạt động"):
            world.open("pulse")


class TestLinks:
    def test_are_issued_on_opening_one_for_each_office(self, world: World) -> None:
        world.draft(offices=("province", "commune"), channels=("web",))
        assert _links(world, "pulse") == {}
        world.open("pulse")
        links = _links(world, "pulse")
        assert set(links) == {world.offices["province"], world.offices["commune"]}
        assert len(set(links.values())) == 2

    def test_are_not_made_for_counter_campaigns(self, world: World) -> None:
        world.draft(channels=("qr",))
        world.open("pulse")
        assert _count(world, CampaignLink) == 0

    def test_stay_when_a_campaign_is_opened_again(self, world: World) -> None:
        world.draft(channels=("web",))
        world.open("pulse")
        before = _links(world, "pulse")
        _close(world, "pulse")
        world.open("pulse")
        assert _links(world, "pulse") == before

    def test_are_replaced_on_opening_again_if_they_were_revoked(self, world: World) -> None:
        world.draft(channels=("web",))
        world.open("pulse")
        (revoked,) = _links(world, "pulse").values()
        world.database.write(lambda session: revoke_code(session, code=revoked, now=world.now))
        _close(world, "pulse")
        world.open("pulse")
        assert list(_links(world, "pulse")) == [world.offices["province"]]
        assert revoked not in _links(world, "pulse").values()

    def test_are_not_made_for_an_office_that_was_closed(self, world: World) -> None:
        world.draft(offices=("province", "commune"), channels=("web",))
        _close_office(world, "commune")
        world.open("pulse")
        assert list(_links(world, "pulse")) == [world.offices["province"]]


class TestRivals:
    def test_two_campaigns_do_not_share_the_counter_codes_of_an_office(self, world: World) -> None:
        world.draft("first", offices=("province", "commune"))
        world.draft("second", offices=("commune", "bare"))
        world.open("first")
        with pytest.raises(
            UnableToOpenCampaign, match=r"Bộ phận commune.*“first” từ 01/11/2026 đến 31/12/2026"
        ):
            world.open("second")

    @pytest.mark.parametrize(
        "second",
        [
            {"offices": ("commune",)},
            {"channels": ("web",)},
            {"opens_on": date(2027, 1, 1), "closes_on": date(2027, 1, 31)},
            {"opens_on": date(2026, 10, 1), "closes_on": date(2026, 11, 30)},
        ],
        ids=["other office", "other channel", "later days", "earlier days"],
    )
    def test_campaigns_that_do_not_meet_are_open_side_by_side(
        self, world: World, second: dict[str, object]
    ) -> None:
        world.draft("first", opens_on=date(2026, 12, 1))
        world.draft("second", **second)  # type: ignore[arg-type]
        world.open("first")
        assert world.open("second").state is State.OPEN

    def test_one_shared_day_is_enough_to_refuse(self, world: World) -> None:
        world.draft("first")
        world.draft("second", opens_on=date(2026, 12, 31), closes_on=date(2027, 1, 31))
        world.open("first")
        with pytest.raises(UnableToOpenCampaign, match="“first”"):
            world.open("second")

    def test_a_campaign_that_was_closed_frees_its_offices(self, world: World) -> None:
        world.draft("first")
        world.draft("second")
        world.open("first")
        _close(world, "first")
        assert world.open("second").state is State.OPEN
        with pytest.raises(UnableToOpenCampaign, match="“second”"):
            world.open("first")

    def test_a_campaign_whose_period_ended_frees_its_offices(self, world: World) -> None:
        world.draft("first", closes_on=date(2026, 11, 21))
        world.open("first")
        world.draft("second")
        assert world.open("second", now=world.now + timedelta(days=1)).state is State.OPEN

    def test_of_two_campaigns_opened_at_the_same_moment_one_is_refused(self, world: World) -> None:
        world.draft("first", offices=("province", "commune"))
        world.draft("second", offices=("commune", "province"))
        barrier = Barrier(2)

        def attempt(code: str) -> bool:
            barrier.wait()
            try:
                world.open(code)
            except UnableToOpenCampaign:
                return False
            return True

        with ThreadPoolExecutor(2) as threads:
            assert sorted(threads.map(attempt, ("first", "second"))) == [False, True]


def test_the_second_opening_waits_for_the_first_and_then_sees_it(world: World) -> None:
    world.draft("first")
    world.draft("second")
    with ThreadPoolExecutor(1) as threads:

        def open_first(session):
            open_campaign(session, code="first", now=world.now)
            second = threads.submit(world.open, "second")
            with pytest.raises(TimeoutError):
                second.result(timeout=0.3)
            return second

        second = world.database.write(open_first)
        with pytest.raises(UnableToOpenCampaign, match="“first”"):
            second.result(timeout=10)


class TestCloseCampaign:
    def test_closes_an_open_campaign_at_once(self, world: World) -> None:
        world.draft()
        world.open("pulse")
        campaign = _close(world, "pulse")
        assert (campaign.state, campaign.closed_at) == (State.CLOSED, world.now)

    def test_closes_a_campaign_whose_first_day_is_to_come(self, world: World) -> None:
        world.draft(opens_on=date(2026, 12, 1))
        world.open("pulse")
        assert _close(world, "pulse").state is State.CLOSED

    def test_refuses_a_draft_and_names_its_state(self, world: World) -> None:
        world.draft()
        with pytest.raises(UnableToCloseCampaign, match="bản nháp"):
            _close(world, "pulse")

    def test_refuses_what_is_closed_already(self, world: World) -> None:
        world.draft()
        world.open("pulse")
        _close(world, "pulse")
        with pytest.raises(UnableToCloseCampaign, match="đã đóng từ trước"):
            _close(world, "pulse")

    def test_refuses_what_ended_by_itself(self, world: World) -> None:
        world.draft()
        world.open("pulse")
        with pytest.raises(UnableToCloseCampaign, match="đã đóng từ trước"):
            _close(world, "pulse", now=ENDED)

    def test_names_a_campaign_that_does_not_exist(self, world: World) -> None:
        with pytest.raises(UnknownCampaign, match="“nowhere”"):
            _close(world, "nowhere")


def _close(world: World, code: str, now: datetime | None = None) -> Campaign:
    return world.database.write(lambda session: close_campaign(session, code=code, now=now or world.now))


def _close_office(world: World, name: str) -> None:
    world.database.write(lambda session: deactivate_office(session, code=f"{name}-office", now=world.now))


def _links(world: World, code: str) -> dict[int, str]:
    with world.database.read() as session:
        campaign_id = session.scalars(select(Campaign.id).where(Campaign.code == code)).one()
        return campaign_links(session, campaign_id)


def _count(world: World, table: type) -> int:
    with world.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0

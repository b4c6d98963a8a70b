"""Changing, deleting, prolonging and repeating campaigns."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.operations import (
    CampaignCopy,
    UnableToChangeDraft,
    UnableToCreateCampaign,
    UnableToExtendCampaign,
    UnableToOpenCampaign,
    choose_offices,
    choose_offices_inside,
    close_campaign,
    copy_campaign,
    delete_draft,
    drop_offices_inside,
    end_rehearsal,
    extend_campaign,
    revise_draft,
    start_draft,
    start_rehearsal,
)
from survey_app.campaigns.queries import campaign_links, campaign_offices
from survey_app.campaigns.rules import EntryStatus, State
from survey_app.offices.operations import deactivate_office
from survey_app.questionnaires.operations import publish, retire
from tests.campaigns.conftest import pulse

if TYPE_CHECKING:
    from tests.campaigns.conftest import World

USUAL: dict[str, Any] = {
    "new_code": "pulse",
    "title": "Tên mới",
    "title_en": "",
    "opens_on": date(2026, 12, 1),
    "closes_on": date(2026, 12, 24),
    "channels": ["qr"],
}


def _revise(world: World, **changed: object) -> Campaign:
    values = {"code": "pulse", "now": world.now, **USUAL, **changed}
    return world.database.write(lambda session: revise_draft(session, **values))  # type: ignore[arg-type]


def _offices(world: World, campaign: Campaign) -> set[str]:
    with world.database.read() as session:
        return {office.code for office in campaign_offices(session, campaign.id)}


class TestOwner:
    def test_without_an_english_title_the_vietnamese_one_stands_in(self, world: World) -> None:
        assert world.draft(title_en="").title_en == "Ý kiến tại quầy"

    def test_an_office_of_another_unit_is_refused(self, world: World) -> None:
        with pytest.raises(UnableToCreateCampaign, match="không thuộc đơn vị chủ trì"):
            world.draft(offices=("commune", "province"), unit_path="04/01273")

    def test_offices_of_the_unit_and_below_are_accepted(self, world: World) -> None:
        assert world.draft(offices=("commune", "province"), unit_path="04").unit_path == "04"

    def test_a_unit_whose_code_begins_alike_is_another_unit(self, world: World) -> None:
        with pytest.raises(UnableToCreateCampaign, match="không thuộc"):
            world.draft(offices=("province",), unit_path="0")


class TestReviseDraft:
    def test_changes_titles_days_channels_and_code(self, world: World) -> None:
        world.draft()
        campaign = _revise(world, new_code="renamed", channels=["web", "qr"])
        assert (campaign.code, campaign.title, campaign.title_en) == ("renamed", "Tên mới", "Tên mới")
        assert (campaign.opens_on, campaign.channels) == (date(2026, 12, 1), ["qr", "web"])

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"closes_on": date(2026, 11, 30)}, "trước ngày bắt đầu"),
            ({"opens_on": date(1, 1, 1)}, "quá 5 năm"),
            ({"closes_on": date(9999, 12, 31)}, "quá 5 năm"),
            ({"new_code": "new"}, "không hợp lệ"),
            ({"channels": []}, "ít nhất một kênh"),
        ],
    )
    def test_refuses_what_cannot_be_used(
        self, world: World, changed: dict[str, object], message: str
    ) -> None:
        world.draft()
        with pytest.raises(UnableToCreateCampaign, match=message):
            _revise(world, **changed)

    def test_refuses_a_code_that_another_campaign_has(self, world: World) -> None:
        world.draft()
        world.draft("other")
        with pytest.raises(UnableToCreateCampaign, match="“other” đã được dùng"):
            _revise(world, new_code="other")

    def test_refuses_what_was_opened(self, world: World) -> None:
        world.draft()
        world.open("pulse")
        with pytest.raises(UnableToChangeDraft, match="không còn là bản nháp"):
            _revise(world)

    def test_withdraws_links_of_a_channel_that_is_given_up(self, world: World) -> None:
        campaign = world.draft(channels=("web",))
        link = _rehearsed_link(world, campaign)
        _revise(world, channels=["qr"])
        assert world.entry(link) is None


class TestChooseOffices:
    def test_changes_only_the_offices_that_were_shown(self, world: World) -> None:
        campaign = world.draft(offices=("province", "commune"))
        shown, ticked = [world.offices["commune"], world.offices["bare"]], [world.offices["bare"]]
        world.database.write(
            lambda session: choose_offices(session, code="pulse", shown=shown, ticked=ticked, now=world.now)
        )
        assert _offices(world, campaign) == {"province-office", "bare-office"}

    def test_ignores_ticks_that_were_not_shown(self, world: World) -> None:
        campaign = world.draft()
        world.database.write(
            lambda session: choose_offices(
                session, code="pulse", shown=[], ticked=[world.offices["bare"]], now=world.now
            )
        )
        assert _offices(world, campaign) == {"province-office"}

    def test_takes_a_whole_unit_without_closed_offices_and_drops_it_again(self, world: World) -> None:
        campaign = world.draft(unit_path="04")
        world.database.write(lambda session: deactivate_office(session, code="bare-office", now=world.now))
        world.database.write(lambda session: choose_offices_inside(session, code="pulse", path="04"))
        assert _offices(world, campaign) == {"province-office", "commune-office"}
        world.database.write(
            lambda session: drop_offices_inside(session, code="pulse", path="04/01273", now=world.now)
        )
        assert _offices(world, campaign) == {"province-office"}

    def test_refuses_a_unit_outside_the_owner(self, world: World) -> None:
        world.draft(offices=("commune",), unit_path="04/01273")
        with pytest.raises(UnableToChangeDraft, match="không thuộc đơn vị chủ trì"):
            world.database.write(lambda session: choose_offices_inside(session, code="pulse", path="04"))

    def test_withdraws_the_link_of_an_office_that_is_dropped(self, world: World) -> None:
        campaign = world.draft(channels=("web",))
        link = _rehearsed_link(world, campaign)
        world.database.write(
            lambda session: drop_offices_inside(session, code="pulse", path="", now=world.now)
        )
        assert world.entry(link) is None


class TestDeleteDraft:
    def test_leaves_nothing_behind_and_its_links_lead_nowhere(self, world: World) -> None:
        campaign = world.draft(channels=("qr", "web"))
        link = _rehearsed_link(world, campaign)
        world.database.write(lambda session: delete_draft(session, code="pulse", now=world.now))
        assert world.entry(link) is None
        assert world.draft("pulse").state is State.DRAFT

    def test_leaves_the_copies_of_it(self, world: World) -> None:
        world.draft()
        copy = _copy(world).campaign
        world.database.write(lambda session: delete_draft(session, code="pulse", now=world.now))
        with world.database.read() as session:
            assert session.get_one(Campaign, copy.id).copied_from is None

    def test_refuses_what_was_opened(self, world: World) -> None:
        world.draft()
        world.open("pulse")
        with pytest.raises(UnableToChangeDraft):
            world.database.write(lambda session: delete_draft(session, code="pulse", now=world.now))


class TestOpening:
    def test_a_draft_without_offices_is_refused(self, world: World) -> None:
        world.database.write(
            lambda session: start_draft(
                session,
                code="bare",
                title="Trống",
                questionnaire_version_id=world.version_id,
                opens_on=date(2026, 11, 21),
                closes_on=date(2026, 12, 21),
                now=world.now,
            )
        )
        with pytest.raises(UnableToOpenCampaign, match="chưa có bộ phận"):
            world.open("bare")

    def test_a_draft_whose_questionnaire_was_retired_is_refused(self, world: World) -> None:
        world.draft()
        world.database.write(lambda session: retire(session, name="counter_pulse@1", now=world.now))
        with pytest.raises(UnableToOpenCampaign, match="ngừng dùng"):
            world.open("pulse")

    def test_a_campaign_that_was_open_before_keeps_a_retired_questionnaire(self, world: World) -> None:
        world.draft()
        world.open("pulse")
        _close(world)
        world.database.write(lambda session: retire(session, name="counter_pulse@1", now=world.now))
        assert world.open("pulse").state is State.OPEN


class TestExtendCampaign:
    def test_lets_the_codes_take_answers_longer(self, world: World) -> None:
        world.draft()
        world.open("pulse")
        _extend(world, date(2027, 1, 31))
        entry = world.entry(world.counters["province 1"], world.now + timedelta(days=60))
        assert entry is not None
        assert entry.status is EntryStatus.OPEN

    def test_opens_again_what_closed_because_its_period_ended(self, world: World) -> None:
        world.draft(closes_on=date(2026, 11, 21))
        world.open("pulse")
        later = world.now + timedelta(days=2)
        world.database.write(
            lambda session: extend_campaign(session, code="pulse", closes_on=date(2026, 11, 30), now=later)
        )
        entry = world.entry(world.counters["province 1"], later)
        assert entry is not None
        assert entry.status is EntryStatus.OPEN

    def test_leaves_closed_what_was_closed_by_hand(self, world: World) -> None:
        world.draft()
        world.open("pulse")
        _close(world)
        assert _extend(world, date(2027, 1, 31)).state is State.CLOSED

    @pytest.mark.parametrize(
        ("day", "message"),
        [
            (date(2026, 12, 31), "phải sau ngày kết thúc hiện nay 31/12/2026"),
            (date(2026, 11, 20), "không sớm hơn hôm nay"),
            (date(9999, 12, 31), "quá 5 năm"),
        ],
    )
    def test_refuses_a_day_that_extends_nothing(self, world: World, day: date, message: str) -> None:
        world.draft()
        world.open("pulse")
        with pytest.raises(UnableToExtendCampaign, match=message):
            _extend(world, day)

    def test_refuses_a_draft(self, world: World) -> None:
        world.draft()
        with pytest.raises(UnableToExtendCampaign, match="chưa mở"):
            _extend(world, date(2027, 1, 31))

    def test_refuses_days_in_which_another_campaign_takes_the_counters(self, world: World) -> None:
        world.draft()
        world.open("pulse")
        world.draft("next", opens_on=date(2027, 1, 1), closes_on=date(2027, 1, 31))
        world.open("next")
        with pytest.raises(UnableToExtendCampaign, match="“next” từ 01/01/2027"):
            _extend(world, date(2027, 1, 1))


class TestCopyCampaign:
    def test_makes_the_same_draft_a_year_later(self, world: World) -> None:
        old = world.draft(title="Quầy 2026", title_en="Counters 2026", channels=("qr", "web"), unit_path="04")
        copy = _copy(world)
        campaign = copy.campaign
        assert (campaign.title, campaign.title_en) == ("Quầy 2027", "Counters 2027")
        assert (campaign.state, campaign.channels, campaign.unit_path) == (State.DRAFT, ["qr", "web"], "04")
        assert (campaign.copied_from, copy.old_version, copy.version) == (old.id, 1, 1)
        assert _offices(world, campaign) == {"province-office"}

    def test_takes_the_newest_version_in_use_and_says_so(self, world: World) -> None:
        world.draft()
        for version in (2, 3):
            world.database.write(
                lambda session, version=version: publish(session, document=pulse(version), now=world.now)
            )
        world.database.write(lambda session: retire(session, name="counter_pulse@3", now=world.now))
        copy = _copy(world)
        assert (copy.instrument, copy.old_version, copy.version) == ("counter_pulse", 1, 2)

    def test_leaves_out_closed_offices_and_names_them(self, world: World) -> None:
        world.draft(offices=("province", "commune"))
        world.database.write(lambda session: deactivate_office(session, code="commune-office", now=world.now))
        copy = _copy(world)
        assert copy.dropped == ("Bộ phận commune",)
        assert _offices(world, copy.campaign) == {"province-office"}

    def test_refuses_when_every_version_is_retired(self, world: World) -> None:
        world.draft()
        world.database.write(lambda session: retire(session, name="counter_pulse@1", now=world.now))
        with pytest.raises(UnableToCreateCampaign, match="không còn phiên bản nào"):
            _copy(world)

    def test_refuses_a_code_that_is_taken(self, world: World) -> None:
        world.draft()
        with pytest.raises(UnableToCreateCampaign, match="“pulse” đã được dùng"):
            _copy(world, new_code="pulse")


def _copy(world: World, new_code: str = "pulse-2027") -> CampaignCopy:
    return world.database.write(
        lambda session: copy_campaign(
            session,
            code="pulse",
            new_code=new_code,
            opens_on=date(2027, 11, 1),
            closes_on=date(2027, 12, 31),
            now=world.now,
        )
    )


def _extend(world: World, closes_on: date) -> Campaign:
    return world.database.write(
        lambda session: extend_campaign(session, code="pulse", closes_on=closes_on, now=world.now)
    )


def _close(world: World) -> None:
    world.database.write(lambda session: close_campaign(session, code="pulse", now=world.now))


def _rehearsed_link(world: World, campaign: Campaign) -> str:
    """Rehearse a draft, so that it has a link, and return the link's code."""
    world.database.write(lambda session: start_rehearsal(session, code="pulse", now=world.now))
    world.database.write(lambda session: end_rehearsal(session, code="pulse"))
    with world.database.read() as session:
        (link,) = campaign_links(session, campaign.id).values()
    return link

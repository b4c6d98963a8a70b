"""Campaigns as they stand on a day, their offices and their codes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from survey_app.campaigns.queries import (
    campaign_by_code,
    campaign_by_id,
    campaign_offices,
    entry_codes,
    list_campaigns,
)
from survey_app.campaigns.rules import Channel, State
from survey_app.offices.operations import deactivate_office, rotate_code

if TYPE_CHECKING:
    from tests.campaigns.conftest import World

TODAY = date(2026, 11, 21)


def test_finds_a_campaign_by_code_and_by_id_as_it_stands_that_day(world: World) -> None:
    world.draft(opens_on=TODAY + timedelta(days=1), channels=("web", "qr"))
    campaign = world.open("pulse")
    with world.database.read() as session:
        today = campaign_by_code(session, "pulse", today=TODAY)
        tomorrow = campaign_by_id(session, campaign.id, today=TODAY + timedelta(days=1))
    assert today is not None
    assert tomorrow is not None
    assert (today.state, tomorrow.state) == (State.SCHEDULED, State.OPEN)
    assert (today.id, today.title_en, today.channels) == (
        tomorrow.id,
        "Counter pulse",
        (Channel.QR, Channel.WEB),
    )


def test_finds_nothing_under_other_names(world: World) -> None:
    campaign = world.draft()
    with world.database.read() as session:
        assert campaign_by_code(session, "puls", today=TODAY) is None
        assert campaign_by_id(session, campaign.id + 1, today=TODAY) is None


def test_lists_the_latest_campaign_first(world: World) -> None:
    for code, opens_on in (("middle", TODAY), ("old", date(2026, 1, 1)), ("newest", date(2026, 12, 1))):
        world.draft(code, opens_on=opens_on)
    with world.database.read() as session:
        assert [view.code for view in list_campaigns(session, today=TODAY)] == ["newest", "middle", "old"]


def test_lists_offices_by_unit_and_code_with_closed_ones(world: World) -> None:
    campaign = world.draft(offices=("province", "commune", "bare"))
    world.database.write(lambda session: deactivate_office(session, code="bare-office", now=world.now))
    with world.database.read() as session:
        offices = campaign_offices(session, campaign.id)
    assert [(office.unit_code, office.code) for office in offices] == [
        ("01273", "bare-office"),
        ("01273", "commune-office"),
        ("04", "province-office"),
    ]
    assert offices[2].unit_name == "Tỉnh Cao Bằng"


def test_lists_codes_by_office_counters_before_the_link(world: World) -> None:
    world.draft(offices=("province", "commune"), channels=("qr", "web"))
    campaign = world.open("pulse")
    with world.database.read() as session:
        codes = entry_codes(session, campaign.id)
    assert [(entry.office.code, entry.service_point_name, entry.channel) for entry in codes] == [
        ("commune-office", "Quầy 1", Channel.QR),
        ("commune-office", None, Channel.WEB),
        ("province-office", "Quầy 1", Channel.QR),
        ("province-office", "Quầy 2", Channel.QR),
        ("province-office", None, Channel.WEB),
    ]
    assert all((found := world.entry(entry.code)) and found.campaign for entry in codes)


def test_lists_counter_codes_for_campaigns_that_use_them_only(world: World) -> None:
    world.draft(channels=("web",))
    campaign = world.open("pulse")
    with world.database.read() as session:
        assert [entry.channel for entry in entry_codes(session, campaign.id)] == [Channel.WEB]


def test_lists_the_new_code_after_a_rotation_and_none_of_a_closed_office(world: World) -> None:
    campaign = world.draft(offices=("province", "commune"), channels=("qr", "web"))
    world.open("pulse")
    old = world.counters["province 1"]
    new = world.database.write(lambda session: rotate_code(session, code=old, now=world.now))
    world.database.write(lambda session: deactivate_office(session, code="commune-office", now=world.now))
    with world.database.read() as session:
        codes = entry_codes(session, campaign.id)
    assert {entry.office.code for entry in codes} == {"province-office"}
    assert new in {entry.code for entry in codes}
    assert old not in {entry.code for entry in codes}

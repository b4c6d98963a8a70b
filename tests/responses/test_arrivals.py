"""Counting arrivals, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from survey_app.campaigns.queries import campaign_by_code
from survey_app.foundation.database import Database
from survey_app.responses.models import ArrivalDay, ArrivalHorizon, ArrivalHour
from survey_app.responses.operations import arrivals, roll_up
from survey_app.responses.queries import (
    Arrivals,
    PlaceArrivals,
    campaign_arrivals,
    campaign_places,
    live_arrivals,
    office_days,
    place_arrivals,
)
from tests.responses.places import Office

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def office(database: Database, now: datetime) -> Office:
    """An office whose campaign opened two months ago."""
    return Office(database, opens_on=date(2026, 9, 21), now=now - 61 * DAY)


def numbers(office: Office, since: datetime) -> Arrivals:
    """Return what the live page would show."""
    with office.database.read() as session:
        live = live_arrivals(session, campaign_id=office.campaign_id)
        return campaign_arrivals(session, campaign_id=office.campaign_id, since=since, live=live)


def counted(office: Office) -> int:
    """Return how many responses stand in the counts of hours; those of days must agree."""
    with office.database.read() as session:
        hours = session.scalar(select(func.sum(ArrivalHour.responses))) or 0
        assert hours == (session.scalar(select(func.sum(ArrivalDay.responses))) or 0)
        return hours


@pytest.fixture
def count(office: Office) -> Callable[[datetime], bool]:
    """A function that counts as of an instant."""
    return lambda at: office.database.write(lambda session: roll_up(session, now=at))


class TestRollUp:
    def test_counts_finished_hours_and_leaves_the_running_one_live(self, office, count, now):
        office.arrive(now - 2 * HOUR, count=3)
        office.arrive(now, count=2)
        assert count(now) is False
        assert counted(office) == 3
        assert numbers(office, now - DAY).total == 5

    def test_counts_each_response_once_however_often_it_runs(self, office, count, now):
        office.arrive(now - 2 * HOUR, count=3)
        for minutes in (0, 1, 30, 90, 91):
            count(now + timedelta(minutes=minutes))
        assert counted(office) == numbers(office, now - DAY).total == 3

    def test_counts_the_running_hour_when_it_has_settled(self, office, count, now):
        office.arrive(now, count=2)
        count(now)
        assert counted(office) == 0
        count(now + timedelta(minutes=11))
        assert counted(office) == 2

    def test_waits_for_the_answers_that_may_still_be_under_way(self, office, count, now):
        office.arrive(now, count=2)
        count(now)
        office.arrive(now, count=1)
        count(now + timedelta(minutes=9))
        assert counted(office) == 0
        assert numbers(office, now - DAY).total == 3

    def test_adds_answers_that_a_kiosk_sends_days_later_to_their_hours(self, office, count, now):
        office.arrive(now - 3 * DAY, count=3)
        count(now)
        office.arrive(now - 3 * DAY, count=2, instrument="kiosk")
        assert numbers(office, now - 10 * DAY).total == 5
        count(now + timedelta(minutes=11))
        count(now + timedelta(minutes=22))
        found = numbers(office, now - 10 * DAY)
        assert counted(office) == 5
        assert list(found.hours.values()) == [5]
        assert found.instruments == {"web": 3, "kiosk": 2}

    def test_takes_a_long_history_in_parts(self, office, count, now, monkeypatch):
        monkeypatch.setattr(arrivals, "RESPONSES_AT_ONCE", 4)
        for days in range(1, 6):
            office.arrive(now - days * DAY, count=2)
        assert count(now) is True
        assert counted(office) == 4
        assert numbers(office, now - 10 * DAY).total == 10
        while count(now):
            pass
        assert counted(office) == 10

    def test_puts_a_late_hour_of_utc_on_the_vietnamese_day(self, office, count, now):
        office.arrive(datetime(2026, 11, 19, 17, 0, tzinfo=now.tzinfo))
        count(now)
        with office.database.read() as session:
            assert session.scalars(select(ArrivalDay.day)).all() == [date(2026, 11, 20)]

    def test_does_nothing_while_another_counts(self, office, count, now):
        if office.database.is_sqlite:
            pytest.skip("SQLite has one writer at a time")
        office.arrive(now - 2 * HOUR)
        count(now - DAY)
        with office.database.engine.begin() as connection:
            connection.execute(select(ArrivalHorizon.id).with_for_update())
            assert count(now) is False
        assert counted(office) == 0


class TestCampaignArrivals:
    def test_names_reasons_channels_and_instruments(self, office, count, now):
        office.arrive(now - 2 * HOUR, count=3, flags="burst too_fast")
        office.arrive(now, count=1, flags="burst")
        office.arrive(now, count=4)
        count(now)
        found = numbers(office, now - DAY)
        assert (found.total, found.flagged) == (8, 4)
        assert found.flags == {"burst": 4, "too_fast": 3}
        assert found.channels == {"qr": 8}

    def test_gives_hours_from_an_instant_on_but_the_total_of_all(self, office, count, now):
        office.arrive(now - 30 * DAY, count=7)
        office.arrive(now - DAY, count=2)
        count(now)
        found = numbers(office, now - 2 * DAY)
        assert found.total == 9
        assert found.hours.total() == 2


class TestPlaces:
    def test_shows_all_counters_and_those_without_responses(self, office, count, now):
        office.arrive(now - DAY, count=2, flags="late")
        office.arrive(now, count=3)
        count(now)
        with office.database.read() as session:
            campaign = campaign_by_code(session, "thu", today=date(2026, 11, 21))
            names = [one.name for one in campaign_places(session, campaign, limit=9)]
            empty = [one.name for one in campaign_places(session, campaign, without_responses=True, limit=9)]
            live = live_arrivals(session, campaign_id=office.campaign_id)
            place = (office.office_id, office.points[0])
            found = place_arrivals(
                session,
                campaign_id=office.campaign_id,
                places=[place],
                live=live,
                today=date(2026, 11, 21),
            )
        assert names == ["Quầy 1", "Quầy 2"]
        assert empty == ["Quầy 2"]
        assert found == {place: PlaceArrivals(5, 2, 3, datetime(2026, 11, 21, 2, tzinfo=now.tzinfo))}

    def test_counts_an_offices_days_live_ones_too(self, office, count, now):
        office.arrive(now - DAY, count=2)
        office.arrive(now, count=3)
        count(now)
        with office.database.read() as session:
            live = live_arrivals(session, office_id=office.office_id)
            days = office_days(session, office_id=office.office_id, since=date(2026, 11, 1), live=live)
        assert days == {date(2026, 11, 20): 2, date(2026, 11, 21): 3}

"""The silence rule, pure and on both databases."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from survey_app.campaigns.operations import close_campaign
from survey_app.foundation.database import Database
from survey_app.responses.operations import roll_up
from survey_app.responses.queries import silent_places
from survey_app.responses.rules.silence import (
    expected_responses,
    is_silent,
    poisson_at_most,
    usual_days,
    window_before,
    working_days_before,
)
from survey_app.responses.views.silence import SilenceMemory
from tests.responses.places import Office

SATURDAY = date(2026, 11, 21)


class TestRule:
    def test_takes_working_days_from_monday_to_friday(self):
        days = working_days_before(date(2026, 11, 23), 6)
        assert [f"{day:%d}" for day in days] == ["13", "16", "17", "18", "19", "20"]

    def test_compares_three_days_with_the_twenty_before(self):
        window = window_before(SATURDAY)
        assert window.recent == (date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20))
        assert (len(window.usual), window.usual[-1]) == (20, date(2026, 11, 17))

    # scipy.stats.poisson.cdf of SciPy 1.17
    @pytest.mark.parametrize(
        ("count", "expected", "probability"),
        [
            (0, 4.6, 0.010051835744633584),
            (2, 9.0, 0.006232195106377317),
            (10, 20.0, 0.010811718826652723),
            (900, 1000.0, 0.0006977673277963054),
        ],
    )
    def test_computes_the_poisson_distribution(self, count: int, expected: float, probability: float):
        assert poisson_at_most(count, expected) == pytest.approx(probability, rel=1e-9)

    @pytest.mark.parametrize(
        ("recent", "usual", "silent"),
        [(0, 31, True), (0, 30, False), (5, 100, True), (6, 100, True), (7, 100, False), (200, 100, False)],
    )
    def test_is_silent_below_the_one_percent_bound(self, recent: int, usual: int, silent: bool):
        assert is_silent(recent, usual, 20) is silent

    def test_says_nothing_without_five_days_to_compare(self):
        assert not is_silent(0, 1000, 4)

    def test_expects_as_much_as_on_the_usual_days(self):
        assert expected_responses(100, 20) == 15

    def test_counts_usual_days_since_the_campaign_began(self):
        assert usual_days(window_before(SATURDAY), date(2026, 11, 13)) == 3


class TestSilentCounters:
    @pytest.fixture
    def office(self, database: Database, now: datetime) -> Office:
        """Both counters had 5 responses on each of 20 working days; in the last 3 only the second has."""
        office = Office(database, opens_on=date(2026, 9, 21), now=now - timedelta(days=61))
        window = window_before(SATURDAY)
        for day in window.usual:
            for counter in (0, 1):
                office.arrive(
                    datetime(day.year, day.month, day.day, 3, tzinfo=now.tzinfo), count=5, counter=counter
                )
        for day in window.recent:
            office.arrive(datetime(day.year, day.month, day.day, 3, tzinfo=now.tzinfo), count=5, counter=1)
        return office

    def find(self, office: Office, now: datetime, memory: SilenceMemory | None = None) -> list[int]:
        office.database.write(lambda session: roll_up(session, now=now))
        with office.database.read() as session:
            _window, found = (memory or SilenceMemory()).find(session, now)
        return [one.service_point_id for one in found]

    def test_finds_the_counter_that_fell_silent(self, office: Office, now: datetime):
        assert self.find(office, now) == [office.points[0]]

    def test_is_not_deceived_by_a_kiosk_beside_the_poster(self, office: Office, now: datetime):
        office.arrive(now - timedelta(days=1), count=50, instrument="kiosk")
        assert self.find(office, now) == [office.points[0]]

    def test_says_nothing_of_a_campaign_that_has_ended(self, office: Office, now: datetime):
        assert self.find(office, now + timedelta(days=500)) == []

    def test_remembers_the_answer_for_a_day_but_not_past_the_end_of_a_campaign(
        self, office: Office, now: datetime
    ):
        memory = SilenceMemory()
        assert self.find(office, now, memory) == self.find(office, now + timedelta(hours=3), memory) != []
        office.database.write(lambda session: close_campaign(session, code="thu", now=now))
        assert self.find(office, now, memory) == []

    def test_forgets_the_silence_of_a_counter_that_speaks_again(self, office: Office, now: datetime):
        memory = SilenceMemory()
        self.find(office, now, memory)
        for days in (2, 3, 4):
            office.arrive(now + timedelta(days=days), count=5)
            office.arrive(now + timedelta(days=days), count=5, counter=1)
        assert self.find(office, now + timedelta(days=5), memory) == []

    @pytest.mark.parametrize(
        ("scopes", "named"), [(("",), True), (("04",), True), (("01", "04/01273"), False)]
    )
    def test_names_counters_inside_the_units_asked_for(self, office: Office, scopes: tuple[str], named: bool):
        with office.database.read() as session:
            places = silent_places(session, [office.points[0]], scopes=scopes)
        assert [place.name for place in places.values()] == (["Quầy 1"] if named else [])


def test_the_sieve_in_the_query_loses_no_silent_counter():
    for usual in range(1, 2000, 61):
        for days in (5, 12, 20):
            expected = expected_responses(usual, days)
            bound = next(count for count in range(10_000) if not is_silent(count, usual, days))
            for recent in range(bound):
                assert 4 * (expected - recent) ** 2 > 9 * expected

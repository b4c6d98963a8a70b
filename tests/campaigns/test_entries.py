"""What somebody finds behind a public code, day by day, and what finding it costs the database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from survey_app.campaigns.operations import close_campaign
from survey_app.campaigns.queries import campaign_links, find_entry
from survey_app.campaigns.rules import Channel, EntryStatus, State
from survey_app.foundation.database import Database
from survey_app.offices.operations import deactivate_office, issue_code, revoke_code, rotate_code

if TYPE_CHECKING:
    from tests.campaigns.conftest import World

# Midnights in Việt Nam (UTC+7, no daylight saving): the first day begins, the last day ends.
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 31)
BEGINS, ENDS = datetime(2026, 11, 30, 17, tzinfo=UTC), datetime(2026, 12, 31, 17, tzinfo=UTC)
SECOND = timedelta(seconds=1)
_WHOLE_TABLE = re.compile(r"(?:SCAN|Seq Scan on) (\w+)")


class TestCounterCode:
    def test_leads_to_the_open_campaign_of_its_office(self, world: World) -> None:
        world.draft()
        campaign = world.open("pulse")
        entry = world.entry(world.counters["province 2"])
        assert entry is not None
        assert entry.campaign is not None
        assert (entry.status, entry.channel, entry.campaign.id) == (EntryStatus.OPEN, Channel.QR, campaign.id)
        assert (entry.office_id, entry.office_name) == (world.offices["province"], "Bộ phận province")
        assert (entry.service_point_name, entry.unit_name) == ("Quầy 2", "Tỉnh Cao Bằng")

    def test_that_was_never_issued_leads_nowhere(self, world: World) -> None:
        assert world.entry("ZZZZ2222") is None

    @pytest.mark.parametrize("campaign", ["none", "draft", "web", "other office"])
    def test_finds_no_campaign_where_none_takes_counter_codes(self, world: World, campaign: str) -> None:
        if campaign != "none":
            world.draft(
                offices=("commune",) if campaign == "other office" else ("province",),
                channels=("web",) if campaign == "web" else ("qr",),
            )
        if campaign in ("web", "other office"):
            world.open("pulse")
        entry = world.entry(world.counters["province 1"])
        assert entry is not None
        assert (entry.status, entry.campaign) == (EntryStatus.NO_CAMPAIGN, None)

    @pytest.mark.parametrize(
        ("at", "status", "state"),
        [
            (BEGINS - SECOND, EntryStatus.NOT_YET, State.SCHEDULED),
            (BEGINS, EntryStatus.OPEN, State.OPEN),
            (ENDS - SECOND, EntryStatus.OPEN, State.OPEN),
            (ENDS, EntryStatus.CLOSED, State.CLOSED),
        ],
    )
    def test_follows_the_vietnamese_calendar_to_the_second(
        self, world: World, at: datetime, status: EntryStatus, state: State
    ) -> None:
        world.draft(opens_on=FIRST, closes_on=LAST)
        world.open("pulse")
        entry = world.entry(world.counters["province 1"], now=at)
        assert entry is not None
        assert entry.campaign is not None
        assert (entry.status, entry.campaign.state) == (status, state)

    def test_says_since_when_a_campaign_is_closed(self, world: World) -> None:
        world.draft(opens_on=FIRST, closes_on=LAST)
        world.open("pulse")
        assert _campaign(world, "province 1", ENDS + SECOND).closed_at == ENDS
        _close(world, "pulse", BEGINS)
        assert _campaign(world, "province 1", BEGINS).closed_at == BEGINS

    def test_prefers_the_open_campaign_to_ended_and_coming_ones(self, world: World) -> None:
        _three_campaigns(world)
        assert _campaign(world, "province 1", world.now).code == "running"

    def test_prefers_the_next_campaign_to_ended_and_later_ones(self, world: World) -> None:
        _three_campaigns(world)
        _close(world, "running", world.now)
        world.draft("far", opens_on=date(2027, 3, 1), closes_on=date(2027, 3, 31))
        world.open("far")
        assert _campaign(world, "province 1", world.now).code == "coming"

    def test_remembers_the_campaign_that_ended_last(self, world: World) -> None:
        """The one closed by hand in November was planned until December, yet ended before the other."""
        world.draft("early", opens_on=date(2026, 11, 1), closes_on=date(2026, 12, 31))
        world.open("early")
        _close(world, "early", world.now)
        world.draft("short", opens_on=date(2026, 10, 1), closes_on=date(2026, 11, 30))
        world.open("short")
        assert _campaign(world, "province 1", ENDS).code == "short"

    def test_that_was_rotated_names_the_code_in_use_now(self, world: World) -> None:
        world.draft()
        world.open("pulse")
        old = world.counters["province 1"]
        middle = _rotate(world, old)
        newest = _rotate(world, middle)
        for code in (old, middle):
            entry = world.entry(code)
            assert entry is not None
            assert (entry.status, entry.replaced_by) == (EntryStatus.REVOKED, newest)
        assert _campaign_of(world, newest) == "pulse"

    def test_that_was_revoked_after_rotation_names_no_code(self, world: World) -> None:
        old = world.counters["province 1"]
        newest = _rotate(world, old)
        world.database.write(lambda session: revoke_code(session, code=newest, now=world.now))
        for code in (old, newest):
            entry = world.entry(code)
            assert entry is not None
            assert (entry.status, entry.replaced_by, entry.campaign) == (EntryStatus.REVOKED, None, None)


class TestLink:
    def test_leads_to_its_own_campaign_beside_a_counter_campaign(self, world: World) -> None:
        world.draft("counter")
        world.open("counter")
        entry = world.entry(_link(world))
        assert entry is not None
        assert entry.campaign is not None
        assert (entry.status, entry.channel, entry.campaign.code) == (EntryStatus.OPEN, Channel.WEB, "web")
        assert (entry.office_id, entry.unit_name) == (world.offices["province"], "Tỉnh Cao Bằng")
        assert entry.service_point_id is None

    @pytest.mark.parametrize(
        ("at", "status"),
        [
            (BEGINS - SECOND, EntryStatus.NOT_YET),
            (BEGINS, EntryStatus.OPEN),
            (ENDS - SECOND, EntryStatus.OPEN),
            (ENDS, EntryStatus.CLOSED),
        ],
    )
    def test_follows_the_vietnamese_calendar_to_the_second(
        self, world: World, at: datetime, status: EntryStatus
    ) -> None:
        entry = world.entry(_link(world, opens_on=FIRST, closes_on=LAST), now=at)
        assert entry is not None
        assert entry.status is status

    def test_stays_with_its_closed_campaign_when_another_opens(self, world: World) -> None:
        link = _link(world)
        _close(world, "web", world.now)
        _link(world, code="next")
        assert _campaign_of(world, link) == "web"

    def test_is_withdrawn_when_its_code_is_revoked(self, world: World) -> None:
        link = _link(world)
        world.database.write(lambda session: revoke_code(session, code=link, now=world.now))
        assert _status(world, link) is EntryStatus.REVOKED

    def test_is_withdrawn_when_its_office_is_closed(self, world: World) -> None:
        link = _link(world)
        world.database.write(
            lambda session: deactivate_office(session, code="province-office", now=world.now)
        )
        assert _status(world, link) is EntryStatus.REVOKED

    def test_of_no_campaign_leads_nowhere(self, world: World) -> None:
        orphan = world.database.write(lambda session: issue_code(session, now=world.now))
        assert world.entry(orphan) is None


class TestCost:
    """Every visit pays it, so it must not grow with the number of codes, offices or campaigns."""

    @pytest.fixture
    def codes(self, world: World) -> dict[str, str]:
        world.draft()
        world.open("pulse")
        rotated = world.counters["province 2"]
        _rotate(world, rotated)
        counter = world.counters["province 1"]
        return {"counter": counter, "link": _link(world), "rotated": rotated, "unknown": "ZZZZ2222"}

    @pytest.mark.parametrize("kind", ["counter", "link", "rotated", "unknown"])
    def test_is_two_statements_at_most(self, world: World, codes: dict[str, str], kind: str) -> None:
        with _statements(world.database) as seen:
            world.entry(codes[kind])
        assert len(seen) == (1 if kind == "unknown" else 2)

    @pytest.mark.parametrize("kind", ["counter", "link", "rotated"])
    def test_reads_tables_by_index_only(self, world: World, codes: dict[str, str], kind: str) -> None:
        with _statements(world.database) as seen:
            world.entry(codes[kind])
        plans = [line for statement in seen for line in _plan(world.database, *statement)]
        scanned = {found.group(1) for line in plans if (found := _WHOLE_TABLE.match(line))}
        assert plans
        # What is scanned at most is the short chain of successors that the statement itself has built.
        assert scanned <= {"chain"}

    def test_is_one_row_however_many_campaigns_an_office_has_had(self, world: World) -> None:
        for number in range(40):
            world.draft(f"pulse-{number}", opens_on=FIRST, closes_on=LAST)
            world.open(f"pulse-{number}")
            _close(world, f"pulse-{number}", world.now + timedelta(minutes=number))
        with _statements(world.database) as seen:
            assert _campaign(world, "province 1", world.now).code == "pulse-39"
        with world.database.reader.connect() as connection:
            assert [len(connection.exec_driver_sql(*statement).all()) for statement in seen] == [1, 1]


def _three_campaigns(world: World) -> None:
    for code, opens_on, closes_on in (
        ("ended", date(2026, 11, 1), date(2026, 11, 30)),
        ("running", date(2026, 11, 1), date(2026, 11, 30)),
        ("coming", date(2027, 1, 1), date(2027, 1, 31)),
    ):
        world.draft(code, opens_on=opens_on, closes_on=closes_on)
        world.open(code)
        if code == "ended":
            _close(world, code, world.now)


def _campaign(world: World, counter: str, now: datetime) -> Any:
    with world.database.read() as session:
        entry = find_entry(session, code=world.counters[counter], now=now)
    assert entry is not None
    assert entry.campaign is not None
    return entry.campaign


def _campaign_of(world: World, code: str) -> str | None:
    entry = world.entry(code)
    return entry.campaign.code if entry and entry.campaign else None


def _status(world: World, code: str) -> EntryStatus | None:
    entry = world.entry(code)
    return entry.status if entry else None


def _link(world: World, code: str = "web", **period: date) -> str:
    """Open a campaign with a link for the office of the province and return the link's code."""
    world.draft(code, channels=("web",), **period)
    campaign = world.open(code)
    with world.database.read() as session:
        return campaign_links(session, campaign.id)[world.offices["province"]]


def _rotate(world: World, code: str) -> str:
    return world.database.write(lambda session: rotate_code(session, code=code, now=world.now))


def _close(world: World, code: str, now: datetime) -> None:
    world.database.write(lambda session: close_campaign(session, code=code, now=now))


@contextmanager
def _statements(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Collect the statements sent by readers, with their parameters."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement != "BEGIN":
            seen.append((statement, parameters))

    event.listen(database.reader, "before_cursor_execute", note)
    yield seen
    event.remove(database.reader, "before_cursor_execute", note)


def _plan(database: Database, statement: str, parameters: Any) -> list[str]:
    """Say how the database finds the rows; small tables must not tempt PostgreSQL to read them whole."""
    with database.engine.connect() as connection:
        if database.is_sqlite:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return [row[3] for row in rows]
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return [row[0].strip(" ->") for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]

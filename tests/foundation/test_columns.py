"""Instants keep their meaning in both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, MetaData, Table, select
from sqlalchemy.exc import StatementError

from survey_app.foundation.columns import BigId, UtcDateTime
from survey_app.foundation.database import Database

INSTANT = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)


@pytest.fixture
def moments(database: Database) -> Iterator[Table]:
    """A table of instants in the database of the test."""
    table = Table("moments", MetaData(), Column("id", BigId, primary_key=True), Column("at", UtcDateTime))
    table.create(database.engine)
    yield table
    table.drop(database.engine)


def _stored(database: Database, table: Table, instant: datetime | None) -> datetime | None:
    database.write(lambda session: session.execute(table.insert(), {"at": instant}))
    with database.read() as session:
        found: datetime | None = session.execute(select(table.c.at)).scalar_one()
    return found


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=7)), timezone(timedelta(hours=-5))], ids=str)
def test_gives_back_the_same_instant_in_utc(database: Database, moments: Table, zone: timezone) -> None:
    found = _stored(database, moments, INSTANT.astimezone(zone))

    assert found == INSTANT
    assert found.utcoffset() == timedelta(0)


def test_gives_back_nothing_for_nothing(database: Database, moments: Table) -> None:
    assert _stored(database, moments, None) is None


def test_refuses_an_instant_without_a_time_zone(database: Database, moments: Table) -> None:
    naive = INSTANT.replace(tzinfo=None)

    with pytest.raises(StatementError, match="has no time zone"):
        _stored(database, moments, naive)


def test_compares_instants_of_different_zones(database: Database, moments: Table) -> None:
    _stored(database, moments, INSTANT)
    later_by_the_clock = INSTANT.astimezone(timezone(timedelta(hours=7))) - timedelta(hours=1)

    with database.read() as session:
        assert session.execute(select(moments.c.id).where(moments.c.at > later_by_the_clock)).all()


def test_numbers_rows_by_itself(database: Database, moments: Table) -> None:
    def two(session: object) -> list[int]:
        rows = [{"at": INSTANT}, {"at": INSTANT}]
        return [session.execute(moments.insert(), row).inserted_primary_key[0] for row in rows]

    assert database.write(two) == [1, 2]

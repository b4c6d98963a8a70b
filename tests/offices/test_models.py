"""Tables of the offices room, and the migration that gives an older installation its search by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, text

from survey_app.factory import import_models
from survey_app.foundation import migrations
from survey_app.foundation.database import Base, Database
from survey_app.offices import models, operations, queries

OWN = {"offices", "qr_checks", "office_imports", "poster_jobs", "poster_files"}


@pytest.fixture
def older(empty_database_url: str, now: datetime) -> Iterator[Database]:
    """An installation from before the staff pages, with a unit, an office and a counter."""
    database = Database(empty_database_url, pool_size=2)
    migrations.upgrade(database, "0006")
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO units (id, code, kind, type, name, path, search_name, valid_from)"
                " VALUES (1, '04', 'province', 'Tỉnh', 'Tỉnh Cao Bằng', '04', 'cao bang', '2025-07-01')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO offices (id, code, unit_id, name, active)"
                " VALUES (1, 'cao-bang', 1, 'Bộ phận Một cửa Đắk Pơ̆k', :yes)"
            ),
            {"yes": True},
        )
        connection.execute(
            text(
                "INSERT INTO service_points (id, office_id, name, kind, active)"
                " VALUES (1, 1, 'Quầy 1', 'counter', :yes)"
            ),
            {"yes": True},
        )
    yield database
    database.dispose()


def test_an_older_office_is_found_without_accents_after_the_migration(older: Database) -> None:
    migrations.upgrade(older, "0007")

    with older.read() as session:
        found = session.execute(text("SELECT search_name FROM offices")).scalar_one()
    assert found == "bo phan mot cua dak pok"


def test_going_back_keeps_the_older_office_and_its_counter(older: Database) -> None:
    migrations.upgrade(older, "0007")
    migrations.downgrade(older, "0006")

    with older.read() as session:
        assert session.execute(text("SELECT count(*) FROM service_points")).scalar_one() == 1
        assert session.execute(text("SELECT name FROM offices")).scalar_one() == "Bộ phận Một cửa Đắk Pơ̆k"


def test_the_migrated_tables_are_what_the_models_say(database: Database) -> None:
    import_models()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        differing = compare_metadata(context, Base.metadata)

    assert [one for one in differing if any(f"'{name}'" in repr(one) for name in OWN)] == []


def test_a_new_office_is_searched_for_by_its_folded_name(database: Database, now: datetime) -> None:
    def fill(session: queries.Session) -> None:
        operations.load_units(session, rows=queries.shipped_units("04"), now=now)
        unit = queries.find_unit(session, "04")
        assert unit
        session.execute(insert(models.Office).values(unit_id=unit.id, code="a", name="Một cửa ĐÀ"))

    database.write(fill)
    with database.read() as session:
        office = queries.find_office(session, "a")
    assert office is not None
    assert office.search_name == "mot cua da"

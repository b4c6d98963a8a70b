"""Databases of one kind, and a table to write to, for tests of the foundation itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from survey_app.foundation.database import Database, GroupCommitWriter

CREATE = "CREATE TABLE notes (word VARCHAR(40) PRIMARY KEY)"


@pytest.fixture
def notes(database: Database) -> Iterator[Database]:
    """A database with a table `notes` of one unique word a row; on SQLite and on PostgreSQL."""
    with database.engine.begin() as connection:
        connection.execute(text(CREATE))
    yield database
    with database.engine.begin() as connection:
        connection.execute(text("DROP TABLE notes"))


@pytest.fixture
def sqlite_notes(tmp_path: Path) -> Iterator[Database]:
    """A SQLite database with nothing but the table `notes`, and places for many who wait for its writer."""
    database = Database(f"sqlite:///{tmp_path / 'notes.sqlite3'}")
    database._writer = GroupCommitWriter(database._sessions, capacity=1000)
    with database.engine.begin() as connection:
        connection.execute(text(CREATE))
    yield database
    database.dispose()


@pytest.fixture
def postgresql_notes(create_postgresql_database: Callable[[], str]) -> Iterator[Database]:
    """A PostgreSQL database with nothing but the table `notes`."""
    database = Database(create_postgresql_database(), pool_size=2)
    with database.engine.begin() as connection:
        connection.execute(text(CREATE))
    yield database
    database.dispose()

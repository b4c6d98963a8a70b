"""Brings a database to a numbered state with Alembic, up and down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from survey_app.foundation.database import Database, refusing_plainly
from survey_app.foundation.resources import resource_folder

if TYPE_CHECKING:
    from alembic.config import Config


def _config(connection: Connection | None = None) -> Config:
    from alembic.config import Config  # noqa: PLC0415  (0.2 s that a request never needs)

    config = Config()
    # The reader of .ini files takes a bare % for the start of a variable.
    config.set_main_option("script_location", str(resource_folder("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


class UnableToMigrate(Exception):
    """The wanted revision, or the one the database is at, is not among this installation's migrations."""


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply the migrations up to `revision`; all or nothing.

    Raises
    ------
    UnableToMigrate
        No such revision.
    DatabaseUnavailable
        The database is locked or gone.
    """
    from alembic import command  # noqa: PLC0415

    _run(command.upgrade, database, revision)


def downgrade(database: Database, revision: str) -> None:
    """Undo the migrations down to `revision` (`base` for an empty database); raises like `upgrade`."""
    from alembic import command  # noqa: PLC0415

    _run(command.downgrade, database, revision)


def _run(move: Callable[[Config, str], None], database: Database, revision: str) -> None:
    from alembic.util import CommandError  # noqa: PLC0415

    try:
        with (
            refusing_plainly(),
            database.engine.connect() as connection,
            _tables_may_move(connection),
            connection.begin(),
        ):
            move(_config(connection), revision)
            _check_references(connection)
    except CommandError as error:
        raise UnableToMigrate(str(error)) from error


@contextmanager
def _tables_may_move(connection: Connection) -> Iterator[None]:
    """Let SQLite replace a table that rows of others refer to: it has no ALTER TABLE for constraints.

    Foreign keys can be switched off only outside a transaction, so the driver's own connection is told; before the
    migration is committed all references are checked instead.
    """
    raw = connection.connection.dbapi_connection
    if connection.dialect.name != "sqlite" or raw is None:
        yield
        return
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise UnableToMigrate(f"{len(broken)} rows would refer to nothing, the first in {broken[0][0]}.")


def head() -> str:
    """Return the newest revision that this installation ships."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    revision = ScriptDirectory.from_config(_config()).get_current_head()
    if revision is None:
        raise FileNotFoundError("No migration is shipped. Install survey_app again.")
    return revision


def current(database: Database) -> str | None:
    """Return the revision of the database, or None when it is empty.

    Raises
    ------
    DatabaseUnavailable
        The database is locked or gone.
    """
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    with refusing_plainly(), database.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()

"""Brings a database to a numbered state with Alembic, up and down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from survey_app.foundation.database import Database
from survey_app.foundation.resources import resource_folder

if TYPE_CHECKING:
    from alembic.config import Config


def _config(connection: Connection | None = None) -> Config:
    from alembic.config import Config  # noqa: PLC0415  (0.2 s that a request never needs)

    config = Config()
    config.set_main_option("script_location", str(resource_folder("migrations")))
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply the migrations up to `revision`; all or nothing."""
    from alembic import command  # noqa: PLC0415

    with database.engine.begin() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Undo the migrations down to `revision` (`base` for an empty database)."""
    from alembic import command  # noqa: PLC0415

    with database.engine.begin() as connection:
        command.downgrade(_config(connection), revision)


def head() -> str:
    """Return the newest revision that this installation ships."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    revision = ScriptDirectory.from_config(_config()).get_current_head()
    if revision is None:
        raise FileNotFoundError("No migration is shipped. Install survey_app again.")
    return revision


def current(database: Database) -> str | None:
    """Return the revision of the database, or None when it is empty."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    with database.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()

"""Runs the numbered migrations on the connection that `survey_app.foundation.migrations` hands over."""

from alembic import context

from survey_app.factory import import_models
from survey_app.foundation.database import Base
from survey_app.foundation.fulltext import is_described

import_models()

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    # SQLite cannot alter a table in place: Alembic copies it.
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    include_name=is_described,
)
with context.begin_transaction():
    context.run_migrations()

"""Cases, and published answers, are found by their words: indexes that the database itself keeps in step.

Whoever lets Alembic copy one of the tables on SQLite (`batch_alter_table`) must make its triggers again.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KEYS = {"feedback_cases": "id", "feedback_public_copies": "case_id"}
# The words are folded already: nothing is left for the tokenizer to do but split them.
SQLITE = (
    """CREATE VIRTUAL TABLE search_{table} USING fts5(
    search_text, content='{table}', content_rowid='{key}', tokenize='unicode61 remove_diacritics 0')""",
    """CREATE TRIGGER search_{table}_added AFTER INSERT ON {table} BEGIN
    INSERT INTO search_{table}(rowid, search_text) VALUES (new.{key}, new.search_text); END""",
    """CREATE TRIGGER search_{table}_deleted AFTER DELETE ON {table} BEGIN
    INSERT INTO search_{table}(search_{table}, rowid, search_text)
    VALUES ('delete', old.{key}, old.search_text); END""",
    """CREATE TRIGGER search_{table}_changed AFTER UPDATE OF search_text ON {table}
    WHEN old.search_text <> new.search_text BEGIN
    INSERT INTO search_{table}(search_{table}, rowid, search_text)
    VALUES ('delete', old.{key}, old.search_text);
    INSERT INTO search_{table}(rowid, search_text) VALUES (new.{key}, new.search_text); END""",
    "INSERT INTO search_{table}(search_{table}) VALUES ('rebuild')",
)
POSTGRESQL = (
    """CREATE INDEX search_{table} ON {table}
    USING gin (to_tsvector('simple'::regconfig, search_text)) WITH (fastupdate = off)""",
)


def upgrade() -> None:
    statements = SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
    for table, key in KEYS.items():
        for statement in statements:
            op.execute(statement.format(table=table, key=key))


def downgrade() -> None:
    for table in KEYS:
        if op.get_bind().dialect.name == "sqlite":
            for change in ("added", "deleted", "changed"):
                op.execute(f"DROP TRIGGER search_{table}_{change}")
            op.execute(f"DROP TABLE search_{table}")
        else:
            op.execute(f"DROP INDEX search_{table}")

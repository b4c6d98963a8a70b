"""The migration of a database that holds campaigns already."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from survey_app.foundation import migrations
from survey_app.foundation.database import Database

ROWS = (
    """INSERT INTO units (id, code, kind, type, name, path, search_name, valid_from)
    VALUES (1, '04', 'province', 'Tỉnh', 'Tỉnh Cao Bằng', '04', 'cao bang', '2025-07-01')""",
    "INSERT INTO offices (id, code, unit_id, name, active) VALUES (1, 'office', 1, 'Bộ phận', true)",
    """INSERT INTO questionnaire_versions (id, instrument, version, content_hash, document, published_at)
    VALUES (1, 'pulse', 1, 'x', '{}', '2026-01-01 00:00:00+00:00')""",
    """INSERT INTO campaigns (id, code, title, title_en, questionnaire_version_id, opens_on, closes_on, state,
    channels, created_at) VALUES (7, 'old', 'Đợt', 'Wave', 1, '2026-11-01', '2026-12-31', 'open', '["qr"]',
    '2026-10-01 00:00:00+00:00')""",
    "INSERT INTO campaign_offices (campaign_id, office_id) VALUES (7, 1)",
)


@pytest.fixture
def old(empty_database_url: str) -> Iterator[Database]:
    """A database as the release before left it, with one open campaign."""
    database = Database(empty_database_url, pool_size=2)
    migrations.upgrade(database, "0009")
    with database.engine.begin() as connection:
        for row in ROWS:
            connection.execute(text(row))
    yield database
    database.dispose()


def test_keeps_campaigns_and_what_refers_to_them(old: Database) -> None:
    migrations.upgrade(old, "0010")
    assert _campaigns(old, "id, code, state, unit_path, copied_from") == [(7, "old", "open", "", None)]
    assert _broken_keys(old) == []


def test_lets_a_rehearsal_fall_back_to_a_draft_on_the_way_down(old: Database) -> None:
    migrations.upgrade(old, "0010")
    with old.engine.begin() as connection:
        connection.execute(text("UPDATE campaigns SET state = 'rehearsal'"))
        connection.execute(text("INSERT INTO campaign_rehearsals VALUES (1, 7, '2026-11-02 00:00:00+00:00')"))
    migrations.downgrade(old, "0009")
    assert _campaigns(old, "id, code, state") == [(7, "old", "draft")]
    assert _broken_keys(old) == []


def _campaigns(database: Database, columns: str) -> list[tuple[object, ...]]:
    query = f"SELECT {columns} FROM campaigns JOIN campaign_offices ON campaign_id = id"
    with database.reader.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def _broken_keys(database: Database) -> list[object]:
    if not database.is_sqlite:
        return []
    with database.reader.connect() as connection:
        return list(connection.exec_driver_sql("PRAGMA foreign_key_check"))

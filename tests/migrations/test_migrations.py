"""Numbered migrations: up, down, and at the end exactly what the models say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from survey_app.factory import import_models
from survey_app.foundation import fulltext, migrations
from survey_app.foundation.database import Base, Database, DatabaseUnavailable
from survey_app.foundation.resources import resource_folder

FOLDER = resource_folder("migrations") / "versions"


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(FOLDER.parent))
    return ScriptDirectory.from_config(config)


REVISIONS = [script.revision for script in reversed(list(_scripts().walk_revisions()))]


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    """A database without a table."""
    database = Database(empty_database_url, pool_size=2)
    yield database
    database.dispose()


class TestFiles:
    """The folder of migrations."""

    def test_are_numbered_without_a_gap(self) -> None:
        assert [f"{number:04}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS

    def test_are_named_after_their_number(self) -> None:
        names = sorted(path.name for path in FOLDER.glob("*.py"))

        assert [name[:4] for name in names] == REVISIONS
        assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name) for name in names)

    def test_have_one_head(self) -> None:
        assert _scripts().get_heads() == [REVISIONS[-1]] == [migrations.head()]

    @pytest.mark.parametrize("revision", REVISIONS)
    def test_say_what_they_do_and_how_to_undo_it(self, revision: str) -> None:
        script = _scripts().get_revision(revision)

        assert script.module.__doc__
        assert callable(script.module.upgrade)
        assert callable(script.module.downgrade)

    @pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
    def test_do_not_read_the_models_of_today(self, path: Path) -> None:
        assert not re.search(r"survey_app\.\w+\.models|import_models", path.read_text(encoding="utf-8"))


def test_head_is_what_the_models_say(database: Database) -> None:
    import_models()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": fulltext.is_described,
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_creates_each_check_and_unique_constraint_of_the_models(database: Database) -> None:
    # Alembic's comparison does not see CHECK constraints.
    import_models()
    found = inspect(database.engine)
    for table in Base.metadata.sorted_tables:
        wanted = {str(one.name) for one in table.constraints if type(one).__name__ == "CheckConstraint"}
        assert {str(one["name"]) for one in found.get_check_constraints(table.name)} == wanted


def test_goes_up_and_down_step_by_step(empty: Database) -> None:
    shapes = [_shape(empty)]
    for revision in REVISIONS:
        migrations.upgrade(empty, revision)
        assert migrations.current(empty) == revision
        shapes.append(_shape(empty))
    assert len({str(shape) for shape in shapes}) == len(shapes)

    for revision, shape in zip(["base", *REVISIONS][-2::-1], shapes[-2::-1], strict=True):
        migrations.downgrade(empty, revision)
        assert migrations.current(empty) == (None if revision == "base" else revision)
        assert _shape(empty) == shape


def test_goes_up_again_after_going_down(empty: Database) -> None:
    migrations.upgrade(empty)
    first = _shape(empty)
    migrations.downgrade(empty, "base")
    migrations.upgrade(empty)

    assert _shape(empty) == first
    migrations.upgrade(empty)
    assert migrations.current(empty) == migrations.head()


def test_is_all_or_nothing(empty: Database) -> None:
    sources = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.py"))]
    created = [name for source in sources for name in re.findall(r'create_table\(\s*"(\w+)"', source)][-1]
    with empty.engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE {created} (in_the_way INTEGER)"))

    with pytest.raises(Exception, match="already exists"):
        migrations.upgrade(empty)

    assert set(inspect(empty.engine).get_table_names()) - {"alembic_version"} == {created}
    assert migrations.current(empty) is None


ROWS_OF_0005 = (
    """INSERT INTO units (id, code, kind, type, name, path, search_name, valid_from)
    VALUES (1, '04', 'province', 'Tỉnh', 'Tỉnh Cao Bằng', '04', 'cao bang', '2025-07-01')""",
    "INSERT INTO offices (id, code, unit_id, name, active) VALUES (1, 'office', 1, 'Bộ phận', true)",
    "INSERT INTO service_points (id, office_id, name, kind, active) VALUES (1, 1, 'Quầy 1', 'counter', true)",
    "INSERT INTO public_codes (code, service_point_id, issued_at) VALUES ('7K3F9M2X', 1, '2026-01-01 00:00:00+00:00')",
    """INSERT INTO questionnaire_versions (id, instrument, version, content_hash, document, published_at)
    VALUES (1, 'pulse', 1, 'x', '{}', '2026-01-01 00:00:00+00:00')""",
    """INSERT INTO campaigns (id, code, title, title_en, questionnaire_version_id, opens_on, closes_on, state,
    channels, created_at) VALUES (1, 'old', 'Đợt', 'Wave', 1, '2026-11-01', '2026-12-31', 'open', '["qr"]',
    '2026-10-01 00:00:00+00:00')""",
    "INSERT INTO campaign_offices (campaign_id, office_id) VALUES (1, 1)",
)


def test_keeps_what_the_first_release_stored(empty: Database) -> None:
    migrations.upgrade(empty, "0005")
    with empty.engine.begin() as connection:
        for row in ROWS_OF_0005:
            connection.execute(text(row))

    migrations.upgrade(empty)

    names = ("units", "offices", "service_points", "public_codes", "questionnaire_versions", "campaigns")
    with empty.engine.connect() as connection:
        counts = [connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in names]
    assert counts == [1] * len(names)


def test_leaves_references_enforced(empty: Database) -> None:
    migrations.upgrade(empty)

    with pytest.raises(IntegrityError), empty.engine.begin() as connection:
        connection.execute(text("INSERT INTO campaign_offices (campaign_id, office_id) VALUES (9, 9)"))


def test_refuses_a_revision_of_another_installation(empty: Database) -> None:
    migrations.upgrade(empty)
    with empty.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(migrations.UnableToMigrate, match="9999"):
        migrations.upgrade(empty)


@pytest.mark.parametrize(
    "call",
    [migrations.upgrade, lambda database: migrations.downgrade(database, "base"), migrations.current],
    ids=["upgrade", "downgrade", "current"],
)
def test_says_plainly_that_there_is_no_database(call: Callable[[Database], Any]) -> None:
    database = Database("sqlite:////no/such/folder/x.sqlite3")

    with pytest.raises(DatabaseUnavailable):
        call(database)
    database.dispose()


def test_two_upgrades_at_once_leave_one_good_database(empty: Database, tmp_path: Path) -> None:
    command = [Path(sys.executable).with_name("survey-app"), "database", "upgrade"]
    environment = os.environ | {
        "SURVEY_DATABASE_URL": empty.url,
        "SURVEY_INSTANCE": str(tmp_path / "instance"),
    }
    both = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    errors = [process.communicate(timeout=60)[1] for process in both]

    assert 0 in [process.returncode for process in both]
    assert "Traceback" not in "".join(errors)
    assert migrations.current(empty) == migrations.head()


def _shape(database: Database) -> dict[str, Any]:
    """Tables with columns, keys, indexes and constraints."""
    found = inspect(database.engine)
    return {
        name: {
            "columns": [(one["name"], str(one["type"]), one["nullable"]) for one in found.get_columns(name)],
            "key": found.get_pk_constraint(name),
            "foreign": sorted(found.get_foreign_keys(name), key=str),
            "unique": sorted(found.get_unique_constraints(name), key=str),
            "indexes": sorted(_index(one) for one in found.get_indexes(name)),
            "checks": sorted(found.get_check_constraints(name), key=str),
        }
        for name in sorted(found.get_table_names())
        if name != "alembic_version"
    }


def _index(index: Any) -> tuple[str, str, bool, str]:
    """An index in words that can be compared; the condition of a partial one is an object."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return str(index["name"]), str(index["column_names"]), bool(index["unique"]), str(options)

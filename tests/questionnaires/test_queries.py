"""Published versions by id and name; each is built once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event, text

from survey_app.foundation.database import Database
from survey_app.questionnaires import queries
from survey_app.questionnaires.operations import publish, retire
from survey_app.questionnaires.queries import (
    CorruptQuestionnaire,
    UnknownQuestionnaire,
    by_id,
    by_name,
    id_by_name,
    listed,
)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Each test begins without built questionnaires."""
    queries._built.clear()
    yield
    queries._built.clear()


@pytest.fixture
def publish_version(database: Database, document: dict[str, Any], now: datetime) -> Callable[[int], int]:
    """Publish the sample as a version of that number; return its id."""

    def published(version: int) -> int:
        made = document | {"version": version}
        return database.write(lambda session: publish(session, document=made, now=now).id)

    return published


def test_returns_the_frozen_questionnaire_of_an_id(
    database: Database, publish_version: Callable[[int], int]
) -> None:
    version_id = publish_version(3)
    with database.read() as session:
        assert by_id(session, version_id).name == "sample@3"


def test_finds_a_version_by_its_full_name(database: Database, publish_version: Callable[[int], int]) -> None:
    ids = [publish_version(version) for version in (1, 2, 10)]
    with database.read() as session:
        assert id_by_name(session, "sample@2") == ids[1]
        assert by_name(session, "sample@2").version == 2


def test_finds_the_newest_version_by_the_short_name(
    database: Database, publish_version: Callable[[int], int]
) -> None:
    for version in (1, 10, 2):
        publish_version(version)
    with database.read() as session:
        assert by_name(session, "sample").version == 10


def test_passes_over_retired_versions_unless_they_are_named(
    database: Database, publish_version: Callable[[int], int], now: datetime
) -> None:
    for version in (1, 2):
        publish_version(version)
    database.write(lambda session: retire(session, name="sample@2", now=now))
    with database.read() as session:
        assert by_name(session, "sample").version == 1
        assert by_name(session, "sample@2").version == 2


@pytest.mark.parametrize(
    "name", ["", "@", "@1", "other", "sample@", "sample@9", "sample@01", "sample@x", "sample@1@1"]
)
def test_says_what_to_do_about_an_unknown_name(
    database: Database, publish_version: Callable[[int], int], name: str, now: datetime
) -> None:
    publish_version(1)
    database.write(lambda session: retire(session, name="sample@1", now=now))
    with database.read() as session, pytest.raises(UnknownQuestionnaire, match="questionnaires publish"):
        by_name(session, name)


def test_does_not_know_other_ids(database: Database) -> None:
    with database.read() as session, pytest.raises(UnknownQuestionnaire, match="số 7"):
        by_id(session, 7)


def test_lists_versions_as_numbers_without_their_documents(
    database: Database, publish_version: Callable[[int], int]
) -> None:
    for version in (10, 9, 1):
        publish_version(version)
    with database.read() as session:
        assert [one.version for one in listed(session)] == [1, 9, 10]
        assert listed(session, "other") == []


def test_reads_a_document_only_once(database: Database, publish_version: Callable[[int], int]) -> None:
    version_id = publish_version(1)
    statements: list[str] = []
    event.listen(database.reader, "before_cursor_execute", lambda *call: statements.append(call[2]))
    with database.read() as session:
        first = by_id(session, version_id)
        assert by_id(session, version_id) is first
    assert sum("document" in statement for statement in statements) == 1


def test_keeps_a_bounded_number_of_questionnaires(
    database: Database, publish_version: Callable[[int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "KEPT", 2)
    ids = [publish_version(version) for version in (1, 2, 3)]
    with database.read() as session:
        names = [by_id(session, version_id).name for version_id in ids]
    assert names == ["sample@1", "sample@2", "sample@3"]
    assert [kept.version for kept in queries._built.values()] == [2, 3]


def test_notices_a_document_changed_behind_its_back(
    database: Database, publish_version: Callable[[int], int]
) -> None:
    version_id = publish_version(1)
    tamper = text("UPDATE questionnaire_versions SET document = replace(document, 'Tốc độ', 'Tốt')")
    database.write(lambda session: session.execute(tamper) and None)
    with database.read() as session, pytest.raises(CorruptQuestionnaire):
        by_id(session, version_id)

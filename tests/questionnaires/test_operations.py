"""Publishing freezes; retiring is all that can happen afterwards."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from survey_app.foundation.database import Database
from survey_app.questionnaires.models import FROZEN, FrozenVersion, QuestionnaireVersion
from survey_app.questionnaires.operations import UnableToPublish, publish, retire
from survey_app.questionnaires.queries import UnknownQuestionnaire, listed
from survey_app.questionnaires.rules import content_hash


@pytest.fixture
def published(database: Database, document: dict[str, Any], now: datetime) -> QuestionnaireVersion:
    """The sample, published."""
    return database.write(lambda session: publish(session, document=document, now=now))


class TestPublish:
    """One content for ever."""

    def test_stores_content_hash_and_time(
        self, published: QuestionnaireVersion, document: dict[str, Any], now: datetime
    ) -> None:
        assert (published.instrument, published.version, published.published_at) == ("sample", 1, now)
        assert published.content_hash == content_hash(document)
        assert json.loads(published.document) == document

    def test_does_nothing_the_second_time(
        self, database: Database, published: QuestionnaireVersion, document: dict[str, Any], now: datetime
    ) -> None:
        later = now + timedelta(days=1)
        again = database.write(lambda session: publish(session, document=document, now=later))
        assert (again.id, again.published_at) == (published.id, now)

    def test_does_not_mind_another_order_of_keys(
        self, database: Database, published: QuestionnaireVersion, document: dict[str, Any], now: datetime
    ) -> None:
        turned = dict(reversed(document.items()))
        assert database.write(lambda session: publish(session, document=turned, now=now)).id == published.id

    def test_refuses_changed_content_and_names_the_remedy(
        self, database: Database, published: QuestionnaireVersion, document: dict[str, Any], now: datetime
    ) -> None:
        document["title"]["vi"] += " sửa"
        with pytest.raises(UnableToPublish, match=r"Hãy tạo phiên bản mới: chép tệp thành v2\.yaml"):
            database.write(lambda session: publish(session, document=document, now=now))
        with database.read() as session:
            assert session.get_one(QuestionnaireVersion, published.id).document == published.document

    def test_accepts_the_change_as_a_new_version(
        self, database: Database, published: QuestionnaireVersion, document: dict[str, Any], now: datetime
    ) -> None:
        document["title"]["vi"] += " sửa"
        document["version"] = 2
        assert database.write(lambda session: publish(session, document=document, now=now)).id != published.id

    def test_remembers_a_retired_version_as_published(
        self, database: Database, published: QuestionnaireVersion, document: dict[str, Any], now: datetime
    ) -> None:
        database.write(lambda session: retire(session, name="sample@1", now=now))
        again = database.write(lambda session: publish(session, document=document, now=now))
        assert (again.id, again.retired_at) == (published.id, now)


class TestRetire:
    """Out of use, still there."""

    def test_keeps_the_first_date(
        self, database: Database, published: QuestionnaireVersion, now: datetime
    ) -> None:
        later = now + timedelta(days=1)
        database.write(lambda session: retire(session, name="sample", now=now))
        database.write(lambda session: retire(session, name="sample@1", now=later))
        with database.read() as session:
            assert [version.retired_at for version in listed(session)] == [now]

    def test_knows_only_what_is_published(self, database: Database, now: datetime) -> None:
        with pytest.raises(UnknownQuestionnaire):
            database.write(lambda session: retire(session, name="sample@1", now=now))


class TestFrozenVersion:
    """The model itself refuses."""

    @pytest.mark.parametrize("name", FROZEN)
    def test_refuses_to_change(
        self, database: Database, published: QuestionnaireVersion, now: datetime, name: str
    ) -> None:
        other = {"version": 2, "published_at": now + timedelta(days=1)}.get(name, "other")

        def change(session: Session) -> None:
            setattr(session.get_one(QuestionnaireVersion, published.id), name, other)

        with pytest.raises(FrozenVersion, match=name):
            database.write(lambda session: (change(session), session.flush()))

    def test_refuses_to_be_deleted(self, database: Database, published: QuestionnaireVersion) -> None:
        def delete(session: Session) -> None:
            session.delete(session.get_one(QuestionnaireVersion, published.id))
            session.flush()

        with pytest.raises(FrozenVersion, match="cannot be deleted"):
            database.write(delete)

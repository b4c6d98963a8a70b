"""Full-text search on both databases, kept in step by the databases themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from survey_app.feedback.models import Case
from survey_app.feedback.queries.search import found_by
from survey_app.feedback.rules.codes import spoken
from survey_app.foundation import fulltext
from survey_app.foundation.database import Database
from survey_app.foundation.fulltext import forget_deleted_words
from tests.feedback.queue.cases import store


def _found(database: Database, query: str) -> list[int]:
    with database.read() as session:
        return list(session.scalars(select(Case.id).where(found_by(session, query)).order_by(Case.id)))


class TestSearch:
    """`found_by`."""

    @pytest.fixture
    def lamp(self, database: Database, now: datetime) -> Case:
        return store(database, now=now, text="Đèn đường trước số 12/3A hỏng", place="Tổ dân phố Hoà Khánh")

    @pytest.fixture
    def ids(self, database: Database, now: datetime, lamp: Case) -> list[int]:
        return [lamp.id, store(database, now=now, text="Đường ngập, đèn vẫn sáng").id]

    @pytest.mark.parametrize(
        ("query", "places"),
        [
            ("den duong", [0, 1]),
            ("ĐÈN ĐƯỜNG", [0, 1]),
            ('"đèn đường"', [0]),
            ('"đèn đườ', []),
            ("đèn ngậ", [1]),
            ("ngậ ", []),
            ("hòa khánh", [0]),
            ("12/3a", [0]),
            ("đen đường không có", []),
            ("***", []),
        ],
    )
    @pytest.mark.parametrize("few", [0, 1_000])
    def test_needs_no_diacritics_whether_few_or_many_cases_hold_the_words(
        self,
        database: Database,
        ids: list[int],
        query: str,
        places: list[int],
        few: int,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(fulltext, "FEW", few)
        assert _found(database, query) == [ids[place] for place in places]

    @pytest.mark.parametrize("written", [spoken, str.lower, lambda code: code[:6]])
    def test_finds_a_code_however_it_is_typed(
        self, database: Database, lamp: Case, written: Callable[[str], str]
    ) -> None:
        assert _found(database, written(lamp.code)) == [lamp.id]

    def test_follows_what_is_changed(self, database: Database, lamp: Case) -> None:
        changed = update(Case).where(Case.id == lamp.id).values(search_text="rac thai")
        database.write(lambda session: session.execute(changed))

        assert (_found(database, "rác"), _found(database, "đèn")) == ([lamp.id], [])

    def test_forgets_what_is_deleted(self, database: Database, lamp: Case) -> None:
        database.write(lambda session: session.execute(delete(Case).where(Case.id == lamp.id)))

        assert _found(database, "đèn") == []

    @settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(query=st.text(max_size=30) | st.text(alphabet="\"'*():^&|!<->\\ NEAR{}a", max_size=30))
    def test_is_broken_by_nothing_that_can_be_typed(self, database: Database, query: str) -> None:
        assert _found(database, query.replace("\0", " ")) == []


class TestForgetting:
    """`forget_deleted_words`."""

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    def test_leaves_no_word_of_a_deleted_case_in_the_file(self, database: Database, now: datetime) -> None:
        case = store(database, now=now, text="bimatnaychuaaibiet")
        store(database, now=now, text="Đèn đường")
        gone = delete(Case).where(Case.id == case.id)
        database.write(lambda session: session.execute(gone))

        database.write(lambda session: forget_deleted_words(session, Case.__tablename__))

        with database.read() as session:
            pages = session.scalars(text("SELECT block FROM search_feedback_cases_data")).all()
        assert not any(b"bimatnay" in page for page in pages)

    def test_does_no_harm_anywhere(self, database: Database, now: datetime) -> None:
        case = store(database, now=now)
        database.write(lambda session: forget_deleted_words(session, Case.__tablename__))

        assert _found(database, "đèn") == [case.id]

"""What stands beside the models for full-text search."""

from __future__ import annotations

import pytest

from survey_app.factory import import_models
from survey_app.foundation.database import Base
from survey_app.foundation.fulltext import PREFIX, is_described


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("search_feedback_cases", "table", False),
        ("search_feedback_cases_data", "table", False),
        ("search_feedback_cases", "index", False),
        ("search_text", "column", True),
        ("feedback_cases", "table", True),
        (None, "schema", True),
    ],
)
def test_an_index_of_words_is_described_by_no_model(name: str | None, kind: str, expected: bool) -> None:
    assert is_described(name, kind, {}) is expected


def test_no_model_takes_its_names() -> None:
    import_models()
    tables = Base.metadata.sorted_tables
    names = [table.name for table in tables] + [str(one.name) for table in tables for one in table.indexes]

    assert [name for name in names if name.startswith(PREFIX)] == []

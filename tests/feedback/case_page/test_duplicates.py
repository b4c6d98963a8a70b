"""Which cases are suggested as duplicates, on both databases."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from survey_app.feedback.models import Case
from survey_app.feedback.queries.duplicates import MOST_SUGGESTED, duplicates_of
from survey_app.feedback.rules.codes import new_code
from survey_app.feedback.rules.similarity import folded_text
from survey_app.feedback.rules.states import State
from survey_app.foundation.database import Database
from tests.feedback.case_desk import OTHER_WARD, CaseDesk

LAMP = "Đèn chiếu sáng ở đầu ngõ 25 hỏng đã hai tuần, buổi tối đi lại rất khó"
LAMP_TOO = "Den chieu sang dau ngo 25 hong hai tuan nay, buoi toi di lai kho"
WASTE = "Rác thải sinh hoạt chất đống cạnh chợ, mùi hôi nồng nặc"
PHONE = "a" * 64
_rng = random.Random(6)


@pytest.fixture
def desk(database: Database, now: datetime) -> CaseDesk:
    """A province with two wards, on SQLite and on PostgreSQL."""
    desk = CaseDesk(database, now)
    desk.prepare()
    return desk


def _sent(desk: CaseDesk, text: str, **columns: Any) -> int:
    usual = {"code": new_code(_rng), "text": text, "folded": folded_text(text)}
    return desk.case(**usual | columns)


def _found(desk: CaseDesk, case_id: int) -> list[tuple[int, bool]]:
    with desk.database.read() as session:
        found = duplicates_of(session, session.get_one(Case, case_id))
        ids = dict(session.execute(select(Case.code, Case.id)).all())
        return [(ids[one.code], one.is_same_phone) for one in found]


def test_finds_the_same_matter_and_leaves_others(desk: CaseDesk) -> None:
    case, alike, _other = (_sent(desk, text) for text in (LAMP, LAMP_TOO, WASTE))

    assert _found(desk, case) == [(alike, False)]
    assert _found(desk, alike) == [(case, False)]


def test_finds_what_the_same_telephone_sent_in_other_words(desk: CaseDesk) -> None:
    case, other = _sent(desk, LAMP, phone_hash=PHONE), _sent(desk, WASTE, phone_hash=PHONE)

    assert _found(desk, case) == [(other, True)]


@pytest.mark.parametrize(
    "columns",
    [
        {"unit_path": OTHER_WARD},
        {"created_at": datetime.fromisoformat("2026-09-01T00:00:00+00:00")},
        {"state": State.WITHDRAWN},
        {"state": State.DIVERTED},
        {"state": State.MERGED},
    ],
    ids=["another unit", "another month", "withdrawn", "another legal track", "merged already"],
)
def test_leaves_what_cannot_be_answered_together(desk: CaseDesk, columns: dict[str, Any]) -> None:
    case = _sent(desk, LAMP)
    _sent(desk, LAMP_TOO, **columns)

    assert _found(desk, case) == []


def test_leaves_parts_of_one_petition(desk: CaseDesk) -> None:
    whole = _sent(desk, LAMP, phone_hash=PHONE)
    parts = [_sent(desk, LAMP_TOO, phone_hash=PHONE, part_of_id=whole, part=number) for number in (1, 2)]

    assert _found(desk, parts[0]) == []
    assert _found(desk, whole) == []


def test_suggests_few_the_likeliest_first(desk: CaseDesk) -> None:
    case = _sent(desk, LAMP)
    same = _sent(desk, LAMP, created_at=desk.now - timedelta(days=3))
    for _number in range(MOST_SUGGESTED + 2):
        _sent(desk, LAMP_TOO)
    found = _found(desk, case)

    assert len(found) == MOST_SUGGESTED
    assert found[0] == (same, False)


def test_an_emptied_case_is_like_nothing(desk: CaseDesk) -> None:
    case = _sent(desk, LAMP)
    emptied = _sent(desk, "", folded="")

    assert _found(desk, case) == []
    assert _found(desk, emptied) == []

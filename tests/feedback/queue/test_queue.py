"""The queue: who sees which cases, in what order, and how many each view holds."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case
from survey_app.feedback.queries.queue import CaseLine, Reader, count_queue, queue_page
from survey_app.feedback.rules.states import OPEN, State
from survey_app.feedback.rules.views import View, Wanted
from survey_app.foundation.database import Database
from survey_app.staff.operations import add_account
from tests.feedback.queue.cases import COMMUNE, new_case, store

HOUR = timedelta(hours=1)


def _reader(now: datetime, account_id: int = 1, scopes: Sequence[str] = ("",)) -> Reader:
    return Reader(account_id=account_id, scopes=scopes, now=now, soon=now + 16 * HOUR)


def _codes(
    database: Database, reader: Reader, wanted: Wanted | None = None, size: int = 50, **given: Any
) -> list[str]:
    """All codes, page by page."""
    codes: list[str] = []
    after = None
    with database.read() as session:
        while True:
            page = queue_page(
                session, wanted=wanted or Wanted(), reader=reader, after=after, size=size, **given
            )
            codes += [line.code for line in page.lines]
            after = page.following
            if after is None:
                return codes


class TestOrder:
    """Which case comes first."""

    def test_is_by_time_left_then_the_newest_without_one(self, database: Database, now: datetime) -> None:
        dues = (None, 5, -3, 1, None)
        cases = [store(database, now=now, due_at=now + due * HOUR if due else None) for due in dues]

        assert _codes(database, _reader(now)) == [cases[place].code for place in (2, 3, 1, 4, 0)]

    @pytest.mark.parametrize("size", [1, 2, 3, 7])
    def test_shows_every_case_once_whatever_the_page(
        self, database: Database, now: datetime, size: int
    ) -> None:
        rng = random.Random(size)

        def several(session: Session) -> None:
            for _ in range(13):
                hours = rng.choice([None, -1, 0, 2])
                new_case(session, now=now, due_at=None if hours is None else now + hours * HOUR)

        database.write(several)

        assert _codes(database, _reader(now), size=size) == _codes(database, _reader(now))
        assert len(set(_codes(database, _reader(now), size=size))) == 13


class TestScope:
    """Whose cases are seen."""

    @pytest.mark.parametrize(
        ("scopes", "seen"),
        [
            (("",), ["04", "04/01273", "04/01273/P1", "04.9/1", "01/1"]),
            (("04",), ["04", "04/01273", "04/01273/P1"]),
            (("04/01273",), ["04/01273", "04/01273/P1"]),
            (("01", "04.9"), ["04.9/1", "01/1"]),
            ((), []),
        ],
    )
    def test_is_the_persons_units_and_all_below(
        self, database: Database, now: datetime, scopes: tuple[str, ...], seen: list[str]
    ) -> None:
        units = ("04", "04/01273", "04/01273/P1", "04.9/1", "01/1")
        codes = {store(database, now=now, unit_path=path).code: path for path in units}

        found = [codes[code] for code in _codes(database, _reader(now, scopes=scopes))]

        assert sorted(found) == sorted(seen)

    def test_is_narrowed_by_a_unit_and_never_widened(self, database: Database, now: datetime) -> None:
        own = store(database, now=now, unit_path="04/01273")
        store(database, now=now, unit_path="04/01288")
        reader = _reader(now, scopes=("04/01273",))

        assert _codes(database, reader, unit_paths=["04"]) == [own.code]
        assert _codes(database, reader, unit_paths=["04/01288"]) == []


class TestViews:
    """Built-in views and their counts."""

    @pytest.fixture
    def people(self, database: Database, now: datetime) -> list[int]:
        def add(session: Session) -> list[int]:
            names = ("a", "b")
            return [add_account(session, email=f"{n}@example.vn", name=n, now=now).id for n in names]

        return database.write(add)

    def test_hold_as_many_as_their_counts_say(
        self, database: Database, now: datetime, people: list[int]
    ) -> None:
        rng = random.Random(5)

        def fill(session: Session) -> None:
            for _ in range(150):
                hours = rng.choice([None, -30, -1, 0, 3, 16, 17, 90])
                new_case(
                    session,
                    now=now,
                    state=rng.choice(list(State)),
                    handler_id=rng.choice([None, *people]),
                    unit_path=rng.choice([COMMUNE, "04/01288"]),
                    due_at=None if hours is None else now + hours * HOUR,
                )

        database.write(fill)
        reader = _reader(now, people[0], scopes=(COMMUNE,))

        with database.read() as session:
            counts = count_queue(session, reader=reader)
        held = {view: len(_codes(database, reader, Wanted(view=view))) for view in counts.views}
        mine = Wanted(handler=str(people[1]))

        assert held == counts.views
        assert min(counts.views.values()) > 0
        assert counts.handlers[people[1]] == len(_codes(database, reader, mine))

    def test_show_open_cases_unless_all_are_asked_for(self, database: Database, now: datetime) -> None:
        codes = {state: store(database, now=now, state=state).code for state in State}

        assert set(_codes(database, _reader(now))) == {codes[state] for state in OPEN}
        shown = set(_codes(database, _reader(now), Wanted(view=View.ALL)))
        assert shown == set(codes.values()) - {codes[State.DIVERTED]}

    def test_never_show_what_took_another_track(self, database: Database, now: datetime) -> None:
        store(database, now=now, state=State.DIVERTED)

        assert _codes(database, _reader(now), Wanted(view=View.ALL, state=State.DIVERTED)) == []


class TestFilters:
    """What narrows a view."""

    @pytest.mark.parametrize(
        "wanted",
        [
            Wanted(state=State.WAITING),
            Wanted(field="Đất đai"),
            Wanted(is_overdue=True),
            Wanted(text="ngập nước"),
            Wanted(handler="me"),
        ],
        ids=["state", "field", "overdue", "text", "handler"],
    )
    def test_leave_only_what_was_asked_for(self, database: Database, now: datetime, wanted: Wanted) -> None:
        me = database.write(lambda session: add_account(session, email="m@x.vn", name="Tôi", now=now).id)
        case = store(
            database,
            now=now,
            state=State.WAITING,
            field="Đất đai",
            text="Đường ngập nước",
            handler_id=me,
            due_at=now - HOUR,
        )
        store(database, now=now, due_at=now + HOUR)

        assert _codes(database, _reader(now, me), wanted) == [case.code]

    def test_take_days_as_they_are_in_vietnam(self, database: Database, now: datetime) -> None:
        # 23:30 on 20/11 and 00:30 on 21/11 in Việt Nam lie in one day of UTC.
        day = now.replace(hour=16, minute=30) - timedelta(days=1)
        cases = [store(database, now=day), store(database, now=day + HOUR)]
        date = (now - timedelta(days=1)).date()

        assert _codes(database, _reader(now), Wanted(until=date)) == [cases[0].code]
        assert _codes(database, _reader(now), Wanted(since=date + timedelta(days=1))) == [cases[1].code]


def test_a_line_holds_nothing_of_what_the_citizen_wrote() -> None:
    assert not {"text", "proposal", "search_text", "phone_hash"} & set(CaseLine.__slots__)
    assert set(CaseLine.__slots__) - {"case_id"} <= {column.key for column in Case.__table__.columns}

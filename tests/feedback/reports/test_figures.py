"""The figures of a report are those that the events tell, and what one period leaves the next one carries over."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, PublicCopy
from survey_app.feedback.operations.moves import make_move
from survey_app.feedback.operations.succession import succeed_unit
from survey_app.feedback.queries.reports import quarterly_report
from survey_app.feedback.rules.actors import SYSTEM
from survey_app.feedback.rules.kinds import Kind
from survey_app.feedback.rules.reports import Grouping, Period, Report, SumsDoNotAdd, quarter
from survey_app.feedback.rules.states import State, Step
from survey_app.foundation.database import Database
from tests.feedback.case_desk import OFFICE, OTHER_WARD, WARD, CaseDesk
from tests.feedback.reports.histories import expected, live, lives

PERIODS = [quarter(2025, 3), quarter(2025, 4), quarter(2026, 1), quarter(2026, 2)]
YEAR_END = Period(date(2025, 12, 20), date(2026, 1, 10))
BEGIN = datetime(2025, 6, 1, tzinfo=UTC)


def report_of(desk: CaseDesk, period: Period, grouping: Grouping = Grouping.FIELD, **other: object) -> Report:
    words: dict[str, object] = {"scopes": ("",), "grouping": grouping}
    with desk.database.read() as session:
        return quarterly_report(session, period=period, **words | other)  # type: ignore[arg-type]


@pytest.fixture
def desk(database: Database) -> CaseDesk:
    desk = CaseDesk(database, BEGIN)
    desk.prepare()
    return desk


@pytest.fixture(params=[11, 2026])
def lived(desk: CaseDesk, request: pytest.FixtureRequest) -> CaseDesk:
    """Cases of thirteen months with all that can happen to one."""
    rng = random.Random(request.param)
    desk.database.write(lambda session: live(session, rng=rng, since=BEGIN, days=390, cases=45))
    return desk


class TestRandomHistories:
    """Against a count from events alone, written without looking at dates of cases."""

    def test_agree_with_the_events_in_every_figure(self, lived: CaseDesk) -> None:
        with lived.database.read() as session:
            known = list(lives(session))
        for period in (*PERIODS, YEAR_END):
            figures = report_of(lived, period).total.figures
            told = expected(known, period)
            assert {name: figures[name] for name in told} == told, period
            assert told["total"] > 0

    def test_give_other_kinds_a_line_of_their_own(self, lived: CaseDesk) -> None:
        with lived.database.read() as session:
            known = list(lives(session))
        question = report_of(lived, PERIODS[1]).others[1]
        assert question.key == Kind.QUESTION
        assert question.figures["total"] == expected(known, PERIODS[1], Kind.QUESTION)["total"] > 0

    def test_carry_over_what_the_period_before_left(self, lived: CaseDesk) -> None:
        for earlier, later in pairwise(PERIODS):
            left = {line.key: line.figures["in_progress"] for line in report_of(lived, earlier).lines}
            carried = {line.key: line.figures["carried_over"] for line in report_of(lived, later).lines}
            assert +Counter(carried) == +Counter(left)

    def test_count_a_case_in_the_unit_that_had_it_at_the_end(self, lived: CaseDesk) -> None:
        period = PERIODS[2]
        with lived.database.read() as session:
            known = list(lives(session))
        left = Counter(
            life.unit_at(period.ends_at)
            for life in known
            if life.case.kind is Kind.PETITION and life.is_in_progress(period.ends_at)
        )
        lines = report_of(lived, period, Grouping.UNIT).lines
        assert +Counter({line.key: line.figures["in_progress"] for line in lines}) == left

    def test_are_the_same_however_they_are_cut(self, lived: CaseDesk) -> None:
        by_field, by_unit = report_of(lived, PERIODS[1]), report_of(lived, PERIODS[1], Grouping.UNIT)
        wards = [report_of(lived, PERIODS[1], unit_path=unit) for unit in (WARD, OTHER_WARD)]
        fields = [report_of(lived, PERIODS[1], field=line.key) for line in by_field.lines]
        assert by_field.total.figures == by_unit.total.figures
        for parts in (wards, fields):
            added = sum((Counter(part.total.figures) for part in parts), Counter[str]())
            assert +added == +Counter(by_field.total.figures)


class TestMergerOfUnits:
    """An abolished unit's cases are its successor's, and the report says where they came from."""

    @pytest.fixture
    def moved(self, desk: CaseDesk) -> CaseDesk:
        for _ in range(3):
            desk.case()
        desk.case(unit_path=OTHER_WARD, received_path=OTHER_WARD)
        desk.now = datetime(2025, 8, 1, tzinfo=UTC)
        desk.do(succeed_unit, old_path=WARD, new_path=OTHER_WARD, actor=SYSTEM)
        return desk

    def test_moves_them_with_their_origin(self, moved: CaseDesk) -> None:
        (line,) = report_of(moved, quarter(2025, 3), Grouping.UNIT).lines
        assert (line.key, line.figures["carried_over"], line.figures["in_progress"]) == (OTHER_WARD, 4, 4)
        assert line.origins == {"Đơn vị 01273, Đơn vị 04": 3}

    def test_leaves_them_with_the_old_unit_in_the_period_before(self, moved: CaseDesk) -> None:
        lines = report_of(moved, quarter(2025, 2), Grouping.UNIT).lines
        assert {line.key: line.figures["in_progress"] for line in lines} == {WARD: 3, OTHER_WARD: 1}

    def test_shows_them_to_the_successor_only(self, moved: CaseDesk) -> None:
        totals = [
            report_of(moved, quarter(2025, 3), scopes=(unit,)).total.figures["total"]
            for unit in (OTHER_WARD, WARD, OFFICE)
        ]
        assert totals == [4, 0, 0]


def _add(session: Session, row: PublicCopy) -> None:
    session.add(row)


def _end(desk: CaseDesk, case_id: int, target: State) -> None:
    desk.database.write(lambda session: setattr(session.get_one(Case, case_id), "state", State.APPROVED))
    desk.do(make_move, case=case_id, step=Step.SEND, actor=SYSTEM, target=target)


def test_a_reopened_case_is_handled_in_its_quarter_and_new_in_the_next(desk: CaseDesk) -> None:
    case = desk.case()
    _end(desk, case, State.ANSWERED)
    desk.now += timedelta(days=60)
    desk.do(make_move, case=case, step=Step.REOPEN, actor=SYSTEM, reason="Chưa xong")
    before = report_of(desk, quarter(2025, 2)).total.figures
    after = report_of(desk, quarter(2025, 3)).total.figures
    assert (before["handled"], before["in_progress"]) == (1, 0)
    assert (after["new"], after["reopened"], after["carried_over"], after["in_progress"]) == (1, 1, 0, 1)


def test_what_happens_at_midnight_belongs_to_the_new_day(desk: CaseDesk) -> None:
    desk.now = quarter(2025, 3).begins_at
    desk.case()
    assert report_of(desk, quarter(2025, 2)).total.figures["total"] == 0
    assert report_of(desk, quarter(2025, 3)).total.figures["new"] == 1


def test_only_handled_cases_count_as_published(desk: CaseDesk) -> None:
    handled, waiting = desk.case(), desk.case()
    _end(desk, handled, State.ANSWERED)
    for case_id in (handled, waiting):
        copy = PublicCopy(
            case_id=case_id,
            unit_path=WARD,
            field="",
            kind=Kind.PETITION,
            title="x",
            question="x",
            answer="x",
            search_text="x",
            is_public=True,
            published_at=desk.now,
        )
        desk.database.write(partial(_add, row=copy))
    figures = report_of(desk, quarter(2025, 2)).total.figures
    assert (figures["total"], figures["published"]) == (2, 1)


def test_a_report_that_does_not_add_up_is_refused_with_sum_and_line(desk: CaseDesk) -> None:
    case = desk.case(field="Đất đai")
    desk.database.write(lambda session: setattr(session.get_one(Case, case), "state", State.CLOSED))
    with pytest.raises(
        SumsDoNotAdd, match="Đất đai: total = handled \\+ in_progress \\+ set_aside"
    ) as refused:
        report_of(desk, quarter(2025, 2))
    assert [str(one.identity) for one in refused.value.found] == [
        "total = handled + in_progress + set_aside"
    ] * 2

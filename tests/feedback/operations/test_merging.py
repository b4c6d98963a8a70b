"""Cases about one matter are answered together, whatever becomes of the first, and can be told apart again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from survey_app.feedback.models import CaseMerge
from survey_app.feedback.operations.closing import withdraw
from survey_app.feedback.operations.merging import UnableToMerge, merge, unmerge
from survey_app.feedback.operations.moves import CaseChangedMeanwhile, UnableToMove, make_move
from survey_app.feedback.operations.triage import forward, receive
from survey_app.feedback.rules.actors import SYSTEM
from survey_app.feedback.rules.states import State, Step
from tests.feedback.case_desk import OTHER_WARD, WARD, CaseDesk
from tests.feedback.operations.conftest import Officers
from tests.feedback.operations.test_closing import answer
from tests.feedback.operations.test_moves import at_once
from tests.feedback.operations.test_triage import limit


def join(desk: CaseDesk, officers: Officers, case: int, primary: int, **other: Any) -> Any:
    words: dict[str, Any] = {"account_id": officers.router, "scopes": (WARD,)}
    return desk.do(merge, case=case, primary=primary, **words | other)


def test_every_merged_case_is_answered_with_the_first(desk: CaseDesk, officers: Officers) -> None:
    first, second, third = (desk.case() for _ in range(3))
    join(desk, officers, second, first)
    join(desk, officers, third, first)
    answer(desk, first)
    assert [desk.look(case).state for case in (first, second, third)] == [State.ANSWERED] * 3
    event = desk.events(third)[-1]
    assert (event.step, event.details) == (Step.ANSWER_WITH_PRIMARY, {"primary": first})


def test_cases_merged_in_a_chain_are_all_answered(desk: CaseDesk, officers: Officers) -> None:
    first, second, third = (desk.case() for _ in range(3))
    join(desk, officers, third, second)
    join(desk, officers, second, first)
    answer(desk, first)
    assert {desk.look(case).state for case in (second, third)} == {State.ANSWERED}
    assert {desk.look(case).merged_into_id for case in (second, third)} == {first}


def test_a_case_merged_into_an_answered_one_is_answered_at_once(desk: CaseDesk, officers: Officers) -> None:
    first, second = desk.case(), desk.case()
    answer(desk, first)
    join(desk, officers, second, first)
    assert desk.steps(second)[-2:] == [Step.MERGE, Step.ANSWER_WITH_PRIMARY]
    assert (desk.look(second).state, desk.look(second).ended_at) == (State.ANSWERED, desk.now)


def test_a_case_merged_into_one_that_was_answered_with_another_leads_to_the_answer(
    desk: CaseDesk, officers: Officers
) -> None:
    first, second, third = (desk.case() for _ in range(3))
    join(desk, officers, second, first)
    answer(desk, first)
    join(desk, officers, third, second)
    assert (desk.look(third).state, desk.look(third).merged_into_id) == (State.ANSWERED, first)


def test_merged_cases_are_forwarded_with_the_first_and_read_why(desk: CaseDesk, officers: Officers) -> None:
    first, second = desk.case(), desk.case()
    join(desk, officers, second, first)
    desk.run(forward, first, officers.router, body="Công ty Điện lực", reason="Lưới điện")
    stored = desk.look(second)
    assert (stored.state, stored.competent_body) == (State.FORWARDED, "Công ty Điện lực")
    assert desk.events(second)[-1].reason == "Lưới điện"


def test_merged_cases_go_back_when_the_first_is_withdrawn(desk: CaseDesk, officers: Officers) -> None:
    limit(desk)
    first, second = desk.case(), desk.case()
    desk.run(receive, second, officers.router)
    due = desk.look(second).due_at
    join(desk, officers, second, first)
    desk.run(withdraw, first)
    stored = desk.look(second)
    assert (stored.state, stored.merged_into_id, stored.ended_at) == (State.RECEIVED, None, None)
    assert stored.due_at == due


def test_undoing_a_merge_puts_the_case_and_its_clock_back(desk: CaseDesk, officers: Officers) -> None:
    limit(desk)
    first, second = desk.case(), desk.case()
    due = desk.look(second).due_at
    join(desk, officers, second, first)
    assert desk.look(second).due_at is None
    desk.now += timedelta(days=1)
    desk.do(unmerge, case=second, account_id=officers.router)
    assert (desk.look(second).state, desk.look(second).due_at) == (State.NEW, due)
    with desk.database.read() as session:
        assert session.scalars(select(CaseMerge)).one().undone_at == desk.now


def test_what_was_undone_can_be_merged_and_undone_again(desk: CaseDesk, officers: Officers) -> None:
    first, second = desk.case(), desk.case()
    for state in (State.NEW, State.RECEIVED):
        if state is State.RECEIVED:
            desk.run(receive, second, officers.router)
        join(desk, officers, second, first)
        desk.do(unmerge, case=second, account_id=officers.router)
        assert desk.look(second).state is state


def test_a_merge_that_was_answered_cannot_be_undone(desk: CaseDesk, officers: Officers) -> None:
    first, second = desk.case(), desk.case()
    join(desk, officers, second, first)
    answer(desk, first)
    with pytest.raises(UnableToMove):
        desk.do(unmerge, case=second, account_id=officers.router)
    assert desk.look(second).state is State.ANSWERED


def test_a_case_is_not_merged_into_itself_nor_into_a_merged_one(desk: CaseDesk, officers: Officers) -> None:
    first, second, third = (desk.case() for _ in range(3))
    join(desk, officers, second, first)
    for case, primary in ((third, third), (third, second), (first, second)):
        with pytest.raises(UnableToMerge):
            join(desk, officers, case, primary)
    assert desk.look(first).state is desk.look(third).state is State.NEW


def test_a_case_that_the_officer_cannot_see_is_no_primary_and_is_not_merged(
    desk: CaseDesk, officers: Officers
) -> None:
    here, there = desk.case(), desk.case(unit_path=OTHER_WARD)
    for case, primary in ((here, there), (there, here)):
        with pytest.raises(UnableToMerge):
            join(desk, officers, case, primary)
    join(desk, officers, here, there, scopes=(WARD, OTHER_WARD))
    assert desk.look(here).merged_into_id == there


def test_a_case_that_is_due_earlier_is_not_merged_into_a_later_one(
    desk: CaseDesk, officers: Officers
) -> None:
    limit(desk)
    older = desk.case()
    desk.now += timedelta(days=7)
    newer = desk.case()
    with pytest.raises(UnableToMerge):
        join(desk, officers, older, newer)
    join(desk, officers, newer, older)
    assert desk.look(newer).state is State.MERGED


def test_merging_from_an_old_page_is_refused(desk: CaseDesk, officers: Officers) -> None:
    first, second = desk.case(), desk.case()
    desk.run(receive, second, officers.router)
    with pytest.raises(CaseChangedMeanwhile):
        join(desk, officers, second, first, version=1)


def test_of_two_who_merge_crosswise_at_once_one_is_refused(desk: CaseDesk, officers: Officers) -> None:
    first, second = desk.case(), desk.case()
    results = at_once(
        lambda: join(desk, officers, first, second), lambda: join(desk, officers, second, first)
    )
    assert [type(result) for result in results].count(UnableToMerge) == 1
    states = sorted(desk.look(case).state for case in (first, second))
    assert states == [State.MERGED, State.NEW]


def test_a_merged_case_may_be_reopened_by_its_own_sender(desk: CaseDesk, officers: Officers) -> None:
    first, second = desk.case(), desk.case()
    join(desk, officers, second, first)
    answer(desk, first)
    desk.run(make_move, second, step=Step.REOPEN, reason="Ở chỗ tôi chưa sửa")
    desk.run(make_move, second, SYSTEM, step=Step.TAKE)
    assert (desk.look(first).state, desk.look(second).state) == (State.ANSWERED, State.IN_PROGRESS)

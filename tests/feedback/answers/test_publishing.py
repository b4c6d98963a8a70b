"""The copy for the public: confirmed by a person, published, taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case
from survey_app.feedback.operations.moves import UnableToMove
from survey_app.feedback.operations.publication import (
    CopyChangedMeanwhile,
    UnableToPublish,
    publish,
    retract,
    save_copy,
)
from survey_app.feedback.queries.published import Wanted, published_lines, published_page
from survey_app.feedback.rules.publication import CopyDraft
from survey_app.feedback.rules.states import OPEN, State, Step
from survey_app.foundation.database import Database
from tests.feedback.answers.conftest import COPY, AnsweringDesk
from tests.feedback.case_desk import OTHER_WARD, PROVINCE, WARD

OTHER = CopyDraft("Đèn đường", "Câu hỏi khác.", "Trả lời khác.")


def _codes(database: Database, **wanted: object) -> list[str]:
    with database.read() as session:
        lines = published_lines(session, wanted=Wanted(**wanted), most=50)  # type: ignore[arg-type]
        return [line.code for line in lines]


class TestPreparing:
    """Saving the redacted texts."""

    def test_a_saved_copy_is_not_public(self, desk: AnsweringDesk) -> None:
        case_id = desk.answered()
        desk.run(save_copy, case_id, desk.writer, copy=COPY, is_confirmed=True, version=0)

        assert desk.copy_of(case_id).confirmed_by == desk.writer
        assert _codes(desk.database) == []

    def test_a_changed_text_must_be_confirmed_anew(self, desk: AnsweringDesk) -> None:
        case_id = desk.answered()
        desk.run(save_copy, case_id, desk.writer, copy=COPY, is_confirmed=True, version=0)
        desk.run(save_copy, case_id, desk.writer, copy=OTHER, is_confirmed=False, version=1)

        assert desk.copy_of(case_id).confirmed_by is None

    def test_the_second_of_two_people_overwrites_nothing(self, desk: AnsweringDesk) -> None:
        case_id = desk.answered()
        desk.run(save_copy, case_id, desk.writer, copy=COPY, is_confirmed=False, version=0)

        with pytest.raises(CopyChangedMeanwhile):
            desk.run(save_copy, case_id, desk.second, copy=OTHER, is_confirmed=False, version=0)
        assert desk.copy_of(case_id).question == COPY.question

    @pytest.mark.parametrize(
        "copy", [CopyDraft("", "a", "b"), CopyDraft("a", "", "b"), CopyDraft("a", "b", "")]
    )
    def test_a_copy_has_all_three_texts(self, desk: AnsweringDesk, copy: CopyDraft) -> None:
        case_id = desk.answered()

        with pytest.raises(UnableToPublish):
            desk.run(save_copy, case_id, desk.writer, copy=copy, is_confirmed=True, version=0)


class TestPublishing:
    """Showing it."""

    def test_a_confirmed_copy_is_found_by_everybody(self, desk: AnsweringDesk) -> None:
        case_id = desk.published()

        assert _codes(desk.database) == [desk.look(case_id).code]
        assert desk.steps(case_id)[-1] is Step.PUBLISH

    def test_what_nobody_confirmed_is_refused(self, desk: AnsweringDesk) -> None:
        case_id = desk.answered()
        desk.run(save_copy, case_id, desk.writer, copy=COPY, is_confirmed=False, version=0)

        with pytest.raises(UnableToPublish):
            desk.run(publish, case_id, desk.approver, copy=COPY, is_confirmed=False, version=1)

    def test_one_person_confirms_and_another_publishes(self, desk: AnsweringDesk) -> None:
        case_id = desk.answered()
        desk.run(save_copy, case_id, desk.writer, copy=COPY, is_confirmed=True, version=0)
        desk.run(publish, case_id, desk.approver, copy=COPY, is_confirmed=False, version=1)
        kept = desk.copy_of(case_id)

        assert (kept.confirmed_by, kept.published_by) == (desk.writer, desk.approver)

    def test_the_confirmation_of_another_text_does_not_count(self, desk: AnsweringDesk) -> None:
        case_id = desk.answered()
        desk.run(save_copy, case_id, desk.writer, copy=COPY, is_confirmed=True, version=0)

        with pytest.raises(UnableToPublish):
            desk.run(publish, case_id, desk.approver, copy=OTHER, is_confirmed=False, version=1)

    @pytest.mark.parametrize("state", sorted(OPEN))
    def test_nothing_is_published_before_the_answer(self, desk: AnsweringDesk, state: State) -> None:
        case_id = desk.handled(state=state)

        with pytest.raises(UnableToMove):
            desk.run(publish, case_id, desk.approver, copy=COPY, is_confirmed=True, version=0)
        assert _codes(desk.database) == []

    @pytest.mark.parametrize("is_confirmed", [False, True])
    def test_a_public_copy_is_changed_by_publishing_only(
        self, desk: AnsweringDesk, is_confirmed: bool
    ) -> None:
        case_id = desk.published()

        with pytest.raises(UnableToPublish):
            desk.run(save_copy, case_id, desk.writer, copy=OTHER, is_confirmed=is_confirmed, version=1)

    def test_a_public_copy_is_not_changed_without_a_confirmation(self, desk: AnsweringDesk) -> None:
        case_id = desk.published()

        with pytest.raises(UnableToPublish):
            desk.run(publish, case_id, desk.approver, copy=OTHER, is_confirmed=False, version=1)

    @pytest.mark.parametrize("state", [State.DIVERTED, State.WITHDRAWN, State.SPLIT, State.MERGED])
    def test_a_case_that_was_turned_aside_shows_no_copy(self, desk: AnsweringDesk, state: State) -> None:
        case_id = desk.published()

        def turn(session: Session) -> None:
            session.get_one(Case, case_id).state = state

        desk.database.write(turn)

        assert _codes(desk.database) == []
        with desk.database.read() as session:
            assert published_page(session, desk.look(case_id).code) is None


class TestRetracting:
    """Taking it back."""

    def test_the_next_read_does_not_find_it(self, desk: AnsweringDesk) -> None:
        case_id = desk.published()
        desk.run(retract, case_id, desk.approver, reason="Còn lộ tên")
        with desk.database.read() as session:
            page = published_page(session, desk.look(case_id).code)

        assert page is None
        assert _codes(desk.database) == []
        assert _codes(desk.database, words="đèn") == []

    def test_needs_a_reason(self, desk: AnsweringDesk) -> None:
        case_id = desk.published()

        with pytest.raises(UnableToMove):
            desk.run(retract, case_id, desk.approver, reason=" ")
        assert desk.copy_of(case_id).is_public

    def test_what_is_not_public_cannot_be_taken_back(self, desk: AnsweringDesk) -> None:
        with pytest.raises(UnableToPublish):
            desk.run(retract, desk.answered(), desk.approver, reason="Nhầm")

    def test_it_comes_back_only_when_somebody_confirms_it_again(self, desk: AnsweringDesk) -> None:
        case_id = desk.published()
        desk.run(retract, case_id, desk.approver, reason="Còn lộ tên")

        with pytest.raises(UnableToPublish):
            desk.run(publish, case_id, desk.approver, copy=COPY, is_confirmed=False, version=1)
        desk.run(publish, case_id, desk.approver, copy=COPY, is_confirmed=True, version=1)
        assert _codes(desk.database) == [desk.look(case_id).code]


class TestFinding:
    """The list that everybody reads."""

    def test_words_are_found_without_diacritics_and_only_in_the_copy(self, desk: AnsweringDesk) -> None:
        code = desk.look(desk.published()).code

        assert _codes(desk.database, words="den duong") == [code]
        assert _codes(desk.database, words="thay hai đèn") == [code]
        assert _codes(desk.database, words="vật tư") == []

    def test_a_unit_finds_all_below_it_and_nothing_beside_it(self, desk: AnsweringDesk) -> None:
        code = desk.look(desk.published()).code

        assert _codes(desk.database, unit_path=PROVINCE) == _codes(desk.database, unit_path=WARD) == [code]
        assert _codes(desk.database, unit_path=OTHER_WARD) == []

    def test_pages_follow_each_other_without_a_gap_or_a_repeat(self, desk: AnsweringDesk) -> None:
        cases = []
        for minutes in (0, 0, 1, 2, 2):
            desk.now += timedelta(minutes=minutes)
            cases.append(desk.published())
        desk.run(retract, cases[2], desk.approver, reason="Nhầm")
        expected = [desk.look(cases[number]).code for number in (4, 3, 1, 0)]
        read: list[str] = []
        with desk.database.read() as session:
            while lines := published_lines(session, wanted=Wanted(), most=2, after=read[-1] if read else ""):
                read += [line.code for line in lines]

        assert read == expected

    def test_going_on_from_a_retracted_answer_loses_the_reader_nothing(self, desk: AnsweringDesk) -> None:
        first = desk.published()
        desk.now += timedelta(minutes=1)
        second = desk.published()
        desk.run(retract, second, desk.approver, reason="Nhầm")
        with desk.database.read() as session:
            lines = published_lines(session, wanted=Wanted(), most=2, after=desk.look(second).code)

        assert [line.code for line in lines] == [desk.look(first).code]

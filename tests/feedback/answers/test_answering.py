"""Answers from the first draft to the one that is sent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.orm import Session

from survey_app.feedback.models import AnswerVersion, Case, DeskSetting
from survey_app.feedback.operations.answers import (
    UnableToApprove,
    UnableToSave,
    UnableToSubmit,
    UnableToWrite,
    approve,
    approve_and_send,
    return_draft,
    save_draft,
    send,
    submit,
)
from survey_app.feedback.operations.merging import merge
from survey_app.feedback.operations.moves import CaseChangedMeanwhile, UnableToMove
from survey_app.feedback.rules.answers import Part, read_parts
from survey_app.feedback.rules.settings import DeskSettings, write_settings
from survey_app.feedback.rules.states import State, Step
from tests.feedback.answers.conftest import AnsweringDesk, texts
from tests.feedback.case_desk import WARD


class TestSaving:
    """Drafts."""

    def test_the_first_draft_is_an_event_and_later_ones_are_versions(self, desk: AnsweringDesk) -> None:
        case_id = desk.handled(state=State.ASSIGNED)
        desk.run(save_draft, case_id, desk.writer, parts=texts(done="Một"), base_version=0)
        desk.run(save_draft, case_id, desk.writer, parts=texts(done="Hai"), base_version=1)

        assert desk.look(case_id).state is State.IN_PROGRESS
        assert desk.steps(case_id).count(Step.DRAFT) == 1
        assert desk.answer(case_id).version == 2

    def test_saving_the_same_text_twice_changes_nothing(self, desk: AnsweringDesk) -> None:
        case_id = desk.handled()
        for _time in range(2):
            desk.run(save_draft, case_id, desk.writer, parts=texts(), base_version=0)

        assert desk.answer(case_id).version == 1

    @pytest.mark.parametrize("state", [State.WAITING, State.DRAFTED, State.ANSWERED, State.DIVERTED])
    def test_a_case_that_is_not_being_handled_takes_no_draft(self, desk: AnsweringDesk, state: State) -> None:
        case_id = desk.handled(state=state)

        with pytest.raises(UnableToWrite):
            desk.run(save_draft, case_id, desk.writer, parts=texts(), base_version=0)


class TestTwoAtOnce:
    """Two officers write at the same time."""

    def test_the_second_is_shown_both_texts_and_their_base(self, desk: AnsweringDesk) -> None:
        case_id = desk.handled()
        desk.run(save_draft, case_id, desk.writer, parts=texts(done="Gốc"), base_version=0)
        desk.run(save_draft, case_id, desk.writer, parts=texts(done="Của tôi"), base_version=1)

        with pytest.raises(UnableToSave) as refused:
            desk.run(save_draft, case_id, desk.second, parts=texts(done="Của người kia"), base_version=1)
        (met,) = [one for one in refused.value.meetings if one.part is Part.DONE]

        assert (met.base, met.theirs, met.mine) == ("Gốc", "Của tôi", "Của người kia")
        assert desk.answer(case_id).parts["done"] == "Của tôi"

    def test_saving_upon_the_version_that_was_shown_is_taken(self, desk: AnsweringDesk) -> None:
        case_id = desk.handled()
        desk.run(save_draft, case_id, desk.writer, parts=texts(done="Một"), base_version=0)
        with pytest.raises(UnableToSave) as refused:
            desk.run(save_draft, case_id, desk.second, parts=texts(done="Hai"), base_version=0)
        desk.run(
            save_draft, case_id, desk.second, parts=texts(done="Cả hai"), base_version=refused.value.version
        )

        assert desk.answer(case_id).parts["done"] == "Cả hai"

    def test_one_of_two_at_the_same_moment_wins_and_no_text_is_lost(self, desk: AnsweringDesk) -> None:
        case_id = desk.handled()
        words = [f"Bản {number}" for number in range(4)]

        def write(text: str) -> str | None:
            try:
                desk.run(save_draft, case_id, desk.writer, parts=texts(done=text), base_version=0)
            except UnableToSave as refused:
                return next(one.mine for one in refused.meetings if one.part is Part.DONE)
            return None

        with ThreadPoolExecutor(4) as pool:
            given_back = [text for text in pool.map(write, words) if text]

        assert len(given_back) == 3
        assert {desk.answer(case_id).parts["done"], *given_back} == set(words)


class TestSubmitting:
    """The way to the approver."""

    def test_hands_the_text_over(self, desk: AnsweringDesk) -> None:
        case_id = desk.submitted()

        assert desk.look(case_id).state is State.DRAFTED
        assert desk.answer(case_id).submitted_by == desk.writer

    @pytest.mark.parametrize("wrong", ["", "Sẽ {việc sẽ làm}"])
    def test_a_text_with_a_fault_stays_and_is_told_where(self, desk: AnsweringDesk, wrong: str) -> None:
        case_id = desk.handled()

        with pytest.raises(UnableToSubmit) as refused:
            desk.run(submit, case_id, desk.writer, parts=texts(done=wrong), base_version=0)
        assert [one.part for one in refused.value.faults] == [Part.DONE]
        assert desk.look(case_id).state is State.IN_PROGRESS


class TestApproving:
    """Two people where two are required."""

    def test_the_writer_may_not_approve_although_the_role_is_there(self, desk: AnsweringDesk) -> None:
        case_id = desk.submitted()

        with pytest.raises(UnableToApprove):
            desk.run(approve, case_id, desk.writer, version=desk.look(case_id).version)
        assert desk.look(case_id).state is State.DRAFTED

    def test_who_submitted_what_another_wrote_may_not_either(self, desk: AnsweringDesk) -> None:
        case_id = desk.handled()
        desk.run(save_draft, case_id, desk.second, parts=texts(), base_version=0)
        desk.run(submit, case_id, desk.writer, parts=texts(), base_version=1)

        for account in (desk.second, desk.writer):
            with pytest.raises(UnableToApprove):
                desk.run(approve, case_id, account, version=desk.look(case_id).version)

    def test_who_wrote_a_version_that_another_has_changed_since_may_not_either(
        self, desk: AnsweringDesk
    ) -> None:
        case_id = desk.handled()
        desk.run(save_draft, case_id, desk.approver, parts=texts(done="Bản một"), base_version=0)
        desk.run(submit, case_id, desk.writer, parts=texts(done="Bản hai"), base_version=1)

        with pytest.raises(UnableToApprove):
            desk.run(approve, case_id, desk.approver, version=desk.look(case_id).version)

    def test_a_desk_of_one_person_may_set_it_otherwise(self, desk: AnsweringDesk) -> None:
        alone = write_settings(DeskSettings(two_people=False))
        desk.database.write(
            lambda session: session.add(DeskSetting(unit_path=WARD, values=alone, changed_at=desk.now))
        )
        case_id = desk.submitted()
        desk.run(approve, case_id, desk.writer, version=desk.look(case_id).version)

        assert desk.look(case_id).state is State.APPROVED

    def test_what_is_approved_is_not_sent_yet(self, desk: AnsweringDesk) -> None:
        case_id = desk.submitted()
        desk.run(approve, case_id, desk.approver, version=desk.look(case_id).version)

        assert desk.look(case_id).state is State.APPROVED
        assert desk.answer(case_id).sent_at is None

    def test_a_page_that_is_out_of_date_decides_nothing(self, desk: AnsweringDesk) -> None:
        case_id = desk.submitted()
        old = desk.look(case_id).version
        desk.run(return_draft, case_id, desk.approver, note="Thiếu ngày", version=old)
        desk.run(submit, case_id, desk.writer, parts=texts(done="Bản khác"), base_version=1)

        with pytest.raises(CaseChangedMeanwhile):
            desk.run(approve_and_send, case_id, desk.approver, version=old)


class TestReturning:
    """Back to the writer."""

    def test_keeps_which_text_it_was(self, desk: AnsweringDesk) -> None:
        case_id = desk.submitted(done="Bản một")
        desk.run(return_draft, case_id, desk.approver, note="Thiếu ngày", version=desk.look(case_id).version)
        desk.run(submit, case_id, desk.writer, parts=texts(done="Bản hai"), base_version=1)
        with desk.database.read() as session:
            returned = session.query(AnswerVersion).filter(AnswerVersion.returned_at.is_not(None)).one()

        assert (returned.version, returned.returned_by) == (1, desk.approver)
        assert read_parts(returned.parts)[Part.DONE] == "Bản một"

    def test_needs_a_note_that_only_officers_read(self, desk: AnsweringDesk) -> None:
        case_id = desk.submitted()
        version = desk.look(case_id).version

        with pytest.raises(UnableToApprove):
            desk.run(return_draft, case_id, desk.approver, note=" ", version=version)
        desk.run(return_draft, case_id, desk.approver, note="Thiếu ngày", version=version)
        event = desk.events(case_id)[-1]

        assert (event.step, event.note, event.reason) == (Step.RETURN, "Thiếu ngày", "")

    def test_takes_an_approval_back(self, desk: AnsweringDesk) -> None:
        case_id = desk.submitted()
        desk.run(approve, case_id, desk.approver, version=desk.look(case_id).version)
        desk.run(return_draft, case_id, desk.approver, note="Xem lại", version=desk.look(case_id).version)

        assert desk.answer(case_id).approved_by is None
        assert desk.look(case_id).state is State.IN_PROGRESS


class TestSending:
    """What the citizen reads from then on."""

    def test_nothing_leaves_without_an_approval(self, desk: AnsweringDesk) -> None:
        case_id = desk.submitted()

        with pytest.raises(UnableToMove):
            desk.run(send, case_id, desk.approver, version=desk.look(case_id).version)
        assert desk.answer(case_id).sent_at is None

    def test_one_press_approves_and_sends(self, desk: AnsweringDesk) -> None:
        case_id = desk.answered()
        answer = desk.answer(case_id)

        assert desk.look(case_id).state is State.ANSWERED
        assert (answer.approved_by, answer.sent_by, answer.sent_at) == (
            desk.approver,
            desk.approver,
            desk.now,
        )

    def test_no_event_holds_a_word_of_the_answer(self, desk: AnsweringDesk) -> None:
        case_id = desk.answered()
        told = " ".join(f"{one.reason} {one.note} {one.details}" for one in desk.events(case_id))

        assert "đèn" not in told.lower()

    def test_a_merged_case_is_answered_with_its_primary(self, desk: AnsweringDesk) -> None:
        primary, other = desk.handled(), desk.handled()
        desk.do(merge, case=other, primary=primary, account_id=desk.writer, scopes=(WARD,))
        desk.run(submit, primary, desk.writer, parts=texts(), base_version=0)
        desk.run(approve_and_send, primary, desk.approver, version=desk.look(primary).version)

        assert desk.look(other).state is State.ANSWERED

    def test_a_reopened_case_begins_another_round_and_keeps_the_first(self, desk: AnsweringDesk) -> None:
        case_id = desk.answered()
        desk.database.write(lambda session: _reopen(session, case_id))
        desk.run(save_draft, case_id, desk.writer, parts=texts(done="Lần hai"), base_version=0)

        assert desk.answer(case_id, 2).parts["done"] == "Lần hai"
        assert desk.answer(case_id, 1).sent_at == desk.now


def _reopen(session: Session, case_id: int) -> None:
    case = session.get_one(Case, case_id)
    case.state, case.reopened = State.REOPENED, 1

"""Writing and approving in the browser, without a script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app.feedback.models import Answer, AnswerVersion, Case
from survey_app.feedback.rules.answers import Part, stored_parts
from survey_app.feedback.rules.states import State
from survey_app.foundation.audit import AuditEntry
from survey_app.staff.rules.permissions import Role
from tests.feedback.answers.conftest import TEXTS, AnsweringDesk, texts
from tests.feedback.case_desk import OTHER_WARD, WARD
from tests.staff_client import StaffClient

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Staff = Callable[..., StaffClient]
TYPED = stored_parts(TEXTS)


@pytest.fixture
def writer(staff_client: Staff) -> StaffClient:
    """An officer who handles, and could approve if nobody minded."""
    return staff_client((Role.UNIT_HANDLER, WARD), (Role.APPROVER, WARD))


@pytest.fixture
def approver(staff_client: Staff) -> StaffClient:
    """Somebody else who approves."""
    return staff_client((Role.APPROVER, WARD))


@pytest.fixture
def case(app_desk: AnsweringDesk, writer: StaffClient) -> Case:
    """A case that the writer handles, with hostile text."""
    case_id = app_desk.handled(handler_id=writer.account_id, text="Đèn hỏng <script>alert(1)</script>")
    return app_desk.look(case_id)


def _answer(case: Case) -> str:
    return f"/desk/cases/{case.code}/answer"


def _review(case: Case) -> str:
    return f"/desk/cases/{case.code}/review"


class TestWriting:
    """/desk/cases/<code>/answer."""

    def test_shows_what_the_citizen_wrote_as_text(self, writer: StaffClient, case: Case) -> None:
        page = writer.get(_answer(case))

        assert page.status_code == 200
        assert "Đèn hỏng &lt;script&gt;alert(1)&lt;/script&gt;" in page.text

    def test_a_template_fills_the_empty_parts_and_stores_nothing(
        self, app_desk: AnsweringDesk, writer: StaffClient, case: Case
    ) -> None:
        sent = {"do": "template", "template": "shipped:petition", "done": "Đã thay hai đèn."}
        page = writer.post(_answer(case), sent)

        assert "Đã thay hai đèn." in page.text
        assert "{kết quả kiểm tra}" in page.text
        with app_desk.database.read() as session:
            assert session.scalars(select(Answer)).all() == []

    def test_a_preview_shows_headings_and_hints_and_stores_nothing(
        self, app_desk: AnsweringDesk, writer: StaffClient, case: Case
    ) -> None:
        page = writer.post(_answer(case), TYPED | {"do": "preview", "found": " ".join(["thấy"] * 31)})

        assert "Câu dài 31 tiếng" in page.text
        assert app_desk.look(case.id).version == case.version

    def test_a_draft_is_kept_and_shown_again(self, writer: StaffClient, case: Case) -> None:
        answer = writer.post(_answer(case), {"do": "save", "done": "Mới một nửa", "version": "0"})

        assert (answer.status_code, answer.headers["Location"]) == (303, _answer(case))
        assert "Mới một nửa" in writer.get(_answer(case)).text

    def test_what_is_missing_is_named_beside_its_part(
        self, app_desk: AnsweringDesk, writer: StaffClient, case: Case
    ) -> None:
        page = writer.post(_answer(case), TYPED | {"do": "submit", "basis": "", "version": "0"})

        assert page.status_code == 422
        assert 'id="basis-error">Chưa viết phần này.' in page.text
        assert app_desk.look(case.id).state is State.IN_PROGRESS

    def test_submitting_leads_back_to_the_case(
        self, app_desk: AnsweringDesk, writer: StaffClient, case: Case
    ) -> None:
        answer = writer.post(_answer(case), TYPED | {"do": "submit", "version": "0"})

        assert answer.headers["Location"] == f"/desk/cases/{case.code}"
        assert app_desk.look(case.id).state is State.DRAFTED

    def test_two_at_once_meet_on_a_page_that_has_both_texts(
        self, app_desk: AnsweringDesk, staff_client: Staff, writer: StaffClient, case: Case
    ) -> None:
        router = staff_client((Role.ROUTING_OFFICER, WARD))
        writer.post(_answer(case), {"do": "save", "done": "Bản của Hoa", "version": "0"})
        page = router.post(_answer(case), {"do": "save", "done": "Bản của Nam", "version": "0"})
        version = re.search(r'name="version" value="(\d+)"', page.text)

        assert page.status_code == 409
        assert {"Bản của Hoa", "Bản của Nam"} <= set(re.findall(r"Bản của (?:Hoa|Nam)", page.text))
        assert version
        kept = {"do": "save", "done": "Bản của Hoa và Nam", "version": version[1]}
        assert router.post(_answer(case), kept).status_code == 303
        with app_desk.database.read() as session:
            assert session.scalars(select(Answer)).one().parts == {"done": "Bản của Hoa và Nam"}

    def test_a_part_that_is_too_long_is_refused_and_not_lost(self, writer: StaffClient, case: Case) -> None:
        page = writer.post(_answer(case), {"do": "save", "done": "đ" * 10_001, "version": "0"})

        assert page.status_code == 422
        assert "đ" * 10_000 in page.text

    @pytest.mark.parametrize(
        "grants",
        [
            [(Role.UNIT_HANDLER, OTHER_WARD)],
            [(Role.LEADER, WARD)],
            [(Role.AUDITOR, WARD)],
            [(Role.UNIT_HANDLER, WARD)],
        ],
        ids=["another unit", "leader", "auditor", "another's case"],
    )
    def test_who_does_not_handle_it_is_kept_out(
        self, staff_client: Staff, case: Case, grants: list[tuple[Role, str]]
    ) -> None:
        stranger = staff_client(*grants)

        assert stranger.get(_answer(case)).status_code in (403, 404)
        assert stranger.post(_answer(case), TYPED | {"do": "submit"}).status_code in (403, 404)

    def test_the_audit_log_knows_the_deed_and_no_word_of_it(
        self, app_desk: AnsweringDesk, writer: StaffClient, case: Case
    ) -> None:
        writer.post(_answer(case), TYPED | {"do": "save", "version": "0"})
        with app_desk.database.read() as session:
            line = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()

        assert line is not None
        assert (line.action, line.subject) == ("feedback.handle", f"case:{case.code}")
        assert line.details == {"did": "answer_save"}

    @pytest.mark.parametrize("code", ["0" * 11, "x", "%00", "a" * 300])
    def test_a_code_that_is_none_is_not_there(self, writer: StaffClient, case: Case, code: str) -> None:
        assert writer.get(f"/desk/cases/{code}/answer").status_code == 404


class TestReviewing:
    """/desk/cases/<code>/review."""

    @pytest.fixture
    def submitted(self, writer: StaffClient, case: Case) -> Case:
        """The case with its answer handed in."""
        writer.post(_answer(case), TYPED | {"do": "submit", "version": "0"})
        return case

    def _version(self, desk: AnsweringDesk, case: Case) -> str:
        return str(desk.look(case.id).version)

    def test_one_press_approves_and_sends(
        self, app_desk: AnsweringDesk, approver: StaffClient, submitted: Case
    ) -> None:
        version = self._version(app_desk, submitted)
        page = approver.get(_review(submitted))
        answer = approver.post(_review(submitted), {"do": "approve_and_send", "version": version})

        assert "Duyệt và gửi" in page.text
        assert answer.status_code == 303
        assert app_desk.look(submitted.id).state is State.ANSWERED

    def test_the_writer_sees_no_button_and_is_refused_without_one(
        self, app_desk: AnsweringDesk, writer: StaffClient, submitted: Case
    ) -> None:
        version = self._version(app_desk, submitted)
        page = writer.get(_review(submitted))
        answer = writer.post(_review(submitted), {"do": "approve_and_send", "version": version})

        assert 'value="approve' not in page.text
        assert answer.status_code == 422
        assert app_desk.look(submitted.id).state is State.DRAFTED

    def test_after_a_return_the_approver_sees_what_changed(
        self, app_desk: AnsweringDesk, writer: StaffClient, approver: StaffClient, submitted: Case
    ) -> None:
        sent = {"do": "return", "note": "Ghi rõ ngày", "version": self._version(app_desk, submitted)}
        approver.post(_review(submitted), sent)
        changed = stored_parts(texts(who_when="Đội điện phường làm xong trước ngày 25/11/2026."))
        writer.post(_answer(submitted), changed | {"do": "submit", "version": "1"})
        page = approver.get(_review(submitted)).text

        assert "<del>30/11/2026.</del><ins>25/11/2026.</ins>" in page
        with app_desk.database.read() as session:
            assert len(session.scalars(select(AnswerVersion)).all()) == 2

    def test_returning_without_a_word_is_refused(
        self, app_desk: AnsweringDesk, approver: StaffClient, submitted: Case
    ) -> None:
        sent = {"do": "return", "note": "", "version": self._version(app_desk, submitted)}

        assert "Xin ghi cần sửa gì" in approver.post(_review(submitted), sent).text
        assert app_desk.look(submitted.id).state is State.DRAFTED

    def test_a_page_that_was_left_open_decides_nothing(
        self, app_desk: AnsweringDesk, approver: StaffClient, submitted: Case
    ) -> None:
        old = str(int(self._version(app_desk, submitted)) - 1)
        page = approver.post(_review(submitted), {"do": "approve_and_send", "version": old})

        assert page.status_code == 422
        assert app_desk.look(submitted.id).state is State.DRAFTED

    def test_an_approver_of_another_unit_does_not_find_it(self, staff_client: Staff, submitted: Case) -> None:
        stranger = staff_client((Role.APPROVER, OTHER_WARD))

        assert stranger.get(_review(submitted)).status_code == 404

    def test_a_case_without_an_answer_has_nothing_to_review(self, approver: StaffClient, case: Case) -> None:
        assert approver.get(_review(case)).status_code == 404

    def test_an_unknown_button_does_nothing(self, approver: StaffClient, submitted: Case) -> None:
        assert approver.post(_review(submitted), {"do": "destroy"}).status_code == 400


def test_every_page_says_what_is_obligatory(app: Flask, writer: StaffClient, case: Case) -> None:
    page = writer.get(_answer(case)).text

    assert page.count("<textarea") == len(Part)
    assert page.count("required") >= len(Part)

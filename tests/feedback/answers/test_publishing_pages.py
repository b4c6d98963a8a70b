"""Redacting and publishing in the browser, without a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, CaseContact
from survey_app.feedback.operations.answers import approve_and_send, submit
from survey_app.feedback.rules.kinds import SubjectClass
from survey_app.foundation.clock import local_date
from survey_app.foundation.privacy import FieldCipher
from survey_app.staff.rules.permissions import Role
from tests.feedback.answers.conftest import AnsweringDesk, texts
from tests.feedback.case_desk import INSTALLATION, OTHER_WARD, WARD
from tests.staff_client import StaffClient

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Staff = Callable[..., StaffClient]
SAFE = {
    "title": "Đèn đường hỏng",
    "question": "Đèn hỏng ba tuần nay.",
    "answer": "Đã thay hai đèn.",
    "version": "0",
}


@pytest.fixture
def approver(staff_client: Staff) -> StaffClient:
    """Somebody who publishes."""
    return staff_client((Role.APPROVER, WARD))


@pytest.fixture
def writer(staff_client: Staff) -> StaffClient:
    """The officer who handles."""
    return staff_client((Role.UNIT_HANDLER, WARD))


@pytest.fixture
def case(app_desk: AnsweringDesk, writer: StaffClient) -> Case:
    """An answered case of Nông Thị Hoa, who wrote her telephone into the text."""
    desk = app_desk
    text = "Tôi, nông thị hoa, báo đèn hỏng. Gọi 0912345678. <b>Gấp</b>"
    case_id = desk.handled(handler_id=writer.account_id, text=text)
    desk.run(submit, case_id, desk.writer, parts=texts(), base_version=0)
    desk.run(approve_and_send, case_id, desk.approver, version=desk.look(case_id).version)
    contact = CaseContact(
        case_id=case_id,
        name_sealed=FieldCipher(INSTALLATION.contact_key).encrypt("Nông Thị Hoa"),
        purpose="handling",
        ground="NĐ 20/2008",
        purge_on=local_date(desk.now),
    )
    desk.database.write(lambda session: session.add(contact))
    return desk.look(case_id)


def _redact(case: Case) -> str:
    return f"/desk/cases/{case.code}/redact"


def _publish(case: Case) -> str:
    return f"/desk/cases/{case.code}/publish"


class TestRedacting:
    """/desk/cases/<code>/redact."""

    def test_suggests_what_leads_to_the_sender(self, writer: StaffClient, case: Case) -> None:
        page = writer.get(_redact(case)).text

        assert 'name="hide" value="0912345678" checked' in page
        assert 'name="hide" value="nông thị hoa" checked' in page

    def test_helps_nobody_complained_about_to_guess_the_sender(
        self, app_desk: AnsweringDesk, writer: StaffClient, case: Case
    ) -> None:
        def complain(session: Session) -> None:
            session.get_one(Case, case.id).subject_class = SubjectClass.CONDUCT

        app_desk.database.write(complain)
        page = writer.post(_redact(case), SAFE | {"do": "cover", "question": "nông thị hoa"}).text

        assert "nông thị hoa" in page
        assert 'name="seen"' not in page

    def test_knows_the_sender_of_a_part_by_the_petition_it_was_split_from(
        self, app_desk: AnsweringDesk, writer: StaffClient, case: Case
    ) -> None:
        part = app_desk.look(app_desk.handled(handler_id=writer.account_id, part_of_id=case.id, part=1))
        page = writer.post(_redact(part), SAFE | {"do": "cover", "question": "nông thị hoa"}).text

        assert 'name="seen" value="nông thị hoa"' in page

    def test_covers_what_is_ticked_and_stores_nothing(
        self, app_desk: AnsweringDesk, writer: StaffClient, case: Case
    ) -> None:
        typed = SAFE | {"do": "cover", "question": case.text, "hide": ["0912345678"]}
        page = writer.post(_redact(case), typed).text

        assert "Gọi [đã che: số điện thoại]." in page
        assert 'value="nông thị hoa"' in page
        assert "chưa lưu" in page

    def test_keeps_the_copy_and_leaves_the_original(
        self, app_desk: AnsweringDesk, writer: StaffClient, case: Case
    ) -> None:
        answer = writer.post(_redact(case), SAFE | {"do": "keep"})

        assert answer.status_code == 303
        assert app_desk.copy_of(case.id).question == SAFE["question"]
        assert app_desk.look(case.id).text == case.text

    def test_what_is_ticked_is_covered_by_whatever_button(
        self, app_desk: AnsweringDesk, writer: StaffClient, case: Case
    ) -> None:
        typed = SAFE | {"do": "keep", "question": "Gọi 0912345678.", "hide": "0912345678", "confirmed": "y"}
        writer.post(_redact(case), typed)

        assert app_desk.copy_of(case.id).question == "Gọi [đã che: số điện thoại]."

    def test_a_box_that_was_unticked_stays_so_and_a_new_finding_is_ticked(
        self, writer: StaffClient, case: Case
    ) -> None:
        typed = {"do": "cover", "question": "Gọi 0912345678 hoặc 0987654321.", "seen": "0912345678"}
        page = writer.post(_redact(case), SAFE | typed).text

        assert 'name="hide" value="0912345678">' in page
        assert 'name="hide" value="0987654321" checked>' in page

    def test_the_box_is_never_ticked_beforehand(self, writer: StaffClient, case: Case) -> None:
        writer.post(_redact(case), SAFE | {"do": "keep", "confirmed": "y"})
        box = writer.get(_redact(case)).text.split('id="confirmed"')[1].split(">")[0]

        assert "checked" not in box

    def test_the_second_of_two_is_told_and_keeps_what_was_typed(
        self, writer: StaffClient, case: Case
    ) -> None:
        writer.post(_redact(case), SAFE | {"do": "keep"})
        page = writer.post(_redact(case), SAFE | {"do": "keep", "question": "Bản thứ hai của tôi"})

        assert page.status_code == 422
        assert "Bản thứ hai của tôi" in page.text

    @pytest.mark.parametrize("role", [Role.UNIT_HANDLER, Role.APPROVER])
    def test_nobody_of_another_unit_finds_it(self, staff_client: Staff, case: Case, role: Role) -> None:
        stranger = staff_client((role, OTHER_WARD))

        assert stranger.get(_redact(case)).status_code in (403, 404)
        assert stranger.get(_publish(case)).status_code in (403, 404)


class TestPublishing:
    """/desk/cases/<code>/publish and what the public sees."""

    def test_without_a_confirmation_nothing_is_public(self, approver: StaffClient, case: Case) -> None:
        page = approver.post(_publish(case), SAFE | {"do": "keep"})

        assert page.status_code == 422
        assert approver.app.test_client().get(f"/feedback/answered/{case.code}").status_code == 404

    def test_a_confirmed_copy_is_public_at_once(self, approver: StaffClient, case: Case) -> None:
        approver.post(_publish(case), SAFE | {"do": "keep", "confirmed": "y"})
        page = approver.app.test_client().get(f"/feedback/answered/{case.code}")

        assert page.status_code == 200
        assert "Đã thay hai đèn." in page.text
        assert "0912345678" not in page.text

    def test_who_only_handles_may_not_publish(self, writer: StaffClient, case: Case) -> None:
        assert writer.post(_publish(case), SAFE | {"confirmed": "y"}).status_code == 403

    def test_who_only_handles_does_not_change_what_is_public(
        self, app_desk: AnsweringDesk, writer: StaffClient, approver: StaffClient, case: Case
    ) -> None:
        approver.post(_publish(case), SAFE | {"do": "keep", "confirmed": "y"})
        typed = SAFE | {"do": "keep", "version": "1", "answer": "Không ai duyệt câu này.", "confirmed": "y"}

        assert writer.post(_redact(case), typed).status_code == 422
        assert app_desk.copy_of(case.id).answer == SAFE["answer"]

    def test_a_retracted_copy_is_gone_with_the_next_request(self, approver: StaffClient, case: Case) -> None:
        approver.post(_publish(case), SAFE | {"do": "keep", "confirmed": "y"})
        approver.post(f"/desk/cases/{case.code}/retract", {"reason": "Còn lộ tên"})
        public = approver.app.test_client()

        assert public.get(f"/feedback/answered/{case.code}").status_code == 404
        assert case.code not in public.get("/feedback/answered").text
        assert case.code not in public.get("/feedback/answered.rss").text

    def test_retracting_needs_a_reason(self, approver: StaffClient, case: Case) -> None:
        approver.post(_publish(case), SAFE | {"do": "keep", "confirmed": "y"})
        approver.post(f"/desk/cases/{case.code}/retract", {"reason": ""})

        assert approver.app.test_client().get(f"/feedback/answered/{case.code}").status_code == 200

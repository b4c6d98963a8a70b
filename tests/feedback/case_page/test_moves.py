"""The buttons of a case page in the browser, without a script."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from PIL import Image

from survey_app.feedback.models import Grievance
from survey_app.feedback.operations.triage import receive
from survey_app.feedback.rules.kinds import Kind, SubjectClass
from survey_app.feedback.rules.offers import FIELDS_OF
from survey_app.feedback.rules.states import State, Step
from survey_app.staff.rules.permissions import Role
from tests.feedback.case_desk import OTHER_WARD, WARD
from tests.feedback.case_page.conftest import PageDesk, page_of, send
from tests.staff_client import StaffClient

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _picture() -> bytes:
    stream = BytesIO()
    Image.new("RGB", (20, 20), "white").save(stream, "PNG")
    return stream.getvalue()


class TestMoves:
    """POST /desk/cases/<code>/<move>."""

    def test_receiving_is_stored_and_audited_once(self, desk: PageDesk, router: StaffClient) -> None:
        case = desk.sent()
        answer = send(router, case, "receive")

        assert (answer.status_code, answer.location) == (303, page_of(case))
        assert desk.look(case.id).state is State.RECEIVED
        assert desk.audited() == ["case_receive"]

    def test_a_double_click_makes_one_move(self, desk: PageDesk, router: StaffClient) -> None:
        case = desk.sent()
        answers = [send(router, case, "receive").status_code for _ in range(2)]

        assert answers == [303, 303]
        assert desk.steps(case.id).count(Step.RECEIVE) == 1

    def test_a_note_sent_twice_is_one_note_and_two_notes_are_two(
        self, desk: PageDesk, router: StaffClient
    ) -> None:
        case = desk.sent()
        for text in ("Đã gọi", "Đã gọi", "Gọi lại chiều nay"):
            assert send(router, case, "note", note=text).status_code == 303

        assert [event.note for event in desk.events(case.id)[1:]] == ["Đã gọi", "Gọi lại chiều nay"]

    def test_classifying_keeps_kind_field_and_class(self, desk: PageDesk, router: StaffClient) -> None:
        case = desk.sent()
        send(
            router,
            case,
            "classify",
            kind="question",
            field="Đất đai",
            subject_class="regulation",
            summary="Hỏi",
        )
        found = desk.look(case.id)

        assert (found.kind, found.field, found.subject_class, found.summary) == (
            Kind.QUESTION,
            "Đất đai",
            SubjectClass.REGULATION,
            "Hỏi",
        )

    def test_assigning_offers_people_of_the_unit_with_what_they_have(
        self, desk: PageDesk, router: StaffClient, handler: StaffClient
    ) -> None:
        case = desk.sent()
        desk.sent(handler_id=handler.account_id, state=State.ASSIGNED)
        stranger = desk.officer((Role.UNIT_HANDLER, OTHER_WARD))

        assert "(đang có 1)" in router.get(page_of(case)).text
        assert send(router, case, "assign", handler=str(stranger)).status_code == 422
        assert send(router, case, "assign", handler=str(handler.account_id)).status_code == 303
        assert desk.look(case.id).handler_id == handler.account_id

    def test_assigning_to_somebody_else_from_an_old_page_is_not_taken_for_a_double_click(
        self, desk: PageDesk, router: StaffClient, handler: StaffClient
    ) -> None:
        case = desk.sent()
        send(router, case, "assign", handler=str(handler.account_id))

        assert send(router, case, "assign", handler=str(router.account_id)).status_code == 409

    def test_transferring_finds_the_unit_and_a_second_click_does_nothing(
        self, desk: PageDesk, router: StaffClient
    ) -> None:
        case = desk.sent()
        pages = [send(router, case, "transfer", unit="01279", reason="Thuộc phường bên") for _ in range(2)]

        assert [page.location for page in pages] == [page_of(case), page_of(case)]
        assert desk.look(case.id).unit_path == OTHER_WARD
        assert desk.steps(case.id).count(Step.TRANSFER) == 1

    def test_an_unknown_unit_is_pointed_out_and_what_was_typed_stays(
        self, desk: PageDesk, router: StaffClient
    ) -> None:
        case = desk.sent()
        page = send(router, case, "transfer", unit="Phường Không Có", reason="Thuộc <b>nơi</b> khác")

        assert page.status_code == 422
        assert 'id="transfer-unit-error">Không thấy đơn vị này' in page.text
        assert "Thuộc &lt;b&gt;nơi&lt;/b&gt; khác" in page.text
        assert re.search(r'<details id="transfer" open>', page.text)

    @pytest.mark.parametrize("step", ["forward", "refuse"])
    def test_the_competent_body_must_be_named(self, desk: PageDesk, router: StaffClient, step: str) -> None:
        case = desk.sent()
        page = send(router, case, step, ground="unclear", reason="Xin hỏi nơi khác", body=" ")

        assert page.status_code == 422
        assert f'id="{step}-body-error">Xin điền mục này' in page.text
        assert desk.look(case.id).state is State.NEW

    def test_a_refusal_tells_its_ground_in_law(self, desk: PageDesk, router: StaffClient) -> None:
        case = desk.sent()
        send(router, case, "refuse", ground="no_contact", reason="", body="Bộ phận Một cửa")
        event = desk.events(case.id)[-1]

        assert (event.step, event.details["body"]) == (Step.REFUSE, "Bộ phận Một cửa")
        assert "NĐ 20/2008/NĐ-CP, Điều 7" in event.reason

    def test_asking_pauses_and_resuming_goes_on(self, desk: PageDesk, router: StaffClient) -> None:
        case = desk.sent(handler_id=router.account_id, state=State.IN_PROGRESS)
        send(router, case, "ask", reason="Ở số nhà nào?")
        waiting = desk.look(case.id)
        send(router, waiting, "resume", reason="Đã tự tìm ra")

        assert (waiting.state, waiting.due_at) == (State.WAITING, None)
        assert desk.look(case.id).state is State.IN_PROGRESS

    def test_what_changed_meanwhile_is_shown_with_what_was_typed(
        self, desk: PageDesk, router: StaffClient
    ) -> None:
        case = desk.sent()
        other = desk.officer((Role.ROUTING_OFFICER, WARD))
        desk.run(receive, case.id, other)
        page = send(router, case, "forward", reason="Thuộc Sở Xây dựng", body="Sở Xây dựng")
        version = re.search(r'name="version" value="(\d+)"', page.text)

        assert page.status_code == 409
        assert "Người khác đã làm" in page.text
        assert "Thuộc Sở Xây dựng" in page.text
        assert version
        again = {"version": version[1], "reason": "Thuộc Sở Xây dựng", "body": "Sở Xây dựng"}
        assert router.post(f"{page_of(case)}/forward", again).status_code == 303
        assert desk.look(case.id).state is State.FORWARDED

    def test_what_cannot_be_done_any_more_leaves_the_words_to_copy(
        self, desk: PageDesk, router: StaffClient
    ) -> None:
        case = desk.sent()
        send(router, case, "refuse", ground="unclear", reason="", body="UBND tỉnh")
        page = send(router, case, "ask", reason="Câu hỏi dài đã gõ")

        assert page.status_code == 409
        assert "Câu hỏi dài đã gõ" in page.text
        assert "không còn làm được" in page.text

    def test_files_of_officers_are_kept_by_their_bytes(self, desk: PageDesk, router: StaffClient) -> None:
        case = desk.sent()
        good = {"version": "1", "files": (BytesIO(_picture()), "anh.png")}
        bad = {"version": "1", "files": (BytesIO(b"PK\x03\x04 zip"), "anh.jpg")}

        assert router.post(f"{page_of(case)}/attach", bad).status_code == 422
        assert router.post(f"{page_of(case)}/attach", good).status_code == 303
        assert "/desk/files/" in router.get(page_of(case)).text

    def test_diverting_takes_the_case_out_of_the_desk(self, desk: PageDesk, router: StaffClient) -> None:
        case = desk.sent("Tôi tố cáo ông A")
        answer = send(router, case, "divert", grievance="denunciation", reason="Nội dung tố cáo")

        assert answer.location == "/desk"
        assert router.get(page_of(case)).status_code == 404
        assert send(router, case, "divert", grievance="denunciation", reason="x").location == "/desk"
        with desk.database.read() as session:
            assert session.query(Grievance).one().code == case.code

    def test_a_clerk_withdraws_for_a_caller(self, desk: PageDesk) -> None:
        case = desk.sent()
        clerk = desk.person((Role.INTAKE_CLERK, WARD))

        assert send(clerk, case, "withdraw", note="Người gửi gọi điện").status_code == 303
        assert desk.look(case.id).state is State.WITHDRAWN

    def test_a_handler_does_not_move_what_a_colleague_has(self, desk: PageDesk, handler: StaffClient) -> None:
        case = desk.sent(handler_id=desk.officer((Role.UNIT_HANDLER, WARD)), state=State.IN_PROGRESS)

        assert send(handler, case, "ask", reason="?").status_code == 403

    @pytest.mark.parametrize("step", sorted(FIELDS_OF))
    def test_nonsense_in_every_field_is_refused_politely(self, desk: PageDesk, step: str) -> None:
        everybody = desk.person(*((role, WARD) for role in Role if role is not Role.AUDITOR))
        case = desk.sent()
        typed = dict.fromkeys(FIELDS_OF[Step(step)], "\0\u202e<x>" + "ă" * 20_000)

        assert send(everybody, case, step, **typed).status_code in (303, 409, 422)
        assert send(everybody, case, step, version="-1", **typed).status_code in (303, 409, 422)


class TestSplitting:
    """/desk/cases/<code>/split."""

    def test_makes_parts_with_their_own_units(self, desk: PageDesk, router: StaffClient) -> None:
        case = desk.sent("Đèn hỏng. Rác đầy.")
        typed = {
            "reason": "Hai việc khác nhau",
            "parts-0-text": "Đèn hỏng.",
            "parts-0-kind": "petition",
            "parts-0-unit": "01273",
            "parts-1-text": "Rác đầy.",
            "parts-1-kind": "petition",
            "parts-1-unit": "01279",
        }
        answers = [send(router, case, "split", **typed).status_code for _ in range(2)]
        page = router.get(page_of(case)).text

        assert answers == [303, 303]
        assert "Phần 1" in page
        assert "Phần 2" in page

    def test_keeps_what_was_typed_where_a_unit_is_unclear(self, desk: PageDesk, router: StaffClient) -> None:
        case = desk.sent()
        typed = {"reason": "Hai việc", "parts-0-text": "Đèn hỏng đã lâu", "parts-0-unit": "Sao Hỏa"}
        page = send(router, case, "split", **typed)

        assert page.status_code == 422
        assert "Đèn hỏng đã lâu" in page.text
        assert "Không thấy đơn vị này" in page.text


class TestHandingOver:
    """/desk/handover."""

    def test_gives_all_open_cases_of_who_leaves_to_another(
        self, desk: PageDesk, router: StaffClient, handler: StaffClient
    ) -> None:
        leaver = desk.officer((Role.UNIT_HANDLER, WARD))
        cases = [desk.sent(handler_id=leaver, state=State.IN_PROGRESS) for _ in range(3)]
        page = router.get(f"/desk/handover?from={leaver}").text
        answer = router.post("/desk/handover", {"from": str(leaver), "to": str(handler.account_id)})

        assert "3 hồ sơ mở" in page
        assert answer.status_code == 303
        assert {desk.look(case.id).handler_id for case in cases} == {handler.account_id}

    def test_names_no_officer_of_another_unit(self, desk: PageDesk, router: StaffClient) -> None:
        stranger = desk.officer((Role.UNIT_HANDLER, OTHER_WARD))
        desk.sent(unit_path=OTHER_WARD, handler_id=stranger, state=State.ASSIGNED)

        assert f"from={stranger}" not in router.get("/desk/handover").text
        assert router.get(f"/desk/handover?from={stranger}").status_code == 404

"""The page of one case: who may read it, what it says, who may know the sender."""

from __future__ import annotations

import gzip
import re

import pytest
from flask import Flask
from markupsafe import escape

from survey_app.feedback.models import CaseEvent
from survey_app.feedback.operations.merging import merge
from survey_app.feedback.operations.triage import ask, transfer
from survey_app.feedback.rules.codes import spoken
from survey_app.feedback.rules.kinds import ActorKind, SubjectClass
from survey_app.feedback.rules.states import State, Step
from survey_app.foundation.languages import format_instant
from survey_app.staff.rules.permissions import Role
from tests.feedback.case_desk import OTHER_WARD, PROVINCE, WARD
from tests.feedback.case_page.conftest import SENDER, PageDesk, page_of, send
from tests.feedback.queue.test_speed import counted
from tests.staff_client import StaffClient

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class TestReading:
    """GET /desk/cases/<code>."""

    def test_shows_the_words_as_text_with_their_lines(self, desk: PageDesk, router: StaffClient) -> None:
        case = desk.sent("Dòng một\n<script>alert(1)</script>")
        page = router.get(page_of(case)).text

        assert "Dòng một\n&lt;script&gt;alert(1)&lt;/script&gt;" in page

    def test_tells_the_due_day_the_working_time_left_and_the_law(
        self, desk: PageDesk, router: StaffClient
    ) -> None:
        case = desk.sent()
        page = router.get(page_of(case)).text

        assert re.search(r"Còn \d+ (?:ngày|giờ)[\w ]* làm việc", page)
        for clock in desk.clocks(case.id):
            assert format_instant(clock.due_at) in page
            assert str(escape(clock.legal_basis)) in page

    def test_is_not_there_for_another_unit(self, desk: PageDesk) -> None:
        case = desk.sent()
        stranger = desk.person((Role.ROUTING_OFFICER, OTHER_WARD))

        assert stranger.get(page_of(case)).status_code == 404
        assert stranger.post(f"{page_of(case)}/receive", {"version": "1"}).status_code in (403, 404)

    def test_stays_readable_where_the_case_was_taken_in_but_offers_nothing(
        self, desk: PageDesk, router: StaffClient
    ) -> None:
        case = desk.sent()
        desk.run(transfer, case.id, router.account_id, to_path=OTHER_WARD, reason="Thuộc phường bên")
        page = router.get(page_of(case))

        assert page.status_code == 200
        assert "không có việc nào ông/bà cần làm" in page.text

    def test_a_code_as_people_write_it_leads_to_the_case(self, desk: PageDesk, router: StaffClient) -> None:
        case = desk.sent()

        assert router.get(f"/desk/cases/{spoken(case.code).lower()}").location == page_of(case)

    @pytest.mark.parametrize("code", ["x", "0" * 11, "%00", "🙂", "PA-" * 50])
    def test_a_code_that_is_none_finds_nothing(self, router: StaffClient, code: str) -> None:
        assert router.get(f"/desk/cases/{code}").status_code == 404

    def test_a_case_of_another_legal_track_is_no_case_any_more(
        self, desk: PageDesk, router: StaffClient
    ) -> None:
        case = desk.sent(state=State.DIVERTED)

        assert router.get(page_of(case)).status_code == 404

    def test_marks_notes_as_internal_and_shows_what_the_sender_was_told(
        self, desk: PageDesk, router: StaffClient
    ) -> None:
        case = desk.sent()
        desk.run(ask, case.id, router.account_id, question="Số nhà nào?", note="Đã gọi hai lần")
        page = router.get(page_of(case)).text

        assert "Nội bộ:</span> Đã gọi hai lần" in page
        assert "Số nhà nào?" in page
        assert "Tạm dừng" in page

    def test_offers_only_what_the_person_may_do_now(
        self, desk: PageDesk, router: StaffClient, handler: StaffClient
    ) -> None:
        case = desk.sent()
        auditor = desk.person((Role.AUDITOR, WARD))

        assert f"{page_of(case)}/assign" in router.get(page_of(case)).text
        assert f"{page_of(case)}/assign" not in handler.get(page_of(case)).text
        assert f'action="{page_of(case)}/' not in auditor.get(page_of(case)).text

    def test_links_cases_that_belong_together(self, desk: PageDesk, router: StaffClient) -> None:
        case, primary = desk.sent(), desk.sent()
        desk.do(merge, case=case.id, primary=primary.id, account_id=router.account_id, scopes=[WARD])

        assert f'Gộp vào <a href="{page_of(primary)}"' in router.get(page_of(case)).text
        assert f'Gộp vào đây <a href="{page_of(case)}"' in router.get(page_of(primary)).text

    def test_warns_of_what_may_be_a_complaint(self, desk: PageDesk, router: StaffClient) -> None:
        case = desk.sent()
        event = desk.events(case.id)[0]
        desk.database.write(
            lambda session: setattr(
                session.get_one(CaseEvent, event.id), "details", {"suspected": "denunciation"}
            )
        )

        assert "dấu hiệu là tố cáo" in router.get(page_of(case)).text

    def test_stays_small_and_quick_with_three_hundred_events(
        self, app: Flask, desk: PageDesk, router: StaffClient
    ) -> None:
        case = desk.sent("Đèn đường hỏng. " * 300)
        desk.database.write(
            lambda session: session.add_all(
                CaseEvent(
                    case_id=case.id,
                    at=desk.now,
                    step=Step.NOTE,
                    from_state=State.NEW,
                    to_state=State.NEW,
                    actor_kind=ActorKind.STAFF,
                    account_id=router.account_id,
                    unit_path=WARD,
                    note=f"Ghi chú số {number} {'rất dài ' * 40}",
                )
                for number in range(300)
            )
        )
        with counted(app) as statements:
            page = router.get(page_of(case))

        assert len(gzip.compress(page.data)) <= 60_000
        assert len(statements) <= 22, "\n".join(statements)
        assert "Ghi chú số 299" in page.text
        assert "Ghi chú số 1 " not in page.text
        assert "Ghi chú số 1 " in router.get(f"{page_of(case)}?events=all").text


class TestSender:
    """Who may know who sent a case."""

    def test_is_shown_to_who_handles_after_a_click_that_is_logged(
        self, desk: PageDesk, handler: StaffClient
    ) -> None:
        case = desk.sent(handler_id=handler.account_id, state=State.IN_PROGRESS)
        desk.sender_of(case)
        before = handler.get(page_of(case)).text
        answer = handler.post(f"{page_of(case)}/contact")

        assert SENDER["name"] not in before
        assert SENDER["name"] in answer.text
        assert SENDER["phone"] in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert desk.audited() == ["sender_viewed"]

    def test_is_refused_to_a_colleague_who_does_not_handle(
        self, desk: PageDesk, handler: StaffClient
    ) -> None:
        case = desk.sent(handler_id=desk.officer((Role.UNIT_HANDLER, WARD)), state=State.IN_PROGRESS)
        desk.sender_of(case)
        answer = handler.post(f"{page_of(case)}/contact")

        assert answer.status_code == 403
        assert SENDER["name"] not in answer.text

    def test_is_hidden_from_the_unit_complained_about_until_released_from_above(
        self, desk: PageDesk, router: StaffClient
    ) -> None:
        case = desk.sent(subject_class=SubjectClass.CONDUCT)
        desk.sender_of(case)
        above = desk.person((Role.ROUTING_OFFICER, PROVINCE))
        release = f"{page_of(case)}/release"

        assert router.post(f"{page_of(case)}/contact").status_code == 403
        assert router.post(release, {"reason": "Tôi muốn biết"}).status_code == 403
        assert SENDER["name"] in above.post(f"{page_of(case)}/contact").text
        assert above.post(release, {"reason": ""}).status_code == 422
        assert above.post(release, {"reason": "Cần hẹn gặp để xác minh"}).status_code == 303
        assert SENDER["name"] in router.post(f"{page_of(case)}/contact").text

    def test_of_a_part_is_that_of_the_whole(self, desk: PageDesk, handler: StaffClient) -> None:
        whole = desk.sent(state=State.SPLIT)
        part = desk.sent(part_of_id=whole.id, part=1, handler_id=handler.account_id, state=State.IN_PROGRESS)
        desk.sender_of(whole)

        assert SENDER["name"] in handler.post(f"{page_of(part)}/contact").text


class TestDuplicates:
    """Suggestions on the page, side by side."""

    def test_are_suggested_and_compared_and_merged_by_a_person(
        self, desk: PageDesk, router: StaffClient
    ) -> None:
        case, other = desk.sent(), desk.sent("Den duong hong ba tuan nay!")
        compared = f"{page_of(case)}/compare/{other.code}"

        assert compared in router.get(page_of(case)).text
        assert "Gần như giống hệt" in router.get(compared).text
        assert send(router, case, "merge", other=spoken(other.code)).status_code == 303
        assert desk.look(case.id).merged_into_id == other.id

    def test_of_another_unit_are_not_there(self, desk: PageDesk, router: StaffClient) -> None:
        case = desk.sent()
        other = desk.sent(unit_path=OTHER_WARD, received_path=OTHER_WARD)

        assert other.code not in router.get(page_of(case)).text
        assert router.get(f"{page_of(case)}/compare/{other.code}").status_code == 404

"""Reports, register, workload and papers as an officer's browser gets them."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from io import BytesIO

import pypdfium2
import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, CaseContact, CaseRating
from survey_app.feedback.operations.assignment import assign
from survey_app.feedback.operations.grievances import divert_case
from survey_app.feedback.operations.moves import make_move
from survey_app.feedback.operations.triage import forward
from survey_app.feedback.rules.actors import SYSTEM
from survey_app.feedback.rules.answers import Solved
from survey_app.feedback.rules.codes import new_code
from survey_app.feedback.rules.kinds import GrievanceKind
from survey_app.feedback.rules.states import State, Step
from survey_app.foundation.audit import AuditEntry
from survey_app.foundation.clock import local_date
from survey_app.foundation.clock import now as present
from survey_app.foundation.database import Database
from survey_app.foundation.privacy import FieldCipher
from survey_app.staff.rules.permissions import Role
from tests.feedback.case_desk import INSTALLATION, OTHER_WARD, WARD, CaseDesk
from tests.staff_client import StaffClient

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Clients = Callable[..., StaffClient]
NAME, PHONE = "Hoàng Thị Lụa", "0912345678"


@pytest.fixture
def desk(app: Flask) -> CaseDesk:
    """The desk of the application, now."""
    database: Database = app.extensions["survey_app.database"]
    desk = CaseDesk(database, present())
    desk.prepare()
    return desk


@pytest.fixture
def leader(staff_client: Clients) -> StaffClient:
    """Who leads the first ward's desk."""
    return staff_client((Role.LEADER, WARD), (Role.ROUTING_OFFICER, WARD))


def these_days(desk: CaseDesk) -> str:
    """Return the query string of a period around today."""
    first, last = (local_date(desk.now + timedelta(days=days)) for days in (-30, 30))
    return f"since={first}&until={last}"


def code_of(desk: CaseDesk, case: int) -> str:
    """Give the case a real code, by which pages find it, and return it."""

    def rename(session: Session) -> str:
        found = session.get_one(Case, case)
        found.code = new_code(random.Random(case))
        return found.code

    return desk.database.write(rename)


def _add(session: Session, row: CaseRating) -> None:
    session.add(row)


def _approve(session: Session, case: int) -> None:
    session.get_one(Case, case).state = State.APPROVED


def add_contact(desk: CaseDesk, case: int) -> None:
    cipher = FieldCipher(INSTALLATION.contact_key)
    desk.database.write(
        lambda session: session.add(
            CaseContact(
                case_id=case,
                name_sealed=cipher.encrypt(NAME),
                phone_sealed=cipher.encrypt(PHONE),
                purpose="handling",
                ground="x",
                purge_on=local_date(desk.now),
            )
        )
    )


def text_of(content: bytes) -> str:
    text = pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()
    return " ".join(unicodedata.normalize("NFC", text).split())


class TestReport:
    """GET /desk/reports."""

    def test_shows_the_figures_of_own_units(self, desk: CaseDesk, leader: StaffClient) -> None:
        desk.case(field="Chiếu sáng")
        desk.case(field="Nghĩa trang", unit_path=OTHER_WARD, received_path=OTHER_WARD)
        page = leader.get(f"/desk/reports?{these_days(desk)}").text
        assert "Chiếu sáng" in page
        assert "Nghĩa trang" not in page
        assert "chưa đối chiếu mẫu chính thức" in page

    @pytest.mark.parametrize("ending", ["pdf", "docx", "xlsx"])
    def test_can_be_taken_as_a_file(self, desk: CaseDesk, leader: StaffClient, ending: str) -> None:
        desk.case()
        answer = leader.get(f"/desk/reports/{ending}?quarter=2026-3")
        assert answer.status_code == 200
        assert answer.data[:2] == (b"%P" if ending == "pdf" else b"PK")
        assert f"bao-cao-pakn-20260701-20260930.{ending}" in answer.headers["Content-Disposition"]

    def test_is_refused_where_the_sums_do_not_add(self, desk: CaseDesk, leader: StaffClient) -> None:
        case = desk.case(field="Đất đai")
        desk.database.write(lambda session: setattr(session.get_one(Case, case), "state", State.CLOSED))
        page = leader.get(f"/desk/reports?{these_days(desk)}")
        file = leader.get(f"/desk/reports/pdf?{these_days(desk)}")
        assert (page.status_code, file.status_code) == (409, 409)
        assert "Đất đai: total = handled + in_progress + set_aside" in page.text

    @pytest.mark.parametrize("role", [Role.UNIT_HANDLER, Role.INTAKE_CLERK, Role.ADMINISTRATOR])
    def test_is_not_for_everybody(self, staff_client: Clients, role: Role) -> None:
        client = staff_client((role, WARD))
        addresses = ("", "/pdf", "/register.xlsx", "/workload")
        assert {client.get(f"/desk/reports{one}").status_code for one in addresses} == {403}

    def test_does_not_reach_into_another_unit(self, desk: CaseDesk, leader: StaffClient) -> None:
        assert leader.get("/desk/reports?unit=01279").status_code == 404

    @pytest.mark.parametrize("query", ["quarter=9", "since=x&until=y", "since=2026-02-02&until=2026-01-01"])
    def test_stands_any_query(self, desk: CaseDesk, leader: StaffClient, query: str) -> None:
        assert leader.get(f"/desk/reports?by=x&field=%00&{query}").status_code == 200


class TestRegister:
    """GET /desk/reports/register.xlsx."""

    def test_lists_cases_without_who_sent_them_and_is_noted(
        self, desk: CaseDesk, leader: StaffClient
    ) -> None:
        case = desk.case(summary=f"=Ông {NAME} {PHONE} phản ánh đèn hỏng")
        add_contact(desk, case)
        content = leader.get(f"/desk/reports/register.xlsx?{these_days(desk)}").data
        rows = list(load_workbook(BytesIO(content)).worksheets[0].iter_rows(values_only=True))
        told = " ".join(str(value) for value in rows[1])
        assert len(rows) == 2
        assert "đèn hỏng" in told
        assert NAME not in told
        assert PHONE not in told
        with desk.database.read() as session:
            line = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
        assert line is not None
        assert line.details["did"] == "register_taken"

    def test_holds_nothing_that_took_another_track(self, desk: CaseDesk, leader: StaffClient) -> None:
        case = desk.case(text="ZEBRAMARK", summary="ZEBRAMARK", field="ZEBRAMARK")
        desk.run(divert_case, case, SYSTEM, kind=GrievanceKind.DENUNCIATION, reason="Chuyển theo Luật Tố cáo")
        query = these_days(desk)
        sheet = load_workbook(BytesIO(leader.get(f"/desk/reports/register.xlsx?{query}").data)).worksheets[0]
        assert sheet.max_row == 1
        assert "ZEBRAMARK" not in leader.get(f"/desk/reports?{query}").text
        assert "ZEBRAMARK" not in text_of(leader.get(f"/desk/reports/pdf?{query}").data)


class TestWorkload:
    """GET /desk/reports/workload."""

    def test_hides_how_content_few_people_were(self, desk: CaseDesk, leader: StaffClient) -> None:
        query = these_days(desk)
        for number in range(10):
            page = leader.get(f"/desk/reports/workload?{query}").text
            assert "(n=" not in page, number
            case = desk.case()
            rating = CaseRating(
                case_id=case, round=1, unit_path=WARD, satisfaction=4, solved=Solved.YES, rated_at=desk.now
            )
            desk.database.write(partial(_add, row=rating))
        page = leader.get(f"/desk/reports/workload?{query}").text
        assert re.search(r"4,0\s*<span class=\"muted\">\(n=10\)", page)

    def test_tells_answers_in_time(self, desk: CaseDesk, leader: StaffClient) -> None:
        for _ in range(2):
            case = desk.case()
            desk.database.write(partial(_approve, case=case))
            desk.do(make_move, case=case, step=Step.SEND, actor=SYSTEM)
            desk.now += timedelta(days=25)
        desk.now = present()
        page = leader.get(f"/desk/reports/workload?{these_days(desk)}").text
        assert "(2/2)" in page

    def test_shows_officers_to_the_desk_of_their_own_unit_only(
        self, desk: CaseDesk, leader: StaffClient, staff_client: Clients
    ) -> None:
        handler = desk.officer((Role.UNIT_HANDLER, WARD))
        desk.run(assign, desk.case(), SYSTEM, handler_id=handler)
        address = f"/desk/reports/workload?{these_days(desk)}"
        others = [staff_client((Role.LEADER, "04")), staff_client((Role.AUDITOR, WARD))]
        assert "theo người xử lý" in leader.get(address).text
        assert all("theo người xử lý" not in other.get(address).text for other in others)


class TestPapers:
    """GET /desk/cases/<code>/phieu-chuyen.pdf and the others."""

    @pytest.fixture
    def forwarded(self, desk: CaseDesk) -> str:
        case = desk.case(summary=f"Đèn hỏng, {NAME} báo")
        add_contact(desk, case)
        desk.run(forward, case, SYSTEM, body="Điện lực Cao Bằng", reason="Đèn của ngành điện")
        return code_of(desk, case)

    def test_name_the_body_and_not_the_sender(self, leader: StaffClient, forwarded: str) -> None:
        answer = leader.get(f"/desk/cases/{forwarded}/phieu-chuyen.pdf")
        text = text_of(answer.data)
        assert "Kính gửi: Điện lực Cao Bằng" in text
        assert "Lý do chuyển: Đèn của ngành điện" in text
        assert NAME not in text
        assert f"phieu-chuyen-{forwarded}.pdf" in answer.headers["Content-Disposition"]

    def test_name_the_sender_for_who_may_and_note_it(
        self, desk: CaseDesk, leader: StaffClient, forwarded: str
    ) -> None:
        answer = leader.get(f"/desk/cases/{forwarded}/phieu-chuyen.pdf?identity=1")
        assert f"Người phản ánh: {NAME}, {PHONE}" in text_of(answer.data)
        with desk.database.read() as session:
            line = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
        assert line is not None
        assert (line.subject, line.details) == (f"case:{forwarded}", {"did": "sender_printed_phieu-chuyen"})

    def test_do_not_name_the_sender_for_who_only_reads(self, staff_client: Clients, forwarded: str) -> None:
        auditor = staff_client((Role.AUDITOR, WARD))
        address = f"/desk/cases/{forwarded}/phieu-chuyen.docx"
        assert auditor.get(address).status_code == 200
        assert auditor.get(f"{address}?identity=1").status_code == 403

    @pytest.mark.parametrize("name", ["phieu-chuyen", "phieu-tiep-nhan", "thong-bao-tu-choi"])
    def test_are_not_there_for_another_unit(self, staff_client: Clients, forwarded: str, name: str) -> None:
        stranger = staff_client((Role.ROUTING_OFFICER, OTHER_WARD))
        assert stranger.get(f"/desk/cases/{forwarded}/{name}.pdf").status_code == 404

    @pytest.mark.parametrize("address", ["cases/{}/phieu-chuyen.docx?identity=1", "reports/register.xlsx"])
    def test_stay_in_no_browser(self, leader: StaffClient, forwarded: str, address: str) -> None:
        answer = leader.get(f"/desk/{address.format(forwarded)}")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "private, no-store"

    def test_have_two_endings(self, leader: StaffClient, forwarded: str) -> None:
        assert leader.get(f"/desk/cases/{forwarded}/phieu-chuyen.exe").status_code == 404

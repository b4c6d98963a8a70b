"""Pages of the duties to data subjects: requests, what is handed out, breaches; each change in the log of actions."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from flask import Flask
from sqlalchemy.orm import Session

from survey_app.feedback.models import Attachment, Breach, Case, CaseContact, PrivacyRequest
from survey_app.feedback.operations.intake import open_case
from survey_app.feedback.operations.privacy import request_from_citizen
from survey_app.feedback.rules.actors import CITIZEN, Installation
from survey_app.feedback.rules.drafts import CaseDraft, FileDraft, SenderDraft
from survey_app.feedback.rules.kinds import Kind
from survey_app.feedback.rules.privacy import RequestKind, RequestState
from survey_app.foundation.audit import AuditEntry
from survey_app.foundation.clock import now
from survey_app.foundation.database import Database
from survey_app.staff.rules.permissions import Role
from tests.feedback.case_desk import OTHER_WARD, WARD, CaseDesk
from tests.feedback.privacy.files import PDF
from tests.staff_client import StaffClient

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BREACH = {"unit": WARD, "title": "Mất máy", "people": "12", "what": "Mất trên xe.", "measures": "Khóa."}
HTML = '<script>alert("x")</script>'


@pytest.fixture
def database(app: Flask) -> Database:
    """The database of the application, with units."""
    found: Database = app.extensions["survey_app.database"]
    CaseDesk(found, now()).prepare()
    return found


@pytest.fixture
def person(app: Flask, database: Database) -> StaffClient:
    """Who looks after personal data in the ward."""
    return StaffClient(app, (Role.ADMINISTRATOR, WARD))


@pytest.fixture
def asked(app: Flask, database: Database) -> Callable[[RequestKind], int]:
    """A function that lets the sender of a case ask for something; returns the request's number."""
    installation = Installation(app.config["SETTINGS"].contact_key, "http://127.0.0.1:8000")

    def ask(kind: RequestKind) -> int:
        def operation(session: Session) -> int:
            draft = CaseDraft(
                submission_id="s",
                kind=Kind.PETITION,
                unit_path=WARD,
                text=f"Đèn hỏng {HTML}",
                sender=SenderDraft(name="Hoàng Thị Lan", phone="0912345678"),
                files=(FileDraft("application/pdf", PDF),),
            )
            opened = open_case(session, draft=draft, actor=CITIZEN, installation=installation, now=now())
            case = session.get_one(Case, opened.case_id)
            return request_from_citizen(
                session, case=case, kind=kind, wish="Sửa tên.", installation=installation, now=now()
            ).id

        return database.write(operation)

    return ask


def _request(database: Database, number: int) -> PrivacyRequest:
    with database.read() as session:
        return session.get_one(PrivacyRequest, number)


def _logged(database: Database) -> list[dict[str, Any]]:
    with database.read() as session:
        return [one.details for one in session.query(AuditEntry).filter_by(action="privacy.manage")]


class TestRequests:
    """From the list to the end."""

    def test_stand_in_the_list_with_both_clocks(self, person: StaffClient, asked: Callable[..., int]) -> None:
        number = asked(RequestKind.ACCESS)
        page = person.get("/desk/privacy").text

        assert f"/desk/privacy/{number}" in page
        assert "Xác nhận trước" in page

    def test_of_another_unit_are_not_there(self, app: Flask, asked: Callable[..., int]) -> None:
        stranger = StaffClient(app, (Role.ADMINISTRATOR, OTHER_WARD))

        assert stranger.get(f"/desk/privacy/{asked(RequestKind.ACCESS)}").status_code == 404

    def test_can_be_entered_for_somebody_who_writes(self, person: StaffClient, database: Database) -> None:
        answer = person.post(
            "/desk/privacy/new",
            {"unit": WARD, "kind": "erase", "subject": "Bà Lan", "received_at": "2026-10-22T09:00"},
        )

        assert answer.status_code == 303
        number = int(answer.location.rpartition("/")[2])
        assert _request(database, number).kind is RequestKind.ERASE
        assert "Bà Lan" in person.get(f"/desk/privacy/{number}").text
        assert "Lan" not in str(_logged(database))

    @pytest.mark.parametrize(
        "wrong", [{"code": "PA-0000-0000-000"}, {"received_at": "2999-01-01T09:00"}, {"kind": "x"}]
    )
    def test_are_refused_with_what_was_typed(self, person: StaffClient, wrong: dict[str, str]) -> None:
        data = {"unit": WARD, "kind": "erase", "subject": HTML, "received_at": "2026-10-22T09:00"}
        answer = person.post("/desk/privacy/new", data | wrong)

        assert answer.status_code == 422
        assert "&lt;script&gt;" in answer.text
        assert HTML not in answer.text

    def test_are_acknowledged_extended_and_finished(
        self, person: StaffClient, asked: Callable[..., int], database: Database
    ) -> None:
        number = asked(RequestKind.ACCESS)
        for step in ("acknowledge", "extend"):
            person.post(f"/desk/privacy/{number}/{step}")
        person.post(f"/desk/privacy/{number}/finish", {"outcome": "Đã gửi.", "complete": ""})

        request = _request(database, number)
        assert (request.state, request.is_extended) == (RequestState.COMPLETED, True)
        assert [line["did"] for line in _logged(database)] == ["acknowledged", "extended", "completed"]

    def test_are_refused_only_with_a_reason(
        self, person: StaffClient, asked: Callable[..., int], database: Database
    ) -> None:
        number = asked(RequestKind.ACCESS)

        assert person.post(f"/desk/privacy/{number}/finish", {"refuse": ""}).status_code == 422
        person.post(f"/desk/privacy/{number}/finish", {"refuse": "", "outcome": "Không phải của ông/bà."})
        assert _request(database, number).state is RequestState.REFUSED


class TestCarryingOut:
    """What each kind of request opens, and nothing else does."""

    def test_access_downloads_all_that_is_held(
        self, person: StaffClient, asked: Callable[..., int], database: Database
    ) -> None:
        answer = person.post(f"/desk/privacy/{asked(RequestKind.ACCESS)}/export")

        assert json.loads(answer.data)["sender"]["name"] == "Hoàng Thị Lan"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert _logged(database) == [{"did": "exported"}]

    def test_correction_shows_and_changes_the_sender(
        self, person: StaffClient, asked: Callable[..., int], database: Database
    ) -> None:
        number = asked(RequestKind.RECTIFY)
        page = person.get(f"/desk/privacy/{number}/contact")
        person.post(f"/desk/privacy/{number}/contact", {"name": "Hoàng Thị Lan Anh"})

        assert "Hoàng Thị Lan" in page.text
        assert "Lan Anh" in person.get(f"/desk/privacy/{number}/contact").text
        assert [line["did"] for line in _logged(database)] == [
            "contact_read",
            "contact_corrected",
            "contact_read",
        ]

    def test_erasure_forgets_the_sender(
        self, person: StaffClient, asked: Callable[..., int], database: Database
    ) -> None:
        person.post(f"/desk/privacy/{asked(RequestKind.ERASE)}/erase")

        with database.read() as session:
            assert session.query(CaseContact).count() == 0

    @pytest.mark.parametrize("door", ["export", "erase", "withdraw", "contact"])
    def test_opens_for_nobody_who_did_not_ask_for_it(
        self, person: StaffClient, asked: Callable[..., int], database: Database, door: str
    ) -> None:
        number = asked(RequestKind.PROTECT)

        assert person.post(f"/desk/privacy/{number}/{door}").status_code == 303
        assert _logged(database) == []
        with database.read() as session:
            assert session.query(CaseContact).count() == 1


class TestBreaches:
    """The register and its paper."""

    def _enter(self, person: StaffClient, **other: str) -> Any:
        detected = (now() + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M")
        return person.post("/desk/privacy/breaches/new", BREACH | {"detected_at": detected} | other)

    def test_show_until_when_the_authority_must_know(self, person: StaffClient, database: Database) -> None:
        assert self._enter(person).status_code == 303
        with database.read() as session:
            breach = session.query(Breach).one()

        assert breach.notify_by - breach.detected_at == timedelta(hours=72)
        assert "báo trước" in person.get("/desk/privacy").text

    def test_give_a_notice_that_says_it_is_a_draft(self, person: StaffClient) -> None:
        address = self._enter(person).location
        paper = Document(BytesIO(person.get(f"{address}.docx").data))
        words = "\n".join(one.text for one in paper.paragraphs)

        assert "chưa đối chiếu với Mẫu 08" in words
        assert "Mất trên xe." in words

    def test_take_what_a_word_processor_calls_a_line_break(self, person: StaffClient) -> None:
        address = self._enter(person, what="Mất máy.\x0bTrên xe.").location

        assert person.get(f"{address}.docx").status_code == 200

    def test_are_not_detected_in_the_future(self, person: StaffClient) -> None:
        assert self._enter(person, detected_at="2999-01-01T00:00").status_code == 422

    def test_tell_when_the_authority_was_told(self, person: StaffClient, database: Database) -> None:
        address = self._enter(person).location
        told = (now() + timedelta(hours=7)).strftime("%Y-%m-%dT%H:%M")
        detected = (now() + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M")
        words = BREACH | {"detected_at": detected, "notified_at": told}

        assert person.post(address, words).status_code == 303
        with database.read() as session:
            assert session.query(Breach).one().notified_at is not None


class TestFiles:
    """`/desk/files/<token>` and `/feedback/files/<token>`."""

    def _token(self, database: Database) -> str:
        with database.read() as session:
            return session.query(Attachment).one().token

    def test_are_downloads_that_no_browser_runs(
        self, app: Flask, asked: Callable[..., int], database: Database
    ) -> None:
        asked(RequestKind.ACCESS)
        officer = StaffClient(app, (Role.UNIT_HANDLER, WARD))
        answer = officer.get(f"/desk/files/{self._token(database)}")

        assert answer.data == PDF
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["Cache-Control"] == "private, no-store"

    def test_of_another_unit_are_not_there(
        self, app: Flask, asked: Callable[..., int], database: Database
    ) -> None:
        asked(RequestKind.ACCESS)
        stranger = StaffClient(app, (Role.UNIT_HANDLER, OTHER_WARD))

        assert stranger.get(f"/desk/files/{self._token(database)}").status_code == 404

    def test_open_to_a_sender_with_the_pass_only(
        self, app: Flask, asked: Callable[..., int], database: Database
    ) -> None:
        asked(RequestKind.ACCESS)
        client, address = app.test_client(), f"/feedback/files/{self._token(database)}"
        papers = app.extensions["survey_app.feedback"].papers
        with database.read() as session:
            code = session.query(Case).one().code

        assert client.get(address).status_code == 303
        assert client.post(address, data={"key": "forged"}).status_code == 303
        assert client.post(address, data={"key": papers.new_pass("0" * 11)}).status_code == 404
        assert client.post(address, data={"key": papers.new_pass(code)}).data == PDF

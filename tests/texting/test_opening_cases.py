"""From a reply to a case: the words move to the desk, the phone only where its owner asked for an answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app.feedback.models import Case, CaseContact, Grievance
from survey_app.feedback.operations.intake import Opened
from survey_app.feedback.rules.actors import Installation
from survey_app.feedback.rules.kinds import Anonymity, Channel, GrievanceKind, Kind
from survey_app.foundation.audit import AuditEntry
from survey_app.foundation.clock import hour_of
from survey_app.foundation.clock import now as present
from survey_app.foundation.privacy import FieldCipher
from survey_app.messaging.operations import receive
from survey_app.messaging.rules.contract import InboundText
from survey_app.staff.operations import add_account
from survey_app.staff.rules.permissions import Role
from survey_app.texting.models import ReplyReading
from survey_app.texting.operations import cut_links, hear
from survey_app.texting.operations.opening import UnableToOpenCase, open_case_from_reply
from survey_app.texting.queries.openings import opening_of
from survey_app.texting.rules.conversation import Say
from survey_app.texting.rules.words import TEXTS, WANTS_ANSWER
from tests.staff_client import StaffClient
from tests.texting.conftest import KEY, PHONES, PUBLIC_URL, Desk

WORDS = "Toi da nop ho so hai lan ma chua xong"
INSTALLATION = Installation(KEY, PUBLIC_URL)


def _text(desk: Desk, words: str, number: int) -> None:
    """Let a text come in by the carrier, as it does in life: the phone stands with the inbound message."""
    event = InboundText(provider_id=f"in-{number}", sender=PHONES[0], to="8079", text=words)

    def handler(session: Any, event: Any, inbound_id: int, now: Any) -> list[str]:
        return hear(session, event=event, inbound_id=inbound_id, key=KEY, now=now)

    desk.database.write(
        lambda session: receive(
            session, gateway="simulator", event=event, handler=handler, key=KEY, now=desk.now
        )
    )


@pytest.fixture
def texted(desk: Desk) -> int:
    """A reply that waits for a person; returns its id."""
    desk.campaign()
    desk.plan()
    desk.invite()
    desk.send()
    _text(desk, WORDS, 1)
    reading: ReplyReading = desk.rows(ReplyReading)[0]
    return reading.id


def _open(desk: Desk, reading_id: int, *, kind: Any = Kind.PETITION, wants_answer: bool = False) -> Opened:
    def operation(session: Any) -> Opened:
        account = add_account(session, email="doc@example.vn", name="Người đọc", now=desk.now)
        return open_case_from_reply(
            session,
            reading_id=reading_id,
            kind=kind,
            wants_answer=wants_answer,
            account_id=account.id,
            installation=INSTALLATION,
            now=desk.now,
        )

    return desk.database.write(operation)


class TestOpenCaseFromReply:
    """`open_case_from_reply`."""

    def test_opens_an_anonymous_case_with_the_words(self, desk: Desk, texted: int) -> None:
        opened = _open(desk, texted)
        case: Case = desk.rows(Case)[0]

        assert (case.code, case.text, case.channel) == (opened.code, WORDS, Channel.SMS)
        assert (case.anonymity, case.phone_hash) == (Anonymity.ANONYMOUS, None)
        assert desk.rows(CaseContact) == []

    def test_leaves_nothing_that_leads_from_the_case_to_the_reply(self, desk: Desk, texted: int) -> None:
        _open(desk, texted)
        case, reading = desk.rows(Case)[0], desk.rows(ReplyReading)[0]

        assert (reading.text, reading.coded_as, reading.coded_at) == (None, "case", hour_of(desk.now))
        assert str(reading.id) != case.submission_id
        assert reading.thread not in (case.submission_id, case.code)

    def test_keeps_the_phone_where_its_owner_asked_for_an_answer(self, desk: Desk, texted: int) -> None:
        _text(desk, "xin trả lời", 2)
        with desk.database.read() as session:
            opening = opening_of(session, texted, key=KEY)
        assert opening is not None
        assert opening.wants_answer
        _open(desk, texted, wants_answer=True)
        contact: CaseContact = desk.rows(CaseContact)[0]

        assert FieldCipher(KEY).decrypt(contact.phone_sealed or b"") == PHONES[0]
        assert contact.wants_notices
        assert "xin trả lời" in desk.rows(Case)[0].text

    def test_knows_no_phone_a_day_later(self, desk: Desk, texted: int) -> None:
        desk.now += timedelta(hours=25)
        desk.run(cut_links)
        _open(desk, texted, wants_answer=True)

        assert desk.rows(CaseContact) == []

    def test_enters_a_complaint_in_the_restricted_register_only(self, desk: Desk, texted: int) -> None:
        _open(desk, texted, kind=GrievanceKind.COMPLAINT)

        assert desk.rows(Case) == []
        assert [one.kind for one in desk.rows(Grievance)] == [GrievanceKind.COMPLAINT]
        assert WORDS not in str([one.text for one in desk.rows(ReplyReading)])

    def test_opens_one_case_only(self, desk: Desk, texted: int) -> None:
        _open(desk, texted)
        with pytest.raises(UnableToOpenCase):
            desk.database.write(
                lambda session: open_case_from_reply(
                    session,
                    reading_id=texted,
                    kind=Kind.PETITION,
                    wants_answer=False,
                    account_id=1,
                    installation=INSTALLATION,
                    now=desk.now,
                )
            )


@pytest.mark.parametrize("said", [Say.RECEIVED, Say.COMPLAINT])
def test_the_answer_says_how_to_ask_for_one_in_one_segment(said: Say) -> None:
    # A GSM-7 segment has 160 characters (3GPP TS 23.040).
    assert WANTS_ANSWER.upper() in TEXTS[said]
    assert len(TEXTS[said]) <= 160


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestPage:
    """/texting/reading/<id>/case."""

    @pytest.fixture
    def reading_id(self, desk: Desk, app: Flask) -> int:
        """A reply of just now: doors ask the clock."""
        desk.now = present()
        desk.campaign()
        desk.plan()
        desk.invite()
        desk.send()
        _text(desk, WORDS, 1)
        reading: ReplyReading = desk.rows(ReplyReading)[0]
        return reading.id

    def test_opens_a_case_and_shows_code_and_pin_once(
        self, desk: Desk, reading_id: int, staff_client: Callable[..., StaffClient]
    ) -> None:
        staff = staff_client(Role.ANALYST, Role.INTAKE_CLERK)
        page = staff.get("/texting/reading").text
        answer = staff.post(
            f"/texting/reading/{reading_id}/case", {"kind": "suggestion", "wants_answer": "y"}
        )

        assert f"/texting/reading/{reading_id}/case" in page
        assert answer.status_code == 200
        assert "PA-" in answer.text
        assert "Không có tin nào cần đọc" in staff.get("/texting/reading").text

    def test_is_not_there_for_who_may_not_file_cases(
        self, reading_id: int, staff_client: Callable[..., StaffClient]
    ) -> None:
        analyst = staff_client(Role.ANALYST)

        assert "Mở phản ánh" not in analyst.get("/texting/reading").text
        assert analyst.get(f"/texting/reading/{reading_id}/case").status_code == 403
        assert staff_client(Role.INTAKE_CLERK).get(f"/texting/reading/{reading_id}/case").status_code == 404

    def test_names_the_deed_in_the_audit_log_and_not_the_words(
        self, desk: Desk, reading_id: int, staff_client: Callable[..., StaffClient]
    ) -> None:
        staff_client(Role.ANALYST, Role.INTAKE_CLERK).post(
            f"/texting/reading/{reading_id}/case", {"kind": "complaint"}
        )
        with desk.database.read() as session:
            line = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()

        assert line is not None
        assert (line.action, line.details) == ("feedback.file", {"did": "case_opened_from_reply"})

"""An officer of another unit with the right address reads nothing and changes nothing, whatever his roles there."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import (
    Attachment,
    Breach,
    BulkAssignment,
    Case,
    PrivacyRequest,
    ReplyTemplate,
    SavedView,
)
from survey_app.feedback.operations.attachments import add_files
from survey_app.feedback.rules.actors import CITIZEN
from survey_app.feedback.rules.codes import new_code
from survey_app.feedback.rules.drafts import FileDraft
from survey_app.feedback.rules.privacy import RequestKind, RequestState
from survey_app.feedback.rules.states import State
from survey_app.foundation.clock import now as present
from survey_app.foundation.privacy import FieldCipher
from survey_app.staff.rules.permissions import Role
from tests.feedback.answers.conftest import AnsweringDesk, furnish
from tests.feedback.case_desk import INSTALLATION, OTHER_WARD, WARD
from tests.feedback.restricted_house import rows_of, value_for
from tests.staff_client import StaffClient

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MARK = "zqxforeign"
TYPED = {
    "version": "3",
    "body": "x",
    "unit": "04/01279",
    "kind": "petition",
    "do": "approve_and_send",
    "confirmed": "y",
    "to": "nobody",
    **dict.fromkeys(("reason", "note", "text", "title", "question", "answer", "outcome", "what"), "x"),
}


@dataclass
class Ward:
    """A ward at work: what it keeps holds the mark, and its things have the number 1."""

    desk: AnsweringDesk
    codes: list[str]
    token: str

    def addresses(self, app: Flask, method: str) -> Iterator[str]:
        """Yield every address of the desk that names something of the ward."""
        adapter = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if str(rule).startswith("/desk") and method in (rule.methods or ()) and rule.arguments:
                for code in self.codes if "code" in rule.arguments else [""]:
                    known = {"code": code, "token": self.token, "other": self.codes[0], "word": "note"}
                    filled = {
                        name: value_for(rule._converters[name], known.get(name, "pdf"))
                        for name in rule.arguments
                    }
                    yield adapter.build(rule.endpoint, filled)

    def kept(self) -> list[tuple[str, str]]:
        """Return every row of the room."""
        return [(table, row) for table, row in rows_of(self.desk.database) if table.startswith("feedback_")]


@pytest.fixture
def ward(app: Flask) -> Ward:
    """The first ward, with a case that is handled, one that waits for the approver, and a published one."""
    desk = furnish(app.extensions["survey_app.database"], present())
    words: dict[str, Any] = dict.fromkeys(("text", "summary", "place", "search_text"), MARK)
    handled = desk.case(
        state=State.IN_PROGRESS, handler_id=desk.writer, code=new_code(random.Random(99)), **words
    )
    cases = [handled, desk.submitted(), desk.published()]
    desk.database.write(lambda session: _fill(session, handled, desk))
    with desk.database.read() as session:
        token = session.scalars(select(Attachment.token)).one()
    return Ward(desk, [desk.look(case).code for case in cases], token)


def _fill(session: Session, case_id: int, desk: AnsweringDesk) -> None:
    file = FileDraft("application/pdf", MARK.encode())
    add_files(session, case=session.get_one(Case, case_id), files=[file], actor=CITIZEN, now=desk.now)
    request: dict[str, Any] = {
        "kind": RequestKind.ACCESS,
        "state": RequestState.RECEIVED,
        "subject_sealed": FieldCipher(INSTALLATION.contact_key).encrypt(MARK),
    }
    breach = {"detected_at": desk.now, "notify_by": desk.now, "people": 1, "title": MARK, "what": MARK}
    before = [[case_id, "in_progress", None, 0]]
    session.add_all(
        [
            PrivacyRequest(
                unit_path=WARD, case_id=case_id, received_at=desk.now, complete_by=desk.now, **request
            ),
            Breach(unit_path=WARD, **breach),
            ReplyTemplate(unit_path=WARD, name=MARK, parts={"found": MARK}, changed_at=desk.now),
            SavedView(account_id=desk.writer, name=MARK, query=f"q={MARK}"),
            BulkAssignment(account_id=desk.writer, at=desk.now, before=before),
        ]
    )


@pytest.fixture
def stranger(app: Flask) -> StaffClient:
    """Somebody with every role, in the other ward."""
    return StaffClient(app, *((role, OTHER_WARD) for role in Role))


def test_the_ward_itself_finds_what_is_there(app: Flask, ward: Ward) -> None:
    own = StaffClient(app, *((role, WARD) for role in Role))
    read = [own.get(address).data for address in ward.addresses(app, "GET")]

    assert sum(MARK.encode() in page for page in read) >= 5


def test_a_stranger_reads_nothing_by_any_address(app: Flask, ward: Ward, stranger: StaffClient) -> None:
    answers = {address: stranger.get(address) for address in ward.addresses(app, "GET")}

    assert [address for address, answer in answers.items() if MARK.encode() in answer.data] == []
    shown = {address: answer.status_code for address, answer in answers.items() if "/cases/" in address}
    assert set(shown.values()) <= {403, 404}


def test_a_stranger_changes_nothing_by_any_form(app: Flask, ward: Ward, stranger: StaffClient) -> None:
    before = ward.kept()
    answers = {
        address: stranger.post(address, TYPED | {"other": ward.codes[1], "handler": str(ward.desk.writer)})
        for address in ward.addresses(app, "POST")
    }

    assert ward.kept() == before
    assert [address for address, answer in answers.items() if MARK.encode() in answer.data] == []


def test_a_stranger_hands_on_nothing_by_lists(ward: Ward, stranger: StaffClient) -> None:
    before = ward.kept()
    stranger.post("/desk/assign", {"case": ward.codes, "handler": str(stranger.account_id)})
    stranger.post("/desk/handover", {"from": str(ward.desk.writer), "to": str(stranger.account_id)})

    assert ward.kept() == before

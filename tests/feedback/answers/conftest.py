"""A desk where an answer can be written and approved, and browsers of the people who do it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from survey_app.feedback.models import Answer, PublicCopy
from survey_app.feedback.operations.answers import approve_and_send, submit
from survey_app.feedback.operations.publication import publish
from survey_app.feedback.rules.answers import Part, Parts
from survey_app.feedback.rules.codes import new_code
from survey_app.feedback.rules.publication import CopyDraft
from survey_app.feedback.rules.states import State
from survey_app.foundation.clock import now as present
from survey_app.foundation.database import Database
from survey_app.staff.rules.permissions import Role
from tests.feedback.case_desk import WARD, CaseDesk
from tests.staff_client import StaffClient

TEXTS: Parts = {
    Part.FOUND: "Ngày 20/11/2026 chúng tôi đã kiểm tra và thấy ba đèn hỏng.",
    Part.DONE: "Đã thay hai đèn, còn một đèn chờ vật tư.",
    Part.WHO_WHEN: "Đội điện phường làm xong trước ngày 30/11/2026.",
    Part.BASIS: "Điều 9 Nghị định 20/2008/NĐ-CP.",
    Part.NEXT: "Nếu chưa đồng ý, ông/bà đề nghị xem lại trong 15 ngày.",
    Part.CONTACT: "Văn phòng UBND phường, điện thoại 0206 3852 234.",
}
COPY = CopyDraft("Đèn đường hỏng", "Đèn đường hỏng ba tuần nay.", "Đã thay hai đèn.")


def texts(**changed: str) -> Parts:
    """Return a whole answer; `changed` parts differ from the usual ones."""
    return TEXTS | {Part(name): text for name, text in changed.items()}


@dataclass
class AnsweringDesk(CaseDesk):
    """A ward's desk with a writer, another one and an approver."""

    writer: int = 0
    second: int = 0
    approver: int = 0

    def staff(self) -> None:
        """Let the people in."""
        self.writer = self.officer((Role.UNIT_HANDLER, WARD), (Role.APPROVER, WARD))
        self.second = self.officer((Role.ROUTING_OFFICER, WARD))
        self.approver = self.officer((Role.APPROVER, WARD))

    def handled(self, **columns: Any) -> int:
        """Return a case that the writer handles."""
        code = new_code(random.Random(next(self.numbers)))
        usual: dict[str, Any] = {
            "state": State.IN_PROGRESS,
            "handler_id": self.writer,
            "code": code,
            "received_at": self.now,
        }
        return self.case(**usual | columns)

    def submitted(self, **changed: str) -> int:
        """Return a case whose answer waits for the approver."""
        case_id = self.handled()
        self.run(submit, case_id, self.writer, parts=texts(**changed), base_version=0)
        return case_id

    def answered(self) -> int:
        """Return a case that was answered."""
        case_id = self.submitted()
        self.run(approve_and_send, case_id, self.approver, version=self.look(case_id).version)
        return case_id

    def published(self, copy: CopyDraft = COPY) -> int:
        """Return a case whose copy is public."""
        case_id = self.answered()
        self.run(publish, case_id, self.approver, copy=copy, is_confirmed=True, version=0)
        return case_id

    def answer(self, case_id: int, round_: int = 1) -> Answer:
        """Return the answer of one round as it is stored."""
        with self.database.read() as session:
            return session.query(Answer).filter_by(case_id=case_id, round=round_).one()

    def copy_of(self, case_id: int) -> PublicCopy:
        """Return the stored copy of a case."""
        with self.database.read() as session:
            return session.get_one(PublicCopy, case_id)


def furnish(database: Database, now: datetime) -> AnsweringDesk:
    """Return the desk with its people."""
    desk = AnsweringDesk(database, now)
    desk.prepare()
    desk.staff()
    return desk


@pytest.fixture
def desk(database: Database, now: datetime) -> AnsweringDesk:
    """The desk on SQLite and PostgreSQL; Saturday 21/11/2026 09:30."""
    return furnish(database, now)


@pytest.fixture
def app_desk(app: Flask) -> AnsweringDesk:
    """The desk of an application, now."""
    return furnish(app.extensions["survey_app.database"], present())


@pytest.fixture
def staff_client(app: Flask) -> Callable[..., StaffClient]:
    """A function that signs somebody in, with roles."""
    return lambda *grants: StaffClient(app, *grants)

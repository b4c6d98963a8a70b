"""A ward's desk in an application, with browsers of the people who work there."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from survey_app.feedback.models import Case, CaseContact
from survey_app.feedback.rules.codes import new_code
from survey_app.feedback.rules.similarity import folded_text
from survey_app.foundation.audit import AuditEntry
from survey_app.foundation.clock import local_date
from survey_app.foundation.clock import now as present
from survey_app.foundation.privacy import FieldCipher
from survey_app.staff.rules.permissions import Role
from tests.feedback.case_desk import INSTALLATION, WARD, CaseDesk
from tests.staff_client import StaffClient

_rng = random.Random(5)
SENDER = {"name": "Hoàng Thị Lan", "phone": "+84912345678"}


@dataclass
class PageDesk(CaseDesk):
    """A desk whose cases have real codes, and whose pages are opened by people."""

    app: Flask | None = None

    def sent(self, text: str = "Đèn đường hỏng ba tuần nay.", **columns: Any) -> Case:
        """Return a case of the ward as a citizen sent it."""
        usual = {"code": new_code(_rng), "text": text, "folded": folded_text(text)}
        return self.look(self.case(**usual | columns))

    def sender_of(self, case: Case) -> None:
        """Store who sent the case, sealed."""
        cipher = FieldCipher(INSTALLATION.contact_key)
        sealed = {f"{name}_sealed": cipher.encrypt(value) for name, value in SENDER.items()}
        until = local_date(self.now)
        self.database.write(
            lambda session: session.add(
                CaseContact(case_id=case.id, purpose="handling", ground="law", purge_on=until, **sealed)
            )
        )

    def person(self, *grants: tuple[Role, str]) -> StaffClient:
        """Return the browser of a new person."""
        assert self.app is not None
        return StaffClient(self.app, *grants)

    def audited(self) -> list[str]:
        """Return what the audit log says was done with cases, in order."""
        with self.database.read() as session:
            entries = session.query(AuditEntry).order_by(AuditEntry.number)
            return [entry.details["did"] for entry in entries if "did" in entry.details]


def page_of(case: Case) -> str:
    """Return the address of a case."""
    return f"/desk/cases/{case.code}"


def send(browser: StaffClient, case: Case, step: str, **typed: Any) -> TestResponse:
    """Send the form of a move as the page of `case`, read before, shows it."""
    return browser.post(f"{page_of(case)}/{step}", {"version": str(case.version)} | typed)


@pytest.fixture
def desk(app: Flask) -> PageDesk:
    """The desk of an application, now."""
    desk = PageDesk(app.extensions["survey_app.database"], present(), app=app)
    desk.prepare()
    return desk


@pytest.fixture
def router(desk: PageDesk) -> StaffClient:
    """Who routes and handles in the ward."""
    return desk.person((Role.ROUTING_OFFICER, WARD))


@pytest.fixture
def handler(desk: PageDesk) -> StaffClient:
    """Who handles in the ward."""
    return desk.person((Role.UNIT_HANDLER, WARD))

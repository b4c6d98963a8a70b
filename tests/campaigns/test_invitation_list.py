"""The page that takes a list of people to invite."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey_app.campaigns.models import Invitation
from survey_app.campaigns.operations import create_campaign
from survey_app.foundation.audit import AuditEntry
from survey_app.foundation.clock import local_date
from survey_app.foundation.clock import now as present
from survey_app.foundation.database import Database
from survey_app.offices.operations import add_office, load_units
from survey_app.offices.queries import shipped_units
from survey_app.questionnaires.gateway.files import read, shipped_file
from survey_app.questionnaires.operations import publish
from survey_app.questionnaires.queries import id_by_name
from survey_app.staff.rules.permissions import Role
from tests.staff_client import StaffClient

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HERE = "/campaigns/moi/invitations/list"


@pytest.fixture
def manager(app: Flask, staff_client: Callable[..., StaffClient]) -> StaffClient:
    """Who manages a campaign that invites by SMS."""
    database: Database = app.extensions["survey_app.database"]
    path = shipped_file("counter_pulse")
    assert path is not None
    document, at = read(path).document, present()

    def build(session: Any) -> None:
        load_units(session, rows=[row for row in shipped_units("04") if row.code == "04"], now=at)
        publish(session, document=document, now=at)
        office = add_office(session, unit_code="04", code="cao-bang", name="Trung tâm")
        create_campaign(
            session,
            code="moi",
            title="Mời",
            questionnaire_version_id=id_by_name(session, "counter_pulse"),
            opens_on=local_date(at),
            closes_on=local_date(at) + timedelta(days=9),
            office_ids=[office.id],
            channels=["sms"],
            now=at,
        )

    database.write(build)
    return staff_client(Role.SURVEY_MANAGER)


def send(manager: StaffClient, content: str, do: str = "store") -> TestResponse:
    """Send a CSV file."""
    file = (BytesIO(content.encode()), "danh-sach.csv")
    return manager.post(HERE, {"do": do, "file": file}, content_type="multipart/form-data")


def stored(manager: StaffClient) -> int:
    """Return how many people are on the list."""
    with manager.app.extensions["survey_app.database"].read() as session:
        return len(session.scalars(select(Invitation)).all())


def test_stores_a_right_list_and_goes_on(manager: StaffClient) -> None:
    answer = send(manager, "phone,unit\n0901234561,cao-bang\n0901234562,04\n")

    assert answer.location.endswith("/campaigns/moi/invitations")
    assert stored(manager) == 2


def test_reports_left_out_lines_with_their_reason(manager: StaffClient) -> None:
    page = send(manager, "phone,unit\n0901234561,cao-bang\n090 123 45 61,cao-bang\n").text

    assert "Trùng số điện thoại với dòng 2." in page
    assert stored(manager) == 1


def test_stores_nothing_when_a_line_is_at_fault_and_repeats_no_number(manager: StaffClient) -> None:
    answer = send(manager, "phone,unit\n0901234561,cao-bang\n02063852136,cao-bang\n")

    assert answer.status_code == 422
    assert "Số máy bàn" in answer.text
    assert "02063852136" not in answer.text
    assert stored(manager) == 0


def test_only_checks_when_asked_to(manager: StaffClient) -> None:
    page = send(manager, "phone,unit\n0901234561,cao-bang\n", "check").text

    assert "sẽ nhập 1 người" in page
    assert stored(manager) == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [("phone\n0901234561\n", "Thiếu cột unit"), ("phone,unit\n", "Danh sách trống"), ("", "Thiếu cột")],
)
def test_says_why_a_file_cannot_be_read(manager: StaffClient, content: str, said: str) -> None:
    answer = send(manager, content)

    assert answer.status_code == 422
    assert said in answer.text


def test_asks_for_a_file(manager: StaffClient) -> None:
    assert "Xin chọn một tệp." in manager.post(HERE, {"do": "store"}).text


def test_the_audit_log_tells_of_lists_that_were_stored_only(manager: StaffClient) -> None:
    send(manager, "phone,unit\nabc,cao-bang\n")
    send(manager, "phone,unit\n0901234561,cao-bang\n")
    with manager.app.extensions["survey_app.database"].read() as session:
        lines = [one.details for one in session.scalars(select(AuditEntry))]

    assert [one for one in lines if one.get("did") == "invitations_imported"] == [
        {"did": "invitations_imported", "rows": 1}
    ]

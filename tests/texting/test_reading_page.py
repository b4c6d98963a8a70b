"""The list of replies that a person reads."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app.foundation.audit import AuditEntry
from survey_app.foundation.clock import now as present
from survey_app.responses.models import Response
from survey_app.staff.rules.permissions import Role
from survey_app.texting.models import ReplyReading
from tests.staff_client import StaffClient
from tests.texting.conftest import PHONES, Desk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Staff = Callable[..., StaffClient]
HERE = "/texting/reading"


@pytest.fixture
def unclear(desk: Desk, app: Flask) -> int:
    """A reply that the parser leaves to people; returns its id."""
    desk.now = present()
    desk.campaign()
    desk.plan()
    desk.invite()
    desk.send()
    desk.text(PHONES[0], "4 hoặc 5 <b>")
    reading: ReplyReading = desk.rows(ReplyReading)[0]
    return reading.id


def test_shows_what_was_sent_and_what_the_parser_made_of_it(unclear: int, staff_client: Staff) -> None:
    page = staff_client(Role.ANALYST).get(HERE).text

    assert "4 hoặc 5 &lt;b&gt;" in page
    assert "<code>unclear</code>" in page
    assert "1 tin đang chờ" in page


def test_a_mark_becomes_a_response_in_the_name_of_who_gave_it(
    desk: Desk, unclear: int, staff_client: Staff
) -> None:
    staff = staff_client(Role.ANALYST)
    staff.post(f"{HERE}/{unclear}", {"meant": "4"})
    reading = desk.rows(ReplyReading)[0]

    assert (reading.coded_as, reading.coded_by) == ("rating:4", staff.account_id)
    assert [one.answers["satisfaction"] for one in desk.rows(Response)] == [4]
    assert "Không có tin nào cần đọc" in staff.get(HERE).text


def test_a_comment_makes_no_response(desk: Desk, unclear: int, staff_client: Staff) -> None:
    staff_client(Role.ANALYST).post(f"{HERE}/{unclear}", {"meant": "comment"})

    assert desk.rows(ReplyReading)[0].coded_as == "comment"
    assert desk.rows(Response) == []


def test_the_audit_log_names_the_deed_and_not_the_words(
    desk: Desk, unclear: int, staff_client: Staff
) -> None:
    staff_client(Role.ANALYST).post(f"{HERE}/{unclear}", {"meant": "4"})
    with desk.database.read() as session:
        line = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()

    assert line is not None
    assert (line.action, line.details) == ("texting.read_replies", {"did": "reply_coded"})


@pytest.mark.parametrize("meant", ["0", "6", "", "five", "٥"])
def test_what_is_no_mark_changes_nothing(desk: Desk, unclear: int, staff_client: Staff, meant: str) -> None:
    staff_client(Role.ANALYST).post(f"{HERE}/{unclear}", {"meant": meant})

    assert desk.rows(ReplyReading)[0].coded_at is None


def test_a_second_reader_is_told_that_somebody_was_first(unclear: int, staff_client: Staff) -> None:
    staff_client(Role.ANALYST).post(f"{HERE}/{unclear}", {"meant": "4"})
    second = staff_client(Role.SURVEY_MANAGER)
    answer = second.post(f"{HERE}/{unclear}", {"meant": "1"}, follow_redirects=True)

    assert "không còn chờ đọc" in answer.text


@pytest.mark.parametrize("before", ["x", "-1", "٥", "9" * 18, "9" * 40])
def test_any_place_to_go_on_from_can_be_asked_for(unclear: int, staff_client: Staff, before: str) -> None:
    assert staff_client(Role.ANALYST).get(f"{HERE}?before={before}").status_code == 200


def test_another_units_reply_is_not_there(desk: Desk, unclear: int, staff_client: Staff) -> None:
    stranger = staff_client((Role.ANALYST, "08"))

    assert "4 hoặc 5" not in stranger.get(HERE).text
    assert stranger.post(f"{HERE}/{unclear}", {"meant": "4"}).status_code == 404
    assert stranger.post(f"{HERE}/999", {"meant": "4"}).status_code == 404

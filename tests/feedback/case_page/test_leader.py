"""The leader's page: five numbers, nothing of what citizens wrote."""

from __future__ import annotations

from datetime import timedelta

import pytest

from survey_app.feedback.models import CaseRating
from survey_app.feedback.operations.escalation import warn_and_escalate
from survey_app.feedback.queries.leading import numbers
from survey_app.feedback.rules.answers import Solved
from survey_app.feedback.rules.codes import spoken
from survey_app.feedback.rules.states import State
from survey_app.staff.rules.permissions import Role
from tests.feedback.case_desk import INSTALLATION, OTHER_WARD, WARD
from tests.feedback.case_page.conftest import PageDesk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_counts_what_is_open_overdue_and_soon_in_the_own_units(desk: PageDesk) -> None:
    desk.sent(duties=(), due_at=desk.now - timedelta(days=1), state=State.RECEIVED)
    desk.sent(duties=(), due_at=desk.now + timedelta(hours=1), state=State.DRAFTED)
    desk.sent(duties=(), due_at=desk.now + timedelta(days=30), state=State.ASSIGNED)
    desk.sent(unit_path=OTHER_WARD, state=State.RECEIVED)
    desk.sent(duties=(), state=State.CLOSED)
    with desk.database.read() as session:
        told = numbers(session, scopes=[WARD], now=desk.now, soon=desk.now + timedelta(days=2))

    assert (told.open, told.overdue, told.soon, told.to_approve, told.unassigned) == (3, 1, 1, 1, 1)


def _rate(desk: PageDesk, case_id: int, satisfaction: int) -> None:
    rating = CaseRating(
        case_id=case_id,
        round=1,
        unit_path=WARD,
        satisfaction=satisfaction,
        solved=Solved.YES,
        rated_at=desk.now - timedelta(minutes=1),
    )
    desk.database.write(lambda session: session.add(rating))


def test_shows_no_share_of_fewer_than_ten(desk: PageDesk) -> None:
    leader = desk.person((Role.LEADER, WARD))
    for number in range(10):
        assert "chưa đủ dữ liệu" in leader.get("/desk/leader").text
        case = desk.sent(state=State.ANSWERED)
        _rate(desk, case.id, 5 if number < 7 else 2)

    assert "<b>70 %</b>" in leader.get("/desk/leader").text


def test_names_what_was_reported_upwards_without_its_words(desk: PageDesk) -> None:
    leader = desk.person((Role.LEADER, WARD))
    case = desk.sent("Bí mật của tôi", created_at=desk.now, summary="Bí mật")
    later = desk.now + timedelta(days=60)
    desk.database.write(lambda session: warn_and_escalate(session, installation=INSTALLATION, now=later))
    page = leader.get("/desk/leader").text

    assert spoken(case.code) in page
    assert "Bí mật" not in page


def test_is_for_who_may_read_reports(desk: PageDesk) -> None:
    assert desk.person((Role.UNIT_HANDLER, WARD)).get("/desk/leader").status_code == 403

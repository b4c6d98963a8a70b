"""Guards: who passes, who signs in first, and what is written down."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from survey_app.staff.rules.permissions import Role
from tests.staff_client import StaffClient


class TestHome:
    """The first page."""

    def test_sends_a_stranger_to_the_sign_in_page_and_back_later(self, client: FlaskClient) -> None:
        answer = client.get("/staff")

        assert answer.status_code == 303
        assert answer.location == "/staff/sign-in?next=/staff"

    def test_greets_the_person(self, staff_client: Callable[..., StaffClient]) -> None:
        page = staff_client(Role.LEADER).get("/staff")

        assert page.status_code == 200
        assert "Xin chào, Nguyễn Thị Thử" in page.text

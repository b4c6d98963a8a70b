"""The four steps from a questionnaire to an open campaign, and what may go wrong on the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.queries import campaign_by_code, campaign_offices
from survey_app.campaigns.rules import State
from survey_app.foundation.audit import AuditEntry
from survey_app.offices.operations import deactivate_office
from survey_app.questionnaires.operations import retire
from survey_app.staff.rules.permissions import Role
from tests.staff_client import StaffClient

if TYPE_CHECKING:
    from tests.campaigns.conftest import World

TODAY = date(2026, 11, 21)


def _state(world: World, code: str) -> State | None:
    with world.database.read() as session:
        view = campaign_by_code(session, code, today=TODAY)
    return view.state if view else None


def _offices(world: World, code: str) -> set[str]:
    with world.database.read() as session:
        view = campaign_by_code(session, code, today=TODAY)
        assert view is not None
        return {office.code for office in campaign_offices(session, view.id)}


def _details(**changed: object) -> dict[str, object]:
    usual = {
        "title": "Khảo sát quý IV",
        "title_en": "",
        "opens_on": "2026-11-21",
        "closes_on": "2026-12-21",
        "channels": ["qr"],
        "code": "quy-4",
    }
    return usual | changed


def _started(manager: StaffClient, world: World) -> str:
    """Take the first step and return the code of the draft."""
    answer = manager.post("/campaigns/new", {"questionnaire": world.version_id, "owner": "04"})
    found = re.fullmatch(r"/campaigns/([a-z0-9-]+)/offices", answer.location)
    assert found
    return found[1]


def _seen(manager: StaffClient, code: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', manager.get(f"/campaigns/{code}/review").text)
    assert found
    return found[1]


class TestFourSteps:
    def test_lead_from_a_questionnaire_to_an_open_campaign(self, manager: StaffClient, world: World) -> None:
        code = _started(manager, world)
        assert code == "tinh-cao-bang-counter-pulse-2026"
        answer = manager.post(f"/campaigns/{code}/offices", {"then": "all", "unit": "04"})
        assert answer.status_code == 303
        answer = manager.post(f"/campaigns/{code}/details", _details())
        assert answer.location == "/campaigns/quy-4/review"
        answer = manager.post("/campaigns/quy-4/open", {"seen": _seen(manager, "quy-4")})
        assert answer.location == "/campaigns/quy-4"
        assert _state(world, "quy-4") is State.OPEN

    def test_the_first_shows_what_is_asked_and_how_long_it_takes(self, manager: StaffClient) -> None:
        page = manager.get("/campaigns/new").text
        assert "Đánh giá lần phục vụ này" in page
        assert "Hỏi để sửa." in page
        assert "khoảng 1 phút" in page

    def test_a_button_pressed_twice_makes_one_draft(self, manager: StaffClient, world: World) -> None:
        assert _started(manager, world) == _started(manager, world)
        with world.database.read() as session:
            assert len(session.scalars(select(Campaign.id)).all()) == 1

    def test_ticks_of_the_page_shown_are_kept_when_going_on(self, manager: StaffClient, world: World) -> None:
        code = _started(manager, world)
        shown = list(world.offices.values())
        data = {"shown": shown, "office": [world.offices["commune"]], "then": "next"}
        answer = manager.post(f"/campaigns/{code}/offices", data)
        assert answer.location == f"/campaigns/{code}/details"
        assert _offices(world, code) == {"commune-office"}

    def test_nobody_goes_on_without_an_office(self, manager: StaffClient, world: World) -> None:
        code = _started(manager, world)
        answer = manager.post(f"/campaigns/{code}/offices", {"then": "next"})
        assert answer.location == f"/campaigns/{code}/offices"
        assert "ít nhất một bộ phận" in manager.get(answer.location).text

    def test_finds_offices_without_accents(self, manager: StaffClient, world: World) -> None:
        code = _started(manager, world)
        page = manager.get(f"/campaigns/{code}/offices?q=bo phan commune").text
        assert "Bộ phận commune" in page
        assert "Bộ phận bare" not in page

    def test_every_step_is_in_the_audit_log(self, manager: StaffClient, world: World) -> None:
        code = _started(manager, world)
        manager.post(f"/campaigns/{code}/offices", {"then": "all", "unit": "04"})
        with world.database.read() as session:
            lines = session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
        assert [(line.action, line.subject, line.unit_path) for line in lines] == [
            ("campaigns.manage", f"campaign:{code}", "04")
        ] * 2
        assert lines[1].details == {"step": "offices", "all_inside": "04"}


class TestBadInput:
    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"opens_on": "2026-12-22"}, "trước ngày bắt đầu 22/12/2026"),
            ({"closes_on": "2027-02-29"}, "Ngày không đúng"),
            ({"opens_on": "21/11/2026", "closes_on": "20/11/2026"}, "trước ngày bắt đầu 21/11/2026"),
            ({"title": ""}, "Xin điền mục này"),
            ({"title": "\u0007chuông"}, "ký tự in được"),
            ({"channels": []}, "Xin chọn ít nhất một cách"),
            ({"channels": ["fax"]}, "Không có kênh “fax”"),
            ({"code": "Quý 4"}, "không hợp lệ"),
        ],
    )
    def test_is_refused_with_a_word_and_what_was_typed_comes_back(
        self, manager: StaffClient, world: World, changed: dict[str, object], message: str
    ) -> None:
        code = _started(manager, world)
        answer = manager.post(f"/campaigns/{code}/details", _details(title="Tên đã gõ") | changed)
        assert answer.status_code == 422
        assert message in answer.text
        if "title" not in changed:
            assert "Tên đã gõ" in answer.text

    def test_the_29th_of_february_of_a_leap_year_is_a_day(self, manager: StaffClient, world: World) -> None:
        code = _started(manager, world)
        answer = manager.post(f"/campaigns/{code}/details", _details(closes_on="29/02/2028"))
        assert answer.location == "/campaigns/quy-4/review"

    def test_html_in_a_title_is_shown_as_text(self, manager: StaffClient, world: World) -> None:
        code = _started(manager, world)
        manager.post(f"/campaigns/{code}/details", _details(title="<script>alert(1)</script>"))
        for page in ("/campaigns", "/campaigns/quy-4", "/campaigns/quy-4/review", "/campaigns/quy-4/copy"):
            text = manager.get(page).text
            assert "<script>alert" not in text
            assert "&lt;script&gt;alert" in text

    def test_a_questionnaire_retired_between_the_steps_is_not_opened(
        self, manager: StaffClient, world: World
    ) -> None:
        world.draft(unit_path="04")
        seen = _seen(manager, "pulse")
        world.database.write(lambda session: retire(session, name="counter_pulse@1", now=world.now))
        answer = manager.post("/campaigns/pulse/open", {"seen": seen})
        assert answer.status_code == 422
        assert "ngừng dùng" in answer.text
        assert _state(world, "pulse") is State.DRAFT

    def test_an_office_closed_meanwhile_is_not_chosen(self, manager: StaffClient, world: World) -> None:
        code = _started(manager, world)
        world.database.write(lambda session: deactivate_office(session, code="bare-office", now=world.now))
        closed = world.offices["bare"]
        answer = manager.post(
            f"/campaigns/{code}/offices", {"shown": [closed], "office": [closed], "then": "next"}
        )
        assert answer.status_code == 422
        assert "Không có bộ phận một cửa nào đang hoạt động" in answer.text

    @pytest.mark.parametrize("number", ["x", "-1", "٣", "9" * 40])
    def test_ids_that_came_from_no_page_of_ours_are_ignored(
        self, manager: StaffClient, world: World, number: str
    ) -> None:
        code = _started(manager, world)
        answer = manager.post(f"/campaigns/{code}/offices", {"shown": [number], "office": [number]})
        assert answer.status_code == 303
        assert _offices(world, code) == set()

    def test_a_draft_changed_after_the_review_is_shown_again(
        self, manager: StaffClient, world: World
    ) -> None:
        world.draft(unit_path="04")
        seen = _seen(manager, "pulse")
        manager.post("/campaigns/pulse/offices", {"then": "all", "unit": "04"})
        answer = manager.post("/campaigns/pulse/open", {"seen": seen})
        assert answer.status_code == 422
        assert "vừa được sửa" in answer.text
        assert _state(world, "pulse") is State.DRAFT

    def test_opening_twice_says_that_it_is_open(self, manager: StaffClient, world: World) -> None:
        world.draft(unit_path="04")
        seen = _seen(manager, "pulse")
        manager.post("/campaigns/pulse/open", {"seen": seen})
        answer = manager.post("/campaigns/pulse/open", {"seen": seen})
        assert (answer.status_code, answer.location) == (303, "/campaigns/pulse")
        assert "đã được mở trước đó" in manager.get("/campaigns/pulse").text

    def test_of_two_people_opening_rivals_at_once_one_is_told_why_not(
        self, manager: StaffClient, world: World, staff_client: Callable[..., StaffClient]
    ) -> None:
        people = {"first": manager, "second": staff_client(Role.SURVEY_MANAGER)}
        for code in people:
            world.draft(code, unit_path="04")
        seen = {code: _seen(person, code) for code, person in people.items()}
        barrier = Barrier(2)

        def attempt(code: str) -> int:
            barrier.wait()
            return people[code].post(f"/campaigns/{code}/open", {"seen": seen[code]}).status_code

        with ThreadPoolExecutor(2) as threads:
            assert sorted(threads.map(attempt, people)) == [303, 422]

"""The list and the page of campaigns, whose they are, and the moves from state to state."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.operations import start_rehearsal
from survey_app.campaigns.queries import campaign_by_code
from survey_app.campaigns.rules import State
from survey_app.foundation.audit import AuditEntry
from survey_app.offices.operations import deactivate_office
from survey_app.questionnaires.operations import publish
from survey_app.staff.rules.permissions import Role
from tests.campaigns.conftest import pulse
from tests.staff_client import StaffClient

if TYPE_CHECKING:
    from tests.campaigns.conftest import World

TODAY = date(2026, 11, 21)


def _state(world: World, code: str) -> State | None:
    with world.database.read() as session:
        view = campaign_by_code(session, code, today=TODAY)
    return view.state if view else None


class TestUnits:
    PAGES = (
        "",
        "/offices",
        "/details",
        "/questionnaire",
        "/review",
        "/rehearse",
        "/end-rehearsal",
        "/close",
        "/reopen",
        "/extend",
        "/copy",
        "/delete",
    )

    @pytest.mark.parametrize("page", PAGES)
    @pytest.mark.parametrize("code", ["pulse", "none", "NO_CODE"])
    def test_a_campaign_of_another_unit_is_not_there(
        self, world: World, manager: StaffClient, page: str, code: str
    ) -> None:
        world.draft(unit_path="")
        assert manager.get(f"/campaigns/{code}{page}").status_code == 404

    def test_nor_is_it_in_the_list(self, world: World, manager: StaffClient) -> None:
        world.draft("everywhere", title="Của toàn hệ thống", unit_path="")
        world.draft("ours", title="Của tỉnh", unit_path="04")
        page = manager.get("/campaigns").text
        assert "Của tỉnh" in page
        assert "Của toàn hệ thống" not in page

    def test_nobody_drafts_for_another_unit(self, world: World, manager: StaffClient) -> None:
        answer = manager.post("/campaigns/new", {"questionnaire": world.version_id, "owner": "01"})
        assert answer.status_code == 422

    def test_a_reader_sees_no_button_and_may_not_press_one(
        self, world: World, manager: StaffClient, staff_client: Callable[..., StaffClient]
    ) -> None:
        world.draft(unit_path="04")
        leader = staff_client((Role.LEADER, "04"))
        assert "/campaigns/pulse/review" not in leader.get("/campaigns/pulse").text
        assert leader.post("/campaigns/pulse/open").status_code == 403


class TestPosters:
    def test_are_offered_for_the_offices_of_the_campaign_and_the_time_of_its_form(
        self, world: World, manager: StaffClient
    ) -> None:
        world.draft(unit_path="04", offices=("commune",))
        assert "/offices/posters?minutes=1&amp;unit=01273&amp;office=" in manager.get("/campaigns/pulse").text

    def test_are_offered_for_the_unit_that_holds_all_its_offices(
        self, world: World, manager: StaffClient
    ) -> None:
        world.draft(unit_path="04", offices=("province", "commune"))
        assert "/offices/posters?minutes=1&amp;unit=04&amp;office=" in manager.get("/campaigns/pulse").text

    def test_of_many_offices_are_not_named_one_by_one(
        self, world: World, manager: StaffClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("survey_app.campaigns.views.browsing.MOST_OFFICES_IN_ADDRESS", 1)
        world.draft(unit_path="04", offices=("province", "commune"))
        assert 'href="/offices/posters?minutes=1&amp;unit=04"' in manager.get("/campaigns/pulse").text


class TestMoves:
    def test_a_rehearsal_is_unmistakable_and_ends_as_a_draft(
        self, world: World, manager: StaffClient
    ) -> None:
        world.draft(unit_path="04")
        assert "DIỄN TẬP" in manager.get("/campaigns/pulse/rehearse").text
        manager.post("/campaigns/pulse/rehearse")
        assert 'class="rehearsal"' in manager.get("/campaigns/pulse").text
        manager.post("/campaigns/pulse/end-rehearsal")
        assert _state(world, "pulse") is State.DRAFT
        assert 'class="rehearsal"' not in manager.get("/campaigns/pulse").text

    @pytest.mark.parametrize(
        ("step", "message"),
        [("rehearse", "đang diễn tập"), ("end-rehearsal", "đã kết thúc"), ("close", "đã đóng trước đó")],
    )
    def test_pressed_twice_they_say_that_it_is_so_already(
        self, world: World, manager: StaffClient, step: str, message: str
    ) -> None:
        world.draft(unit_path="04")
        if step == "close":
            world.open("pulse")
        if step == "end-rehearsal":
            world.database.write(lambda session: start_rehearsal(session, code="pulse", now=world.now))
        manager.post(f"/campaigns/pulse/{step}")
        assert manager.post(f"/campaigns/pulse/{step}").status_code == 303
        assert message in manager.get("/campaigns/pulse").text

    @pytest.mark.parametrize(
        ("step", "message"),
        [
            ("rehearse", "Chỉ bản nháp mới diễn tập được"),
            ("end-rehearsal", "không còn diễn tập"),
            ("delete", "đã mở thì không xóa được"),
        ],
    )
    def test_a_page_kept_from_before_the_opening_says_that_it_is_too_late(
        self, world: World, manager: StaffClient, step: str, message: str
    ) -> None:
        world.draft(unit_path="04")
        world.open("pulse")
        assert manager.get(f"/campaigns/pulse/{step}").location == "/campaigns/pulse"
        assert message in manager.get("/campaigns/pulse").text
        assert manager.post(f"/campaigns/pulse/{step}").location == "/campaigns/pulse"
        assert _state(world, "pulse") is State.OPEN

    def test_closing_tells_that_forms_begun_before_still_arrive(
        self, world: World, manager: StaffClient
    ) -> None:
        world.draft(unit_path="04")
        world.open("pulse")
        assert "phiếu đang điền dở vẫn gửi được" in manager.get("/campaigns/pulse/close").text

    def test_reopening_asks_a_reason_and_keeps_it(self, world: World, manager: StaffClient) -> None:
        world.draft(unit_path="04")
        world.open("pulse")
        manager.post("/campaigns/pulse/close")
        assert manager.post("/campaigns/pulse/reopen", {"reason": " "}).status_code == 422
        manager.post("/campaigns/pulse/reopen", {"reason": "Đóng nhầm"})
        assert _state(world, "pulse") is State.OPEN
        with world.database.read() as session:
            last = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
        assert last is not None
        assert last.details == {"step": "reopen", "reason": "Đóng nhầm"}

    def test_extending_names_the_day_that_is_too_early(self, world: World, manager: StaffClient) -> None:
        world.draft(unit_path="04")
        world.open("pulse")
        refused = manager.post("/campaigns/pulse/extend", {"closes_on": "2026-12-01", "reason": "Bão"})
        assert refused.status_code == 422
        assert "31/12/2026" in refused.text
        answer = manager.post("/campaigns/pulse/extend", {"closes_on": "2027-01-15", "reason": "Bão"})
        assert answer.status_code == 303
        assert "15/01/2027" in manager.get("/campaigns/pulse").text

    def test_a_draft_is_deleted_after_a_question(self, world: World, manager: StaffClient) -> None:
        world.draft(unit_path="04")
        assert "bị xóa hẳn" in manager.get("/campaigns/pulse/delete").text
        assert manager.post("/campaigns/pulse/delete").location == "/campaigns"
        assert _state(world, "pulse") is None

    def test_an_open_campaign_cannot_be_edited(self, world: World, manager: StaffClient) -> None:
        world.draft(unit_path="04")
        world.open("pulse")
        for step in ("offices", "details", "questionnaire", "review"):
            assert manager.get(f"/campaigns/pulse/{step}").location == "/campaigns/pulse"

    def test_a_copy_says_what_differs(self, world: World, manager: StaffClient) -> None:
        world.draft("pulse-2026", offices=("province", "commune"), unit_path="04")
        world.database.write(lambda session: publish(session, document=pulse(2), now=world.now))
        world.database.write(lambda session: deactivate_office(session, code="commune-office", now=world.now))
        page = manager.get("/campaigns/pulse-2026/copy").text
        assert 'value="pulse-2027"' in page
        form = {"opens_on": "2027-11-01", "closes_on": "2027-12-31", "title": "Năm sau", "code": "pulse-2027"}
        assert manager.post("/campaigns/pulse-2026/copy", form).location == "/campaigns/pulse-2027"
        page = manager.get("/campaigns/pulse-2027").text
        assert "phiên bản 1, đợt mới dùng phiên bản 2" in page
        assert "Không đưa vào đợt mới vì đã ngừng hoạt động: Bộ phận commune." in page

    def test_a_copy_pressed_twice_is_one_copy(self, world: World, manager: StaffClient) -> None:
        world.draft(unit_path="04")
        form = {"opens_on": "2027-11-01", "closes_on": "2027-12-31", "title": "Năm sau", "code": "again"}
        assert manager.post("/campaigns/pulse/copy", form).location == "/campaigns/again"
        assert manager.post("/campaigns/pulse/copy", form).location == "/campaigns/again"


class TestList:
    def test_says_what_to_do_when_there_is_nothing(self, manager: StaffClient) -> None:
        page = manager.get("/campaigns").text
        assert "Chưa có đợt khảo sát nào" in page
        assert 'href="/campaigns/new"' in page

    @pytest.mark.parametrize(
        ("query", "codes"),
        [
            ("", ["later", "pulse", "lapsed", "draft"]),
            ("?state=open", ["pulse"]),
            ("?state=scheduled", ["later"]),
            ("?state=closed", ["lapsed"]),
            ("?state=draft", ["draft"]),
            ("?state=nonsense", ["later", "pulse", "lapsed", "draft"]),
            ("?q=y kien mua he", ["draft"]),
            ("?q=lapsed", ["lapsed"]),
            ("?q=%00%F0%9F%98%80", []),
        ],
    )
    def test_is_narrowed_by_state_and_words(
        self, world: World, manager: StaffClient, query: str, codes: list[str]
    ) -> None:
        world.draft("lapsed", opens_on=date(2026, 10, 1), unit_path="04", closes_on=TODAY)
        world.draft("pulse", opens_on=date(2026, 11, 2), offices=("commune",), unit_path="04")
        world.draft("later", opens_on=date(2027, 1, 1), closes_on=date(2027, 1, 31), unit_path="04")
        world.draft("draft", opens_on=date(2026, 9, 1), title="Ý kiến mùa hè", unit_path="04")
        for code in ("lapsed", "pulse", "later"):
            world.open(code)
        world.database.write(
            lambda session: (
                session.execute(
                    Campaign.__table__.update()
                    .where(Campaign.code == "lapsed")
                    .values(closes_on=date(2026, 11, 20))
                )
                and None
            )
        )
        page = manager.get(f"/campaigns{query}").text
        assert re.findall(r'<th scope="row" class="name"><a href="/campaigns/([\w-]+)"', page) == codes

    def test_shows_fifty_at_a_time(self, world: World, manager: StaffClient) -> None:
        for number in range(51):
            world.draft(f"pulse-{number}", unit_path="04")
        first, second = manager.get("/campaigns").text, manager.get("/campaigns?page=2").text
        assert first.count('<th scope="row"') == 50
        assert second.count('<th scope="row"') == 1


class TestPage:
    def test_lists_the_codes_by_office_with_their_counters(self, world: World, manager: StaffClient) -> None:
        world.draft(offices=("province", "bare"), channels=("qr", "web"), unit_path="04")
        world.open("pulse")
        page = manager.get("/campaigns/pulse").text
        code = world.counters["province 1"]
        assert f"{code[:4]} {code[4:]}" in page
        assert re.search(r'href="/offices/province-office/counters/\d+">Quầy 1<', page)
        assert page.count("Đường dẫn <a") == 2
        assert "1 bộ phận chưa có quầy nào có mã QR" in page

    def test_leads_to_posters_live_page_and_results(self, world: World, manager: StaffClient) -> None:
        world.draft(unit_path="04")
        world.open("pulse")
        page = manager.get("/campaigns/pulse").text
        for address in (
            "/offices/posters?minutes=1&amp;unit=04&amp;office=province-office",
            "/campaigns/pulse/live",
            "/results/pulse/runs",
        ):
            assert f'href="{address}"' in page

    @pytest.mark.parametrize("opened", [False, True])
    def test_of_a_drawn_sample_offers_neither_codes_nor_posters_nor_a_rehearsal(
        self, world: World, manager: StaffClient, opened: bool
    ) -> None:
        world.draft(channels=("interview",), unit_path="04")
        if opened:
            world.open("pulse")
        page = manager.get("/campaigns/pulse").text
        assert not re.search(r"/offices/posters|/counters/|/rehearse|QR", page)
        assert "province-office</span>" in page

    def test_of_a_drawn_sample_says_before_the_opening_that_answers_come_from_files(
        self, world: World, manager: StaffClient
    ) -> None:
        world.draft(channels=("interview",), unit_path="04")
        page = manager.get("/campaigns/pulse/review").text
        assert "phiếu nhập từ tệp" in page
        assert not re.search(r"/rehearse|các mã", page)

    def test_speaks_english(self, world: World, manager: StaffClient) -> None:
        world.draft(unit_path="04")
        page = manager.get("/campaigns/pulse?lang=en").text
        assert '<html lang="en"' in page
        assert "Counter pulse" in page

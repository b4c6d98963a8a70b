"""A tablet at a counter: enrolled, used without a network, killed, and not one answer lost or doubled."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, BrowserType, Error, Page, expect
from sqlalchemy import create_engine, text

from survey_app.foundation.clock import now
from survey_app.foundation.database import Database
from survey_app.kiosks.operations import revoke_kiosk, start_enrolment
from tests.journeys.conftest import CHROMIUM, FLAGS, PHONE
from tests.journeys.servers import COMMAND, environment, free_port, kill, serving
from tests.kiosks.conftest import KEY, PIN, make_kiosk
from tests.responses.conftest import install

pytestmark = pytest.mark.browser
TABLET = {"width": 1024, "height": 768}
COMMENT = "Cán bộ tận tình, riêng tôi biết"


@dataclass
class Counter:
    """A served installation with one counter."""

    database: Database
    code: str
    base: str
    port: int
    env: dict[str, str]

    def enrolment(self) -> tuple[int, str]:
        """Return a new kiosk and its one-time address."""
        kiosk_id = make_kiosk(self.database, self.code)
        token = self.database.write(lambda s: start_enrolment(s, kiosk_id=kiosk_id, now=now()))
        return kiosk_id, f"{self.base}/kiosk/{self.code}#enrol={token}"

    def rows(self, query: str) -> list[Any]:
        """Read the database as a stranger to the product would."""
        engine = create_engine(self.database.url)
        with engine.connect() as connection:
            found = connection.execute(text(query)).all()
        engine.dispose()
        return list(found)

    def serve(self) -> Any:
        """Start a server process."""
        return serving([*COMMAND, "serve", "--port", str(self.port)], self.port, self.env)


def counter_in(folder: Path, template: Path) -> Counter:
    """Return a counter with an open campaign on a database in `folder`; nothing serves it yet."""
    shutil.copy(template, folder / "survey.sqlite3")
    database, port = Database(f"sqlite:///{folder / 'survey.sqlite3'}"), free_port()
    env = environment(folder, database.url, f"http://127.0.0.1:{port}") | {"SURVEY_SECRET_KEY": KEY}
    return Counter(database, install(database), f"http://127.0.0.1:{port}", port, env)


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Counter]:
    """A served installation for all journeys but the one that kills it."""
    counter = counter_in(tmp_path_factory.mktemp("counter"), migrated_sqlite)
    with counter.serve():
        yield counter
    counter.database.dispose()


def type_pin(page: Page, pin: str = PIN) -> None:
    """Touch the digits."""
    for digit in pin:
        page.locator(".pad").get_by_role("button", name=digit, exact=True).click()


def enrol(page: Page, address: str) -> None:
    """Open the one-time address and type the PIN."""
    page.goto(address)
    expect(page.locator("h1")).to_have_text("Đăng ký máy này làm kiosk")
    type_pin(page)
    expect(page.locator(".start").first).to_be_visible()


def next_question(page: Page) -> None:
    """Go on."""
    page.get_by_role("button", name="Tiếp", exact=True).click()


def answer(page: Page, rating: int) -> None:
    """Rate and send at once; the tablet says that the answers are safe."""
    # Events without the driver's own waits: fifty citizens in a minute.
    page.locator(".start").first.dispatch_event("click")
    page.locator(".option input").nth(rating - 1).dispatch_event("click")
    page.get_by_text("Gửi luôn").dispatch_event("click")
    expect(page.locator(".told")).to_be_visible()


def waiting(page: Page) -> list[dict[str, Any]]:
    """Return what waits in the device's database, bytes as text."""
    found: list[dict[str, Any]] = page.evaluate(
        """() => new Promise(done => {
            indexedDB.open('kiosk').onsuccess = event => {
                const all = event.target.result.transaction('queue').objectStore('queue').getAll();
                all.onsuccess = () => done(all.result.map(row => Object.assign({}, row, {
                    iv: null, sealed: row.sealed && new TextDecoder('latin1').decode(row.sealed)})));
            };
        })"""
    )
    return found


def everything_left(page: Page) -> str:
    """Return all that the page and its storage hold of what was typed."""
    kept = page.evaluate(
        "JSON.stringify([localStorage, sessionStorage, history.state, location.href, String(getSelection())])"
    )
    typed = page.evaluate("[...document.querySelectorAll('input,textarea')].map(one => one.value).join()")
    return f"{page.content()} {kept} {typed} {json.dumps(waiting(page), ensure_ascii=False)}"


class Profile:
    """One browser profile on a tablet, that survives the death of its browser."""

    def __init__(self, kind: BrowserType, folder: Path) -> None:
        self.kind, self.folder = kind, folder
        self.context: BrowserContext | None = None

    def open(self, *, offline: bool = False) -> Page:
        """Start the browser."""
        self.context = self.kind.launch_persistent_context(
            str(self.folder), executable_path=CHROMIUM, args=FLAGS, viewport=TABLET, offline=offline
        )
        self.context.set_default_timeout(15_000)
        return self.context.pages[0]

    def kill(self) -> None:
        """End every process of this profile, as a power cut would."""
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                words = (process / "cmdline").read_bytes().split(b"\0")
                if f"--user-data-dir={self.folder}".encode() in words:
                    os.kill(int(process.name), signal.SIGKILL)
        self.close()

    def close(self) -> None:
        """End the browser, if it is still there."""
        if self.context is not None:
            with suppress(Error):
                self.context.close()
        self.context = None


@pytest.fixture
def profile(browser: Browser, tmp_path: Path) -> Iterator[Profile]:
    """An empty browser profile."""
    profile = Profile(browser.browser_type, tmp_path / "tablet")
    yield profile
    profile.close()


class TestOffline:
    def test_fifty_answers_outlive_a_lost_network_a_killed_browser_and_a_killed_server(
        self, profile: Profile, migrated_sqlite: Path, tmp_path: Path
    ):
        counter = counter_in(tmp_path, migrated_sqlite)
        with counter.serve() as server:
            page = profile.open()
            page.clock.install()
            enrol(page, counter.enrolment()[1])
            page.evaluate("navigator.serviceWorker.ready.then(() => true)")
            expect(page.locator("#foot")).to_contain_text("Đã gửi hết")
            page.wait_for_function("caches.match(location.pathname).then(Boolean)")
            page.context.set_offline(True)
            for number in range(50):
                answer(page, 1 + number % 5)
                page.clock.fast_forward(7000)
            expect(page.locator("#foot")).to_contain_text("Chưa gửi: 50")
            expect(page.locator("#foot")).to_contain_text("Mất mạng")
            profile.kill()

            page = profile.open(offline=True)
            page.goto(f"{counter.base}/kiosk/{counter.code}")
            expect(page.locator("#foot")).to_contain_text("Chưa gửi: 50")
            # The server dies while the first batch is on its way.
            page.on("request", lambda sent: "/answers" in sent.url and kill(server, signal.SIGKILL))
            page.context.set_offline(False)
            for _ in range(200):  # the page must go on meanwhile: it is what sends
                if server.poll() is not None:
                    break
                page.wait_for_timeout(100)
            assert server.poll() is not None
            expect(page.locator("#foot")).to_contain_text("Mất mạng")
        with counter.serve():
            # It tries again every 30 seconds, or as soon as the network tells that it is back.
            page.evaluate("dispatchEvent(new Event('online'))")
            expect(page.locator("#foot")).to_contain_text("Đã gửi hết", timeout=40_000)
        arrived = counter.rows("SELECT instrument, service_point_id, flags, answers FROM responses")
        ratings = sorted(json.loads(one.answers)["overall"] for one in arrived)
        assert ratings == sorted([1, 2, 3, 4, 5] * 10)
        assert {one.instrument for one in arrived} == {"kiosk"}
        assert counter.rows("SELECT received FROM kiosks") == [(50,)]
        counter.database.dispose()

    def test_what_waits_cannot_be_read_from_the_device(
        self, counter: Counter, open_page: Callable[..., Page]
    ):
        page = open_page(TABLET)
        enrol(page, counter.enrolment()[1])
        page.context.set_offline(True)
        page.locator(".start").first.click()
        page.locator(".option").nth(1).click()
        for _ in range(8):
            if page.locator("textarea").is_visible():
                break
            next_question(page)
        page.fill("textarea", COMMENT)
        page.get_by_role("button", name="Gửi đánh giá").click()
        expect(page.locator(".told")).to_have_text("Đã lưu trên máy, chưa gửi. Máy tự gửi khi có mạng.")
        (row,) = waiting(page)

        assert row["sealed"]
        assert "overall" not in json.dumps(row)
        assert COMMENT not in everything_left(page)


class TestWipe:
    def start(self, counter: Counter, page: Page) -> None:
        """Rate, and write a comment that is not sent."""
        page.clock.install()
        enrol(page, counter.enrolment()[1])
        page.locator(".start").nth(1).click()
        page.locator(".option").nth(4).click()
        for _ in range(8):
            if page.locator("textarea").is_visible():
                break
            page.get_by_role("button", name=re.compile("^(Tiếp|Next)$")).click()
        page.fill("textarea", COMMENT)

    def test_comes_after_a_minute_and_a_warning(self, counter: Counter, open_page: Callable[..., Page]):
        page = open_page(TABLET)
        self.start(counter, page)
        page.clock.run_for(59_000)
        expect(page.locator(".over")).to_have_count(0)
        page.clock.run_for(2_000)
        expect(page.get_by_role("alertdialog")).to_be_visible()
        page.clock.run_for(20_000)
        expect(page.locator(".start").first).to_be_visible()

        assert COMMENT not in everything_left(page)
        assert page.evaluate("document.documentElement.lang") == "vi"
        page.locator(".start").first.click()
        assert page.locator("input:checked").count() == 0

    def test_waits_for_who_wants_to_go_on(self, counter: Counter, open_page: Callable[..., Page]):
        page = open_page(TABLET)
        self.start(counter, page)
        page.clock.run_for(75_000)
        page.get_by_role("alertdialog").locator("button").last.click()
        expect(page.locator(".over")).to_have_count(0)
        page.clock.run_for(50_000)

        assert page.locator("textarea").input_value() == COMMENT

    def test_leaves_nothing_to_the_back_button(self, counter: Counter, open_page: Callable[..., Page]):
        page = open_page(TABLET)
        self.start(counter, page)
        page.get_by_role("button", name=re.compile("Xóa, làm lại|Erase|start again", re.IGNORECASE)).click()
        page.go_back()
        page.go_back()

        assert page.url == f"{counter.base}/kiosk/{counter.code}"
        assert COMMENT not in everything_left(page)


class TestAnswering:
    def test_every_kind_of_question_arrives_as_it_was_answered(
        self, counter: Counter, open_page: Callable[..., Page]
    ):
        page = open_page(TABLET)
        enrol(page, counter.enrolment()[1])
        page.locator(".start").first.click()
        next_question(page)
        expect(page.locator("#note")).to_have_text("Xin chọn hoặc điền một câu trả lời.")
        page.get_by_text("Không hài lòng", exact=True).click()
        next_question(page)
        page.get_by_text("Có", exact=True).click()
        next_question(page)
        next_question(page)
        page.get_by_text("Khác (xin ghi)").click()
        page.get_by_label("Xin ghi rõ").fill("Đông người")
        next_question(page)
        page.get_by_text("Trực tiếp").click()
        page.get_by_text("Bưu chính").click()
        next_question(page)
        page.get_by_label("Mấy lần?").fill("51")
        next_question(page)
        expect(page.locator("#note")).to_have_text("Xin điền một số nguyên từ 0 đến 50.")
        page.get_by_label("Mấy lần?").fill("3")
        next_question(page)
        page.get_by_label("Ngày nào?").fill("31/02/2026")
        next_question(page)
        expect(page.locator("#note")).to_contain_text("ngày/tháng/năm")
        page.get_by_label("Ngày nào?").fill("21/11/2026")
        next_question(page)
        page.get_by_label("Ở đâu?").fill("Phường Thục Phán")
        next_question(page)
        page.get_by_role("button", name="Gửi đánh giá").click()
        expect(page.locator(".told")).to_have_text("Phiếu đã được gửi.")
        last = counter.rows("SELECT answers, instrument, channel FROM responses ORDER BY id DESC LIMIT 1")[0]

        assert json.loads(last.answers) == {
            "overall": 2,
            "visits.1": 1,
            "why": 9,
            "why_text": "Đông người",
            "channels": [1, 3],
            "times": "3",
            "day": "2026-11-21",
            "place": "Phường Thục Phán",
        }
        assert (last.instrument, last.channel) == ("kiosk", "qr")

    def test_a_path_that_was_left_is_not_sent(self, counter: Counter, open_page: Callable[..., Page]):
        page = open_page(TABLET)
        enrol(page, counter.enrolment()[1])
        page.locator(".start").first.click()
        page.get_by_text("Không hài lòng", exact=True).click()
        for _ in range(3):
            next_question(page)
        page.get_by_text("Chậm").click()
        for _ in range(3):
            page.get_by_role("button", name="Quay lại").click()
        page.get_by_text("Rất hài lòng", exact=True).click()
        page.get_by_role("button", name="Gửi luôn").click()
        expect(page.locator(".told")).to_have_text("Phiếu đã được gửi.")
        last = counter.rows("SELECT answers FROM responses ORDER BY id DESC LIMIT 1")[0]

        assert json.loads(last.answers) == {"overall": 5}

    def test_five_within_a_minute_are_flagged_by_the_device_s_clock(
        self, counter: Counter, open_page: Callable[..., Page]
    ):
        page = open_page(TABLET)
        page.clock.install()
        enrol(page, counter.enrolment()[1])
        (before,) = counter.rows("SELECT coalesce(max(id), 0) FROM responses")[0]
        for _ in range(5):
            answer(page, 3)
            expect(page.locator(".told")).to_have_text("Phiếu đã được gửi.")
            page.clock.fast_forward(7000)
        flags = [
            one.flags for one in counter.rows(f"SELECT flags FROM responses WHERE id > {before} ORDER BY id")
        ]

        assert ["burst" in flag for flag in flags] == [False] * 4 + [True]


class TestStaff:
    def test_leave_with_the_pin_only(self, counter: Counter, open_page: Callable[..., Page]):
        page = open_page(TABLET)
        enrol(page, counter.enrolment()[1])
        page.locator("#corner").click()
        assert page.locator(".pad").count() == 0
        page.locator("#corner").hover()
        page.mouse.down()
        expect(page.locator(".pad")).to_be_visible()
        page.mouse.up()
        type_pin(page, "908070")
        expect(page.locator(".pad .error")).to_have_text("Mã PIN chưa đúng.")
        page.context.set_offline(True)
        type_pin(page)
        expect(page.locator("#screen .panel")).to_contain_text("mã hóa trên máy")
        page.context.set_offline(False)
        assert page.context.cookies() == []
        page.get_by_role("button", name="Thoát chế độ kiosk").click()
        page.wait_for_url("**/staff/sign-in**")
        page.context.clear_cookies()

    def test_export_what_waits_and_send_it_later(self, counter: Counter, open_page: Callable[..., Page]):
        page = open_page(TABLET)
        enrol(page, counter.enrolment()[1])
        page.context.set_offline(True)
        answer(page, 2)
        page.locator("#corner").focus()
        page.keyboard.press("Enter")
        type_pin(page)
        with page.expect_download() as download:
            page.get_by_role("button", name="Xuất phiếu ra tệp").click()
        exported = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
        assert [one["answers"] for one in exported["answers"]] == [{"overall": ["2"]}]
        page.context.set_offline(False)
        page.get_by_role("button", name="Gửi ngay").click()
        expect(page.locator("#screen .panel")).to_contain_text("1/1")

    def test_revoke_a_tablet_at_its_next_contact(self, counter: Counter, open_page: Callable[..., Page]):
        page = open_page(TABLET)
        kiosk_id, address = counter.enrolment()
        enrol(page, address)
        counter.database.write(lambda s: revoke_kiosk(s, kiosk_id=kiosk_id, now=now()))
        page.reload()
        expect(page.locator("h1")).to_have_text("Kiosk này đã bị thu hồi")

    def test_a_used_address_enrols_nobody_else(self, counter: Counter, open_page: Callable[..., Page]):
        address = counter.enrolment()[1]
        enrol(open_page(TABLET), address)
        other = open_page(TABLET)
        other.goto(address)
        type_pin(other)

        expect(other.locator(".pad .error")).to_contain_text("Mã đăng ký đã hết hạn")
        assert "#" not in other.url


class TestAccess:
    def check(self, page: Page) -> None:
        """Nothing serious for axe, nothing small, nothing sideways."""
        violations = [
            one["id"]
            for one in Axe().run(page).response["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        small = page.evaluate(
            """[...document.querySelectorAll('button,a,.option,input[type=text],textarea')]
            .filter(one => one.offsetParent).filter(one => one.getBoundingClientRect().height < 48
            || parseFloat(getComputedStyle(one).fontSize) < 22).map(one => one.outerHTML.slice(0, 80))"""
        )
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert (violations, small, wide) == ([], [], False)

    @pytest.mark.parametrize("viewport", [TABLET, {"width": 800, "height": 1280}, PHONE], ids=str)
    def test_of_every_screen_is_easy(
        self, counter: Counter, open_page: Callable[..., Page], viewport: dict[str, int]
    ):
        page = open_page(viewport)
        page.clock.install()
        page.goto(f"{counter.base}/kiosk/{counter.code}")
        expect(page.locator("h1")).to_have_text("Máy này chưa được đăng ký làm kiosk")
        self.check(page)
        enrol(page, counter.enrolment()[1])
        self.check(page)
        page.locator(".start").first.click()
        page.get_by_role("button", name="Chữ to hơn").click()
        page.locator(".option").first.click()
        for _ in range(9):
            self.check(page)
            if page.locator("textarea").is_visible():
                break
            next_question(page)
        page.clock.run_for(61_000)
        expect(page.get_by_role("alertdialog")).to_be_visible()
        self.check(page)
        page.get_by_role("button", name="Tiếp tục").click()
        page.get_by_role("button", name="Gửi đánh giá").click()
        expect(page.locator(".told")).to_be_visible()
        self.check(page)
        page.clock.run_for(6_000)
        page.locator("#corner").focus()
        page.keyboard.press("Enter")
        self.check(page)
        type_pin(page)
        expect(page.locator("#screen .panel")).to_be_visible()
        self.check(page)

    def test_without_scripts_the_ordinary_form_is_one_touch_away(
        self, counter: Counter, open_page: Callable[..., Page]
    ):
        page = open_page(PHONE, scripts=False)
        page.goto(f"{counter.base}/kiosk/{counter.code}")
        page.get_by_role("link", name="Mở phiếu thường").click()

        expect(page.locator("form#f")).to_be_visible()

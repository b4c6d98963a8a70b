"""A newcomer, from the first sign-in on an empty installation to a poster at the counter and a published result.

The robot is quick, so besides its own time the time of a slow newcomer is counted: every page is read, every click
aimed at, every letter typed with one finger. That time must stay below ten minutes up to the poster.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.servers import COMMAND, environment, free_port, run, serving

pytestmark = pytest.mark.browser
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
EMAIL, PASSWORD = "moi@tinh.example", "Hoa ban nở trên núi 2026"
OFFICE = "Bộ phận Một cửa phường Thục Phán"
# Unhurried: seconds to read a page and find one's way, to aim at a thing and click, to type a letter.
READING, CLICKING, TYPING = 15.0, 4.0, 0.5
TEN_MINUTES = 600


@dataclass(frozen=True)
class Installation:
    """An installation as the command line leaves it: an empty database and one administrator."""

    base: str
    password: str


@pytest.fixture(scope="session")
def new_instance(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of an installation that nobody has used, and its administrator's password."""
    folder = tmp_path_factory.mktemp("new") / "instance"
    env = environment(folder)
    run("database", "upgrade", env=env)
    made = run("staff", "create-admin", "--email", EMAIL, "--name", "Người mới", "--json", env=env)
    return folder, json.loads(made)["password"]


@pytest.fixture
def installation(new_instance: tuple[Path, str], tmp_path: Path) -> Iterator[Installation]:
    """Serve an empty SQLite database."""
    folder, password = new_instance
    shutil.copytree(folder, tmp_path / "instance")
    port = free_port()
    env = environment(tmp_path / "instance", public_url=f"http://127.0.0.1:{port}")
    with serving([*COMMAND, "serve", "--port", str(port)], port, env):
        yield Installation(f"http://127.0.0.1:{port}", password)


@pytest.fixture
def profile(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Return a function that makes an empty browser profile; script errors fail the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def profile(viewport: dict[str, int], *, scripts: bool) -> BrowserContext:
        context = browser.new_context(viewport=viewport, java_script_enabled=scripts, locale="vi-VN")
        context.set_default_timeout(15_000)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        contexts.append(context)
        return context

    yield profile
    for context in contexts:
        context.close()
    assert errors == []


@dataclass
class Newcomer:
    """Somebody at a browser who reads, clicks and types; counts it all and keeps a picture of every page."""

    page: Page
    pictures: Path
    clicks: int = 0
    letters: int = 0
    pages: list[str] = field(default_factory=list)

    def click(self, words: str, *, exact: bool = True) -> None:
        """Click the first link or button in the page's content that is called so."""
        main = self.page.locator("main")
        link, button = (main.get_by_role(role, name=words, exact=exact) for role in ("link", "button"))
        link.or_(button).first.click()
        self.clicks += 1
        self.look()

    def menu(self, words: str) -> None:
        """Click a link of the menu at the top."""
        self.page.locator("header").get_by_role("link", name=words, exact=True).click()
        self.clicks += 1
        self.look()

    def type(self, label: str, words: str) -> None:
        """Fill in the field with this label."""
        self.page.get_by_label(label, exact=False).first.fill(words)
        self.clicks += 1
        self.letters += len(words)

    def choose(self, label: str, option: str) -> None:
        """Choose from the list with this label."""
        self.page.get_by_label(label).select_option(label=option)
        self.clicks += 2

    def tick(self, label: str) -> None:
        """Tick the box with this label."""
        self.page.get_by_label(label).check()
        self.clicks += 1

    def look(self) -> None:
        """Read the page at hand; keep a picture of it."""
        self.page.wait_for_load_state()
        title = self.page.title().split(" – ")[0]
        self.pages.append(title)
        name = re.sub(r"\W+", "-", title)[:40]
        self.page.screenshot(path=self.pictures / f"{len(self.pages):02d}-{name}.png", full_page=True)

    @property
    def seconds(self) -> float:
        """What all this takes somebody who is in no hurry."""
        return READING * len(self.pages) + CLICKING * self.clicks + TYPING * self.letters


def sign_in(person: Newcomer, base: str, email: str, password: str) -> None:
    """Sign in on the page that the command line names."""
    person.page.goto(f"{base}/staff/sign-in")
    person.look()
    person.type("E-mail", email)
    person.type("Mật khẩu", password)
    person.click("Đăng nhập")


def set_up(person: Newcomer) -> None:
    """From the first page to an office with three counters."""
    person.click("Thêm nơi tiếp nhận và quầy")
    person.click("Thêm bộ phận một cửa")
    person.choose("Tỉnh, thành phố", "Tỉnh Cao Bằng")
    person.click("Nạp danh mục")
    person.type("Tên bộ phận", OFFICE)
    person.type("Đơn vị (tỉnh, phường, xã, sở)", "thuc phan")
    person.type("Số quầy mở ngay", "3")
    person.click("Thêm bộ phận")
    expect(person.page.locator("main")).to_contain_text("Quầy đang mở (3)")


def open_campaign(person: Newcomer) -> str:
    """Take a shipped questionnaire and open a campaign with it; return the address of its page."""
    person.menu("Phiếu khảo sát")
    person.click("Dùng nguyên mẫu này")
    person.click("Tạo đợt khảo sát")
    person.click("Tiếp tục")
    person.tick(OFFICE)
    person.click("Lưu và tiếp tục")
    person.click("Lưu và tiếp tục")
    person.click("Mở đợt khảo sát")
    expect(person.page.locator("main")).to_contain_text("Việc tiếp theo: in bảng mã QR")
    return person.page.url


def print_posters(person: Newcomer, file: Path) -> None:
    """Order the posters of the campaign and fetch the PDF."""
    person.click("In bảng mã QR")
    person.click("Tạo tệp PDF")
    ready = person.page.get_by_role("link", name="Phần 1: 3 tờ (PDF)")
    expect(ready).to_be_visible(timeout=30_000)
    with person.page.expect_download() as download:
        ready.click()
    person.clicks += 1
    download.value.save_as(file)


def code_on(poster: Path) -> str:
    """Return the code printed on the first of three posters."""
    document = pdfium.PdfDocument(poster)
    assert len(document) == 3
    found = re.search(r"\b([0-9A-Z]{4}) ([0-9A-Z]{4})\b", document[0].get_textpage().get_text_range())
    assert found is not None
    return found[1] + found[2]


def answer(phone: Page, address: str) -> None:
    """Open the form behind a code and send it, as a citizen at the counter does."""
    phone.goto(address)
    phone.click('label[for="satisfaction_4"]')
    while (onward := phone.get_by_role("button", name="Tiếp")).count() and onward.is_visible():
        onward.click()
    phone.click("#send")
    expect(phone.locator("h1")).to_have_text("Cảm ơn ông/bà đã đánh giá")


def invite(person: Newcomer, base: str, name: str, role: str) -> str:
    """Invite somebody to a role; return the link."""
    person.page.goto(f"{base}/admin/accounts/new")
    person.type("Họ và tên", name)
    person.type("E-mail", f"{role}@tinh.example")
    person.page.check(f"input[name=roles][value={role}]")
    person.tick("Toàn hệ thống")
    person.click("Tạo lời mời")
    found = re.search(r"http://\S+/staff/invitation/[\w-]+", person.page.content())
    assert found is not None
    return found[0]


def accept(person: Newcomer, link: str) -> None:
    """Follow an invitation and choose a password."""
    person.page.goto(link)
    for entry in person.page.locator("input[type=password]").all():
        entry.fill(PASSWORD)
    person.page.locator("main form button:not([type=button])").first.click()
    expect(person.page.locator("h1")).to_contain_text("Xin chào")


def publish(analyst: Newcomer, approver: Newcomer, base: str, campaign: str) -> None:
    """One computes the result, another person publishes it."""
    analyst.page.goto(f"{base}/results/{campaign}/runs")
    analyst.click("Tính")
    expect(analyst.page.locator("main")).to_contain_text("Đã tính xong")
    approver.page.goto(analyst.page.url)
    approver.click("Công bố…")
    approver.tick("Tôi đã xem các số liệu và đồng ý công bố")
    approver.click("Công bố")
    expect(approver.page.locator("main")).to_contain_text("Đã công bố")


@SCRIPTS
def test_from_the_first_sign_in_to_a_poster_in_less_than_ten_minutes(
    installation: Installation, profile: Callable[..., BrowserContext], tmp_path: Path, scripts: bool
) -> None:
    began = time.monotonic()
    person = Newcomer(profile(DESKTOP, scripts=scripts).new_page(), tmp_path)
    sign_in(person, installation.base, EMAIL, installation.password)
    set_up(person)
    campaign = open_campaign(person)
    print_posters(person, tmp_path / "poster.pdf")
    took = time.monotonic() - began
    print(
        f"{len(person.pages)} pages, {person.clicks} clicks, {person.letters} letters: "
        f"about {person.seconds:.0f} s for a newcomer, {took:.1f} s for a robot; pictures in {tmp_path}"
    )
    assert took < person.seconds < TEN_MINUTES

    answer(
        profile(PHONE, scripts=scripts).new_page(), f"{installation.base}/{code_on(tmp_path / 'poster.pdf')}"
    )
    person.page.goto(f"{campaign}/live")
    person.look()
    expect(person.page.locator("main")).to_contain_text(re.compile(r"(?<!\d)1\s*phiếu đã nhận"))


@SCRIPTS
def test_the_result_is_computed_by_one_and_published_by_another(
    installation: Installation, profile: Callable[..., BrowserContext], tmp_path: Path, scripts: bool
) -> None:
    people = [Newcomer(profile(DESKTOP, scripts=scripts).new_page(), tmp_path) for _ in range(3)]
    person, analyst, approver = people
    sign_in(person, installation.base, EMAIL, installation.password)
    set_up(person)
    campaign = open_campaign(person)
    code = person.page.locator("main .code").first.inner_text().replace(" ", "")
    answer(profile(PHONE, scripts=scripts).new_page(), f"{installation.base}/{code}")
    accept(analyst, invite(person, installation.base, "Người tính", "analyst"))
    accept(approver, invite(person, installation.base, "Người duyệt", "approver"))
    publish(analyst, approver, installation.base, campaign.rsplit("/", 1)[1])
    page = profile(PHONE, scripts=scripts).new_page()
    page.goto(f"{installation.base}/results/{campaign.rsplit('/', 1)[1]}")
    expect(page.locator("main")).to_contain_text("tự nguyện")

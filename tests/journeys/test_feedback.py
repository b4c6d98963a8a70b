"""One petition from a citizen's telephone to a published answer, and the people of the desk that it passes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import DESKTOP, PHONE, Product
from tests.journeys.test_citizen import is_too_wide, serious

pytestmark = pytest.mark.browser
TEXT = (
    "Nắp cống trước nhà văn hóa tổ 9 bị vỡ, trẻ con đi học suýt ngã. Bà Lý Thị Sáo đã bị trẹo chân tuần trước. "
    "Gọi số 0912 345 678 không ai nghe."
)
ANSWER = {
    "Kết quả kiểm tra, xác minh": "Nắp cống vỡ làm đôi do xe tải đè, đã rào tạm trong ngày.",
    "Việc đã làm và sẽ làm": "Đã đặt nắp gang chịu lực 40 tấn.",
    "Ai làm, khi nào xong": "Tổ quản lý đô thị phường, xong ngày 20/11/2026.",
    "Căn cứ": "Quy chế quản lý đô thị của phường, Điều 7.",
    "Ông/bà có thể làm gì tiếp": "Nếu nắp lại kênh, xin yêu cầu xem lại trong 15 ngày.",
    "Liên hệ": "Bộ phận Một cửa phường Thục Phán, 0206 3 852 139.",
}
SECOND = "Đã bắt vít nắp cống, xe qua không còn kêu; tổ trưởng tổ 9 cùng kiểm tra."


@dataclass(frozen=True)
class Person:
    """Somebody at a browser; each page that is looked at must fit, and axe must find nothing serious."""

    page: Page
    base: str
    pictures: Path
    judged: set[str]
    judge: Page | None = None

    def go(self, address: str) -> None:
        """Open a page."""
        self.page.goto(self.base + address)
        self.look()

    def click(self, words: str) -> None:
        """Click the link or button called so in the page's content, and look at what comes."""
        main = self.page.locator("main")
        named = main.get_by_role("link", name=words, exact=True).or_(
            main.get_by_role("button", name=words, exact=True)
        )
        named.locator("visible=true").first.click()
        self.look()

    def look(self) -> None:
        """Refuse a page that scrolls sideways; of each kind keep a picture, and refuse one that shuts people out.

        Without scripts axe cannot run, so it judges the same page in another browser, `judge`.
        """
        self.page.wait_for_load_state()
        assert not is_too_wide(self.page), f"{self.page.url} scrolls sideways"
        kind = re.sub(r"PA-[-0-9A-Z]+", "PA", self.page.title().split(" – ")[0])
        if kind in self.judged:
            return
        self.judged.add(kind)
        name = re.sub(r"\W+", "-", kind)[:40]
        self.page.screenshot(path=self.pictures / f"{len(self.judged):02d}-{name}.png", full_page=True)
        if self.judge is not None:
            self.judge.set_content(self.page.content())
        assert serious(self.judge or self.page) == [], self.page.url


@pytest.fixture(scope="module")
def password(product: Product) -> str:
    """The new password of all people of the sample."""
    found = re.search(r"password of all: (\S+)", product.command("demo", "--no-serve"))
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def judged() -> set[str]:
    """The kinds of pages that were looked at closely."""
    return set()


@pytest.fixture
def colleague(
    product: Product, browser: Browser, password: str, judged: set[str], tmp_path: Path
) -> Iterator[Callable[[str], Person]]:
    """Return a function that signs somebody of the sample in, each in a browser of their own."""
    contexts, errors = [], []

    def sign_in(name: str) -> Person:
        context = browser.new_context(viewport=DESKTOP)
        context.set_default_timeout(15_000)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{product.base}/staff/sign-in")
        page.fill("#email", f"{name}@demo.example")
        page.fill("#password", password)
        page.get_by_role("button", name="Đăng nhập").click()
        page.wait_for_url("**/staff")
        return Person(page, product.base, tmp_path, judged)

    yield sign_in
    for context in contexts:
        context.close()
    assert errors == []


def photo(path: Path) -> Path:
    """Return a photograph as a telephone makes it, with where it was taken."""
    image = Image.new("RGB", (1200, 900), "#556655")
    exif = Image.Exif()
    exif[0x010F] = "Phone of Hoang Thi Lan"
    stored = BytesIO()
    image.save(stored, "JPEG", exif=exif)
    path.write_bytes(stored.getvalue())
    return path


def send(citizen: Person, picture: Path) -> tuple[str, str]:
    """Send the petition with a photo; return code and PIN."""
    page = citizen.page
    citizen.go("/feedback")
    page.get_by_label("Phản ánh, kiến nghị").check()
    page.get_by_label("Gửi đến xã, phường, sở nào?").fill("thuc phan")
    page.get_by_role("button", name="Tìm nơi nhận").click()
    page.get_by_label("Chuyện gì đã xảy ra?").fill(TEXT)
    page.get_by_text("Thêm đề nghị, ảnh, tệp").click()
    page.get_by_label("Ảnh, tệp kèm theo").set_input_files(picture)
    page.get_by_role("textbox", name="Họ và tên").fill("Hoàng Thị Lan")
    page.get_by_role("textbox", name="Số điện thoại").fill("0912 345 678")
    page.get_by_role("button", name="Gửi", exact=True).last.click()
    citizen.look()
    return page.locator("#code").inner_text(), page.locator("#pin").inner_text()


def track(citizen: Person, code: str, pin: str) -> None:
    """Open the own case with code and PIN."""
    citizen.go("/feedback/track")
    citizen.page.get_by_role("textbox", name="Mã theo dõi").fill(code)
    citizen.page.get_by_role("textbox", name="Số PIN").fill(pin)
    citizen.page.get_by_role("button", name="Xem", exact=True).click()
    citizen.look()


def find(officer: Person, code: str) -> None:
    """Find the case in the queue by its code and open it."""
    officer.go("/desk?view=all")
    officer.page.get_by_label("Tìm theo mã, nội dung, địa điểm").fill(code)
    officer.page.get_by_role("button", name="Tìm", exact=True).click()
    officer.click(code)


def write(handler: Person, code: str, parts: dict[str, str]) -> None:
    """Write an answer and submit it."""
    find(handler, code)
    handler.click("Soạn trả lời")
    for heading, text in parts.items():
        handler.page.get_by_label(heading, exact=False).first.fill(text)
    handler.click("Trình duyệt")


def approve(approver: Person, code: str) -> None:
    """Approve the answer that waits and send it."""
    find(approver, code)
    approver.click("Xem và duyệt trả lời")
    approver.click("Duyệt và gửi")


def test_a_petition_passes_the_desk_and_its_answer_is_published(
    product: Product,
    open_page: Callable[..., Page],
    colleague: Callable[[str], Person],
    judged: set[str],
    tmp_path: Path,
) -> None:
    page = open_page(PHONE, scripts=False)
    citizen = Person(page, product.base, tmp_path, judged, judge=open_page(PHONE))
    code, pin = send(citizen, photo(tmp_path / "anh.jpg"))

    clerk = colleague("tiepnhan")
    find(clerk, code)
    clerk.click("Tiếp nhận")
    router = colleague("dieuphoi")
    router.go("/desk")
    router.page.get_by_label(f"Chọn {code}").check()
    router.click("Giao các hồ sơ đã chọn")
    router.page.get_by_role("button", name="Vi Văn Phường").click()
    expect(router.page.get_by_role("button", name="Hoàn tác")).to_be_visible()

    handler, approver = colleague("phuong"), colleague("pheduyet")
    write(handler, code, ANSWER)
    approve(approver, code)

    track(citizen, code, pin)
    expect(page.locator("main")).to_contain_text("Đã đặt nắp gang chịu lực 40 tấn.")
    page.get_by_role("group", name="Ông/bà có hài lòng").get_by_role("radio").nth(3).check()
    page.get_by_role("group", name="Việc đã được giải quyết chưa?").get_by_role("radio").last.check()
    page.get_by_role("button", name="Gửi đánh giá").click()
    page.locator("summary", has_text="Yêu cầu xem lại").click()
    page.get_by_label("Điều gì chưa được giải quyết?").fill("Nắp mới kênh, xe qua kêu cả đêm.")
    page.get_by_role("button", name="Yêu cầu xem lại").click()
    citizen.look()

    write(handler, code, ANSWER | {"Việc đã làm và sẽ làm": SECOND})
    approve(approver, code)
    track(citizen, code, pin)
    expect(page.locator("main")).to_contain_text(SECOND)
    publish(approver, code)

    citizen.go("/feedback/answered?q=nap cong")
    citizen.click("Nắp cống vỡ ở tổ 9")
    shown = page.locator("main").inner_text()
    assert "Đã bắt vít nắp cống" in shown
    assert not [secret for secret in ("Lý Thị Sáo", "0912 345 678", "Hoàng Thị Lan") if secret in shown]
    feed = page.request.get(f"{product.base}/feedback/answered.rss").text()
    assert "Nắp cống vỡ ở tổ 9" in feed
    assert "Lý Thị Sáo" not in feed


def publish(approver: Person, code: str) -> None:
    """Cover what would name somebody, confirm the copy and publish it."""
    find(approver, code)
    approver.click("Công khai câu trả lời")
    approver.click("Che các chỗ đã đánh dấu")
    approver.page.get_by_label("Tiêu đề").fill("Nắp cống vỡ ở tổ 9")
    approver.page.get_by_label("Tôi đã đọc hết ba phần trên", exact=False).check()
    approver.click("Lưu và công khai")


def test_the_photo_of_a_citizen_tells_the_officer_nothing_but_what_it_shows(
    product: Product,
    open_page: Callable[..., Page],
    colleague: Callable[[str], Person],
    judged: set[str],
    tmp_path: Path,
) -> None:
    page = open_page(PHONE, scripts=False)
    citizen = Person(page, product.base, tmp_path, judged, judge=open_page(PHONE))
    code, _pin = send(citizen, photo(tmp_path / "anh.jpg"))
    clerk = colleague("tiepnhan")
    find(clerk, code)
    with clerk.page.expect_download() as waiting:
        clerk.page.get_by_role("link", name="Ảnh 1").click()
    kept = waiting.value.path().read_bytes()

    assert Image.open(BytesIO(kept)).size == (1200, 900)
    assert b"Hoang Thi Lan" not in kept


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desk"])
def test_a_leader_sees_what_needs_a_word(
    colleague: Callable[[str], Person], viewport: dict[str, int]
) -> None:
    leader = colleague("lanhdao")
    leader.page.set_viewport_size(viewport)  # type: ignore[arg-type]
    leader.go("/desk/leader")

    expect(leader.page.locator("main")).to_contain_text("quá hạn")
    leader.page.locator(".todo a, .related a").first.click()
    leader.look()


def test_khieu_nai_is_for_who_handles_them_alone(colleague: Callable[[str], Person]) -> None:
    officer, router = colleague("khieunai"), colleague("dieuphoi")
    officer.go("/desk/grievances")
    expect(officer.page.locator("main")).to_contain_text("Khiếu nại")

    answer = router.page.goto(f"{router.base}/desk/grievances")
    assert answer is not None
    assert answer.status == 403

"""Every staff page of the sample, found by its links: it opens, fits its screen, and axe finds nothing serious."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import APIRequestContext, Browser, Page, expect
from werkzeug.exceptions import HTTPException

from survey_app.config import Settings
from survey_app.factory import create_app
from survey_app.foundation.clock import now
from survey_app.foundation.database import Database
from survey_app.staff.guards import password_hash
from survey_app.staff.operations import add_account, grant_roles, set_password
from survey_app.staff.rules.permissions import EVERYWHERE, Role
from tests.journeys.conftest import DESKTOP, PHONE, Product
from tests.journeys.test_citizen import is_too_wide, serious

pytestmark = pytest.mark.browser
EMAIL, PASSWORD = "moi-vai@demo.example", "quay lua vang dong bay"
START = ("/staff", "/admin", "/staff/results", "/offices/silent")
NOT_PAGES = re.compile(r"\.(pdf|csv|json|svg|png|xlsx|txt|css|js)\b|/export\.|[?&](size|contrast)=")
LANGUAGE = re.compile(r"(?<=[?&])lang=\w+&?")
FEWEST_ROUTES = 90
RECORDS_EACH = 3
FIELDED = "dieu-tra-mau-cao-bang"
SAMPLE = (
    f"/campaigns/{FIELDED}",
    f"/campaigns/{FIELDED}/live",
    f"/campaigns/{FIELDED}/weights",
    f"/results/{FIELDED}/runs",
)
"""Pages that look otherwise for a drawn sample; the routes are found for other campaigns first."""
WORK: tuple[tuple[str, dict[str, str], str], ...] = (
    ("/questionnaires/counter_pulse/1", {}, "Tạo phiên bản mới"),
    ("/kiosks/new?point=1", {"#pin": "274913", "#again": "274913"}, "Tạo kiosk"),
    ("/offices/posters?unit=01273", {}, "Tạo tệp PDF"),
    ("/offices/units/01273/departments/new", {"#name": "Phòng Văn hóa – Xã hội"}, "Thêm phòng ban"),
    ("/campaigns/new", {}, "Tiếp tục"),
    (
        "/admin/messaging/templates/new",
        {"#name": "Mời", "#text": "{unit}: cham diem 1-5. Tu choi: soan TC"},
        "Lưu mẫu tin",
    ),
)


@pytest.fixture(scope="module")
def staff_state(product: Product, browser: Browser) -> Any:
    """What a browser keeps after a person with all roles has signed in on the sign-in page."""
    database = Database(f"sqlite:///{product.env['SURVEY_INSTANCE']}/survey.sqlite3")

    def create(session: Any) -> None:
        account = add_account(session, email=EMAIL, name="Nguyễn Thị Muôn Vai", now=now())
        grant_roles(session, account_id=account.id, grants=[(role, EVERYWHERE) for role in Role], now=now())
        set_password(session, account_id=account.id, password_hash=password_hash(PASSWORD), now=now())

    database.write(create)
    database.dispose()
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    page.goto(f"{product.base}/staff/sign-in")
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/staff")
    leave_records(page, product.base)
    state = context.storage_state()
    context.close()
    return state


def leave_records(page: Page, base: str) -> None:
    """Make one of each record that the sample lacks, as a person would."""
    for address, wishes, button in WORK:
        page.goto(base + address)
        for field, value in wishes.items():
            page.fill(field, value)
        for choice in page.locator("main input[type=radio]").all()[:1]:
            choice.check()
        page.locator("main").get_by_role("button", name=button, exact=True).first.click()
        expect(page.locator("main h1")).to_be_visible()
        assert page.url != base + address, page.locator("main").inner_text()


@pytest.fixture(scope="module")
def addresses(product: Product, browser: Browser, staff_state: Any) -> list[str]:
    """One address for each guarded route that a link leads to."""
    app = create_app(Settings(database_url="sqlite://", secret_key="k" * 40))
    context = browser.new_context(storage_state=staff_state)
    found = crawl(app, context.request, product.base)
    context.close()
    return list(dict.fromkeys([*found.values(), *SAMPLE]))


def crawl(app: Flask, browser: APIRequestContext, base: str) -> dict[str, str]:
    """Return route -> address; links are followed from several records of a kind, for their states differ."""
    found: dict[str, str] = {}
    seen: dict[str, set[str]] = defaultdict(set)
    waiting = list(START)
    while waiting:
        address = waiting.pop(0)
        route = guarded_route(app, address)
        if route is None or address in seen[route] or len(seen[route]) >= RECORDS_EACH:
            continue
        seen[route].add(address)
        answer = browser.get(base + address)
        if "text/html" in answer.headers.get("content-type", ""):
            found.setdefault(route, address)
            linked = re.findall(r'(?:href|src)="(/[^"#]*)', answer.text())
            waiting += [LANGUAGE.sub("", one) for one in map(unescape, linked) if not NOT_PAGES.search(one)]
    return found


def guarded_route(app: Flask, address: str) -> str | None:
    """Return the route of a staff page, None for a public one."""
    try:
        rule, _values = app.url_map.bind("localhost").match(address.partition("?")[0], return_rule=True)
    except HTTPException:
        return None
    return rule.rule if getattr(app.view_functions[rule.endpoint], "guarded_by", None) else None


@pytest.fixture
def flaws(browser: Browser, staff_state: Any, product: Product) -> Iterator[Any]:
    """Return a function that opens addresses and reports what is wrong with each."""
    contexts = []

    def flaws(addresses: list[str], viewport: dict[str, int], language: str) -> dict[str, list[str]]:
        context = browser.new_context(viewport=viewport, storage_state=staff_state)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{product.base}/staff?lang={language}")
        assert page.locator("html").get_attribute("lang") == language
        found = {address: page_flaws(page, product.base + address) for address in addresses}
        return {address: flaws for address, flaws in found.items() if flaws}

    yield flaws
    for context in contexts:
        context.close()


def page_flaws(page: Page, address: str) -> list[str]:
    """Open a page; return what is wrong with it."""
    errors: list[str] = []
    page.once("pageerror", lambda error: errors.append(f"script: {error}"))
    answer = page.goto(address)
    wrong = [] if answer and answer.status == 200 else [f"status {answer and answer.status}"]
    if is_too_wide(page):
        wrong.append("scrolls sideways")
    return wrong + serious(page) + errors


def halves(addresses: list[str], half: int) -> list[str]:
    """Return every second address, so that no test meets its time limit."""
    return addresses[half::2]


class TestStaffPages:
    def test_most_routes_are_reached_by_links_alone(self, addresses: list[str]):
        assert len(addresses) >= FEWEST_ROUTES

    @pytest.mark.parametrize("half", [0, 1])
    def test_fit_a_telephone_in_vietnamese(self, addresses: list[str], flaws: Any, half: int):
        assert flaws(halves(addresses, half), PHONE, "vi") == {}

    @pytest.mark.parametrize("half", [0, 1])
    def test_fit_a_desk_in_vietnamese(self, addresses: list[str], flaws: Any, half: int):
        assert flaws(halves(addresses, half), DESKTOP, "vi") == {}

    @pytest.mark.parametrize("half", [0, 1])
    def test_fit_a_desk_in_english(self, addresses: list[str], flaws: Any, half: int):
        assert flaws(halves(addresses, half), DESKTOP, "en") == {}

"""From the printed address to the published index, in a real browser, with scripts and without."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import DESKTOP, PHONE, Product

pytestmark = pytest.mark.browser
COUNT = "SELECT count(*) FROM responses JOIN campaigns ON campaigns.id = campaign_id WHERE campaigns.code = ?"
PULSE, SIPAS = "danh-gia-tai-quay", "sipas-cao-bang"
VIEWPORTS = pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


def serious(page: Page) -> list[str]:
    """Return what axe finds serious or critical on a page."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}"
        for one in violations
        if one["impact"] in ("serious", "critical")
    ]


def is_too_wide(page: Page) -> bool:
    """Say whether the page scrolls sideways."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def responses(product: Product, campaign: str) -> int:
    """Return the number of stored responses."""
    with closing(sqlite3.connect(Path(product.env["SURVEY_INSTANCE"], "survey.sqlite3"))) as database:
        (count,) = database.execute(COUNT, [campaign]).fetchone()
    return int(count)


def choose(page: Page, item: str, code: int) -> None:
    """Tap the label of an answer, as a thumb does."""
    page.click(f'label[for="{item}_{code}"]')


class TestCitizen:
    @VIEWPORTS
    @SCRIPTS
    def test_answers_and_the_figure_is_published(
        self, product: Product, open_page: Callable[..., Page], viewport: dict, scripts: bool
    ):
        page, before = open_page(viewport, scripts=scripts), responses(product, PULSE)
        page.goto(product.forms[0])
        choose(page, "satisfaction", 4)
        if scripts:
            page.get_by_role("button", name="Tiếp").click()
        choose(page, "attitude", 5)
        if scripts:
            page.get_by_role("button", name="Tiếp").click()
        page.fill("#comment", "Cán bộ tận tình.")
        page.click("#send")
        expect(page.locator("h1")).to_have_text("Cảm ơn ông/bà đã đánh giá")
        assert responses(product, PULSE) == before + 1

        run = json.loads(product.command("results", "run", "--campaign", PULSE, "--json"))
        product.command("results", "publish", run["run"])
        page.goto(f"{product.base}/results/{PULSE}")
        expect(page.locator("main")).to_contain_text("tự nguyện")
        public = page.request.get(f"{product.base}/results/{PULSE}.json").json()
        assert public["run"] == run["run"]
        shown = f"{public['overall']['estimate']:.2f}".replace(".", ",")
        expect(page.locator("main")).to_contain_text(f"{shown}%")
        assert run["population"]["responses"] == before + 1

    @SCRIPTS
    def test_fills_in_the_whole_form_of_2022(
        self, product: Product, open_page: Callable[..., Page], scripts: bool
    ):
        page, before = open_page(PHONE, scripts=scripts), responses(product, SIPAS)
        page.goto(product.forms[1])
        names = page.eval_on_selector_all(
            "input[type=radio]", "all => [...new Set(all.map(one => one.name))]"
        )
        answered = 0
        while True:
            for name in names:
                label = page.locator(f'label[for="{name}_2"]')
                if label.is_visible():
                    label.click()
                    answered += 1
            if not scripts or not page.get_by_role("button", name="Tiếp").is_visible():
                break
            page.get_by_role("button", name="Tiếp").click()
        page.click("#send")
        expect(page.locator("h1")).to_have_text("Cảm ơn ông/bà đã đánh giá")
        assert answered == len(names) >= 33 + 8 + 7 + 9
        assert responses(product, SIPAS) == before + 1

    def test_first_question_stands_on_the_first_screen(
        self, product: Product, open_page: Callable[..., Page]
    ):
        page = open_page(PHONE)
        for form in product.forms:
            page.goto(form)
            assert page.locator("input[type=radio] + label").nth(2).bounding_box()["y"] < PHONE["height"]

    def test_rows_to_tap_are_at_least_48_pixels_high(self, product: Product, open_page: Callable[..., Page]):
        page = open_page(PHONE, scripts=False)
        page.goto(product.forms[1])
        heights = page.eval_on_selector_all(
            "input[type=radio] + label", "all => all.map(one => one.offsetHeight)"
        )
        assert min(heights) >= 48

    def test_loads_a_form_with_one_request(self, product: Product, open_page: Callable[..., Page]):
        page, requests = open_page(PHONE), []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(product.forms[0], wait_until="networkidle")
        assert [url for url in requests if not url.startswith("data:")] == [product.forms[0]]


class TestMistakes:
    @SCRIPTS
    def test_an_empty_form_comes_back_with_what_was_typed(
        self, product: Product, open_page: Callable[..., Page], scripts: bool
    ):
        page = open_page(PHONE, scripts=scripts)
        page.goto(product.forms[0])
        if scripts:
            page.evaluate("document.getElementById('comment').value = 'Giữ <b>lại</b>'")
            page.evaluate("document.getElementById('f').submit()")
        else:
            page.fill("#comment", "Giữ <b>lại</b>")
            page.click("#send")
        expect(page.locator("#errors")).to_contain_text("Có lỗi cần sửa")
        assert page.input_value("#comment") == "Giữ <b>lại</b>"
        page.click("#errors a")
        assert page.evaluate("document.activeElement.id") == "satisfaction_1" or not scripts
        assert not is_too_wide(page)

    def test_a_step_with_a_required_question_says_what_is_missing(
        self, product: Product, open_page: Callable[..., Page]
    ):
        page = open_page(PHONE)
        page.goto(product.forms[0])
        page.get_by_role("button", name="Tiếp").click()
        expect(page.locator(".error")).to_have_text("Xin chọn hoặc điền một câu trả lời.")

    @SCRIPTS
    def test_changing_the_language_keeps_the_answers(
        self, product: Product, open_page: Callable[..., Page], scripts: bool
    ):
        page = open_page(PHONE, scripts=scripts)
        page.goto(product.forms[0])
        choose(page, "satisfaction", 2)
        page.get_by_role("button", name="English").click()
        expect(page.locator("h1")).to_contain_text("how satisfied")
        assert page.is_checked("#satisfaction_2")

    def test_a_double_click_stores_one_response(self, product: Product, open_page: Callable[..., Page]):
        page, before = open_page(PHONE, scripts=False), responses(product, PULSE)
        page.goto(product.forms[0])
        choose(page, "satisfaction", 3)
        page.dblclick("#send")
        expect(page.locator("h1")).to_have_text("Cảm ơn ông/bà đã đánh giá")
        assert responses(product, PULSE) == before + 1

    def test_going_back_and_sending_again_stores_nothing_twice(
        self, product: Product, open_page: Callable[..., Page]
    ):
        page, before = open_page(PHONE, scripts=False), responses(product, PULSE)
        page.goto(product.forms[0])
        choose(page, "satisfaction", 3)
        page.click("#send")
        receipt = page.locator(".code").inner_text()
        page.go_back()
        expect(page.locator("#satisfaction_3")).to_be_checked()
        page.click("#send")
        expect(page.locator("h1")).to_have_text("Cảm ơn ông/bà đã đánh giá")
        assert page.locator(".code").inner_text() == receipt
        assert responses(product, PULSE) == before + 1

    def test_enter_in_a_text_box_goes_on_instead_of_sending(
        self, product: Product, open_page: Callable[..., Page]
    ):
        page, before = open_page(PHONE), responses(product, SIPAS)
        page.goto(product.forms[1])
        page.get_by_role("button", name="Tiếp").click()
        page.fill("#Q2_text", "Qua trưởng thôn")
        page.press("#Q2_text", "Enter")
        expect(page.get_by_text("Phần 3/")).to_be_visible()
        assert responses(product, SIPAS) == before

    def test_unsent_answers_survive_a_lost_network(self, product: Product, open_page: Callable[..., Page]):
        page, before = open_page(PHONE), responses(product, PULSE)
        page.goto(product.forms[0])
        choose(page, "satisfaction", 1)
        page.context.set_offline(True)
        page.click("#send")
        expect(page.locator("#rescue")).to_contain_text("mất mạng")
        page.context.set_offline(False)
        page.reload()
        expect(page.locator("#rescue")).to_contain_text("Đã lấy lại")
        assert page.is_checked("#satisfaction_1")
        page.click("#send")
        expect(page.locator("h1")).to_have_text("Cảm ơn ông/bà đã đánh giá")
        assert responses(product, PULSE) == before + 1
        assert page.evaluate("localStorage.length") == 0

    def test_a_form_that_was_stored_unseen_does_not_swallow_the_next_one(
        self, product: Product, open_page: Callable[..., Page]
    ):
        page, before = open_page(PHONE), responses(product, PULSE)
        page.goto(product.forms[0])
        choose(page, "satisfaction", 4)

        def arrive_without_answer(route: Route) -> None:
            route.fetch(max_redirects=0)
            route.abort()

        page.route("**/*send=1", arrive_without_answer)
        with page.expect_event("requestfailed"):
            page.click("#send")
        page.unroute("**/*send=1")
        page.goto(product.forms[0])
        expect(page.locator("#rescue")).to_contain_text("Đã lấy lại")
        choose(page, "satisfaction", 1)
        page.click("#send")
        expect(page.locator("h1")).to_have_text("Cảm ơn ông/bà đã đánh giá")
        assert responses(product, PULSE) == before + 2


class TestAccessibility:
    @VIEWPORTS
    @pytest.mark.parametrize("query", ["", "?lang=en", "?size=xl&contrast=high"], ids=["vi", "en", "large"])
    def test_axe_finds_nothing_serious_on_any_page(
        self, product: Product, open_page: Callable[..., Page], viewport: dict, query: str
    ):
        page = open_page(viewport)
        places = ["/", "/privacy", "/accessibility", "/results", f"/results/{PULSE}", f"/results/{SIPAS}"]
        found = {}
        broken = ["/0000000A", "/no-such-page", "/?code=x"]
        for address in [*product.forms, *(product.base + place for place in places + broken)]:
            answer = page.goto(address + (query if "?" not in address else query.replace("?", "&")))
            found[address] = serious(page) + ["scrolls sideways"] * is_too_wide(page)
            found[address] += ["is an error"] * (
                answer.status >= 400 and address[len(product.base) :] not in broken
            )
        assert {address: problems for address, problems in found.items() if problems} == {}

    def test_axe_finds_nothing_serious_on_errors_and_thanks(
        self, product: Product, open_page: Callable[..., Page]
    ):
        page = open_page(PHONE)
        page.goto(product.forms[0])
        page.evaluate("document.getElementById('f').submit()")
        expect(page.locator("#errors")).to_be_visible()
        assert serious(page) == []
        choose(page, "satisfaction", 5)
        page.click("#send")
        expect(page.locator("h1")).to_have_text("Cảm ơn ông/bà đã đánh giá")
        assert serious(page) == []

    @pytest.mark.parametrize("size", ["m", "xl"])
    def test_no_page_scrolls_sideways_when_enlarged_four_times(
        self, product: Product, open_page: Callable[..., Page], size: str
    ):
        # 1280 pixels at 400 % are 320 (WCAG 2.2, 1.4.10).
        page, wide = open_page({"width": 320, "height": 256}), []
        places = ["/", "/privacy", "/results", f"/results/{SIPAS}", "/0000000A"]
        for address in [*product.forms, *(product.base + place for place in places)]:
            page.goto(f"{address}?size={size}")
            wide += [address] * is_too_wide(page)
        assert wide == []

    def test_the_form_can_be_filled_in_by_keyboard_alone(
        self, product: Product, open_page: Callable[..., Page]
    ):
        page = open_page(DESKTOP)
        page.goto(product.forms[0])
        page.focus("#satisfaction_1")
        page.keyboard.press("ArrowRight")
        assert page.is_checked("#satisfaction_2")
        for _ in range(8):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "send":
                break
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Cảm ơn ông/bà đã đánh giá")

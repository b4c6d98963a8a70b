"""A citizen with a cheap phone and no scripts sends a petition and follows it, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import PHONE, Product

pytestmark = pytest.mark.browser
TEXT = "Đèn đường trước nhà số 12 bị hỏng đã hai tuần."


def test_a_petition_is_sent_and_followed_without_scripts(
    product: Product, open_page: Callable[..., Page]
) -> None:
    page = open_page(PHONE, scripts=False)
    page.goto(f"{product.base}/")
    page.locator("#main").get_by_role("link", name="Gửi phản ánh, kiến nghị").click()
    page.get_by_label("Phản ánh, kiến nghị").check()
    page.get_by_label("Gửi đến xã, phường, sở nào?").fill("thuc phan")
    page.get_by_role("button", name="Tìm nơi nhận").click()
    page.get_by_label("Chuyện gì đã xảy ra?").fill(TEXT)
    page.get_by_role("button", name="Gửi", exact=True).last.click()
    # The name is missing: what was typed is still there.
    assert page.get_by_label("Chuyện gì đã xảy ra?").input_value() == TEXT
    page.get_by_role("textbox", name="Họ và tên").fill("Hoàng Thị Lan")
    page.get_by_role("textbox", name="Số điện thoại").fill("0912 345 678")
    page.get_by_role("button", name="Gửi", exact=True).last.click()
    code, pin = page.locator("#code").inner_text(), page.locator("#pin").inner_text()

    page.get_by_role("link", name="Trang theo dõi").click()
    page.get_by_role("textbox", name="Mã theo dõi").fill(code.lower())
    page.get_by_role("button", name="Xem").click()
    assert TEXT not in page.content()
    page.get_by_role("textbox", name="Số PIN").fill(pin)
    page.get_by_role("button", name="Xem").click()
    assert TEXT in page.content()
    assert pin not in page.content()

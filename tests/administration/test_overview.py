"""What needs care, and the table of roles."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from survey_app.foundation.clock import now as present
from survey_app.staff.rules.permissions import PERMITTED, Action, Role
from tests.staff_client import StaffClient

Staff = Callable[..., StaffClient]
Person = Callable[..., int]


class TestOverview:
    """/admin"""

    def test_names_administrators_without_a_second_factor(self, person: Person, staff_client: Staff) -> None:
        person("Người Chưa Bật", (Role.ADMINISTRATOR, "04"))
        person("Người Đã Bật", (Role.ADMINISTRATOR, "04"), totp_confirmed_at=present())
        person("Người Không Quản Trị", (Role.LEADER, "04"))

        page = staff_client(Role.AUDITOR).get("/admin").text

        assert "Người Chưa Bật" in page
        assert "Người Đã Bật" not in page
        assert "Người Không Quản Trị" not in page

    def test_names_invitations_that_nobody_answered_and_accounts_that_nobody_uses(
        self, person: Person, staff_client: Staff
    ) -> None:
        person("Người Được Mời", (Role.LEADER, "04"), password_hash=None)
        person("Người Mới Vào", (Role.LEADER, "04"), created_at=present() - timedelta(days=200))

        page = staff_client(Role.AUDITOR).get("/admin").text

        assert "Lời mời đã hết hạn mà chưa trả lời" in page
        assert "Người Được Mời" in page
        assert "Đã 90 ngày không đăng nhập" not in page

    def test_warns_of_a_single_administrator_of_everything(self, person: Person, staff_client: Staff) -> None:
        person("Người Thứ Nhất", (Role.ADMINISTRATOR, ""))
        alone = staff_client(Role.AUDITOR).get("/admin").text

        person("Người Thứ Hai", (Role.ADMINISTRATOR, ""))
        both = staff_client(Role.AUDITOR).get("/admin").text

        assert "Chỉ có một người quản trị toàn hệ thống" in alone
        assert "Chỉ có một người quản trị toàn hệ thống" not in both

    def test_keeps_to_the_units_of_the_reader(self, person: Person, staff_client: Staff) -> None:
        person("Người Ngoài", (Role.ADMINISTRATOR, "01"))

        page = staff_client((Role.AUDITOR, "04")).get("/admin").text

        assert "Người Ngoài" not in page
        assert "1 người đang dùng" in page


class TestRoles:
    """/admin/roles"""

    def test_is_the_table_that_guards_the_doors(self, site: Flask, staff_client: Staff) -> None:
        page = staff_client(Role.AUDITOR).get("/admin/roles").text
        rows = re.findall(r'<tr><th scope="row">.*?</tr>', page)

        permitted = [row.count("<td>Được</td>") for row in rows]
        actions = [action for action in Action if action is not Action.USE_OWN_ACCOUNT]

        assert permitted == [len(PERMITTED[action]) for action in actions]

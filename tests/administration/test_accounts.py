"""The list of people, and inviting one more."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from survey_app.foundation.database import Database
from survey_app.staff.queries import account_by_email, grants_of
from survey_app.staff.rules.permissions import PERMITTED, Action, Role
from tests.staff_client import StaffClient

Staff = Callable[..., StaffClient]
Person = Callable[..., int]

INVITATION = {
    "name": "Lê Văn Mới",
    "email": "moi@example.vn",
    "roles": ["survey_manager", "analyst"],
    "unit": "Cao Bằng",
}


def _grants(site: Flask, email: str) -> list[tuple[Role, str]]:
    database: Database = site.extensions["survey_app.database"]
    with database.read() as session:
        account = account_by_email(session, email)
        return grants_of(session, account.id) if account else []


class TestList:
    """/admin/accounts"""

    def test_shows_people_with_roles_units_and_state(self, person: Person, staff_client: Staff) -> None:
        person("Hoàng Văn Nùng", (Role.SURVEY_MANAGER, "04/01273"))

        page = staff_client(Role.ADMINISTRATOR).get("/admin/accounts").text

        assert "Hoàng Văn Nùng" in page
        assert re.search(r"Quản lý khảo sát <span class=\"muted\">· [^<]*Tỉnh Cao Bằng", page)
        assert "Đang dùng" in page

    def test_finds_by_part_of_a_name_without_diacritics(self, person: Person, staff_client: Staff) -> None:
        person("Hoàng Văn Nùng", (Role.LEADER, ""))
        person("Bế Thị Tày", (Role.LEADER, ""))

        page = staff_client(Role.ADMINISTRATOR).get("/admin/accounts?q=be+thi").text

        assert "Bế Thị Tày" in page
        assert "Hoàng Văn Nùng" not in page

    def test_shows_an_administrator_of_a_province_nobody_of_another(
        self, person: Person, staff_client: Staff
    ) -> None:
        person("Người Trong", (Role.LEADER, "04/01273"))
        person("Người Ngoài", (Role.LEADER, "01"))
        person("Người Trung Ương", (Role.LEADER, ""))

        page = staff_client((Role.ADMINISTRATOR, "04")).get("/admin/accounts").text

        assert "Người Trong" in page
        assert "Người Ngoài" not in page
        assert "Người Trung Ương" not in page

    def test_says_what_to_do_when_nobody_is_found(self, site: Flask, staff_client: Staff) -> None:
        page = staff_client(Role.ADMINISTRATOR).get("/admin/accounts?q=khongcoai").text

        assert "Không tìm thấy ai" in page

    def test_shows_html_in_a_name_as_text(self, person: Person, staff_client: Staff) -> None:
        person("<script>alert(1)</script>", (Role.LEADER, ""), email="x@example.vn")

        page = staff_client(Role.ADMINISTRATOR).get("/admin/accounts").text

        assert "&lt;script&gt;alert(1)" in page

    def test_goes_on_to_a_second_page(self, person: Person, staff_client: Staff) -> None:
        for number in range(51):
            person(f"Người Thứ {number:02}", (Role.LEADER, "04"))
        administrator = staff_client((Role.ADMINISTRATOR, "04"))

        first, second = (administrator.get(f"/admin/accounts?page={n}").text for n in (1, 2))

        assert "page=2" in first
        assert "Người Thứ 50" in second
        assert "Người Thứ 50" not in first

    def test_lets_an_auditor_look_but_not_invite(self, site: Flask, staff_client: Staff) -> None:
        auditor = staff_client(Role.AUDITOR)

        assert "/admin/accounts/new" not in auditor.get("/admin/accounts").text
        assert auditor.get("/admin/accounts/new").status_code == 403


class TestInvitation:
    """/admin/accounts/new"""

    def test_gives_a_link_that_works_once(self, site: Flask, staff_client: Staff) -> None:
        page = staff_client(Role.ADMINISTRATOR).post("/admin/accounts/new", INVITATION)
        link = re.search(r"http://127\.0\.0\.1:8000(/staff/invitation/[\w-]{40,})", page.text)

        assert page.status_code == 200
        assert link
        assert site.test_client().get(link[1]).status_code == 200
        assert _grants(site, "moi@example.vn") == [(Role.ANALYST, "04"), (Role.SURVEY_MANAGER, "04")]

    def test_is_written_down_without_the_link(
        self, site: Flask, staff_client: Staff, log: Callable[[], list[Any]]
    ) -> None:
        page = staff_client(Role.ADMINISTRATOR).post("/admin/accounts/new", INVITATION)
        token = re.search(r"/staff/invitation/([\w-]+)", page.text)
        action, _subject, unit_path, details = log()[-1]

        assert (action, unit_path, details["did"]) == ("accounts.manage", "04", "invited")
        assert token
        assert token[1] not in str(log())

    def test_asks_which_unit_when_several_are_called_so(self, site: Flask, staff_client: Staff) -> None:
        administrator = staff_client(Role.ADMINISTRATOR)
        unclear = INVITATION | {"unit": "Hưng Đạo"}

        page = administrator.post("/admin/accounts/new", unclear)
        chosen = administrator.post("/admin/accounts/new", unclear | {"unit_path": "04/01351"})

        assert page.status_code == 422
        assert 'value="04/01351"' in page.text
        assert 'value="moi@example.vn"' in page.text
        assert chosen.status_code == 200
        assert {path for _role, path in _grants(site, "moi@example.vn")} == {"04/01351"}

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"name": ""}, "Xin điền mục này"),
            ({"email": "khong-phai-thu"}, "chưa đúng"),
            ({"roles": []}, "Xin chọn ít nhất một vai trò"),
            ({"roles": ["emperor"]}, "Xin chọn trong danh sách"),
            ({"unit": ""}, "Xin ghi tên hoặc mã đơn vị"),
            ({"unit": "Atlantis"}, "Không tìm thấy đơn vị này"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(
        self, site: Flask, staff_client: Staff, change: dict[str, Any], words: str
    ) -> None:
        page = staff_client(Role.ADMINISTRATOR).post("/admin/accounts/new", INVITATION | change)

        assert page.status_code == 422
        assert words in page.text
        assert 'value="Lê Văn Mới"' in page.text or "name" in change
        assert _grants(site, "moi@example.vn") == []

    def test_refuses_an_address_that_somebody_has(self, site: Flask, staff_client: Staff) -> None:
        administrator = staff_client(Role.ADMINISTRATOR)
        administrator.post("/admin/accounts/new", INVITATION)

        page = administrator.post("/admin/accounts/new", INVITATION | {"email": "MOI@example.vn"})

        assert page.status_code == 422
        assert "Đã có tài khoản" in page.text

    def test_reaches_no_unit_beyond_the_administrators_own(self, site: Flask, staff_client: Staff) -> None:
        administrator = staff_client((Role.ADMINISTRATOR, "04"))

        other = administrator.post("/admin/accounts/new", INVITATION | {"unit": "01"})
        forged = administrator.post("/admin/accounts/new", INVITATION | {"unit": "01", "unit_path": "01"})
        everywhere = administrator.post("/admin/accounts/new", INVITATION | {"unit": "", "everywhere": "y"})

        assert {other.status_code, forged.status_code, everywhere.status_code} == {422}
        assert _grants(site, "moi@example.vn") == []

    def test_can_be_for_everything(self, site: Flask, staff_client: Staff) -> None:
        staff_client(Role.ADMINISTRATOR).post(
            "/admin/accounts/new", INVITATION | {"unit": "", "everywhere": "y"}
        )

        assert {path for _role, path in _grants(site, "moi@example.vn")} == {""}

    def test_tells_of_every_role_what_it_may_do(self, site: Flask, staff_client: Staff) -> None:
        page = staff_client(Role.ADMINISTRATOR).get("/admin/accounts/new").text

        assert page.count('name="roles"') == len(Role)
        assert "Được: xem đơn vị và quầy" in page


class TestGuards:
    """Who may open these doors at all."""

    @pytest.mark.parametrize("role", sorted(set(Role) - PERMITTED[Action.VIEW_ACCOUNTS]))
    def test_are_closed_to_other_roles(self, site: Flask, staff_client: Staff, role: Role) -> None:
        browser = staff_client(role)

        assert {browser.get(path).status_code for path in ("/admin", "/admin/accounts", "/admin/roles")} == {
            403
        }

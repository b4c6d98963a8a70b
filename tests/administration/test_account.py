"""One person: roles, links, sign-ins, leaving and coming back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from survey_app.foundation.clock import now as present
from survey_app.staff.rules.permissions import Role
from tests.staff_client import StaffClient

Staff = Callable[..., StaffClient]
Person = Callable[..., int]
Detail = Callable[[int], Any]


def _roles(detail: Any) -> set[tuple[Role, str]]:
    return {(grant.role, grant.unit_path) for grant in detail.grants}


class TestPage:
    """/admin/accounts/<id>"""

    def test_shows_facts_roles_and_sign_ins(self, person: Person, staff_client: Staff) -> None:
        account_id = person("Hoàng Văn Nùng", (Role.SURVEY_MANAGER, "04"))

        page = staff_client(Role.ADMINISTRATOR).get(f"/admin/accounts/{account_id}").text

        assert "Hoàng Văn Nùng" in page
        assert "Tỉnh Cao Bằng" in page
        assert "Firefox · Linux" in page

    def test_of_nobody_is_not_there(self, site: Any, staff_client: Staff) -> None:
        assert staff_client(Role.ADMINISTRATOR).get("/admin/accounts/999999").status_code == 404

    def test_lets_an_auditor_look_but_change_nothing(self, person: Person, staff_client: Staff) -> None:
        account_id = person("Hoàng Văn Nùng", (Role.LEADER, "04"))
        auditor = staff_client((Role.AUDITOR, "04"))

        page = auditor.get(f"/admin/accounts/{account_id}")

        assert page.status_code == 200
        assert "/revoke" not in page.text
        assert auditor.post(f"/admin/accounts/{account_id}/link").status_code == 403


class TestOtherUnits:
    """An administrator of 04 and people of elsewhere."""

    PATHS = ("", "/grants/{grant}/revoke", "/deactivate", "/second-factor")
    POSTS = (
        "/grants",
        "/grants/{grant}/revoke",
        "/link",
        "/deactivate",
        "/reactivate",
        "/second-factor",
        "/sign-ins/end",
        "/sign-ins/1/end",
    )

    @pytest.mark.parametrize("unit_path", ["01", "01/00004", "", "040"])
    def test_who_works_in_another_unit_is_not_there(
        self, person: Person, staff_client: Staff, detail: Detail, unit_path: str
    ) -> None:
        account_id = person("Người Ngoài", (Role.LEADER, unit_path))
        before = detail(account_id)
        administrator = staff_client((Role.ADMINISTRATOR, "04"))
        base, grant = f"/admin/accounts/{account_id}", before.grants[0].grant_id

        answers = [administrator.get(base + path.format(grant=grant)).status_code for path in self.PATHS]
        answers += [administrator.post(base + path.format(grant=grant)).status_code for path in self.POSTS]

        assert set(answers) == {404}
        assert detail(account_id) == before

    def test_who_works_in_two_provinces_is_seen_with_the_roles_here_alone(
        self, person: Person, staff_client: Staff
    ) -> None:
        account_id = person("Người Hai Nơi", (Role.LEADER, "04"), (Role.ANALYST, "01"))

        page = staff_client((Role.ADMINISTRATOR, "04")).get(f"/admin/accounts/{account_id}").text

        assert "Lãnh đạo" in page
        assert "Hà Nội" not in page
        assert "còn vai trò ở đơn vị khác" in page

    @pytest.mark.parametrize("path", ["/link", "/deactivate", "/second-factor", "/sign-ins/end"])
    def test_who_works_in_two_provinces_is_managed_from_above_only(
        self, person: Person, staff_client: Staff, path: str
    ) -> None:
        account_id = person("Người Hai Nơi", (Role.LEADER, "04"), (Role.ANALYST, "01"))

        refused = staff_client((Role.ADMINISTRATOR, "04")).post(f"/admin/accounts/{account_id}{path}")
        done = staff_client(Role.ADMINISTRATOR).post(f"/admin/accounts/{account_id}{path}")

        assert refused.status_code == 404
        assert done.status_code in (200, 303)

    def test_a_role_elsewhere_cannot_be_taken_away_from_here(
        self, person: Person, staff_client: Staff, detail: Detail
    ) -> None:
        account_id = person("Người Hai Nơi", (Role.LEADER, "04"), (Role.ANALYST, "01"))
        elsewhere = next(grant for grant in detail(account_id).grants if grant.unit_path == "01")

        answer = staff_client((Role.ADMINISTRATOR, "04")).post(
            f"/admin/accounts/{account_id}/grants/{elsewhere.grant_id}/revoke"
        )

        assert answer.status_code == 404
        assert (Role.ANALYST, "01") in _roles(detail(account_id))


class TestRoles:
    """Giving and taking."""

    def test_gives_a_role_in_a_unit_by_its_name(
        self, person: Person, staff_client: Staff, detail: Detail, log: Callable[[], list[Any]]
    ) -> None:
        account_id = person("Hoàng Văn Nùng", (Role.LEADER, "04"))

        answer = staff_client((Role.ADMINISTRATOR, "04")).post(
            f"/admin/accounts/{account_id}/grants", {"role": "analyst", "unit": "thuc phan"}
        )

        assert answer.status_code == 303
        assert (Role.ANALYST, "04/01273") in _roles(detail(account_id))
        assert log()[-1] == (
            "accounts.manage",
            f"account:{account_id}",
            "04/01273",
            {"did": "granted", "role": "analyst"},
        )

    def test_gives_no_role_beyond_the_administrators_unit(
        self, person: Person, staff_client: Staff, detail: Detail
    ) -> None:
        account_id = person("Hoàng Văn Nùng", (Role.LEADER, "04"))

        page = staff_client((Role.ADMINISTRATOR, "04")).post(
            f"/admin/accounts/{account_id}/grants", {"role": "administrator", "unit": "", "everywhere": "y"}
        )

        assert page.status_code == 422
        assert _roles(detail(account_id)) == {(Role.LEADER, "04")}

    def test_names_what_taking_a_role_away_does(
        self, person: Person, staff_client: Staff, detail: Detail
    ) -> None:
        account_id = person("Hoàng Văn Nùng", (Role.LEADER, "04"))
        grant = detail(account_id).grants[0].grant_id

        page = (
            staff_client(Role.ADMINISTRATOR).get(f"/admin/accounts/{account_id}/grants/{grant}/revoke").text
        )

        assert "Hoàng Văn Nùng không còn là “Lãnh đạo” tại Tỉnh Cao Bằng" in page
        assert "Đây là quyền cuối cùng" in page
        assert _roles(detail(account_id)) == {(Role.LEADER, "04")}

    def test_takes_a_role_away_at_once(self, person: Person, staff_client: Staff, detail: Detail) -> None:
        account_id = person("Hoàng Văn Nùng", (Role.LEADER, "04"), (Role.ANALYST, "04"))
        grant = next(one.grant_id for one in detail(account_id).grants if one.role is Role.LEADER)
        administrator = staff_client((Role.ADMINISTRATOR, "04"))
        path = f"/admin/accounts/{account_id}/grants/{grant}/revoke"

        answers = [administrator.post(path).status_code, administrator.post(path).status_code]

        assert answers == [303, 404]
        assert _roles(detail(account_id)) == {(Role.ANALYST, "04")}

    def test_leads_back_to_the_list_when_the_last_role_here_is_gone(
        self, person: Person, staff_client: Staff, detail: Detail
    ) -> None:
        account_id = person("Hoàng Văn Nùng", (Role.LEADER, "04"))
        grant = detail(account_id).grants[0].grant_id
        administrator = staff_client((Role.ADMINISTRATOR, "04"))

        answer = administrator.post(f"/admin/accounts/{account_id}/grants/{grant}/revoke")

        assert answer.location == "/admin/accounts"
        assert administrator.get(f"/admin/accounts/{account_id}").status_code == 404

    def test_leaves_the_last_administrator_of_everything(
        self, site: Any, staff_client: Staff, detail: Detail
    ) -> None:
        administrator = staff_client(Role.ADMINISTRATOR)
        grant = detail(administrator.account_id).grants[0].grant_id
        base = f"/admin/accounts/{administrator.account_id}"

        administrator.post(f"{base}/grants/{grant}/revoke")

        assert _roles(detail(administrator.account_id)) == {(Role.ADMINISTRATOR, "")}
        assert "người quản trị cuối cùng" in administrator.get(base).text

    def test_takes_effect_in_the_middle_of_a_visit(
        self, person: Person, site: Any, staff_client: Staff, detail: Detail
    ) -> None:
        account_id = person("Hoàng Văn Nùng", (Role.LEADER, "04"))
        provincial = staff_client((Role.ADMINISTRATOR, "04"))
        own_grant = detail(provincial.account_id).grants[0].grant_id
        staff_client(Role.ADMINISTRATOR).post(
            f"/admin/accounts/{provincial.account_id}/grants/{own_grant}/revoke"
        )

        answer = provincial.post(f"/admin/accounts/{account_id}/deactivate")

        assert answer.status_code == 403
        assert detail(account_id).active


class TestAccess:
    """Links, leaving, coming back, sign-ins, the second factor."""

    def test_shows_a_reset_link_once(self, person: Person, site: Any, staff_client: Staff) -> None:
        account_id = person("Hoàng Văn Nùng", (Role.LEADER, "04"))
        administrator = staff_client((Role.ADMINISTRATOR, "04"))

        page = administrator.post(f"/admin/accounts/{account_id}/link")
        link = re.search(r"http://127\.0\.0\.1:8000(/staff/reset/[\w-]{40,})", page.text)

        assert link
        assert site.test_client().get(link[1]).status_code == 200
        assert "/staff/reset/" not in administrator.get(f"/admin/accounts/{account_id}").text

    def test_closes_an_account_and_its_sign_ins_and_opens_it_again(
        self, person: Person, staff_client: Staff, detail: Detail
    ) -> None:
        account_id = person("Hoàng Văn Nùng", (Role.LEADER, "04"))
        administrator = staff_client((Role.ADMINISTRATOR, "04"))

        administrator.post(f"/admin/accounts/{account_id}/deactivate")
        closed = detail(account_id)
        administrator.post(f"/admin/accounts/{account_id}/reactivate")

        assert (closed.active, closed.sign_ins) == (False, ())
        assert _roles(closed) == {(Role.LEADER, "04")}
        assert detail(account_id).active

    def test_names_what_closing_does(self, person: Person, staff_client: Staff) -> None:
        account_id = person("Hoàng Văn Nùng", (Role.LEADER, "04"))

        page = staff_client(Role.ADMINISTRATOR).get(f"/admin/accounts/{account_id}/deactivate").text

        assert "bị đăng xuất khỏi mọi máy ngay lập tức" in page

    def test_lets_nobody_close_their_own_account(
        self, site: Any, staff_client: Staff, detail: Detail
    ) -> None:
        administrator = staff_client(Role.ADMINISTRATOR)

        answer = administrator.post(f"/admin/accounts/{administrator.account_id}/deactivate")

        assert answer.status_code == 404
        assert detail(administrator.account_id).active

    def test_ends_one_sign_in_of_that_person_only(
        self, person: Person, staff_client: Staff, detail: Detail
    ) -> None:
        first = person("Hoàng Văn Nùng", (Role.LEADER, "04"))
        second = person("Bế Thị Tày", (Role.LEADER, "04"))
        administrator = staff_client((Role.ADMINISTRATOR, "04"))
        other = detail(second).sign_ins[0].sign_in_id

        administrator.post(f"/admin/accounts/{first}/sign-ins/{other}/end")
        untouched = detail(second).sign_ins
        administrator.post(f"/admin/accounts/{second}/sign-ins/{other}/end")

        assert len(untouched) == 1
        assert detail(second).sign_ins == ()

    def test_ends_all_sign_ins(self, person: Person, staff_client: Staff, detail: Detail) -> None:
        account_id = person("Hoàng Văn Nùng", (Role.LEADER, "04"))

        staff_client(Role.ADMINISTRATOR).post(f"/admin/accounts/{account_id}/sign-ins/end")

        assert detail(account_id).sign_ins == ()

    def test_takes_the_second_factor_from_who_lost_the_telephone(
        self, person: Person, staff_client: Staff, detail: Detail
    ) -> None:
        account_id = person(
            "Hoàng Văn Nùng", (Role.LEADER, "04"), totp_secret=b"sealed", totp_confirmed_at=present()
        )
        administrator = staff_client((Role.ADMINISTRATOR, "04"))
        path = f"/admin/accounts/{account_id}/second-factor"

        warning = administrator.get(path).text
        administrator.post(path)

        assert "Chỉ làm khi chắc chắn người nhờ đúng là Hoàng Văn Nùng" in warning
        assert not detail(account_id).has_second_factor

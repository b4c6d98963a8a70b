"""Rules of codes, devices and accounts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from survey_app.staff.rules.accounts import (
    email_of,
    folded,
    is_unit_path,
    may_grant,
    may_manage,
    own_path,
)
from survey_app.staff.rules.devices import device_label
from survey_app.staff.rules.permissions import Role
from survey_app.staff.rules.second_factor import (
    matching_step,
    provisioning_address,
    recovery_code_shown,
    recovery_code_typed,
    step_of,
)

# RFC 6238, appendix B, SHA-1: the secret is the ASCII text 12345678901234567890; the last six of eight digits.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
ADMIN, CLERK = Role.ADMINISTRATOR, Role.INTAKE_CLERK


class TestMatchingStep:
    """`matching_step`."""

    @pytest.mark.parametrize(
        ("seconds", "code"),
        [
            (59, "287082"),
            (1111111109, "081804"),
            (1111111111, "050471"),
            (1234567890, "005924"),
            (2000000000, "279037"),
        ],
    )
    def test_agrees_with_the_standard(self, seconds: int, code: str) -> None:
        assert matching_step(RFC_SECRET, code, datetime.fromtimestamp(seconds, UTC)) == seconds // 30

    @pytest.mark.parametrize(("late", "taken"), [(-31, True), (-61, False), (31, True), (61, False)])
    def test_takes_the_steps_beside_and_no_others(self, now: datetime, late: int, taken: bool) -> None:
        at = datetime.fromtimestamp(step_of(now) * 30 + 15, UTC)
        code = pyotp.TOTP(RFC_SECRET).at(at + timedelta(seconds=late))

        assert (matching_step(RFC_SECRET, code, at) is not None) is taken

    @pytest.mark.parametrize("code", ["", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "12 34"])
    def test_takes_nothing_but_six_digits(self, now: datetime, code: str) -> None:
        assert matching_step(RFC_SECRET, code, now) is None

    def test_takes_the_space_that_apps_show_in_the_middle(self) -> None:
        assert matching_step(RFC_SECRET, "287 082", datetime.fromtimestamp(59, UTC)) == 1


class TestRecoveryCodes:
    """Recovery codes."""

    def test_are_read_as_people_copy_them(self) -> None:
        assert recovery_code_shown("7K3F9M2X0ABC") == "7K3F-9M2X-0ABC"
        assert recovery_code_typed(" 7k3f 9m2x-oabc") == "7K3F9M2X0ABC"

    @pytest.mark.parametrize("text", ["", "7K3F-9M2X", "7K3F-9M2X-0ABU", "287082"])
    def test_are_not_anything(self, text: str) -> None:
        assert recovery_code_typed(text) is None


def test_the_address_for_the_app_names_account_and_product() -> None:
    address = provisioning_address(RFC_SECRET, email="lan@x.gov.vn", issuer="Đánh giá")

    assert address.startswith("otpauth://totp/")
    assert f"secret={RFC_SECRET}" in address


@pytest.mark.parametrize(
    ("description", "label"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36", "Chrome · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) coc_coc_browser/130.0 Chrome/124 Safari/537.36", "Cốc Cốc · Windows"),
        ("(Linux; Android 14; SM-A556E) SamsungBrowser/25 Chrome/121 Mobile Safari", "Samsung Internet · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Version/17.5 Mobile/15E148 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox · Linux"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_device_is_named_coarsely(description: str, label: str) -> None:
    assert device_label(description) == label


@pytest.mark.parametrize(
    "text",
    ["", "lan", "lan@", "@x.vn", "lan@x", "lan@@x.vn", "a b@x.vn", "<b>@x.vn", "lan@x.vn\n.vn", "lan@-x.vn"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    assert email_of(text) is None


def test_an_address_is_kept_in_small_letters() -> None:
    assert email_of(" Lan.Nguyen@CaoBang.GOV.VN ") == "lan.nguyen@caobang.gov.vn"


@pytest.mark.parametrize("text", ["", "04", "04/01273"])
def test_unit_paths_have_a_shape(text: str) -> None:
    assert is_unit_path(text)
    assert not is_unit_path(f"{text}/")


def test_names_are_searched_without_diacritics() -> None:
    assert folded("  Nguyễn  Thị ĐÀO\0 ") == "nguyen thi dao"


class TestMayGrant:
    """`may_grant` and `may_manage`."""

    @pytest.mark.parametrize(
        ("grants", "path", "allowed"),
        [
            ([(ADMIN, "")], "", True),
            ([(ADMIN, "")], "04/01273", True),
            ([(ADMIN, "04")], "04", True),
            ([(ADMIN, "04")], "04/01273", True),
            ([(ADMIN, "04")], "", False),
            ([(ADMIN, "04")], "01", False),
            ([(ADMIN, "04/01273")], "04", False),
            ([(CLERK, "")], "04", False),
            ([], "04", False),
        ],
    )
    def test_only_an_administrator_whose_scope_covers_the_unit(
        self, grants: list[tuple[Role, str]], path: str, allowed: bool
    ) -> None:
        assert may_grant(grants, CLERK, path) is allowed

    def test_an_account_is_managed_only_from_above_all_its_roles(self) -> None:
        province = [(ADMIN, "04")]

        assert may_manage(province, [(CLERK, "04/01273"), (ADMIN, "04")])
        assert not may_manage(province, [(CLERK, "04"), (CLERK, "01")])
        assert not may_manage(province, [(ADMIN, "")])
        assert not may_manage(province, [])


def test_own_deeds_stand_in_the_log_of_ones_unit() -> None:
    assert own_path([(CLERK, "04/01273")]) == "04/01273"
    assert own_path([(CLERK, "04"), (CLERK, "01")]) == ""
    assert own_path([]) == ""

"""The bar of the desk shows what the person may open, and where they are."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from survey_app.staff.rules.permissions import Role
from tests.staff_client import StaffClient

SECTION = re.compile(r'<nav class="sections".*?</nav>', re.DOTALL)


def bar(page: str) -> str:
    found = SECTION.search(page)
    return found[0] if found else ""


def addresses(page: str) -> list[str]:
    return re.findall(r'href="([^"]+)"', bar(page))


@pytest.mark.parametrize(
    ("role", "first", "shown"),
    [
        (Role.INTAKE_CLERK, "/desk", ["/desk", "/desk/new"]),
        (Role.LEADER, "/desk", ["/desk", "/desk/leader", "/desk/reports", "/desk/handover"]),
        (
            Role.ADMINISTRATOR,
            "/desk/rules",
            ["/desk/templates", "/desk/rules", "/desk/succession", "/desk/privacy"],
        ),
    ],
)
def test_shows_what_may_be_opened(
    staff_client: Callable[..., StaffClient], role: Role, first: str, shown: list[str]
) -> None:
    assert addresses(staff_client((role, "")).get(first).text) == shown


def test_every_address_of_the_bar_opens(staff_client: Callable[..., StaffClient]) -> None:
    person = staff_client(*((role, "") for role in Role))
    shown = addresses(person.get("/desk").text)
    assert len(shown) == 10
    assert {address: person.get(address).status_code for address in shown} == dict.fromkeys(shown, 200)


@pytest.mark.parametrize(
    ("page", "marked"),
    [("/desk?view=all", "/desk"), ("/desk/new", "/desk/new"), ("/desk/rules/limits", "/desk/rules")],
)
def test_marks_the_present_one(staff_client: Callable[..., StaffClient], page: str, marked: str) -> None:
    person = staff_client((Role.INTAKE_CLERK, ""), (Role.ADMINISTRATOR, ""))
    assert re.findall(r'href="([^"]+)" aria-current', bar(person.get(page).text)) == [marked]


def test_is_not_there_for_one_part_only(staff_client: Callable[..., StaffClient]) -> None:
    assert bar(staff_client((Role.GRIEVANCE_OFFICER, "")).get("/desk/grievances").text) == ""


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.UNIT_HANDLER, "/desk"),
        (Role.GRIEVANCE_OFFICER, "/desk/grievances"),
        (Role.ADMINISTRATOR, "/desk/rules"),
    ],
)
def test_is_reached_from_the_first_page(
    staff_client: Callable[..., StaffClient], role: Role, address: str
) -> None:
    page = staff_client((role, "")).get("/staff").text
    assert page.count(f'<a href="{address}"') >= 1
    assert len(re.findall(r'<nav class="rooms".*?</nav>', page, re.DOTALL)[0].split("/desk")) == 2

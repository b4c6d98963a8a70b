"""Templates for answers, kept in the browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from survey_app.feedback.queries.answers import templates_for
from survey_app.feedback.rules.kinds import Kind
from survey_app.foundation.database import Database
from survey_app.staff.rules.permissions import Role
from tests.feedback.answers.conftest import AnsweringDesk
from tests.feedback.case_desk import OTHER_WARD, PROVINCE, WARD
from tests.staff_client import StaffClient

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Staff = Callable[..., StaffClient]
HERE = "/desk/templates"
TYPED = {"name": "Thay đèn", "kind": "petition", "unit_path": WARD, "done": "Đã thay đèn ở {noi}."}


def _names(database: Database, unit_path: str, kind: Kind = Kind.PETITION) -> list[str]:
    with database.read() as session:
        found = templates_for(session, unit_path=unit_path, kind=kind)
    return [one.draft.name for one in found if one.id is not None]


@pytest.fixture
def manager(app_desk: AnsweringDesk, staff_client: Staff) -> StaffClient:
    """Who manages the desks of the province."""
    return staff_client((Role.ADMINISTRATOR, PROVINCE))


def test_shipped_templates_can_be_read_and_copied(manager: StaffClient) -> None:
    page = manager.get(HERE).text
    copied = manager.get(f"{HERE}/new?from=shipped:question").text

    assert "Hỏi đáp: hướng dẫn thủ tục" in page
    assert "{câu trả lời}" in copied


def test_a_template_serves_its_unit_and_its_kind_only(app_desk: AnsweringDesk, manager: StaffClient) -> None:
    manager.post(f"{HERE}/new", TYPED)

    assert _names(app_desk.database, WARD) == ["Thay đèn"]
    assert _names(app_desk.database, OTHER_WARD) == []
    assert _names(app_desk.database, WARD, Kind.PRAISE) == []


def test_a_template_of_the_province_serves_all_its_wards(
    app_desk: AnsweringDesk, manager: StaffClient
) -> None:
    manager.post(f"{HERE}/new", TYPED | {"unit_path": PROVINCE, "kind": ""})

    assert _names(app_desk.database, OTHER_WARD, Kind.PRAISE) == ["Thay đèn"]


def test_a_second_one_with_the_same_name_is_refused_with_its_text(manager: StaffClient) -> None:
    manager.post(f"{HERE}/new", TYPED)
    page = manager.post(f"{HERE}/new", TYPED | {"done": "Một văn bản khác"})

    assert page.status_code == 422
    assert "Một văn bản khác" in page.text


def test_lone_braces_are_refused(manager: StaffClient) -> None:
    assert manager.post(f"{HERE}/new", TYPED | {"done": "Đã thay {noi"}).status_code == 422


def test_a_template_is_corrected_and_deleted(app_desk: AnsweringDesk, manager: StaffClient) -> None:
    manager.post(f"{HERE}/new", TYPED)
    manager.post(f"{HERE}/1", TYPED | {"name": "Thay đèn đường"})
    assert _names(app_desk.database, WARD) == ["Thay đèn đường"]

    manager.post(f"{HERE}/1/delete")
    assert _names(app_desk.database, WARD) == []


@pytest.mark.parametrize("path", [f"{HERE}/1", f"{HERE}/7"])
def test_a_manager_of_another_unit_finds_none(manager: StaffClient, staff_client: Staff, path: str) -> None:
    manager.post(f"{HERE}/new", TYPED)
    stranger = staff_client((Role.ADMINISTRATOR, OTHER_WARD))

    assert stranger.get(path).status_code == 404
    assert stranger.post(f"{path}/delete").status_code == 404


def test_nobody_keeps_a_template_for_another_unit(
    app_desk: AnsweringDesk, manager: StaffClient, staff_client: Staff
) -> None:
    stranger = staff_client((Role.ADMINISTRATOR, OTHER_WARD))
    stranger.post(f"{HERE}/new", TYPED)

    assert _names(app_desk.database, WARD) == []


def test_officers_of_the_desk_do_not_manage_templates(manager: StaffClient, staff_client: Staff) -> None:
    assert staff_client((Role.UNIT_HANDLER, WARD)).get(HERE).status_code == 403

"""Role x route x unit, over the whole product: one table decides, and another unit's record is not there.

Every guarded route is opened as a stranger, as each role, and as somebody of another province. A route whose
address holds a record of a unit answers 404 there; a route of the other kind is named in `OF_NO_UNIT`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from survey_app.appearance.rules import DEFAULTS, stylesheet_address
from survey_app.config import Settings
from survey_app.factory import create_app
from survey_app.feedback.models import BulkAssignment, SavedView
from survey_app.staff.rules.permissions import PERMITTED, Action, Role
from tests.architecture.permission_house import ELSEWHERE, HERE, furnish
from tests.staff_client import StaffClient

OF_NO_UNIT = {
    *("instrument", "version", "kind", "part", "name"),
    *("gateway", "sender_id", "message_id", "ending"),
}
"""What an address may hold that belongs to no unit: published questionnaires, formats, parts of a page, carriers."""
OF_A_PERSON = {"bulk_id", "view_id"}
"""What belongs to who made it, in whatever unit."""
STANDS_FOR = {"review": "drafted", "redact": "other", "publish": "other", "retract": "other"}
"""Pages that are there for cases in some states only."""
OF_ALL_UNITS = "/admin/messaging"
"""Pages that serve the whole installation: who administers one unit does not find them."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Flask]:
    """The whole product with one record of each kind."""
    folder = tmp_path_factory.mktemp("permissions")
    shutil.copy(migrated_sqlite, folder / "survey.sqlite3")
    app = create_app(Settings.from_environment({"SURVEY_INSTANCE": str(folder)}))
    app.testing = True
    yield app
    app.extensions["survey_app.database"].dispose()


@pytest.fixture(scope="module")
def house(app: Flask) -> tuple[dict[str, Any], StaffClient]:
    """The records, and who may do everything in unit 04."""
    return furnish(app)


@pytest.fixture(scope="module")
def doors(app: Flask, house: tuple[dict[str, Any], StaffClient]) -> list[tuple[str, str, Action, bool]]:
    """Every guarded door as (method, address, action, whether its record is of unit 04)."""
    records, found = house[0], []
    for rule in app.url_map.iter_rules():
        action = getattr(app.view_functions[rule.endpoint], "guarded_by", None)
        if action is None:
            continue
        address = _address(app, rule, records)
        of_unit = bool(rule.arguments - OF_NO_UNIT - OF_A_PERSON)
        of_unit = of_unit and not rule.rule.startswith(("/staff/account", OF_ALL_UNITS))
        found += [
            (method, address, action, of_unit) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        ]
    return found


def _address(app: Flask, rule: Any, records: dict[str, Any]) -> str:
    """Return an address of `rule` with the records of unit 04 in it."""
    theme = stylesheet_address(DEFAULTS).removeprefix("/theme/").removesuffix(".css")
    known = records | {
        "instrument": "of_unit_04",
        "version": 1,
        "part": 1 if "posters" in rule.rule else "general",
        "name": "phieu-tiep-nhan" if rule.rule.startswith("/desk/") else theme,
        "word": "accept",
        "ending": "docx",
        "kind": {"qr": "svg", "template": "csv"}.get(
            next((word for word in ("qr", "template") if word in rule.rule), ""), "yaml"
        ),
    }
    unit = "04" if "departments" in rule.rule else records["unit"]
    code = {
        "campaigns": "dot-thu",
        "units": unit,
        "checks": records["point"],
        "cases": records[STANDS_FOR.get(rule.rule.rsplit("/", 1)[-1], "case")],
        "grievances": records["grievance"],
    }
    if "/invitations" in rule.rule:
        code["campaigns"] = "dot-moi"
    known["code"] = next((value for word, value in code.items() if f"/{word}/" in rule.rule), None)
    known["token"] = records["grievance_token" if "/grievances/" in rule.rule else "case_token"]
    if rule.rule.startswith("/desk/templates"):
        known["template_id"] = records["reply_template_id"]
    missing = rule.arguments - set(known)
    assert not missing, f"{rule.rule}: say in permission_house.py what stands for {missing}"
    path = app.url_map.bind("localhost").build(rule.endpoint, {name: known[name] for name in rule.arguments})
    if path.endswith("/questions/new"):
        return f"{path}?section=visit&type=scale"
    return f"{path}?case={records['case']}" if path == "/desk/assign" else str(path)


def test_a_stranger_is_asked_to_sign_in(app: Flask, doors: list[Any]) -> None:
    client = app.test_client()
    answers = {
        (method, address): client.open(address, method=method).status_code for method, address, *_ in doors
    }

    assert {key: code for key, code in answers.items() if code != (303 if key[0] == "GET" else 401)} == {}


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_the_doors_that_the_table_names(app: Flask, doors: list[Any], role: Role) -> None:
    client = StaffClient(app, (role, HERE))
    wrong = {}
    for method, address, action, _ in doors:
        # Without a form's token: who may pass is asked to send again, so nothing is changed by asking.
        status = client.http.open(address, method=method, buffered=True).status_code
        expected = {403} if role not in PERMITTED[action] else {200, 303, 404} if method == "GET" else {400}
        if role is Role.UNIT_HANDLER and method == "GET" and "/desk/cases/" in address:
            expected = {*expected, 403}  # who only handles writes in their own cases, not in a colleague's
        if status not in expected:
            wrong[method, address, action.value] = status

    assert wrong == {}


def test_somebody_who_may_do_all_finds_every_page(house: Any, doors: list[Any]) -> None:
    statuses = {
        address: house[1].get(address, buffered=True).status_code
        for method, address, *_ in doors
        if method == "GET" and not address.startswith(OF_ALL_UNITS)
    }

    missing = {address: status for address, status in statuses.items() if status not in (200, 303)}
    # Nothing is printed in this test, so there is no file yet.
    assert {address: status for address, status in missing.items() if not address.endswith("/1.pdf")} == {}


def test_what_serves_all_units_is_found_by_who_administers_them_all(
    app: Flask, house: Any, doors: list[Any]
) -> None:
    pages = [address for method, address, *_ in doors if method == "GET" and address.startswith(OF_ALL_UNITS)]
    everywhere = StaffClient(app, Role.ADMINISTRATOR)

    assert len(pages) >= 8
    assert {everywhere.get(address).status_code for address in pages} == {200}
    assert {house[1].get(address).status_code for address in pages} == {404}


def test_another_units_record_is_not_there(app: Flask, doors: list[Any]) -> None:
    stranger = StaffClient(app, *((role, ELSEWHERE) for role in Role))
    wrong = {}
    for method, address, _, of_unit in doors:
        if not of_unit:
            continue
        send = stranger.get if method == "GET" else stranger.post
        status = send(address, buffered=True).status_code
        if status != 404:
            wrong[method, address] = status

    assert wrong == {}


def test_what_belongs_to_a_person_stays_when_another_asks(app: Flask, house: Any, doors: list[Any]) -> None:
    colleague = StaffClient(app, *((role, HERE) for role in Role))
    for part in ("/undo", "/forget"):
        address = next(
            address
            for method, address, *_ in doors
            if method == "POST" and re.fullmatch(rf"/desk/.*{part}", address)
        )
        assert colleague.post(address).status_code in (303, 404)

    database = app.extensions["survey_app.database"]
    with database.read() as session:
        assert session.get_one(BulkAssignment, house[0]["bulk_id"]).undone_at is None
        assert session.get_one(SavedView, house[0]["view_id"]).account_id == house[1].account_id


def test_a_record_of_the_unit_above_is_not_there_either(app: Flask, doors: list[Any]) -> None:
    below = StaffClient(app, *((role, f"{HERE}/01273") for role in Role))
    wrong = {
        address: status
        for method, address, _, of_unit in doors
        if of_unit and method == "GET" and (status := below.get(address, buffered=True).status_code) != 404
    }

    assert wrong == {}

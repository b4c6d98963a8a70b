"""Words for actions and roles: complete, and never at odds with the table."""

from __future__ import annotations

import inspect
import re

import pytest

from survey_app.administration.documents.words import (
    action_label,
    detail_words,
    event_label,
    flaw_label,
    role_sentence,
    unit_label,
)
from survey_app.foundation import audit
from survey_app.staff.rules.permissions import PERMITTED, Action, Role


@pytest.mark.parametrize("action", Action)
def test_every_action_has_words(action: Action) -> None:
    assert action_label(action) != action


def test_an_action_of_another_version_is_shown_as_written() -> None:
    assert action_label("gateways.manage") == "gateways.manage"


@pytest.mark.parametrize("role", Role)
def test_a_role_is_told_by_what_it_may_do(role: Role) -> None:
    sentence = role_sentence(role).lower()

    told = {action for action in Action if f" {action_label(action).lower()}" in sentence}
    assert told <= {action for action in Action if role in PERMITTED[action]}
    assert told


def test_a_deed_is_named_before_its_action() -> None:
    assert event_label(Action.MANAGE_ACCOUNTS, {"did": "revoked"}) == "Thu hồi quyền"
    assert event_label(Action.MANAGE_ACCOUNTS, {"did": "something new"}) == "Quản lý tài khoản và quyền"


@pytest.mark.parametrize(("path", "words"), [("", "Toàn hệ thống"), ("04", "Tỉnh Cao Bằng"), ("99", "99")])
def test_a_unit_has_a_name_or_else_its_path(path: str, words: str) -> None:
    assert unit_label(path, {"04": "Tỉnh Cao Bằng", "99": ""}) == words


def test_every_flaw_that_a_verification_can_find_has_words() -> None:
    flaws = re.findall(r'"((?:a line|the line|lines|the record|the seal)\b[^"]*)"', inspect.getsource(audit))

    assert len(flaws) >= 5
    assert [flaw for flaw in flaws if flaw_label(flaw) == flaw] == []


def test_details_are_told_in_words_where_they_are_known() -> None:
    details = {
        "did": "invited",
        "roles": ["analyst", "emperor"],
        "at": None,
        "unheard_of": 12,
        "method": "oidc",
    }

    assert detail_words(details) == [
        ("Vai trò", "Phân tích số liệu, emperor"),
        ("unheard_of", "12"),
        ("Bằng cách", "hệ thống đăng nhập của cơ quan"),
    ]

"""Brandnames."""

from __future__ import annotations

import pytest

from survey_app.messaging.rules.senders import brandname_faults


@pytest.mark.parametrize("name", ["UBND.CB", "UBND CAOBANG"[:11], "Cao-Bang_24", "A", "24h"])
def test_a_name_of_up_to_11_plain_characters_may_be_registered(name: str) -> None:
    assert brandname_faults(name) == ()


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "1 đến 11"),
        ("UBNDCAOBANG1", "1 đến 11"),
        ("CAO BẰNG", "không dấu"),
        ("UBND@CB", "không dấu"),
        ("UBND\nCB", "không dấu"),
        ("19001234", "ít nhất một chữ cái"),
        ("--", "ít nhất một chữ cái"),
        (" UBND", "dấu cách"),
    ],
)
def test_any_other_name_is_refused_with_the_reason(name: str, fault: str) -> None:
    assert any(fault in found for found in brandname_faults(name))

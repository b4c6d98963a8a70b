"""Starts for answers."""

from __future__ import annotations

import pytest

from survey_app.feedback.rules.answers import MANDATORY, Part, faults
from survey_app.feedback.rules.kinds import Kind
from survey_app.feedback.rules.reply_templates import (
    SHIPPED,
    TemplateDraft,
    fill_known,
    template_faults,
    variable_labels,
)


@pytest.mark.parametrize("name", SHIPPED)
class TestShipped:
    """The templates that every installation has."""

    def test_fill_every_obligatory_part_of_their_kind(self, name: str) -> None:
        draft = SHIPPED[name]

        assert draft.kind is not None
        assert MANDATORY[draft.kind] <= set(draft.parts)

    def test_are_without_a_fault(self, name: str) -> None:
        assert template_faults(SHIPPED[name]) == ()

    def test_name_only_variables_that_a_case_has(self, name: str) -> None:
        values = dict.fromkeys(variable_labels(), "x")
        left = " ".join(fill_known(SHIPPED[name].parts, values).values())

        assert not [one for one in variable_labels() if f"{{{one}}}" in left]


def test_there_is_one_for_each_kind() -> None:
    assert {draft.kind for draft in SHIPPED.values()} == set(Kind)


def test_what_has_no_value_stays_in_its_braces_and_holds_the_answer_back() -> None:
    parts = fill_known({Part.DONE: "{ma}: {dien_thoai}, {việc đã làm}"}, {"ma": "PA-1", "dien_thoai": ""})

    assert parts[Part.DONE] == "PA-1: {dien_thoai}, {việc đã làm}"
    assert [one.part for one in faults(parts, Kind.PRAISE)] == [Part.DONE]


def test_braces_of_a_value_open_no_place() -> None:
    assert fill_known({Part.DONE: "{noi}"}, {"noi": "Chợ {ma}\nXanh"})[Part.DONE] == "Chợ ma Xanh"


@pytest.mark.parametrize(
    "draft",
    [
        TemplateDraft(" ", {Part.DONE: "a"}),
        TemplateDraft("Mẫu", {}),
        TemplateDraft("Mẫu", {Part.DONE: "a {ma"}),
        TemplateDraft("Mẫu", {Part.DONE: "a } b"}),
        TemplateDraft("Mẫu", {Part.DONE: "a" * 10_001}),
    ],
    ids=["no name", "no text", "open brace", "closing brace", "too long"],
)
def test_a_template_with_a_fault_is_refused(draft: TemplateDraft) -> None:
    assert len(template_faults(draft)) == 1

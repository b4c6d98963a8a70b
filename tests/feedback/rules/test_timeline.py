"""What officers read about each thing that happened to a case."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from survey_app.feedback.queries.fields import field_label
from survey_app.feedback.rules.states import Step
from survey_app.feedback.rules.timeline import event_more


def more(step: Step, details: Mapping[str, object]) -> str:
    """Return what the timeline adds to the name of the step."""
    return event_more(
        step,
        details,
        people={7: "Lục Thị Viên"},
        units={"04": "Tỉnh Cao Bằng", "04/01273": "Phường Thục Phán, Tỉnh Cao Bằng"},
        field_label=field_label,
    )


@pytest.mark.parametrize(
    ("step", "details", "words"),
    [
        (Step.WARN, {"percent": 50, "duty": "answer"}, "Trả lời: đã hết 50 % thời hạn"),
        (Step.WARN, {"percent": 80, "duty": "receive"}, "Tiếp nhận: đã hết 80 % thời hạn"),
        (Step.ESCALATE, {"percent": 100}, "đã hết 100 % thời hạn"),
    ],
)
def test_a_warning_names_the_duty_that_comes_due(step: Step, details: dict[str, object], words: str) -> None:
    assert more(step, details) == words


@pytest.mark.parametrize("field", ["labour", "đất bãi bồi", ""])
def test_a_classification_names_the_field_as_the_case_does(field: str) -> None:
    named = ", ".join(filter(None, ("Phản ánh, kiến nghị", field_label(field))))
    assert more(Step.CLASSIFY, {"kind": "petition", "field": field}) == named


def test_a_code_of_a_field_is_never_shown() -> None:
    assert more(Step.CLASSIFY, {"kind": "petition", "field": "labour"}).endswith(
        "Lao động, chính sách xã hội"
    )


def test_an_assignment_names_the_handler_and_a_transfer_both_units() -> None:
    assert more(Step.ASSIGN, {"handler": 7}) == "Lục Thị Viên"
    assert more(Step.TRANSFER, {"from": "04", "to": "04/01273"}) == "Tỉnh Cao Bằng → Phường Thục Phán"

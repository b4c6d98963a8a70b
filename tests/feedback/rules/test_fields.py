"""Fields of work: a list with names in two languages, and words from before it."""

from __future__ import annotations

from survey_app.feedback.models.columns import FIELD_LENGTH
from survey_app.feedback.queries.fields import field_choices, field_label, shipped_fields
from survey_app.feedback.rules.fields import Field, offered
from survey_app.foundation.languages import use_language

LAND = Field("land", "Đất đai", "Land")


def test_every_shipped_field_has_a_code_that_is_stored_and_two_names() -> None:
    assert len(shipped_fields()) == 16
    assert all(code.isascii() and len(code) <= FIELD_LENGTH for code in shipped_fields())
    assert all(one.vi and one.en and one.vi != one.en for one in shipped_fields().values())


def test_a_field_is_told_in_the_readers_language() -> None:
    with use_language("en"):
        assert field_label("land") == "Land"
    with use_language("vi"):
        assert field_label("land") == "Đất đai"


def test_a_word_from_before_the_list_is_shown_and_offered_as_it_is() -> None:
    assert field_label("Vệ sinh") == "Vệ sinh"
    assert field_choices("Vệ sinh")[-1] == ("Vệ sinh", "Vệ sinh")
    assert offered([LAND], "vi", "land") == [("land", "Đất đai")]


def test_no_field_is_no_choice_of_the_list() -> None:
    assert field_label("") == ""
    assert offered([LAND], "en") == [("land", "Land")]

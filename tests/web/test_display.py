"""Language, text size and contrast, kept in the address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.web.display import SIZES, Display

displays = st.builds(
    Display, language=st.sampled_from(["vi", "en"]), size=st.sampled_from(SIZES), contrast=st.booleans()
)


def test_is_vietnamese_of_normal_size_unless_asked_otherwise() -> None:
    assert Display.from_query({}) == Display(language="vi", size="m", contrast=False)
    assert Display().query() == ""


@pytest.mark.parametrize(
    "query",
    [
        {"lang": "fr"},
        {"lang": "EN"},
        {"lang": ""},
        {"lang": "en\x00"},
        {"size": "huge"},
        {"contrast": "1"},
        {"other": "x"},
    ],
)
def test_takes_the_default_for_what_it_does_not_know(query: dict[str, str]) -> None:
    assert Display.from_query(query) == Display()


@given(displays)
def test_survives_the_way_through_an_address(display: Display) -> None:
    assert Display.from_query(display.query_values()) == display


@given(st.dictionaries(st.sampled_from(["lang", "size", "contrast"]), st.text(max_size=5)))
def test_is_always_one_of_twelve(query: dict[str, str]) -> None:
    display = Display.from_query(query)

    assert display.language in ("vi", "en")
    assert display.size in SIZES


@given(displays)
def test_names_only_what_differs_from_the_default(display: Display) -> None:
    assert set(display.query_values()) == {
        name
        for name, differs in (
            ("lang", display.language != "vi"),
            ("size", display.size != "m"),
            ("contrast", display.contrast),
        )
        if differs
    }


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("lang:en", Display(language="en", size="l")),
        ("size:xl", Display(size="xl")),
        ("size:m", Display()),
        ("contrast:high", Display(size="l", contrast=True)),
        ("contrast:normal", Display(size="l")),
        ("lang:fr", Display(size="l")),
        ("nonsense", Display(size="l")),
        ("", Display(size="l")),
        ("lang:en:vi", Display(size="l")),
    ],
)
def test_changes_one_choice_and_keeps_the_others(choice: str, expected: Display) -> None:
    assert Display(size="l").changed(choice) == expected


def test_adds_other_parameters_to_the_address() -> None:
    assert Display(language="en").query(receipt="7K3F-9M2X") == "?lang=en&receipt=7K3F-9M2X"
    assert Display().query(receipt="7K3F-9M2X") == "?receipt=7K3F-9M2X"


@given(displays)
def test_offers_tools_that_change_one_thing_each(display: Display) -> None:
    for name, target in display.tools():
        changed = {
            part
            for part in ("language", "size", "contrast")
            if getattr(target, part) != getattr(display, part)
        }
        assert changed <= {"size" if name in ("smaller", "larger") else name}


def test_stops_at_the_smallest_and_the_largest_letters() -> None:
    assert dict(Display(size="m").tools())["smaller"].size == "m"
    assert dict(Display(size="xl").tools())["larger"].size == "xl"
    assert dict(Display(size="m").tools())["larger"].size == "l"


@given(displays)
def test_leads_back_from_language_and_contrast(display: Display) -> None:
    for tool in ("language", "contrast"):
        assert dict(dict(display.tools())[tool].tools())[tool] == display

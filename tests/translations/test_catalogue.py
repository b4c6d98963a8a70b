"""English is complete: every message in use has a translation, and none is left over."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.translations.extract import english, untranslated, unused, used_messages

PLACEHOLDER = re.compile(r"%\((\w+)\)s|%[^(%\s]")


def _translated() -> Iterator[tuple[str, str]]:
    for message in english():
        if message.id:
            originals = message.id if isinstance(message.id, tuple | list) else (message.id,)
            texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
            yield from ((original, text) for original in originals for text in texts)


def _values(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text.replace("%%", "")))


def test_every_message_in_use_has_english() -> None:
    assert untranslated() == []


def test_no_translation_is_left_over() -> None:
    assert unused() == []


def test_messages_are_found_in_code_and_templates() -> None:
    places = {place for message in used_messages() for place, _ in message.locations}

    assert any(place.endswith(".py") for place in places)
    assert any(place.endswith(".html") for place in places)


def test_translations_fill_the_same_values() -> None:
    wrong = [
        (original, text) for original, text in _translated() if text and _values(original) != _values(text)
    ]

    assert wrong == []


def test_english_has_no_vietnamese_left_in_it() -> None:
    # Names of places and languages stay as they are.
    names = re.compile(
        r"Tiếng Việt|Việt Nam|Viet Nam|Cao Bằng|Tày|Nùng|Mông|Ba Na|Gia Rai|\w*\d+/\d+/\S+|“[^”]*”"
    )
    letters = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)

    assert [text for _, text in _translated() if letters.search(names.sub("", text))] == []


def test_no_translation_is_doubtful() -> None:
    assert [message.id for message in english() if message.id and message.fuzzy] == []


@pytest.mark.parametrize("mark", ["TO" + "DO", "???", "(en)"])
def test_no_translation_is_a_stopgap(mark: str) -> None:
    assert [text for _, text in _translated() if mark in text] == []

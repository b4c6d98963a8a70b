"""Messages, dates and numbers in the reader's language."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.foundation import languages
from survey_app.foundation.languages import (
    current_language,
    format_date,
    format_number,
    gettext,
    known_language,
    ngettext,
    read_catalogue,
    set_language,
    use_language,
)

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Gửi"
msgstr "Send"

msgid "Chào %(name)s"
msgstr "Hello %(name)s"

msgid "%(num)s phiếu"
msgid_plural "%(num)s phiếu"
msgstr[0] "%(num)s form"
msgstr[1] "%(num)s forms"
"""


@pytest.fixture
def english_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three messages with their English, in place of the shipped catalogue."""
    path = tmp_path / "messages.po"
    path.write_text(CATALOGUE, encoding="utf-8")
    catalogues = {"en": read_catalogue(path), "vi": languages.NullTranslations()}
    monkeypatch.setattr(languages, "_catalogue", catalogues.__getitem__)


def test_speaks_vietnamese_unless_told_otherwise() -> None:
    assert current_language() == "vi"


@pytest.mark.parametrize(
    ("code", "known"),
    [("vi", "vi"), ("en", "en"), ("fr", None), ("EN", None), ("", None), (None, None), ("vi-VN", None)],
)
def test_knows_two_languages(code: str | None, known: str | None) -> None:
    assert known_language(code) == known


def test_returns_to_the_language_before() -> None:
    with use_language("en"):
        with use_language("vi"):
            assert current_language() == "vi"
        assert current_language() == "en"
    assert current_language() == "vi"


def test_returns_to_the_language_before_a_failure() -> None:
    with pytest.raises(KeyError), use_language("en"):
        raise KeyError
    assert current_language() == "vi"


@pytest.mark.usefixtures("english_catalogue")
class TestMessages:
    """`gettext` and `ngettext`."""

    def test_are_their_own_vietnamese(self) -> None:
        assert gettext("Chào %(name)s", name="bà Lan") == "Chào bà Lan"
        assert ngettext("%(num)s phiếu", "%(num)s phiếu", 3) == "3 phiếu"

    def test_are_translated(self) -> None:
        with use_language("en"):
            assert gettext("Gửi") == "Send"
            assert gettext("Chào %(name)s", name="bà Lan") == "Hello bà Lan"

    @pytest.mark.parametrize(("number", "words"), [(0, "0 forms"), (1, "1 form"), (2, "2 forms")])
    def test_follow_the_number(self, number: int, words: str) -> None:
        with use_language("en"):
            assert ngettext("%(num)s phiếu", "%(num)s phiếu", number) == words

    def test_fall_back_to_vietnamese_where_no_english_exists(self) -> None:
        with use_language("en"):
            assert gettext("Chưa dịch") == "Chưa dịch"

    def test_keep_a_percent_sign_that_fills_nothing(self) -> None:
        assert gettext("phóng to 400 %") == "phóng to 400 %"

    def test_never_mix_between_threads(self) -> None:
        mixed, barrier = [], threading.Barrier(2)

        def speak(code: str, expected: str) -> None:
            set_language(code)
            barrier.wait()
            mixed.extend(word for word in (gettext("Gửi") for _ in range(3_000)) if word != expected)

        threads = [threading.Thread(target=speak, args=pair) for pair in (("en", "Send"), ("vi", "Gửi"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert mixed == []


def test_reads_the_shipped_english_catalogue() -> None:
    with use_language("en"):
        assert gettext("Quyền riêng tư") == "Privacy"


@pytest.mark.parametrize(
    ("value", "decimals", "vietnamese", "english"),
    [
        (1234.5, 1, "1.234,5", "1,234.5"),
        (1234567, 0, "1.234.567", "1,234,567"),
        (0, 0, "0", "0"),
        (-1234.5, 1, "-1.234,5", "-1,234.5"),
        # Half up, as people round; halves of binary fractions are those of the number as written.
        (0.5, 0, "1", "1"),
        (2.5, 0, "3", "3"),
        (2.675, 2, "2,68", "2.68"),
        (84.25, 1, "84,3", "84.3"),
        (99.95, 1, "100,0", "100.0"),
        (-0.5, 0, "-1", "-1"),
    ],
)
def test_writes_numbers_as_each_language_does(
    value: float, decimals: int, vietnamese: str, english: str
) -> None:
    assert format_number(value, decimals) == vietnamese
    with use_language("en"):
        assert format_number(value, decimals) == english


@given(st.floats(min_value=-1e12, max_value=1e12), st.integers(min_value=0, max_value=4))
def test_writes_numbers_that_read_back_within_half_a_unit(value: float, decimals: int) -> None:
    text = format_number(value, decimals).replace(".", "").replace(",", ".")

    assert abs(float(text) - value) <= 0.5 * 10**-decimals + abs(value) * 1e-15


def test_never_writes_minus_zero() -> None:
    assert format_number(-0.04, 1) == "0,0"


@pytest.mark.parametrize("code", ["vi", "en"])
def test_writes_dates_day_first(code: str) -> None:
    with use_language(code):
        assert format_date(date(2026, 3, 5)) == "05/03/2026"

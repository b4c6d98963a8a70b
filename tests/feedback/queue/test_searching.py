"""What is searched and what is sought, without diacritics."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.feedback.rules.searching import LONGEST_TEXT, MOST_PHRASES, search_text_of, sought
from survey_app.offices.rules import fold


class TestSought:
    """`sought`: what was typed."""

    @pytest.mark.parametrize(
        ("typed", "phrases", "is_open"),
        [
            ("đèn", (("den",),), True),
            ("đ", (("d",),), False),
            ("Đèn ĐƯỜNG ", (("den",), ("duong",)), False),
            ('"đèn đường" hỏ', (("den", "duong"), ("ho",)), True),
            ("“đèn đường”", (("den", "duong"),), False),
            ('"đèn đường', (("den", "duong"),), False),
            ("số 12/3A", (("so",), ("12", "3a")), True),
            ("?!* -", (), False),
            ("", (), False),
        ],
    )
    def test_reads_words_and_phrases(
        self, typed: str, phrases: tuple[tuple[str, ...], ...], is_open: bool
    ) -> None:
        found = sought(typed)

        assert (found.phrases, found.is_open) == (phrases, is_open)

    @settings(deadline=None, max_examples=100)
    @given(st.text())
    def test_leaves_nothing_but_letters_and_digits(self, typed: str) -> None:
        words = [word for phrase in sought(typed).phrases for word in phrase]

        assert all(fold(word) == word and " " not in word for word in words)
        assert len(sought(typed).phrases) <= MOST_PHRASES


class TestSearchText:
    """`search_text_of`: what a case is found by."""

    def test_holds_codes_place_and_words_without_diacritics(self) -> None:
        text = search_text_of("7K3F9M2XQD4", "Đèn đường hỏng!", "Xin sửa", "Tổ 5", "Chiếu sáng", "PAKN.1")

        assert text == "7k3f9m2xqd4 pakn 1 to 5 chieu sang den duong hong xin sua"

    @settings(deadline=None, max_examples=50)
    @given(st.text(max_size=60))
    def test_says_the_same_as_folding_the_whole(self, text: str) -> None:
        assert search_text_of("A", text) == fold(f"A {' '.join(text.split())}")

    def test_ends_where_a_database_would_refuse(self) -> None:
        assert len(search_text_of("A", "phản ánh " * 50_000)) <= LONGEST_TEXT

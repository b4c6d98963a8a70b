"""How alike two messages are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.feedback.rules.similarity import (
    LIKE,
    LONGEST_COMPARED,
    comparable_lengths,
    folded_text,
    similarity,
    similarity_label,
    trigrams,
)


def _likeness(one: str, other: str) -> float:
    return similarity(trigrams(folded_text(one)), trigrams(folded_text(other)))


class TestSimilarity:
    """Jaccard on trigrams of words without diacritics."""

    def test_counts_trigrams_as_pg_trgm_does(self) -> None:
        # PostgreSQL documentation F.35: show_trgm('word') = {"  w"," wo","ord","rd ","wor"}; similarity('word', 'two
        # words') = 0.36363637.
        assert trigrams(folded_text("word")) == {"  w", " wo", "wor", "ord", "rd "}
        assert _likeness("word", "two words") == pytest.approx(4 / 11)

    def test_leaves_diacritics_order_and_signs_aside(self) -> None:
        assert _likeness("Đèn đường hỏng!", "hong, DEN duong") == 1.0

    def test_of_other_matters_is_low(self) -> None:
        one = "Đèn chiếu sáng ở đầu ngõ hỏng đã hai tuần, buổi tối đi lại rất khó"
        other = "Tôi nộp hồ sơ cấp giấy chứng nhận quyền sử dụng đất đã quá hẹn mà chưa có kết quả"

        assert _likeness(one, other) < LIKE

    def test_of_the_same_matter_told_with_few_other_words_is_high(self) -> None:
        one = "Đèn chiếu sáng ở đầu ngõ 25 hỏng đã hai tuần, buổi tối đi lại rất khó"
        other = "Đèn chiếu sáng đầu ngõ 25 bị hỏng hai tuần nay, tối đi lại khó"

        assert _likeness(one, other) >= LIKE

    @given(st.text(max_size=200), st.text(max_size=200))
    @settings(max_examples=50, deadline=None)
    def test_is_between_nothing_and_all_and_the_same_both_ways(self, one: str, other: str) -> None:
        assert 0.0 <= _likeness(one, other) == _likeness(other, one) <= 1.0

    @given(st.text(alphabet="abcđe ", max_size=60), st.text(alphabet="abcđe ", max_size=60))
    @settings(max_examples=80, deadline=None)
    def test_what_is_alike_has_comparable_lengths(self, one: str, other: str) -> None:
        least, most = comparable_lengths(folded_text(one))

        assert _likeness(one, other) < LIKE or least <= len(folded_text(other)) <= most

    def test_a_text_without_words_is_like_nothing(self) -> None:
        assert folded_text("…!? 🙂") == ""
        assert _likeness("", "") == 0.0

    def test_a_very_long_text_stays_short_to_compare(self) -> None:
        assert len(folded_text("một hai ba " * 10_000)) <= 3 * LONGEST_COMPARED

    def test_is_told_in_words(self) -> None:
        labels = [similarity_label(score) for score in (1.0, 0.6, 0.2)]

        assert labels == ["Gần như giống hệt", "Nội dung giống nhau nhiều", "Nội dung khác nhau"]

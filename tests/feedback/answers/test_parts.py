"""What an answer must hold, and what makes it hard to read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.feedback.rules.answers import (
    MANDATORY,
    Part,
    faults,
    hints,
    open_places,
    read_parts,
    running_text,
    sentences,
    stored_parts,
    syllables,
)
from survey_app.feedback.rules.kinds import Kind
from tests.feedback.answers.conftest import TEXTS, texts


class TestFaults:
    """Why an answer cannot leave."""

    def test_there_are_none_in_a_whole_answer(self) -> None:
        assert faults(TEXTS, Kind.PETITION) == ()

    @pytest.mark.parametrize("part", Part)
    def test_a_petition_needs_every_part(self, part: Part) -> None:
        found = faults(texts(**{part.value: ""}), Kind.PETITION)

        assert [one.part for one in found] == [part]

    @pytest.mark.parametrize("kind", Kind)
    def test_each_kind_asks_for_just_its_own_parts(self, kind: Kind) -> None:
        assert {one.part for one in faults({}, kind)} == MANDATORY[kind]

    def test_praise_needs_no_legal_basis(self) -> None:
        assert faults({Part.DONE: "Cảm ơn ông/bà."}, Kind.PRAISE) == ()

    @pytest.mark.parametrize("left", ["{kết quả}", "{ma}", "{", "}", "[...]", "[…]", "........", "……"])
    def test_a_place_left_open_is_one(self, left: str) -> None:
        (fault,) = faults(texts(done=f"Đã làm {left} rồi."), Kind.PETITION)

        assert fault.part is Part.DONE
        assert left in fault.message

    def test_three_dots_and_numbers_leave_nothing_open(self) -> None:
        assert open_places("Vân vân... Xem Điều 9, mục [2]; giá 1.250.000 đồng…") == ()


class TestHints:
    """What would be easier to read."""

    def test_a_sentence_of_thirty_syllables_is_short_enough(self) -> None:
        assert hints({Part.DONE: " ".join(["làm"] * 30) + "."}) == ()

    def test_a_longer_one_is_pointed_out_with_its_length(self) -> None:
        (hint,) = hints({Part.DONE: " ".join(["làm"] * 31) + "."})

        assert "31" in hint.message

    @pytest.mark.parametrize(
        "text",
        ["Sẽ sửa trong thời gian sớm nhất.", "Giải quyết theo quy định.", "Việc này nhằm mục đích tốt."],
    )
    def test_empty_phrases_are_pointed_out(self, text: str) -> None:
        assert len(hints({Part.DONE: text})) == 1

    def test_a_law_that_is_named_is_no_empty_phrase(self) -> None:
        assert hints({Part.BASIS: "Làm theo quy định tại Điều 9 Nghị định 20/2008/NĐ-CP."}) == ()

    def test_numbers_of_documents_and_dates_split_no_sentence(self) -> None:
        text = "Ngày 12.5.2026, Quyết định số 123/QĐ-UBND cấp 1.250.000 đồng. Việc đã xong."

        assert len(sentences(text)) == 2
        assert syllables("Quyết định 123/QĐ-UBND ngày 12.5.2026") == 5


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(Part), st.text(max_size=80)))
def test_parts_are_stored_and_read_without_a_change(parts: dict[Part, str]) -> None:
    clean = read_parts({part.value: text for part, text in parts.items()})

    assert read_parts(stored_parts(clean)) == clean


def test_what_is_no_part_is_not_read() -> None:
    assert set(read_parts({"found": "Có", "phone": "0912345678"}).values()) == {"Có", ""}


def test_the_running_text_has_a_heading_for_each_part_that_says_something() -> None:
    text = running_text({Part.FOUND: "Ba đèn hỏng.", Part.BASIS: ""})

    assert text == "Kết quả kiểm tra, xác minh\nBa đèn hỏng."

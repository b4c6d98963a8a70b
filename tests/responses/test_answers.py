"""Rules of one submission, without database or web."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.questionnaires.rules import Questionnaire, build
from survey_app.responses.rules.answers import check, clean, encode
from tests.responses.conftest import DOCUMENT

SATISFIED = {"overall": ["4"]}


class TestCheck:
    def test_reads_each_kind_of_answer(self, questionnaire: Questionnaire):
        checked = check(
            questionnaire,
            {
                "overall": ["2"],
                "visits.1": ["1"],
                "why": ["9"],
                "why_text": [" Đường  xấu "],
                "channels": ["3", "1", "1"],
                "times": ["0"],
                "day": ["1/2/2026"],
                "place": ["Xã Trùng Khánh"],
                "comment": ["Dòng một\r\nDòng hai"],
            },
        )
        assert checked.errors == ()
        assert checked.answers == {
            "overall": 2,
            "visits.1": 1,
            "why": 9,
            "why_text": "Đường  xấu",
            "channels": [1, 3],
            "times": "0",
            "day": "2026-02-01",
            "place": "Xã Trùng Khánh",
            "comment": "Dòng một\nDòng hai",
        }

    def test_keeps_a_coded_missing_value(self, questionnaire: Questionnaire):
        assert check(questionnaire, {"overall": ["-1"]}).answers == {"overall": -1}

    @pytest.mark.parametrize("value", ["6", "0", "-8", "99", "4 ", "٤", "4.0", "x", "1e0", "9" * 40])
    def test_refuses_an_unknown_option(self, questionnaire: Questionnaire, value: str):
        assert [error.item for error in check(questionnaire, {"overall": [value]}).errors] == ["overall"]

    def test_refuses_two_answers_to_a_single_choice(self, questionnaire: Questionnaire):
        (error,) = check(questionnaire, {"overall": ["4", "5"]}).errors
        assert "một câu trả lời" in error.message

    def test_asks_for_a_required_answer(self, questionnaire: Questionnaire):
        assert [error.item for error in check(questionnaire, {"comment": ["Tốt"]}).errors] == ["overall"]

    def test_drops_answers_of_a_path_the_citizen_left(self, questionnaire: Questionnaire):
        assert check(questionnaire, SATISFIED | {"why": ["1"], "why_text": ["xa"]}).answers == {"overall": 4}

    def test_does_not_complain_about_a_question_off_the_path(self, questionnaire: Questionnaire):
        assert check(questionnaire, SATISFIED | {"why": ["77"]}).errors == ()

    def test_refuses_an_empty_form_of_optional_questions(self):
        section = {
            "id": "s",
            "title": DOCUMENT["title"],
            "questions": [{"id": "c", "type": "long_text", "text": DOCUMENT["title"]}],
        }
        optional = build(DOCUMENT | {"sections": [section]})
        assert [error.item for error in check(optional, {"c": ["  "]}).errors] == ["c"]

    @pytest.mark.parametrize("value", ["-1", "51", "3,5", "ba", "1e1", "9999999999"])
    def test_refuses_a_number_outside_its_bounds(self, questionnaire: Questionnaire, value: str):
        (error,) = check(questionnaire, SATISFIED | {"times": [value]}).errors
        assert "từ 0 đến 50" in error.message

    @pytest.mark.parametrize("value", ["31/02/2026", "2026-13-01", "hôm qua", "1/1/26"])
    def test_refuses_a_date_that_does_not_exist(self, questionnaire: Questionnaire, value: str):
        assert [error.item for error in check(questionnaire, SATISFIED | {"day": [value]}).errors] == ["day"]

    def test_names_the_length_of_a_text_that_is_too_long(self, questionnaire: Questionnaire):
        (error,) = check(questionnaire, SATISFIED | {"comment": ["ă" * 100_000]}).errors
        assert "100.000" in error.message

    def test_asks_to_retype_unreadable_characters(self, questionnaire: Questionnaire):
        (error,) = check(questionnaire, SATISFIED | {"comment": ["Xin ch\ufffdo"]}).errors
        assert error.item == "comment"

    def test_lists_errors_in_the_order_of_the_form(self, questionnaire: Questionnaire):
        errors = check(questionnaire, {"day": ["x"], "times": ["x"]}).errors
        assert [error.item for error in errors] == ["overall", "times", "day"]

    @given(
        st.dictionaries(
            st.sampled_from(
                ["overall", "visits.1", "why", "why_text", "channels", "times", "day", "comment", "zz"]
            ),
            st.lists(st.text(max_size=30), max_size=3),
        )
    )
    def test_stores_only_what_the_questionnaire_allows_whatever_is_sent(
        self, submitted: dict[str, list[str]]
    ):
        questionnaire = build(DOCUMENT)
        checked = check(questionnaire, submitted)
        for item, answer in checked.answers.items():
            codes = answer if isinstance(answer, list) else [answer]
            assert isinstance(answer, str) or set(codes) <= questionnaire.item(item).codes
        assert len(encode(questionnaire, checked.answers)) == len(questionnaire.coded_items)


class TestClean:
    def test_composes_vietnamese_letters(self):
        assert clean("Hòa") == "Hòa"

    def test_removes_control_characters_and_keeps_line_breaks(self):
        assert clean("a\x00b\x1b[31m\r\nc\u2028") == "ab[31m\nc"


class TestEncode:
    def test_stores_missing_codes_as_signed_bytes(self, questionnaire: Questionnaire):
        assert encode(questionnaire, {"overall": -1, "visits.2": 2})[:3] == bytes([0xFF, 0, 2])

    def test_leaves_out_what_is_not_a_single_code(self, questionnaire: Questionnaire):
        assert encode(questionnaire, {"channels": [1], "comment": "x"}) == bytes(
            len(questionnaire.coded_items)
        )

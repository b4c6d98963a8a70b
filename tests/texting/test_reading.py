"""Replies are read by fixed rules, and never guessed.

`sms_replies.csv` holds the sample replies that the rules were agreed on (its grammar: SMS_REPLIES.md). `replies.csv`
holds further replies as citizens text them, labelled by the rules before they were read.
"""

from __future__ import annotations

import csv
import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.texting.rules.reading import PARSER_VERSION, Kind, read_reply
from survey_app.texting.rules.texts import WORK_LENGTH

HERE = Path(__file__).parent
# SMS_REPLIES.md: the grammar of `expected`.
GRAMMAR = re.compile(
    r"rating:[1-5](\+comment)?(;ref=[0-9A-Z]{8})?|ratings:[1-5](,[1-5])*|choices:[0-9]+[a-z](,[0-9]+[a-z])+"
    r"|optout|optin|help|wrongnumber|comment|unclear"
)
FRAGMENTS = (
    "5", "4", "0", "10", "/", ",", ".", ":", " ", "\n", "DG", "7K3F9M2X", "điểm", "sao", "đ", "d", "rất", "không", "k",
    "hài", "lòng", "hai", "long", "hl", "bình", "thường", "bt", "hết", "tất cả", "câu", "1a", "2b", "1:5", "⭐", "★",
    "tốt", "tệ", "lắm", "nào", "năm", "ba", "dạ", "ạ", "tôi", "cho", "nhưng", "ca1n", "TC", "dừng", "nhầm số", "ok",
    "👍", "😡", "?", "%", "5️⃣", "\u0301", "\u200d", "\u200f", "chờ lâu", "very", "satisfied", "ﷺ", "İ", "ß",
)  # fmt: skip
replies = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(FRAGMENTS), max_size=12).map(" ".join))
few = settings(max_examples=80, deadline=None)


def rows(name: str) -> list[tuple[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["expected"]) for row in csv.DictReader(file)]


SAMPLE = rows("sms_replies.csv")
FURTHER = rows("replies.csv")


class TestSample:
    """Replies with their reading."""

    def test_has_the_86_agreed_rows_and_many_more(self) -> None:
        assert len(SAMPLE) == 86
        assert len({text for text, _ in FURTHER}) > 1_000

    @pytest.mark.parametrize(("text", "expected"), SAMPLE)
    def test_reads_each_agreed_reply_exactly(self, text: str, expected: str) -> None:
        assert read_reply(text).grammar == expected

    def test_reads_all_further_replies_as_labelled(self) -> None:
        assert [
            (text, expected, read)
            for text, expected in FURTHER
            if (read := read_reply(text).grammar) != expected
        ] == []

    def test_reads_every_kind(self) -> None:
        assert {read_reply(text).kind for text, _ in FURTHER} == set(Kind)


class TestReading:
    """The parts of a reading."""

    def test_keeps_the_comment_as_it_was_written(self) -> None:
        reading = read_reply("DG 7K3F9M2X 5 nhưng Chờ hơi LÂU ")

        assert (reading.rating, reading.comment_text) == (5, "nhưng Chờ hơi LÂU")
        assert reading.reference == "7K3F9M2X"

    def test_keeps_the_reference_of_a_reply_without_a_rating(self) -> None:
        assert read_reply("DG 7K3F9M2X chờ mãi không xong").reference == "7K3F9M2X"

    def test_marks_what_was_inferred_from_a_near_synonym(self) -> None:
        assert read_reply("rất tốt").inferred
        assert not read_reply("rất hài lòng").inferred

    def test_carries_the_version_of_the_rules(self) -> None:
        assert read_reply("5").version == PARSER_VERSION

    def test_tells_dung_with_its_accent_from_dung_without(self) -> None:
        readings = [read_reply(text).grammar for text in ("dừng", "đúng", "dùng", "dung")]

        assert readings == ["optout", "unclear", "unclear", "unclear"]

    def test_takes_a_complaint_for_a_comment_however_short(self) -> None:
        assert read_reply("Khiếu nại").kind is Kind.COMMENT

    def test_leaves_hai_long_alone_where_it_is_a_name(self) -> None:
        assert read_reply("Hải Long").kind is Kind.UNCLEAR


class TestCampaign:
    """Keyword and number of questions are the campaign's."""

    @pytest.mark.parametrize("text", ["KHAOSAT 5", "khaosat5", "Khaosat: 5", "KHAOSAT rat hai long"])
    def test_strips_its_own_keyword(self, text: str) -> None:
        assert read_reply(text, keyword="KHAOSAT").grammar == "rating:5"

    def test_takes_a_keyword_with_and_without_its_accents(self) -> None:
        assert read_reply("ĐG 4", keyword="ĐG").rating == read_reply("dg 4", keyword="ĐG").rating == 4

    def test_a_keyword_is_no_pattern(self) -> None:
        assert read_reply("5", keyword="(.*").rating == 5

    @pytest.mark.parametrize(("questions", "text"), [(1, "5"), (2, "5 4"), (3, "543"), (6, "5 4 5 3 2 1")])
    def test_takes_as_many_numbers_as_there_are_questions(self, questions: int, text: str) -> None:
        reading = read_reply(text, questions=questions)

        assert len(reading.ratings or [reading.rating]) == questions

    def test_gives_several_numbers_to_nobody_when_there_is_one_question(self) -> None:
        assert read_reply("5 4", questions=1).kind is Kind.UNCLEAR


class TestAnyText:
    """Whatever arrives."""

    @few
    @given(replies, st.integers(1, 9))
    def test_gives_a_line_of_the_grammar(self, text: str, questions: int) -> None:
        reading = read_reply(text, questions=questions)

        assert GRAMMAR.fullmatch(reading.grammar)
        assert reading.rating is None or 1 <= reading.rating <= 5
        assert len(reading.ratings) in (0, questions)

    @few
    @given(replies)
    def test_reads_composed_and_decomposed_accents_alike(self, text: str) -> None:
        forms = {read_reply(unicodedata.normalize(form, text)).grammar for form in ("NFC", "NFD")}

        assert len(forms) == 1

    @few
    @given(st.sampled_from(SAMPLE + FURTHER))
    def test_does_not_mind_capitals_and_outer_spaces(self, row: tuple[str, str]) -> None:
        assert read_reply(f" {row[0].upper()}\n").grammar == row[1]

    @few
    @given(st.sampled_from([text for text, read in SAMPLE + FURTHER if read.startswith("rating:")]))
    def test_takes_no_rating_from_somebody_who_asks(self, text: str) -> None:
        assert read_reply(f"nếu {text} thì sao?").rating is None

    def test_reads_nothing_beyond_the_work_length(self) -> None:
        assert read_reply("5" + " " * WORK_LENGTH + "không").grammar == "rating:5"
        assert len(read_reply("5 " + "chậm, " * 2_000).comment_text) == WORK_LENGTH - len("5 ")

    @pytest.mark.parametrize(
        "unit",
        ["👍", "⭐", "1:5 ", "5 ", "5/", "5-", "không ", "khong hai long ", "da ", "dg ", "1a", "a1", "cam on can bo ",
         "a\u0301", "\u0345\u0301\u0323", "\u05bc\u05b0", "\u200d", "\u200f", " ", "\n", "ﷺ", "x ", "a'a ", "5 het "],
        ids=ascii,
    )  # fmt: skip
    def test_is_done_with_ten_kilobytes_in_20_milliseconds(self, unit: str) -> None:
        text, spent = (unit * 10_000)[:10_000], []
        for _ in range(5):
            start = time.process_time()
            assert GRAMMAR.fullmatch(read_reply(text).grammar)
            spent.append(time.process_time() - start)
        assert min(spent) < 0.020

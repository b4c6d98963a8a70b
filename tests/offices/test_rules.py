"""Codes, names and lists of units: pure decisions."""

from __future__ import annotations

import csv
import random
import secrets
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.offices.queries import shipped_units
from survey_app.offices.rules import (
    ALPHABET,
    CODE_LENGTH,
    UnitKind,
    authority_name,
    clean_name,
    fold,
    fold_tone_position,
    group_code,
    is_slug,
    match_rank,
    new_code,
    normalise_code,
    search_name,
)

# Copy of the counts that two independent public lists agree on.
COUNTS = Path(__file__).with_name("communes_per_province.csv")


class TestPublicCodes:
    def test_have_eight_characters_with_a_letter_and_a_digit(self) -> None:
        for seed in range(2000):
            code = new_code(random.Random(seed))
            assert len(code) == CODE_LENGTH
            assert set(code) <= set(ALPHABET)
            assert not code.isalpha()
            assert not code.isdigit()

    def test_are_drawn_from_the_given_source(self) -> None:
        assert new_code(random.Random(7)) == new_code(random.Random(7))
        assert new_code(secrets) != new_code(secrets)

    @given(st.integers(0, 2**32), st.data())
    def test_survive_what_people_do_to_them(self, seed: int, data: st.DataObject) -> None:
        code = new_code(random.Random(seed))
        misread = {"0": "0oO", "1": "1iIlL"}
        typed = "".join(
            data.draw(st.sampled_from(misread.get(char, char + char.lower())))
            + data.draw(st.sampled_from(["", " ", "-", "\u00a0"]))
            for char in code
        )
        assert normalise_code(typed) == code

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "7K3F9M2",
            "7K3F9M2X1",
            "7K3F9M2U",
            "7K3F9M2!",
            "12345678",
            "ABCDEFGH",
            "７K3F9M2X",
            "7K3F9M2Ж",
            "7" * 10000,
        ],
    )
    def test_refuses_what_cannot_be_a_code(self, text: str) -> None:
        assert normalise_code(text) is None

    @pytest.mark.parametrize("word", ["feedback", "policies", "offices1"[:7], "possible", "COLLOIDS"])
    def test_refuses_words_whose_letters_look_like_digits(self, word: str) -> None:
        assert normalise_code(word) is None

    def test_are_printed_in_two_groups_that_read_back(self) -> None:
        assert group_code("7K3F9M2X") == "7K3F 9M2X"
        assert normalise_code(group_code("7K3F9M2X")) == "7K3F9M2X"


class TestNames:
    @pytest.mark.parametrize(
        "query", ["phuong hoa khanh", "Hoà Khánh", "HÒA KHÁNH", "P. Hòa Khánh", " hòa  khánh "]
    )
    def test_answer_queries_however_they_are_typed(self, query: str) -> None:
        assert match_rank("Phường Hòa Khánh", query) is not None

    @pytest.mark.parametrize(
        ("old", "new"), [("Hòa", "Hoà"), ("Thủy", "Thuỷ"), ("Thụy", "Thuỵ"), ("Hóa", "Hoá"), ("khỏe", "khoẻ")]
    )
    def test_are_equal_wherever_the_tone_mark_stands(self, old: str, new: str) -> None:
        assert fold_tone_position(old) == fold_tone_position(new) == new.lower()

    def test_keep_the_tone_mark_that_has_only_one_place(self) -> None:
        assert fold_tone_position("Mùa lúa, hoàn toàn, thuyền") == "mùa lúa, hoàn toàn, thuyền"

    def test_fold_decomposed_and_minority_spellings(self) -> None:
        assert fold(unicodedata.normalize("NFD", "Đắk Rơ-măng Ea H’leo")) == "dak ro mang ea hleo"

    def test_are_found_without_their_kind_word(self) -> None:
        assert search_name("Đặc khu Phú Quốc") == "phu quoc"

    def test_rank_equal_before_beginning_before_containing(self) -> None:
        names = ["Xã Yên Hòa Khánh", "Xã Hòa Khánh Nam", "Xã Hòa Khánh"]
        assert sorted(names, key=lambda name: match_rank(name, "hoa khanh") or 0) == names[::-1]

    def test_rank_the_kind_that_was_asked_for_first(self) -> None:
        ward, commune = (
            match_rank("Phường Hòa Khánh", "phường hòa khánh"),
            match_rank("Xã Hòa Khánh", "phường hòa khánh"),
        )
        assert ward is not None
        assert commune is not None
        assert ward < commune

    def test_rank_the_spelling_that_was_asked_for_first(self) -> None:
        assert (match_rank("Xã Hòa", "Hòa") or 0) < (match_rank("Xã Hỏa", "Hòa") or 0)

    def test_do_not_answer_other_queries(self) -> None:
        assert match_rank("Xã Hòa Khánh", "Hà Khánh") is None
        assert match_rank("Xã Hòa Khánh", "  ") is None

    @pytest.mark.parametrize("text", ["", "   ", "a\x00b", "x" * 201])
    def test_are_refused_when_they_cannot_be_printed(self, text: str) -> None:
        assert clean_name(text, 200) is None

    def test_are_stored_composed_with_single_spaces(self) -> None:
        assert clean_name(unicodedata.normalize("NFD", "  Quầy \n số 5 "), 200) == "Quầy số 5"


@pytest.mark.parametrize("text", ["cao-bang-ttpvhcc", "a", "xa-01273"])
def test_accepts_slugs(text: str) -> None:
    assert is_slug(text)


@pytest.mark.parametrize(
    "text", ["", "Cao-Bang", "cao--bang", "-a", "a-", "cao bang", "cáo", "a" * 65, "a\n"]
)
def test_refuses_what_is_no_slug(text: str) -> None:
    assert not is_slug(text)


def test_names_the_authority_of_each_kind_of_unit() -> None:
    assert authority_name(UnitKind.PROVINCE, "Tỉnh Cao Bằng") == "Ủy ban nhân dân tỉnh Cao Bằng"
    assert authority_name(UnitKind.COMMUNE, "Phường Thục Phán") == "Ủy ban nhân dân phường Thục Phán"
    assert authority_name(UnitKind.DEPARTMENT, "Sở Nội vụ") == "Sở Nội vụ"


class TestShippedUnits:
    def test_are_34_provinces_and_3321_communes(self) -> None:
        kinds = Counter(row.kind for row in shipped_units())
        assert kinds == {UnitKind.PROVINCE: 34, UnitKind.COMMUNE: 3321}

    def test_agree_with_the_counts_of_each_province(self) -> None:
        kinds = Counter((row.parent_code, row.names[0].type) for row in shipped_units() if row.parent_code)
        with COUNTS.open(encoding="utf-8") as file:
            counts = list(csv.DictReader(file))
        assert len(counts) == 34
        for row in counts:
            for column, kind in (("phuong", "Phường"), ("xa", "Xã"), ("dac_khu", "Đặc khu")):
                assert kinds[row["province_code"], kind] == int(row[column]), row["province_name"]

    def test_have_unique_codes_of_text_and_known_parents(self) -> None:
        rows = shipped_units()
        codes = {row.code for row in rows}
        assert len(codes) == len(rows)
        assert {len(row.code) for row in rows} == {2, 5}
        assert all(row.parent_code in codes for row in rows if row.kind is UnitKind.COMMUNE)
        assert "01" in codes
        assert "00004" in codes

    def test_become_2611_xa_and_697_phuong_in_2026(self) -> None:
        """Source: the list dated 2026-07-25, 237/NQ-UBTVQH16 (ten communes of Đồng Nai)."""
        communes = [row for row in shipped_units() if row.kind is UnitKind.COMMUNE]
        before = Counter(row.name_on(date(2026, 4, 29)).type for row in communes)
        after = Counter(row.name_on(date(2026, 4, 30)).type for row in communes)
        assert before == {"Xã": 2621, "Phường": 687, "Đặc khu": 13}
        assert after == {"Xã": 2611, "Phường": 697, "Đặc khu": 13}

    def test_have_nine_cities_since_2026(self) -> None:
        provinces = [row for row in shipped_units() if row.kind is UnitKind.PROVINCE]
        assert Counter(row.name_on(date(2026, 11, 21)).type for row in provinces) == {
            "Tỉnh": 25,
            "Thành phố": 9,
        }

    def test_say_when_the_day_of_a_change_is_unverified(self) -> None:
        unverified = {row.code for row in shipped_units() if "Chưa xác minh" in row.names[-1].legal_basis}
        assert unverified == {"22", "24"}

    def test_can_be_cut_to_one_province(self) -> None:
        rows = shipped_units("04")
        assert len(rows) == 57
        assert rows[0].code == "04"

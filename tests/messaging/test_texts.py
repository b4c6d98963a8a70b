"""Texts as carriers count them: Unicode form, accents, encoding, segments and cost."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.messaging.rules.texts import (
    CAPACITY,
    GSM_BASIC,
    GSM_EXTENSION,
    Encoding,
    measure,
    normalise,
    unaccented,
)

BY_SHORT_CODE = (
    "UBND tỉnh Cao Bằng: Ông/bà chấm điểm phục vụ hồ sơ 1-5 (5=rất hài lòng, 1=rất không hài lòng). "
    "Soạn DG 7K3F9M2X điểm gửi 8079. Từ chối: soạn TC"
)
BY_LINK = (
    "UBND tỉnh Cao Bằng mời ông/bà đánh giá việc giải quyết hồ sơ: https://dg.caobang.gov.vn/7K3F9M2X "
    "Miễn phí, không hỏi mật khẩu/OTP. Từ chối: TC gửi 8079"
)
CLARIFICATION = "Xin trả lời 1 số từ 1 đến 5 (5 = rất hài lòng, 1 = rất không hài lòng)."
FORWARDED = (
    "UBND tỉnh Cao Bằng đã chuyển phản ánh 7K3F9M2X của ông/bà đến Sở Nội vụ, "
    "sẽ trả lời trước 28/11/2026. Cảm ơn"
)

_VOWELS = "aăâeêioôơuưy"
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
ACCENTED = sorted(
    {unicodedata.normalize("NFC", vowel + tone) for vowel in _VOWELS for tone in _TONES} - set("aeiouy")
    | {"đ"}
)

vietnamese = st.text(st.sampled_from("abcdđghiklmnopqrstuvxyĐABC 0123456789.,;:()/-\n" + "".join(ACCENTED)))
anything = st.text(st.characters(exclude_categories=()), max_size=400)


class TestAlphabet:
    """The tables of 3GPP TS 23.038."""

    def test_has_127_characters_and_the_escape_and_ten_behind_the_escape(self) -> None:
        assert (len(GSM_BASIC), len(GSM_EXTENSION)) == (127, 10)
        assert not GSM_BASIC & GSM_EXTENSION

    def test_holds_only_six_of_the_67_accented_letters_of_vietnamese(self) -> None:
        assert len(ACCENTED) == 67
        assert [one for one in ACCENTED if one in GSM_BASIC] == ["à", "è", "é", "ì", "ò", "ù"]

    @pytest.mark.parametrize("char", "^{}\\[]~|€")
    def test_counts_two_units_for_what_stands_behind_the_escape(self, char: str) -> None:
        assert measure(char).units == 2

    @pytest.mark.parametrize("char", ["ă", "ế", "đ", "Đ", "’", "“", "₫", "–", "ç", "\t", "😀"])
    def test_gives_way_to_ucs2_for_any_other_character(self, char: str) -> None:
        found = measure(f"a{char}b{char}")

        assert found.encoding is Encoding.UCS_2
        assert found.forcing == (char,)


class TestMeasure:
    """Counted as carriers bill it."""

    @pytest.mark.parametrize(
        ("text", "characters", "accented", "plain"),
        [(BY_SHORT_CODE, 143, 3, 1), (BY_LINK, 151, 3, 1), (CLARIFICATION, 71, 2, 1), (FORWARDED, 108, 2, 1)],
    )
    def test_of_the_ready_texts_is_one_segment_without_accents(
        self, text: str, characters: int, accented: int, plain: int
    ) -> None:
        with_accents, without = measure(text), measure(unaccented(text))

        assert (with_accents.characters, with_accents.encoding) == (characters, Encoding.UCS_2)
        assert (without.characters, without.encoding) == (characters, Encoding.GSM_7)
        assert (with_accents.segments, without.segments) == (accented, plain)

    def test_counts_decomposed_letters_as_they_stand(self) -> None:
        decomposed = unicodedata.normalize("NFD", BY_SHORT_CODE)

        assert measure(decomposed).units == 176
        assert measure(normalise(decomposed)).units == 143

    @pytest.mark.parametrize(
        ("char", "count", "segments", "left"),
        [
            ("a", 1, 1, 159),
            ("a", 160, 1, 0),
            ("a", 161, 2, 145),
            ("a", 306, 2, 0),
            ("a", 307, 3, 152),
            ("ế", 70, 1, 0),
            ("ế", 71, 2, 63),
            ("ế", 134, 2, 0),
            ("ế", 135, 3, 66),
            ("€", 80, 1, 0),
            ("😀", 35, 1, 0),
            ("", 0, 0, 160),
        ],
    )
    def test_begins_a_segment_after_160_and_153_or_70_and_67_units(
        self, char: str, count: int, segments: int, left: int
    ) -> None:
        # https://www.twilio.com/docs/glossary/what-sms-character-limit
        found = measure(char * count)

        assert (found.segments, found.left) == (segments, left)

    @pytest.mark.parametrize(
        ("text", "segments"),
        [
            # 306 septets would fit twice into 153, but no escape is torn from its character; Twilio billed 3
            # (github.com/TwilioDevEd/message-segment-calculator, issue 39).
            ("]" * 153, 3),
            # In UCS-2 the brackets count one; Twilio billed 2 (the same, issue 18).
            ("this is a " + "]" * 75 + "😘", 2),
            # Measured against Twilio's num_segments (the same, issue 66).
            ("a" * 80 + "\r\n" + "a" * 79, 2),
            ("e\u0301" * 70, 3),
        ],
    )
    def test_agrees_with_what_twilio_billed(self, text: str, segments: int) -> None:
        assert measure(text).segments == segments

    def test_never_splits_a_surrogate_pair(self) -> None:
        assert measure("ế" * 66 + "😀" + "ế" * 66).segments == 3
        assert measure("ế" * 65 + "😀" + "ế" * 67).segments == 2

    def test_costs_each_segment(self) -> None:
        assert measure(BY_LINK).cost(Decimal("820.5")) == Decimal("2461.5")

    @settings(deadline=None)
    @given(anything)
    def test_always_finds_room_for_every_unit(self, text: str) -> None:
        found = measure(text)
        capacity = CAPACITY[found.encoding]
        lost = (found.segments - 1) if found.segments > 1 else 0
        room = capacity.alone if found.segments <= 1 else capacity.joined * found.segments

        assert room - lost <= found.units + found.left <= room
        assert (found.encoding is Encoding.GSM_7) == (not found.forcing)


class TestNormalise:
    """The form in which a text is sent."""

    def test_composes_letters_and_keeps_one_sign_for_a_new_line(self) -> None:
        assert normalise("Ha\u0300i lo\u0300ng\r\nlắm\rà\tnhé") == "Hài lòng\nlắm\nà nhé"

    def test_drops_what_no_carrier_takes(self) -> None:
        assert normalise("a\x00b\x1bc\x85d\ud800e") == "abcde"

    @settings(deadline=None)
    @given(anything)
    def test_is_the_same_when_done_twice_and_can_be_stored(self, text: str) -> None:
        once = normalise(text)

        assert normalise(once) == once
        assert once.encode().decode() == once


class TestUnaccented:
    """The form that goes into one cheap segment."""

    @pytest.mark.parametrize(
        ("text", "plain"),
        [
            ("Đắk Lắk, đường Nguyễn Huệ", "Dak Lak, duong Nguyen Hue"),
            ("Ừ, ƯỚC GÌ ĐƯỢC ĐÓ!", "U, UOC GI DUOC DO!"),
            ("Phí 10.000₫ – “miễn phí”… ‘thật’", "Phi 10.000d - \"mien phi\"... 'that'"),
            ("Müller, ñandú €5", "Müller, nandu €5"),
            ("a\u00a0b\u200bc", "a bc"),
        ],
    )
    def test_keeps_case_and_writes_signs_as_gsm7_does(self, text: str, plain: str) -> None:
        assert unaccented(text) == plain
        assert measure(plain).encoding is Encoding.GSM_7

    @settings(deadline=None)
    @given(vietnamese)
    def test_of_vietnamese_is_ascii_of_the_same_length(self, text: str) -> None:
        plain = unaccented(text)

        assert plain.isascii()
        assert len(plain) == len(text)
        assert plain == unaccented(unicodedata.normalize("NFD", text))

    @settings(deadline=None)
    @given(anything)
    def test_is_the_same_when_done_twice(self, text: str) -> None:
        assert unaccented(unaccented(text)) == unaccented(text)

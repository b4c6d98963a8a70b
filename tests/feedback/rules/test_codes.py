"""Codes are unguessable and forgiving; PINs are kept as keyed hashes."""

from __future__ import annotations

import random
import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.feedback.rules.codes import (
    ALPHABET,
    CODE_LENGTH,
    RANDOM_LENGTH,
    check_character,
    is_pin,
    new_code,
    new_pin,
    normalised,
    pin_digest,
    spoken,
)

KEY = "test contact key of at least 32 characters"
CODES = st.integers(0, 2**32).map(lambda seed: new_code(random.Random(seed)))
few = settings(max_examples=60, deadline=None)


class TestCheckCharacter:
    @pytest.mark.parametrize(
        ("text", "alphabet", "expected"),
        [
            # ISO/IEC 7064 MOD 37,36 guards Global Release Identifiers: A1-2425G-ABC1234002-M (IFPI, GRid standard).
            ("A12425GABC1234002", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "M"),
            # MOD 11,10, the same system over the digits, guards German tax numbers: 86095742719 (BZSt, test number).
            ("8609574271", "0123456789", "9"),
        ],
    )
    def test_agrees_with_published_numbers(self, text: str, alphabet: str, expected: str) -> None:
        assert check_character(text, alphabet) == expected

    @few
    @given(CODES, st.integers(0, CODE_LENGTH - 1), st.sampled_from(ALPHABET))
    def test_finds_every_wrong_character(self, code: str, place: int, other: str) -> None:
        wrong = code[:place] + other + code[place + 1 :]
        assert (normalised(wrong) is None) == (wrong != code)

    def test_finds_nearly_every_exchange_of_neighbours(self) -> None:
        # Of the 32 * 31 unequal pairs at the start; hybrid systems miss a few by design.
        pairs = [(a, b) for a in ALPHABET for b in ALPHABET if a != b]
        missed = sum(check_character(a + b) == check_character(b + a) for a, b in pairs)
        assert missed / len(pairs) < 0.05


class TestCodes:
    def test_hold_50_random_bits(self) -> None:
        # Expected hits of 10^6 guesses among 200,000 cases: 1.8e-4 (the requirement is that they find nothing).
        assert len(ALPHABET) ** RANDOM_LENGTH == 2**50
        assert 10**6 * 200_000 / 2**50 < 2e-4

    def test_differ(self) -> None:
        assert len({new_code(secrets) for _ in range(2_000)}) == 2_000

    @few
    @given(CODES)
    def test_are_read_however_they_are_typed(self, code: str) -> None:
        misread = spoken(code).lower().replace("0", "o").replace("1", "l").replace("-", " ")
        assert normalised(misread) == normalised(code) == normalised(f"pa{code}") == code

    @few
    @given(st.text(max_size=60))
    def test_are_made_of_nothing_else(self, text: str) -> None:
        code = normalised(text)
        assert code is None or (len(code) == CODE_LENGTH and set(code) <= set(ALPHABET))

    @pytest.mark.parametrize("text", ["", "PA", "7K3F9M2X", "0" * 41, "PA-٣٣٣٣-٣٣٣٣-٣٣٣"])
    def test_are_not_seen_in_other_words(self, text: str) -> None:
        assert normalised(text) is None

    def test_are_shown_in_groups(self) -> None:
        assert spoken("7K3F9M2XQD4") == "PA-7K3F-9M2X-QD4"


class TestPins:
    @few
    @given(st.text(max_size=40))
    def test_have_six_digits_and_belong_to_what_was_sent(self, submission_id: str) -> None:
        pin = new_pin(KEY, submission_id)
        assert len(pin) == 6
        assert pin.isdigit()
        assert pin == new_pin(KEY, submission_id)

    def test_spread_over_all_numbers(self) -> None:
        first = [new_pin(KEY, str(number))[0] for number in range(2_000)]
        # 200 of each first digit expected; 6 standard deviations (13.4 each) around it.
        assert all(120 < first.count(digit) < 280 for digit in "0123456789")

    def test_are_bound_to_their_code(self) -> None:
        digest = pin_digest(KEY, "7K3F9M2XQD4", "123456")
        assert is_pin(KEY, "7K3F9M2XQD4", " 123 456 ", digest)
        assert not is_pin(KEY, "7K3F9M2XQD5", "123456", digest)
        assert not is_pin(KEY, "7K3F9M2XQD4", "123457", digest)

"""Which passwords are taken, and how they are hashed."""

from __future__ import annotations

import time
import unicodedata

import pytest
from argon2 import PasswordHasher

from survey_app.staff.guards.passwords import (
    WeakPassword,
    hashed,
    is_outdated,
    is_password,
    password_hash,
    random_password,
)
from survey_app.staff.queries import common_passwords
from survey_app.staff.rules.passwords import MAXIMUM, MINIMUM, Flaw, flaw_of, letters_of

PERSON = ("lan.nguyen@caobang.gov.vn", "Nguyễn Thị Lan")


def flaw(password: str) -> Flaw | None:
    return flaw_of(password, context=(*PERSON, "khảo sát hài lòng"), common=common_passwords())


class TestFlawOf:
    """`flaw_of`."""

    @pytest.mark.parametrize("password", ["", "matkhau", "Aa1!Aa1!", "mười bốn ký tự"])
    def test_refuses_what_is_shorter_than_fifteen(self, password: str) -> None:
        assert len(password) < MINIMUM
        assert flaw(password) is Flaw.SHORT

    def test_refuses_what_is_longer_than_the_longest(self) -> None:
        assert flaw("ghế mây mưa rào " * 13) is Flaw.LONG

    def test_takes_128_characters(self) -> None:
        assert flaw(("ghế mây mưa rào bánh cuốn " * 5)[:128]) is None
        assert MAXIMUM >= 128

    @pytest.mark.parametrize(
        "password",
        [
            "ghế mây mưa rào",
            "toàn chữ thường không có số",
            "bánh cuốn 2026 buổi sáng",
            "correct horse stapler",
            "тихий дождь весной",
            "k7f2a-9qxmb-3trac-5wzpd",
            "密码很长很长很长很长很长很长",
        ],
    )
    def test_asks_for_no_mixture_of_signs(self, password: str) -> None:
        assert flaw(password) is (None if len(password) >= MINIMUM else Flaw.SHORT)

    @pytest.mark.parametrize(
        "password",
        [
            "anhyeuemnhieulam",
            "Anh Yêu Em Nhiều Lắm",
            "matkhau123456789",
            "Mật khẩu 12345678",
            "123456789012345",
            "aaaaaaaaaaaaaaaa",
            "qwertyuiopasdfghjkl",
            "abcabcabcabcabcabc",
            "matkhaumatkhaumatkhau",
            "Không có gì quý hơn độc lập tự do",
            "nguyenthilan2026",
            "Nguyễn Thị Lan 1990",
            "lan.nguyen@caobang.gov.vn",
            "caobang-caobang!!",
            "khaosathailong2026",
            "password.password",
            "iloveyouforever!!!!",
            "chuồn chuồn tre xe đạp cũ",
        ],
    )
    def test_refuses_what_everybody_expects(self, password: str) -> None:
        assert flaw(password) is Flaw.EXPECTED

    def test_allows_common_words_inside_a_longer_phrase(self) -> None:
        assert flaw("matkhau của con mèo nhà tôi") is None


def test_the_shipped_list_is_folded_and_holds_vietnamese_ones() -> None:
    common = common_passwords()

    assert {"matkhau", "anhyeuem", "123456", "qwerty"} <= common
    assert 1000 < len(common) < 10_000
    assert [word for word in common if word != letters_of(word)] == []


class TestHashes:
    """`hashed` and `is_password`."""

    def test_take_every_spelling_of_the_same_letters(self) -> None:
        composed, apart = (unicodedata.normalize(form, "ghế mây mưa rào") for form in ("NFC", "NFD"))
        stored = hashed(composed)

        assert composed != apart
        assert is_password(stored, apart)

    def test_refuse_another_password_and_an_account_without_one(self) -> None:
        assert not is_password(hashed("ghế mây mưa rào"), "ghế mây mưa Rào")
        assert not is_password(None, "ghế mây mưa rào")

    def test_take_a_time_that_lets_one_sign_in_within_400_ms(self) -> None:
        stored, times = hashed("ghế mây mưa rào"), []
        for _ in range(5):
            begun = time.process_time()  # of a processor that others use as well
            is_password(stored, "ghế mây mưa rào")
            times.append(time.process_time() - begun)

        assert min(times) < 0.3

    def test_keep_to_the_least_that_owasp_asks_for(self) -> None:
        # OWASP Password Storage Cheat Sheet: Argon2id with m=47104 (46 MiB), t=1, p=1.
        kind, _version, parameters = hashed("ghế mây mưa rào").split("$")[1:4]
        memory, passes, lanes = (int(part.partition("=")[2]) for part in parameters.split(","))

        assert (kind, lanes) == ("argon2id", 1)
        assert memory >= 47104
        assert passes >= 1

    def test_name_a_hash_of_other_parameters_outdated(self) -> None:
        old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("ghế mây mưa rào")

        assert is_outdated(old)
        assert not is_outdated(hashed("ghế mây mưa rào"))

    def test_are_not_made_of_a_weak_password(self) -> None:
        with pytest.raises(WeakPassword, match="dễ đoán"):
            password_hash("nguyen thi lan 2026", context=PERSON)


def test_a_random_password_is_a_good_one() -> None:
    assert flaw(random_password()) is None
    assert random_password() != random_password()

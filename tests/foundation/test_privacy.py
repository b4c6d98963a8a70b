"""Keyed hashes, sealed fields, and network addresses that nobody can link from day to day."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.foundation.privacy import (
    DailyNetworkHash,
    FieldCipher,
    UnableToDecrypt,
    keyed_hash,
    network_of,
)

KEY = "a key of at least 32 characters, for tests"
OTHER = "another key of at least 32 characters ..."
TODAY = date(2026, 11, 21)


class TestKeyedHash:
    """`keyed_hash`."""

    def test_matches_equal_values(self) -> None:
        assert keyed_hash(KEY, "phone", "0912345678") == keyed_hash(KEY, "phone", "0912345678")

    def test_is_64_hex_digits_without_the_value(self) -> None:
        digest = keyed_hash(KEY, "phone", "0912345678")

        assert len(bytes.fromhex(digest)) == 32
        assert "0912345678" not in digest

    @pytest.mark.parametrize(
        ("key", "purpose", "value"),
        [(OTHER, "phone", "0912345678"), (KEY, "opt-out", "0912345678"), (KEY, "phone", "0912345679")],
    )
    def test_differs_with_key_purpose_and_value(self, key: str, purpose: str, value: str) -> None:
        assert keyed_hash(key, purpose, value) != keyed_hash(KEY, "phone", "0912345678")

    def test_keeps_purpose_and_value_apart(self) -> None:
        assert keyed_hash(KEY, "phone1", "2") != keyed_hash(KEY, "phone", "12")


class TestFieldCipher:
    """`FieldCipher`."""

    @given(st.text(max_size=200))
    def test_opens_what_it_sealed(self, text: str) -> None:
        cipher = FieldCipher(KEY)

        assert cipher.decrypt(cipher.encrypt(text)) == text

    def test_hides_the_text(self) -> None:
        assert b"0912345678" not in FieldCipher(KEY).encrypt("0912345678")

    def test_seals_the_same_text_differently_each_time(self) -> None:
        cipher = FieldCipher(KEY)

        assert cipher.encrypt("Nguyễn Thị Lan") != cipher.encrypt("Nguyễn Thị Lan")

    def test_opens_after_a_restart_with_the_same_key(self) -> None:
        assert FieldCipher(KEY).decrypt(FieldCipher(KEY).encrypt("Lan")) == "Lan"

    def test_refuses_another_key(self) -> None:
        with pytest.raises(UnableToDecrypt, match="SURVEY_CONTACT_KEY"):
            FieldCipher(OTHER).decrypt(FieldCipher(KEY).encrypt("Lan"))

    @pytest.mark.parametrize("position", range(0, 100, 7))
    def test_refuses_an_altered_value(self, position: int) -> None:
        sealed = bytearray(FieldCipher(KEY).encrypt("Lan"))
        sealed[position] ^= 1

        with pytest.raises(UnableToDecrypt):
            FieldCipher(KEY).decrypt(bytes(sealed))

    @pytest.mark.parametrize("sealed", [b"", b"nonsense", b"\x00\xff"])
    def test_refuses_what_it_never_sealed(self, sealed: bytes) -> None:
        with pytest.raises(UnableToDecrypt):
            FieldCipher(KEY).decrypt(sealed)


class TestDailyNetworkHash:
    """`DailyNetworkHash`."""

    def test_is_the_same_all_day(self) -> None:
        networks = DailyNetworkHash()

        assert networks.digest("203.0.113.7", TODAY) == networks.digest("203.0.113.7", TODAY)
        assert networks.digest("203.0.113.7", TODAY) != networks.digest("203.0.113.8", TODAY)

    def test_differs_between_days(self) -> None:
        networks = DailyNetworkHash()

        days = {networks.digest("203.0.113.7", TODAY + timedelta(days=number)) for number in range(3)}
        assert len(days) == 3

    def test_forgets_the_salt_of_a_day_that_is_over(self) -> None:
        networks = DailyNetworkHash()
        first = networks.digest("203.0.113.7", TODAY)
        networks.digest("203.0.113.7", TODAY + timedelta(days=1))

        assert networks.digest("203.0.113.7", TODAY) != first

    def test_differs_between_processes(self) -> None:
        assert DailyNetworkHash().digest("::1", TODAY) != DailyNetworkHash().digest("::1", TODAY)

    def test_is_16_bytes_without_the_address(self) -> None:
        digest = DailyNetworkHash().digest("203.0.113.7", TODAY)

        assert len(digest) == 16
        assert b"203" not in digest

    def test_gives_every_thread_the_same_digest(self) -> None:
        networks, digests = DailyNetworkHash(), set()
        barrier = threading.Barrier(8)

        def ask() -> None:
            barrier.wait()
            digests.add(networks.digest("203.0.113.7", TODAY))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(digests) == 1


class TestNetworkOf:
    """`network_of`."""

    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("203.0.113.7", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
            ("", ""),
        ],
    )
    def test_counts_an_ipv6_household_as_one(self, address: str, network: str) -> None:
        assert network_of(address) == network

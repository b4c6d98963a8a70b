"""Codes and PINs of cases: unguessable, forgiving when typed, the PIN kept only as a keyed hash.

A code is 10 random characters of Crockford's base 32 and one check character. 50 random bits: with 200,000 cases
10^6 guesses expect 10^6 * 200,000 / 2^50 = 1.8e-4 hits. The check character follows the hybrid system of
ISO/IEC 7064, as MOD 37,36 does, over the 32 characters of the alphabet (so MOD 33,32): it finds every single wrong
character, and it is never one of the letters that are mistaken for digits.
"""

from __future__ import annotations

import hmac
import re
from typing import Protocol

from survey_app.foundation.privacy import keyed_hash

# No I, L, O (read as 1, 1, 0) and no U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_LENGTH = 10
CODE_LENGTH = RANDOM_LENGTH + 1
PREFIX = "PA"
PIN_LENGTH = 6

_MISREAD = str.maketrans("OIL", "011")
_BETWEEN = re.compile(r"[\s\-‐‑‒–—−._]+")
_LONGEST_TYPED = 40


class RandomSource(Protocol):
    """What draws codes: the module `secrets`, or a seeded `random.Random` for sample data."""

    def choice(self, seq: str, /) -> str:
        """Return one character of `seq`."""


def check_character(text: str, alphabet: str = ALPHABET) -> str:
    """Return the check character behind `text` by the hybrid system of ISO/IEC 7064 over `alphabet`."""
    size = len(alphabet)
    product = size
    for character in text:
        product = (((alphabet.index(character) + product) % size or size) * 2) % (size + 1)
    return alphabet[(1 - product) % size]


def new_code(rng: RandomSource) -> str:
    """Return a fresh code of 11 characters, as it is stored: without prefix and hyphens."""
    drawn = "".join(rng.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return drawn + check_character(drawn)


def normalised(text: str) -> str | None:
    """Return the code that somebody meant by `text`, None if it cannot be one.

    Case, spaces, hyphens and the prefix do not matter; O is read as 0, I and L as 1.
    """
    if len(text) > _LONGEST_TYPED:
        return None
    typed = _BETWEEN.sub("", text).upper()
    if len(typed) == len(PREFIX) + CODE_LENGTH:
        typed = typed.removeprefix(PREFIX)
    code = typed.translate(_MISREAD)
    is_code = len(code) == CODE_LENGTH and set(code) <= set(ALPHABET)
    return code if is_code and check_character(code[:-1]) == code[-1] else None


def spoken(code: str) -> str:
    """Return a stored code as people read it: PA-7K3F-9M2X-QD4."""
    return f"{PREFIX}-{code[:4]}-{code[4:8]}-{code[8:]}"


def new_pin(key: str, submission_id: str) -> str:
    """Return the 6 digits for what was sent under `submission_id`; `key` is SURVEY_CONTACT_KEY.

    Derived, not drawn: a form sent twice (a double tap, a retry on a bad network) shows the same PIN without its
    being stored. A submission id is random and known to the sender's page alone.
    """
    return str(int(keyed_hash(key, "feedback pin", submission_id), 16) % 10**PIN_LENGTH).zfill(PIN_LENGTH)


def pin_digest(key: str, code: str, pin: str) -> str:
    """Return what is stored of a PIN: 64 hex digits bound to the code, so that equal PINs look unlike."""
    return keyed_hash(key, "feedback pin digest", f"{code}:{pin}")


def is_pin(key: str, code: str, pin: str, digest: str) -> bool:
    """Say in constant time whether `pin` is the one whose digest is stored; spaces in it do not matter."""
    return hmac.compare_digest(pin_digest(key, code, "".join(pin.split())), digest)

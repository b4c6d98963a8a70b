"""Public codes: drawn at random, forgiving when typed."""

from __future__ import annotations

from typing import Protocol

# Crockford's base 32: no I, L, O (read as 1, 1, 0) and no U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8

_MISREAD = str.maketrans("OIL", "011")
_DASHES = "-‐‑‒–—−"
_UNMISTAKABLE_DIGITS = frozenset("23456789")


class RandomSource(Protocol):
    """What draws codes: the module `secrets`, or a seeded `random.Random` for sample data."""

    def choice(self, seq: str, /) -> str:
        """Return one character of `seq`."""


def new_code(rng: RandomSource) -> str:
    """Return 8 random characters of Crockford's base 32 with at least one letter and one digit of 2-9.

    A digit other than 0 and 1 stays a digit when people type O, I or L; `normalise_code` relies on that.
    """
    while True:
        code = "".join(rng.choice(ALPHABET) for _ in range(CODE_LENGTH))
        if not code.isdigit() and not _UNMISTAKABLE_DIGITS.isdisjoint(code):
            return code


def normalise_code(text: str) -> str | None:
    """Return the public code somebody meant by `text`, or None if it cannot be one.

    Case, spaces and hyphens do not matter; O is read as 0, I and L as 1. A code has a letter, and a digit
    that was typed as a digit: else words such as "policies" would turn into codes by their O, I and L.
    """
    if len(text) > 4 * CODE_LENGTH:
        return None
    typed = "".join(char for char in text if not char.isspace() and char not in _DASHES)
    if len(typed) != CODE_LENGTH or not typed.isascii():
        return None
    code = typed.upper().translate(_MISREAD)
    is_code = set(code) <= set(ALPHABET) and not code.isdigit() and any(char.isdigit() for char in typed)
    return code if is_code else None


def group_code(code: str) -> str:
    """Return `code` as printed for typing: 7K3F9M2X becomes 7K3F 9M2X."""
    return f"{code[:4]} {code[4:]}"

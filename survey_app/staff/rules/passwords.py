"""Which passwords are taken: NIST SP 800-63B-4 (2025), section 3.1.1.

Long rather than complicated. The password may be the only factor, because the second one is voluntary, so 15
characters are the least ("SHALL be a minimum of 15"); all printable characters and spaces count, nothing has to be
mixed, nothing expires. The whole password is compared with those that everybody expects and with what is easily
made of them; words inside a longer phrase are allowed ("SHALL NOT" be compared piecewise).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from enum import StrEnum

from survey_app.foundation.languages import gettext as _

MINIMUM, MAXIMUM = 15, 200
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "01234567890123456789")
_LONGEST_PATTERN = 8


class Flaw(StrEnum):
    """Why a password is not taken."""

    SHORT = "short"
    LONG = "long"
    EXPECTED = "expected"


def normalised(password: str) -> str:
    """Return the one spelling that is hashed (NFKC): keyboards write the same Vietnamese letter in several ways."""
    return unicodedata.normalize("NFKC", password)


def flaw_of(password: str, *, context: Iterable[str], common: Collection[str]) -> Flaw | None:
    """Return what is wrong with `password`, None if it may be used.

    `context` are texts that a guesser knows (name, e-mail, product); `common` are folded common passwords.
    """
    text = normalised(password)
    if len(text) < MINIMUM:
        return Flaw.SHORT
    if len(text) > MAXIMUM:
        return Flaw.LONG
    known = {word for words in context for word in _words(words)}
    return Flaw.EXPECTED if _is_expected(letters_of(text), known, common) else None


def flaw_label(flaw: Flaw) -> str:
    """Return what to do about a flaw, in the reader's words."""
    return {
        Flaw.SHORT: _("Mật khẩu cần ít nhất %(n)s ký tự. Ông/bà nên ghép bốn, năm từ dễ nhớ.", n=MINIMUM),
        Flaw.LONG: _("Mật khẩu dài quá %(n)s ký tự.", n=MAXIMUM),
        Flaw.EXPECTED: _(
            "Mật khẩu này dễ đoán: từ quen dùng, tên, e-mail, dãy số hoặc chữ lặp lại. Xin chọn câu khác."
        ),
    }[flaw]


def letters_of(text: str) -> str:
    """Return the letters and digits of `text`, small and without diacritics: `Mật-Khẩu 1` is `matkhau1`."""
    folded = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in folded if letter.isalnum())


def _words(text: str) -> set[str]:
    """Return the whole text and each word of it, folded; short words say nothing about a person."""
    parts = {letters_of(part) for part in re.split(r"[\W_]+", text)} | {letters_of(text)}
    parts.add(letters_of(text.partition("@")[0]))
    return {part for part in parts if len(part) >= 3}


def _is_expected(letters: str, known: Collection[str], common: Collection[str]) -> bool:
    core = letters.strip("0123456789")
    return (
        not core
        or _is_pattern(core)
        or _is_pattern(letters)
        or letters in common
        or _is_made_of_two(core, known, common)
    )


def _is_pattern(text: str) -> bool:
    """Say whether `text` is a few characters repeated, or a run of the keyboard, the alphabet or the digits."""
    for length in range(1, _LONGEST_PATTERN + 1):
        pattern = text[:length]
        if len(text) >= 2 * length and text == (pattern * len(text))[: len(text)]:
            return True
    return any(text in run or text in run[::-1] for run in _RUNS)


def _is_made_of_two(core: str, known: Collection[str], common: Collection[str]) -> bool:
    """Say whether `core` is one expected word, or two of them with or without digits between."""

    def is_word(text: str) -> bool:
        return not text or text in known or text in common or _is_pattern(text)

    if is_word(core):
        return True
    return any(
        is_word(core[:cut]) and is_word(core[cut:].lstrip("0123456789")) for cut in range(3, len(core) - 2)
    )

"""The work copy of a reply: what is left when typing habits and invisible characters are taken away."""

from __future__ import annotations

import re
import unicodedata

WORK_LENGTH = 1_600
"""Characters of a reply that are read: ten long messages in one. The raw text is kept whole elsewhere."""

# An accented Vietnamese letter is at most three code points, so the cut never tells NFC from NFD.
_RAW_LENGTH = 3 * WORK_LENGTH
# Combining marks are sorted by a slow method: a run of signs is cut before they are.
_MANY_SIGNS = re.compile(r"([^\w\s]{60})[^\w\s]++")
# Zero-width and directional characters, variation selectors, the keycap's frame, skin colours.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\u20e3\U0001f3fb-\U0001f3ff]+"
)
_SPACES = re.compile(r"[^\S\n]+")
_LETTERS_REPEATED = re.compile(r"([^\W\d_])\1{2,}+")
_LETTERS_DOUBLED = re.compile(r"([^\W\d_])\1+\Z")
_MARKS = re.compile(r"[\u0300-\u036f]+")


def work_copy(text: str) -> str:
    """Return `text` in NFKC without invisible characters, spaces collapsed, cut at `WORK_LENGTH` characters.

    Case and accents stay: the accents tell "dừng" (stop) from "đúng" (right).
    """
    cut = text[:_RAW_LENGTH]
    if not cut.isascii():
        cut = _INVISIBLE.sub("", _MANY_SIGNS.sub(r"\1", cut))
        cut = unicodedata.normalize("NFKC", cut)
    return _SPACES.sub(" ", cut[:WORK_LENGTH].replace("\r", "\n")).strip()


def unaccented(text: str) -> str:
    """Return small Vietnamese letters without their marks; đ, which does not decompose, becomes d."""
    if text.isascii():
        return text
    return _MARKS.sub("", unicodedata.normalize("NFD", text.replace("đ", "d")))


def squeeze(word: str) -> str:
    """Return `word` with three or more equal letters as one: "hàiiii" is "hài"."""
    return _LETTERS_REPEATED.sub(r"\1", word)


def squeeze_end(word: str) -> str:
    """Return `word` with its last letter once: "longg" is "long"."""
    return _LETTERS_DOUBLED.sub(r"\1", word)

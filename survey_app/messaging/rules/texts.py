"""Vietnamese texts as carriers count them: one Unicode form, the form without accents, encoding and segments.

The alphabet is that of 3GPP TS 23.038 (GSM 7 bit default alphabet and its extension table), the joining of
segments that of 3GPP TS 23.040 9.2.3.24.1: a header of six octets leaves 153 septets or 67 UTF-16 units.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""Characters of one septet (3GPP TS 23.038, 6.2.1), the escape itself apart."""
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
"""Characters of two septets, an escape and its character (3GPP TS 23.038, 6.2.1.1)."""
_GSM_7 = GSM_BASIC | GSM_EXTENSION

_UNSENDABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_VIETNAMESE_MARKS = re.compile("[\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323]")
_PLAIN_FORMS = {
    "d": "đ₫",
    "D": "Đ",
    "'": "‘’‚‛ʼ′",
    '"': "“”„‟″«»",
    "-": "‐‑‒–—―−•",
    " ": "\u00a0\u2002\u2003\u2007\u2009\u202f",
    "...": "…",
    "x": "×",
    "": "\u00ad\u200b\u2060\ufeff",
}
_PLAIN = str.maketrans({char: plain for plain, chars in _PLAIN_FORMS.items() for char in chars})


class Encoding(StrEnum):
    """How the characters of a message go over the air."""

    GSM_7 = "gsm7"
    UCS_2 = "ucs2"


@dataclass(frozen=True, slots=True)
class Capacity:
    """Units that a message alone, and each segment of a longer message, can hold."""

    alone: int
    joined: int


CAPACITY = {Encoding.GSM_7: Capacity(160, 153), Encoding.UCS_2: Capacity(70, 67)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a text costs to send.

    `units` are septets in GSM-7 and UTF-16 code units in UCS-2; `left` is how many more of them fit before
    another segment begins; `forcing` holds the characters, each once, that GSM-7 does not know.
    """

    encoding: Encoding
    characters: int
    units: int
    segments: int
    left: int
    forcing: tuple[str, ...]

    def cost(self, price: Decimal) -> Decimal:
        """Return the cost in the currency of `price`, which is the price of one segment (here: đồng)."""
        return self.segments * price


def normalise(text: str) -> str:
    """Return `text` as it is sent: NFC, line feeds only, a tab as a space, other control characters dropped.

    Decomposed letters would count twice, and browsers send each new line as two characters.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return unicodedata.normalize("NFC", _UNSENDABLE.sub("", lines))


def unaccented(text: str) -> str:
    """Return `text` without Vietnamese accents, đ as d, and typographic signs as GSM-7 writes them.

    Case, punctuation and letters of other languages stay as they are.
    """
    decomposed = unicodedata.normalize("NFD", normalise(text).translate(_PLAIN))
    return unicodedata.normalize("NFC", _VIETNAMESE_MARKS.sub("", decomposed))


def measure(text: str) -> Measure:
    """Count `text` exactly as given (see `normalise`); an empty text has no segment.

    A pair of units, an escape with its character or a surrogate pair, is never split between two segments, so
    a segment may stay one unit short.
    """
    forcing = tuple(dict.fromkeys(char for char in text if char not in _GSM_7))
    encoding = Encoding.UCS_2 if forcing else Encoding.GSM_7
    sizes = [_size(char, encoding) for char in text]
    segments, left = _fill(sizes, CAPACITY[encoding])
    return Measure(
        encoding=encoding,
        characters=len(text),
        units=sum(sizes),
        segments=segments,
        left=left,
        forcing=forcing,
    )


def _size(char: str, encoding: Encoding) -> int:
    pair = char in GSM_EXTENSION if encoding is Encoding.GSM_7 else ord(char) > 0xFFFF
    return 2 if pair else 1


def _fill(sizes: list[int], capacity: Capacity) -> tuple[int, int]:
    """Return the number of segments, and the units left in the last one."""
    total = sum(sizes)
    if total <= capacity.alone:
        return min(total, 1), capacity.alone - total
    return _fill_joined(sizes, capacity.joined)


def _fill_joined(sizes: Iterable[int], room: int) -> tuple[int, int]:
    segments, left = 1, room
    for size in sizes:
        if size > left:
            segments, left = segments + 1, room
        left -= size
    return segments, left

"""Names of units and offices: cleaned, folded for search, made into codes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from itertools import count

from survey_app.offices.rules.kinds import UnitKind

# A search ranks thousands of names, the same ones every time.
_REMEMBERED = 8_192
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TONED_GLIDE = re.compile(f"(o(?=.[ae])|u(?=.y))([{_TONES}])([aey])(?![a-z])")
_SEPARATORS = re.compile(r"[^\w]+|_")
_APOSTROPHES = re.compile("['’ʼ`]")

# Kind words in front of a name, folded, with the abbreviations people write.
_PREFIXES = {
    "tinh": "tinh",
    "thanh pho": "thanh pho",
    "tp": "thanh pho",
    "xa": "xa",
    "x": "xa",
    "phuong": "phuong",
    "p": "phuong",
    "dac khu": "dac khu",
}


@lru_cache(_REMEMBERED)
def fold_tone_position(text: str) -> str:
    """Return `text` in NFC and lower case, the tone mark of final oa, oe, uy on the second vowel: Hòa = Hoà.

    190 of the 3,321 commune names differ between the public lists in nothing but that.
    """
    marks = _TONED_GLIDE.sub(r"\1\3\2", unicodedata.normalize("NFD", text.lower()))
    return unicodedata.normalize("NFC", marks)


@lru_cache(_REMEMBERED)
def fold(text: str) -> str:
    """Return `text` for search: lower case, no diacritics, đ as d, apostrophes dropped, single spaces."""
    bare = unicodedata.normalize("NFD", _APOSTROPHES.sub("", text.lower()).replace("đ", "d"))
    letters = "".join(char for char in bare if not unicodedata.combining(char))
    return " ".join(_SEPARATORS.sub(" ", letters).split())


def split_prefix(folded: str) -> tuple[str | None, str]:
    """Split a folded name into its kind word and the rest: "p hoa khanh" gives "phuong" and "hoa khanh"."""
    for prefix, kind in _PREFIXES.items():
        if folded.startswith(f"{prefix} "):
            return kind, folded.removeprefix(f"{prefix} ")
    return None, folded


def search_name(name: str) -> str:
    """Return what a unit named `name` is found by: folded, without its kind word."""
    return split_prefix(fold(name))[1]


def match_rank(name: str, query: str) -> int | None:
    """Return how well the unit called `name` answers `query`: 0 best, None not at all.

    The same name beats a name that begins with the query, which beats one that contains it; within each,
    a query typed with the right diacritics and the right kind word comes first.
    """
    folded = fold(query)
    kind, bare = split_prefix(folded)
    own_kind, own = split_prefix(fold(name))
    if own == folded:
        kind, bare = None, folded
    if not bare or bare not in own:
        return None
    place = 0 if own == bare else 1 if own.startswith(bare) else 2
    wrong_kind = kind is not None and kind != own_kind
    unlike = fold_tone_position(query).strip() not in fold_tone_position(name)
    return place * 4 + wrong_kind * 2 + unlike


_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLUG_LENGTH = 64
# Words that stand in the place of an office's code in the addresses of this room's own pages.
_OWN_WORDS = frozenset({"new", "import", "posters", "checks", "units"})


def is_slug(text: str) -> bool:
    """Say whether `text` may be an office's code: small letters and digits in groups joined by hyphens."""
    return len(text) <= SLUG_LENGTH and _SLUG.fullmatch(text) is not None and text not in _OWN_WORDS


def suggest_slug(name: str, taken: Collection[str] = ()) -> str:
    """Return an office's code made from its name, with a number behind it if `taken` holds it already.

    A name without a Latin letter or digit gives `bo-phan`.
    """
    ascii_only = fold(name).encode("ascii", "ignore").decode()
    slug = "-".join(ascii_only.split())[: SLUG_LENGTH - 6].strip("-") or "bo-phan"
    return _untaken(slug, "-", taken) if is_slug(slug) else _untaken(f"{slug}-1", "-", taken)


_UNIT_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
UNIT_CODE_LENGTH = 20


def is_unit_code(text: str) -> bool:
    """Say whether `text` may be a department's code: letters, digits, dots and hyphens, such as `H04.09`."""
    return len(text) <= UNIT_CODE_LENGTH and _UNIT_CODE.fullmatch(text) is not None


def suggest_unit_code(parent_code: str, name: str, taken: Collection[str] = ()) -> str:
    """Return a department's code: its parent's with the initials of its name, `04` and Sở Nội vụ give `04.SNV`."""
    initials = "".join(word[0] for word in fold(name).split() if word[0].isascii()).upper() or "PB"
    return _untaken(f"{parent_code}.{initials}"[: UNIT_CODE_LENGTH - 3], "-", taken)


def _untaken(wanted: str, joint: str, taken: Collection[str]) -> str:
    numbered = (f"{wanted}{joint}{number}" for number in count(2))
    return wanted if wanted not in taken else next(one for one in numbered if one not in taken)


def clean_name(text: str, longest: int) -> str | None:
    """Return `text` in NFC with single spaces; None if it is empty, too long or holds control characters."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    return name if name and name.isprintable() and len(name) <= longest else None


def authority_name(kind: UnitKind, name: str) -> str:
    """Return the agency in charge: the People's Committee of a province or commune, a department itself."""
    if kind is UnitKind.DEPARTMENT:
        return name
    return f"Ủy ban nhân dân {name[:1].lower()}{name[1:]}"

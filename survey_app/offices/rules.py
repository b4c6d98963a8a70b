"""Pure decisions of the offices room: kinds, public codes, and how names are folded for search."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from io import StringIO
from typing import Protocol

# Crockford's base 32: no I, L, O (read as 1, 1, 0) and no U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8

_MISREAD = str.maketrans("OIL", "011")
_DASHES = "-‐‑‒–—−"
_UNMISTAKABLE_DIGITS = frozenset("23456789")


class UnitKind(StrEnum):
    """Level of a unit: the two tiers of local government, and departments below either."""

    PROVINCE = "province"
    COMMUNE = "commune"
    DEPARTMENT = "department"


class ServicePointKind(StrEnum):
    """Where a citizen meets a code: a staffed counter, a device, a help or waiting desk."""

    COUNTER = "counter"
    KIOSK = "kiosk"
    DESK = "desk"


class CodeStatus(StrEnum):
    """What became of a public code. A rotated one has a successor, a revoked one has none."""

    ACTIVE = "active"
    ROTATED = "rotated"
    REVOKED = "revoked"


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


def fold_tone_position(text: str) -> str:
    """Return `text` in NFC and lower case, the tone mark of final oa, oe, uy on the second vowel: Hòa = Hoà.

    190 of the 3,321 commune names differ between the public lists in nothing but that.
    """
    marks = _TONED_GLIDE.sub(r"\1\3\2", unicodedata.normalize("NFD", text.lower()))
    return unicodedata.normalize("NFC", marks)


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


def is_slug(text: str) -> bool:
    """Say whether `text` may be an office's code: small letters and digits in groups joined by hyphens."""
    return len(text) <= SLUG_LENGTH and _SLUG.fullmatch(text) is not None


def clean_name(text: str, longest: int) -> str | None:
    """Return `text` in NFC with single spaces; None if it is empty, too long or holds control characters."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    return name if name and name.isprintable() and len(name) <= longest else None


def authority_name(kind: UnitKind, name: str) -> str:
    """Return the agency in charge: the People's Committee of a province or commune, a department itself."""
    if kind is UnitKind.DEPARTMENT:
        return name
    return f"Ủy ban nhân dân {name[:1].lower()}{name[1:]}"


@dataclass(frozen=True, slots=True)
class DatedName:
    """A unit's name and type from `valid_from` until the day before `valid_to`."""

    name: str
    type: str
    valid_from: date
    valid_to: date | None
    legal_basis: str

    def holds_on(self, day: date) -> bool:
        """Say whether the name holds on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as a list of units gives it; `names` are in order of time, the first from `valid_from` on."""

    code: str
    kind: UnitKind
    parent_code: str | None
    valid_from: date
    names: tuple[DatedName, ...]
    valid_to: date | None = None

    def name_on(self, day: date) -> DatedName:
        """Return the name on `day`; outside the unit's life the nearest one."""
        begun = [name for name in self.names if name.valid_from <= day]
        return begun[-1] if begun else self.names[0]


# Start of the two-tier government, NQ 202/2025/QH15.
TWO_TIERS_FROM = date(2025, 7, 1)
_PROVINCE_BASIS = "202/2025/QH15"
_COMMUNE_BASIS = "QĐ 19/2025/QĐ-TTg (danh mục lấy từ nguồn thứ cấp, chưa đối chiếu phụ lục)"
_COMMUNE_TYPES = ("Phường", "Đặc khu", "Xã")
_PROVINCE_TYPES = ("Tỉnh", "Thành phố")


def read_units(provinces_csv: str, communes_csv: str, changes_csv: str) -> tuple[UnitRow, ...]:
    """Return the units in the texts of the three shipped lists, provinces first."""
    changes = {row["code"]: row for row in csv.DictReader(StringIO(changes_csv))}
    provinces = [_province(row) for row in csv.DictReader(StringIO(provinces_csv))]
    communes = [_commune(row, changes.get(row["code"])) for row in csv.DictReader(StringIO(communes_csv))]
    return (*provinces, *communes)


def _province(row: Mapping[str, str]) -> UnitRow:
    change = (row["name_2026"], *_dated(row["changed_on"], row["legal_basis"])) if row["changed_on"] else None
    names = _names((row["name"], TWO_TIERS_FROM, _PROVINCE_BASIS), change, _PROVINCE_TYPES)
    return UnitRow(row["code"], UnitKind.PROVINCE, None, TWO_TIERS_FROM, names)


def _commune(row: Mapping[str, str], changed: Mapping[str, str] | None) -> UnitRow:
    change = (
        (changed["name_2026"], date.fromisoformat(changed["valid_from"]), changed["legal_basis"])
        if changed
        else None
    )
    names = _names((row["name"], TWO_TIERS_FROM, _COMMUNE_BASIS), change, _COMMUNE_TYPES)
    return UnitRow(row["code"], UnitKind.COMMUNE, row["province_code"], TWO_TIERS_FROM, names)


def _dated(changed_on: str, legal_basis: str) -> tuple[date, str]:
    """Return day and basis of a change; an unverified one counts from the day by which it was seen."""
    if legal_basis:
        return date.fromisoformat(changed_on), legal_basis
    seen = date.fromisoformat(re.findall(r"\d{4}-\d{2}-\d{2}", changed_on)[-1])
    return seen, f"Chưa xác minh ngày có hiệu lực (tên mới có chậm nhất ngày {seen:%d/%m/%Y})"


def _names(
    first: tuple[str, date, str], change: tuple[str, date, str] | None, types: tuple[str, ...]
) -> tuple[DatedName, ...]:
    facts = [first, change] if change else [first]
    ends = [start for _, start, _ in facts[1:]] + [None]
    return tuple(
        DatedName(name, _type_of(name, types), start, end, basis)
        for (name, start, basis), end in zip(facts, ends, strict=True)
    )


def _type_of(name: str, types: tuple[str, ...]) -> str:
    return next(kind for kind in types if name.startswith(f"{kind} "))

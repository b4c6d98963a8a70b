"""Two wordings beside each other: which words went, which came."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\S+\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words in a row: of both wordings, or (`changed`) of one alone."""

    text: str
    changed: bool


def compared(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Return both wordings cut into pieces that are alike and pieces that are not."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    matcher = SequenceMatcher(None, _bare(before), _bare(after), autojunk=False)
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        changed = kind != "equal"
        left += [Piece("".join(before[i1:i2]), changed)] if i2 > i1 else []
        right += [Piece("".join(after[j1:j2]), changed)] if j2 > j1 else []
    return left, right


def _bare(words: list[str]) -> list[str]:
    return [word.strip() for word in words]


def excerpt(words: str, limit: int = 160) -> str:
    """Return the beginning of long words, cut between two words where there is a gap, with `…` behind it."""
    if len(words) <= limit:
        return words
    return words[:limit].rsplit(" ", 1)[0][:limit] + "…"

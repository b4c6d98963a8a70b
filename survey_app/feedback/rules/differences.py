"""What changed between two texts, word by word, and three texts brought together after two people wrote at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from survey_app.feedback.rules.answers import Part, Parts


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that stayed, came or went; blanks belong to the word before them."""

    change: Change
    text: str


_WORDS = re.compile(r"\s+|\S+\s*")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
MOST_WORDS = 2_000
"""Words of both texts together up to which they are compared by word; longer ones by line, to stay quick."""


def difference(old: str, new: str) -> list[Piece]:
    """Return the pieces of both texts in reading order; what went stands before what came in its place."""
    by_word = _WORDS.findall(old), _WORDS.findall(new)
    if len(by_word[0]) + len(by_word[1]) <= MOST_WORDS:
        return _pieces(*by_word)
    return _pieces(_LINES.findall(old), _LINES.findall(new))


def _pieces(old: list[str], new: list[str]) -> list[Piece]:
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Change.SAME, "".join(old[a:b])))
            continue
        if a < b:
            pieces.append(Piece(Change.REMOVED, "".join(old[a:b])))
        if c < d:
            pieces.append(Piece(Change.ADDED, "".join(new[c:d])))
    return pieces


@dataclass(frozen=True, slots=True)
class Meeting:
    """One part that two people wrote from the same `base`."""

    part: Part
    base: str
    mine: str
    theirs: str

    @property
    def is_conflict(self) -> bool:
        """Say whether both changed it, and differently: a person must choose."""
        return self.mine != self.theirs and self.base not in (self.mine, self.theirs)

    @property
    def proposed(self) -> str:
        """Return the text that loses nothing: the one that was changed; in a conflict mine, with theirs beside it."""
        return self.theirs if self.mine == self.base else self.mine


def meetings(base: Parts, mine: Parts, theirs: Parts) -> list[Meeting]:
    """Return every part of an answer that two people wrote at once, in the order they are read."""
    return [Meeting(part, base.get(part, ""), mine.get(part, ""), theirs.get(part, "")) for part in Part]

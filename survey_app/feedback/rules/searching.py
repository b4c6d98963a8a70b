"""What a case is found by, and what a person means who types into the search box; both without diacritics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from survey_app.offices.rules import fold

LONGEST_QUERY = 100
MOST_PHRASES = 8
# PostgreSQL indexes no text whose words take more than a megabyte; nobody finds a case by its last page.
LONGEST_TEXT = 100_000
_LONGEST_WORD = 100
_QUOTES = str.maketrans("“”„«»", '"' * 5)
_PARTS = re.compile(r'"([^"]*)"?|([^"\s]+)')


@dataclass(frozen=True, slots=True)
class Sought:
    """What must occur: every phrase, its words side by side; the last word may go on if `is_open`."""

    phrases: tuple[tuple[str, ...], ...]
    is_open: bool = False


def sought(query: str) -> Sought:
    """Read what was typed: `"đèn đường" hỏ` seeks the phrase den duong and a word that begins with ho.

    Signs mean nothing but quotes; a code with its hyphens is a phrase. A text of signs only seeks no phrase.
    """
    typed = query[:LONGEST_QUERY].translate(_QUOTES)
    parts = [(tuple(_words(quoted or word)), bool(word)) for quoted, word in _PARTS.findall(typed)]
    parts = [(words, is_plain) for words, is_plain in parts if words][:MOST_PHRASES]
    # One letter begins half of all words: as a beginning it finds everything, slowly.
    is_open = bool(parts) and parts[-1][1] and not typed[-1].isspace() and len(parts[-1][0][-1]) > 1
    return Sought(tuple(words for words, _is_plain in parts), is_open)


def search_text_of(
    code: str,
    text: str,
    proposal: str = "",
    place: str = "",
    summary: str = "",
    national_code: str | None = "",
) -> str:
    """Return what a case is found by: its codes, what was written and where, folded to plain words."""
    whole = " ".join((code, national_code or "", place, summary, text, proposal))
    return " ".join(_words(whole[:LONGEST_TEXT]))[:LONGEST_TEXT]


def _words(text: str) -> Iterator[str]:
    # Word by word: `fold` remembers what it folded, and that must be syllables, not what citizens wrote.
    for word in text.split():
        yield from fold(word[:_LONGEST_WORD]).split()

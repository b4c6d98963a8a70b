"""A reply as words and their kinds: the words in a list, the kinds beside it as a text with one letter a word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from survey_app.texting.rules import lexicon
from survey_app.texting.rules.texts import squeeze, squeeze_end

# What the two patterns below begin or go on with.
_MAY_BE_SIGNS = frozenset(".:;=x")
_TOKEN = re.compile(r"[^\W_]+(?:'[a-z]+)?|[^\w\s]|_|\n")
_SMILEY = re.compile(r"(?<=\s)[:;=x]-?[dp)(]+(?!\w)")
_DOTTED = re.compile(r"\b(b)\.(thuong|thường)\b")
_LABEL_GLUED = re.compile(r"(rat|khong|ko|chua)(hailong|hl)\Z")
_LEADING_NUMBER = re.compile(r"([0-9]++)([^\W\d_]++)\Z")
_TIME = re.compile(r"[0-9]{1,2}[hg][0-9]{2}p?\Z")
# VNI writes the tone (1-5) and the vowel (6-8) as digits after a letter, đ as d9; k0 stands for "không".
_VNI = re.compile(r"(?:[aeiouy][a-z]*(?:[1-5][678]?|[678][1-5]?)|d9|[a-z]0)(?![0-9])")


@dataclass(frozen=True, slots=True)
class Reply:
    """The words of a reply in small letters, where each begins in `text`, and their kinds, one letter each."""

    text: str
    words: list[str]
    starts: list[int]
    kinds: str

    def value(self, place: int) -> int:
        """Return the number at `place`, in digits or as a word."""
        word = self.words[place]
        return lexicon.VALUES[word] if word in lexicon.VALUES else int(word)


def tokenise(text: str) -> Reply:
    """Return the reply whose work copy is `text`; phrases of the lexicon count as one word."""
    small = text.casefold()
    shown = text if len(small) == len(text) else small
    if not _MAY_BE_SIGNS.isdisjoint(small):
        small = _DOTTED.sub(r"\1 \2", _SMILEY.sub(lambda found: " " * len(found[0]), small))
    accented = not small.isascii()
    words: list[str] = []
    starts: list[int] = []
    kinds: list[str] = []
    for found in _TOKEN.finditer(small):
        word = found[0]
        kind = lexicon.KINDS.get(word)
        if accented and word == "qua":
            kind = lexicon.OTHER  # among accents "qua" without one means "past", not "too"
        read = _read(word) if kind is None else ((word, kind),)
        for part, kind_of_part in read:
            words.append(part)
            starts.append(found.start())
            kinds.append(kind_of_part)
    return _joined(shown, words, starts, kinds)


def _read(word: str) -> Sequence[tuple[str, str]]:
    """Return the kind of a word that the lexicon does not know as it stands; some are read as two words."""
    if word in lexicon.SYMBOLS:
        return [(word, lexicon.SYMBOLS[word])]
    if word[0].isalnum():
        return _read_number(word) if word.isdecimal() and word.isascii() else _read_word(word)
    return [(word, lexicon.SYMBOL)]


def _read_number(digits: str) -> list[tuple[str, str]]:
    is_score = len(digits) <= 2 and 1 <= int(digits) <= 5
    return [(digits, lexicon.SCORE if is_score else lexicon.NUMBER)]


def _read_word(word: str) -> list[tuple[str, str]]:
    if word.isalpha() or "'" in word:
        for simpler in (squeeze(word), squeeze_end(squeeze(word))):
            if simpler in lexicon.SINGLE_WORDS:
                return [(simpler, lexicon.KINDS.get(simpler, lexicon.OTHER))]
        label = _LABEL_GLUED.match(word)
        return [(part, lexicon.KINDS[part]) for part in label.groups()] if label else [(word, lexicon.OTHER)]
    number = _LEADING_NUMBER.match(word)
    if number is not None and number[2] in lexicon.POINTS_GLUED:
        return [*_read_number(number[1]), (number[2], lexicon.POINTS)]
    if number is not None and number[2] in lexicon.UNITS_GLUED:
        return [(number[1], lexicon.NUMBER), (number[2], lexicon.UNIT)]
    if _TIME.match(word):
        return [(word, lexicon.UNIT)]
    return [(word, lexicon.GLUED if number is not None or _VNI.search(word) else lexicon.OTHER)]


def _joined(text: str, words: list[str], starts: list[int], kinds: list[str]) -> Reply:
    """Join the words of each phrase, the longest first."""
    if lexicon.LONGEST_FROM.keys().isdisjoint(words):
        return Reply(text, words, starts, "".join(kinds))
    joined_words, joined_starts, joined_kinds, place = [], [], [], 0
    while place < len(words):
        length, word, kind = _phrase_at(words, place) or (1, words[place], kinds[place])
        joined_words.append(word)
        joined_starts.append(starts[place])
        joined_kinds.append(kind)
        place += length
    return Reply(text, joined_words, joined_starts, "".join(joined_kinds))


def _phrase_at(words: list[str], place: int) -> tuple[int, str, str] | None:
    for length in range(lexicon.LONGEST_FROM.get(words[place], 1), 1, -1):
        phrase = " ".join(words[place : place + length])
        if phrase in lexicon.KINDS:
            return phrase.count(" ") + 1, phrase, lexicon.KINDS[phrase]
    return None

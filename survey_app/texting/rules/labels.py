"""Labels of the scale in words: the longest and the negative ones first, and nothing that is only nearly said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from survey_app.texting.rules import lexicon

SOFT = f"[{lexicon.POLITE}{lexicon.FILLER}{lexicon.PRONOUN}{lexicon.LINK}{lexicon.OK}{lexicon.ALL}es,.:m*-]"
"""Kinds that say nothing of their own beside a rating."""

# The letters are the kinds of the lexicon: X not, I very, M very (after), C at all, K fairly, H satisfied, and L, R, F
# between them. Bounded repeats keep it linear.
_LABEL = re.compile(
    r"(?P<spoilt>X[LRF]{0,6}[IK][LRF]{0,6}[HBYI]|X[LRF]{0,6}[BY]|I[LI]{0,6}B|(?:I[LI]{0,6})?X[LRF]{0,6}H[I])"
    r"|(?P<one>I[LI]{0,6}XL{0,6}HM*|X[LR]{0,6}HM?C|I[LI]{0,6}Y)"
    r"|(?P<two>X[LR]{0,6}HM?|Y)"
    r"|(?P<five>I[LI]{0,6}HM*|H[MI]+)"
    r"|(?P<four>(?:KL{0,6})?H)"
    r"|(?P<three>B)"
)
_VALUES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_SYNONYM = re.compile(
    rf"{SOFT}*+(?:(?P<five>I[LI]*G|G[MI]+)|(?P<four>K?G)|(?P<three>A)|(?P<one>I[LI]*T|T[MI]+)"
    rf"|(?P<two>X[L]*GM?|T)){SOFT}*+\Z"
)
_PLAIN = ("four", "three")
_CLAUSE_ENDS = re.compile(r"[,.:m?a]")
_ONLY_NO = re.compile(rf"{SOFT}*+X{SOFT}*+\Z")
_DIRECTLY_BEFORE = re.compile(rf"[{lexicon.OTHER}{lexicon.COUNTED}UZNGTAVDS][LPF]*\Z")
# What follows a label and asks, weakens or negates it: "hài lòng không", "hài lòng một phần".
_TAKEN_BACK = re.compile(rf"{SOFT}*+(?:X[PRe.,:m]*+\??+\Z|\?)|[LRPF]*+[QqIKCv<]")


class Doubt(Enum):
    """Why words of the scale are no rating."""

    SPOILT = "contradicts itself, is asked or is weakened"
    NOT_ABOUT_THIS = "is said under a condition, or of something else"


@dataclass(frozen=True, slots=True)
class Label:
    """A value 1 to 5 and the places of the words that say it."""

    value: int
    start: int
    end: int


def read_label(kinds: str) -> Label | Doubt | None:
    """Return the one label among `kinds`; None when there is none, a Doubt when it is not said plainly."""
    found = list(_LABEL.finditer(kinds))
    if not found:
        return None
    names = {match.lastgroup or "" for match in found}
    if "spoilt" in names or len(names) > 1:
        return Doubt.SPOILT
    doubt = _doubt_before(found[0], kinds[: found[0].start()])
    if doubt is not None:
        return doubt
    if any(_TAKEN_BACK.match(kinds, match.end()) for match in found):
        return Doubt.SPOILT
    return Label(_VALUES[names.pop()], found[0].start(), found[-1].end())


def _doubt_before(label: re.Match[str], before: str) -> Doubt | None:
    """Return why what stands before a label keeps it from being a rating: a condition, a negation, another subject."""
    clause = before[_last_clause(before) :]
    if lexicon.CONDITION in before:
        return Doubt.NOT_ABOUT_THIS
    if lexicon.NOT in clause or _ONLY_NO.match(before):
        return Doubt.SPOILT
    if lexicon.DOUBT in clause or lexicon.WISH in clause:
        return Doubt.NOT_ABOUT_THIS
    plain = label.lastgroup in _PLAIN and not label[0].startswith(lexicon.FAIRLY)
    return Doubt.NOT_ABOUT_THIS if plain and _DIRECTLY_BEFORE.search(clause) else None


def read_synonym(kinds: str) -> int | None:
    """Return 1 to 5 when the whole remainder is a near-synonym of a label, such as "rất tốt"."""
    found = _SYNONYM.match(kinds)
    return _VALUES[found.lastgroup or ""] if found else None


def _last_clause(kinds: str) -> int:
    ends = [match.end() for match in _CLAUSE_ENDS.finditer(kinds)]
    return ends[-1] if ends else 0

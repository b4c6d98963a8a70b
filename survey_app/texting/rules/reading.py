"""Reads a reply to the question "How satisfied were you, 1 to 5?" by fixed rules, and never guesses.

A wrong rating is worse than none: whatever is not said plainly is UNCLEAR and asked again once, or waits for a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from survey_app.texting.rules import lexicon
from survey_app.texting.rules.commands import read_command
from survey_app.texting.rules.labels import SOFT, Doubt, Label, read_synonym
from survey_app.texting.rules.numbered import read_choices, read_numbered
from survey_app.texting.rules.numbers import (
    read_label_with_number,
    read_list,
    read_number,
    read_number_word,
    read_stars,
)
from survey_app.texting.rules.opening import split_opening
from survey_app.texting.rules.texts import work_copy
from survey_app.texting.rules.tokens import Reply, tokenise

PARSER_VERSION = 1
"""Stored with each reading, so that old replies can be read again; raised whenever a rule or a word changes."""

_SAYS_NOTHING = frozenset(SOFT.strip("[]")) | {lexicon.POINTS, lexicon.NUMERO, lexicon.ANGRY}
_WORDLESS = frozenset(lexicon.SYMBOLS.values()) | {lexicon.SYMBOL, lexicon.POLITE, lexicon.OK}
# Before a rating "cham" is chấm (to mark), after it chậm (slow).
_SLOW = frozenset({"cham"})
_WORDS_OF_A_COMMENT = 3
_SOMETHING = frozenset(
    {lexicon.OTHER, lexicon.COUNTED, lexicon.UNIT, lexicon.ALL, lexicon.COMPLAINT, lexicon.WISH}
)
_NEGATED_OR_ASKED = frozenset({lexicon.NOT, lexicon.DOUBT})
_OF_THE_SCALE = frozenset("NZDHYBGTAS")
_NUMBERED = frozenset("VNSR,-:.mPFU")
_DIGIT = re.compile("[0-9]")


class Kind(StrEnum):
    """What a reply is."""

    RATING = "rating"
    RATINGS = "ratings"
    CHOICES = "choices"
    OPT_OUT = "optout"
    OPT_IN = "optin"
    HELP = "help"
    WRONG_NUMBER = "wrongnumber"
    COMMENT = "comment"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reply says. `rating` answers the overall question; `ratings` has one for each question in order.

    `reference` is the public code that stood in the reply; `inferred` marks a rating read from a near-synonym.
    """

    kind: Kind
    rating: int | None = None
    ratings: tuple[int, ...] = ()
    choices: tuple[tuple[int, str], ...] = ()
    comment: bool = False
    comment_text: str = ""
    reference: str | None = None
    inferred: bool = False
    version: int = PARSER_VERSION

    @property
    def grammar(self) -> str:
        """The reading in one line, such as `rating:5+comment;ref=7K3F9M2X`, `ratings:5,4,5,3` or `optout`."""
        if self.kind is Kind.RATING:
            reference = f";ref={self.reference}" if self.reference else ""
            return f"rating:{self.rating}{'+comment' if self.comment else ''}{reference}"
        if self.kind is Kind.RATINGS:
            return "ratings:" + ",".join(map(str, self.ratings))
        if self.kind is Kind.CHOICES:
            return "choices:" + ",".join(f"{question}{option}" for question, option in self.choices)
        return str(self.kind)


def read_reply(text: str, *, keyword: str = "DG", questions: int = 4) -> Reading:
    """Return what `text` says to a survey of `questions` rating questions on the scale 1 to 5.

    5 is "Rất hài lòng". `keyword` is the word that the short code asks for. Never raises; linear in the length, of
    which `texts.WORK_LENGTH` characters are read.
    """
    code, body = split_opening(work_copy(text), keyword)
    reply = tokenise(body)
    command = read_command(reply)
    if command is not None:
        return Reading(kind=Kind(command.value), reference=code)
    if lexicon.GLUED in reply.kinds and not _may_be_numbered(reply):
        return Reading(kind=Kind.UNCLEAR, reference=code)
    return _read_several(reply, questions, code) or _read_one(reply, code)


def _may_be_numbered(reply: Reply) -> bool:
    """Say whether digits glued to letters may number answers: "1a2b", "c1:5"."""
    return set(reply.kinds) <= _NUMBERED


def _read_several(reply: Reply, questions: int, code: str | None) -> Reading | None:
    """Return answers to several questions, or None."""
    if _DIGIT.search(reply.text) is None:
        return None
    choices = read_choices(reply.text, questions)
    if choices is not None:
        return Reading(kind=Kind.CHOICES if choices else Kind.UNCLEAR, choices=choices, reference=code)
    ratings = read_numbered(reply.text, questions)
    if ratings is None and lexicon.GLUED in reply.kinds:
        ratings = ()
    if ratings is None and questions > 1:
        ratings = read_list(reply, questions)
    if ratings is None:
        return None
    return Reading(kind=Kind.RATINGS if ratings else Kind.UNCLEAR, ratings=ratings, reference=code)


def _read_one(reply: Reply, code: str | None) -> Reading:
    """Return one rating, a comment, or UNCLEAR."""
    synonym = read_synonym(reply.kinds)
    if synonym is not None:
        return Reading(kind=Kind.RATING, rating=synonym, inferred=True, reference=code)
    found = (
        read_stars(reply) or read_number_word(reply) or read_number(reply) or read_label_with_number(reply)
    )
    if isinstance(found, Label):
        words = _left_over(reply, found)
        return Reading(
            kind=Kind.RATING, rating=found.value, comment=bool(words), comment_text=words, reference=code
        )
    if found is not Doubt.SPOILT and _is_comment(reply):
        return Reading(kind=Kind.COMMENT, comment=True, comment_text=reply.text, reference=code)
    return Reading(kind=Kind.UNCLEAR, reference=code)


def _left_over(reply: Reply, found: Label) -> str:
    """Return the words beside the rating as they were written; empty when they are only politeness."""
    beside = [
        place
        for place, kind in enumerate(reply.kinds)
        if not found.start <= place < found.end
        and (kind not in _SAYS_NOTHING or (reply.words[place] in _SLOW and place >= found.end))
    ]
    return reply.text[reply.starts[beside[0]] :].strip() if beside else ""


def _is_comment(reply: Reply) -> bool:
    """Say whether there are three words or more, or a complaint, however short."""
    if lexicon.COMPLAINT in reply.kinds:
        return True
    words = [word for word, kind in zip(reply.words, reply.kinds, strict=True) if kind not in _WORDLESS]
    return sum(word.count(" ") + 1 for word in words) >= _WORDS_OF_A_COMMENT and _says_something(reply)


def _says_something(reply: Reply) -> bool:
    """Say whether the words are more than fillers, and no failed attempt at a rating."""
    kinds = set(reply.kinds)
    return bool(kinds & _SOMETHING or (kinds & _NEGATED_OR_ASKED and not kinds & _OF_THE_SCALE))

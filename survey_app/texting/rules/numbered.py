"""Numbered answers: "1:5 2:4 3:5 4:3" and "Câu 1: 5, câu 2: 4" rate questions, "1a 2b" and "1a2b3a4c" choose."""

from __future__ import annotations

import re

from survey_app.texting.rules.texts import unaccented

_FIRST = r"[\s,;.-]*+"
_QUESTION = r"(?:(?P<word>cau hoi|cau|c|q|question)\s?+\.?+\s?+)?+(?P<question>[0-9]{1,2})(?![0-9])"
_RATED = re.compile(
    rf"{_FIRST}{_QUESTION}\s?+(?P<sign>[:=)-]|la\b)?+\s?+(?P<answer>[0-9]{{1,2}})(?![0-9])(?:\s?+(?:[dđ]iem|sao|đ|d)\b)?+"
)
_CHOSEN = re.compile(
    r"[\s,;-]*+(?:(?:cau hoi|cau|c|q|question)\s?+)?+(?P<question>[0-9]{1,2})(?![0-9])"
    r"\s?+[:=.)-]?+\s?+(?P<letter>[a-f])(?![^\W\d_])"
)
_CLOSED = re.compile(r"[\s,;.!]*+(?:(?:a|nhe|nha|da|cam on|thanks)\b[\s,;.!]*+)*+")


def read_numbered(body: str, questions: int) -> tuple[int, ...] | None:
    """Return one rating for each question in question order; empty when numbered but wrong; None when not numbered.

    Every question must be there once, with 1 to 5; words may follow after a stop.
    """
    plain = _plain(body)
    pairs, end = _scan(_RATED, plain)
    if not pairs or not all(found["word"] or found["sign"] for found in pairs):
        return None
    closed = _CLOSED.match(plain, end)
    rest = plain[closed.end() if closed else end :]
    rated = {int(found["question"]): int(found["answer"]) for found in pairs}
    whole = len(pairs) == questions and set(rated) == set(range(1, questions + 1))
    if whole and all(1 <= answer <= 5 for answer in rated.values()) and not rest[:1].isdigit():
        return tuple(rated[question] for question in sorted(rated))
    may_be_a_list = any(found["sign"] == "-" for found in pairs) or len(pairs) == 1
    return None if rest or (may_be_a_list and not pairs[0]["word"]) else ()


def read_choices(body: str, questions: int) -> tuple[tuple[int, str], ...] | None:
    """Return (question, option) in question order; empty when repeated or out of range; None when no choices.

    A lone pair is none, nor are pairs that all end in d: that is how people write points.
    """
    plain = _plain(body)
    pairs, end = _scan(_CHOSEN, plain)
    closed = _CLOSED.match(plain, end)
    if len(pairs) < 2 or (closed is not None and closed.end() < len(plain)):
        return None
    chosen = {int(found["question"]): found["letter"] for found in pairs}
    known = set(chosen) <= set(range(1, questions + 1)) and len(chosen) == len(pairs)
    return tuple(sorted(chosen.items())) if known and set(chosen.values()) != {"d"} else ()


def _plain(body: str) -> str:
    # đ stays apart from d: "4đ" is four points, "4d" may be an option.
    small = body.casefold()
    return small if small.isascii() else "đ".join(unaccented(part) for part in small.split("đ"))


def _scan(pattern: re.Pattern[str], text: str) -> tuple[list[re.Match[str]], int]:
    """Return the pairs from the start of `text` on, and where they end."""
    pairs, end = [], 0
    while found := pattern.match(text, end):
        pairs.append(found)
        end = found.end()
    return pairs, end

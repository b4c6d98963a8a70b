"""What stands before the answer: the keyword of the short code, and the public code of an invitation."""

from __future__ import annotations

import re
from functools import lru_cache

from survey_app.offices.rules import normalise_code
from survey_app.texting.rules.texts import unaccented

_CODE = re.compile(r"[\s,.:;_-]*+([0-9A-Za-z]{8})(?![^\W_])[\s,.:;_-]*+")
_GROUPED_CODE = re.compile(r"[\s,.:;_-]*+([0-9A-Za-z]{4}[ -][0-9A-Za-z]{4})(?![^\W_])[\s,.:;_-]*+")
_CHOICES = re.compile(r"(?:[0-9][a-f]){4}\Z", re.IGNORECASE)
_RATING_THEN_CODE = re.compile(r"([1-5]) ([0-9A-Za-z]{8})\Z")
_SENT_TO = re.compile(r"\s(?:gửi|gui)\s[0-9]{4,5}[\s.]*\Z", re.IGNORECASE)
_LABEL_GLUED = "rat|hai|khong|ko|binh"
_GAP = r"[\s,.:;_-]*+"


def split_opening(text: str, keyword: str) -> tuple[str | None, str]:
    """Return the public code (or None) and the rest of a work copy, without keyword, code and "gửi 8079".

    Case, O for 0, I and L for 1 do not matter. Without the keyword a code is read only in one piece.
    """
    body = _SENT_TO.sub("", text)
    opening = _keyword(unaccented(keyword.casefold())).match(body)
    if opening is not None:
        body = body[opening.end() :]
    code, body = _split_code(body, grouped=opening is not None)
    reversed_order = _RATING_THEN_CODE.match(body) if code is None else None
    if reversed_order is not None and (late := normalise_code(reversed_order[2])):
        return late, reversed_order[1]
    return code, body


def _split_code(body: str, *, grouped: bool) -> tuple[str | None, str]:
    for pattern in (_CODE, _GROUPED_CODE) if grouped else (_CODE,):
        found = pattern.match(body)
        code = normalise_code(found[1]) if found is not None else None
        if found is not None and code is not None and not _CHOICES.match(found[1]):
            return code, body[found.end() :]
    return None, body


@lru_cache(maxsize=64)
def _keyword(folded: str) -> re.Pattern[str]:
    """Return what matches the keyword at the start, alone or glued to digits, a code or a label."""
    letters = "".join("[dđ]" if letter == "d" else re.escape(letter) for letter in folded)
    glued = rf"[0-9]++(?![^\W\d_]*+[0-9])|[0-9A-Za-z]{{8}}(?![^\W_])|{_LABEL_GLUED}"
    follows = rf"(?![^\W_]){_GAP}|(?={glued})"
    return re.compile(
        rf"(?:(?:dạ|da|xin|soạn|soan|tin|nhắn|nhan)(?![^\W_]){_GAP})*+{letters}(?:{follows})",
        re.IGNORECASE,
    )

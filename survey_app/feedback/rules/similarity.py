"""How alike two messages are: the share of their trigrams that both have, diacritics and order left aside.

Only suggests: texts of different people about one lamp are rarely the same words, so a person decides.
"""

from __future__ import annotations

from survey_app.feedback.rules.searching import search_text_of
from survey_app.foundation.languages import gettext as _

LIKE = 0.5
"""From this share on, two messages are shown as possibly one matter."""
VERY_LIKE = 0.8
LONGEST_COMPARED = 2_000
"""Characters of folded text; the matter stands at the beginning of a long message."""


def folded_text(text: str, place: str = "") -> str:
    """Return what a case is compared by: its trigrams without diacritics, sorted, side by side.

    Stored in this form, the number of trigrams is a third of the length: cases that differ too much in it are left
    out before anything is compared.
    """
    words = search_text_of("", f"{text} {place}")[:LONGEST_COMPARED].split()
    # As pg_trgm cuts words: two blanks before, one behind, so that beginnings weigh more than ends.
    padded = (f"  {word} " for word in words)
    return "".join(sorted({one[i : i + 3] for one in padded for i in range(len(one) - 2)}))


def trigrams(folded: str) -> frozenset[str]:
    """Return the trigrams of what `folded_text` returned."""
    return frozenset(folded[i : i + 3] for i in range(0, len(folded), 3))


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of trigrams that both have, 0 to 1 (Jaccard); 0 where one has none."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def comparable_lengths(folded: str) -> tuple[int, int]:
    """Return the least and the greatest length of a `folded` that can be `LIKE` this one.

    Of two sets the smaller is all that can be shared, and the greater the least that both hold together.
    """
    return int(len(folded) * LIKE), int(len(folded) / LIKE)


def similarity_label(score: float) -> str:
    """Return how alike two messages are, in words."""
    if score >= VERY_LIKE:
        return _("Gần như giống hệt")
    return _("Nội dung giống nhau nhiều") if score >= LIKE else _("Nội dung khác nhau")

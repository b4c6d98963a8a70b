"""Finds questions that stand elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules.difference.change import Difference, Document, Kind


def order_differences(old: Document, new: Document) -> Iterator[Difference]:
    """Name questions that both versions have and that were moved; what moved only because others did is not named."""
    before, after = _places(old), _places(new)
    kept = [name for name in before if name in after]
    now = [name for name in after if name in before]
    stay = {
        name
        for block in SequenceMatcher(None, kept, now, autojunk=False).get_matching_blocks()
        for name in kept[block.a : block.a + block.size]
    }
    for name in now:
        if name not in stay or before[name][0] != after[name][0]:
            reason = _("thứ tự hỏi khác trước; có thể ảnh hưởng nhẹ, vẫn so được")
            yield Difference(
                f"items.{name}", Kind.ORDER, _place(before[name]), _place(after[name]), False, reason
            )


def _places(document: Document) -> dict[str, tuple[str, int]]:
    """Question id -> its section and its number in the form."""
    found: dict[str, tuple[str, int]] = {}
    for section in document["sections"]:
        for question in section["questions"]:
            found[question["id"]] = section["id"], len(found) + 1
    return found


def _place(place: tuple[str, int]) -> str:
    return _("câu thứ %(number)s, phần %(section)s", number=place[1], section=place[0])

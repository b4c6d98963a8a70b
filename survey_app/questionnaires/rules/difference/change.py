"""One difference between two versions."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from survey_app.foundation.languages import gettext as _

ORIGINAL = "vi"

Document = Mapping[str, Any]
Text = Mapping[str, str]


class Kind(StrEnum):
    """What has changed."""

    ADDED = "added"
    REMOVED = "removed"
    WORDING = "wording"
    OPTIONS = "options"
    SCALE = "scale"
    ROUTING = "routing"
    RECIPE = "recipe"
    ORDER = "order"
    TRANSLATION = "translation"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference.

    `path` is `items.<id>`, `sections.<id>`, `scales.<name>`, `missing_answers.<code>`, `recipe`, `recipe.<node>`,
    or "" for the form as a whole. `old` and `new` are words to show, "" where there was or is nothing. `reason`
    says, in the reader's language, why the trend breaks or why it does not.
    """

    path: str
    kind: Kind
    old: str
    new: str
    breaks_trend: bool
    reason: str


def text_differences(path: str, old: Text, new: Text, *, scored: bool) -> Iterator[Difference]:
    """Compare one wording in every language; `scored` tells whether a figure hangs on it."""
    before, after = old.get(ORIGINAL, ""), new.get(ORIGINAL, "")
    if before != after:
        small = _bare(before) == _bare(after)
        yield Difference(path, Kind.WORDING, before, after, scored and not small, _why(scored, small))
    for language in sorted((old.keys() | new.keys()) - {ORIGINAL}):
        before, after = old.get(language, ""), new.get(language, "")
        if before != after:
            reason = _("bản dịch (%(language)s) đổi, lời gốc tiếng Việt không đổi", language=language)
            yield Difference(path, Kind.TRANSLATION, before, after, False, reason)


def _why(scored: bool, small: bool) -> str:
    if small:
        return _("chỉ khác dấu câu, chữ hoa hoặc khoảng trắng")
    if scored:
        return _("người trả lời đọc lời khác trước, nên câu trả lời không so được với phiên bản cũ")
    return not_scored()


def not_scored() -> str:
    """Return the reason why a change of something that no index counts does not break one."""
    return _("không ảnh hưởng chỉ số, vì phần này không được chấm điểm")


def _bare(text: str) -> str:
    """Letters and digits only, in small letters: what typing mistakes of dots, capitals and spaces leave alone."""
    letters = unicodedata.normalize("NFC", text).casefold()
    return " ".join("".join(one if one.isalnum() else " " for one in letters).split())


def shown(text: Text) -> str:
    """Return the original wording, or the first there is."""
    return text.get(ORIGINAL) or next(iter(text.values()), "")

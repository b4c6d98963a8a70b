"""What an answer must hold, what makes it hard to read, and what a citizen may say of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from survey_app.feedback.rules.kinds import Kind
from survey_app.foundation.languages import gettext as _

LONGEST_PART = 10_000
"""Characters of one part; the six of them stay far below the largest body of a request."""
LONG_SENTENCE = 30
"""Syllables (tiếng) above which a sentence is pointed out."""


class Part(StrEnum):
    """The obligatory parts of an answer, in the order they are read."""

    FOUND = "found"
    DONE = "done"
    WHO_WHEN = "who_when"
    BASIS = "basis"
    NEXT = "next"
    CONTACT = "contact"


class Solved(StrEnum):
    """Whether the matter itself is solved, as the citizen sees it."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


Parts = dict[Part, str]
"""The text of every part, empty where nothing is written."""

MANDATORY: dict[Kind, frozenset[Part]] = {
    Kind.PETITION: frozenset(Part),
    Kind.QUESTION: frozenset({Part.FOUND, Part.BASIS, Part.NEXT, Part.CONTACT}),
    Kind.SUGGESTION: frozenset({Part.FOUND, Part.DONE, Part.CONTACT}),
    Kind.PRAISE: frozenset({Part.DONE}),
}
"""What each kind of answer must say; a word of praise needs a thank-you, not a legal basis."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an answer cannot be submitted or sent, and in which part."""

    part: Part
    message: str


@dataclass(frozen=True, slots=True)
class Hint:
    """What would be easier to read; `excerpt` is the place meant. A hint refuses nothing."""

    part: Part
    message: str
    excerpt: str


def part_label(part: Part) -> str:
    """Return the heading of a part in the reader's words."""
    return {
        Part.FOUND: _("Kết quả kiểm tra, xác minh"),
        Part.DONE: _("Việc đã làm và sẽ làm"),
        Part.WHO_WHEN: _("Ai làm, khi nào xong"),
        Part.BASIS: _("Căn cứ"),
        Part.NEXT: _("Ông/bà có thể làm gì tiếp"),
        Part.CONTACT: _("Liên hệ"),
    }[part]


def part_help(part: Part) -> str:
    """Return what belongs in a part, for the officer who writes."""
    return {
        Part.FOUND: _("Đã kiểm tra điều gì, thấy gì. Với câu hỏi: câu trả lời thẳng vào điều được hỏi."),
        Part.DONE: _("Đã giải quyết thế nào; việc nào còn phải làm."),
        Part.WHO_WHEN: _("Tên đơn vị chịu trách nhiệm và ngày cụ thể, không viết “sớm nhất”."),
        Part.BASIS: _("Điều, khoản của văn bản, hoặc quy trình đã công bố."),
        Part.NEXT: _("Nếu chưa đồng ý thì đề nghị xem lại ở đâu, trong bao lâu; cần chuẩn bị gì."),
        Part.CONTACT: _("Đơn vị, số điện thoại, giờ làm việc để hỏi thêm."),
    }[part]


def read_parts(stored: Mapping[str, object]) -> Parts:
    """Return the parts of a stored or typed answer; what is no part is left out, what is missing is empty."""
    return {part: _clean(str(stored.get(part.value) or "")) for part in Part}


def _clean(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return lines.strip()[:LONGEST_PART]


def stored_parts(parts: Parts) -> dict[str, str]:
    """Return the parts as they are stored."""
    return {part.value: text for part, text in parts.items() if text}


def filled(parts: Parts) -> list[tuple[Part, str]]:
    """Return the parts that say something, in the order they are read."""
    return [(part, parts[part]) for part in Part if parts.get(part)]


def running_text(parts: Parts) -> str:
    """Return the answer as one text with its headings, for paper and for the public copy."""
    return "\n\n".join(f"{part_label(part)}\n{text}" for part, text in filled(parts))


_OPEN_PLACE = re.compile(r"\{[^{}\n]{0,80}\}|[{}]|\[\s*(?:…|\.{2,})\s*\]|(?:\.{4,}|…{2,})")


def open_places(text: str) -> tuple[str, ...]:
    """Return what a template left to be filled: `{…}`, lone braces, rows of dots."""
    return tuple(dict.fromkeys(_OPEN_PLACE.findall(text)))


def faults(parts: Parts, kind: Kind) -> tuple[Fault, ...]:
    """Return why this answer cannot leave: an obligatory part is empty, or a place was never filled."""
    missing = [
        Fault(part, _("Chưa viết phần này."))
        for part in Part
        if part in MANDATORY[kind] and not parts.get(part)
    ]
    unfilled = [
        Fault(part, _("Còn chỗ chưa điền: %(places)s", places=", ".join(open_places(text))))
        for part, text in filled(parts)
        if open_places(text)
    ]
    return (*missing, *unfilled)


# A full stop inside a number, a date or an abbreviation ends no sentence: a space or the end must follow it.
_SENTENCE_END = re.compile(r"(?<=[.!?;:…])\s+|\n+")
_SYLLABLE = re.compile(r"\w+(?:[./-]\w+)*")


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; a line is at least one."""
    return [one.strip() for one in _SENTENCE_END.split(text) if one.strip()]


def syllables(sentence: str) -> int:
    """Count the syllables (tiếng); a number, a date or a document's number is one."""
    return len(_SYLLABLE.findall(sentence))


def hints(parts: Parts) -> tuple[Hint, ...]:
    """Return what would be easier to read: sentences over 30 syllables, promises without a date, laws unnamed."""
    return tuple(hint for part, text in filled(parts) for hint in _hints_of(part, text))


def _hints_of(part: Part, text: str) -> Iterable[Hint]:
    for sentence in sentences(text):
        count = syllables(sentence)
        if count > LONG_SENTENCE:
            yield Hint(part, _("Câu dài %(n)s tiếng, nên tách ra.", n=count), _short(sentence))
    for pattern, message in _vague():
        for found in pattern.finditer(text):
            yield Hint(part, message, found[0])


def _vague() -> tuple[tuple[re.Pattern[str], str], ...]:
    return (
        (_NO_DATE, _("Nên ghi ngày cụ thể.")),
        (_NO_LAW, _("Nên ghi rõ điều, khoản, số văn bản.")),
        (_OFFICIALESE, _("Nên viết gọn: bỏ được cụm này.")),
    )


_NO_DATE = re.compile(
    r"\b(?:trong thời gian (?:tới|sớm nhất)|sớm nhất có thể|trong thời gian gần nhất)\b", re.I
)
_NO_LAW = re.compile(r"\btheo (?:đúng )?quy định(?: của pháp luật| hiện hành)?(?=\s*[.,;]|\s*$)", re.I | re.M)
_OFFICIALESE = re.compile(r"\b(?:nhằm mục đích|tiến hành việc|trên cơ sở đó|về vấn đề nêu trên)\b", re.I)


def _short(sentence: str, most: int = 90) -> str:
    return sentence if len(sentence) <= most else f"{sentence[:most].rsplit(' ', 1)[0]}…"

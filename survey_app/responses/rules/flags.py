"""What makes a submission look suspicious. A flag names a reason; it never drops a response."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from survey_app.foundation.languages import gettext as _

SECONDS_PER_ANSWER = 0.5
"""Nobody reads and answers faster; our own threshold, stated on the results page."""

BURST_COUNT, BURST_SECONDS = 5, 60
DISTINCTIVE_ANSWERS = 15


class Flag(StrEnum):
    """Reason for suspicion, stored with the response."""

    HONEYPOT = "honeypot"
    TOO_FAST = "too_fast"
    BURST = "burst"
    DUPLICATE = "duplicate"
    LATE = "late"


def is_too_fast(seconds: float, answered: int) -> bool:
    """Say whether `answered` items were filled in faster than a person reads (at least 2 seconds for a form)."""
    return seconds < max(2.0, SECONDS_PER_ANSWER * answered)


def duplicate_seconds(answers: Mapping[str, object]) -> int:
    """Return for how long the same answers from the same network look like one person's.

    A day for a text or many answers, which two people hardly share; a minute for a few ticks: five "very
    satisfied" from one office's network are the commonest honest pattern.
    """
    has_text = any(isinstance(answer, str) for answer in answers.values())
    return 24 * 3600 if has_text or len(answers) > DISTINCTIVE_ANSWERS else 60


def reason(flag: Flag) -> str:
    """Return the reason in the reader's language."""
    return {
        Flag.HONEYPOT: _("điền vào ô ẩn mà người không nhìn thấy"),
        Flag.TOO_FAST: _("gửi nhanh hơn tốc độ đọc"),
        Flag.BURST: _("nhiều phiếu từ cùng một mạng trong một phút"),
        Flag.DUPLICATE: _("trùng hệt một phiếu khác từ cùng một mạng"),
        Flag.LATE: _("gửi sau khi khảo sát đóng, trên trang đã mở từ trước"),
    }[flag]


def store_flags(flags: frozenset[Flag]) -> str:
    """Return the stored form: names in alphabetical order joined by spaces; empty for none."""
    return " ".join(sorted(flags))

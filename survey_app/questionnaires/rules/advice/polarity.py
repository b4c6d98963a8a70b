"""Whether a set of answers has as many good points as bad ones."""

from __future__ import annotations

import re
from collections.abc import Sequence

_GOOD = {
    "vi": re.compile(r"hài lòng|đồng ý|tốt|dễ|thuận tiện|tin tưởng|ủng hộ|nhanh|tích cực"),
    "en": re.compile(r"satisfied|agree|good|easy|excellent|support|trust|fast|positive"),
}
_BAD = {
    "vi": re.compile(r"kém|tệ|xấu|khó|phản đối|thất vọng|chậm|tồi|tiêu cực"),
    "en": re.compile(r"dissatisfied|disagree|poor|bad|difficult|terrible|oppose|slow|negative"),
}
_NEGATION = {"vi": re.compile(r"\b(?:không|chưa|chẳng)\b"), "en": re.compile(r"\b(?:not|no|never|un\w+)\b")}
_NEUTRAL = {
    "vi": re.compile(r"bình thường|trung bình|trung lập|không ý kiến|không có ý kiến|được$|^tạm"),
    "en": re.compile(r"neutral|neither|average|fair|no opinion|acceptable"),
}


def balance(labels: Sequence[str], language: str) -> tuple[int, int] | None:
    """Return the numbers of good and bad points, or None when the labels are no scale between two poles.

    A scale of how much or how often has one pole only ("not at all" to "very"), and need not balance; so has any
    set with a label that is neither good, bad nor neutral here.
    """
    if language not in _GOOD or len(labels) < 3:
        return None
    points = [_point(label.lower(), language) for label in labels]
    if None in points or points.count(0) == len(points):
        return None
    return points.count(1), points.count(-1)


def _point(label: str, language: str) -> int | None:
    if _NEUTRAL[language].search(label):
        return 0
    negated = _NEGATION[language].search(label) is not None
    if _BAD[language].search(label):
        return 1 if negated else -1
    if _GOOD[language].search(label):
        return -1 if negated else 1
    return None

"""What Zalo approves as a rating template ("Đánh giá dịch vụ").

Lengths and numbers of parameters: help.nxlink.ai, "ZNS Template Content Data Format Requirements"; links,
telephone numbers and the identifying parameter: zalo.cloud/blog, "yêu cầu tổng quan" (both read 21/11/2026, at
second hand). Zalo judges each template itself in 1 to 7 working days; these checks only spare refusals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from survey_app.foundation.languages import gettext as _
from survey_app.messaging.rules.phones import UnableToReadPhone, read_phone
from survey_app.messaging.rules.templates import variables_of

TITLE_LENGTH = (9, 65)
TEXT_LENGTH = (9, 400)
LONGEST_OPTION = 50
TITLE_PARAMETERS, TEXT_PARAMETERS = 2, 3
IDENTIFYING = frozenset({"name", "code", "dossier"})
"""Variables that tell a customer from another; Zalo wants at least one of such."""
CONTACT_VARIABLES = frozenset({"link", "number"})
"""Variables that are filled with an address or a number."""

_ENDINGS = "vn|com|net|org|info|asia|io|me|ly|gl|gd|app|link|page|site|online|top|xyz"
_LINK = re.compile(rf"https?:|\bwww\.|\b[a-z0-9-]+\.(?:{_ENDINGS})\b", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"\+?\d[\d .()\-]{6,18}\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class RatingTemplate:
    """A rating template as it is handed in: a title, one text, and the options below the stars."""

    title: str
    text: str
    options: tuple[str, ...] = ()


def zalo_faults(template: RatingTemplate) -> tuple[str, ...]:
    """Return what Zalo would refuse, nothing if the template can be handed in."""
    return tuple(message for message, wrong in _checks(template) if wrong)


def _checks(template: RatingTemplate) -> Iterator[tuple[str, bool]]:
    words = (template.title, template.text, *template.options)
    variables = {name for one in words for name in variables_of(one)}
    yield (
        _("Tiêu đề dài từ %(least)s đến %(most)s ký tự.", least=TITLE_LENGTH[0], most=TITLE_LENGTH[1]),
        not _fits(template.title, TITLE_LENGTH),
    )
    yield (
        _("Nội dung dài từ %(least)s đến %(most)s ký tự.", least=TEXT_LENGTH[0], most=TEXT_LENGTH[1]),
        not _fits(template.text, TEXT_LENGTH),
    )
    yield from _parameter_checks(template)
    yield (
        _("Mỗi lựa chọn dài từ 1 đến %(most)s ký tự.", most=LONGEST_OPTION),
        not all(_fits(option, (1, LONGEST_OPTION)) for option in template.options),
    )
    yield (
        _("Không ghi đường dẫn trong nội dung, chỉ đặt ở nút bấm."),
        "link" in variables or _any(_LINK, words),
    )
    yield (
        _("Không ghi số điện thoại trong nội dung, chỉ đặt ở nút bấm."),
        "number" in variables or any(_holds_phone(one) for one in words),
    )
    yield _("Phải có một biến riêng của người nhận, ví dụ {code}."), not variables & IDENTIFYING


def _parameter_checks(template: RatingTemplate) -> Iterator[tuple[str, bool]]:
    yield (
        _("Tiêu đề có nhiều nhất %(most)s biến.", most=TITLE_PARAMETERS),
        len(variables_of(template.title)) > TITLE_PARAMETERS,
    )
    yield (
        _("Nội dung có nhiều nhất %(most)s biến.", most=TEXT_PARAMETERS),
        len(variables_of(template.text)) > TEXT_PARAMETERS,
    )


def _fits(text: str, length: tuple[int, int]) -> bool:
    return length[0] <= len(text.strip()) <= length[1]


def _any(pattern: re.Pattern[str], texts: Iterable[str]) -> bool:
    return any(pattern.search(one) for one in texts)


def _holds_phone(text: str) -> bool:
    """Say whether a run of digits reads as a telephone number; dates and dossier codes do not."""
    return any(_is_phone(found) for found in _NUMBER.findall(text))


def _is_phone(text: str) -> bool:
    try:
        read_phone(text)
    except UnableToReadPhone:
        return False
    return True

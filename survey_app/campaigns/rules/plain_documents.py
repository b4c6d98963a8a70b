"""Reads words, numbers and lists out of plain documents that people write, and notes every fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any, TypeVar

from survey_app.foundation.languages import gettext as _

Where = tuple[str | int, ...]
T = TypeVar("T", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a document: keys and positions from the top, what, and what to do."""

    where: Where
    message: str
    remedy: str


class PlainReader:
    """Reads on after a fault, so that one upload shows all of them; what is faulty is replaced by nothing."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def word(self, value: dict[str, Any], where: Where, key: str, default: T) -> T:
        """Return the member of the default's enumeration that stands under a key; the default where there is none."""
        words = [member.value for member in type(default)]
        word = value.get(key, default.value)
        if word in words:
            return type(default)(word)
        self.refuse(
            (*where, key),
            _("mục “%(key)s” không có giá trị như vậy", key=key),
            _("Chọn một trong: %(words)s", words=", ".join(words)),
        )
        return default

    def number(
        self, value: dict[str, Any], where: Where, key: str, *, above: float = -1.0, most: float = 1e15
    ) -> float | None:
        """Return a number that is not negative, None where there is none or it is refused."""
        if key not in value:
            return None
        number = _as_number(value[key])
        if number is not None and number >= 0 and above < number <= most:
            return number
        self.refuse(
            (*where, key),
            _("“%(key)s” không phải là số dùng được ở đây", key=key[:60]),
            _("Ghi một số không âm, phần thập phân sau dấu chấm, ví dụ 12500 hoặc 0.3"),
        )
        return None

    def items(self, value: Any, where: Where, most: int) -> list[Any]:
        """Return a list of one to `most` items; an empty one where it is refused."""
        if isinstance(value, list) and 0 < len(value) <= most:
            return value
        self.refuse(
            where,
            _("“%(key)s” phải là danh sách từ 1 đến %(most)s mục", key=where[-1], most=most),
            _("Bắt đầu mỗi mục bằng dấu “-”"),
        )
        return []

    def keys(self, value: Mapping[str, Any], where: Where, needed: set[str], more: set[str]) -> None:
        """Refuse keys that are missing, and keys that are neither needed nor allowed."""
        for key in sorted(needed - value.keys()):
            self.refuse(where, _("thiếu mục “%(key)s”", key=key), _("Thêm mục này"))
        for key in value:
            if key not in needed | more:
                self.refuse(
                    (*where, key),
                    _("không có mục “%(key)s” ở đây", key=str(key)[:60]),
                    _("Dùng các mục: %(keys)s", keys=", ".join(sorted(needed | more))),
                )

    def refuse(self, where: Where, message: str, remedy: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(where, message, remedy))


def _as_number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if isfinite(number) else None

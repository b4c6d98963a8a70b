"""One page of a long list: the reader goes on by number, the database reads only what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

LAST_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class Paged(Generic[T]):
    """The items of page `number` (from 1); `more` says whether another page follows."""

    items: Sequence[T]
    number: int
    size: int
    more: bool


def page_number(text: str | None) -> int:
    """Return the page that `text` asks for, 1 if it is no sensible number."""
    if not text or not (text.isascii() and text.isdigit()) or len(text) > len(str(LAST_PAGE)):
        return 1
    return int(text) if 1 <= int(text) <= LAST_PAGE else 1


def paged(rows: Sequence[T], *, number: int, size: int) -> Paged[T]:
    """Return the page whose `rows` were read with `limit(size + 1).offset((number - 1) * size)`."""
    return Paged(rows[:size], number, size, len(rows) > size)

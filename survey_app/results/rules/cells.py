"""The smallest cell: which cells of a table are hidden, and which offices share a stratum because of it.

A cell is what one office (or channel, or flag) holds of one total. The smallest that is shown is 10 responses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

Name = TypeVar("Name", str, int)

SMALLEST_CELL = 10


class Reason(StrEnum):
    """Why a figure is not published."""

    FEW = "under_10"
    PART = "part_under_10"
    PROTECTS = "protects_others"
    WAITS = "fewer_than_10_new"


def is_small(count: int) -> bool:
    """Say whether a number of responses, or a difference of two, is 1 to 9 (either way)."""
    return 0 < abs(count) < SMALLEST_CELL


def by_size(size: int) -> Reason | None:
    """Return why a cell of `size` is hidden on its own account."""
    return Reason.FEW if size < SMALLEST_CELL else None


def cells_to_hide(sizes: Mapping[Name, int]) -> dict[Name, Reason | None]:
    """Decide which cells of one total are hidden, given the number of responses in each.

    First every cell under 10. Then, while the hidden cells hold 1 to 9 responses together or only one of them
    holds any (their sum follows from the total), the smallest visible cell joins them; equal ones by name.
    When no visible cell is left, the total itself is under 10 or is the only cell.
    """
    hidden = {name: by_size(size) for name, size in sizes.items()}
    candidates = sorted((size, name) for name, size in sizes.items() if hidden[name] is None)
    for _, name in candidates:
        held = [size for other, size in sizes.items() if hidden[other] is not None and size > 0]
        if not held or (len(held) > 1 and sum(held) >= SMALLEST_CELL):
            break
        hidden[name] = Reason.PROTECTS
    return hidden


def merged_cells(tables: Iterable[Sequence[int]]) -> frozenset[int]:
    """Return the positions of the cells that share one stratum: those hidden in any of the tables.

    Each table holds the size of every cell: responses, then answers to each criterion. A standard error by
    strata then depends on the hidden cells through their sums alone, which follow from the total anyway; were
    each a stratum of its own, it would be an equation for what they hold. Together they hold at least 10
    responses, or they are everybody.
    """
    merged: set[int] = set()
    for sizes in tables:
        reasons = cells_to_hide(dict(enumerate(sizes)))
        merged |= {cell for cell, reason in reasons.items() if reason is not None and sizes[cell] > 0}
    return frozenset(merged)

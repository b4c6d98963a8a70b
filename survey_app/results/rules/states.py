"""The life of a run: computed, published, superseded by the next publication of its campaign."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a run stands; its figures are the same in all of them."""

    COMPUTED = "computed"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


MAY_BE_PUBLISHED = frozenset({State.COMPUTED, State.SUPERSEDED})
"""A superseded run may come back: wrong figures are withdrawn by publishing the run before them."""

"""The life of a run: computed, published, superseded by the next publication of its campaign."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from survey_app.foundation.languages import gettext as _


class Step(StrEnum):
    """What a person did to a run."""

    COMPUTED = "computed"
    RETURNED = "returned"
    PUBLISHED = "published"


class State(StrEnum):
    """Where a run stands; its figures are the same in all of them."""

    COMPUTED = "computed"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


MAY_BE_PUBLISHED = frozenset({State.COMPUTED, State.SUPERSEDED})
"""A superseded run may come back: wrong figures are withdrawn by publishing the run before them."""

INTERRUPTED_AFTER = timedelta(minutes=30)
"""A computation without an end for so long has lost its process; ten million answers take less."""


def is_running(requested_at: datetime, finished_at: datetime | None, now: datetime) -> bool:
    """Say whether a computation may still be under way."""
    return finished_at is None and now - requested_at < INTERRUPTED_AFTER


def may_publish(computed_by: Iterable[int | None], by: int | None) -> bool:
    """Say whether `by` may publish a run that these people computed: nobody publishes figures of his own.

    None is the command line, which stands for no person.
    """
    return by is None or by not in set(computed_by)


def state_label(state: State) -> str:
    """Return the state in the reader's words."""
    return {
        State.COMPUTED: _("đã tính, chưa công bố"),
        State.PUBLISHED: _("đang công bố"),
        State.SUPERSEDED: _("đã thay bằng lần khác"),
    }[state]


def step_label(step: Step) -> str:
    """Return the step in the reader's words."""
    return {
        Step.COMPUTED: _("Tính"),
        Step.RETURNED: _("Trả lại"),
        Step.PUBLISHED: _("Công bố"),
    }[step]

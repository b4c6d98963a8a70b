"""Which case another may be merged into, so that nobody waits longer for it."""

from __future__ import annotations

from datetime import datetime

from survey_app.feedback.rules.states import ENDED, OPEN, State


def may_be_primary(state: State) -> bool:
    """Say whether a case in `state` has an answer for others, or will get one."""
    return state in OPEN | ENDED


def delays(due: datetime | None, due_of_primary: datetime | None) -> bool:
    """Say whether a sender who is owed an answer by `due` would wait longer with the primary; None is no limit."""
    return due is not None and (due_of_primary is None or due < due_of_primary)

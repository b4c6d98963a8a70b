"""Remembers which counters are silent: the answer rests on finished days, so it changes once a day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.responses.queries import SilentCounter, silence_window, silent_counters, watched_campaigns
from survey_app.responses.rules.silence import Window


class SilenceMemory:
    """The last answer, and the days and campaigns it was given for; another question is answered anew."""

    def __init__(self) -> None:
        self._known: tuple[object, tuple[SilentCounter, ...]] | None = None

    def find(self, session: Session, now: datetime) -> tuple[Window, tuple[SilentCounter, ...]]:
        """Return the days that are compared and the silent counters of all units, those that lack most first."""
        window = silence_window(session, now=now)
        campaigns = watched_campaigns(session, window=window)
        known, question = self._known, (window, campaigns)
        if known is None or known[0] != question:
            known = question, silent_counters(session, window=window, campaigns=campaigns)
            self._known = known
        return window, known[1]

"""What an installation has set for its messages, gathered so that doors hand it down as one thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from survey_app.foundation.languages import gettext as _
from survey_app.messaging.rules.hours import DEFAULT_WINDOW, REPLY_HOURS, UnableToSetWindow, Window
from survey_app.messaging.rules.limits import DEFAULT_LIMITS, Limit, Purpose
from survey_app.messaging.rules.pace import DEFAULT_RETRIES, RetryPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Hours, limits, retries and times to keep.

    `lease` is how long a worker has to begin a message it took, `sending` how long a sending may last before the
    worker is thought dead: the slowest carrier needs four exchanges of 20 seconds, a renewed token among them.
    """

    window: Window = DEFAULT_WINDOW
    limits: Sequence[Limit] = DEFAULT_LIMITS
    retries: RetryPlan = DEFAULT_RETRIES
    lease: timedelta = timedelta(minutes=1)
    sending: timedelta = timedelta(minutes=2)
    kept: timedelta = timedelta(days=90)
    """How long texts and hashes of phones are kept; longer than the longest limit looks back."""

    def window_of(self, purpose: Purpose) -> Window:
        """Return the hours of a message: an answer to a citizen's own text waits for the night only."""
        return REPLY_HOURS if purpose is Purpose.REPLY else self.window


DEFAULT_POLICY = Policy()


def policy_of(*, opens: str, closes: str, kept_days: int) -> Policy:
    """Return the policy with hours written as 08:00 and 20:00.

    Raises
    ------
    UnableToSetWindow
        The hours cannot be read, or are not allowed.
    """
    try:
        window = Window(time.fromisoformat(opens), time.fromisoformat(closes))
    except ValueError as error:
        raise UnableToSetWindow(_("Hãy ghi giờ như 08:00.")) from error
    return Policy(window=window, kept=timedelta(days=kept_days))


RECEIPTS_COME_WITHIN = timedelta(days=3)
"""After this the phone of a message that a carrier took is deleted: it will not fail any more."""
LINK_IS_KEPT = timedelta(hours=24)
"""From a text to the phone it came from: long enough to mend a rating, and then it is cut."""
SAME_TEXT_WITHIN = timedelta(seconds=60)
"""The same text from the same phone under another id is one text, delivered twice (nyaruka/courier)."""
READ_AND_ANSWERED = timedelta(seconds=10)
"""Nobody gets a question by message, reads it and answers faster. Carriers that deliver twice under two ids do so
within 2 to 4 seconds (the time that nyaruka/courier remembers texts without an id)."""
ASKED_AFTER = timedelta(minutes=5)
"""A message in doubt is looked up no earlier: it takes a moment to appear in a carrier's list."""
ASKED_FOR_LONGEST = timedelta(hours=24)
MOST_HANDLINGS = 5
"""How often the room above is given a text that it fails on; then a person must look."""


def may_answer(asked_at: datetime | None, now: datetime) -> bool:
    """Say whether a text at `now` may answer a question put at `asked_at` (None: none was put).

    Then the same text as before is another answer and not the same text delivered twice.
    """
    return asked_at is not None and now - asked_at >= READ_AND_ANSWERED


def next_look_up(began_at: datetime, now: datetime) -> datetime | None:
    """Return when a carrier that could not tell is asked again, ever more rarely; None: a person must decide."""
    at = now + max(ASKED_AFTER, (now - began_at) / 2)
    return at if at <= began_at + ASKED_FOR_LONGEST else None

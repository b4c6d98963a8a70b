"""One answer that arrives from a device, perhaps days after it was given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from survey_app.foundation.clock import hour_of

BATCH_AT_MOST = 20
TICKETS_AT_MOST = 200


class Outcome(StrEnum):
    """What became of an answer. Only the first two let the device forget it."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why an answer could not be taken; the device keeps it for staff to see and export."""

    FORGED = "forged"
    STALE = "stale"
    CLOSED = "closed"
    REHEARSAL = "rehearsal"
    ANSWERS = "answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One answer as the device sends it.

    `hour` is the device's time cut to the hour, `seconds` how long the citizen took, `burst` that five or more
    came within a minute by the device's clock.
    """

    id: str
    token: str
    answers: Mapping[str, Sequence[str]]
    language: str
    hour: datetime | None
    seconds: int
    burst: bool


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one answer, and the reason for a refusal."""

    id: str
    outcome: Outcome
    reason: Refusal | None = None


def answered_hour(claimed: datetime | None, issued_at: datetime, now: datetime) -> datetime:
    """Return the hour to store for an answer: the device's, else that of the arrival.

    A device's clock may be wrong. An answer cannot be older than its ticket nor younger than now; the first also
    keeps its digest (`responses.operations.SUBMISSIONS_KEPT`) for as long as the ticket could be sent again.
    """
    if claimed is not None and hour_of(issued_at) <= hour_of(claimed) <= now:
        return hour_of(claimed)
    return hour_of(now)

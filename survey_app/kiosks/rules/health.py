"""How a kiosk is doing, from what it said last and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SAYS_HOW_IT_IS_EVERY = timedelta(seconds=60)
SILENT_AFTER = 3 * SAYS_HOW_IT_IS_EVERY
WAITS_TOO_LONG_AFTER = timedelta(hours=2)


class Signal(StrEnum):
    """Whether a kiosk is heard from."""

    NOT_ENROLLED = "not_enrolled"
    ACTIVE = "active"
    SILENT = "silent"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a device says about itself. `recorded` counts the answers given on it since it was enrolled."""

    waiting: int
    refused: int
    oldest_waiting_at: datetime | None
    recorded: int
    version: str


def signal(
    *, enrolled_at: datetime | None, last_seen_at: datetime | None, revoked_at: datetime | None, now: datetime
) -> Signal:
    """Return whether a kiosk is heard from; three missed messages make it silent."""
    if revoked_at is not None:
        return Signal.REVOKED
    if enrolled_at is None or last_seen_at is None:
        return Signal.NOT_ENROLLED
    return Signal.SILENT if now - last_seen_at > SILENT_AFTER else Signal.ACTIVE


def needs_a_look(found: Signal, refused: int, oldest_waiting_at: datetime | None, now: datetime) -> bool:
    """Say whether somebody should go and see: it is silent, answers wait for long, or some could not be taken."""
    if found in (Signal.REVOKED, Signal.NOT_ENROLLED):
        return False
    waits_long = oldest_waiting_at is not None and now - oldest_waiting_at > WAITS_TOO_LONG_AFTER
    return found is Signal.SILENT or refused > 0 or waits_long

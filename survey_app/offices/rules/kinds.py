"""What kinds of units, places, codes and states there are."""

from __future__ import annotations

from enum import StrEnum


class UnitKind(StrEnum):
    """Level of a unit: the two tiers of local government, and departments below either."""

    PROVINCE = "province"
    COMMUNE = "commune"
    DEPARTMENT = "department"


class ServicePointKind(StrEnum):
    """Where a citizen meets a code: a staffed counter, a device, a help or waiting desk."""

    COUNTER = "counter"
    KIOSK = "kiosk"
    DESK = "desk"


class CodeStatus(StrEnum):
    """What became of a public code. A rotated one has a successor, a revoked one has none."""

    ACTIVE = "active"
    ROTATED = "rotated"
    REVOKED = "revoked"


class CheckOutcome(StrEnum):
    """What a member of staff found who scanned the code at a counter."""

    OK = "ok"
    WRONG_PLACE = "wrong_place"
    COVERED = "covered"
    PASTED_OVER = "pasted_over"
    DAMAGED = "damaged"
    MISSING = "missing"


class JobState(StrEnum):
    """Where a print of many posters stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

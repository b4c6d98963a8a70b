"""Writes of the kiosks room: kiosks and their devices, what devices say, and the answers they send."""

from survey_app.kiosks.operations.devices import (
    EnrolmentOutcome,
    PinOutcome,
    create_kiosk,
    enrol_device,
    note_health,
    revoke_kiosk,
    set_pin,
    start_enrolment,
    try_pin,
)
from survey_app.kiosks.operations.receiving import receive

__all__ = [
    "EnrolmentOutcome",
    "PinOutcome",
    "create_kiosk",
    "enrol_device",
    "note_health",
    "receive",
    "revoke_kiosk",
    "set_pin",
    "start_enrolment",
    "try_pin",
]

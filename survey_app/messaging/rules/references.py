"""Our names of messages, as carriers get them and give them back."""

from __future__ import annotations

import secrets

_MARK = "r"
"""No hexadecimal digit, so what stands behind it is the number of the resending."""


def new_message_reference() -> str:
    """Return 28 random hexadecimal digits: carriers take 32 characters, and a resending adds up to four."""
    return secrets.token_hex(14)


def carrier_reference(reference: str, resends: int) -> str:
    """Return what the carrier is told: another name for each resending, for a carrier may refuse a name it knows."""
    return f"{reference}{_MARK}{resends}" if resends else reference


def own_reference(given: str) -> str:
    """Return our name of the message that a carrier speaks of."""
    return given.partition(_MARK)[0]

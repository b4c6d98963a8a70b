"""Codes of the second factor: time-based ones (RFC 6238) and recovery codes on paper."""

from __future__ import annotations

from datetime import datetime

import pyotp

STEP_SECONDS = 30
WINDOW = 1
"""Steps before and after the present one that are taken: clocks of phones differ (RFC 6238, 5.2)."""
RECOVERY_CODES = 10
RECOVERY_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RECOVERY_CODE_LENGTH = 12
"""Letters of a recovery code: 59 bits, searched only by who has the key of the hash."""
_PART = 4
_MISREAD = str.maketrans("OIL", "011")


def step_of(now: datetime) -> int:
    """Return the number of the time step."""
    return int(now.timestamp()) // STEP_SECONDS


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the time step to which `code` belongs, None if it fits none of those taken at `now`."""
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    clock, present = pyotp.TOTP(secret), step_of(now)
    fits = [
        step
        for step in range(present - WINDOW, present + WINDOW + 1)
        if pyotp.utils.strings_equal(digits, clock.at(step * STEP_SECONDS))
    ]
    return max(fits, default=None)


def provisioning_address(secret: str, *, email: str, issuer: str) -> str:
    """Return the `otpauth://` address that an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def recovery_code_shown(code: str) -> str:
    """Return a recovery code as it is printed: `7K3F-9M2X-0ABC`."""
    return "-".join(code[start : start + _PART] for start in range(0, RECOVERY_CODE_LENGTH, _PART))


def recovery_code_typed(text: str) -> str | None:
    """Return the letters of a typed recovery code, None if it cannot be one. O reads as 0, I and L as 1."""
    code = "".join(letter for letter in text.upper() if letter.isalnum()).translate(_MISREAD)
    return code if len(code) == RECOVERY_CODE_LENGTH and set(code) <= set(RECOVERY_ALPHABET) else None

"""What can be refused, and how a failure gets a reference that the user can quote."""

from __future__ import annotations

import secrets


class Refused(Exception):
    """Parent of every error that says, in the user's language, what could not be done and what to do."""


_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """Return a short reference such as `K7F2-9QXM`; the log holds the same one."""
    letters = [secrets.choice(_ALPHABET) for _ in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])

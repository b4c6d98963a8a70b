"""Hashes and checks passwords with Argon2id (RFC 9106)."""

from __future__ import annotations

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.queries import common_passwords
from survey_app.staff.rules.passwords import flaw_label, flaw_of, normalised

# OWASP's first choice (46 MiB, one pass): about 40 ms on a quiet core, so that signing in stays under 400 ms on a
# small server that is busy.
_HASHER = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1)
# So that a crowd at the door takes 190 MB at most and leaves processors to others.
_AT_ONCE = threading.BoundedSemaphore(4)
_PATIENCE_SECONDS = 10
_PRODUCT = ("survey_app", "khảo sát hài lòng", "đánh giá dịch vụ công")
_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"


class WeakPassword(Refused):
    """The password is short, long or expected; the message says what to do."""


class TooManyAtOnce(Refused):
    """More people sign in at this moment than may be checked at once."""


def password_hash(password: str, *, context: tuple[str, ...] = ()) -> str:
    """Return the hash of a new password. `context` are the person's name and address, which a guesser knows.

    Raises
    ------
    WeakPassword
        See rules/passwords.py.
    """
    flaw = flaw_of(password, context=(*context, *_PRODUCT), common=common_passwords())
    if flaw is not None:
        raise WeakPassword(flaw_label(flaw))
    return hashed(password)


def hashed(password: str) -> str:
    """Return the hash of a password that is known to be good."""
    with _Turn():
        return _HASHER.hash(normalised(password))


def is_password(stored: str | None, password: str) -> bool:
    """Say whether `password` is the one of hash `stored`; without a hash it takes the same time and says no."""
    with _Turn():
        nobodys = _nobody()  # asked for in any case: the first unknown address must not take longer
        try:
            matches = _HASHER.verify(stored or nobodys, normalised(password))
        except (VerificationError, InvalidHashError):
            return False
    return matches and stored is not None


def is_outdated(stored: str) -> bool:
    """Say whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def random_password() -> str:
    """Return a password of 98 bits that can be read out and typed, such as `k7f2a-9qxmb-3trac-5wzpd`."""
    letters = [secrets.choice(_LETTERS) for _ in range(20)]
    return "-".join("".join(letters[start : start + 5]) for start in range(0, 20, 5))


@cache
def _nobody() -> str:
    """Return the hash of a password that nobody knows: checking it takes as long as checking anybody's."""
    return _HASHER.hash(secrets.token_urlsafe(32))


class _Turn:
    """Waits for one of the few places where passwords are hashed."""

    def __enter__(self) -> None:
        if not _AT_ONCE.acquire(timeout=_PATIENCE_SECONDS):
            raise TooManyAtOnce(_("Đang có rất nhiều người đăng nhập. Xin thử lại sau một phút."))

    def __exit__(self, *_error: object) -> None:
        _AT_ONCE.release()

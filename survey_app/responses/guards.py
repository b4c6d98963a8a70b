"""Who may submit: signed form tokens, receipts, and a short memory of networks that guess or flood."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from base64 import b32encode
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from itsdangerous import BadSignature, TimestampSigner

from survey_app.foundation.privacy import DailyNetworkHash
from survey_app.responses.rules.flags import BURST_COUNT, BURST_SECONDS, DUPLICATE_SECONDS, Flag

FORM_LIFETIME_SECONDS = 7 * 24 * 3600
MISSES_PER_MINUTE = 10
NETWORKS_REMEMBERED = 50_000


class ForgedToken(Exception):
    """The token was not made by this installation for this submission."""


@dataclass(frozen=True, slots=True)
class FormToken:
    """What a valid token says about the form it came with."""

    submission_id: str
    code: str
    campaign_id: int
    issued_at: datetime

    def age(self, now: datetime) -> float:
        """Return the seconds since the form was made."""
        return (now - self.issued_at).total_seconds()

    def is_stale(self, now: datetime) -> bool:
        """Say whether the form is so old that its submission id may have been forgotten."""
        return self.age(now) > FORM_LIFETIME_SECONDS


class FormSigner:
    """Makes and reads form tokens; they are signed, not stored, so showing a form writes nothing."""

    def __init__(self, secret_key: str) -> None:
        self._signer = TimestampSigner(secret_key, salt="survey form", digest_method=hashlib.sha256)
        self._receipts = hashlib.sha256(b"receipt" + secret_key.encode()).digest()

    def issue(self, code: str, campaign_id: int) -> tuple[str, str]:
        """Return a fresh (submission id, token) for the form of `code`."""
        submission_id = secrets.token_hex(16)
        signed = self._signer.sign(f"{submission_id}.{code}.{campaign_id}").decode()
        return submission_id, f"{campaign_id}.{signed.split('.', 3)[3]}"

    def read(self, submission_id: str, code: str, token: str) -> FormToken:
        """Return what `token` says.

        Raises
        ------
        ForgedToken
            It does not belong to this submission id and code.
        """
        campaign_id, _, rest = token.partition(".")
        signed = f"{submission_id}.{code}.{campaign_id}.{rest}"
        try:
            _, issued_at = self._signer.unsign(signed.encode("utf-8", "replace"), return_timestamp=True)
            return FormToken(submission_id, code, int(campaign_id), issued_at.astimezone(UTC))
        except (BadSignature, ValueError) as error:
            raise ForgedToken("forged form token") from error

    def receipt(self, submission_id: str) -> str:
        """Return the short receipt of a submission, such as `7K3F-9M2X`. It proves sending and opens nothing."""
        digest = hmac.digest(self._receipts, submission_id.encode(), "sha256")[:5]
        letters = b32encode(digest).decode().translate(_CROCKFORD)
        return f"{letters[:4]}-{letters[4:]}"


_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")


class NetworkWatch:
    """Remembers, in memory and for at most a day, what digests of networks did.

    It throttles guessing (unknown codes, forged tokens) and finds bursts and duplicates. It never sees an
    address twice under the same name on different days, and forgets the oldest networks first.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._hash = DailyNetworkHash()
        self._misses: OrderedDict[bytes, deque[float]] = OrderedDict()
        self._arrivals: OrderedDict[tuple[bytes, str], deque[float]] = OrderedDict()
        self._contents: OrderedDict[bytes, float] = OrderedDict()

    def network(self, address: str, now: datetime) -> bytes:
        """Return today's digest of a network address."""
        return self._hash.digest(address, now.date())

    def is_guessing(self, network: bytes) -> bool:
        """Say whether `network` missed so often in the last minute that it has to wait."""
        with self._lock:
            return len(self._recent(self._misses, network, 60.0)) >= MISSES_PER_MINUTE

    def miss(self, network: bytes) -> None:
        """Count an unknown code or a forged token."""
        with self._lock:
            self._recent(self._misses, network, 60.0).append(self._clock())

    def observe(self, network: bytes, code: str, contents: bytes) -> frozenset[Flag]:
        """Count a submission and return what is suspicious about its arrival."""
        digest = hashlib.blake2b(network + code.encode() + contents, digest_size=16).digest()
        now = self._clock()
        flags = set()
        with self._lock:
            arrivals = self._recent(self._arrivals, (network, code), BURST_SECONDS)
            arrivals.append(now)
            if len(arrivals) >= BURST_COUNT:
                flags.add(Flag.BURST)
            if now - self._contents.get(digest, -float("inf")) < DUPLICATE_SECONDS:
                flags.add(Flag.DUPLICATE)
            self._contents[digest] = now
            self._contents.move_to_end(digest)
            _forget(self._contents)
        return frozenset(flags)

    def _recent(self, memory: OrderedDict[Any, deque[float]], key: Any, seconds: float) -> deque[float]:
        # Only the latest few decide, so the deque is short however many requests come.
        events = memory.setdefault(key, deque(maxlen=MISSES_PER_MINUTE))
        memory.move_to_end(key)
        _forget(memory)
        oldest = self._clock() - seconds
        while events and events[0] <= oldest:
            events.popleft()
        return events


def _forget(memory: OrderedDict[Any, Any]) -> None:
    while len(memory) > NETWORKS_REMEMBERED:
        memory.popitem(last=False)

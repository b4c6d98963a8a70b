"""Who may submit: signed form tokens, receipts, and a short memory of networks that guess or flood."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import threading
import time
from base64 import b32encode
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from survey_app.foundation.clock import local_date
from survey_app.foundation.privacy import DailyNetworkHash, network_of
from survey_app.responses.rules.answers import Answers
from survey_app.responses.rules.flags import BURST_COUNT, BURST_SECONDS, Flag, duplicate_seconds

FORM_LIFETIME_SECONDS = 7 * 24 * 3600
MISSES_PER_MINUTE = 10
NETWORKS_REMEMBERED = 50_000
WEB, KIOSK = "web", "kiosk"
_LETTERS = {WEB: "", KIOSK: "k"}
_INSTRUMENTS = {letter: instrument for instrument, letter in _LETTERS.items()}


class ForgedToken(Exception):
    """The token was not made by this installation for this submission."""


@dataclass(frozen=True, slots=True)
class FormToken:
    """What a valid token says about the form it came with.

    `instrument` is `web` or `kiosk`; `rehearsal_id` is of the rehearsal the form was shown in, None for a real one.
    """

    submission_id: str
    code: str
    campaign_id: int
    issued_at: datetime
    instrument: str = WEB
    rehearsal_id: int | None = None

    def age(self, now: datetime) -> float:
        """Return the seconds since the form was made."""
        return (now - self.issued_at).total_seconds()

    def is_stale(self, now: datetime) -> bool:
        """Say whether the form is so old that its submission id may have been forgotten."""
        return self.age(now) > FORM_LIFETIME_SECONDS


class FormSigner:
    """Makes and reads form tokens; they are signed, not stored, so showing a form writes nothing."""

    def __init__(self, secret_key: str) -> None:
        self._tokens = hashlib.sha256(b"form token" + secret_key.encode()).digest()
        self._receipts = hashlib.sha256(b"receipt" + secret_key.encode()).digest()

    def issue(
        self,
        code: str,
        campaign_id: int,
        issued_at: datetime,
        *,
        instrument: str = WEB,
        rehearsal_id: int | None = None,
    ) -> tuple[str, str]:
        """Return a fresh (submission id, token) for the form of `code`.

        What stands before the first dot tells forms of the web, of kiosks and of rehearsals apart: a browser never
        puts answers that it kept of one into another.
        """
        submission_id = secrets.token_hex(16)
        rehearsal = "" if rehearsal_id is None else f"r{rehearsal_id}"
        contents = f"{campaign_id}{_LETTERS[instrument]}{rehearsal}.{int(issued_at.timestamp())}"
        return submission_id, f"{contents}.{self._sign(submission_id, code, contents)}"

    def read(self, submission_id: str, code: str, token: str) -> FormToken:
        """Return what `token` says. Only the exact spelling that was issued is taken.

        Raises
        ------
        ForgedToken
            It does not belong to this submission id and code.
        """
        found = _TOKEN.fullmatch(token)
        if found is None or not _SUBMISSION_ID.fullmatch(submission_id):
            raise ForgedToken("malformed form token")
        if not hmac.compare_digest(found["signature"], self._sign(submission_id, code, found["contents"])):
            raise ForgedToken("forged form token")
        return FormToken(
            submission_id=submission_id,
            code=code,
            campaign_id=int(found["campaign"]),
            issued_at=datetime.fromtimestamp(int(found["issued_at"]), UTC),
            instrument=_INSTRUMENTS[found["letter"]],
            rehearsal_id=int(found["rehearsal"]) if found["rehearsal"] else None,
        )

    def _sign(self, submission_id: str, code: str, contents: str) -> str:
        return hmac.digest(self._tokens, f"{submission_id}.{code}.{contents}".encode(), "sha256").hex()

    def receipt(self, submission_id: str) -> str:
        """Return the short receipt of a submission, such as `7K3F-9M2X`. It proves sending and opens nothing."""
        digest = hmac.digest(self._receipts, submission_id.encode(), "sha256")[:5]
        letters = b32encode(digest).decode().translate(_CROCKFORD)
        return f"{letters[:4]}-{letters[4:]}"


_TOKEN = re.compile(
    r"(?P<contents>(?P<campaign>[0-9]{1,18})(?P<letter>k?)(?:r(?P<rehearsal>[0-9]{1,18}))?"
    r"\.(?P<issued_at>[0-9]{1,12}))\.(?P<signature>[0-9a-f]{64})",
    re.ASCII,
)
_SUBMISSION_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
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
        self._misses: OrderedDict[bytes, deque[tuple[float, str]]] = OrderedDict()
        self._arrivals: OrderedDict[bytes, deque[tuple[float, str]]] = OrderedDict()
        self._contents: OrderedDict[bytes, tuple[float, str]] = OrderedDict()

    def network(self, address: str, now: datetime) -> bytes:
        """Return today's digest of the network of an address."""
        return self._hash.digest(network_of(address), local_date(now))

    def is_guessing(self, network: bytes) -> bool:
        """Say whether `network` missed so often in the last minute that it has to wait."""
        with self._lock:
            return len(self._recent(self._misses, network, 60.0)) >= MISSES_PER_MINUTE

    def miss(self, network: bytes) -> None:
        """Count an unknown code or a forged token."""
        with self._lock:
            self._recent(self._misses, network, 60.0).append((self._clock(), ""))

    def observe(self, network: bytes, code: str, answers: Answers, submission_id: str) -> frozenset[Flag]:
        """Count a submission and return what is suspicious about its arrival.

        The same submission sent again (a double tap, a retry after an outage) is one arrival and no duplicate.
        """
        place = network + code.encode()
        contents = json.dumps(answers, sort_keys=True).encode()
        digest = hashlib.blake2b(place + contents, digest_size=16).digest()
        now = self._clock()
        with self._lock:
            arrivals = self._recent(self._arrivals, place, BURST_SECONDS)
            if all(known != submission_id for _, known in arrivals):
                arrivals.append((now, submission_id))
            flags = {Flag.BURST} if len(arrivals) >= BURST_COUNT else set()
            seen, by = self._contents.get(digest, (-float("inf"), submission_id))
            if by != submission_id and now - seen < duplicate_seconds(answers):
                flags.add(Flag.DUPLICATE)
            self._contents[digest] = now, submission_id
            self._contents.move_to_end(digest)
            _forget(self._contents)
        return frozenset(flags)

    def _recent(
        self, memory: OrderedDict[bytes, deque[tuple[float, str]]], key: bytes, seconds: float
    ) -> deque[tuple[float, str]]:
        # Only the latest few decide, so the deque is short however many requests come.
        events = memory.setdefault(key, deque(maxlen=MISSES_PER_MINUTE))
        memory.move_to_end(key)
        _forget(memory)
        oldest = self._clock() - seconds
        while events and events[0][0] <= oldest:
            events.popleft()
        return events


def _forget(memory: OrderedDict[bytes, Any]) -> None:
    while len(memory) > NETWORKS_REMEMBERED:
        memory.popitem(last=False)

"""Slows down who guesses codes or floods the form; remembers digests in memory, for a minute. PINs: operations.pins."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import datetime, timedelta

from survey_app.foundation.clock import local_date
from survey_app.foundation.privacy import DailyNetworkHash, network_of

KEYS_REMEMBERED = 50_000


class Throttle:
    """Allows `most` events of one key within `lasts`. The oldest keys are forgotten first."""

    def __init__(self, most: int, lasts: timedelta, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._clock = most, lasts.total_seconds(), clock
        self._lock = threading.Lock()
        self._events: OrderedDict[bytes, deque[float]] = OrderedDict()

    def is_over(self, key: bytes) -> bool:
        """Say whether `key` used up what it is allowed and has to wait."""
        with self._lock:
            return len(self._recent(key)) >= self._most

    def count(self, key: bytes) -> None:
        """Count one event of `key`."""
        with self._lock:
            if key not in self._events:
                self._events[key] = deque(maxlen=self._most)
            self._recent(key).append(self._clock())
            self._events.move_to_end(key)
            while len(self._events) > KEYS_REMEMBERED:
                self._events.popitem(last=False)

    def _recent(self, key: bytes) -> deque[float]:
        events = self._events.get(key, deque(maxlen=self._most))
        oldest = self._clock() - self._seconds
        while events and events[0] <= oldest:
            events.popleft()
        return events


class Watch:
    """What the public doors count: unknown codes, wrong PINs and sent forms by network, in each process by itself.

    Networks are digests with a salt of the day (`DailyNetworkHash`), so no address is kept. Many people share the
    address of a mobile network: its limits are of a minute.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._hash = DailyNetworkHash()
        self.unknown_codes = Throttle(10, timedelta(minutes=1), clock)
        self.sent_forms = Throttle(20, timedelta(minutes=1), clock)

    def network(self, address: str, now: datetime) -> bytes:
        """Return today's digest of the network of an address."""
        return self._hash.digest(network_of(address), local_date(now))

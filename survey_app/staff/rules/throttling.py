"""How long somebody who guesses has to wait, and why nobody else waits with them.

The design follows the device cookies of OWASP ("Slow Down Online Guessing Attacks with Device Cookies") and NIST
SP 800-63B-4, 3.2.2. There is no lock on an account: a lock is a weapon in the hands of whoever knows an address.

- A browser that signed in to the account before carries a signed cookie. It is counted alone, so what strangers do
  cannot slow it down; a stolen cookie buys ten tries and then waits like everybody.
- Any other browser is counted by account and network together. After a few free tries each wait is twice the last,
  up to an hour. A network that did not fail on this account may always try.
- A network that fails on many accounts (one password tried on all of them) waits as a whole, at most five minutes.
- An account that fails from many networks gives each strange network one free try instead of five.

Counters leak, so an old mistake is forgiven; a success forgives at once. Unknown accounts are counted in the same
way, so a wait says nothing about whether an account exists. Keys are keyed hashes and rows live for a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

KEPT_FOR = timedelta(days=1)
COUNTED_AT_MOST = 200
UNDER_ATTACK = 50
FREE_UNDER_ATTACK = 1


class Counter(StrEnum):
    """What is counted together."""

    DEVICE = "device"
    PAIR = "pair"
    NETWORK = "network"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Limit:
    """Tries before the first wait, the longest wait, and the time in which one failure is forgiven."""

    free: int
    longest: timedelta
    leak: timedelta


LIMITS = {
    Counter.DEVICE: Limit(10, timedelta(hours=1), timedelta(hours=1)),
    Counter.PAIR: Limit(5, timedelta(hours=1), timedelta(hours=1)),
    Counter.NETWORK: Limit(30, timedelta(minutes=5), timedelta(minutes=2)),
    Counter.ACCOUNT: Limit(UNDER_ATTACK, timedelta(0), timedelta(minutes=30)),
}


@dataclass(frozen=True, slots=True)
class Failures:
    """Failures counted so far, and the last one."""

    count: int
    last_at: datetime


def left_of(failures: Failures, counter: Counter, now: datetime) -> int:
    """Return how many failures are not yet forgiven at `now`."""
    forgiven = max(timedelta(0), now - failures.last_at) // LIMITS[counter].leak
    return max(0, failures.count - forgiven)


def seconds_to_wait(failures: Mapping[Counter, Failures], now: datetime) -> int:
    """Return how many seconds are left until the next try is looked at; 0 lets it pass at once.

    The account's own counter makes nobody wait: it only takes free tries from networks that failed already.
    """
    account = failures.get(Counter.ACCOUNT)
    attacked = account is not None and left_of(account, Counter.ACCOUNT, now) >= UNDER_ATTACK
    waits = [
        _wait(found, counter, FREE_UNDER_ATTACK if attacked and counter is Counter.PAIR else None, now)
        for counter, found in failures.items()
        if counter is not Counter.ACCOUNT
    ]
    return max(waits, default=0)


def _wait(failures: Failures, counter: Counter, free: int | None, now: datetime) -> int:
    limit = LIMITS[counter]
    over = left_of(failures, counter, now) - (limit.free if free is None else free)
    if over < 0:
        return 0
    wait = min(timedelta(seconds=2 ** min(over, 20)), limit.longest)
    return max(0, ceil((failures.last_at + wait - now).total_seconds()))

"""How fast one sender may send, and when a message that could not be sent is tried again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

MOST_SEGMENTS = 10
"""Longest message, in segments: Twilio and eSMS refuse longer ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Segments that one sender may send: per second in the long run, and at once after a rest.

    Ten a second is Twilio's rate for alphanumeric senders (Twilio support 360057082693); other carriers name
    theirs in the contract, so it is a setting of each sender.

    Raises
    ------
    ValueError
        A rate or a burst that nothing could ever be sent with.
    """

    segments_per_second: float = 10
    burst: int = 10

    def __post_init__(self) -> None:
        if not (0 < self.segments_per_second < math.inf and self.burst >= 1):
            raise ValueError("A pace needs a positive, finite rate and a burst of at least one segment.")

    @property
    def interval(self) -> timedelta:
        """Time that one segment takes, rounded up so that the rate is never exceeded."""
        return timedelta(microseconds=math.ceil(1_000_000 / self.segments_per_second))


@dataclass(frozen=True, slots=True)
class Bucket:
    """State of a token bucket as one instant: when it is, or was, full again.

    This is the virtual scheduling form of the algorithm (ITU-T I.371, A): the tokens at any time are the burst
    less the segments that would still be flowing back, so one column stores it and no fraction is lost.
    """

    full_at: datetime


def take(bucket: Bucket, pace: Pace, segments: int, now: datetime) -> tuple[Bucket, timedelta]:
    """Take tokens for one message; return the new state and how long to wait, zero if it may go now.

    Nothing is taken when there is something to wait for. A message of more segments than the burst goes once
    the bucket is full, and the next ones pay for it. A clock that was set back costs no more than a full bucket.

    Raises
    ------
    ValueError
        `segments` is not between 1 and `MOST_SEGMENTS`.
    """
    if not 1 <= segments <= MOST_SEGMENTS:
        raise ValueError("A message has between 1 and 10 segments.")
    longest = max(pace.burst, MOST_SEGMENTS) * pace.interval
    begins = min(max(bucket.full_at, now), now + longest)
    full_at = begins + segments * pace.interval
    wait = full_at - now - max(pace.burst, segments) * pace.interval
    return (Bucket(begins), wait) if wait > timedelta() else (Bucket(full_at), timedelta())


class RandomSource(Protocol):
    """What draws waiting times: `random.SystemRandom()`, or a seeded `random.Random` in tests."""

    def uniform(self, a: float, b: float, /) -> float:
        """Return a number between `a` and `b`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPlan:
    """How long to wait after a failure: doubled from `first` up to `longest`, for no more than `within` in all."""

    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(hours=1)
    within: timedelta = timedelta(hours=24)

    def ceiling(self, failures: int) -> timedelta:
        """Return the longest wait after so many failures in a row (at least one)."""
        doublings = min(failures - 1, 30)  # enough for any plan, and far from the end of `timedelta`
        return min(self.longest, self.first * (1 << doublings))


DEFAULT_RETRIES = RetryPlan()


def next_try(
    failures: int,
    *,
    first_tried_at: datetime,
    now: datetime,
    rng: RandomSource,
    asked_to_wait: timedelta | None = None,
    plan: RetryPlan = DEFAULT_RETRIES,
) -> datetime | None:
    """Return when to try again after `failures` tries; None: give the message up.

    The wait is drawn evenly between nothing and its ceiling ("full jitter", Brooker 2015, AWS Architecture Blog,
    "Exponential Backoff And Jitter"), and added to what the carrier asked for, so that after an outage the
    waiting messages do not all come back at once.
    """
    drawn = timedelta(seconds=rng.uniform(0, plan.ceiling(failures).total_seconds()))
    at = now + (asked_to_wait or timedelta()) + drawn
    return at if at <= first_tried_at + plan.within else None

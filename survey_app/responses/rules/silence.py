"""When a counter is suspiciously silent: far fewer responses than it usually has.

A counter's responses on its usual days are taken as the rate of a Poisson process. The alarm is raised when so few
responses, or fewer, would come in with a probability below 1 % if nothing had changed. Working days are Monday to
Friday; public holidays are not known, so the days after one need a second look.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, fsum, lgamma, log

RECENT_DAYS = 3
USUAL_DAYS = 20
FEWEST_USUAL_DAYS = 5
PROBABILITY = 0.01
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Window:
    """The working days that are compared: the `recent` ones and the `usual` ones before them, in order."""

    recent: tuple[date, ...]
    usual: tuple[date, ...]


def window_before(day: date) -> Window:
    """Return the working days before `day`: the last 3, and the 20 before those."""
    days = working_days_before(day, RECENT_DAYS + USUAL_DAYS)
    return Window(days[USUAL_DAYS:], days[:USUAL_DAYS])


def working_days_before(day: date, count: int) -> tuple[date, ...]:
    """Return the last `count` days from Monday to Friday before `day`, the earliest first."""
    found: list[date] = []
    while len(found) < count:
        day -= timedelta(days=1)
        if day.weekday() < _SATURDAY:
            found.append(day)
    return tuple(reversed(found))


def usual_days(window: Window, since: date) -> int:
    """Return for how many of the usual days a campaign that began on `since` says something."""
    return sum(day >= since for day in window.usual)


def expected_responses(usual: int, days: int) -> float:
    """Return how many responses 3 days bring where `days` usual days brought `usual`."""
    return RECENT_DAYS * usual / days if days else 0.0


def is_silent(recent: int, usual: int, days: int) -> bool:
    """Say whether `recent` responses in 3 days are too few for a counter that had `usual` in `days` days.

    Without 5 usual days to compare with nobody can tell. A counter that usually has fewer than about one and a half
    responses a day is never silent: three days without any are no surprise there.
    """
    if days < FEWEST_USUAL_DAYS:
        return False
    expected = expected_responses(usual, days)
    return recent < expected and poisson_at_most(recent, expected) < PROBABILITY


def poisson_at_most(count: int, expected: float) -> float:
    """Return the probability of at most `count` events where `expected` (above 0) come on average."""
    return fsum(exp(one * log(expected) - expected - lgamma(one + 1)) for one in range(count + 1))

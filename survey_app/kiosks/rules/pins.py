"""PINs that let staff out of kiosk mode: what is too easy, and how long wrong ones have to wait."""

from __future__ import annotations

import re
from itertools import pairwise

PIN_LENGTH = 6
TRIES_AT_ONCE = 5
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 60, 900
"""Five tries, then a minute, doubled up to a quarter of an hour: some 100 tries a day against 1,000,000 PINs."""

_PIN = re.compile(rf"[0-9]{{{PIN_LENGTH}}}", re.ASCII)


def is_pin(text: str) -> bool:
    """Say whether `text` has the form of a PIN: six digits."""
    return _PIN.fullmatch(text) is not None


def is_easy(pin: str) -> bool:
    """Say whether anybody would try this PIN first: a run such as 123456, or fewer than three different digits."""
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return len(set(pin)) < 3 or steps in ({1}, {-1})


def wait_seconds(failures: int) -> int:
    """Return how long the next try has to wait after so many wrong ones in a row."""
    if failures < TRIES_AT_ONCE:
        return 0
    doubled = FIRST_WAIT_SECONDS << min(failures - TRIES_AT_ONCE, 10)
    return min(doubled, LONGEST_WAIT_SECONDS)

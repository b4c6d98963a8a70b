"""Public holidays of Việt Nam (Bộ luật Lao động 2019 Đ112) with their swapped days, as the library `holidays` has them.

Tết of a far year is an estimate, and days swapped by a yearly decision are known only once they were announced:
what an agency enters in its own calendar goes before this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class StateYear:
    """Days off by name, and the weekend days that are worked in exchange."""

    off: Mapping[date, str]
    worked: frozenset[date]


@lru_cache(maxsize=64)
def state_year(year: int) -> StateYear:
    """Return the holidays of `year`, observed and swapped days included; names are Vietnamese."""
    # Its tables of many countries need not be read by who never asks for a deadline.
    from holidays import country_holidays  # noqa: PLC0415

    # A day may be exchanged across New Year: 5/1/2019 was worked for 31/12/2018.
    found = country_holidays("VN", years=range(year - 1, year + 2), language="vi")
    off = {day: name for day, name in sorted(found.items()) if day.year == year}
    return StateYear(off, frozenset(day for day in found.weekend_workdays if day.year == year))

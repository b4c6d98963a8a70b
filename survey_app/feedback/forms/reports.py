"""What a report is asked for, from the query string: nothing in it is refused, what makes no sense is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from survey_app.feedback.rules.reports import Grouping, Period, quarter, quarters_until

QUARTERS_OFFERED = 12
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """Period, grouping, unit as typed, and field; `field` None means all."""

    period: Period
    grouping: Grouping
    unit: str
    field: str | None

    @property
    def quarter(self) -> str:
        """The quarter as the form names it, "" for other days."""
        return quarter_name(self.period) if self.period.quarter else ""

    def query(self) -> str:
        """Return the query string that reads as this."""
        days = {"since": self.period.since.isoformat(), "until": self.period.last_day.isoformat()}
        words = {"by": str(self.grouping), "unit": self.unit, "field": self.field or ""}
        return urlencode(days | {name: word for name, word in words.items() if word})


def quarter_name(period: Period) -> str:
    """Return `2026-3` for the third quarter of 2026."""
    return f"{period.since.year}-{period.quarter}"


def asked_report(arguments: Mapping[str, str], *, today: date) -> Asked:
    """Read what is asked for; the last whole quarter where no period is named."""
    return Asked(
        period=_period(arguments, today),
        grouping=Grouping.UNIT if arguments.get("by") == Grouping.UNIT else Grouping.FIELD,
        unit=_line(arguments.get("unit")),
        field=_line(arguments.get("field"))[:60] or None,
    )


def _period(arguments: Mapping[str, str], today: date) -> Period:
    named = re.fullmatch(r"(20\d\d)-([1-4])", arguments.get("quarter", ""))
    if named:
        return quarter(int(named[1]), int(named[2]))
    since, last = _day(arguments.get("since")), _day(arguments.get("until"))
    if since and last and since <= last:
        return Period(since, date.fromordinal(last.toordinal() + 1))
    return quarters_until(today, 2)[1]


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def _line(text: str | None) -> str:
    return " ".join((text or "").replace("\0", " ").split())[:_LONGEST]

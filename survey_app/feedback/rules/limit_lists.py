"""Reads the list of limits that ships with the product."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from io import StringIO

from survey_app.feedback.rules.limits import CountedFrom, Duty, Limit, TimeUnit


def read_limits(text: str) -> tuple[Limit, ...]:
    """Return the limits of a CSV file, one a record, in its order."""
    return tuple(_limit(row) for row in csv.DictReader(StringIO(text)))


def _limit(row: Mapping[str, str]) -> Limit:
    return Limit(
        kind=row["kind"],
        duty=Duty(row["duty"]),
        amount=int(row["amount"]),
        longest=int(row["longest"]) if row["longest"] else None,
        time_unit=TimeUnit(row["time_unit"]),
        counted_from=CountedFrom(row["counted_from"]),
        legal_basis=row["legal_basis"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        verified=row["verified"] == "yes",
        is_own_default=row["own_default"] == "yes",
    )

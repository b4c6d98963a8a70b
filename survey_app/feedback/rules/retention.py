"""What is kept how long, for which purpose and why it goes then: one row a class of data.

The days themselves are settings of each desk (`DeskSettings.contact_kept_days` and the like) and were written into
every record when it was made; how long an agency must keep its files is decided by the law on archives.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Record(StrEnum):
    """A class of data that is purged by itself; the name a report of the purge uses."""

    CONTACTS = "contacts"
    CASES = "cases"
    GRIEVANCES = "grievances"
    REQUESTS = "requests"


REQUEST_KEPT_DAYS = 730
"""Days after its end that the name of who asked for his or her data is kept, as proof; a default of the product."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What goes, when, and on which ground; English, as commands speak."""

    record: Record
    what: str
    when: str
    ground: str


_ENOUGH = "Luật 91/2025/QH15 Đ3: kept only as long as the purpose needs"

RULES: tuple[Rule, ...] = (
    Rule(
        Record.CONTACTS,
        "name, telephone, e-mail and address of the sender, and the hash of the telephone",
        "on the contact's date (contact_kept_days after it came), once the case is over",
        _ENOUGH,
    ),
    Rule(
        Record.CASES,
        "words, answers, public copy, notes, files, consents and contact; dates and steps stay for reports",
        "on the case's date (case_kept_days after it came), once the case is over",
        f"{_ENOUGH}; Đ14: deleted or made unidentifiable",
    ),
    Rule(
        Record.GRIEVANCES,
        "khiếu nại and tố cáo whole, with files, record and clocks",
        "on its date (grievance_kept_days after it came), once it is over",
        _ENOUGH,
    ),
    Rule(
        Record.REQUESTS,
        "who asked for his or her data",
        f"{REQUEST_KEPT_DAYS} days after the request was completed or refused",
        _ENOUGH,
    ),
)


def digest_of(purged: Mapping[Record, Sequence[int]]) -> str:
    """Return the SHA-256 of what was purged, by record and number: two reports can be compared, nobody is named."""
    named = {str(record): sorted(ids) for record, ids in purged.items() if ids}
    return hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()

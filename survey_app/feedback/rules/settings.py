"""What a unit may set for its desk; every default that law leaves open is named here as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from survey_app.feedback.rules.kinds import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSettings:
    """The settings of a desk. Stored by unit path; the nearest upwards counts, these defaults otherwise.

    `two_people`: who drafted an answer may not approve it. `receiving_path`: cases for this unit are taken in by
    that unit's desk ("" = by itself). `contact_required`: kinds that need name and telephone or address
    (NĐ 20/2008/NĐ-CP Đ7). `pauses_while_waiting` and `day_of_receipt_counts` are open in law: local rules decide.
    `notice_gateway` "" = nothing is sent to telephones.
    """

    receiving_path: str = ""
    contact_required: tuple[Kind, ...] = (Kind.PETITION,)
    two_people: bool = True
    reopen_days: int = 15
    reopen_times: int = 1
    pauses_while_waiting: bool = True
    longest_pause_working_days: int = 15
    day_of_receipt_counts: bool = False
    close_after_days: int = 15
    escalate_to: tuple[str, ...] = ("approver", "leader")
    contact_kept_days: int = 730
    case_kept_days: int = 3650
    grievance_kept_days: int = 3650
    notice_medium: str = "sms"
    notice_gateway: str = "simulator"
    notice_sender: str = ""
    phone: str = ""


def upwards(unit_path: str) -> tuple[str, ...]:
    """Return the paths whose entries count for a unit, the nearest first: ("04/01273", "04", "")."""
    codes = unit_path.split("/") if unit_path else []
    return *("/".join(codes[:length]) for length in range(len(codes), 0, -1)), ""


def read_settings(values: Mapping[str, Any]) -> DeskSettings:
    """Return the settings as they were stored; what this version does not know is left out."""
    known = {field.name for field in fields(DeskSettings)}
    kept = {name: _several(value) for name, value in values.items() if name in known}
    if "contact_required" in kept:
        kept["contact_required"] = tuple(Kind(kind) for kind in kept["contact_required"])
    return DeskSettings(**kept)


def write_settings(settings: DeskSettings) -> dict[str, Any]:
    """Return the settings as `read_settings` reads them, all of them: later defaults change no stored desk."""
    values = asdict(settings)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _several(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value

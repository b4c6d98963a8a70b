"""To whom a citizen writes: the unit behind a counter's code, one by its code, or those that words may mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey_app.offices.models import Unit
from survey_app.offices.queries import entry_point, find_unit, names_by_path, units_meant
from survey_app.offices.rules import normalise_code

MOST_SUGGESTED = 8


@dataclass(frozen=True, slots=True)
class Addressee:
    """A unit as the sender sees it; `place` is the counter whose code led here."""

    code: str
    path: str
    name: str
    place: str = ""


def addressee_at(session: Session, typed: str) -> Addressee | None:
    """Return the unit of the counter with this public code, None for a code that leads to none."""
    code = normalise_code(typed)
    entry = entry_point(session, code) if code else None
    if entry is None or entry.unit_path is None:
        return None
    place = ", ".join(part for part in (entry.service_point_name, entry.office_name) if part)
    unit_code = entry.unit_path.rsplit("/", 1)[-1]
    return Addressee(
        unit_code, entry.unit_path, names_by_path(session, [entry.unit_path])[entry.unit_path], place
    )


def addressee_of(session: Session, code: str) -> Addressee | None:
    """Return the living unit with this code, such as `01273`."""
    unit = find_unit(session, code) if code else None
    if unit is None or unit.valid_to is not None:
        return None
    return next(iter(_named(session, [unit])))


def addressees_meant(session: Session, typed: str, *, inside: Sequence[str] = ("",)) -> list[Addressee]:
    """Return the living units that `typed` may mean, best first, inside the paths `inside`."""
    if not typed.strip():
        return []
    return list(_named(session, units_meant(session, typed, inside=inside)[:MOST_SUGGESTED]))


def _named(session: Session, units: list[Unit]) -> Iterable[Addressee]:
    names = names_by_path(session, [unit.path for unit in units])
    return (Addressee(unit.code, unit.path, names[unit.path]) for unit in units)

"""The unit whose rules a page shows: `?unit=` is its path, "" stands for all units."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, request, url_for
from sqlalchemy.orm import Session

from survey_app.foundation.database import read
from survey_app.foundation.languages import gettext as _
from survey_app.offices.queries import names_by_path, units_meant, units_on_path
from survey_app.staff.guards import require_unit, scopes_here

Crumbs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class RulesUnit:
    """The unit whose rules are looked at, and what people call it."""

    path: str
    name: str


def unit_here() -> RulesUnit:
    """Return the unit that the address or the form names, else the outermost of the person's; 404 for another's."""
    path = request.values.get("unit", scopes_here()[0])
    require_unit(path)
    with read() as session:
        return RulesUnit(path, _name(session, path))


def _name(session: Session, path: str) -> str:
    if not path:
        return _("Mọi đơn vị")
    units = units_on_path(session, path)
    if not units or units[-1].path != path:
        abort(404)
    return names_by_path(session, [path])[path]


def path_name(session: Session, path: str) -> str:
    """Return how the unit of an entry is called."""
    return names_by_path(session, [path])[path] or path if path else _("Mọi đơn vị")


def units_found(words: str) -> list[RulesUnit]:
    """Return the person's units that a name or code may mean."""
    if not words.strip():
        return []
    with read() as session:
        paths = [unit.path for unit in units_meant(session, words[:100], inside=scopes_here())]
        names = names_by_path(session, paths)
    return [RulesUnit(path, names[path]) for path in paths]


def rules_crumbs(unit: RulesUnit) -> Crumbs:
    """Return the way to a page about the rules of `unit`."""
    overview = url_for("feedback.rules.overview", unit=unit.path)
    return [(overview, _("Quy định của bàn xử lý"))]

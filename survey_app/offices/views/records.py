"""The unit, office or counter that an address names: found and within the person's reach, else 404."""

from __future__ import annotations

from datetime import date

from flask import abort, current_app, request
from sqlalchemy.orm import Session

from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read
from survey_app.foundation.languages import gettext as _
from survey_app.offices.documents.qr import is_for_this_computer_only
from survey_app.offices.forms import UnitForm
from survey_app.offices.models import Unit
from survey_app.offices.queries import (
    OfficeLine,
    PointLine,
    find_unit,
    names_by_path,
    office_line,
    point_line,
    units_inside,
    units_meant,
)
from survey_app.staff.guards import require_unit, scopes_here

Crumbs = list[tuple[str, str]]
_MOST_SUGGESTED = 300


def unit_here(code: str) -> Unit:
    """Return the unit with this code."""
    with read() as session:
        unit = find_unit(session, code)
    if unit is None:
        abort(404)
    require_unit(unit.path)
    return unit


def office_here(code: str) -> OfficeLine:
    """Return the office with this code."""
    with read() as session:
        office = office_line(session, code)
    if office is None:
        abort(404)
    require_unit(office.unit_path)
    return office


def counter_here(office: str, number: int) -> PointLine:
    """Return the counter with this id if it stands in the office with this code."""
    with read() as session:
        point = point_line(session, number) if number < 2**31 else None
    if point is None or point.office_code != office:
        abort(404)
    require_unit(point.unit_path)
    return point


def unit_asked(form: UnitForm) -> Unit | None:
    """Return the unit meant by a form that was sent; None leaves the question on the form."""
    with read() as session:
        found = units_meant(session, form.unit.data or "", inside=scopes_here())
        names = names_by_path(session, [unit.path for unit in found])
    return form.chosen(found, names)


def unit_suggestions(session: Session) -> list[str]:
    """Return what can be typed into a unit field, unless the person's units are too many for a list."""
    units = units_inside(session, inside=scopes_here(), limit=_MOST_SUGGESTED + 1)
    return [] if len(units) > _MOST_SUGGESTED else [unit_words(unit) for unit in units]


def unit_words(unit: Unit) -> str:
    """Return a unit as a unit field shows and reads it: `Phường Thục Phán (01273)`."""
    return f"{unit.name} ({unit.code})"


def crumbs_to_list() -> Crumbs:
    """Return the way to the list of offices."""
    return [("/offices", _("Đơn vị và quầy"))]


def crumbs_to_office(code: str, name: str) -> Crumbs:
    """Return the way to the page of an office."""
    return [*crumbs_to_list(), (f"/offices/{code}", name)]


def crumbs_to_counter(point: PointLine) -> Crumbs:
    """Return the way to the page of a counter."""
    return [*crumbs_to_office(point.office_code, point.office_name), (counter_address(point), point.sign)]


def counter_address(point: PointLine) -> str:
    """Return the address of a counter's page."""
    return f"/offices/{point.office_code}/counters/{point.service_point_id}"


def public_url() -> str:
    """Return the address of the installation as citizens reach it."""
    url: str = current_app.config["SETTINGS"].public_url
    return url


def is_local_only() -> bool:
    """Say whether codes printed now would lead nobody but this computer anywhere."""
    return is_for_this_computer_only(public_url())


def searched() -> str:
    """Return the words searched for, cut to what a name may be."""
    return " ".join(request.args.get("q", "")[:200].split())


def local_today() -> date:
    """Return the date in Việt Nam."""
    return local_date(now())

"""What a person of scope sees: units and one-stop offices, with a search that needs no accents."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request
from sqlalchemy.orm import Session

from survey_app.foundation.database import read
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paging import page_number
from survey_app.offices.models import Unit
from survey_app.offices.queries import (
    departments_of,
    names_by_path,
    names_of_unit,
    office_lines,
    search_units,
    unit_exists,
    units_inside,
    units_meant,
    units_on_path,
)
from survey_app.offices.rules import UnitKind
from survey_app.offices.views.records import crumbs_to_list, searched, unit_here, unit_words
from survey_app.staff.guards import requires, scopes_here, staff_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("lists", __name__)
_UNITS_SHOWN = 12


@blueprint.get("/offices")
@requires(Action.VIEW_OFFICES)
def office_list() -> str:
    """List the offices of the person's units, those that a search finds first; lead a new installation on."""
    text, page = searched(), page_number(request.args.get("page"))
    closed_too = request.args.get("closed") == "1"
    with read() as session:
        offices = office_lines(session, inside=scopes_here(), page=page, text=text, closed_too=closed_too)
        units = _units(text, session) if page == 1 else []
        names = names_by_path(session, [unit.path for unit in units])
        anything = bool(offices.items) or unit_exists(session)
    return render_template(
        "offices/list.html",
        offices=offices,
        units=units,
        names=names,
        text=text,
        closed_too=closed_too,
        anything=anything,
        may=_permissions(),
    )


def _units(text: str, session: Session) -> list[Unit]:
    """Return units that the words find; without words the person's own, if they are few."""
    if text:
        return search_units(session, text, inside=scopes_here(), limit=_UNITS_SHOWN)
    own = [scope for scope in scopes_here() if scope]
    return units_inside(session, inside=own, limit=1) if len(own) == 1 else []


def _permissions() -> dict[str, bool]:
    """Return what the person may do in some unit, so that pages offer nothing that would be refused."""
    staff = staff_here()
    return {
        "manage": staff.may_somewhere(Action.MANAGE_OFFICES),
        "posters": staff.may_somewhere(Action.PRINT_POSTERS),
        "check": staff.may_somewhere(Action.CHECK_QR),
    }


@blueprint.get("/offices/units/<code>")
@requires(Action.VIEW_OFFICES)
def show_unit(code: str) -> str:
    """Show a unit with its departments, its offices and those below it."""
    unit = unit_here(code)
    page = page_number(request.args.get("page"))
    with read() as session:
        chain = [one for one in units_on_path(session, unit.path) if one.id != unit.id]
        departments = departments_of(session, unit.id)
        offices = office_lines(session, inside=[unit.path], page=page)
        names = names_of_unit(session, unit.id)
    staff = staff_here()
    above = [one for one in chain if staff.may(Action.VIEW_OFFICES, one.path)]
    return render_template(
        "offices/unit.html",
        crumbs=[*crumbs_to_list(), *((f"/offices/units/{one.code}", one.name) for one in above)],
        unit=unit,
        chain=chain,
        departments=departments,
        offices=offices,
        names=names,
        is_department=unit.kind is UnitKind.DEPARTMENT,
        may_manage=staff.may(Action.MANAGE_OFFICES, unit.path),
        kind_words=unit_kind_label(unit.kind),
    )


def unit_kind_label(kind: UnitKind) -> str:
    """Return the level of a unit in the reader's words."""
    return {
        UnitKind.PROVINCE: _("Cấp tỉnh"),
        UnitKind.COMMUNE: _("Cấp xã"),
        UnitKind.DEPARTMENT: _("Phòng ban"),
    }[kind]


@blueprint.get("/offices/units/suggestions.json")
@requires(Action.VIEW_OFFICES)
def unit_suggestions() -> Response:
    """Give the page's script up to ten units that the typed words may mean."""
    with read() as session:
        found = units_meant(session, searched(), inside=scopes_here())[:10] if searched() else []
        names = names_by_path(session, [unit.path for unit in found])
    return jsonify([{"value": unit_words(unit), "label": names[unit.path]} for unit in found])

"""Departments: units below a province or commune that no official list names."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template
from werkzeug.wrappers import Response

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.forms import CloseDepartmentForm, DepartmentForm, RenameForm
from survey_app.offices.models import Unit
from survey_app.offices.operations import add_department, close_department, rename_department
from survey_app.offices.rules import UnitKind
from survey_app.offices.views.records import Crumbs, crumbs_to_list, local_today, unit_here
from survey_app.staff.guards import act, requires
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("departments", __name__)


@blueprint.route("/offices/units/<code>/departments/new", methods=["GET", "POST"])
@requires(Action.MANAGE_OFFICES)
def new_department(code: str) -> str | tuple[str, int] | Response:
    """Add a department below a unit."""
    parent = unit_here(code)
    form = DepartmentForm(since=local_today())
    if form.validate_on_submit():
        try:
            unit = _add(parent, form)
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã thêm %(name)s.", name=unit.name), "done")
            return redirect(f"/offices/units/{unit.code}", 303)
    page = render_template("offices/department_new.html", crumbs=_crumbs(parent), form=form, parent=parent)
    return (page, 422) if form.errors else page


def _add(parent: Unit, form: DepartmentForm) -> Unit:
    return act(
        lambda session: add_department(
            session,
            parent_code=parent.code,
            name=form.name.data,
            code=form.code.data or None,
            valid_from=form.since.data,
            legal_basis=form.legal_basis.data or None,
            today=local_today(),
        ),
        subject=lambda unit: f"unit:{unit.code}",
        unit_path=parent.path,
        details={"did": "department_added", "name": form.name.data},
    )


@blueprint.route("/offices/units/<code>/edit", methods=["GET", "POST"])
@requires(Action.MANAGE_OFFICES)
def edit_department(code: str) -> str | tuple[str, int] | Response:
    """Give a department another name from a day on."""
    unit = _department_here(code)
    form = RenameForm(name=unit.name, since=local_today())
    if form.validate_on_submit():
        try:
            act(
                lambda session: rename_department(
                    session,
                    code=unit.code,
                    name=form.name.data,
                    since=form.since.data,
                    legal_basis=form.legal_basis.data or None,
                    today=local_today(),
                ),
                subject=f"unit:{unit.code}",
                unit_path=unit.path,
                details={"did": "department_renamed", "from": unit.name, "to": form.name.data},
            )
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã lưu tên mới."), "done")
            return redirect(f"/offices/units/{unit.code}", 303)
    page = render_template("offices/department_edit.html", crumbs=_crumbs(unit), form=form, unit=unit)
    return (page, 422) if form.errors else page


@blueprint.route("/offices/units/<code>/close", methods=["GET", "POST"])
@requires(Action.MANAGE_OFFICES)
def end_department(code: str) -> str | tuple[str, int] | Response:
    """Say what closing a department means, and do it on a word."""
    unit = _department_here(code)
    form = CloseDepartmentForm(until=local_today())
    if form.validate_on_submit():
        try:
            act(
                lambda session: close_department(
                    session, code=unit.code, until=form.until.data, today=local_today()
                ),
                subject=f"unit:{unit.code}",
                unit_path=unit.path,
                details={
                    "did": "department_closed",
                    "until": form.until.data.isoformat(),
                    "successor": form.successor.data,
                },
            )
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã ghi nhận %(name)s thôi hoạt động.", name=unit.name), "done")
            return redirect(f"/offices/units/{unit.code}", 303)
    page = render_template("offices/department_close.html", crumbs=_crumbs(unit), form=form, unit=unit)
    return (page, 422) if form.errors else page


def _department_here(code: str) -> Unit:
    """Return the department in being with this code; official units and closed departments have no such page."""
    unit = unit_here(code)
    if unit.kind is not UnitKind.DEPARTMENT or unit.valid_to is not None:
        abort(404)
    return unit


def _crumbs(unit: Unit) -> Crumbs:
    return [*crumbs_to_list(), (f"/offices/units/{unit.code}", unit.name)]

"""The shipped list of units: a new installation chooses its province."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template
from werkzeug.wrappers import Response

from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import format_number
from survey_app.foundation.languages import gettext as _
from survey_app.offices.forms import LoadForm
from survey_app.offices.operations import LoadReport, load_units
from survey_app.offices.queries import office_lines, provinces_shipped, shipped_units
from survey_app.offices.views.records import crumbs_to_list
from survey_app.staff.guards import act, require_unit, requires, scopes_here
from survey_app.staff.rules.permissions import EVERYWHERE, Action, covers

blueprint = Blueprint("loading", __name__)
_ALL = "all"


@blueprint.route("/offices/units/load", methods=["GET", "POST"])
@requires(Action.MANAGE_OFFICES)
def load_list() -> str | tuple[str, int] | Response:
    """Ask which province this installation serves, and load its units."""
    choices = _choices()
    if not choices:
        abort(404)
    form = LoadForm(choices)
    if form.validate_on_submit():
        try:
            report = _load(form.province.data)
        except Refused as error:
            form.refuse(error)
        else:
            flash(
                _(
                    "Đã có danh mục: thêm %(added)s đơn vị, cập nhật %(changed)s.",
                    added=format_number(report.added),
                    changed=format_number(report.changed),
                ),
                "done",
            )
            return redirect("/offices" if _has_offices() else "/offices/new", 303)
    page = render_template("offices/load.html", crumbs=crumbs_to_list(), form=form)
    return (page, 422) if form.errors else page


def _has_offices() -> bool:
    with read() as session:
        return bool(office_lines(session, inside=scopes_here(), size=1).items)


def _choices() -> list[tuple[str, str]]:
    scopes = scopes_here()
    provinces = [
        (code, name) for code, name in provinces_shipped() if any(covers(one, code) for one in scopes)
    ]
    everything = [(_ALL, _("Cả nước: 34 tỉnh, thành phố và 3.321 phường, xã, đặc khu"))]
    return provinces + everything if EVERYWHERE in scopes else provinces


def _load(choice: str) -> LoadReport:
    path = EVERYWHERE if choice == _ALL else choice
    require_unit(path)
    rows = shipped_units(None if choice == _ALL else choice)
    instant = now()
    return act(
        lambda session: load_units(session, rows=rows, now=instant),
        subject=f"units:{choice}",
        unit_path=path,
        details={"did": "units_loaded", "rows": len(rows)},
    )

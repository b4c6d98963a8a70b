"""What a desk sets for itself; the nearest unit upwards counts."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from survey_app.feedback.forms.settings import SettingsForm
from survey_app.feedback.operations.settings import UnableToSet, change_settings, forget_settings
from survey_app.feedback.queries.settings import settings_for, settings_path
from survey_app.feedback.views.desk.rules_units import RulesUnit, path_name, rules_crumbs, unit_here
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.queries import units_meant
from survey_app.staff.guards import act, requires
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("settings", __name__)


@blueprint.get("/desk/rules/settings")
@requires(Action.MANAGE_FEEDBACK)
def show() -> str:
    """Show the settings that count for a unit, to be changed for it."""
    unit = unit_here()
    with read() as session:
        settings = settings_for(session, unit.path)
        receiving = path_name(session, settings.receiving_path) if settings.receiving_path else ""
    kept = asdict(settings) | {"receiving_path": receiving, "unit": unit.path}
    return _page(unit, SettingsForm(formdata=None, data=kept))


@blueprint.post("/desk/rules/settings")
@requires(Action.MANAGE_FEEDBACK)
def change() -> Response | tuple[str, int]:
    """Store the settings of this unit."""
    unit, form, instant = unit_here(), SettingsForm(), now()
    if form.validate_on_submit():
        try:
            settings = form.settings(receiving_path=_receiving_path(form.receiving_path.data))
            act(
                lambda session: change_settings(session, unit_path=unit.path, settings=settings, now=instant),
                subject=f"desk:{unit.path}",
                unit_path=unit.path,
                details={"did": "settings_changed"},
            )
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã lưu cài đặt của bàn xử lý."), "done")
            return redirect(url_for("feedback.rules.settings.show", unit=unit.path), 303)
    return _page(unit, form), 422


@blueprint.post("/desk/rules/settings/forget")
@requires(Action.MANAGE_FEEDBACK)
def forget() -> Response:
    """Let the settings of the next unit upwards count again."""
    unit = unit_here()
    act(
        lambda session: forget_settings(session, unit_path=unit.path),
        subject=f"desk:{unit.path}",
        unit_path=unit.path,
        details={"did": "settings_forgotten"},
    )
    flash(_("Đơn vị dùng lại cài đặt chung."), "done")
    return redirect(url_for("feedback.rules.settings.show", unit=unit.path), 303)


def _receiving_path(typed: str) -> str:
    """Return the path of the one unit that was named; it may lie outside the person's own units."""
    if not typed:
        return ""
    with read() as session:
        # The full name of a unit as the form shows it goes on behind a comma.
        found = units_meant(session, typed.partition(",")[0], inside=[""])
        exact = [unit for unit in found if typed in (unit.path, path_name(session, unit.path))] or found
    if len(exact) != 1:
        raise UnableToSet(_("Không rõ đơn vị tiếp nhận thay. Xin ghi mã đơn vị."))
    return exact[0].path


def _page(unit: RulesUnit, form: SettingsForm) -> str:
    with read() as session:
        stored = settings_path(session, unit.path)
        source = None if stored is None else path_name(session, stored)
    return render_template(
        "feedback/rules_settings.html",
        crumbs=rules_crumbs(unit),
        unit=unit,
        form=form,
        source=source,
        is_own=stored == unit.path,
    )

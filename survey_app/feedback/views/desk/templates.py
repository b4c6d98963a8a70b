"""Templates for answers: shipped ones to read and copy, own ones to write."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from survey_app.feedback.forms.answers import TemplateForm
from survey_app.feedback.operations.reply_templates import delete_template, keep_template
from survey_app.feedback.queries.answers import (
    TemplateLine,
    shipped_templates,
    stored_templates,
    template_by_id,
)
from survey_app.feedback.rules.answers import filled, part_label
from survey_app.feedback.rules.kinds import kind_label
from survey_app.feedback.rules.reply_templates import variable_labels
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.queries import names_by_path, units_inside
from survey_app.staff.guards import act, require_unit, requires, scopes_here
from survey_app.staff.rules.permissions import Action, covers

blueprint = Blueprint("templates", __name__)
HERE = "/desk/templates"
MOST_UNITS = 500


@blueprint.get("/desk/templates")
@requires(Action.MANAGE_FEEDBACK)
def reply_templates() -> str:
    """List the templates of the units where the person manages the desk, and the shipped ones."""
    with read() as session:
        own = stored_templates(session, inside=scopes_here())
        units = names_by_path(session, [one.draft.unit_path for one in own])
    return render_template(
        "feedback/templates.html",
        own=own,
        shipped=shipped_templates(),
        units=units,
        filled=filled,
        label_of=part_label,
        kind_label=kind_label,
    )


def _crumbs() -> list[tuple[str, str]]:
    return [(HERE, _("Mẫu trả lời"))]


@blueprint.route("/desk/templates/new", methods=["GET", "POST"])
@requires(Action.MANAGE_FEEDBACK)
def new_template() -> ResponseReturnValue:
    """Write a template, beginning with nothing or with the one named by `from`."""
    form = TemplateForm(_units())
    if request.method == "GET":
        start = _line(request.args.get("from", ""))
        if start is not None:
            form.fill(start.draft)
        return _page(form, None)
    return _store(form, None)


def _line(key: str) -> TemplateLine | None:
    shipped = next((one for one in shipped_templates() if one.key == key), None)
    return shipped or (_stored(int(key)) if key.isascii() and key.isdigit() and len(key) < 10 else None)


def _stored(template_id: int) -> TemplateLine:
    with read() as session:
        found = template_by_id(session, template_id)
    if found is None:
        abort(404)
    require_unit(found.draft.unit_path)
    return found


@blueprint.route("/desk/templates/<int(max=999999999):template_id>", methods=["GET", "POST"])
@requires(Action.MANAGE_FEEDBACK)
def edit_template(template_id: int) -> ResponseReturnValue:
    """Correct a template; answers that began with it keep their words."""
    kept = _stored(template_id)
    form = TemplateForm(_units())
    if request.method == "GET":
        form.fill(kept.draft)
        return _page(form, template_id)
    return _store(form, template_id)


@blueprint.post("/desk/templates/<int(max=999999999):template_id>/delete")
@requires(Action.MANAGE_FEEDBACK)
def remove_template(template_id: int) -> Response:
    """Delete a template."""
    kept = _stored(template_id)
    try:
        act(
            partial(delete_template, template_id=template_id),
            subject=f"reply_template:{template_id}",
            unit_path=kept.draft.unit_path,
            details={"did": "template_deleted"},
        )
        flash(_("Đã xóa mẫu."), "done")
    except Refused as error:
        flash(str(error), "bad")
    return redirect(HERE, 303)


def _units() -> list[tuple[str, str]]:
    """Return the units that a template may be for: those the person manages, all units if that is everything."""
    scopes = scopes_here()
    with read() as session:
        units = units_inside(session, inside=scopes, limit=MOST_UNITS)
    everywhere = [("", _("Mọi đơn vị"))] if "" in scopes else []
    return everywhere + [(unit.path, unit.name) for unit in units]


def _store(form: TemplateForm, template_id: int | None) -> ResponseReturnValue:
    if form.validate():
        draft = form.draft()
        if not any(covers(scope, draft.unit_path) for scope in scopes_here()):
            abort(404)
        try:
            act(
                partial(keep_template, draft=draft, template_id=template_id, now=now()),
                subject=lambda kept: f"reply_template:{kept.id}",
                unit_path=draft.unit_path,
                details={"did": "template_kept"},
            )
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã lưu mẫu."), "done")
            return redirect(HERE, 303)
    return _page(form, template_id)


def _page(form: TemplateForm, template_id: int | None) -> ResponseReturnValue:
    page = render_template(
        "feedback/template.html",
        crumbs=_crumbs(),
        form=form,
        template_id=template_id,
        variables=variable_labels(),
        here=HERE,
    )
    return page, 422 if form.errors or form.form_errors else 200

"""One published version: what it asks, previews, files, retirement."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template

from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.documents.xlsform import write_xlsform
from survey_app.questionnaires.documents.yaml_file import write_yaml
from survey_app.questionnaires.forms import ConfirmForm
from survey_app.questionnaires.operations import retire
from survey_app.questionnaires.queries import by_id, listed
from survey_app.questionnaires.rules import nodes
from survey_app.questionnaires.views.loading import chosen_language, may, outline_page, version_here
from survey_app.questionnaires.views.words import recipe_words
from survey_app.staff.guards import act, require_unit, requires, staff_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("versions", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/questionnaires/<instrument>/<int:version>")
@requires(Action.VIEW_QUESTIONNAIRES)
def show_version(instrument: str, version: int) -> str:
    """Show what a version asks, in the language chosen, and what can be done with it."""
    row, document = version_here(instrument, version)
    language = chosen_language(document)
    with read() as session:
        others = [one for one in listed(session, instrument) if one.id != row.id]
        questionnaire = by_id(session, row.id)
    return render_template(
        "questionnaires/version.html",
        row=row,
        document=document,
        language=language,
        page=outline_page(document, language),
        others=others,
        seconds=questionnaire.seconds,
        recipe=recipe_words(document.get("recipe"), language),
        figures=len(nodes(questionnaire.recipe)) if questionnaire.recipe else 0,
        may_ask=staff_here().may_somewhere(Action.MANAGE_CAMPAIGNS),
        may_edit=may(Action.EDIT_QUESTIONNAIRES, row.unit_path),
        may_publish=may(Action.PUBLISH_QUESTIONNAIRES, row.unit_path),
        crumbs=[("/questionnaires", _("Phiếu khảo sát"))],
    )


@blueprint.get("/questionnaires/<instrument>/<int:version>/export.<kind>")
@requires(Action.VIEW_QUESTIONNAIRES)
def export_version(instrument: str, version: int, kind: str) -> Response:
    """Give a version as a file: YAML in this product's format, or an XLSForm."""
    _row, document = version_here(instrument, version)
    return as_file(document, f"{instrument}-v{version}", kind)


def as_file(document: dict[str, Any], name: str, kind: str) -> Response:
    """Answer with a document as a file of `kind`, `yaml` or `xlsx`; 404 for any other."""
    if kind == "yaml":
        response = Response(write_yaml(document), content_type="application/yaml; charset=utf-8")
    elif kind == "xlsx":
        response = Response(write_xlsform(document), content_type=XLSX)
    else:
        abort(404)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


@blueprint.route("/questionnaires/<instrument>/<int:version>/retire", methods=["GET", "POST"])
@requires(Action.PUBLISH_QUESTIONNAIRES)
def retire_version(instrument: str, version: int) -> Any:
    """Ask, then take a version out of use for new campaigns."""
    row, document = version_here(instrument, version)
    require_unit(row.unit_path)
    form, address = ConfirmForm(), f"/questionnaires/{instrument}/{version}"
    if form.validate_on_submit():
        name, at = f"{instrument}@{version}", now()
        act(
            lambda session: retire(session, name=name, now=at),
            subject=f"questionnaire:{name}",
            unit_path=row.unit_path,
            details={"retired": True},
        )
        flash(_("Phiếu %(name)s đã ngừng dùng cho đợt khảo sát mới.", name=name), "done")
        return redirect(address, 303)
    crumbs = [("/questionnaires", _("Phiếu khảo sát")), (address, f"{instrument}@{version}")]
    return render_template("questionnaires/retire.html", form=form, row=row, document=document, crumbs=crumbs)

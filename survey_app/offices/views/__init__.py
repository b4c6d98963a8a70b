"""Doors of the offices room."""

from __future__ import annotations

from flask import Blueprint

from survey_app.offices.forms import kind_label, outcome_label
from survey_app.offices.views.checks import blueprint as check_doors
from survey_app.offices.views.codes import blueprint as code_doors
from survey_app.offices.views.counters import blueprint as counter_doors
from survey_app.offices.views.departments import blueprint as department_doors
from survey_app.offices.views.imports import blueprint as import_doors
from survey_app.offices.views.lists import blueprint as list_doors
from survey_app.offices.views.loading import blueprint as loading_doors
from survey_app.offices.views.places import blueprint as place_doors
from survey_app.offices.views.posters import blueprint as poster_doors

blueprint = Blueprint("offices", __name__)
for doors in (
    list_doors,
    loading_doors,
    department_doors,
    place_doors,
    counter_doors,
    code_doors,
    import_doors,
    poster_doors,
    check_doors,
):
    blueprint.register_blueprint(doors)


@blueprint.context_processor
def _for_every_page() -> dict[str, object]:
    """Give the room's templates the words for kinds and outcomes."""
    return {"kind_label": kind_label, "outcome_label": outcome_label}

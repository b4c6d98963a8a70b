"""Tries a weight set on the responses that there are: what each step does, before anything is computed with it."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from survey_app.campaigns.queries import campaign_by_code
from survey_app.campaigns.queries import weight_set as find_weight_set
from survey_app.foundation import clock
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import current_language
from survey_app.foundation.languages import gettext as _
from survey_app.results.documents.weighting import report_rows, weight_words
from survey_app.staff.guards import require_unit, requires
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("weights", __name__)


@blueprint.get("/results/<campaign>/weights/<weight_set>")
@requires(Action.VIEW_RUNS)
def tried_weights(campaign: str, weight_set: str) -> str:
    """Show what a weight set does to the responses as they stand now."""
    from survey_app.results.queries.figures import try_weights  # noqa: PLC0415  (numerical libraries)

    document, failure = None, ""
    with read() as session:
        view = campaign_by_code(session, campaign, today=clock.local_date(clock.now()))
        if view is None:
            abort(404)
        require_unit(view.unit_path)
        if find_weight_set(session, view.id, weight_set) is None:
            abort(404)
        try:
            document = try_weights(session, campaign=view, name=weight_set)
        except Refused as error:
            failure = str(error)
    return render_template(
        "results/weights.html",
        campaign=view,
        name=weight_set,
        failure=failure,
        sentences=weight_words(document) if document else [],
        rows=report_rows(document) if document else [],
        crumbs=[
            ("/staff/results", _("Kết quả")),
            (f"/results/{view.code}/runs", view.title_in(current_language())),
            (f"/campaigns/{view.code}/weights", _("Bộ trọng số")),
        ],
    )

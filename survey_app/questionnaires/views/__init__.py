"""Staff pages of the questionnaires room: list, versions, drafts and their editor."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from survey_app.questionnaires.queries import UnknownDraft
from survey_app.questionnaires.views.comparing import blueprint as comparing_doors
from survey_app.questionnaires.views.drafts import blueprint as draft_doors
from survey_app.questionnaires.views.editing import blueprint as editing_doors
from survey_app.questionnaires.views.listing import blueprint as listing_doors
from survey_app.questionnaires.views.publishing import blueprint as publishing_doors
from survey_app.questionnaires.views.uploads import blueprint as upload_doors
from survey_app.questionnaires.views.uploads import too_large
from survey_app.questionnaires.views.versions import blueprint as version_doors
from survey_app.questionnaires.views.whole_file import blueprint as whole_file_doors
from survey_app.web.problems import problem

blueprint = Blueprint("questionnaires", __name__)
for doors in (
    listing_doors,
    version_doors,
    comparing_doors,
    upload_doors,
    draft_doors,
    editing_doors,
    whole_file_doors,
    publishing_doors,
):
    blueprint.register_blueprint(doors)


@blueprint.errorhandler(UnknownDraft)
def _draft_is_gone(_error: UnknownDraft) -> Response:
    """Somebody published the draft or threw it away between opening the page and sending it."""
    return problem(404)


@blueprint.errorhandler(RequestEntityTooLarge)
def _body_is_too_large(_error: RequestEntityTooLarge) -> Any:
    """Say how large a file may be, on the page it was chosen on."""
    return too_large() if request.path == "/questionnaires/upload" else problem(413)

"""Doors of room responses: the citizen's way, and what staff see of arrivals and forms."""

from flask import Blueprint

from survey_app.responses.views.activity import blueprint as activity_doors
from survey_app.responses.views.imports import blueprint as import_doors
from survey_app.responses.views.live import blueprint as live_doors
from survey_app.responses.views.previews import blueprint as preview_doors
from survey_app.responses.views.public import blueprint as public_doors

blueprint = Blueprint("responses", __name__)
for doors in (public_doors, live_doors, activity_doors, preview_doors, import_doors):
    blueprint.register_blueprint(doors)

__all__ = ["blueprint"]

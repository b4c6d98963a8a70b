"""Doors of the results room: what everybody may read, and what staff decide."""

from __future__ import annotations

from flask import Blueprint

from survey_app.results.views.public import blueprint as public_doors
from survey_app.results.views.staff import blueprint as staff_doors
from survey_app.results.views.weights import blueprint as weights_doors

blueprint = Blueprint("results", __name__)
blueprint.register_blueprint(public_doors)
blueprint.register_blueprint(staff_doors)
blueprint.register_blueprint(weights_doors)

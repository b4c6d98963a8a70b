"""Doors of the results room: what everybody may read, and what staff decide."""

from __future__ import annotations

from flask import Blueprint

from survey_app.results.views.public import blueprint as public_doors
from survey_app.results.views.staff import blueprint as staff_doors

blueprint = Blueprint("results", __name__)
blueprint.register_blueprint(public_doors)
blueprint.register_blueprint(staff_doors)

"""Doors of the staff room."""

from __future__ import annotations

from flask import Blueprint

from survey_app.staff.guards import current_staff
from survey_app.staff.views.home import blueprint as home_doors
from survey_app.staff.views.navigation import staff_navigation

blueprint = Blueprint("staff", __name__)
blueprint.register_blueprint(home_doors)


@blueprint.app_context_processor
def _for_every_page() -> dict[str, object]:
    """Give every template the person signed in and the rooms open to that person."""
    return {"current_staff": current_staff, "staff_navigation": staff_navigation}

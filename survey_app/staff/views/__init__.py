"""Doors of the staff room."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from survey_app.staff.guards import current_staff, is_planted
from survey_app.staff.views.account import blueprint as account_doors
from survey_app.staff.views.home import blueprint as home_doors
from survey_app.staff.views.links import blueprint as link_doors
from survey_app.staff.views.navigation import staff_navigation
from survey_app.staff.views.oidc import blueprint as oidc_doors
from survey_app.staff.views.second_factor import blueprint as second_factor_doors
from survey_app.staff.views.sign_in import blueprint as sign_in_doors
from survey_app.web.problems import problem

blueprint = Blueprint("staff", __name__)
for doors in (home_doors, sign_in_doors, link_doors, account_doors, second_factor_doors, oidc_doors):
    blueprint.register_blueprint(doors)


@blueprint.before_request
def _refuse_planted_forms() -> Response | None:
    """Refuse forms that another site's page sends to a door without a guard, such as signing in or out."""
    return problem(403) if is_planted() else None


@blueprint.app_context_processor
def _for_every_page() -> dict[str, object]:
    """Give every template the person signed in and the rooms open to that person."""
    return {"current_staff": current_staff, "staff_navigation": staff_navigation}

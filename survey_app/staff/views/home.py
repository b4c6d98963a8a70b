"""The first page after signing in: what one can do next."""

from __future__ import annotations

from flask import Blueprint, render_template

from survey_app.staff.guards import requires
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("home", __name__)


@blueprint.get("/staff")
@requires(Action.USE_OWN_ACCOUNT)
def home() -> str:
    """Show the rooms open to the person and the first steps of a new installation."""
    return render_template("staff/home.html")

"""Pages that belong to no room: privacy, accessibility, and the state of the process."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, render_template

from survey_app.foundation import migrations
from survey_app.foundation.database import current_database, is_reachable

blueprint = Blueprint("web", __name__)


@blueprint.get("/privacy")
def privacy() -> str:
    """Say what is stored and what is not."""
    return render_template("web/privacy.html")


@blueprint.get("/accessibility")
def accessibility() -> str:
    """State conformance and known gaps."""
    return render_template("web/accessibility.html")


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Keep entry codes out of search engines; results may be found."""
    return Response("User-agent: *\nAllow: /results\nDisallow: /\n", mimetype="text/plain")


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer 200 while the process lives; touches nothing."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Answer 200 when the database answers and is at the newest migration, else 503."""
    reachable = is_reachable(current_database())
    at_head = reachable and migrations.current(current_database()) == _newest_migration()
    response = jsonify(database=reachable, migrations=at_head)
    response.status_code = 200 if at_head else 503
    return response


def _newest_migration() -> str:
    """Read the migration folder once per process."""
    known: str | None = current_app.extensions.get("survey_app.newest_migration")
    if known is None:
        known = current_app.extensions["survey_app.newest_migration"] = migrations.head()
    return known

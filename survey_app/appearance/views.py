"""Doors of room appearance: stylesheets and logos for everybody, a sample for who chooses them."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask.blueprints import BlueprintSetupState

from survey_app.appearance.queries import Theme, Themes, logo_of
from survey_app.appearance.rules import theme_css, tokens_of_address
from survey_app.foundation.database import read
from survey_app.staff.guards import requires
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("appearance", __name__)

EXTENSION = "survey_app.themes"
_FOR_GOOD = "public, max-age=31536000, immutable"
_DIGEST = re.compile(r"[0-9a-f]{64}")


@blueprint.record_once
def _keep_themes(state: BlueprintSetupState) -> None:
    state.app.extensions[EXTENSION] = Themes(state.app.extensions["survey_app.database"])


@blueprint.app_context_processor
def _for_every_page() -> dict[str, Callable[..., Theme | None]]:
    """Give every template `page_theme(unit_path="")`: the look of a unit's pages, None for the one that ships."""
    return {"page_theme": page_theme}


def page_theme(unit_path: str = "") -> Theme | None:
    """Return the theme of a page about this unit."""
    themes: Themes = current_app.extensions[EXTENSION]
    return themes.of(unit_path)


@blueprint.get("/theme/<name>.css")
def theme_stylesheet(name: str) -> Response:
    """Serve the colours that the address names: it holds all of them, so no database is asked."""
    tokens = tokens_of_address(name)
    if tokens is None:
        abort(404)
    response = Response(theme_css(tokens), content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = _FOR_GOOD
    return response


@blueprint.get("/logo/<digest>.png")
def logo(digest: str) -> Response:
    """Serve the logo whose bytes have this digest."""
    if not _DIGEST.fullmatch(digest):
        abort(404)
    with read() as session:
        png = logo_of(session, digest)
    if png is None:
        abort(404)
    response = Response(png, content_type="image/png")
    response.headers["Cache-Control"] = _FOR_GOOD
    return response


@blueprint.get("/admin/appearance/sample/<name>")
@requires(Action.MANAGE_APPEARANCE)
def sample(name: str) -> str:
    """Show a citizen's page in the colours that `name` holds, readable or not; `?unit=` gives the logo."""
    tokens = tokens_of_address(name)
    if tokens is None:
        abort(404)
    theme = page_theme(request.args.get("unit", ""))
    return render_template("appearance/sample.html", stylesheet=f"/theme/{name}.css", theme=theme)

"""The page on the tablet. It is the same for every code, so that it tells nobody which codes exist."""

from __future__ import annotations

import hashlib
import json

from flask import Blueprint, Response, abort, current_app, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from survey_app.foundation.languages import LANGUAGES, use_language
from survey_app.kiosks.views.words import device_words
from survey_app.offices.rules import normalise_code

blueprint = Blueprint("page", __name__)

SCRIPTS = ("store", "queue", "form", "staff", "screens")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_WORKER_POLICY = "default-src 'none'; connect-src 'self'"


@blueprint.get("/kiosk/<code>")
def show(code: str) -> AnyResponse:
    """Show the kiosk's page; what it asks comes later, to a device that was enrolled."""
    canonical = normalise_code(code)
    if canonical is None:
        abort(404)
    if canonical != code:
        return redirect(f"/kiosk/{canonical}", 303)
    answer = Response(_page(canonical, version()), content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/kiosk/worker.js")
def worker() -> Response:
    """Serve the service worker, which keeps the page and its files for hours without a network."""
    assets = current_app.extensions["survey_app.assets"]
    script = assets[_address("worker.js")].content.decode()
    files = [_address("kiosk.css"), *(_address(f"{name}.js") for name in SCRIPTS)]
    head = f"const VERSION={json.dumps(version())},FILES={json.dumps(files)};\n"
    answer = Response(head + script, content_type="text/javascript; charset=utf-8")
    answer.headers["Service-Worker-Allowed"] = "/kiosk/"
    answer.headers["Content-Security-Policy"] = _WORKER_POLICY
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def version() -> str:
    """Return the name of what the device runs: it changes with the page, its words, style or scripts."""
    known: str | None = current_app.extensions.get("survey_app.kiosks.version")
    if known is None:
        whole = _page("", "") + _address("worker.js")
        known = hashlib.sha256(whole.encode()).hexdigest()[:12]
        current_app.extensions["survey_app.kiosks.version"] = known
    return known


def _page(code: str, named: str) -> str:
    with use_language("vi"):
        return render_template(
            "kiosks/kiosk.html", code=code, named=named, scripts=SCRIPTS, words=device_words(LANGUAGES)
        )


def _address(name: str) -> str:
    asset: str = current_app.jinja_env.globals["asset"](f"kiosks/{name}")  # type: ignore[operator]
    return asset

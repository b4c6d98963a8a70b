"""Hands a sender's files back, apart from pages and always as downloads: nothing that somebody sent runs here.

The token in the address opens nothing by itself: the pass that code and PIN opened comes with it, in a form.
"""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, abort, redirect, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from survey_app.feedback.guards.papers import InvalidPaper
from survey_app.feedback.queries.attachments import FileContent, content_of, find_file
from survey_app.feedback.views.public.services import services
from survey_app.foundation.database import read
from survey_app.web.requests import drop_nuls
from survey_app.web.shell import display

blueprint = Blueprint("files", __name__)


@blueprint.get("/feedback/files/<token>")
def ask_for_pin(token: str) -> AnyResponse:
    """Lead to where code and PIN are asked for, whether there is such a file or not."""
    return redirect(f"/feedback/track{display().query()}", 303)


@blueprint.post("/feedback/files/<token>")
def give_back(token: str) -> AnyResponse:
    """Hand out a file of the case that the form's pass opens."""
    drop_nuls()
    try:
        code = services().papers.code(request.form.get("key", ""))
    except InvalidPaper:
        return redirect(f"/feedback/track{display().query()}", 303)
    with read() as session:
        file = find_file(session, token)
        if file is None or file.case_code != code:
            abort(404)
        return download(content_of(session, file, key=services().installation.contact_key))


def download(file: FileContent) -> Response:
    """Return a file so that no browser shows, runs, guesses at or keeps it."""
    answer = send_file(
        BytesIO(file.content),
        mimetype=str(file.media_type),
        as_attachment=True,
        download_name=file.name,
        conditional=False,
        etag=False,
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer

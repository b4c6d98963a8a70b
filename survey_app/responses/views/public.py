"""The citizen's way: code, form, thanks. No cookie, no address kept, no JavaScript needed."""

from __future__ import annotations

import re

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from survey_app.campaigns.queries import Entry
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.offices.queries import service_points
from survey_app.offices.rules import normalise_code
from survey_app.responses.forms import CodeForm
from survey_app.responses.guards import ForgedToken, FormToken
from survey_app.responses.views.accepting import accept, campaign_of
from survey_app.responses.views.form_data import sent, submitted
from survey_app.responses.views.kind_pages import code_spent, not_open, thanked, unknown_code
from survey_app.responses.views.pages import FilledPage, hidden_fields
from survey_app.responses.views.returning import (
    FORM_SHOWN,
    forged,
    rehearsal_over,
    shown_otherwise,
    stale,
    thank_again,
    wait_a_minute,
)
from survey_app.responses.views.services import network_here, prepare, services
from survey_app.staff.guards import current_staff
from survey_app.staff.rules.permissions import Action
from survey_app.web.problems import problem
from survey_app.web.shell import accepts_gzip, display

blueprint = Blueprint("responses_public", __name__)
blueprint.record_once(prepare)

_RECEIPT = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")


@blueprint.get("/")
def start() -> AnyResponse | str:
    """Show the box for a code, and lead a typed code to its form."""
    if "code" not in request.args:
        return render_template("responses/start.html")
    form = CodeForm(request.args)
    code = normalise_code(form.code.data or "")
    if code is not None:
        return redirect(f"/{code}{display().query()}", 303)
    page = render_template("responses/start.html", code_error=form.problem(), typed_code=form.code.data)
    return make_response(page, 422)


@blueprint.get("/<code>")
def show_form(code: str) -> AnyResponse:
    """Show the form of the open campaign behind `code`, or a kind page that says what to do."""
    canonical = _canonical(code)
    if request.args.get("kiosk") == "1":
        return redirect(f"/kiosk/{canonical}", 303)
    entry = _find(canonical)
    if isinstance(entry, Response):
        return entry
    if _is_staff_scan(entry):
        return redirect(f"/offices/checks/{entry.code}", 303)
    if entry.status not in FORM_SHOWN or entry.campaign is None:
        return not_open(entry)
    shared = services()
    submission_id, token = shared.signer.issue(
        entry.code, entry.campaign.id, now(), rehearsal_id=entry.rehearsal_id
    )
    hidden = hidden_fields(submission_id, token)
    answer = _send(shared.pages.form(entry.campaign.questionnaire_version_id, entry, display(), hidden))
    # With a name of its own a browser may keep the page, and the back button brings back this very form: sent
    # again, it is the same submission. A new visit asks again and gets a new one.
    answer.set_etag(submission_id)
    return answer


def _is_staff_scan(entry: Entry) -> bool:
    """Say whether a member of staff scans this counter's code to check it; `?view=citizen` shows the form to them.

    Citizens carry no cookie, so they pay nothing for the question.
    """
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return False
    if request.args.get("view") == "citizen" or entry.service_point_id is None:
        return False
    staff = current_staff()
    if staff is None or not staff.may_somewhere(Action.CHECK_QR):
        return False
    with read() as session:
        points = service_points(session, code=entry.code, active_only=False)
    return any(staff.may(Action.CHECK_QR, point.unit_path) for point in points)


@blueprint.post("/<code>")
def submit_form(code: str) -> AnyResponse:
    """Check and store one submission; acknowledge only after the commit."""
    canonical, instant = _canonical(code), now()
    token = _token(canonical)
    entry = _find(canonical, trusted=token is not None)
    if isinstance(entry, Response):
        return entry if token is None else thank_again(token) or code_spent()
    campaign = campaign_of(token, entry) if token else None
    if sent("show"):
        return shown_otherwise(entry, token, campaign)
    if token is None:
        return forged(entry)
    if token.is_stale(instant):
        return stale(entry, token)
    if campaign is None:
        return not_open(entry, submitted()) if token.rehearsal_id is None else rehearsal_over(entry)
    return accept(entry, campaign, token, instant)


def _canonical(code: str) -> str:
    canonical = normalise_code(code)
    if canonical is None:
        abort(404)
    return canonical


def _token(code: str) -> FormToken | None:
    """Return what the form's token says, None for a forged one."""
    try:
        return services().signer.read(sent("submission_id"), code, sent("form_token"))
    except ForgedToken:
        return None


def _find(code: str, *, trusted: bool = False) -> Entry | Response:
    """Return what `code` leads to, or the answer to a code that was never issued.

    A network that guesses waits, for forms that are in use too unless this process knows them: a hit must not be
    told faster than a miss. Whoever holds a valid form is `trusted`.
    """
    shared = services()
    network = network_here()
    if not trusted and not shared.directory.knows(code) and shared.watch.is_guessing(network):
        return wait_a_minute() if request.method == "POST" else problem(429)
    entry = shared.directory.find(code)
    if entry is None:
        shared.watch.miss(network)
        return unknown_code()
    return entry


@blueprint.get("/thanks")
def thanks_without_code() -> AnyResponse:
    """Thank for the answer to an invitation; its code is gone, so the address holds the receipt alone."""
    receipt = request.args.get("receipt", "")
    return thanked(receipt) if _RECEIPT.fullmatch(receipt) else redirect(f"/{display().query()}", 303)


@blueprint.get("/<code>/thanks")
def thanks(code: str) -> AnyResponse:
    """Thank the citizen and show the receipt; the page opens nothing and stores nothing."""
    entry = _find(_canonical(code))
    if isinstance(entry, Response):
        return entry
    receipt = request.args.get("receipt", "")
    if not _RECEIPT.fullmatch(receipt):
        return redirect(f"/{entry.code}{display().query()}", 303)
    is_rehearsal = request.args.get("rehearsal") == "1"
    return _send(services().pages.thanks(entry, display(), receipt, is_rehearsal=is_rehearsal))


def _send(filled: FilledPage) -> Response:
    """Send a compiled page; `no-cache` lets the back button keep typed answers, as `no-store` would not."""
    packed = accepts_gzip()
    body = filled.page.gzipped(filled.fillings) if packed else filled.page.plain(filled.fillings)
    response = Response(body, content_type="text/html; charset=utf-8")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "private, no-cache"
    return response

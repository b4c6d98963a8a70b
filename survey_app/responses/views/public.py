"""The citizen's way: code, form, thanks. No cookie, no address kept, no JavaScript needed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from survey_app.campaigns.queries import CampaignView, Entry, campaign_by_id
from survey_app.campaigns.rules import EntryStatus, State
from survey_app.config import Settings
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import Database, DatabaseUnavailable, write
from survey_app.foundation.errors import new_reference
from survey_app.foundation.languages import current_language
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.log import logger
from survey_app.offices.rules import normalise_code
from survey_app.questionnaires.rules import Questionnaire
from survey_app.responses.forms import CodeForm
from survey_app.responses.guards import ForgedToken, FormSigner, FormToken, NetworkWatch
from survey_app.responses.operations import Origin, submit
from survey_app.responses.rules.answers import Checked, check
from survey_app.responses.rules.flags import Flag, is_too_fast
from survey_app.responses.views.directory import Directory, place_of
from survey_app.responses.views.kind_pages import not_open, unknown_code
from survey_app.responses.views.pages import CompiledPage, FormPages, compile_page, hidden_fields, render_form
from survey_app.web.display import Display
from survey_app.web.problems import RETRY_SECONDS, problem
from survey_app.web.shell import accepts_gzip, display, use_display
from survey_app.web.splice import GAP

blueprint = Blueprint("responses", __name__)

_RECEIPT = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")
_HONEYPOT = "website"
_FIELDS_AT_MOST = 2_000


@dataclass(frozen=True, slots=True)
class _Services:
    """What the doors of one application share; nothing of it is stored."""

    database: Database
    signer: FormSigner
    watch: NetworkWatch
    directory: Directory
    pages: FormPages
    thanks: dict[tuple[Entry, Display], CompiledPage]


@blueprint.record_once
def _prepare(state: BlueprintSetupState) -> None:
    settings: Settings = state.app.config["SETTINGS"]
    database: Database = state.app.extensions["survey_app.database"]
    state.app.extensions["survey_app.responses"] = _Services(
        database,
        FormSigner(settings.secret_key),
        NetworkWatch(),
        Directory(database),
        FormPages(database),
        {},
    )


def _services() -> _Services:
    services: _Services = current_app.extensions["survey_app.responses"]
    return services


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
    entry = _find(code)
    if isinstance(entry, Response):
        return entry
    if entry.status is not EntryStatus.OPEN or entry.campaign is None:
        return not_open(entry)
    services = _services()
    compiled = services.pages.form(entry, display())
    return _send(compiled, hidden_fields(*services.signer.issue(entry.code, entry.campaign.id)))


@blueprint.post("/<code>")
def submit_form(code: str) -> AnyResponse:
    """Check and store one submission; acknowledge only after the commit."""
    entry = _find(code)
    if isinstance(entry, Response):
        return entry
    if _sent("show"):
        return _shown_otherwise(entry)
    services, instant = _services(), now()
    try:
        token = services.signer.read(_sent("submission_id"), entry.code, _sent("form_token"))
    except ForgedToken:
        return _forged(entry)
    campaign = _campaign_of(token, entry)
    if campaign is None:
        return not_open(entry)
    if token.is_stale(instant):
        return _stale(entry)
    return _accept(entry, campaign, token, instant)


def _find(code: str) -> Entry | Response:
    canonical = normalise_code(code)
    if canonical is None:
        abort(404)
    services = _services()
    entry = services.directory.find(canonical)
    if entry is None:
        network = services.watch.network(request.remote_addr or "", now())
        if services.watch.is_guessing(network):
            return problem(429)
        services.watch.miss(network)
        return unknown_code()
    return entry


def _campaign_of(token: FormToken, entry: Entry) -> CampaignView | None:
    """Return the campaign that a valid form was made for, unless it was already closed at that time."""
    campaign = entry.campaign
    if campaign is None or campaign.id != token.campaign_id:
        with _services().database.read() as session:
            campaign = campaign_by_id(session, token.campaign_id, today=local_date(now()))
    if campaign is None or campaign.state is State.OPEN:
        return campaign
    opened_in_time = campaign.closed_at is not None and token.issued_at <= campaign.closed_at
    return campaign if opened_in_time else None


def _accept(entry: Entry, campaign: CampaignView, token: FormToken, instant: datetime) -> AnyResponse:
    services = _services()
    questionnaire = services.pages.questionnaire(campaign.questionnaire_version_id)
    checked = check(questionnaire, _submitted())
    hidden = hidden_fields(token.submission_id, _sent("form_token"))
    if checked.errors:
        return _give_back(422, questionnaire, entry, hidden, checked)
    origin = Origin(
        campaign_id=campaign.id,
        questionnaire_version_id=campaign.questionnaire_version_id,
        office_id=entry.office_id,
        service_point_id=entry.service_point_id,
        channel=entry.channel.value,
        instrument="web",
        language=current_language(),
    )
    flags = _flags(entry, campaign, token, checked, instant)
    try:
        write(
            lambda session: submit(
                session,
                submission_id=token.submission_id,
                origin=origin,
                questionnaire=questionnaire,
                answers=checked.answers,
                flags=flags,
                now=instant,
            )
        )
    except DatabaseUnavailable as error:
        return _not_stored(error, questionnaire, entry, hidden)
    receipt = services.signer.receipt(token.submission_id)
    return redirect(f"/{entry.code}/thanks{display().query(receipt=receipt)}", 303)


def _flags(
    entry: Entry, campaign: CampaignView, token: FormToken, checked: Checked, instant: datetime
) -> frozenset[Flag]:
    watch = _services().watch
    network = watch.network(request.remote_addr or "", instant)
    contents = json.dumps(checked.answers, sort_keys=True).encode()
    flags = set(watch.observe(network, entry.code, contents))
    if _sent(_HONEYPOT):
        flags.add(Flag.HONEYPOT)
    if is_too_fast(token.age(instant), len(checked.answers)):
        flags.add(Flag.TOO_FAST)
    if entry.status is not EntryStatus.OPEN or campaign.state is not State.OPEN:
        flags.add(Flag.LATE)
    return frozenset(flags)


def _not_stored(
    error: DatabaseUnavailable, questionnaire: Questionnaire, entry: Entry, hidden: str
) -> AnyResponse:
    reference = new_reference()
    logger.error("response not stored", reference=reference, kind=str(error))
    notice = _(
        "Hệ thống đang bận nên chưa lưu được phiếu. Câu trả lời vẫn còn nguyên dưới đây: xin đợi vài giây rồi bấm Gửi. "
        "Mã tham chiếu: %(reference)s",
        reference=reference,
    )
    response = _give_back(503, questionnaire, entry, hidden, notice=notice)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _shown_otherwise(entry: Entry) -> AnyResponse:
    """Show the form in another language, size or contrast, with everything typed still in it."""
    use_display(display().changed(_sent("show")))
    hidden = hidden_fields(_word(_sent("submission_id")), _word(_sent("form_token")))
    return _with_form(200, entry, hidden)


def _forged(entry: Entry) -> AnyResponse:
    services = _services()
    network = services.watch.network(request.remote_addr or "", now())
    if services.watch.is_guessing(network):
        return problem(429)
    services.watch.miss(network)
    notice = _(
        "Trang này không còn hợp lệ nên phiếu chưa được lưu. "
        "Câu trả lời vẫn còn dưới đây: xin xem lại và bấm Gửi lần nữa."
    )
    return _with_form(400, entry, None, notice)


def _stale(entry: Entry) -> AnyResponse:
    notice = _(
        "Trang này đã mở quá 7 ngày nên phiếu chưa được lưu. "
        "Câu trả lời vẫn còn dưới đây: xin xem lại và bấm Gửi lần nữa."
    )
    return _with_form(409, entry, None, notice)


def _with_form(status: int, entry: Entry, hidden: str | None, notice: str | None = None) -> AnyResponse:
    """Give the answers back in the form of `entry`, with a fresh token unless `hidden` holds one."""
    if entry.campaign is None or entry.status is not EntryStatus.OPEN:
        return not_open(entry)
    services = _services()
    questionnaire = services.pages.questionnaire(entry.campaign.questionnaire_version_id)
    fresh = hidden or hidden_fields(*services.signer.issue(entry.code, entry.campaign.id))
    return _give_back(status, questionnaire, entry, fresh, notice=notice)


def _give_back(
    status: int,
    questionnaire: Questionnaire,
    entry: Entry,
    hidden: str,
    checked: Checked | None = None,
    notice: str | None = None,
) -> Response:
    page = render_form(
        questionnaire,
        entry,
        display(),
        hidden=hidden,
        submitted=_submitted(),
        errors=checked.errors if checked else (),
        notice=notice,
    )
    return make_response(page, status)


def _submitted() -> dict[str, list[str]]:
    """Return all values sent under each name.

    Read here because Flask leaves bytes that are no UTF-8 percent-encoded in the text: marked as U+FFFD, the
    citizen can be asked to retype them.
    """
    if "form" not in g:
        body = request.get_data().decode("utf-8", "replace")
        if request.mimetype != "application/x-www-form-urlencoded" or body.count("&") >= _FIELDS_AT_MOST:
            body = ""
        g.form = parse_qs(body, errors="replace")
    form: dict[str, list[str]] = g.form
    return form


def _sent(name: str) -> str:
    """Return the first value sent under `name`, or an empty text."""
    return _submitted().get(name, [""])[0]


def _word(text: str) -> str:
    """Keep only what a submission id or token may hold; a forged one fails at its signature."""
    return re.sub(r"[^\w.-]", "", text, flags=re.ASCII)[:200]


@blueprint.get("/<code>/thanks")
def thanks(code: str) -> AnyResponse:
    """Thank the citizen and show the receipt; the page opens nothing and stores nothing."""
    entry = _find(code)
    if isinstance(entry, Response):
        return entry
    receipt = request.args.get("receipt", "")
    if not _RECEIPT.fullmatch(receipt):
        return redirect(f"/{entry.code}{display().query()}", 303)
    key = (entry, display())
    known = _services().thanks
    if key not in known:
        if len(known) > 2_000:
            known.clear()
        campaign = entry.campaign.code if entry.campaign else None
        place = place_of(entry, current_language())
        known[key] = compile_page(
            render_template("responses/thanks.html", place=place, campaign=campaign, receipt=GAP)
        )
    return _send(known[key], receipt)


def _send(compiled: CompiledPage, filling: str) -> Response:
    """Send a compiled page; `no-cache` lets the back button keep typed answers, as `no-store` would not."""
    packed = accepts_gzip()
    body = compiled.page.gzipped(filling) if packed else compiled.page.plain(filling)
    response = Response(body, content_type="text/html; charset=utf-8")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = compiled.policy
    return response

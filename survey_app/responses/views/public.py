"""The citizen's way: code, form, thanks. No cookie, no address kept, no JavaScript needed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.blueprints import BlueprintSetupState
from markupsafe import Markup
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
from survey_app.responses.queries import is_stored
from survey_app.responses.rules.answers import Checked, check
from survey_app.responses.rules.flags import Flag, is_too_fast
from survey_app.responses.views.directory import Directory, place_of
from survey_app.responses.views.form_data import sent, submitted
from survey_app.responses.views.kind_pages import not_open, unknown_code
from survey_app.responses.views.pages import FilledPage, Pages, hidden_fields, render_form, shown_language
from survey_app.web.problems import RETRY_SECONDS, problem
from survey_app.web.shell import accepts_gzip, display, use_display

blueprint = Blueprint("responses", __name__)

_RECEIPT = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")
_HONEYPOT = "website"
_TIME_SPENT_BEFORE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Services:
    """What the doors of one application share; nothing of it is stored."""

    database: Database
    signer: FormSigner
    watch: NetworkWatch
    directory: Directory
    pages: Pages


@blueprint.record_once
def _prepare(state: BlueprintSetupState) -> None:
    settings: Settings = state.app.config["SETTINGS"]
    database: Database = state.app.extensions["survey_app.database"]
    state.app.extensions["survey_app.responses"] = _Services(
        database, FormSigner(settings.secret_key), NetworkWatch(), Directory(database), Pages(database)
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
    entry = _find(_canonical(code))
    if isinstance(entry, Response):
        return entry
    if entry.status is not EntryStatus.OPEN or entry.campaign is None:
        return not_open(entry)
    services = _services()
    submission_id, token = services.signer.issue(entry.code, entry.campaign.id, now())
    hidden = hidden_fields(submission_id, token)
    answer = _send(services.pages.form(entry.campaign.questionnaire_version_id, entry, display(), hidden))
    # With a name of its own a browser may keep the page, and the back button brings back this very form: sent
    # again, it is the same submission. A new visit asks again and gets a new one.
    answer.set_etag(submission_id)
    return answer


@blueprint.post("/<code>")
def submit_form(code: str) -> AnyResponse:
    """Check and store one submission; acknowledge only after the commit."""
    canonical, instant = _canonical(code), now()
    token = _token(canonical)
    entry = _find(canonical, trusted=token is not None)
    if isinstance(entry, Response):
        return entry
    campaign = _campaign_of(token, entry) if token else None
    if sent("show"):
        return _shown_otherwise(entry, token, campaign)
    if token is None:
        return _forged(entry)
    if token.is_stale(instant):
        return _stale(entry, token)
    if campaign is None:
        return not_open(entry)
    return _accept(entry, campaign, token, instant)


def _canonical(code: str) -> str:
    canonical = normalise_code(code)
    if canonical is None:
        abort(404)
    return canonical


def _token(code: str) -> FormToken | None:
    """Return what the form's token says, None for a forged one."""
    try:
        return _services().signer.read(sent("submission_id"), code, sent("form_token"))
    except ForgedToken:
        return None


def _find(code: str, *, trusted: bool = False) -> Entry | Response:
    """Return what `code` leads to, or the answer to a code that was never issued.

    A network that guesses waits, for forms that are in use too unless this process knows them: a hit must not be
    told faster than a miss. Whoever holds a valid form is `trusted`.
    """
    services = _services()
    network = services.watch.network(request.remote_addr or "", now())
    if not trusted and not services.directory.knows(code) and services.watch.is_guessing(network):
        return problem(429)
    entry = services.directory.find(code)
    if entry is None:
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
    checked = check(questionnaire, submitted())
    hidden = hidden_fields(token.submission_id, sent("form_token"))
    language = shown_language(questionnaire, display())
    if checked.errors:
        return _give_back(422, questionnaire, entry, hidden, checked)
    origin = Origin(
        campaign_id=campaign.id,
        questionnaire_version_id=campaign.questionnaire_version_id,
        office_id=entry.office_id,
        service_point_id=entry.service_point_id,
        channel=entry.channel.value,
        instrument="web",
        language=language,
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
    return _thank(entry, token)


def _flags(
    entry: Entry, campaign: CampaignView, token: FormToken, checked: Checked, instant: datetime
) -> frozenset[Flag]:
    watch = _services().watch
    network = watch.network(request.remote_addr or "", instant)
    flags = set(watch.observe(network, entry.code, checked.answers, token.submission_id))
    if sent(_HONEYPOT):
        flags.add(Flag.HONEYPOT)
    if is_too_fast(token.age(instant), len(checked.answers)):
        flags.add(Flag.TOO_FAST)
    if entry.status is not EntryStatus.OPEN or campaign.state is not State.OPEN:
        flags.add(Flag.LATE)
    return frozenset(flags)


def _not_stored(
    error: DatabaseUnavailable, questionnaire: Questionnaire, entry: Entry, hidden: Markup
) -> AnyResponse:
    reference = new_reference()
    logger.error("response not stored", reference=reference, kind=str(error))
    notice = _(
        "Hệ thống đang bận nên chưa xác nhận được phiếu. Câu trả lời vẫn còn nguyên dưới đây: "
        "xin đợi vài giây rồi bấm Gửi; gửi lại không thành hai phiếu. Mã tham chiếu: %(reference)s",
        reference=reference,
    )
    response = _give_back(503, questionnaire, entry, hidden, notice=notice)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _shown_otherwise(entry: Entry, token: FormToken | None, campaign: CampaignView | None) -> AnyResponse:
    """Show the same form in another language, size or contrast, with everything typed still in it."""
    use_display(display().changed(sent("show")))
    if token is None or campaign is None:
        return _with_fresh_token(200, entry, None)
    questionnaire = _services().pages.questionnaire(campaign.questionnaire_version_id)
    return _give_back(200, questionnaire, entry, hidden_fields(token.submission_id, sent("form_token")))


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
    return _with_fresh_token(400, entry, notice)


def _stale(entry: Entry, token: FormToken) -> AnyResponse:
    """Thank for a form that was stored while it was young; else ask to send it again."""
    services = _services()
    with services.database.read() as session:
        if is_stored(session, submission_id=token.submission_id):
            return _thank(entry, token)
    notice = _(
        "Trang này đã mở quá 7 ngày nên phiếu chưa được lưu. "
        "Câu trả lời vẫn còn dưới đây: xin xem lại và bấm Gửi lần nữa."
    )
    return _with_fresh_token(409, entry, notice)


def _thank(entry: Entry, token: FormToken) -> AnyResponse:
    receipt = _services().signer.receipt(token.submission_id)
    return redirect(f"/{entry.code}/thanks{display().query(receipt=receipt)}", 303)


def _with_fresh_token(status: int, entry: Entry, notice: str | None) -> AnyResponse:
    """Give the answers back in the open form of `entry`, with a token that can be sent."""
    if entry.campaign is None or entry.status is not EntryStatus.OPEN:
        return not_open(entry)
    services = _services()
    questionnaire = services.pages.questionnaire(entry.campaign.questionnaire_version_id)
    # The form was filled in already: sending it again at once is not suspiciously fast.
    issued_at = now() - _TIME_SPENT_BEFORE
    hidden = hidden_fields(*services.signer.issue(entry.code, entry.campaign.id, issued_at))
    return _give_back(status, questionnaire, entry, hidden, notice=notice)


def _give_back(
    status: int,
    questionnaire: Questionnaire,
    entry: Entry,
    hidden: Markup,
    checked: Checked | None = None,
    notice: str | None = None,
) -> Response:
    page = render_form(
        questionnaire,
        place_of(entry, current_language()),
        display(),
        hidden=hidden,
        submitted=submitted(),
        errors=checked.errors if checked else (),
        notice=notice,
    )
    return make_response(page, status)


@blueprint.get("/<code>/thanks")
def thanks(code: str) -> AnyResponse:
    """Thank the citizen and show the receipt; the page opens nothing and stores nothing."""
    entry = _find(_canonical(code))
    if isinstance(entry, Response):
        return entry
    receipt = request.args.get("receipt", "")
    if not _RECEIPT.fullmatch(receipt):
        return redirect(f"/{entry.code}{display().query()}", 303)
    return _send(_services().pages.thanks(entry, display(), receipt))


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

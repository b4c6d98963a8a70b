"""Follow, answer, rate and reopen one's own case at /feedback/track.

The code alone shows where the case stands. The PIN is only ever sent by POST; once it was right, the page carries a
signed pass of half an hour in its forms, so neither a cookie nor the PIN itself is needed again.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, make_response, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from survey_app.feedback.forms.tracking import CaseForm, TrackForm
from survey_app.feedback.guards.papers import InvalidPaper
from survey_app.feedback.models import Case
from survey_app.feedback.operations.attachments import UnusableFile, read_files
from survey_app.feedback.operations.citizen import (
    attach_own,
    rate,
    reopen,
    supplement,
    withdraw_consent,
    withdraw_own,
)
from survey_app.feedback.operations.pins import PinIsShut, try_pin
from survey_app.feedback.operations.privacy import request_from_citizen
from survey_app.feedback.queries.privacy import requests_of
from survey_app.feedback.queries.tracking import Tracked, contents, tracked
from survey_app.feedback.rules.answers import Solved
from survey_app.feedback.rules.codes import normalised, spoken
from survey_app.feedback.rules.consent import Purpose
from survey_app.feedback.rules.kinds import kind_label
from survey_app.feedback.rules.privacy import request_label, request_state_label
from survey_app.feedback.rules.states import State
from survey_app.feedback.views.public.services import network_here, services, take_files
from survey_app.feedback.views.public.wording import request_options, satisfaction_options, solved_options
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read, write
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.web.problems import problem
from survey_app.web.requests import drop_nuls
from survey_app.web.shell import display

blueprint = Blueprint("tracking", __name__)


@blueprint.get("/feedback/track")
def start() -> AnyResponse:
    """Ask for the code, or show where the case with `code` in the address stands."""
    drop_nuls()
    form = TrackForm(request.args)
    form.pin.data = ""
    if "code" not in request.args:
        return _ask(form)
    return _follow(form)


@blueprint.post("/feedback/track")
def follow() -> AnyResponse:
    """Show where a case stands, and with its PIN what was written and answered."""
    drop_nuls()
    return _follow(TrackForm(request.form))


def _follow(form: TrackForm) -> AnyResponse:
    """Look up a code, unless this network guesses: a hit must not be told faster than a miss."""
    if services().watch.unknown_codes.is_over(network_here()):
        return problem(429)
    code = normalised(form.code.data or "")
    with read() as session:
        found = tracked(session, code, now=now()) if code else None
    if found is None:
        services().watch.unknown_codes.count(network_here())
        return _unknown(form)
    return _try_pin(form, found) if form.pin.data else _status(form, found, 200)


def _try_pin(form: TrackForm, found: Tracked) -> AnyResponse:
    """Open the case to who knows its PIN."""

    def operation(session: Session) -> bool:
        return try_pin(
            session,
            code=found.code,
            pin=form.pin.data,
            digest=found.pin_digest,
            key=services().installation.contact_key,
            now=now(),
        )

    try:
        is_right = write(operation)
    except PinIsShut as error:
        form.wrong("pin", str(error))
        return _status(form, found, 429)
    if is_right:
        return _opened(found.code, CaseForm(None))
    services().watch.unknown_codes.count(network_here())
    form.wrong("pin", _("PIN chưa đúng. Mã và PIN hiện ra khi ông/bà gửi."))
    return _status(form, found, 422)


def _ask(form: TrackForm, status: int = 200) -> Response:
    page = render_template("feedback/track.html", form=form, found=None, labels=_labels())
    return make_response(page, status)


def _unknown(form: TrackForm) -> Response:
    form.pin.data = ""
    form.wrong("code", _("Không tìm thấy mã này. Xin xem lại từng ký tự, ví dụ PA-7K3F-9M2X-QD4."))
    return _ask(form, 404)


def _status(form: TrackForm, found: Tracked, status: int) -> Response:
    form.pin.data = ""
    page = render_template("feedback/track.html", form=form, found=found, labels=_labels(), spoken=spoken)
    return make_response(page, status)


def _labels() -> dict[str, str]:
    return {"code": _("Mã theo dõi"), "pin": _("Số PIN"), "files": _("Tệp kèm theo")}


def _opened(code: str, form: CaseForm, status: int = 200, notice: str = "") -> Response:
    """Return the page of a case whose PIN was right, with a fresh pass."""
    form.key.data = services().papers.new_pass(code)
    with read() as session:
        found = tracked(session, code, now=now(), has_pin=True)
        case = _case(session, found)
        page = render_template(
            "feedback/tracked.html",
            found=found,
            case=contents(session, case, now=now()) if case else None,
            form=form,
            notice=notice,
            labels=_labels(),
            spoken=spoken,
            kind_label=kind_label,
            satisfactions=satisfaction_options(),
            solutions=solved_options(),
            requests=requests_of(session, case) if case else (),
            asking=request_options(),
            request_label=request_label,
            request_state_label=request_state_label,
            local_date=local_date,
        )
    return make_response(page, status)


def _case(session: Session, found: Tracked | None) -> Case | None:
    if found is None or found.case_id is None:
        return None
    return session.get(Case, found.case_id)


Change = Callable[[Session, Case], object]


def _change(form: CaseForm, change: Change, done: str) -> AnyResponse:
    """Carry out one change of the case that the form's pass opens, and show the case with `done` or the refusal."""
    try:
        code = services().papers.code(form.key.data or "")
    except InvalidPaper:
        return _ask_again()

    def operation(session: Session) -> None:
        case = session.scalars(select(Case).where(Case.code == code)).one_or_none()
        if case is not None:
            change(session, case)

    try:
        write(operation)
    except Refused as error:
        return _opened(code, form, 422, str(error))
    return _opened(code, CaseForm(None), notice=done)


def _ask_again() -> Response:
    form = TrackForm(None)
    form.wrong("pin", _("Trang mở đã quá nửa giờ. Xin nhập lại mã và PIN."))
    return _ask(form, 400)


@blueprint.post("/feedback/track/supplement")
def send_more() -> AnyResponse:
    """Add a text and files that the desk asked for, or files without being asked."""
    take_files()
    try:
        drop_nuls()
    except RequestEntityTooLarge:
        return make_response(render_template("feedback/too_large.html"), 413)
    form = CaseForm(request.form)
    try:
        files = read_files([one for one in request.files.getlist("files") if one.filename])
    except UnusableFile as error:
        return _refused_file(form, error)
    installation, instant = services().installation, now()

    def add(session: Session, case: Case) -> None:
        if case.state is State.WAITING:
            text = form.text.data
            supplement(session, case=case, text=text, files=files, installation=installation, now=instant)
        else:
            attach_own(session, case=case, files=files, installation=installation, now=instant)

    return _change(form, add, _("Đã nhận nội dung bổ sung."))


def _refused_file(form: CaseForm, error: UnusableFile) -> AnyResponse:
    try:
        code = services().papers.code(form.key.data or "")
    except InvalidPaper:
        return _ask_again()
    form.wrong("files", str(error))
    return _opened(code, form, 422)


@blueprint.post("/feedback/track/rate")
def rate_answer() -> AnyResponse:
    """Say how content one is with the answer, and whether the matter is solved."""
    drop_nuls()
    form = CaseForm(request.form)
    solved = form.chosen_solved() or Solved.NO
    if not form.chosen_satisfaction() or form.chosen_solved() is None:
        return _change(form, _refuse_incomplete, "")
    return _change(
        form,
        lambda session, case: rate(
            session,
            case=case,
            satisfaction=form.chosen_satisfaction(),
            solved=solved,
            comment=form.comment.data,
            installation=services().installation,
            now=now(),
        ),
        _("Cảm ơn ông/bà đã đánh giá câu trả lời."),
    )


class IncompleteRating(Refused):
    """One of the two questions is open."""


def _refuse_incomplete(session: Session, case: Case) -> None:
    raise IncompleteRating(_("Xin chọn một mức hài lòng, và việc đã được giải quyết hay chưa."))


@blueprint.post("/feedback/track/reopen")
def look_again() -> AnyResponse:
    """Ask the desk to look at the matter again."""
    drop_nuls()
    form = CaseForm(request.form)
    return _change(
        form,
        lambda session, case: reopen(
            session, case=case, reason=form.reason.data, installation=services().installation, now=now()
        ),
        _("Đã mở lại. Cơ quan sẽ xem xét và trả lời lần nữa."),
    )


@blueprint.post("/feedback/track/withdraw")
def take_back() -> AnyResponse:
    """Take the own case back."""
    drop_nuls()
    form = CaseForm(request.form)
    return _change(
        form,
        lambda session, case: withdraw_own(
            session, case=case, installation=services().installation, now=now()
        ),
        _("Đã rút lại."),
    )


@blueprint.post("/feedback/track/consent")
def take_consent_back() -> AnyResponse:
    """Take back the consent to be told by message, or to be named."""
    drop_nuls()
    form = CaseForm(request.form)
    purpose = Purpose.PUBLIC_NAME if request.form.get("purpose") == Purpose.PUBLIC_NAME else Purpose.NOTICES
    return _change(
        form,
        lambda session, case: withdraw_consent(session, case=case, purpose=purpose, now=now()),
        _("Đã rút lại sự đồng ý."),
    )


@blueprint.post("/feedback/track/privacy")
def ask_about_data() -> AnyResponse:
    """Ask to see, correct or delete one's own data, or to restrict what is done with them."""
    drop_nuls()
    form = CaseForm(request.form)
    kind = form.chosen_request()
    if kind is None:
        return _change(form, _refuse_no_choice, "")
    return _change(
        form,
        lambda session, case: request_from_citizen(
            session,
            case=case,
            kind=kind,
            wish=form.wish.data,
            installation=services().installation,
            now=now(),
        ),
        _("Đã nhận yêu cầu về dữ liệu cá nhân. Hạn trả lời ghi ở cuối trang."),
    )


class NoRequestChosen(Refused):
    """It is not said what is asked about the data."""


def _refuse_no_choice(session: Session, case: Case) -> None:
    raise NoRequestChosen(_("Xin chọn một yêu cầu về dữ liệu cá nhân."))


@blueprint.get("/feedback/track/<step>")
def to_start(step: str) -> AnyResponse:
    """Lead who loads such a page again to the start; nothing is changed by an address."""
    return redirect(f"/feedback/track{display().query()}", 303)

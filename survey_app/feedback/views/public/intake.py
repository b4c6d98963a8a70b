"""The citizen's form at /feedback and what is shown after sending.

The answer to a sent form is the page with code and PIN itself, not a redirect: without a cookie the PIN would have to
stand in an address, and so in histories and logs. Loading that page again sends the same form again, which opens
nothing (its submission id is known) and, for half an hour, shows the same code and PIN.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort, make_response, render_template, request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from survey_app.feedback.forms.intake import IntakeForm
from survey_app.feedback.guards.papers import RECEIPT_LASTS, InvalidPaper
from survey_app.feedback.operations.attachments import UnusableFile, read_files
from survey_app.feedback.operations.intake import Opened, UnableToOpen, find_opened, open_case
from survey_app.feedback.queries.addressees import (
    Addressee,
    addressee_at,
    addressee_of,
    addressees_meant,
)
from survey_app.feedback.queries.settings import settings_for
from survey_app.feedback.rules.actors import CITIZEN
from survey_app.feedback.rules.codes import spoken
from survey_app.feedback.rules.consent import Purpose
from survey_app.feedback.rules.diversion import suspected_kind
from survey_app.feedback.rules.drafts import CaseDraft, SenderDraft, lacks_contact
from survey_app.feedback.rules.kinds import Anonymity, GrievanceKind, kind_label
from survey_app.feedback.rules.settings import DeskSettings
from survey_app.feedback.views.public.sending import Sending, whither
from survey_app.feedback.views.public.services import network_here, prepare, services, take_files
from survey_app.feedback.views.public.wording import (
    KEEP,
)
from survey_app.foundation.clock import now
from survey_app.foundation.database import DatabaseUnavailable, is_conflict, read, write
from survey_app.foundation.errors import new_reference
from survey_app.foundation.languages import current_language
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.log import logger
from survey_app.web.problems import RETRY_SECONDS
from survey_app.web.requests import drop_nuls
from survey_app.web.shell import display, use_display

blueprint = Blueprint("intake", __name__)
blueprint.record_once(prepare)


@blueprint.get("/feedback")
def show() -> Response:
    """Show the empty form, to the unit that the link names by `at` (a counter's code) or `unit`."""
    form = IntakeForm(request.args)
    form.paper.data = services().papers.new_form().token
    with read() as session:
        addressee = _addressee(session, form)
        settings = _settings(session, addressee)
    return Sending(form, addressee, settings=settings).page()


@blueprint.post("/feedback")
def send() -> Response:
    """Open a case and show its code and PIN, or give the form back with what is wrong."""
    take_files()
    try:
        drop_nuls()
    except RequestEntityTooLarge:
        return make_response(render_template("feedback/too_large.html"), 413)
    form = IntakeForm(request.form)
    form.files.data = [one for one in request.files.getlist("files") if one.filename]
    sending = Sending(form)
    if "show" in request.form:
        use_display(display().changed(request.form["show"]))
    with read() as session:
        sending.addressee = _addressee(session, form)
        if request.form.get("do") == "change":
            sending.addressee = None
        sending.suggestions = _suggestions(session, sending)
        sending.settings = _settings(session, sending.addressee)
    if "show" in request.form or request.form.get("do") in ("find", "change"):
        return sending.page()
    return _accept(sending)


def _addressee(session: Session, form: IntakeForm) -> Addressee | None:
    return addressee_at(session, form.at.data or "") or addressee_of(session, form.unit.data or "")


def _settings(session: Session, addressee: Addressee | None) -> DeskSettings:
    return settings_for(session, addressee.path) if addressee else DeskSettings()


def _suggestions(session: Session, sending: Sending) -> Sequence[Addressee]:
    """Return the units that were typed; a single one is taken at once when the form is sent."""
    if sending.addressee is not None:
        return ()
    if request.form.get("do") == "change":
        sending.form.at.data = sending.form.unit.data = ""
        return ()
    meant = addressees_meant(session, sending.form.unit_text.data or "")
    if len(meant) == 1:
        sending.addressee = meant[0]
        return ()
    if request.form.get("do") == "find" and not meant:
        sending.form.wrong(
            "unit_text", _("Không tìm thấy nơi nào tên như vậy. Xin ghi lại, ví dụ: thuc phan.")
        )
    return meant


def _accept(sending: Sending) -> Response:
    try:
        submission_id = services().papers.submission_id(sending.form.paper.data or "")
    except InvalidPaper:
        sending.form.paper.data = services().papers.new_form().token
        return sending.page(400, _("Trang này mở đã lâu. Nội dung vẫn còn dưới đây: xin bấm Gửi lần nữa."))
    with read() as session:
        known = find_opened(session, submission_id=submission_id, key=services().installation.contact_key)
    if known is not None:
        return _receipt(known, None)
    if services().watch.sent_forms.is_over(network_here()):
        return sending.page(
            429, _("Mạng này đang gửi quá nhiều. Nội dung vẫn còn dưới đây: xin đợi một phút rồi gửi.")
        )
    _check(sending, submission_id)
    if sending.form.has_errors:
        return sending.page(422)
    return _store(sending, submission_id)


def _check(sending: Sending, submission_id: str) -> None:
    """Note everything that is wrong beside its field."""
    form = sending.form
    form.check_matter()
    form.check_phone()
    form.check_code()
    _check_addressee(sending)
    _check_track(sending)
    try:
        sending.files = read_files(form.files.data or [])
    except UnusableFile as error:
        form.wrong("files", str(error))
    if sending.addressee is None or sending.kind is None:
        return
    if lacks_contact(_draft(sending, submission_id), sending.settings.contact_required):
        form.wrong(
            "name",
            _(
                "Phản ánh, kiến nghị phải có họ tên và số điện thoại hoặc địa chỉ. Không muốn ghi tên: xin chọn Góp ý."
            ),
        )


def _check_addressee(sending: Sending) -> None:
    if sending.addressee is not None:
        return
    if sending.suggestions:
        sending.form.wrong("unit", _("Xin chọn một nơi trong danh sách."))
    else:
        sending.form.wrong("unit_text", _("Xin ghi tên nơi nhận, ví dụ: thuc phan."))


def _check_track(sending: Sending) -> None:
    """Ask once where the words look like a khiếu nại or tố cáo; the sender decides."""
    form, kind = sending.form, sending.form.chosen_kind()
    if isinstance(kind, GrievanceKind):
        if not form.has_read.data:
            form.wrong("has_read", _("Xin đọc phần hướng dẫn rồi đánh dấu ô này nếu vẫn gửi ở đây."))
        return
    sending.suspected = suspected_kind(f"{form.text.data}\n{form.proposal.data}")
    if sending.suspected and form.diversion.data not in (KEEP, *GrievanceKind):
        form.wrong("diversion", _("Xin chọn cách gửi."))


def _draft(sending: Sending, submission_id: str) -> CaseDraft:
    form = sending.form
    assert sending.addressee is not None, "checked before"
    assert sending.kind is not None, "checked before"
    anonymity = form.chosen_anonymity()
    purposes = {
        Purpose.NOTICES: form.wants_notices.data,
        Purpose.PUBLIC_NAME: anonymity is Anonymity.PUBLIC,
    }
    return CaseDraft(
        submission_id=submission_id,
        kind=sending.kind,
        unit_path=sending.addressee.path,
        text=form.text.data,
        proposal=form.proposal.data,
        field_name=form.chosen_field(),
        place=form.place.data or sending.addressee.place,
        anonymity=anonymity,
        sender=SenderDraft(name=form.name.data, phone=form.phone.data, address=form.address.data),
        wants_notices=form.wants_notices.data,
        wants_code=form.wants_code.data,
        consents=tuple(purpose for purpose, is_given in purposes.items() if is_given),
        files=sending.files,
        language=current_language(),
    )


def _store(sending: Sending, submission_id: str) -> Response:
    draft, instant = _draft(sending, submission_id), now()

    def operation(session: Session) -> Opened:
        return open_case(
            session, draft=draft, actor=CITIZEN, installation=services().installation, now=instant
        )

    try:
        opened = write(operation)
    except UnableToOpen as error:
        return sending.page(422, str(error))
    except IntegrityError as error:
        if not is_conflict(error):
            raise
        return _sent_at_once(submission_id)
    except DatabaseUnavailable as error:
        return _not_stored(sending, error)
    services().watch.sent_forms.count(network_here())
    return _receipt(opened, sending.addressee, wants_code=draft.wants_code)


def _sent_at_once(submission_id: str) -> Response:
    """Answer the later of two equal forms that came at the same moment: the first one was stored."""
    with read() as session:
        known = find_opened(session, submission_id=submission_id, key=services().installation.contact_key)
    if known is None:
        abort(503)
    return _receipt(known, None)


def _not_stored(sending: Sending, error: DatabaseUnavailable) -> Response:
    reference = new_reference()
    logger.error("case not stored", reference=reference, kind=str(error))
    response = sending.page(
        503,
        _(
            "Hệ thống đang bận nên chưa nhận được. Nội dung vẫn còn nguyên dưới đây: xin đợi vài giây rồi bấm Gửi; "
            "gửi lại không thành hai phiếu. Mã tham chiếu: %(reference)s",
            reference=reference,
        ),
    )
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _receipt(opened: Opened, addressee: Addressee | None, *, wants_code: bool = False) -> Response:
    """Return the page with code and PIN; one of an earlier sending shows them for half an hour only."""
    is_fresh = now() - opened.opened_at < RECEIPT_LASTS
    return make_response(
        render_template(
            "feedback/sent.html",
            code=spoken(opened.code) if is_fresh else "",
            pin=opened.pin if is_fresh else "",
            unit_name=addressee.name if addressee else "",
            is_code_sent=opened.is_code_sent,
            is_code_missing=wants_code and not opened.is_code_sent,
        )
    )


@blueprint.get("/feedback/other-track")
def other_track() -> str:
    """Explain how khiếu nại and tố cáo go, whom to turn to, and that they can be sent here all the same."""
    with read() as session:
        form = IntakeForm(request.args)
        link = whither(_addressee(session, form), form.at.data)
    return render_template("feedback/other_track.html", kind_label=kind_label_of, whither=link)


@blueprint.get("/feedback/other-track/<kind>")
def other_track_form(kind: str) -> str:
    """Show the letter that law asks for, to print or copy."""
    if kind not in list(GrievanceKind):
        abort(404)
    return render_template("feedback/other_track_form.html", other_track=kind, kind_label=kind_label_of)


def kind_label_of(kind: str) -> str:
    """Return the name of a kind of the other track."""
    return kind_label(GrievanceKind(kind))

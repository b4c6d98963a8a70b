"""A clerk files a case for somebody at the counter, on the telephone or by letter, and prints the receipt."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey_app.feedback.forms.filing import FilingForm
from survey_app.feedback.guards.papers import RECEIPT_LASTS, InvalidPaper
from survey_app.feedback.operations.attachments import UnusableFile, read_files
from survey_app.feedback.operations.intake import Opened, UnableToOpen, find_opened, open_case
from survey_app.feedback.queries.addressees import Addressee, addressees_meant
from survey_app.feedback.rules.actors import staff_member
from survey_app.feedback.rules.codes import spoken
from survey_app.feedback.rules.consent import Purpose
from survey_app.feedback.rules.diversion import suspected_kind
from survey_app.feedback.rules.drafts import CaseDraft, FileDraft
from survey_app.feedback.rules.kinds import Anonymity, Kind, kind_label
from survey_app.feedback.views.public.services import LARGEST_TEXTS, LARGEST_UPLOAD, services
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.guards import act, require_unit, requires, scopes_here, staff_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("filing", __name__)


@blueprint.get("/desk/new")
@requires(Action.FILE_CASES)
def new_case() -> str:
    """Show the empty form."""
    form = FilingForm()
    form.paper.data = services().papers.new_form().token
    return _page(form)


def _page(form: FilingForm, suspected: str = "") -> str:
    return render_template(
        "feedback/filing.html", form=form, suspected=suspected, crumbs=[("/desk", _("Phản ánh, kiến nghị"))]
    )


@blueprint.post("/desk/new")
@requires(Action.FILE_CASES, upload_bytes=LARGEST_UPLOAD)
def file_case() -> Response:
    """File the case and show the receipt to print; the same form again shows the same receipt."""
    request.max_form_memory_size = LARGEST_TEXTS
    form = FilingForm()
    try:
        submission_id = services().papers.submission_id(form.paper.data or "")
    except InvalidPaper:
        form.paper.data = services().papers.new_form().token
        form.refuse(_("Trang này mở đã lâu. Nội dung vẫn còn dưới đây: xin bấm Ghi lần nữa."))
        return make_response(_page(form), 400)
    with read() as session:
        known = find_opened(session, submission_id=submission_id, key=services().installation.contact_key)
        found = addressees_meant(session, form.unit.data or "", inside=scopes_here())
    if known is not None:
        return _receipt(known)
    is_valid = form.validate()
    unit, files = form.chosen_unit(found), _files(form)
    suspected = _suspected(form)
    if not is_valid or unit is None or files is None or suspected:
        return make_response(_page(form, suspected), 422)
    return _file(form, submission_id, unit, files)


def _files(form: FilingForm) -> tuple[FileDraft, ...] | None:
    try:
        return read_files([one for one in request.files.getlist("files") if one.filename])
    except UnusableFile as error:
        form.files.errors = [*form.files.errors, str(error)]
        return None


def _suspected(form: FilingForm) -> str:
    """Return the name of what the words look like unless the clerk looked at it; the clerk decides."""
    if form.is_looked_at.data or form.kind.data not in list(Kind):
        return ""
    suspected = suspected_kind(f"{form.text.data}\n{form.proposal.data}")
    return kind_label(suspected) if suspected else ""


def _file(form: FilingForm, submission_id: str, unit: Addressee, files: tuple[FileDraft, ...]) -> Response:
    require_unit(unit.path)
    instant, actor = now(), staff_member(staff_here().account_id)
    purposes = {
        Purpose.NOTICES: form.wants_notices.data,
        Purpose.PUBLIC_NAME: form.anonymity.data == Anonymity.PUBLIC,
    }
    given = tuple(purpose for purpose, is_given in purposes.items() if is_given)
    draft = form.draft(submission_id, unit, files, given)

    def operation(session: Session) -> Opened:
        return open_case(session, draft=draft, actor=actor, installation=services().installation, now=instant)

    try:
        opened = act(
            operation,
            subject=lambda opened: f"case:{opened.code}",
            unit_path=unit.path,
            details={"channel": str(draft.channel)},
        )
    except UnableToOpen as error:
        form.refuse(error)
        return make_response(_page(form), 422)
    except Refused as error:
        form.refuse(error)
        return make_response(_page(form), 409)
    return _receipt(opened, unit.name, draft)


def _receipt(opened: Opened, unit_name: str = "", draft: CaseDraft | None = None) -> Response:
    """Return the receipt for the sender; the PIN is shown for half an hour only."""
    is_fresh = now() - opened.opened_at < RECEIPT_LASTS
    return make_response(
        render_template(
            "feedback/filed.html",
            code=spoken(opened.code),
            pin=opened.pin if is_fresh else "",
            address=f"/desk/cases/{opened.code}" if opened.case_id else "",
            unit_name=unit_name,
            received_at=(draft.arrived_at if draft else None) or opened.opened_at,
            is_code_sent=opened.is_code_sent,
            is_code_missing=draft is not None and draft.wants_code and not opened.is_code_sent,
            crumbs=[("/desk", _("Phản ánh, kiến nghị"))],
        )
    )

"""The copy for the public: covered where a person says so, confirmed, published, taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey_app.feedback.forms.answers import CopyForm, RetractForm
from survey_app.feedback.models import Case, PublicCopy
from survey_app.feedback.operations.publication import publish, retract, save_copy
from survey_app.feedback.queries.answers import current_answer, known_of_sender
from survey_app.feedback.queries.case_pages import concern_of
from survey_app.feedback.queries.settings import settings_for
from survey_app.feedback.rules.answers import read_parts, running_text
from survey_app.feedback.rules.codes import spoken
from survey_app.feedback.rules.contacts import is_kept_from
from survey_app.feedback.rules.publication import (
    LONGEST_TITLE,
    CopyDraft,
    as_typed,
    is_shown,
    suspicions,
    with_covered,
)
from survey_app.feedback.rules.redaction import secret_label
from survey_app.feedback.rules.states import Step
from survey_app.feedback.views.desk.answered_cases import (
    act_on_case,
    actor_here,
    case_here,
    crumbs_to,
    installation_here,
    may_here,
    require_step,
)
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.languages import use_language
from survey_app.staff.guards import requires
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("publishing", __name__)
_Operation = Callable[..., PublicCopy]


@dataclass(frozen=True, slots=True)
class _Table:
    """What lies on the table: the case, its copy as stored or as first proposed, and what to look for."""

    case: Case
    copy: CopyDraft
    stored: PublicCopy | None
    names: tuple[str, ...]
    spared: tuple[str, ...]
    may_publish: bool


@blueprint.route("/desk/cases/<code>/redact", methods=["GET", "POST"])
@requires(Action.HANDLE_CASES)
def redact_copy(code: str) -> ResponseReturnValue:
    """Prepare the copy: cover what was found, correct by hand, keep it, confirm it."""
    return _work(code, Step.REDACT, save_copy, _("Đã lưu bản công khai."))


@blueprint.route("/desk/cases/<code>/publish", methods=["GET", "POST"])
@requires(Action.PUBLISH_CASES)
def publish_copy(code: str) -> ResponseReturnValue:
    """Read the copy a last time, correct it if need be, and publish it."""
    return _work(code, Step.PUBLISH, publish, _("Đã công khai."))


@blueprint.post("/desk/cases/<code>/retract")
@requires(Action.PUBLISH_CASES)
def retract_copy(code: str) -> Response:
    """Take the copy back: the next reader does not find it."""
    with read() as session:
        case = case_here(session, code)
        require_step(session, case, Step.RETRACT)
    form = RetractForm()
    if not form.validate():
        flash(_("Xin ghi lý do gỡ xuống."), "bad")
        return redirect(f"/desk/cases/{case.code}/publish", 303)

    def operation(session: Session, found: Case) -> PublicCopy:
        return retract(
            session,
            case=found,
            reason=form.reason.data,
            actor=actor_here(),
            installation=installation_here(),
            now=now(),
        )

    try:
        act_on_case(case, "copy_retracted", operation)
        flash(_("Đã gỡ xuống. Người mở trang từ bây giờ không còn thấy."), "done")
    except Refused as error:
        flash(str(error), "bad")
    return redirect(f"/desk/cases/{case.code}/publish", 303)


def _work(code: str, step: Step, operation: _Operation, done: str) -> ResponseReturnValue:
    table, form = _table(code, step), CopyForm()
    if request.method == "GET":
        form.show(table.copy, table.stored.version if table.stored else 0)
        form.confirmed.data = False
        return _page(table, form, step)
    # Whatever button was pressed: what is ticked is never stored.
    form.show(with_covered(form.copy(), form.hide, names=table.names, spared=table.spared), form.base_version)
    if request.form.get("do") == "cover":
        form.confirmed.data = False
        return _page(table, form, step)
    if form.validate() and _is_kept(table, form, step, operation):
        flash(done, "done")
        return redirect(f"/desk/cases/{table.case.code}/{step.value}", 303)
    return _page(table, form, step)


def _is_kept(table: _Table, form: CopyForm, step: Step, operation: _Operation) -> bool:
    def keep(session: Session, case: Case) -> PublicCopy:
        return operation(
            session,
            case=case,
            copy=form.copy(),
            is_confirmed=form.confirmed.data,
            version=form.base_version,
            actor=actor_here(),
            installation=installation_here(),
            now=now(),
        )

    try:
        act_on_case(table.case, f"copy_{step.value}", keep)
    except Refused as error:
        form.refuse(error)
    return not form.form_errors


def _table(code: str, step: Step) -> _Table:
    with read() as session:
        case = case_here(session, code)
        require_step(session, case, step)
        stored = session.get(PublicCopy, case.id)
        # A text that is found because the sender is known would tell who it is to whoever tries names.
        is_kept = is_kept_from(case.unit_path, concern_of(session, case))
        names = () if is_kept else known_of_sender(session, case, key=installation_here().contact_key)
        spared = (settings_for(session, case.unit_path).phone,)
        copy = CopyDraft(stored.title, stored.question, stored.answer) if stored else _proposed(session, case)
        return _Table(case, copy, stored, names, spared, may_here(session, case, Step.PUBLISH))


def _proposed(session: Session, case: Case) -> CopyDraft:
    """Return the original texts, to be covered; they are stored nowhere else until somebody saves the copy."""
    answer = current_answer(session, case)
    question = f"{case.text}\n\n{case.proposal}" if case.proposal else case.text
    # The copy is a Vietnamese text, also for an officer who reads the desk in English.
    with use_language("vi"):
        text = running_text(read_parts(answer.parts)) if answer else ""
    title = case.summary or " ".join(case.text.split())
    return as_typed(title[:LONGEST_TITLE], question, text)


def _page(table: _Table, form: CopyForm, step: Step) -> ResponseReturnValue:
    stored = table.stored
    was_confirmed = stored is not None and stored.confirmed_at is not None
    page = render_template(
        "feedback/copy.html",
        crumbs=crumbs_to(table.case),
        case=table.case,
        code=spoken(table.case.code),
        here=f"/desk/cases/{table.case.code}",
        form=form,
        retracting=RetractForm(),
        step=step.value,
        stored=stored,
        is_shown=stored is not None and is_shown(table.case.state, stored.is_public),
        may_publish=table.may_publish,
        suspicions=suspicions(form.copy(), names=table.names, spared=table.spared),
        is_known=table.names.__contains__,
        is_ticked=form.is_ticked if request.method == "POST" else lambda _text: not was_confirmed,
        label_of=secret_label,
    )
    return page, 422 if form.errors or form.form_errors else 200

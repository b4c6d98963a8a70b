"""The buttons of a case page: each makes one move, and shows what somebody else did meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app.feedback.forms.moves import MoveForm, move_form
from survey_app.feedback.models import Case
from survey_app.feedback.operations.attachments import UnusableFile, read_files
from survey_app.feedback.operations.moves import CaseChangedMeanwhile
from survey_app.feedback.queries.addressees import Addressee, addressees_meant
from survey_app.feedback.queries.case_pages import case_by_code, was_just_done
from survey_app.feedback.rules.kinds import GrievanceKind, Kind, SubjectClass
from survey_app.feedback.rules.offers import FIELDS_OF, offer_label
from survey_app.feedback.rules.permissions import ACTION_OF, CaseFacts, may_view
from survey_app.feedback.rules.states import State, Step, move_from
from survey_app.feedback.rules.timeline import event_label
from survey_app.feedback.rules.views import state_label
from survey_app.feedback.views.desk.answered_cases import (
    act_on_case,
    case_here,
    crumbs_to,
    may_here,
    require_step,
)
from survey_app.feedback.views.desk.carrying_out import OPERATIONS, WORDS_OF
from survey_app.feedback.views.desk.handing_over import blueprint as handing_over_doors
from survey_app.feedback.views.desk.showing import has_left, officers_of, show_case
from survey_app.feedback.views.desk.splitting import blueprint as splitting_doors
from survey_app.feedback.views.public.services import LARGEST_UPLOAD
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.guards import requires, staff_here
from survey_app.staff.queries import names_of

blueprint = Blueprint("moves", __name__)
for doors in (splitting_doors, handing_over_doors):
    blueprint.register_blueprint(doors)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A move as it was typed; `told` is what its event keeps, by which a form that came twice is known."""

    step: Step
    form: MoveForm
    operation: Callable[..., Any]
    words: Mapping[str, Any]
    told: Mapping[str, Any] = field(default_factory=dict)


def _door(step: Step) -> Callable[[str], ResponseReturnValue]:
    @requires(ACTION_OF[step], upload_bytes=LARGEST_UPLOAD if step is Step.ATTACH else None)
    def door(code: str) -> ResponseReturnValue:
        """Show the case with the form of one move open, or make the move."""
        return show_case(code, opened=step) if request.method == "GET" else _make(code, step)

    return door


for made_here in FIELDS_OF:
    if made_here is not Step.SPLIT:
        blueprint.add_url_rule(
            f"/desk/cases/<code>/{made_here}",
            endpoint=str(made_here),
            view_func=_door(made_here),
            methods=["GET", "POST"],
        )


def _make(code: str, step: Step) -> ResponseReturnValue:
    with read() as session:
        if has_left(session, code):
            return redirect(f"/desk/cases/{code}", 303)
        case = case_here(session, code, also_diverted=True)
        require_step(session, case, step)
        if case.state is State.DIVERTED:
            return redirect("/desk", 303)
        form = move_form(step, is_sent=True)
        if step is Step.ASSIGN:
            form.offer_officers(officers_of(session, case))
        unit = _unit(session, form) if "unit" in form else None
        other = case_by_code(session, form.other_code) if form.other_code else None
    if step is Step.MERGE and other is None and form.typed("other"):
        form.other.errors = [_("Không thấy hồ sơ nào có mã này.")]
    if not _is_valid(form):
        return show_case(case.code, sent=form)
    try:
        return _carry_out(case, _wanted(case, form, unit, other))
    except UnusableFile as error:
        form.files.errors = [str(error)]
        return show_case(case.code, sent=form)


def _is_valid(form: MoveForm) -> bool:
    """Validate without losing what was found beside a field before."""
    found = {one.name: list(one.errors) for one in form if one.errors}
    is_valid = form.validate()
    for name, errors in found.items():
        form[name].errors = [*errors, *form[name].errors]
    return is_valid and not found


def _unit(session: Session, form: MoveForm) -> Addressee | None:
    typed = form.typed("unit")
    return form.chosen_unit(addressees_meant(session, typed)) if typed else None


def _wanted(case: Case, form: MoveForm, unit: Addressee | None, other: Case | None) -> _Wanted:
    words = {name: value for name, value in _typed_words(form).items() if name in WORDS_OF[form.step]}
    operation = OPERATIONS[form.step]
    match form.step:
        case Step.CLASSIFY:
            told = {name: words[name] for name in ("kind", "field", "subject_class")}
        case Step.ASSIGN:
            told = {"handler": words["handler_id"]}
        case Step.TRANSFER:
            assert unit is not None, "the form was valid"
            words["to_path"], told = unit.path, {"to": unit.path}
        case Step.FORWARD | Step.REFUSE:
            told = {"body": words["body"]}
        case Step.MERGE:
            assert other is not None, "the form was valid"
            words["other_id"], told = other.id, {"primary": other.id}
        case Step.ATTACH:
            words["files"], told = read_files(request.files.getlist("files")), {}
        case _:
            told = {}
    return _Wanted(form.step, form, operation, words, told)


def _typed_words(form: MoveForm) -> dict[str, Any]:
    """Return what was typed by the names that operations call it."""
    reason = form.told_reason if "reason" in form else ""
    return {
        "reason": reason,
        "question": reason,
        "body": form.typed("body"),
        "note": form.typed("note"),
        "text": form.typed("text"),
        "field": form.typed("field"),
        "summary": form.typed("summary"),
        "kind": _kind(form),
        "subject_class": SubjectClass(form.typed("subject_class")) if form.typed("subject_class") else None,
        "handler_id": int(form.typed("handler") or 0),
    }


def _kind(form: MoveForm) -> Kind | GrievanceKind | None:
    if "grievance" in form:
        return GrievanceKind(form.typed("grievance"))
    return Kind(form.typed("kind")) if "kind" in form else None


def _carry_out(case: Case, wanted: _Wanted) -> ResponseReturnValue:
    """Make the move; of a form that was sent twice the second is no error."""

    def operation(session: Session, locked: Case) -> Any:
        return wanted.operation(session, locked, wanted.form.base_version, **wanted.words)

    try:
        act_on_case(case, f"case_{wanted.step}", operation)
    except CaseChangedMeanwhile as error:
        if _was_sent_twice(case, wanted, error):
            return redirect(f"/desk/cases/{case.code}", 303)
        return _meeting(case, wanted, error)
    except Refused as error:
        if _was_sent_twice(case, wanted, None):
            return redirect(f"/desk/cases/{case.code}", 303)
        wanted.form.refuse(error)
        return show_case(case.code, sent=wanted.form)
    flash(_("Đã xong: %(what)s.", what=event_label(wanted.step)), "done")
    return redirect(_behind(case), 303)


def _behind(case: Case) -> str:
    """Return where to go on: the case as long as the person may read it, else the list."""
    with read() as session:
        moved = case_by_code(session, case.code)
    if moved is None:
        return "/desk"
    facts = CaseFacts(unit_path=moved.unit_path, received_path=moved.received_path)
    return f"/desk/cases/{case.code}" if may_view(grants=staff_here().grants, facts=facts) else "/desk"


def _was_sent_twice(case: Case, wanted: _Wanted, error: CaseChangedMeanwhile | None) -> bool:
    since = error.version - wanted.form.base_version if error else case.version - wanted.form.base_version
    with read() as session:
        return was_just_done(
            session,
            case_id=case.id,
            account_id=staff_here().account_id,
            step=wanted.step,
            reason=str(wanted.words.get("reason") or wanted.words.get("question") or "").strip(),
            note=str(wanted.words.get("note") or "").strip(),
            details=wanted.told,
            since=min(since, 20),
        )


def _meeting(case: Case, wanted: _Wanted, error: CaseChangedMeanwhile) -> ResponseReturnValue:
    """Show what others did since the page was opened, and what was typed: to send again or to leave."""
    people = {change.account_id for change in error.changes if change.account_id is not None}
    with read() as session:
        names = names_of(session, sorted(people))
        current = case_here(session, case.code, also_diverted=True)
        is_possible = may_here(session, current, wanted.step)
    wanted.form.version.data = str(error.version)
    page = render_template(
        "feedback/case_changed.html",
        crumbs=crumbs_to(case),
        case=case,
        error=error,
        names=names,
        step=wanted.step,
        label=offer_label(wanted.step),
        form=wanted.form,
        is_possible=is_possible and move_from(error.state, wanted.step) is not None,
        event_label=event_label,
        state_label=state_label,
    )
    return page, 409

"""Writing an answer: a text for each part, templates, a preview, and a meeting of two texts written at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app.feedback.forms.answers import AnswerForm
from survey_app.feedback.models import Answer, Case
from survey_app.feedback.operations.answers import UnableToSave, UnableToSubmit, save_draft, submit
from survey_app.feedback.queries.answers import TemplateLine, current_answer, last_returned, templates_for
from survey_app.feedback.queries.fields import field_label
from survey_app.feedback.queries.settings import settings_for
from survey_app.feedback.rules.answers import Part, Parts, filled, hints, part_help, part_label, read_parts
from survey_app.feedback.rules.codes import spoken
from survey_app.feedback.rules.differences import Meeting, difference
from survey_app.feedback.rules.kinds import kind_label
from survey_app.feedback.rules.notice_previews import notice_previews
from survey_app.feedback.rules.reply_templates import fill_known, variable_labels
from survey_app.feedback.rules.states import BEING_HANDLED, Step
from survey_app.feedback.views.desk.answered_cases import (
    act_on_case,
    actor_here,
    case_here,
    crumbs_to,
    installation_here,
    require_step,
)
from survey_app.feedback.views.desk.publishing import blueprint as publishing_doors
from survey_app.feedback.views.desk.reviewing import blueprint as reviewing_doors
from survey_app.feedback.views.desk.templates import blueprint as templates_doors
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import format_date
from survey_app.foundation.languages import gettext as _
from survey_app.offices.queries import names_by_path
from survey_app.staff.guards import requires
from survey_app.staff.queries import names_of
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("answering", __name__)
for doors in (reviewing_doors, publishing_doors, templates_doors):
    blueprint.register_blueprint(doors)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the page of one answer is made from."""

    case: Case
    answer: Answer | None
    templates: list[TemplateLine]
    values: dict[str, str]
    returned: Parts | None

    @property
    def parts(self) -> Parts:
        return read_parts(self.answer.parts if self.answer else {})


@blueprint.route("/desk/cases/<code>/answer", methods=["GET", "POST"])
@requires(Action.HANDLE_CASES)
def write_answer(code: str) -> ResponseReturnValue:
    """Write the answer of a case; a template and "Xem trước" store nothing."""
    desk = _desk(code)
    form = AnswerForm(desk.case.kind, [(one.key, one.draft.name) for one in desk.templates])
    if request.method == "GET":
        form.show(desk.parts)
        form.version.data = str(desk.answer.version if desk.answer else 0)
        return _page(desk, form)
    did = request.form.get("do", "save")
    if form.validate() and did in ("save", "submit"):
        return _keep(desk, form, did)
    if did == "template":
        form.show(_with_template(desk, form))
    return _page(desk, form)


def _desk(code: str) -> _Desk:
    with read() as session:
        case = case_here(session, code)
        require_step(session, case, Step.DRAFT)
        answer = current_answer(session, case)
        returned = last_returned(session, answer) if answer else None
        return _Desk(
            case,
            answer,
            templates_for(session, unit_path=case.unit_path, kind=case.kind),
            _values(session, case),
            read_parts(returned.parts) if returned else None,
        )


def _values(session: Session, case: Case) -> dict[str, str]:
    """Return what a template may name of this case; nothing of its sender."""
    settings = settings_for(session, case.unit_path)
    return {
        "ma": spoken(case.code),
        "loai": kind_label(case.kind),
        "linh_vuc": field_label(case.field),
        "noi": case.place,
        "ten_don_vi": names_by_path(session, [case.unit_path])[case.unit_path].split(", ")[0],
        "dien_thoai": settings.phone,
        "ngay_nhan": format_date(local_date(case.received_at or case.created_at)),
        "han": format_date(local_date(case.due_at)) if case.due_at else "",
        "hom_nay": format_date(local_date(now())),
        "so_ngay_mo_lai": str(settings.reopen_days),
    }


def _with_template(desk: _Desk, form: AnswerForm) -> Parts:
    """Return what was typed, with the empty parts taken from the chosen template: nothing typed is lost."""
    chosen = next((one.draft for one in desk.templates if one.key == form.template.data), None)
    if chosen is None:
        form.refuse(_("Xin chọn một mẫu trước."))
        return form.parts()
    start = fill_known(chosen.parts, desk.values)
    return {part: text or start.get(part, "") for part, text in form.parts().items()}


def _keep(desk: _Desk, form: AnswerForm, did: str) -> ResponseReturnValue:
    note = (form.note.data or "").strip()

    def operation(session: Session, case: Case) -> Answer:
        words: dict[str, Any] = {
            "case": case,
            "parts": form.parts(),
            "base_version": form.base_version,
            "actor": actor_here(),
            "installation": installation_here(),
            "now": now(),
        }
        return submit(session, note=note, **words) if did == "submit" else save_draft(session, **words)

    try:
        act_on_case(desk.case, f"answer_{did}", operation)
    except UnableToSave as error:
        return _meeting(desk, form, error)
    except UnableToSubmit as error:
        form.point_out(error.faults)
    except Refused as error:
        form.refuse(error)
    if form.errors or form.form_errors:
        return _page(desk, form)
    flash(_("Đã trình bản trả lời.") if did == "submit" else _("Đã lưu bản nháp."), "done")
    here = f"/desk/cases/{desk.case.code}"
    return redirect(here if did == "submit" else f"{here}/answer", 303)


def _meeting(desk: _Desk, form: AnswerForm, error: UnableToSave) -> ResponseReturnValue:
    """Show both texts; saved from here, the page builds upon the other one's."""
    form.refuse(error)
    form.show({one.part: one.proposed for one in error.meetings})
    form.version.data = str(error.version)
    with read() as session:
        names = names_of(session, [error.saved_by]) if error.saved_by else {}
    return _page(desk, form, error.meetings, names.get(error.saved_by or 0, ""))


def _page(
    desk: _Desk, form: AnswerForm, met: list[Meeting] | None = None, other: str = ""
) -> ResponseReturnValue:
    typed = form.parts()
    page = render_template(
        "feedback/answer.html",
        crumbs=crumbs_to(desk.case),
        case=desk.case,
        code=spoken(desk.case.code),
        kind=kind_label(desk.case.kind),
        is_open=desk.case.state in BEING_HANDLED,
        form=form,
        parts_in_order=tuple(Part),
        help_of=part_help,
        notices=notice_previews(desk.case.code, installation_here().public_url),
        label_of=part_label,
        variables=variable_labels(),
        values=desk.values,
        preview=filled(typed),
        hints=hints(typed),
        met={one.part: one for one in met or []},
        other=other,
        difference=difference,
        returned=desk.returned,
    )
    return page, 409 if met else 422 if form.errors else 200

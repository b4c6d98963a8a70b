"""The restricted register at /desk/grievances: khiếu nại and tố cáo, for their officers alone.

Lists tell codes, dates and states. The words are shown by a form that is sent, never by an address, and every such
reading stands in the record of the grievance and in the audit log.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from survey_app.feedback.forms.grievances import GrievanceStepForm
from survey_app.feedback.models import Grievance
from survey_app.feedback.operations.grievance_steps import GrievanceContent, read_grievance, take_step
from survey_app.feedback.queries.grievances import (
    find_grievance,
    grievance_events,
    grievance_files,
    grievance_lines,
    running_duties,
)
from survey_app.feedback.rules.actors import staff_member
from survey_app.feedback.rules.codes import normalised, spoken
from survey_app.feedback.rules.grievances import (
    GrievanceMove,
    GrievanceStep,
    grievance_state_label,
    grievance_step_label,
    move_from,
    moves_from,
)
from survey_app.feedback.rules.kinds import channel_label, kind_label
from survey_app.feedback.rules.limits import duty_label
from survey_app.feedback.views.public.services import services
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paging import page_number
from survey_app.offices.queries import names_by_path
from survey_app.staff.guards import act, require_unit, requires, scopes_here, staff_here
from survey_app.staff.queries import names_of
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("grievances", __name__)
HOME = "/desk/grievances"


@blueprint.get("/desk/grievances")
@requires(Action.HANDLE_GRIEVANCES)
def register() -> Response:
    """List what is open, or with `?ended` what is over, without a word of it."""
    is_open = "ended" not in request.args
    number = page_number(request.args.get("page"))
    with read() as session:
        page = grievance_lines(session, inside=scopes_here(), is_open=is_open, number=number)
        units = names_by_path(session, [line.unit_path for line in page.items])
    return _private(
        render_template(
            "feedback/grievances.html",
            page=page,
            units=units,
            is_open=is_open,
            address=HOME if is_open else f"{HOME}?ended",
            now=now(),
            **_words(),
        )
    )


@blueprint.get("/desk/grievances/<code>")
@requires(Action.HANDLE_GRIEVANCES)
def show(code: str) -> Response:
    """Show dates, limits, steps taken and those that are possible; the words stay sealed."""
    return _page(_found(code))


@blueprint.post("/desk/grievances/<code>/read")
@requires(Action.HANDLE_GRIEVANCES)
def read_words(code: str) -> Response:
    """Show the words, the sender and the files; that they were read, and by whom, is kept."""
    grievance = _found(code)
    content = act(
        lambda session: read_grievance(
            session,
            grievance=session.get_one(Grievance, grievance.id),
            actor=staff_member(staff_here().account_id),
            installation=services().installation,
            now=now(),
        ),
        subject=f"grievance:{grievance.code}",
        unit_path=grievance.unit_path,
        details={"did": "read"},
    )
    return _page(grievance, content=content)


@blueprint.route("/desk/grievances/<code>/<word>", methods=["GET", "POST"])
@requires(Action.HANDLE_GRIEVANCES)
def step(code: str, word: str) -> AnyResponse:
    """Ask what a step must tell, and take it."""
    grievance = _found(code)
    move = _move(grievance, word)
    form = GrievanceStepForm()
    form.ask_for(move)
    if not form.is_submitted():
        form.version.data = str(grievance.version)
    elif form.validate():
        try:
            _take(grievance, move, form)
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã ghi: %(step)s.", step=grievance_step_label(move.step)), "done")
            return redirect(f"{HOME}/{grievance.code}", 303)
    return _private(
        render_template(
            "feedback/grievance_step.html",
            crumbs=_crumbs(grievance),
            grievance=grievance,
            move=move,
            form=form,
            **_words(),
        ),
        422 if form.is_submitted() else 200,
    )


def _take(grievance: Grievance, move: GrievanceMove, form: GrievanceStepForm) -> None:
    def operation(session: Session) -> None:
        take_step(
            session,
            grievance=session.get_one(Grievance, grievance.id),
            step=move.step,
            actor=staff_member(staff_here().account_id),
            installation=services().installation,
            now=now(),
            version=form.version_seen(),
            told=form.told(),
        )

    act(
        operation,
        subject=f"grievance:{grievance.code}",
        unit_path=grievance.unit_path,
        details={"did": str(move.step)},
    )


def _found(code: str) -> Grievance:
    known = normalised(code)
    with read() as session:
        grievance = find_grievance(session, known) if known else None
    if grievance is None:
        abort(404)
    require_unit(grievance.unit_path)
    return grievance


def _move(grievance: Grievance, word: str) -> GrievanceMove:
    known = {str(one): one for one in GrievanceStep if one is not GrievanceStep.READ}
    move = move_from(grievance.state, known[word], grievance.kind) if word in known else None
    if move is None:
        abort(404)
    return move


def _page(grievance: Grievance, content: GrievanceContent | None = None) -> Response:
    with read() as session:
        events = grievance_events(session, grievance.id)
        people = names_of(session, [event.account_id for event in events if event.account_id])
        page = render_template(
            "feedback/grievance.html",
            crumbs=_crumbs(),
            grievance=grievance,
            content=content,
            duties=running_duties(session, [grievance.id]).get(grievance.id, []),
            files=grievance_files(session, grievance.id),
            events=events,
            people=people,
            unit=names_by_path(session, [grievance.unit_path])[grievance.unit_path],
            moves=[
                move
                for move in moves_from(grievance.state, grievance.kind)
                if move.step is not GrievanceStep.READ
            ],
            now=now(),
            **_words(),
        )
    return _private(page)


def _words() -> dict[str, object]:
    return {
        "spoken": spoken,
        "kind_label": kind_label,
        "channel_label": channel_label,
        "state_label": grievance_state_label,
        "step_label": grievance_step_label,
        "duty_label": duty_label,
        "text_labels": {
            "text": _("Nội dung"),
            "proposal": _("Đề nghị"),
            "place": _("Nơi xảy ra"),
            "summary": _("Tóm tắt"),
        },
        "sender_labels": {
            "name": _("Họ tên"),
            "phone": _("Số điện thoại"),
            "email": _("Thư điện tử"),
            "address": _("Địa chỉ"),
        },
    }


def _crumbs(grievance: Grievance | None = None) -> list[tuple[str, str]]:
    crumbs = [(HOME, _("Khiếu nại, tố cáo"))]
    if grievance is not None:
        crumbs.append((f"{HOME}/{grievance.code}", spoken(grievance.code)))
    return crumbs


def _private(page: str, status: int = 200) -> Response:
    """Return a page that neither the browser nor anything on the way keeps."""
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer

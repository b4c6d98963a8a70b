"""Duties to data subjects at /desk/privacy: their requests with both clocks, breaches, what was purged."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from survey_app.feedback.forms.privacy import FinishForm, RequestForm, shown
from survey_app.feedback.models import Case, PrivacyRequest
from survey_app.feedback.operations.privacy import (
    acknowledge,
    extend,
    finish,
    register_request,
)
from survey_app.feedback.queries.privacy import (
    breaches,
    find_case,
    finished_requests,
    open_requests,
    purge_runs,
    subject_of,
)
from survey_app.feedback.rules.codes import normalised, spoken
from survey_app.feedback.rules.privacy import (
    FINISHED,
    LIMITS,
    RequestKind,
    RequestState,
    request_label,
    request_state_label,
)
from survey_app.feedback.views.desk.breaches import blueprint as breach_doors
from survey_app.feedback.views.desk.requests import (
    HOME,
    LARGEST_ID,
    actor_here,
    change_request,
    found_request,
    privacy_crumbs,
)
from survey_app.feedback.views.desk.rules_units import unit_here
from survey_app.feedback.views.desk.serving import blueprint as serving_doors
from survey_app.feedback.views.public.services import services
from survey_app.foundation.clock import VIETNAM, now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paging import page_number
from survey_app.offices.queries import names_by_path
from survey_app.staff.guards import act, requires, scopes_here, staff_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("privacy", __name__)
blueprint.register_blueprint(breach_doors)
blueprint.register_blueprint(serving_doors)


@blueprint.get("/desk/privacy")
@requires(Action.MANAGE_PRIVACY)
def overview() -> str:
    """Show what waits, what was done, breaches and the last purges."""
    with read() as session:
        waiting = open_requests(session, inside=scopes_here())
        done = finished_requests(session, inside=scopes_here(), number=page_number(request.args.get("page")))
        found = breaches(session, inside=scopes_here())
        paths = [one.unit_path for one in (*waiting, *done.items)] + [one.unit_path for one in found]
        return render_template(
            "feedback/privacy.html",
            waiting=waiting,
            done=done,
            breaches=found,
            runs=purge_runs(session),
            units=names_by_path(session, paths),
            now=now(),
            kind_of=request_label,
            state_of=request_state_label,
        )


@blueprint.route("/desk/privacy/new", methods=["GET", "POST"])
@requires(Action.MANAGE_PRIVACY)
def register() -> AnyResponse:
    """Enter a request that came by letter, telephone or in person."""
    unit = unit_here()
    form = RequestForm(unit=unit.path, received_at=shown(now()))
    if form.validate_on_submit() and _is_past(form):
        try:
            entered = _register(form, unit.path)
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã ghi yêu cầu."), "done")
            return redirect(f"{HOME}/{entered.id}", 303)
    page = render_template("feedback/privacy_new.html", form=form, unit=unit, crumbs=privacy_crumbs())
    return make_response(page, 422 if form.is_submitted() else 200)


def _is_past(form: RequestForm) -> bool:
    if form.received_at.data <= shown(now()):
        return True
    form.received_at.errors = [_("Thời điểm không được ở tương lai.")]
    return False


class UnknownCase(Refused):
    """No case of this unit has that code."""


def _register(form: RequestForm, unit_path: str) -> PrivacyRequest:
    code = normalised(form.code.data) if form.code.data else None
    with read() as session:
        case = find_case(session, code) if code else None
    if form.code.data and (case is None or not staff_here().may(Action.MANAGE_PRIVACY, case.unit_path)):
        raise UnknownCase(_("Không có hồ sơ nào mang mã này ở đơn vị của ông/bà."))
    path = case.unit_path if case else unit_path
    instant = form.received_at.data

    def operation(session: Session) -> PrivacyRequest:
        return register_request(
            session,
            kind=RequestKind(form.kind.data),
            unit_path=path,
            case=session.get_one(Case, case.id) if case else None,
            subject=form.subject.data,
            with_processor=form.with_processor.data,
            received_at=instant.replace(tzinfo=VIETNAM),
            actor=actor_here(),
            installation=services().installation,
        )

    entered: PrivacyRequest = act(
        operation,
        subject=lambda entered: f"privacy_request:{entered.id}",
        unit_path=path,
        details={"did": "registered", "kind": form.kind.data},
    )
    return entered


@blueprint.get(f"/desk/privacy/<int(max={LARGEST_ID}):request_id>")
@requires(Action.MANAGE_PRIVACY)
def show(request_id: int) -> Response:
    """Show a request with its clocks, and what carrying it out needs."""
    return _page(found_request(request_id), FinishForm())


@blueprint.post(f"/desk/privacy/<int(max={LARGEST_ID}):request_id>/acknowledge")
@requires(Action.MANAGE_PRIVACY)
def tell_received(request_id: int) -> AnyResponse:
    """Note that the person was told that the request came."""
    return change_request(
        found_request(request_id),
        "acknowledged",
        lambda session, one: acknowledge(session, request=one, actor=actor_here(), now=now()),
    )


@blueprint.post(f"/desk/privacy/<int(max={LARGEST_ID}):request_id>/extend")
@requires(Action.MANAGE_PRIVACY)
def lengthen(request_id: int) -> AnyResponse:
    """Lengthen the time once."""
    return change_request(
        found_request(request_id),
        "extended",
        lambda session, one: extend(session, request=one, actor=actor_here(), now=now()),
    )


@blueprint.post(f"/desk/privacy/<int(max={LARGEST_ID}):request_id>/finish")
@requires(Action.MANAGE_PRIVACY)
def end(request_id: int) -> AnyResponse:
    """Note that it was carried out, or refused with the reason."""
    found, form = found_request(request_id), FinishForm()
    state = RequestState.REFUSED if "refuse" in request.form else RequestState.COMPLETED
    if not form.validate():
        return _page(found, form)
    return change_request(
        found,
        str(state),
        lambda session, one: finish(
            session, request=one, state=state, outcome=form.outcome.data, actor=actor_here(), now=now()
        ),
    )


def _page(found: PrivacyRequest, form: FinishForm) -> Response:
    with read() as session:
        case = session.get(Case, found.case_id) if found.case_id else None
        page = render_template(
            "feedback/privacy_request.html",
            crumbs=privacy_crumbs(),
            one=found,
            form=form,
            code=spoken(case.code) if case else "",
            subject=subject_of(found, key=services().installation.contact_key),
            unit=names_by_path(session, [found.unit_path])[found.unit_path],
            limit=LIMITS[found.kind],
            is_open=found.state not in FINISHED,
            now=now(),
            kind_of=request_label,
            state_of=request_state_label,
        )
    answer = make_response(page, 422 if form.errors else 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer

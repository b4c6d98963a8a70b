"""Gives cases to an officer, one or many at once: the list, the officer, done; and a moment to take it back."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey_app.feedback.operations.assignment import MOST_AT_ONCE, Assigned, assign_many, undo_assign_many
from survey_app.feedback.queries.giving import officers_for_all, open_cases
from survey_app.feedback.queries.queue import CaseLine, Reader, count_queue
from survey_app.feedback.rules.actors import Installation
from survey_app.feedback.rules.codes import spoken
from survey_app.feedback.rules.views import account_number, state_label
from survey_app.feedback.views.desk.saving import desk_address
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.queries import names_by_path
from survey_app.staff.guards import act, requires, scopes_here, staff_here
from survey_app.staff.rules.permissions import Action, covers

blueprint = Blueprint("giving", __name__)
LARGEST_ID = 10**18


@blueprint.get("/desk/assign")
@requires(Action.ASSIGN_CASES)
def choose_officer() -> str | Response:
    """Show who may get the chosen cases, with how much each has on the desk."""
    codes, back = request.args.getlist("case"), desk_address(request.args.get("back", ""))
    if not 0 < len(codes) <= MOST_AT_ONCE:
        flash(_("Xin chọn từ 1 đến %(most)s hồ sơ rồi bấm giao.", most=MOST_AT_ONCE), "bad")
        return redirect(back, 303)
    scopes, instant = scopes_here(), now()
    with read() as session:
        cases = open_cases(session, codes, scopes=scopes)
        paths = {line.unit_path for line in cases}
        officers = officers_for_all(session, paths)
        reader = Reader(account_id=staff_here().account_id, scopes=scopes, now=instant, soon=instant)
        load = count_queue(session, reader=reader).handlers
        units = names_by_path(session, paths)
    if not cases:
        abort(404)
    return render_template(
        "feedback/giving.html",
        crumbs=[("/desk", _("Phản ánh, kiến nghị"))],
        cases=cases,
        missing=len(set(codes)) - len(cases),
        officers=officers,
        load=load,
        units=units,
        back=back.partition("?")[2],
        spoken=spoken,
        state_label=state_label,
    )


def _installation() -> Installation:
    settings = current_app.config["SETTINGS"]
    return Installation(settings.contact_key, settings.public_url)


@blueprint.post("/desk/assign")
@requires(Action.ASSIGN_CASES)
def give() -> Response:
    """Give the cases to the officer whose button was pressed."""
    back = desk_address(request.form.get("back", ""))
    handler_id = account_number(request.form.get("handler"))
    codes = request.form.getlist("case")[: MOST_AT_ONCE + 1]
    with read() as session:
        cases = open_cases(session, codes, scopes=scopes_here())
    if handler_id is None or not cases:
        abort(404)
    try:
        given = _give(cases, handler_id)
    except Refused as error:
        flash(str(error), "bad")
        return redirect(back, 303)
    if not given.moved:
        flash(_("Không có hồ sơ nào thay đổi."), "warn")
    _tell_left(given)
    return redirect(back, 303)


def _give(cases: Sequence[CaseLine], handler_id: int) -> Assigned:
    scopes, account_id, instant = scopes_here(), staff_here().account_id, now()
    return act(
        lambda session: assign_many(
            session,
            case_ids=[line.case_id for line in cases],
            handler_id=handler_id,
            account_id=account_id,
            scopes=scopes,
            installation=_installation(),
            now=instant,
        ),
        subject=lambda done: f"bulk:{done.bulk_id}",
        unit_path=_shared_path([line.unit_path for line in cases]),
        details={"did": "cases_assigned", "cases": len(cases), "handler": handler_id},
    )


def _shared_path(paths: Sequence[str]) -> str:
    """Return the unit that stands in the audit log: the cases' own, else the person's that holds them all."""
    holding = (scope for scope in scopes_here() if all(covers(scope, path) for path in paths))
    return paths[0] if len(set(paths)) == 1 else next(holding, paths[0])


@blueprint.post(f"/desk/assign/<int(max={LARGEST_ID}):bulk_id>/undo")
@requires(Action.ASSIGN_CASES)
def undo(bulk_id: int) -> Response:
    """Give the cases back to who had them; what somebody touched since stays."""
    account_id, scopes = staff_here().account_id, scopes_here()

    def take_back(session: Session) -> Assigned:
        return undo_assign_many(
            session,
            bulk_id=bulk_id,
            account_id=account_id,
            scopes=scopes,
            installation=_installation(),
            now=now(),
        )

    try:
        undone = act(
            take_back,
            subject=f"bulk:{bulk_id}",
            unit_path=scopes[0],
            details={"did": "assignment_undone"},
        )
    except Refused as error:
        flash(str(error), "bad")
    else:
        flash(_("Đã hoàn tác: %(n)s hồ sơ trở lại như trước.", n=undone.moved), "done")
        _tell_left(undone)
    return redirect(desk_address(request.form.get("back", "")), 303)


def _tell_left(done: Assigned) -> None:
    if done.left:
        codes = ", ".join(spoken(code) for code in done.left[:5])
        flash(
            _("%(n)s hồ sơ không thay đổi vì đã có người xử lý: %(codes)s", n=len(done.left), codes=codes),
            "warn",
        )

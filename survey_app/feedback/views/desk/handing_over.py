"""An officer leaves: all open cases go to somebody else, or back to the unit."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app.feedback.operations.assignment import HandedOver, hand_over
from survey_app.feedback.queries.giving import officers_for_all
from survey_app.feedback.queries.handing_over import holders, units_held_by
from survey_app.feedback.queries.people import cases_of_closed_accounts
from survey_app.feedback.rules.codes import spoken
from survey_app.feedback.rules.views import account_number, state_label
from survey_app.feedback.views.desk.answered_cases import actor_here, installation_here
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.queries import names_by_path
from survey_app.staff.guards import act, requires, scopes_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("handing_over", __name__)


@blueprint.get("/desk/handover")
@requires(Action.ASSIGN_CASES)
def choose_leaver() -> ResponseReturnValue:
    """Show who has open cases, those first whose account is closed; then who may take them over."""
    leaver, scopes = account_number(request.args.get("from")), scopes_here()
    with read() as session:
        people = holders(session, scopes=scopes)
        orphans = cases_of_closed_accounts(session, scopes=scopes)
        paths = units_held_by(session, leaver, scopes=scopes) if leaver else []
        takers = (
            [one for one in officers_for_all(session, paths) if one.account_id != leaver] if paths else []
        )
        units = names_by_path(session, {one.unit_path for one in orphans})
    chosen = next((one for one in people if one.account_id == leaver), None)
    if leaver and chosen is None:
        abort(404)
    return render_template(
        "feedback/handover.html",
        crumbs=[("/desk", _("Phản ánh, kiến nghị"))],
        people=people,
        orphans=orphans,
        units=units,
        chosen=chosen,
        takers=takers,
        spoken=spoken,
        state_label=state_label,
    )


@blueprint.post("/desk/handover")
@requires(Action.ASSIGN_CASES)
def hand_cases_over() -> ResponseReturnValue:
    """Give the cases away; of very many a first part, and the page says how many are left."""
    leaver, taker = account_number(request.form.get("from")), account_number(request.form.get("to"))
    if leaver is None or (taker is None and request.form.get("to") != "nobody"):
        abort(400)
    scopes = scopes_here()

    def operation(session: Session) -> HandedOver:
        return hand_over(
            session,
            from_id=leaver,
            to_id=taker,
            scopes=scopes,
            actor=actor_here(),
            installation=installation_here(),
            now=now(),
            note=request.form.get("note", "")[:2_000],
        )

    try:
        done = act(
            operation,
            subject=f"account:{leaver}",
            unit_path=scopes[0],
            details={"did": "cases_handed_over", "to": taker},
        )
    except Refused as error:
        flash(str(error), "bad")
        return redirect(f"/desk/handover?from={leaver}", 303)
    flash(_("Đã bàn giao %(n)s hồ sơ.", n=done.moved), "done")
    if done.left:
        flash(_("Còn %(n)s hồ sơ: xin bấm bàn giao lần nữa.", n=done.left), "warn")
    return redirect(f"/desk/handover?from={leaver}" if done.left else "/desk/handover", 303)

"""A unit was closed: its cases go to the successor that a person names, after a look at how many there are."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app.feedback.operations.succession import succeed_unit
from survey_app.feedback.queries.addressees import addressees_meant
from survey_app.feedback.queries.people import cases_of_closed_accounts
from survey_app.feedback.queries.succession import ClosedUnit, cases_to_hand_on, closed_units
from survey_app.feedback.rules.codes import spoken
from survey_app.feedback.rules.views import LONGEST_UNIT, state_label
from survey_app.feedback.views.desk.answered_cases import actor_here, installation_here
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.queries import names_by_path
from survey_app.staff.guards import act, require_unit, requires, scopes_here, staff_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("succeeding", __name__)
HERE = "/desk/succession"


@blueprint.get(HERE)
@requires(Action.MANAGE_FEEDBACK)
def choose_successor() -> str:
    """List closed units that hold cases; of the chosen one (`?from=`) show what goes to the successor (`?to=`)."""
    typed = request.args.get("to", "")[:LONGEST_UNIT].strip()
    with read() as session:
        units = closed_units(session, scopes=scopes_here(), today=local_date(now()))
        chosen = next((one for one in units if one.path == request.args.get("from")), None)
        heirs = addressees_meant(session, typed, inside=scopes_here()) if chosen else []
        orphans = cases_of_closed_accounts(session, scopes=scopes_here())
        return render_template(
            "feedback/succession.html",
            units=units,
            chosen=chosen,
            typed=typed,
            heirs=heirs,
            counted=cases_to_hand_on(session, chosen.path) if chosen else {},
            orphans=orphans,
            names=names_by_path(session, {one.unit_path for one in orphans}),
            may_hand_over=staff_here().may_somewhere(Action.ASSIGN_CASES),
            state_label=state_label,
            spoken=spoken,
            crumbs=[("/desk/rules", _("Quy định của bàn xử lý"))],
        )


@blueprint.post(HERE)
@requires(Action.MANAGE_FEEDBACK)
def hand_on() -> ResponseReturnValue:
    """Let the successor take over; of very many cases a first part, and the page shows what is left."""
    old, new_path = _closed_unit(request.form.get("from", "")), request.form.get("to", "")
    require_unit(old.path)
    require_unit(new_path)

    def operation(session: Session) -> tuple[int, int]:
        before = sum(cases_to_hand_on(session, old.path).values())
        succeed_unit(
            session,
            old_path=old.path,
            new_path=new_path,
            actor=actor_here(),
            installation=installation_here(),
            now=now(),
        )
        # Counted here: what the operation returns holds the restricted register's too.
        return before, sum(cases_to_hand_on(session, old.path).values())

    try:
        before, left = act(
            operation,
            subject=f"unit:{old.path}",
            unit_path=old.path,
            details={"did": "unit_succeeded", "to": new_path},
        )
    except Refused as error:
        flash(str(error), "bad")
        return redirect(HERE, 303)
    flash(_("Đã chuyển %(n)s hồ sơ sang đơn vị kế thừa.", n=before - left), "done")
    if left:
        flash(_("Còn %(n)s hồ sơ: xin bấm chuyển lần nữa.", n=left), "warn")
    return redirect(HERE, 303)


def _closed_unit(path: str) -> ClosedUnit:
    with read() as session:
        units = closed_units(session, scopes=scopes_here(), today=local_date(now()))
    return next((one for one in units if one.path == path), None) or abort(404)

"""From a reply that a person reads to a case at the feedback desk."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey_app.feedback.operations.intake import Opened
from survey_app.feedback.rules.actors import Installation
from survey_app.feedback.rules.codes import spoken
from survey_app.feedback.rules.diversion import suspected_kind
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.queries import names_by_path
from survey_app.staff.guards import act, require_unit, requires, staff_here
from survey_app.staff.rules.permissions import Action
from survey_app.texting.forms import CaseForm
from survey_app.texting.operations.opening import UnableToOpenCase, open_case_from_reply
from survey_app.texting.queries.openings import Opening, opening_of

blueprint = Blueprint("opening", __name__)
LIST = "/texting/reading"


@blueprint.get("/texting/reading/<int:reading_id>/case")
@requires(Action.FILE_CASES)
def offer_case(reading_id: int) -> str:
    """Show the words, and ask what they are and whether their sender wants an answer."""
    opening = _opening_here(reading_id)
    form = CaseForm()
    form.wants_answer.data = opening.wants_answer
    return _page(opening, form)


def _opening_here(reading_id: int) -> Opening:
    """Return what a case would hold, for who may read the reply and file a case where it belongs."""
    with read() as session:
        opening = opening_of(session, reading_id, key=_installation().contact_key)
    if opening is None or not staff_here().may(Action.READ_REPLIES, opening.campaign_path):
        abort(404)
    require_unit(opening.unit_path)
    return opening


def _installation() -> Installation:
    settings = current_app.config["SETTINGS"]
    return Installation(settings.contact_key, settings.public_url)


def _page(opening: Opening, form: CaseForm) -> str:
    with read() as session:
        unit = names_by_path(session, [opening.unit_path])[opening.unit_path]
    return render_template(
        "texting/opening.html",
        crumbs=[(LIST, _("Tin cần đọc"))],
        opening=opening,
        form=form,
        unit=unit,
        suspected=suspected_kind(opening.text),
    )


@blueprint.post("/texting/reading/<int:reading_id>/case")
@requires(Action.FILE_CASES)
def open_it(reading_id: int) -> Any:
    """Open the case, and show its code and PIN once for whoever tells the sender."""
    opening, form = _opening_here(reading_id), CaseForm()
    if not form.validate():
        return _page(opening, form)
    try:
        opened = _opened(reading_id, opening, form)
    except UnableToOpenCase as error:
        flash(str(error), "bad")
        return Response(status=303, headers={"Location": LIST})
    except Refused as error:
        form.form_errors.append(str(error))
        return _page(opening, form)
    if not form.wants_answer.data or not opening.phone:
        flash(_("Đã mở hồ sơ %(code)s.", code=spoken(opened.code)), "done")
        return redirect(LIST, 303)
    return render_template("texting/opened.html", code=spoken(opened.code), pin=opened.pin)


def _opened(reading_id: int, opening: Opening, form: CaseForm) -> Opened:
    account_id, instant = staff_here().account_id, now()

    def operation(session: Session) -> Opened:
        return open_case_from_reply(
            session,
            reading_id=reading_id,
            kind=form.chosen_kind(),
            wants_answer=form.wants_answer.data,
            account_id=account_id,
            installation=_installation(),
            now=instant,
        )

    return act(
        operation,
        subject=lambda opened: f"{'case' if opened.case_id else 'grievance'}:{opened.code}",
        unit_path=opening.unit_path,
        details={"did": "case_opened_from_reply"},
    )
